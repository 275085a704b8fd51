"""Worked examples of AWS's guides beside those in the other files: each test names its page.

`Carlos`, the table of principals, cross-account access and `NotPrincipal` are in `test_decision`.
"""

import pytest

from awsnb.mechanisms.authorization import PolicySet, Principal, Request, Verdict, decide

ACCOUNT = "111122223333"
ANN = f"arn:aws:iam::{ACCOUNT}:user/ann"
ALLOWED, EXPLICIT, IMPLICIT = Verdict.ALLOWED, Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY
EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(effect, action, resource="*", **others):
    return {"Effect": effect, "Action": action, "Resource": resource, **others}


def matches(condition, context, principal=ANN):
    """Whether a statement with this condition takes effect."""
    allow = policy(EVERYTHING | {"Condition": condition})
    return decide(Request(principal, "s3:Any", "*", context), PolicySet.of(allow)).allowed


DEPARTMENTS = ["finance", "hr", "legal"]
PEOPLE = [f"arn:aws:iam::222222222222:user/{name}" for name in ("Ana", "Mary")]


@pytest.mark.parametrize("operator", ["ArnLike", "ArnNotLike"])
@pytest.mark.parametrize(
    ("department", "role", "is_right"),
    [("legal", "audit", True), ("hr", "payroll", False), ("hr", None, False), (None, None, False)],
)
def test_several_keys_and_values(operator, department, role, is_right):
    """IAM User Guide, "Conditions with multiple context keys or values", both tables."""
    tags = {"aws:PrincipalTag/department": DEPARTMENTS, "aws:PrincipalTag/role": ["audit", "sec"]}
    condition = {"StringEquals": tags, operator: {"aws:PrincipalArn": PEOPLE}}
    context = {"aws:PrincipalTag/department": department, "aws:PrincipalTag/role": role}
    named = operator == "ArnLike"
    assert matches(condition, context, PEOPLE[1]) is (is_right and named)
    assert matches(condition, context, PEOPLE[1][:-4] + "Nikki") is (is_right and not named)


def tagged(*keys, **tags):
    requested = {f"aws:RequestTag/{name}": value for name, value in tags.items()}
    return {"aws:TagKeys": list(keys)} | requested


def distributions(*ends):
    return {"x:arns": [f"arn:aws:cloudfront::1:distribution/{end}" for end in ends]}


