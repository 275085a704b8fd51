"""Authorization: what parsing once saves, what size costs, and that no pattern is a trap."""

import json
import re

import pytest

from awsnb.mechanisms.authorization import PolicySet, Principal, Request, decide
from awsnb.mechanisms.authorization.wildcards import glob, tokens

DECISIONS, PARSED_EACH_TIME = 1_000_000, 500
LARGEST = 6144  # characters of a managed policy
ANN = Principal.of("arn:aws:iam::111122223333:user/ann")
LAYERS = {
    "identity": [{
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": "*"},
            {"Effect": "Allow", "Action": "*", "Resource": "arn:aws:s3:::home/${aws:username}/*"},
            {"Effect": "Deny", "Action": "s3:*", "Resource": "arn:aws:s3:::*log*"},
        ],
    }],
    "boundary": {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}},
    "scps": [[{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}]],
}  # fmt: skip
KEYS = [
    f"arn:aws:s3:::{bucket}/{key}" for bucket in ("home", "logs", "b") for key in ("ann/x", "y")
]
REQUESTS = [
    Request(ANN, action, key) for action in ("s3:GetObject", "s3:PutObject") for key in KEYS
]


def parsed_once(decisions):
    policies = PolicySet.of(**LAYERS)
    rounds, rest = divmod(decisions, len(REQUESTS))
    asked = REQUESTS * rounds + REQUESTS[:rest]
    return sum(decide(request, policies).allowed for request in asked)


def parsed_each_time(decisions):
    texts = {name: json.loads(json.dumps(layer)) for name, layer in LAYERS.items()}
    asked = (REQUESTS * decisions)[:decisions]
    return sum(decide(request, PolicySet.of(**texts)).allowed for request in asked)


def test_a_million_decisions_parsed_once_against_parsed_each_time(against):
    assert parsed_once(PARSED_EACH_TIME) == parsed_each_time(PARSED_EACH_TIME)
    against(
        "a million decisions, parsed once / parsed each time (500, scaled)",
        lambda: parsed_once(DECISIONS),
        lambda: parsed_each_time(PARSED_EACH_TIME),
        share=PARSED_EACH_TIME / DECISIONS,
        rounds=3,
    )


ALLOW = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
SHAPES = {
    "of another service": lambda i: ALLOW | {"Action": f"x{i}:Get*"},
    "of another bucket": lambda i: ALLOW | {"Resource": f"arn:aws:s3:::b{i}/*"},
    "with a variable": lambda i: ALLOW | {"Resource": f"arn:aws:s3:::b{i}/${{aws:username}}/*"},
    "with a date": lambda i: ALLOW | {"Condition": {"DateLessThan": {"aws:CurrentTime": "2020"}}},
    "with an address range": lambda i: (
        ALLOW | {"Condition": {"IpAddress": {"aws:SourceIp": f"10.{i}.0.0/16"}}}
    ),
}


def largest_policy(shape):
    """As many statements as a managed policy has room for."""
    several = [shape(0)]
    while len(json.dumps(several, separators=(",", ":"))) < LARGEST - 40:
        several.append(shape(len(several)))
    return {"Version": "2012-10-17", "Statement": several}


@pytest.mark.parametrize("name", SHAPES)
def test_the_largest_policy_against_reading_its_json(against, name):
    """Every statement is tried, none matches; the peer reads the same text as JSON."""
    document = largest_policy(SHAPES[name])
    policies, text = PolicySet.of(identity=document), json.dumps(document)
    context = {"aws:CurrentTime": "2026-11-26T06:00:00Z", "aws:SourceIp": "192.0.2.1"}
    request = Request(ANN, "s3:GetObject", "arn:aws:s3:::reports/q3.csv", context)
    assert not decide(request, policies).allowed
    against(
        f"100 decisions on {len(document['Statement'])} statements {name} / reading their JSON",
        lambda: [decide(request, policies) for _ in range(100)],
        lambda: [json.loads(text) for _ in range(100)],
    )


@pytest.mark.parametrize("values", [10, 100, 1000])
def test_a_set_of_values_against_python_sets(against, values):
    """Every value of the request is among the policy's; the peer is told both sets."""
    names = [f"v{i}" for i in range(values)]
    within = ALLOW | {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": names}}}
    policies, request = (
        PolicySet.of({"Statement": within}),
        Request(ANN, "s3:GetObject", "*", {"aws:TagKeys": names}),
    )
    wanted, found = set(names), set(names)
    assert decide(request, policies).allowed and found <= wanted
    against(
        f"100 decisions on {values:,} values among {values:,} / set <= set",
        lambda: [decide(request, policies) for _ in range(100)],
        lambda: [found <= wanted for _ in range(100)],
    )


def hostile(stars):
    return "a*" * stars + "b"


@pytest.mark.parametrize("stars", [10, 100, 1000, 10_000])
def test_hostile_wildcards_against_a_pattern_of_ten(against, stars):
    pattern, ten, text = (
        glob(tokens(hostile(stars) + "*")),
        glob(tokens(hostile(10) + "*")),
        "a" * 50_000,
    )
    assert not pattern.matches(text)
    against(
        f"{hostile(2)}* with {stars:,} stars on 50,000 letters / with ten",
        lambda: [pattern.matches(text) for _ in range(20)],
        lambda: [ten.matches(text) for _ in range(20)],
    )


@pytest.mark.parametrize("stars", [2, 3, 4, 5])
def test_hostile_wildcards_against_a_regular_expression(against, stars):
    pattern = glob(tokens(hostile(stars) + "*"))
    expression, text = re.compile(hostile(stars).replace("*", ".*") + ".*"), "a" * 50
    assert not pattern.matches(text) and not expression.fullmatch(text)
    against(
        f"{stars} stars on 50 letters / the same as a regular expression",
        lambda: [pattern.matches(text) for _ in range(100)],
        lambda: expression.fullmatch(text),
        share=1 / 100,
    )


@pytest.mark.parametrize("gaps", [10, 100, 1000])
def test_hostile_gaps_against_a_regular_expression(against, gaps):
    symbols, text = "*" + "a?" * gaps + "b*", "a" * 4 * gaps
    pattern = glob(tokens(symbols))
    expression = re.compile(symbols.replace("?", ".").replace("*", ".*"))
    assert not pattern.matches(text) and not expression.fullmatch(text)
    against(
        f"*a?a?b* with {gaps:,} gaps on {4 * gaps:,} letters / as a regular expression",
        lambda: [pattern.matches(text) for _ in range(20)],
        lambda: [expression.fullmatch(text) for _ in range(20)],
    )
