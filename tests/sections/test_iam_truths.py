"""Answers known beforehand: worked examples of AWS's guides and what people run into, by hand."""

import json

import pytest

from awsnb.sections import section
from awsnb.sections.iam.scenario import AccessScenario

HERE, THERE = "111122223333", "444455556666"
ALLOWED, EXPLICIT, IMPLICIT = "allowed", "explicit deny", "implicit deny"
OBJECT, BUCKET = "arn:aws:s3:::b/k", "arn:aws:s3:::b"
KEY, ALIAS = (f"arn:aws:kms:eu-west-1:{HERE}:{each}" for each in ("key/1", "alias/x"))
SERVER = f"arn:aws:ec2:eu-west-1:{HERE}:instance/i-1"
ROLE = f"arn:aws:iam::{HERE}:role/r"
POLICY, PUBLIC = "the policy of the resource", "S3 Block Public Access"
simulated = section("iam").simulate


def may(action="*", resource="*", effect="Allow", **others):
    return {"Effect": effect, "Action": action, "Resource": resource, **others}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def when(**operators):
    return {"Condition": operators}


def trust(action="sts:AssumeRole", **others):
    return policy({"Effect": "Allow", "Action": action, **others})


FOR_EC2 = trust(Principal={"Service": "ec2.amazonaws.com"})


def account(*statements, **parts):
    """An account in which u has these statements, and whatever else is given."""
    users = {"u": {"policies": [policy(*statements)] if statements else []}}
    return json.dumps({"account": HERE, "users": users} | parts)


def asked(text, who, action, resource, **values):
    return simulated(
        AccessScenario(policies=text, principal=who, action=action, resource=resource, **values)
    )


def given(**context):
    return {"context": json.dumps({key.replace("__", ":"): v for key, v in context.items()})}


BY_SAML = {"Principal": {"Federated": f"arn:aws:iam::{HERE}:saml-provider/x"}}
OF_WEB = may(**when(StringEquals={"aws:PrincipalTag/team": "web"}))
ONLY_EU = when(StringNotEquals={"aws:RequestedRegion": ["eu-west-1"]})
NOT_ELSEWHERE = (may(), may(effect="Deny", **ONLY_EU))
TO_EC2 = may("iam:PassRole", f"arn:aws:iam::{HERE}:role/ec2-*",
             **when(StringEquals={"iam:PassedToService": "ec2.amazonaws.com"}))  # fmt: skip
OUTSIDER = {"v": {"arn": f"arn:aws:iam::{THERE}:user/v", "policies": [policy(may())]}}
WITH_ID = trust(
    Principal={"AWS": f"arn:aws:iam::{THERE}:root"},
    **when(StringEquals={"sts:ExternalId": "12345"}),
)
UNLESS_MFA = {BUCKET: {"policy": policy(
    may("s3:*", f"{BUCKET}/*", Principal="*"),
    may("s3:*", f"{BUCKET}/*", "Deny", Principal="*",
        **when(Bool={"aws:MultiFactorAuthPresent": "false"})),
)}}  # fmt: skip
OPEN = {BUCKET: {"policy": policy(may("s3:GetObject", f"{BUCKET}/*", Principal="*"))}}
REVOKED = (may(), may(effect="Deny", **when(DateLessThan={"aws:TokenIssueTime": "2026-11-26"})))
BY_GITHUB = trust(
    "sts:AssumeRoleWithWebIdentity",
    Principal={"Federated": f"arn:aws:iam::{HERE}:oidc-provider/github"},
    **when(StringEquals={"github:aud": "sts.amazonaws.com"},
           StringLike={"github:sub": "repo:org/repo:*"}),
)  # fmt: skip
GITHUB = {"w": {"arn": f"arn:aws:iam::{HERE}:oidc-provider/github"}}
TAGGED = may(resource="arn:aws:s3:::b/${aws:PrincipalTag/team, 'x'}/*")
NEW_TAGS = may("ec2:CreateTags", **when(**{
    "StringEquals": {"aws:RequestTag/env": "dev"},
    "ForAllValues:StringEquals": {"aws:TagKeys": ["env"]},
}))  # fmt: skip
ENCRYPTED = (may(), may("s3:PutObject", effect="Deny",
                        **when(Null={"s3:x-amz-server-side-encryption": "true"})))  # fmt: skip


