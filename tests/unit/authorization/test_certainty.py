"""What a verdict rests on: keys that nobody told and that could turn it, worked out by hand."""

import pytest

from awsnb.mechanisms.authorization import PolicySet, Principal, Request, can_assume, decide
from awsnb.mechanisms.authorization.certainty import EXCEPTION

HERE = "111122223333"
ANN = f"arn:aws:iam::{HERE}:user/ann"
ROLE = f"arn:aws:iam::{HERE}:role/app"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/app/i-1"
KEY = "arn:aws:s3:::b/k"


def statement(effect="Allow", **others):
    return {"Effect": effect, "Action": "s3:*", "Resource": "*", **others}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


ALL = statement()
PLAIN_HTTP = {"Condition": {"Bool": {"aws:SecureTransport": "false"}}}
WITH_MFA = {"Condition": {"Bool": {"aws:MultiFactorAuthPresent": "true"}}}
ELSEWHERE = {"Condition": {"StringNotEquals": {"aws:SourceVpc": "vpc-1"}}}


def found(*statements, principal=ANN, context=None, known=(), **layers):
    request = Request(principal, "s3:GetObject", KEY, context, knows=known.__contains__)
    decision = decide(request, PolicySet.of(identity=[policy(*statements)], **layers))
    return decision.allowed, decision.rests_on


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([ALL], (True, ())),
        # a deny that nobody can see: the dangerous kind
        ([ALL, statement("Deny", **PLAIN_HTTP)], (True, ("aws:SecureTransport",))),
        ([ALL, statement("Deny", **ELSEWHERE)], (False, ("aws:SourceVpc",))),
        ([statement(**WITH_MFA)], (False, ("aws:MultiFactorAuthPresent",))),
        # another statement says the same for certain
        ([statement(**WITH_MFA), ALL], (True, ())),
        ([ALL, statement("Deny"), statement("Deny", **PLAIN_HTTP)], (False, ())),
        # the statement does not match for another reason
        ([ALL, statement("Deny", **PLAIN_HTTP) | {"Action": "s3:PutObject"}], (True, ())),
        # either of two turns it alone
        ([ALL, statement("Deny", **PLAIN_HTTP), statement("Deny", **WITH_MFA)],
         (True, ("aws:SecureTransport", "aws:MultiFactorAuthPresent"))),
        # only both together turn it
        ([statement(Condition={"Bool": PLAIN_HTTP["Condition"]["Bool"]
                               | WITH_MFA["Condition"]["Bool"]})],
         (False, ("aws:SecureTransport", "aws:MultiFactorAuthPresent"))),
        # a variable, in a resource and in a value
        ([statement(Resource="arn:aws:s3:::b/${aws:PrincipalTag/team}")],
         (False, ("aws:PrincipalTag/team",))),
        ([statement(Condition={"StringLike": {"aws:userid": "${saml:sub}"}})],
         (False, ("aws:userid", "saml:sub"))),
    ],
)  # fmt: skip
def test_what_a_verdict_rests_on(statements, expected):
    if "saml:sub" in expected[1]:
        assert found(*statements)[0] is expected[0]
        assert set(found(*statements)[1]) == set(expected[1])
    else:
        assert found(*statements) == expected


def test_what_is_told_or_known_to_be_absent_is_no_doubt():
    deny = statement("Deny", **PLAIN_HTTP)
    assert found(ALL, deny, context={"aws:SecureTransport": True}) == (True, ())
    assert found(ALL, deny, context={"aws:SecureTransport": False}) == (False, ())
    assert found(ALL, deny, known={"aws:securetransport"}) == (True, ())


def test_every_layer_counts():
    deny = policy(ALL, statement("Deny", **PLAIN_HTTP))
    for layer in ("boundary", "scps"):
        assert found(ALL, **{layer: deny}) == (True, ("aws:SecureTransport",)), layer
    grant = policy(statement(Principal={"AWS": ANN}, **WITH_MFA))
    assert found(statement(Action="s3:PutObject"), resource=grant) == (
        False, ("aws:MultiFactorAuthPresent",),
    )  # fmt: skip


def test_a_role_whose_session_nobody_names():
    role = Principal.of(ROLE, user_id="AROAEXAMPLE")

    def only(wanted):
        return statement("Deny", Condition={"StringNotLike": {"aws:userid": wanted}})

    of_role = {"principal": role, "known": {"aws:userid"}}
    assert found(ALL, only(["AROAEXAMPLE:*", HERE]), **of_role) == (True, ())
    assert found(ALL, only("AROAOTHER:i-1"), **of_role) == (False, ())
    assert found(ALL, only("AROAEXAMPLE:i-1"), **of_role) == (False, ("the name of the session",))
    assert found(ALL, only("AROAEXAMPLE:i-1"), principal=ROLE) == (False, ("aws:userid",))

    named = policy(statement(Principal={"AWS": SESSION}))
    mine = statement(Action="s3:PutObject")
    assert found(mine, principal=ROLE, resource=named) == (False, ("the name of the session",))
    assert found(mine, principal=SESSION, resource=named) == (True, ())
    fence = policy(statement("Deny", NotPrincipal={"AWS": [SESSION, ROLE, HERE]}))
    assert found(ALL, principal=ROLE, resource=fence) == (False, ("the name of the session",))


def test_an_exception_that_names_the_user_alone_may_not_hold():
    """ "AWS JSON policy elements: NotPrincipal": without the account AWS might deny it."""
    for named, rests in (([ANN], True), ([ANN, HERE], False), ([ANN, f"{ANN}-2"], True)):
        fence = policy(statement("Deny", NotPrincipal={"AWS": named}))
        assert found(ALL, resource=fence) == (True, (EXCEPTION,) if rests else ())
    other = policy(statement("Deny", NotPrincipal={"AWS": [f"{ANN}-2"]}))
    assert found(ALL, resource=other) == (False, ())
    named = [SESSION, HERE]
    fence = policy(statement("Deny", NotPrincipal={"AWS": named}))
    assert found(ALL, principal=SESSION, resource=fence) == (True, (EXCEPTION,))


def test_the_sentence_says_which_way_it_may_turn():
    request = Request(ANN, "s3:GetObject", KEY, knows=lambda key: False)
    decision = decide(request, PolicySet.of([policy(ALL, statement("Deny", **PLAIN_HTTP))]))
    assert decision.doubt == (
        "But this rests on aws:SecureTransport, which nothing here tells: AWS knows, and may deny "
        "it."
    )
    assert decision.doubt in decision.explain()
    assert decide(request, PolicySet.of([policy(ALL)])).doubt == ""


def test_a_role_that_is_assumed_on_a_key_that_nobody_told():
    trust = {"Effect": "Allow", "Principal": {"AWS": ANN}, "Action": "sts:AssumeRole"}
    trust |= {"Condition": {"StringEquals": {"sts:ExternalId": "x"}}}
    asked = (ANN, ROLE, {"Statement": trust})
    assert can_assume(*asked, knows=lambda key: False).rests_on == ("sts:ExternalId",)
    assert can_assume(*asked).rests_on == ()
    as_root = (f"arn:aws:iam::{HERE}:root", *asked[1:])
    assert can_assume(*as_root, knows=lambda key: False).rests_on == ()
