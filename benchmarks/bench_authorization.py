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


def largest_policy(statements):
    """As many characters as a managed policy may have, in so many statements."""
    room = LARGEST // statements - len(
        json.dumps({"Effect": "Allow", "Action": "", "Resource": "*"})
    )
    several = [
        {"Effect": "Allow", "Action": f"s{i}:Get*".ljust(room, "x"), "Resource": "*"}
        for i in range(statements)
    ]
    return PolicySet.of(identity=[{"Statement": several}])


@pytest.mark.parametrize("statements", [1, 10, 100])
def test_the_largest_policy_against_parsing_nothing_but_json(against, statements):
    """Every statement is tried, none matches; the peer reads the same text as JSON."""
    policies, request = largest_policy(statements), Request(ANN, "sqs:SendMessage", "*")
    assert not decide(request, policies).allowed
    text = json.dumps([["x" * (LARGEST // statements - 4)]] * statements)
    against(
        f"100 decisions on 6,144 characters in {statements} statements / reading them as JSON",
        lambda: [decide(request, policies) for _ in range(100)],
        lambda: [json.loads(text) for _ in range(100)],
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
