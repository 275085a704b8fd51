"""Requests and sets of policies from plain JSON, and the one sentence for what is none."""

import json

import pytest

from awsnb.mechanisms.authorization import (
    PolicyError,
    PolicySet,
    Principal,
    Request,
    RequestError,
    decide,
    parse,
)

ANN = "arn:aws:iam::111122223333:user/ann"
ALLOW = {"Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}
GRANT = {"Statement": ALLOW["Statement"] | {"Principal": {"AWS": ANN}}}
ASKED = {"principal": ANN, "action": "s3:GetObject", "resource": "arn:aws:s3:::b/k"}


@pytest.mark.parametrize(
    "layers",
    [
        {"identity": ALLOW},
        {"identity": [json.dumps(ALLOW)], "scps": [ALLOW, [ALLOW]]},
        {"groups": {"readers": ALLOW}, "boundary": json.dumps(ALLOW), "session": [ALLOW]},
        {"resource": GRANT, "endpoint": json.dumps(GRANT)},
        {"identity": parse(ALLOW), "boundary": parse(ALLOW)},
    ],
)
def test_what_plain_json_can_say(layers):
    assert decide(Request(**ASKED), PolicySet.of(**layers)).allowed


@pytest.mark.parametrize(
    ("named", "principal"),
    [
        ({"AWS": ANN}, Principal.of(ANN)),
        ({"AWS": "111122223333"}, Principal.of("arn:aws:iam::111122223333:root")),
        ("sns.amazonaws.com", Principal.service("sns.amazonaws.com")),
        ({"Service": "sns.amazonaws.com"}, Principal.service("sns.amazonaws.com")),
        (
            {"Federated": "cognito-identity.amazonaws.com"},
            Principal.identity_provider("cognito-identity.amazonaws.com"),
        ),
        ("anonymous", Principal.anonymous()),
    ],
)
def test_how_a_principal_may_be_named(named, principal):
    assert Request(**ASKED | {"principal": named}).principal == principal


@pytest.mark.parametrize(
    ("field", "value", "part"),
    [
        ("principal", "ann", "'ann' is not the ARN"),
        ("principal", None, "None must be a name"),
        ("principal", {"Aws": ANN}, "under AWS, Service, Federated"),
        ("principal", {"AWS": [ANN]}, "under AWS"),
        ("action", "GetObject", "'GetObject' must be service:Name"),
        ("action", "s3:*", "without wildcards"),
        ("resource", "", "'' must be an ARN, or *"),
        ("resource_account", 111122223333, "must be an account"),
        ("context", ["a"], "a list must be values by key"),
        ("context", {"x:y": {"z": 1}}, "'x:y' = a dict"),
        ("context", {1: "x"}, "1 = 'x'"),
    ],
)
def test_what_is_no_request(field, value, part):
    with pytest.raises(RequestError, match=field) as error:
        Request(**ASKED | {field: value})
    assert part in str(error.value)


@pytest.mark.parametrize("field", ["principal", "action", "resource", "resource_account"])
def test_a_number_too_long_to_write(field):
    with pytest.raises(RequestError, match="so large a number"):
        Request(**ASKED | {field: 10**5000})
    with pytest.raises(RequestError, match="too long"):
        Request(**ASKED, context={"x:y": 10**5000})


@pytest.mark.parametrize(
    ("layers", "start"),
    [
        ({"identity": 5}, "identity: must be a policy or a list of policies, not 5."),
        ({"groups": [ALLOW]}, "groups: must be lists of policies by group, not a list."),
        ({"identity": [ALLOW, {}]}, "identity policy 2: Policy: needs Statement."),
        ({"groups": {"ops": [{}]}}, "identity policy 1 of group ops: Policy: needs"),
        ({"scps": [[ALLOW], [{}]]}, "SCP 1 on level 2: Policy: needs"),
        ({"resource": ALLOW}, "the resource policy: Statement[0]: needs Principal"),
        ({"identity": "{"}, "identity policy 1: Policy: not JSON at line 1, column 2"),
        ({"resource": parse(ALLOW)}, "the resource policy: was parsed as a policy of kind"),
    ],
)
def test_what_is_no_set_of_policies(layers, start):
    with pytest.raises(PolicyError) as error:
        PolicySet.of(**layers)
    assert str(error.value).startswith(start)
