"""What IAM's notebook states is what the facts and the model say."""

import json

import pytest

from awsnb import facts, section
from awsnb.sections.iam.challenges import NO_DELETING, REPORTS, SERVERS
from awsnb.sections.iam.load import built_in

IAM = facts.load("iam")


def stated(subject, key, on=None):
    return IAM.value(subject, key, on)


def asked(what_if, statement, **request):
    """Return the verdict on a request where one more statement stands."""
    iam, document = section("iam"), {"Version": "2012-10-17", "Statement": statement}
    scenario = iam.scenario(what_if=what_if, document=json.dumps(document), **request)
    return iam.simulate(scenario).summary["verdict"]


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("from 15 minutes to 12 hours, an hour by default", stated("session", "shortest") == 15),
        ("from 15 minutes to 12 hours, an hour by default", stated("session", "longest") == 720),
        ("from 15 minutes to 12 hours, an hour by default", stated("session", "default") == 60),
        ("one hour if a role took on the role", stated("session", "longest_chained") == 60),
        ("every root user must have it", stated("root", "mfa_required")),
        ("every root user must have it", not stated("root", "mfa_required", "2023-06")),
        ("35 days after signing in", stated("root", "mfa_grace") == 35),
        ("each may have 8 devices", stated("quota", "mfa_devices") == 8),
        ("up to two access keys", stated("quota", "access_keys") == 2),
        ("10,240 characters, and ten may stand on each level", stated("size", "scp") == 10_240),
        (
            "10,240 characters, and ten may stand on each level",
            stated("quota", "scps_per_node") == 10,
        ),
        ("before, 5,120 and five", stated("size", "scp", "2026-04") == 5_120),
        ("before, 5,120 and five", stated("quota", "scps_per_node", "2026-04") == 5),
        ("no principal, and groups do not nest", stated("group", "nesting") == "not possible"),
        ("a KMS key's policy must allow in every case", stated("kms", "key_policy_must_allow")),
        (
            "An EC2 instance has one role, in its *instance profile*",
            stated("quota", "roles_per_instance_profile") == 1,
        ),
        ("the 62 services that have them", len(stated("rcp", "services").split()) == 62),
        (
            "RCPs: 2024-11, for 5 services",
            len(stated("rcp", "services", "2024-11").split()) == 5,
        ),
        (
            "except in the organisation's management account",
            "management" in stated("scp", "exempt"),
        ),
        (
            "These do: the negated ones",
            "negated operator true; IfExists true" in stated("condition", "missing_key"),
        ),
    ],
)
def test_the_numbers_are_the_facts(prose, said, fact):
    assert said in prose
    assert fact


def test_the_worked_answers_are_those_that_are_tested(prose):
    for challenge in (REPORTS, SERVERS, NO_DELETING):
        assert " ".join(challenge.worked.split()) in prose


@pytest.mark.parametrize(
    ("operator", "value", "named"),
    [
        ("StringEquals", "web", ""),
        ("NumericLessThan", "1", ""),
        ("StringNotEquals", "web", "the negated ones, such as `StringNotEquals`"),
        ("NotIpAddress", "203.0.113.0/24", "and `NotIpAddress`"),
        ("StringEqualsIfExists", "web", "that end in `IfExists`"),
        ("ForAllValues:StringEquals", "web", "begin with `ForAllValues:`"),
        ("Null", "true", "and `Null`, which asks for just that"),
    ],
)
def test_a_missing_key_matches_the_operators_that_are_named(prose, operator, value, named):
    deny = {"Effect": "Deny", "Action": "*", "Resource": "*"}
    deny["Condition"] = {operator: {"shop:badge": value}}
    verdict = asked("has one more policy", deny, action="s3:GetObject")
    assert (verdict == "explicit deny") == bool(named)
    assert named in prose


def test_a_resource_that_names_a_user_needs_no_boundary_and_one_that_names_a_role_does(prose):
    assert "that user's boundary need not allow the request as well" in prose
    assert "If it names a role, the role's boundary must" in prose
    account = json.loads(built_in())
    servers_only = {"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}
    account["policies"]["servers-only"] = {"Version": "2012-10-17", "Statement": servers_only}
    account["users"]["ben"]["boundary"] = "servers-only"
    account["roles"]["web-server"]["boundary"] = "servers-only"
    for name, kind, verdict in (
        ("ben", "user", "allowed"),
        ("web-server", "role", "implicit deny"),
    ):
        arn = f"arn:aws:iam::111122223333:{kind}/{name}"
        names = {"Effect": "Allow", "Principal": {"AWS": arn}, "Action": "s3:*", "Resource": "*"}
        given = {"principal": name, "action": "s3:GetObject", "policies": json.dumps(account)}
        assert asked("the resource has this policy", names, **given) == verdict