QUEUE = f"arn:aws:sqs:eu-west-1:{HERE}:q"
LOCKED = {BUCKET: {"policy": policy(may("s3:*", [BUCKET, f"{BUCKET}/*"], "Deny", Principal="*"))}}
ROOT_THERE = {"v": {"arn": f"arn:aws:iam::{THERE}:root"}}
BY_SSO = f"arn:aws:iam::{THERE}:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Op_1"
OF_SSO = {"v": {"arn": f"arn:aws:sts::{THERE}:assumed-role/AWSReservedSSO_Op_1/ann",
                "policies": [policy(may())]},
          "r": {"arn": BY_SSO, "policies": [policy(may())]}}  # fmt: skip
PATH = "the path of the role"


def bucket(**grant):
    return {BUCKET: {"policy": policy(may("s3:*", f"{BUCKET}/*", **grant))}}


# (account, who, action, resource, other fields, verdict, what it rests on)
TRUTHS = [
    # KMS: a key has a policy, and that decides; an alias has none, nor has the service
    (account(may()), "u", "kms:Decrypt", KEY, {}, IMPLICIT, POLICY),
    (account(may("s3:*"), scps=[[policy(may("s3:*"))]]), "u", "kms:Decrypt", KEY, {}, IMPLICIT, ""),
    (account(may()), "u", "kms:CreateAlias", ALIAS, {}, ALLOWED, ""),
    (account(may()), "u", "kms:ListKeys", "*", {}, ALLOWED, ""),
    (account(may(), resources={KEY: {"policy": policy(may("kms:*", Principal={"AWS": THERE}))}}),
     "u", "kms:Decrypt", KEY, {}, IMPLICIT, ""),
    # another account's resource: both must allow, and its policy is not here
    (account(may()), "u", "sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{THERE}:q", {}, IMPLICIT,
     POLICY),
    (account(may("s3:*")), "u", "sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{THERE}:q", {},
     IMPLICIT, ""),
    (account(may()), "u", "sts:AssumeRole", ROLE.replace(HERE, THERE), {}, IMPLICIT, POLICY),
    # IAM's own actions are of one account: no policy of a role could let it be passed from another
    (account(may()), "u", "iam:PassRole", ROLE.replace(HERE, THERE), {}, IMPLICIT, ""),
    # what anyone may read, if Block Public Access is off
    (account(visitors={"web": {"arn": "anonymous"}}, resources=OPEN), "web", "s3:GetObject", OBJECT,
     {}, ALLOWED, PUBLIC),
    (account(resources=OPEN), "u", "s3:GetObject", OBJECT, {}, ALLOWED, ""),
    # a bucket is listed, not an object
    (account(may("s3:ListBucket", f"{BUCKET}/*")), "u", "s3:ListBucket", OBJECT, {}, IMPLICIT, ""),
    (account(may("s3:ListBucket", BUCKET)), "u", "s3:ListBucket", f"{BUCKET}/home/", {}, ALLOWED,
     ""),
    (account(may("s3:*", BUCKET)), "u", "s3:GetObject", OBJECT, {}, IMPLICIT, ""),
    # tags of a session, which a role's trust lets in or not
    (account(roles={"r": {"trust": trust(["sts:AssumeRoleWithSAML", "sts:TagSession"], **BY_SAML),
                          "policies": [policy(OF_WEB)]}}), "r", "s3:GetObject", OBJECT, {},
     IMPLICIT, "aws:PrincipalTag/team"),
    (account(roles={"r": {"trust": FOR_EC2, "policies": [policy(OF_WEB)]}}), "r", "s3:GetObject",
     OBJECT, {}, IMPLICIT, ""),
    (account(OF_WEB), "u", "s3:GetObject", OBJECT, {}, IMPLICIT, ""),
    # Regions: IAM is in us-east-1 alone, an ARN tells its own, a bucket's does not
    (account(*NOT_ELSEWHERE), "u", "iam:CreateUser", f"arn:aws:iam::{HERE}:user/x", {}, EXPLICIT,
     ""),
    (account(*NOT_ELSEWHERE), "u", "iam:ListUsers", "*", {}, EXPLICIT, ""),
    (account(*NOT_ELSEWHERE), "u", "ec2:StopInstances", SERVER, {}, ALLOWED, ""),
    (account(*NOT_ELSEWHERE), "u", "ec2:StopInstances", SERVER.replace("eu-west-1", "us-west-2"),
     {}, EXPLICIT, ""),
    (account(*NOT_ELSEWHERE), "u", "s3:GetObject", OBJECT, {}, EXPLICIT, "aws:RequestedRegion"),
    # an access key is no temporary credential; a role's is
    (account(*REVOKED), "u", "s3:GetObject", OBJECT, {"signed_in": "access key"}, ALLOWED, ""),
    (account(roles={"r": {"trust": FOR_EC2, "policies": [policy(*REVOKED)]}}), "r", "s3:GetObject",
     OBJECT, {"signed_in": "access key"}, ALLOWED, "aws:TokenIssueTime"),
    (account(may(effect="Deny", **when(Null={"aws:SourceIdentity": "true"})), may()), "u",
     "s3:GetObject", OBJECT, {}, EXPLICIT, ""),
    # who has no credentials of its own has had no MFA, and is not said to have none
    (account(visitors={"web": {"arn": "anonymous"}, "cf": {"arn": "cloudfront.amazonaws.com"}},
             resources=UNLESS_MFA), "cf", "s3:GetObject", OBJECT, {}, ALLOWED, ""),
    (account(visitors={"web": {"arn": "anonymous"}}, resources=UNLESS_MFA), "web", "s3:GetObject",
     OBJECT, {}, ALLOWED, PUBLIC),
    (account(resources=UNLESS_MFA), "u", "s3:GetObject", OBJECT, {}, EXPLICIT, ""),
    # a role that is passed
    (account(TO_EC2), "u", "iam:PassRole", f"arn:aws:iam::{HERE}:role/ec2-web", {}, IMPLICIT,
     "iam:PassedToService"),
    (account(TO_EC2), "u", "iam:PassRole", f"arn:aws:iam::{HERE}:role/ec2-web",
     given(iam__PassedToService="ec2.amazonaws.com"), ALLOWED, ""),
    (account(TO_EC2), "u", "iam:PassRole", f"arn:aws:iam::{HERE}:role/ec2-web",
     given(iam__PassedToService="lambda.amazonaws.com"), IMPLICIT, ""),
    (account(TO_EC2), "u", "iam:PassRole", ROLE, {}, IMPLICIT, ""),
    # the confused deputy's external ID
    (account(roles={"r": {"trust": WITH_ID}}, visitors=OUTSIDER), "v", "sts:AssumeRole", ROLE, {},
     IMPLICIT, "sts:ExternalId"),
    (account(roles={"r": {"trust": WITH_ID}}, visitors=OUTSIDER), "v", "sts:AssumeRole", ROLE,
     given(sts__ExternalId="12345"), ALLOWED, ""),
    (account(roles={"r": {"trust": WITH_ID}}, visitors=OUTSIDER), "v", "sts:AssumeRole", ROLE,
     given(sts__ExternalId="1"), IMPLICIT, ""),
    # GitHub's tokens
    (account(roles={"r": {"trust": BY_GITHUB}}, visitors=GITHUB), "w",
     "sts:AssumeRoleWithWebIdentity", ROLE, {}, IMPLICIT, "github:aud and github:sub"),
    (account(roles={"r": {"trust": BY_GITHUB}}, visitors=GITHUB), "w",
     "sts:AssumeRoleWithWebIdentity", ROLE,
     given(github__aud="sts.amazonaws.com", github__sub="repo:org/repo:ref:main"), ALLOWED, ""),
    (account(roles={"r": {"trust": BY_GITHUB}}, visitors=GITHUB), "w",
     "sts:AssumeRoleWithWebIdentity", ROLE,
     given(github__aud="sts.amazonaws.com", github__sub="repo:org/repo2:ref:main"), IMPLICIT, ""),
    # a session's ARN does not tell its role's path, which the role's does
    (account(visitors=OF_SSO, resources=bucket(Principal={"AWS": BY_SSO})), "v", "s3:GetObject",
     OBJECT, {}, IMPLICIT, PATH),
    (account(visitors=OF_SSO, resources=bucket(Principal={"AWS": BY_SSO})), "r", "s3:GetObject",
     OBJECT, {}, ALLOWED, ""),
    (account(visitors=OF_SSO, resources=bucket(Principal={"AWS": BY_SSO.replace("_Op", "_Dev")})),
     "v", "s3:GetObject", OBJECT, {}, IMPLICIT, ""),
    (account(visitors=OF_SSO, resources=bucket(Principal={"AWS": THERE}, **when(ArnLike={
        "aws:PrincipalArn": "arn:aws:iam::*:role/aws-reserved/*/AWSReservedSSO_Op_*"}))), "v",
     "s3:GetObject", OBJECT, {}, IMPLICIT, PATH),
    (account(roles={"app": {"arn": f"arn:aws:iam::{HERE}:role/svc/app", "trust": FOR_EC2}},
             resources=bucket(Principal={"AWS": f"arn:aws:iam::{HERE}:role/svc/app"})),
     f"arn:aws:sts::{HERE}:assumed-role/app/i-1", "s3:GetObject", OBJECT, {}, ALLOWED, ""),
    # a variable's default, and a tag whose value is a star
    (account(TAGGED), "u", "s3:GetObject", f"{BUCKET}/x/k", {}, ALLOWED, ""),
    (account(users={"u": {"policies": [policy(TAGGED)], "tags": {"team": "web"}}}), "u",
     "s3:GetObject", f"{BUCKET}/x/k", {}, IMPLICIT, ""),
    (account(users={"u": {"policies": [policy(TAGGED)], "tags": {"team": "*"}}}), "u",
     "s3:GetObject", f"{BUCKET}/web/k", {}, IMPLICIT, ""),
    # sets of keys, and keys that must be there
    (account(NEW_TAGS), "u", "ec2:CreateTags", SERVER, given(aws__RequestTag_env="no"), IMPLICIT,
     "aws:RequestTag/env"),
    (account(NEW_TAGS), "u", "ec2:CreateTags", SERVER,
     {"context": '{"aws:RequestTag/env": "dev"}'}, ALLOWED, "aws:TagKeys"),
    (account(NEW_TAGS), "u", "ec2:CreateTags", SERVER,
     {"context": '{"aws:RequestTag/env": "dev", "aws:TagKeys": ["env", "x"]}'}, IMPLICIT, ""),
    (account(*ENCRYPTED), "u", "s3:PutObject", OBJECT, {}, EXPLICIT,
     "s3:x-amz-server-side-encryption"),
    # a bucket's policy that locks everybody out, which the owner's root user may mend, and no other
    *((account(resources=LOCKED), "root", f"s3:{one}BucketPolicy", BUCKET, {}, ALLOWED, "")
      for one in ("Get", "Put", "Delete")),
    (account(resources=LOCKED), "root", "s3:GetObject", OBJECT, {}, EXPLICIT, ""),
    (account(resources=LOCKED), "root", "s3:PutBucketAcl", BUCKET, {}, EXPLICIT, ""),
    (account(may(), resources=LOCKED), "u", "s3:DeleteBucketPolicy", BUCKET, {}, EXPLICIT, ""),
    (account(resources=LOCKED, visitors=ROOT_THERE), "v", "s3:DeleteBucketPolicy", BUCKET, {},
     EXPLICIT, ""),
    (account(resources=LOCKED, scps=[[policy(may(), may("s3:*", effect="Deny"))]]), "root",
     "s3:DeleteBucketPolicy", BUCKET, {}, EXPLICIT, ""),
    (account(resources=LOCKED, endpoint=policy(may("ec2:*", Principal="*"))), "root",
     "s3:DeleteBucketPolicy", BUCKET, {}, IMPLICIT, ""),
    (account(resources={QUEUE: {"policy": policy(may("sqs:*", QUEUE, "Deny", Principal="*"))}}),
     "root", "sqs:SetQueueAttributes", QUEUE, {}, ALLOWED, ""),
    (account(resources={QUEUE: {"policy": policy(may("sqs:*", QUEUE, "Deny", Principal="*"))}}),
     "root", "sqs:SendMessage", QUEUE, {}, EXPLICIT, ""),
    # keys of a service that hold what is known of who asks, of the owner and of the Region
    (account(resources={KEY: {"policy": policy(may("kms:*", Principal="*", **when(
        StringEquals={"kms:CallerAccount": HERE})))}}), "u", "kms:Decrypt", KEY, {}, ALLOWED, ""),
    (account(resources={KEY: {"policy": policy(may("kms:*", Principal="*", **when(
        StringEquals={"kms:CallerAccount": THERE})))}}), "u", "kms:Decrypt", KEY, {}, IMPLICIT, ""),
    (account(may(**when(StringEquals={"s3:ResourceAccount": HERE}))), "u", "s3:GetObject", OBJECT,
     {}, ALLOWED, ""),
    (account(may(**when(StringEquals={"ec2:Region": "eu-west-1"}))), "u", "ec2:StopInstances",
     SERVER, {}, ALLOWED, ""),
    (account(may(**when(StringEquals={"ec2:Region": "us-west-2"}))), "u", "ec2:StopInstances",
     SERVER, {}, IMPLICIT, ""),
    (account(may(**when(StringEquals={"ec2:Region": "eu-west-1"}))), "u", "ec2:DescribeInstances",
     "*", {}, IMPLICIT, "ec2:Region"),
    # wildcards in the middle, names in any case, ARNs in their own
    (account(may("iam:PassRole", f"arn:aws:iam::{HERE}:role/*/ecs-*-task")), "u", "iam:PassRole",
     f"arn:aws:iam::{HERE}:role/a/b/ecs-x/y-task", {}, ALLOWED, ""),
    (account(may("iam:PassRole", f"arn:aws:iam::{HERE}:role/*/ecs-*-task")), "u", "iam:PassRole",
     f"arn:aws:iam::{HERE}:role/ecs-web-task", {}, IMPLICIT, ""),
    (account(may("S3:getobJECT", "arn:aws:s3:::B/*")), "u", "s3:GetObject", OBJECT, {}, IMPLICIT,
     ""),
]  # fmt: skip