NOTHING = {}
CONDITIONS = [
    # (condition, contexts that it holds for, contexts that it does not hold for)
    # IAM User Guide, "Condition operators"
    (
        {"StringEquals": {"aws:PrincipalTag/job": "admin"}},
        [{"aws:PrincipalTag/job": "admin"}],
        [{"aws:PrincipalTag/job": "dev"}, NOTHING],
    ),
    (
        {"StringEqualsIgnoreCase": {"aws:RequestTag/env": ["preprod", "storage"]},
         "ForAnyValue:StringEquals": {"aws:TagKeys": "env"}},
        [tagged("env", env="preprod"), tagged("env", "cost", env="PreProd")],
        [tagged("Env", Env="preprod"), tagged("cost", env="preprod"), tagged(env="storage"),
         tagged("env"), NOTHING],
    ),
    (
        {"Bool": {"aws:SecureTransport": "false"}},
        [{"aws:SecureTransport": False}],
        [{"aws:SecureTransport": True}, NOTHING],
    ),
    (
        {"BinaryEquals": {"x:k": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}},
        [{"x:k": b"BinaryValueInBase64"}, {"x:k": "QmluYXJ5VmFsdWVJbkJhc2U2NA=="}],
        [{"x:k": "ASIAIOSFODNN7EXAMPLE"}, NOTHING],
    ),
    (
        {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
        [{"aws:SourceIp": "203.0.113.1"}],
        [{"aws:SourceIp": "198.51.100.1"}, NOTHING],
    ),
    (
        {"ForAllValues:ArnLike": distributions("c*", "support*")},
        [distributions("costs"), distributions("costs", "support2025"), NOTHING],
        [distributions("costs", "admin"), {"x:arns": ["arn:aws:cloudfront::7:distribution/c"]}],
    ),
    (
        {"StringLikeIfExists": {"ec2:InstanceType": ["t1.*", "t2.*", "m3.*"]}},
        [{"ec2:InstanceType": "t1.micro"}, NOTHING],
        [{"ec2:InstanceType": "m2.micro"}],
    ),
    ({"Null": {"aws:TokenIssueTime": "false"}}, [{"aws:TokenIssueTime": "2026-11-26"}], [NOTHING]),
    ({"Null": {"aws:TokenIssueTime": "true"}}, [NOTHING], [{"aws:TokenIssueTime": "2026-11-26"}]),
    # "Multivalued context key examples"
    (
        {"ForAllValues:StringNotLike": {"aws:TagKeys": "key1*"}},
        [tagged("key2:audit"), NOTHING],
        [tagged("key1:legal"), tagged("key1:hr", "key1:staff")],
    ),
    (
        {"ForAllValues:StringNotLike": {"aws:TagKeys": ["key1*", "key2*"]}},
        [tagged("key3:legal"), NOTHING],
        [tagged("key1:legal"), tagged("key1:hr", "key2:audit")],
    ),
    (
        {"ForAnyValue:StringEquals": {"aws:TagKeys": "web"}},
        [tagged("web"), tagged("env", "web", "test")],
        [tagged("env", "test"), NOTHING],
    ),
    # "Policy variables with no value"
    (
        {"StringNotEquals": {"x:team": "${aws:PrincipalTag/team}"}},
        [{"x:team": "red"}, {"x:team": "red", "aws:PrincipalTag/team": "blue"}],
        [{"x:team": "red", "aws:PrincipalTag/team": "red"}],
    ),
    (
        {"StringEquals": {"x:team": "${aws:PrincipalTag/team}"}},
        [{"x:team": "red", "aws:PrincipalTag/team": "red"}],
        [{"x:team": "red"}, NOTHING],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("condition", "holding", "others"), CONDITIONS)
def test_conditions(condition, holding, others):
    assert [context for context in holding if not matches(condition, context)] == []
    assert [context for context in others if matches(condition, context)] == []


@pytest.mark.parametrize(
    ("team", "bucket", "expected"),
    [("yellow", "yellow", True), ("yellow", "company-wide", False), (None, "company-wide", True),
     (None, "yellow", False)],
)  # fmt: skip
def test_a_default_for_a_variable(team, bucket, expected):
    """IAM User Guide, "IAM policy elements: Variables and tags", specifying default values."""
    own = "arn:aws:s3:::demo-${aws:PrincipalTag/team, 'company-wide'}"
    request = Request(
        ANN, "s3:ListBucket", f"arn:aws:s3:::demo-{bucket}", {"aws:PrincipalTag/team": team}
    )
    assert (
        decide(request, PolicySet.of(policy(statement("Allow", "s3:*", own)))).allowed is expected
    )


@pytest.mark.parametrize(
    ("key", "expected"),
    [("1/test/object.jpg", True), ("1/2/3/test/4/object.jpg", True), ("1///test///o.jpg", True),
     ("/test/object.jpg", True), ("1/test/", True), ("1-test/object.jpg", False),
     ("test/object.jpg", False), ("1/2/test.jpg", False)],
)  # fmt: skip
def test_stars_in_a_resource(key, expected):
    """IAM User Guide, "IAM JSON policy elements: Resource", using wildcards."""
    allow = policy(statement("Allow", "s3:GetObject", "arn:aws:s3:::demo/*/test/*"))
    request = Request(ANN, "s3:GetObject", f"arn:aws:s3:::demo/{key}")
    assert decide(request, PolicySet.of(allow)).allowed is expected


def test_a_boundary_without_iam():
    """IAM User Guide, "Permissions boundaries for IAM entities", the user ShirleyRodriguez."""
    shirley = f"arn:aws:iam::{ACCOUNT}:user/ShirleyRodriguez"
    boundary = policy(statement("Allow", ["s3:*", "cloudwatch:*", "ec2:*"]))
    identity = policy(statement("Allow", "iam:CreateUser"))
    request = Request(shirley, "iam:CreateUser", "*")
    assert decide(request, PolicySet.of(identity)).verdict is ALLOWED
    assert decide(request, PolicySet.of(identity, boundary=boundary)).verdict is IMPLICIT


BOUNDARY_OF_NEW_USERS = policy(
    statement("Allow", ["s3:*", "cloudwatch:*", "ec2:*", "dynamodb:*"]),
    statement("Allow", ["iam:ListUsers", "iam:GetAccountPasswordPolicy"]),
    statement("Allow", ["iam:*AccessKey*", "iam:GetUser"], "arn:aws:iam::*:user/${aws:username}"),
    statement("Deny", "s3:*", ["arn:aws:s3:::logs", "arn:aws:s3:::logs/*"]),
    statement("Deny", "ec2:*", "arn:aws:ec2:*:*:instance/i-1234567890abcdef0"),
)


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", "arn:aws:s3:::reports/x", ALLOWED),
        ("s3:GetObject", "arn:aws:s3:::logs/x", EXPLICIT),
        ("ec2:StopInstances", f"arn:aws:ec2:r:{ACCOUNT}:instance/i-1234567890abcdef0", EXPLICIT),
        ("ec2:StopInstances", f"arn:aws:ec2:r:{ACCOUNT}:instance/i-0", ALLOWED),
        ("iam:ListUsers", "*", ALLOWED),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/Nikhil", ALLOWED),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/Zhang", IMPLICIT),
        ("iam:CreateUser", "*", IMPLICIT),
        ("sqs:SendMessage", "*", IMPLICIT),
    ],
)
def test_a_boundary_for_delegated_users(action, resource, expected):
    """IAM User Guide, "Permissions boundaries for IAM entities", XCompanyBoundaries and Nikhil."""
    nikhil = f"arn:aws:iam::{ACCOUNT}:user/Nikhil"
    policies = PolicySet.of(policy(EVERYTHING), boundary=BOUNDARY_OF_NEW_USERS)
    assert decide(Request(nikhil, action, resource), policies).verdict is expected


