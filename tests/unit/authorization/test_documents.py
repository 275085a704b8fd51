"""Documents: what is accepted of which kind, and where an error is said to be."""

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.authorization import PolicyError, parse
from awsnb.mechanisms.authorization.conditions import OPERATORS
from awsnb.mechanisms.authorization.documents import KINDS

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/*"}
EVERYONE = ALLOW | {"Principal": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"AWS": "111122223333"}}
DENY_ALL = {"Effect": "Deny", "Action": "s3:*", "Resource": "*", "Principal": "*"}
VALID = {kind: ALLOW for kind in KINDS} | {
    "resource": EVERYONE, "endpoint": EVERYONE, "trust": TRUST, "rcp": DENY_ALL,
}  # fmt: skip


def document(statement, **others):
    return {"Version": "2012-10-17", **others, "Statement": statement}


def without(statement, *keys):
    return {key: value for key, value in statement.items() if key not in keys}


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_accepts_its_own(kind):
    for statement in (VALID[kind], [VALID[kind]], [VALID[kind] | {"Sid": "A"}, VALID[kind]]):
        body = document(statement)
        assert len(parse(json.dumps(body), kind).statements) == len(parse(body, kind).statements)


ARN_OF_USER = "arn:aws:iam::111122223333:user/ann"
WRONG = [
    # (kind, document, parts of the message)
    ("identity", [], ["Policy", "object"]),
    ("identity", {}, ["Statement"]),
    ("identity", document([]), ["Statement", "empty"]),
    ("identity", document([ALLOW, "x"]), ["Statement[1]", "object"]),
    ("identity", document(ALLOW) | {"Version": "2013"}, ["Version", "2012-10-17"]),
    ("identity", document(ALLOW) | {"Version": 1}, ["Version"]),
    ("identity", document(ALLOW, Id="x"), ["Id"]),
    ("resource", document(EVERYONE, Id=1), ["Id"]),
    ("identity", document(ALLOW, Extra=1), ["Extra"]),
    ("resource", document(EVERYONE | {"Principal": {"AWS": [""]}}), ["AWS"]),
    ("identity", document(ALLOW | {"Sid": "S", "Actions": "x"}), ["Statement[0] (S)", "Actions"]),
    ("identity", document(ALLOW | {"action": "s3:*"}), ["action"]),
    ("identity", document(ALLOW | {"Sid": 1}), ["Sid"]),
    ("identity", document(ALLOW | {"Sid": "a b"}), ["Sid"]),
    ("identity", document([ALLOW | {"Sid": "A"}, ALLOW | {"Sid": "A"}]), ["[1] (A)", "[0]"]),
    ("identity", document(without(ALLOW, "Effect")), ["Effect"]),
    ("identity", document(ALLOW | {"Effect": "allow"}), ["Effect"]),
    ("identity", document(ALLOW | {"Effect": ["Allow"]}), ["Effect"]),
    ("identity", document(without(ALLOW, "Action")), ["Action or NotAction"]),
    ("identity", document(ALLOW | {"NotAction": "s3:*"}), ["Action and NotAction"]),
    ("identity", document(ALLOW | {"Action": []}), ["Action", "empty"]),
    ("identity", document(ALLOW | {"Action": "GetObject"}), ["Action", "service:Name"]),
    ("identity", document(ALLOW | {"Action": "s3:Get:Object"}), ["Action"]),
    ("identity", document(ALLOW | {"Action": ["s3:*", 1]}), ["Action", "1"]),
    ("identity", document(without(ALLOW, "Resource")), ["Resource or NotResource"]),
    ("identity", document(ALLOW | {"NotResource": "*"}), ["Resource and NotResource"]),
    ("identity", document(ALLOW | {"Resource": "bucket"}), ["Resource", "ARN"]),
    ("identity", document(ALLOW | {"Resource": "arn:aws:s3"}), ["Resource", "ARN"]),
    ("identity", document(ALLOW | {"Resource": "arn:aws:s*:::b"}), ["Resource", "service"]),
    ("identity", document(ALLOW | {"Resource": "arn:aws:s3:::${x"}), ["Resource", "variable"]),
    ("identity", document(ALLOW | {"Resource": "arn:aws:s3:${x:y}::b"}), ["fourth colon"]),
    ("identity", document(EVERYONE), ["Principal", "identity"]),
    ("boundary", document(EVERYONE), ["Principal", "boundary"]),
    ("session", document(EVERYONE), ["Principal"]),
    ("scp", document(ALLOW | {"NotPrincipal": "*"}), ["NotPrincipal"]),
    ("resource", document(ALLOW), ["Principal or NotPrincipal"]),
    ("endpoint", document(ALLOW), ["Principal or NotPrincipal"]),
    ("trust", document(TRUST | {"Resource": "*"}), ["Resource"]),
    ("trust", document(without(TRUST, "Principal")), ["Principal"]),
    ("trust", document(without(TRUST, "Principal") | {"NotPrincipal": "*"}), ["NotPrincipal"]),
    ("resource", document(EVERYONE | {"NotPrincipal": "*"}), ["exclude"]),
    ("resource", document(EVERYONE | {"Principal": ARN_OF_USER}), ["Principal", "object"]),
    ("resource", document(EVERYONE | {"Principal": {}}), ["Principal", "empty"]),
    ("resource", document(EVERYONE | {"Principal": {"Aws": "*"}}), ["Principal", "Aws"]),
    ("resource", document(EVERYONE | {"Principal": {"AWS": ARN_OF_USER + "*"}}), ["wildcard"]),
    ("resource", document(EVERYONE | {"Principal": {"Service": "*"}}), ["wildcard"]),
    ("resource", document(EVERYONE | {"Principal": {"AWS": "1234"}}), ["1234"]),
    (
        "resource",
        document(EVERYONE | {"Principal": {"AWS": "arn:aws:iam::111122223333:group/g"}}),
        ["group/g"],
    ),
    ("rcp", {"Statement": DENY_ALL}, ["Version"]),
    ("rcp", document(without(DENY_ALL, "Principal")), ["Principal"]),
    ("rcp", document(DENY_ALL | {"Principal": {"AWS": "111122223333"}}), ["Principal"]),
    ("rcp", document(without(DENY_ALL, "Action") | {"NotAction": "s3:*"}), ["NotAction"]),
    ("rcp", document(DENY_ALL | {"Effect": "Allow"}), ["Effect"]),
    ("identity", document(ALLOW | {"Condition": []}), ["Condition"]),
    ("identity", document(ALLOW | {"Condition": {"Bool": {}, "Eq": {}}}), ["Eq"]),
    ("identity", document(ALLOW | {"Condition": {"Bool": {"a:b": None}}}), ["Bool", "a:b"]),
    ("identity", document(ALLOW | {"Condition": {"Bool": {"a:b": "x"}}}), ["Bool", "boolean"]),
    (
        "identity",
        document(ALLOW | {"Condition": {"StringLike": {"a:b": "1", "A:B": "2"}}}),
        ["StringLike", "twice"],
    ),
]


@pytest.mark.parametrize(("kind", "body", "parts"), WRONG)
def test_wrong_documents(kind, body, parts):
    for given_as in (body, json.dumps(body)):
        with pytest.raises(PolicyError) as error:
            parse(given_as, kind)
        assert [part for part in parts if part not in str(error.value)] == []


def test_an_rcp_may_allow_everything_as_the_managed_one_does():
    full = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    assert parse(document(full), "rcp").allows


def test_syntax_errors_name_line_and_column():
    with pytest.raises(PolicyError, match="line 2, column 3"):
        parse('{"Version": "2012-10-17",\n  Statement: []}')


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ('{"Statement": [], "Statement": []}', "Statement stands there more than once"),
        ('{"Statement": {"Effect": "Allow",\n "Effect": "Deny"}}',
         "Effect stands there more than once, again at line 2, column 2"),
        ('{"Statement": NaN}', "NaN is not a number in JSON, at line 1, column 15"),
        ("[" * 100_000, "more than 100 brackets within each other, at line 1, column 101"),
        ("[" * 200 + "]" * 200, "more than 100 brackets"),
        ('{"Statement": 1e999}', "1e999 is too large a number, at line 1, column 15"),
        ('{"Statement": "\\ud800"}', "half of a character, at line 1, column 15"),
        ('{"Statement": [0', "not JSON at line 1, column 17"),
        ('{"Version": ' + "1" * 5000 + "}", "5,000 digits, at line 1, column 13"),
    ],
)  # fmt: skip
def test_what_json_lets_pass(text, part):
    with pytest.raises(PolicyError) as error:
        parse(text)
    assert part in str(error.value)


def test_a_number_too_long_to_write():
    with pytest.raises(PolicyError, match="large"):
        parse(document(ALLOW | {"Sid": 10**5000}))
    with pytest.raises(PolicyError, match="digits"):
        parse(document(ALLOW | {"Condition": {"StringEquals": {"a:b": 10**5000}}}))


def test_keys_that_are_no_text():
    with pytest.raises(PolicyError, match="1 is not a name"):
        parse(document(ALLOW | {1: "x"}))


@pytest.mark.parametrize(
    "principal",
    [
        "*",
        {"AWS": ["111122223333", "arn:aws:iam::111122223333:root", "AIDAJQABLZS4A3QDU576Q"]},
        {"AWS": "arn:aws:iam::cloudfront:user/CloudFront Origin Access Identity E1"},
        {"AWS": "arn:aws:sts::111122223333:assumed-role/r/s", "CanonicalUser": "79a59d"},
        {"Service": ["ec2.amazonaws.com"], "Federated": "accounts.google.com"},
    ],
)
def test_principals_that_may_be_named(principal):
    assert parse(document(EVERYONE | {"Principal": principal}), "resource").allows


def test_a_kind_that_is_none():
    with pytest.raises(PolicyError, match="identity, boundary"):
        parse(document(ALLOW), "bucket")


def test_empty_conditions_and_numbers_are_accepted():
    values = {"Bool": {"a:b": True}, "NumericEquals": {"a:c": [1, 1.5]}, "StringEquals": {}}
    assert parse(document(ALLOW | {"Condition": values})).statements
    assert parse(document(ALLOW | {"Condition": {}})).statements


ELEMENTS = ["Version", "Id", "Statement", "Sid", "Effect", "Action", "NotAction", "Resource"]
ELEMENTS += ["NotResource", "Principal", "NotPrincipal", "Condition", "AWS", *OPERATORS]
SCALARS = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    | st.sampled_from(["Allow", "Deny", "*", "s3:*", "arn:aws:s3:::${b", "2012-10-17"])
)  # fmt: skip
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(ELEMENTS) | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=15,
)


@given(JSON, st.sampled_from(KINDS))
def test_any_document_is_a_policy_or_a_policy_error(body, kind):
    try:
        parse(body, kind) if not isinstance(body, str) else parse(json.dumps(body), kind)
    except PolicyError as error:
        assert str(error)


@given(st.data())
def test_a_valid_document_with_one_part_replaced(data):
    kind = data.draw(st.sampled_from(KINDS))
    body = copy.deepcopy(document([VALID[kind] | {"Condition": {"Bool": {"a:b": "true"}}}]))
    here = body
    while isinstance(here, dict | list) and here and data.draw(st.booleans()):
        keys = list(here) if isinstance(here, dict) else range(len(here))
        key = data.draw(st.sampled_from(keys))
        parent, here = here, here[key]
        if data.draw(st.booleans()):
            parent[key] = data.draw(JSON)
            break
    try:
        parse(body, kind)
    except PolicyError as error:
        assert str(error).startswith(("Policy", "Statement"))


@given(st.text(max_size=60))
def test_any_text_is_a_policy_or_a_policy_error(text):
    with pytest.raises(PolicyError):
        parse(text)


def test_a_variable_may_stand_for_the_account():
    """AWS's managed policies have it; before the account no variable may stand."""
    own = ALLOW | {"Resource": "arn:*:kms:*:${aws:PrincipalAccount}:key/*"}
    assert parse(document(own)).allows


PUBLISHED = [  # in the shapes that AWS's managed policies, guides and samples have
    ("identity", {"Resource": ["arn:aws:iam::*:role/aws-service-role/*", "arn:aws:s3:::*"]}),
    ("identity", {"Resource": "arn:aws:ec2:*:*:*"}),
    ("identity", {"Resource": ["arn:*:logs:*:*:log-group:/aws/lambda/*:log-stream:*"]}),
    ("identity", {"Condition": {"StringLikeIfExists": {"iam:PassedToService": ["ec2.*"]}}}),
    ("identity", {"Condition": {"Null": {"aws:TokenIssueTime": "true"}}}),
    ("identity", {"Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a:b", "c d"]}}}),
    ("identity", {"Condition": {"StringEquals": {"aws:ResourceTag/dp:exclude:x": ["true"]}}}),
    ("identity", {"Condition": {"NumericLessThan": {"aws:MultiFactorAuthAge": 3600}}}),
    ("scp", {"Effect": "Deny", "NotResource": ["arn:aws:iam::aws:policy/*"]}),
    ("scp", {"Effect": "Deny", "NotAction": ["iam:*", "support:*"], "Condition": {
        "StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]},
        "ArnNotLike": {"aws:PrincipalARN": ["arn:aws:iam::*:role/Break*"]}}}),
    ("rcp", {"Effect": "Deny", "Principal": "*", "Condition": {
        "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1", "aws:SourceOrgID": ["o-1"]},
        "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}}),
    ("resource", {"Principal": {"AWS": "*"}, "Sid": "__default_statement_ID"}),
    ("resource", {"Principal": {"Service": ["delivery.logs.amazonaws.com"]}, "Condition": {
        "ArnLike": {"aws:SourceArn": "arn:aws:logs:us-east-1:111122223333:*"}}}),
    ("endpoint", {"Principal": "*"}),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "elements"), PUBLISHED)
def test_what_aws_publishes_is_read(kind, elements):
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"} | elements
    for element in ("Action", "Resource"):
        if f"Not{element}" in statement:
            del statement[element]
    assert parse({"Version": "2012-10-17", "Statement": [statement]}, kind).statements


def test_a_trust_policy_as_guides_show_it_for_an_identity_provider():
    provider = "token.actions.githubusercontent.com"
    named = f"arn:aws:iam::111122223333:oidc-provider/{provider}"
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": named},
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Condition": {"StringLike": {f"{provider}:sub": "repo:org/*"}},
    }
    assert parse({"Version": "2012-10-17", "Statement": statement}, "trust").statements


@pytest.mark.parametrize(
    ("elements", "says"),
    [
        ({"Resource": "arn:aws:s3:::BUCKET"}, ""),
        ({"Resource": "<bucket-arn>"}, "Statement[0], Resource: '<bucket-arn>' must be * or an"),
        ({"Resource": "arn:aws:s3"}, "Statement[0], Resource: 'arn:aws:s3' must be * or an ARN"),
        ({"Action": "GetObject"}, "Statement[0], Action: 'GetObject' must be * or service:Name"),
        ({"Effect": "allow"}, "Statement[0]: Effect must be Allow or Deny, not 'allow'"),
        ({"Condition": {"StringEqual": {"a:b": "c"}}}, "'StringEqual' is not a condition operator"),
        ({"Condition:": {}}, "Statement[0]: 'Condition:' is not an element"),
    ],
)
def test_a_placeholder_or_a_slip_names_its_place(elements, says):
    document_ = {"Statement": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"} | elements]}
    if not says:
        assert parse(document_).statements
        return
    with pytest.raises(PolicyError) as error:
        parse(document_)
    assert says in str(error.value)