@pytest.mark.parametrize(("text", "who", "action", "resource", "values", "verdict", "on"), TRUTHS)
def test_what_is_known_beforehand(text, who, action, resource, values, verdict, on):
    found = asked(text, who, action, resource, **values)
    assert found.summary["verdict"] == verdict, found.why
    assert (f"rests on {on}," in found.why) if on else ("rests on" not in found.why), found.why


@pytest.mark.parametrize(
    ("action", "resource", "says"),
    [
        ("s3:GetObject", BUCKET, "objects, as arn:aws:s3:::b/KEY, and this is a bucket"),
        ("kms:Decrypt", ALIAS, "keys, as arn:aws:kms:eu-west-1:111122223333:key/ID"),
    ],
)
def test_a_resource_of_another_kind_is_said_beside_the_answer(action, resource, says, tmp_path):
    """No request like this reaches AWS: to read "allowed" alone would mislead."""
    assert says in asked(account(may()), "u", action, resource).why
    assert "AWS gets no" not in asked(account(may()), "u", "s3:GetObject", OBJECT).why
    file = tmp_path / "requests.csv"
    file.write_text(
        f"principal,action,resource\nu,ec2:StopInstances,{SERVER}\nu,{action},{resource}\n"
    )
    rows = simulated(AccessScenario(policies=account(may()), requests=str(file)))
    assert f"AWS gets no request as in line 3: {action} is asked of {says}" in rows.why