FULL, NO_S3 = policy(EVERYTHING), policy(statement("Deny", "s3:*"))
NO_EC2, ONLY_EC2 = policy(statement("Deny", "ec2:*")), policy(statement("Allow", "ec2:*"))
ONLY_S3 = policy(statement("Allow", "s3:*"))


@pytest.mark.parametrize(
    ("levels", "services"),
    [
        ([[FULL], [FULL, NO_S3], [FULL, NO_EC2]], {"sqs"}),
        ([[FULL], [FULL, NO_S3], [FULL]], {"ec2", "sqs"}),
        ([[FULL], [ONLY_EC2], [FULL]], {"ec2"}),
        ([[], [FULL], [FULL]], set()),
        ([[FULL], [FULL], [FULL, NO_EC2], [FULL]], {"s3", "sqs"}),
        ([[FULL], [FULL], [ONLY_EC2], [FULL]], {"ec2"}),
        ([[FULL, NO_S3], [FULL], [ONLY_S3], [FULL]], set()),
        ([[FULL, NO_S3], [FULL], [FULL], [FULL]], {"ec2", "sqs"}),
    ],
)
def test_scps_of_an_organisation(levels, services):
    """AWS Organizations User Guide, "SCP evaluation", scenarios 1 to 6."""
    policies = PolicySet.of(FULL, scps=levels)
    asked = {name: Request(ANN, f"{name}:Any", "*") for name in ("ec2", "s3", "sqs")}
    assert {name for name, each in asked.items() if decide(each, policies).allowed} == services


def test_rcps_bear_on_the_resource_whoever_asks():
    """AWS Organizations User Guide, "Resource control policies", effects and exceptions."""
    everyone = {"Principal": "*"}
    only_tls = statement("Deny", "s3:*", **everyone) | {
        "Condition": {"BoolIfExists": {"aws:SecureTransport": "false"}}
    }
    no_kms = statement("Deny", "kms:*", **everyone)
    policies = PolicySet.of(
        FULL, resource=policy(EVERYTHING | everyone), rcps=[[policy(only_tls, no_kms)]]
    )

    def verdict(principal, action, **context):
        return decide(Request(principal, action, "*", context, ACCOUNT), policies).verdict

    stranger = ANN.replace(ACCOUNT, "444455556666")
    principals = (ANN, stranger, f"arn:aws:iam::{ACCOUNT}:root", "logging.s3.amazonaws.com")
    for principal in principals:
        assert verdict(principal, "s3:PutObject", **{"aws:SecureTransport": False}) is EXPLICIT
        assert verdict(principal, "s3:PutObject", **{"aws:SecureTransport": True}) is ALLOWED
    assert verdict(ANN, "kms:Decrypt") is EXPLICIT
    assert verdict(ANN, "kms:RetireGrant") is ALLOWED


@pytest.mark.parametrize(
    ("source", "expected"),
    [("arn:aws:sns:us-east-1:1:topic", ALLOWED), ("arn:aws:sns:us-east-1:7:topic", IMPLICIT),
     (None, IMPLICIT)],
)  # fmt: skip
def test_a_topic_that_sends_to_a_queue(source, expected):
    """IAM User Guide, "Condition operators", ARN condition operators: a service, in any case."""
    sns, queue = "sns.amazonaws.com", f"arn:aws:sqs:us-east-1:{ACCOUNT}:queue"
    allow = statement("Allow", "SQS:SendMessage", queue, Principal={"Service": sns}) | {
        "Condition": {"ArnEquals": {"aws:SourceArn": "arn:aws:sns:us-east-1:1:topic"}}
    }
    request = Request(Principal.service(sns), "sqs:SendMessage", queue, {"aws:SourceArn": source})
    assert decide(request, PolicySet.of(resource=policy(allow))).verdict is expected