def test_a_list_of_an_object_is_said_to_be_one_of_its_bucket():
    notes = asked(account(may()), "u", "s3:ListBucket", OBJECT).notes
    assert "s3:ListBucket is asked of a bucket: of arn:aws:s3:::b." in notes


@pytest.mark.parametrize(
    ("arn", "action", "is_said"),
    [
        (f"arn:aws:sts::{HERE}:federated-user/bob", "iam:ListUsers", True),
        (f"arn:aws:sts::{HERE}:federated-user/bob", "sts:AssumeRole", True),
        (f"arn:aws:sts::{HERE}:federated-user/bob", "sts:GetCallerIdentity", False),
        (f"arn:aws:sts::{HERE}:federated-user/bob", "s3:GetObject", False),
        (f"arn:aws:iam::{HERE}:user/bob", "iam:ListUsers", False),
    ],
)
def test_a_federated_user_can_call_neither_iam_nor_sts(arn, action, is_said):
    """IAM User Guide, the table that compares what STS gives: GetFederationToken."""
    resource = {"sts:AssumeRole": ROLE, "s3:GetObject": OBJECT}.get(action, "*")
    text = account(visitors={"f": {"arn": arn, "policies": [policy(may())]}})
    notes = asked(text, "f", action, resource).notes
    assert any("neither IAM nor STS" in note for note in notes) is is_said


def test_an_answer_for_one_resource_of_several_says_so(tmp_path):
    """AWS's example policies of EC2: a launch needs the image, the subnet and others as well."""
    launches = account(may("ec2:RunInstances", "arn:aws:ec2:*:*:instance/*"))
    allowed = asked(launches, "u", "ec2:RunInstances", SERVER)
    assert allowed.summary["verdict"] == ALLOWED
    assert "all must be allowed: this is the answer for one resource" in allowed.notes[1]
    assert "image" in allowed.notes[1] and "subnet" in allowed.notes[1]
    image = "arn:aws:ec2:eu-west-1::image/ami-1"
    for found in (
        asked(launches, "u", "ec2:RunInstances", image),
        asked(account(may()), "u", "ec2:StopInstances", SERVER),
    ):
        assert not any("together" in note for note in found.notes)
    file = tmp_path / "requests.csv"
    file.write_text(
        f"principal,action,resource\nu,ec2:StopInstances,{SERVER}\nu,ec2:RunInstances,{SERVER}\n"
    )
    rows = simulated(AccessScenario(policies=launches, requests=str(file)))
    assert any("AWS asks ec2:RunInstances of image" in note for note in rows.notes)


@pytest.mark.parametrize(
    ("action", "resource", "offered"),
    [
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HERE}:q", True),
        ("s3:ListBucket", OBJECT, True),
        ("ec2:StopInstances", SERVER, False),
        ("kms:CreateAlias", ALIAS, False),
        ("iam:PassRole", ROLE, False),
    ],
)
def test_a_policy_is_advised_for_what_can_have_one(action, resource, offered):
    asks = {"principal": "u", "action": action, "resource": resource}
    scenario = AccessScenario(policies=account(), **asks)
    ways = {one.label: one.holds for one in section("iam").compare(scenario).options}
    assert ways.get("give the resource a policy that names it", False) is offered
    grant = json.dumps(policy(may(action, Principal="*")))
    changed = scenario.replace(what_if="the resource has this policy", document=grant)
    said = any("can have no policy of its own" in note for note in simulated(changed).notes)
    assert said is not offered
