"""Accounts, policies and requests as people bring them, each with the answer that is right."""

import json
import os

import pytest

from awsnb.aws.iam.files import MOST_BYTES
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.iam.options import compare
from awsnb.sections.iam.scenario import AccessScenario
from awsnb.sections.iam.tables import answers
from awsnb.sections.iam.tell import explain

simulated = section("iam").simulate
HERE, THERE = "111122223333", "444455556666"
INSTANCE = f"arn:aws:ec2:eu-west-1:{HERE}:instance"
BOX = "arn:aws:s3:::box"


def policy(effect, action, resource="*", **more):
    statement = {"Effect": effect, "Action": action, "Resource": resource, **more}
    return {"Version": "2012-10-17", "Statement": statement}


def account(**parts):
    return json.dumps({"account": HERE, **parts})


def with_policies(*policies, **parts):
    return account(users={"u": {"policies": list(policies)}}, **parts)


def asked(policies, action, resource="*", principal="u", **more):
    """The verdict, and the sentence with all that is said beside it."""
    found = AccessScenario(
        policies=policies, principal=principal, action=action, resource=resource, **more
    )
    result = simulated(found)
    return result.summary["verdict"], " ".join([result.why, *result.notes])


def refused(**values):
    with pytest.raises(ScenarioError) as error:
        simulated(AccessScenario(**values))
    assert len(str(error.value)) < 600
    return error.value


ALL = policy("Allow", "*")


# --- tags, by every name that a service has for them


@pytest.mark.parametrize(
    ("action", "arn", "key"),
    [
        ("ec2:StopInstances", f"{INSTANCE}/i-1", "ec2:ResourceTag/env"),
        ("ec2:StopInstances", f"{INSTANCE}/i-1", "aws:ResourceTag/env"),
        ("ssm:StartSession", f"{INSTANCE}/i-1", "ssm:resourceTag/env"),
        ("iam:TagRole", f"arn:aws:iam::{HERE}:role/r", "iam:ResourceTag/env"),
        ("sts:AssumeRole", f"arn:aws:iam::{HERE}:role/r", "iam:ResourceTag/env"),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{HERE}:secret:s-1",
         "secretsmanager:ResourceTag/env"),
        ("rds:StopDBInstance", f"arn:aws:rds:eu-west-1:{HERE}:db:shop", "rds:db-tag/env"),
        ("rds:StopDBCluster", f"arn:aws:rds:eu-west-1:{HERE}:cluster:shop", "rds:cluster-tag/env"),
        ("autoscaling:SetDesiredCapacity", f"arn:aws:autoscaling:eu-west-1:{HERE}:group",
         "autoscaling:ResourceTag/env"),
        ("s3:GetObject", f"{BOX}/a", "s3:ExistingObjectTag/env"),
    ],
)  # fmt: skip
def test_the_keys_of_a_service_name_the_same_tags(action, arn, key):
    deny = policy("Deny", action, Condition={"StringEquals": {key: "prod"}})
    for value, expected in (("prod", "explicit deny"), ("dev", "allowed")):
        resources = {arn: {"tags": {"env": value}}}
        trust = policy("Allow", "sts:AssumeRole", Principal={"AWS": HERE})
        del trust["Statement"]["Resource"]
        file = with_policies(ALL, deny, resources=resources, roles={"r": {"trust": trust}})
        assert asked(file, action, arn)[0] == expected


@pytest.mark.parametrize("given", ["aws:ResourceTag/env", "ec2:ResourceTag/env"])
@pytest.mark.parametrize("wanted", ["aws:ResourceTag/env", "EC2:resourcetag/env"])
def test_a_tag_that_is_given_has_all_its_names(given, wanted):
    deny = policy("Deny", "*", Condition={"StringEquals": {wanted: "prod"}})
    found = asked(
        with_policies(ALL, deny),
        "ec2:StopInstances",
        f"{INSTANCE}/i-1",
        context=json.dumps({given: "prod"}),
    )
    assert found[0] == "explicit deny"


def test_the_tags_of_a_user_are_those_of_the_resource_that_the_user_is():
    deny = policy("Deny", "iam:*", Condition={"StringEquals": {"iam:ResourceTag/team": "red"}})
    file = account(users={"u": {"policies": [ALL, deny]}, "target": {"tags": {"team": "red"}}})
    target = f"arn:aws:iam::{HERE}:user/target"
    assert asked(file, "iam:TagUser", target)[0] == "explicit deny"
    assert asked(file, "iam:TagUser", target.replace("target", "u"))[0] == "allowed"


def test_a_bucket_does_not_tell_the_tags_of_its_objects():
    deny = policy("Deny", "s3:*", Condition={"StringEquals": {"s3:ExistingObjectTag/env": "prod"}})
    file = with_policies(ALL, deny, resources={BOX: {"tags": {"env": "prod"}}})
    verdict, told = asked(file, "s3:GetObject", f"{BOX}/a")
    assert verdict == "allowed" and "this rests on s3:ExistingObjectTag/env" in told


# --- unique IDs and sessions

EXPORT = {
    "UserDetailList": [
        {"UserName": name, "UserId": f"AIDAEXAMPLE{name.upper()}",
         "Arn": f"arn:aws:iam::{HERE}:user/{name}",
         "UserPolicyList": [{"PolicyName": "all", "PolicyDocument": ALL}]}
        for name in ("carol", "dave")
    ],
    "GroupDetailList": [],
    "RoleDetailList": [
        {"RoleName": "app", "RoleId": "AROAEXAMPLEAPP", "Arn": f"arn:aws:iam::{HERE}:role/x/app",
         "AssumeRolePolicyDocument": {"Statement": {
             "Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"},
             "Action": "sts:AssumeRole"}},
         "RolePolicyList": [{"PolicyName": "all", "PolicyDocument": ALL}]}
    ],
    "Policies": [],
}  # fmt: skip


def only_ids(*ids):
    condition = {"StringNotLike": {"aws:userid": list(ids)}}
    return policy("Deny", "s3:*", [BOX, f"{BOX}/*"], Principal="*", Condition=condition)


@pytest.fixture
def exported(tmp_path):
    (tmp_path / "authorization-details.json").write_text(json.dumps(EXPORT))
    (tmp_path / "account.json").write_text(json.dumps({"resources": {BOX: {"policy": "box"}}}))

    def make(*ids):
        (tmp_path / "box.json").write_text(json.dumps(only_ids(*ids)))
        return str(tmp_path)

    return make


@pytest.mark.parametrize(
    ("principal", "expected"),
    [
        ("carol", "allowed"),
        ("dave", "explicit deny"),
        ("app", "allowed"),
        (f"arn:aws:sts::{HERE}:assumed-role/app/i-0abc", "allowed"),
        ("AIDAEXAMPLECAROL", "allowed"),
        ("AROAEXAMPLEAPP:i-0abc", "allowed"),
    ],
)
def test_unique_ids_of_an_export(exported, principal, expected):
    folder = exported("AIDAEXAMPLECAROL", "AROAEXAMPLEAPP:*", HERE)
    verdict, told = asked(folder, "s3:GetObject", f"{BOX}/a", principal)
    assert verdict == expected and "rests on" not in told


def test_an_export_may_be_pasted_or_be_the_account_file(tmp_path):
    text = json.dumps(EXPORT)
    (tmp_path / "account.json").write_text(text)
    for policies in (text, str(tmp_path)):
        assert asked(policies, "s3:GetObject", f"{BOX}/a", "carol")[0] == "allowed"


def test_an_export_whose_documents_are_escaped_as_the_api_gives_them():
    escaped = json.dumps(ALL).replace("{", "%7B").replace('"', "%22").replace("}", "%7D")
    inline = {"UserPolicyList": [{"PolicyName": "all", "PolicyDocument": escaped}]}
    user = EXPORT["UserDetailList"][0] | inline
    text = json.dumps(EXPORT | {"UserDetailList": [user]})
    assert asked(text, "s3:GetObject", f"{BOX}/a", "carol")[0] == "allowed"


def test_a_policy_for_one_session_of_a_role(exported):
    folder = exported("AROAEXAMPLEAPP:i-0abc")
    session = f"arn:aws:sts::{HERE}:assumed-role/app/i-0"
    assert asked(folder, "s3:GetObject", f"{BOX}/a", f"{session}abc")[0] == "allowed"
    assert asked(folder, "s3:GetObject", f"{BOX}/a", f"{session}def")[0] == "explicit deny"
    verdict, told = asked(folder, "s3:GetObject", f"{BOX}/a", "app")
    assert verdict == "explicit deny" and "rests on the name of the session" in told


def test_a_user_without_an_id_is_not_judged_on_it_in_silence():
    box = only_ids("AIDAEXAMPLECAROL")
    file = with_policies(ALL, resources={BOX: {"policy": box}})
    assert "rests on aws:userid" in asked(file, "s3:GetObject", f"{BOX}/a")[1]
    with_id = account(
        users={"u": {"policies": [ALL], "id": "AIDAEXAMPLECAROL"}},
        resources={BOX: {"policy": box}},
    )
    assert asked(with_id, "s3:GetObject", f"{BOX}/a")[0] == "allowed"


def test_a_change_to_a_role_holds_for_its_sessions():
    session = f"arn:aws:sts::{HERE}:assumed-role/app/i-1"
    file = account(roles={"app": {}})
    change = {"what_if": "has one more policy", "document": json.dumps(ALL)}
    for name in ("app", session):
        assert asked(file, "s3:GetObject", f"{BOX}/a", name)[0] == "implicit deny"
        assert asked(file, "s3:GetObject", f"{BOX}/a", name, **change)[0] == "allowed"
    limit = {"what_if": "passes a session policy", "document": json.dumps(policy("Allow", "ec2:*"))}
    may = account(roles={"app": {"policies": [ALL]}})
    assert asked(may, "s3:GetObject", f"{BOX}/a", session, **limit)[0] == "implicit deny"


def test_no_scp_limits_the_session_of_a_listed_service_linked_role():
    name = "AWSServiceRoleForAutoScaling"
    arn = f"arn:aws:iam::{HERE}:role/aws-service-role/autoscaling.amazonaws.com/{name}"
    role = {"arn": arn, "policies": [ALL]}
    file = account(roles={name: role, "plain": {"policies": [ALL]}}, scps=[[policy("Deny", "*")]])
    session = f"arn:aws:sts::{HERE}:assumed-role/{name}/AutoScaling"
    for principal in (name, session):
        assert asked(file, "ec2:RunInstances", f"{INSTANCE}/*", principal)[0] == "allowed"
    assert asked(file, "ec2:RunInstances", f"{INSTANCE}/*", "plain")[0] == "explicit deny"


# --- what the command line prints

DEV = policy("Allow", "s3:GetObject", f"{BOX}/*")
PRINTED = {
    "get-policy-version": {"PolicyVersion": {"Document": DEV, "VersionId": "v3"}},
    "get-role-policy": {"RoleName": "app", "PolicyName": "inline", "PolicyDocument": DEV},
    "get-user-policy, as text": {"UserName": "u", "PolicyDocument": json.dumps(DEV)},
    "describe-policy": {"Policy": {"PolicySummary": {"Id": "p-1"}, "Content": json.dumps(DEV)}},
    "get-inline-policy-for-permission-set": {"InlinePolicy": json.dumps(DEV)},
    "as it is": DEV,
}
GRANT = policy("Allow", "s3:GetObject", f"{BOX}/*", Principal="*")
PRINTED_OF_RESOURCES = {
    "get-bucket-policy": {"Policy": json.dumps(GRANT)},
    "get-queue-attributes": {"Attributes": {"Policy": json.dumps(GRANT)}},
    "get-repository-policy": {"registryId": HERE, "policyText": json.dumps(GRANT)},
    "get-resource-policy": {"ARN": BOX, "Name": "s", "ResourcePolicy": json.dumps(GRANT)},
    "lambda get-policy": {"Policy": json.dumps(GRANT), "RevisionId": "1"},
    "describe-vpc-endpoints": {"VpcEndpoints": [{"PolicyDocument": json.dumps(GRANT)}]},
}


@pytest.mark.parametrize("command", PRINTED)
def test_a_policy_as_a_command_prints_it(command, tmp_path):
    printed = PRINTED[command]
    inline, named = with_policies(printed), with_policies("p", policies={"p": printed})
    (tmp_path / "account.json").write_text(with_policies("p"))
    (tmp_path / "p.json").write_text(json.dumps(printed), encoding="utf-8-sig")
    for policies in (inline, named, str(tmp_path)):
        assert asked(policies, "s3:GetObject", f"{BOX}/a")[0] == "allowed"
    change = {"what_if": "has one more policy", "document": json.dumps(printed)}
    assert asked(with_policies(), "s3:GetObject", f"{BOX}/a", **change)[0] == "allowed"


@pytest.mark.parametrize("command", PRINTED_OF_RESOURCES)
def test_a_policy_of_a_resource_as_a_command_prints_it(command):
    printed = PRINTED_OF_RESOURCES[command]
    file = with_policies(resources={BOX: {"policy": printed}})
    assert asked(file, "s3:GetObject", f"{BOX}/a")[0] == "allowed"


def test_a_trust_policy_as_get_role_prints_it():
    trust = {"Effect": "Allow", "Principal": {"AWS": HERE}, "Action": "sts:AssumeRole"}
    printed = {"Role": {"RoleName": "r", "AssumeRolePolicyDocument": {"Statement": trust}}}
    file = with_policies(ALL, roles={"r": {"trust": printed}})
    assert asked(file, "sts:AssumeRole", f"arn:aws:iam::{HERE}:role/r")[0] == "allowed"


def test_a_document_as_the_api_gives_it():
    escaped = json.dumps(DEV).replace("{", "%7B").replace('"', "%22").replace("}", "%7D")
    change = {"what_if": "has one more policy", "document": escaped}
    assert asked(with_policies(), "s3:GetObject", f"{BOX}/a", **change)[0] == "allowed"


@pytest.mark.parametrize(
    ("printed", "says"),
    [
        ({"Policy": {"PolicyName": "p", "Arn": f"arn:aws:iam::{HERE}:policy/p",
                     "DefaultVersionId": "v3"}},
         f"aws iam get-policy-version --policy-arn arn:aws:iam::{HERE}:policy/p --version-id v3"),
        ({"VpcEndpoints": [{"PolicyDocument": "{}"}] * 2}, "2 policies stand there"),
        ({"Policy": '{"Statement": [], "Statement": []}'}, "Statement stands there more than once"),
        ({"PolicyVersion": {"VersionId": "v3"}}, "'VersionId' is not an element"),
    ],
)  # fmt: skip
def test_what_was_printed_without_a_document_says_how_to_get_it(printed, says):
    assert says in str(refused(policies=with_policies(printed), principal="u"))


# --- actions without a resource, and without a permission


@pytest.mark.parametrize(
    ("action", "allowed_on", "resource", "expected"),
    [
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*", "*", "allowed"),
        ("s3:ListAllMyBuckets", "arn:aws:s3:::*", "arn:aws:s3:::*", "allowed"),
        ("s3:ListAllMyBuckets", "*", BOX, "allowed"),
        ("s3:ListAllMyBuckets", BOX, BOX, "implicit deny"),
        ("ec2:DescribeInstances", f"{INSTANCE}/*", f"{INSTANCE}/i-1", "implicit deny"),
        ("ec2:DescribeInstances", "*", f"{INSTANCE}/i-1", "allowed"),
        ("iam:ListUsers", f"arn:aws:iam::{HERE}:user/*", f"arn:aws:iam::{HERE}:user/u",
         "implicit deny"),
        ("ec2:StopInstances", f"{INSTANCE}/*", f"{INSTANCE}/i-1", "allowed"),
        ("sts:GetCallerIdentity", BOX, "*", "allowed"),
        ("kms:ListKeys", "*", "*", "allowed"),
    ],
)  # fmt: skip
def test_an_action_without_a_resource_is_judged_on_everything(
    action, allowed_on, resource, expected
):
    file = with_policies(policy("Allow", action.split(":")[0] + ":*", allowed_on))
    verdict, told = asked(file, action, resource)
    assert verdict == expected
    assert ("No resource goes with" in told) is (action != "ec2:StopInstances")


def test_an_action_without_a_resource_asks_no_resource():
    resources = {BOX: {"policy": policy("Deny", "*", Principal="*"), "tags": {"a": "b"}}}
    rcps = [[policy("Deny", "*", Principal="*")]]
    file = with_policies(ALL, resources=resources, rcps=rcps)
    assert asked(file, "s3:ListAllMyBuckets", BOX)[0] == "allowed"
    assert asked(file, "s3:GetObject", BOX)[0] == "explicit deny"


def test_the_way_that_is_advised_for_such_an_action_opens_it():
    scenario = AccessScenario(
        policies=with_policies(), principal="u", action="ec2:DescribeInstances",
        resource=f"{INSTANCE}/i-1",
    )  # fmt: skip
    assert compare(scenario).best.label == "attach a policy for exactly this"


def test_rcps_bear_on_actions_of_the_services_that_have_them():
    """A role's ARN is IAM's, but of STS's actions alone do RCPs speak."""
    file = with_policies(ALL, rcps=[[policy("Deny", "*", Principal="*")]])
    table = f"arn:aws:dynamodb:eu-west-1:{HERE}:table/t"
    assert asked(file, "dynamodb:GetItem", table)[0] == "explicit deny"
    assert asked(file, "iam:TagRole", f"arn:aws:iam::{HERE}:role/r")[0] == "allowed"
    assert asked(file, "ec2:StopInstances", f"{INSTANCE}/i-1")[0] == "allowed"


@pytest.mark.parametrize("role", [{}, None])
@pytest.mark.parametrize("action", ["sts:AssumeRole", "sts:TagSession"])
def test_a_role_without_a_trust_policy_can_not_be_assumed(role, action):
    roles = {} if role is None else {"r": role}
    verdict, told = asked(with_policies(ALL, roles=roles), action, f"arn:aws:iam::{HERE}:role/r")
    assert verdict == "implicit deny" and "no trust policy grants" in told


# --- what a verdict rests on

HTTPS = policy("Deny", "*", Condition={"Bool": {"aws:SecureTransport": "false"}})


@pytest.fixture
def rows(tmp_path):
    def make(text, *policies):
        file = tmp_path / "requests.csv"
        file.write_text(text, encoding="utf-8")
        return AccessScenario(policies=with_policies(*policies), requests=str(file))

    return make


def test_a_row_rests_on_what_no_column_tells(rows):
    scenario = rows(f"principal,action,resource\nu,s3:GetObject,{BOX}/a\n", ALL, HTTPS)
    assert list(answers(scenario)["rests on"]) == ["aws:SecureTransport"]
    result = simulated(scenario)
    told = "1 rests on what nothing here tells (aws:SecureTransport); give a key as a column."
    assert told in result.why
    assert "AWS knows, and may deny it" in result.why and "may deny it" in explain(scenario)


def test_a_row_of_a_role_rests_on_the_session_that_nobody_names(tmp_path):
    file = tmp_path / "requests.csv"
    file.write_text(f"principal,action,resource\napp,s3:GetObject,{BOX}/a\n")
    role = {"policies": [ALL], "id": "AROAEXAMPLEAPP"}
    box = {"policy": only_ids("AROAEXAMPLEAPP:i-0abc")}
    policies = account(roles={"app": role}, resources={BOX: box})
    result = simulated(AccessScenario(policies=policies, requests=str(file)))
    assert "(the name of the session); name a session by its ARN." in result.why


def test_a_column_tells_a_key_also_where_it_is_empty(rows):
    heading = "principal,action,resource,aws:SecureTransport\n"
    scenario = rows(f"{heading}u,s3:GetObject,{BOX}/a,\nu,s3:GetObject,{BOX}/a,false\n", ALL, HTTPS)
    table = answers(scenario)
    assert list(table["verdict"]) == ["allowed", "explicit deny"]
    assert list(table["rests on"]) == ["", ""]


def test_a_column_for_a_tag_tells_it_under_all_names(rows):
    tagged = policy("Deny", "*", Condition={"StringEquals": {"ec2:ResourceTag/env": "prod"}})
    scenario = rows(
        "principal,action,resource,aws:ResourceTag/env\n"
        f"u,ec2:StopInstances,{INSTANCE}/i-1,\nu,ec2:StopInstances,{INSTANCE}/i-1,prod\n",
        ALL,
        tagged,
    )
    assert list(answers(scenario)["verdict"]) == ["allowed", "explicit deny"]
    assert list(answers(scenario)["rests on"]) == ["", ""]


@pytest.mark.parametrize(
    ("condition", "resource", "rests"),
    [
        ({"StringNotEquals": {"aws:SourceVpce": "vpce-1"}}, f"{BOX}/a", "aws:SourceVpce"),
        ({"StringEquals": {"aws:ResourceTag/env": "prod"}}, f"{INSTANCE}/i-9",
         "aws:ResourceTag/env"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, f"{BOX}/a", "aws:PrincipalOrgID"),
        # known: the tags of whom the file lists, who asks, how, and from where
        ({"StringEquals": {"aws:ResourceTag/env": "prod"}}, f"{INSTANCE}/i-1", ""),
        ({"StringEquals": {"aws:PrincipalTag/team": "red"}}, f"{BOX}/a", ""),
        ({"ArnLike": {"aws:SourceArn": "arn:aws:sns:*:*:*"}}, f"{BOX}/a", ""),
        ({"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}, f"{INSTANCE}/i-1", ""),
        ({"NumericGreaterThan": {"aws:MultiFactorAuthAge": 3600}}, f"{BOX}/a", ""),
        ({"Bool": {"aws:ViaAWSService": "true"}}, f"{BOX}/a", ""),
    ],
)  # fmt: skip
def test_which_keys_nothing_here_tells(condition, resource, rests):
    action = "ec2:StopInstances" if "ec2" in resource else "s3:GetObject"
    file = with_policies(
        ALL, policy("Deny", "*", Condition=condition), resources={f"{INSTANCE}/i-1": {}}
    )
    told = asked(file, action, resource)[1]
    assert ("rests on" in told) is bool(rests) and rests in told


def test_a_key_that_is_given_as_null_is_stated_to_be_absent():
    outside = policy("Deny", "*", Condition={"StringNotEquals": {"aws:SourceVpc": "vpc-1"}})
    given = {"context": json.dumps({"aws:SourceVpc": None})}
    verdict, told = asked(with_policies(ALL, outside), "s3:GetObject", f"{BOX}/a", **given)
    assert verdict == "explicit deny" and "rests on" not in told


def test_a_service_that_asks_is_known_by_its_names():
    names = {"ForAnyValue:StringEquals": {"aws:PrincipalServiceNamesList": "logs.amazonaws.com"}}
    grant = policy("Allow", "s3:PutObject", f"{BOX}/*", Principal="*", Condition=names)
    visitors = {
        "logs": {"arn": "logs.us-west-2.amazonaws.com"},
        "trail": {"arn": "cloudtrail.amazonaws.com"},
    }
    file = account(visitors=visitors, resources={BOX: {"policy": grant}})
    assert asked(file, "s3:PutObject", f"{BOX}/a", "logs")[0] == "allowed"
    assert asked(file, "s3:PutObject", f"{BOX}/a", "trail")[0] == "implicit deny"


def test_the_region_of_a_resource_is_the_one_that_is_asked():
    outside = policy(
        "Deny", "*", Condition={"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    )
    file = with_policies(ALL, outside)
    assert asked(file, "ec2:StopInstances", f"{INSTANCE}/i-1")[0] == "allowed"
    elsewhere = f"{INSTANCE}/i-1".replace("eu-west-1", "us-east-1")
    assert asked(file, "ec2:StopInstances", elsewhere)[0] == "explicit deny"


def test_direct_requests_come_through_no_service():
    condition = {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"},
                 "Bool": {"aws:ViaAWSService": "false"}}  # fmt: skip
    file = with_policies(ALL, policy("Deny", "*", Condition=condition))
    outside = asked(file, "s3:GetObject", f"{BOX}/a", source_ip="198.51.100.1")
    assert outside[0] == "explicit deny"
    assert asked(file, "s3:GetObject", f"{BOX}/a", source_ip="203.0.113.1")[0] == "allowed"


def test_the_matrix_and_the_comparison_say_it_too():
    file = with_policies(ALL, policy("Deny", "*", Condition={"StringEquals": {"x:y": "z"}}))
    scenario = AccessScenario(policies=file, principal="u", resource=f"{BOX}/a")
    assert "1 of the matrix's answers rests on what nothing here tells: x:y." in (
        simulated(scenario).notes
    )
    assert compare(scenario).options[0].remark == "rests on x:y"


# --- texts and files that can't be read

TWICE = '{"Statement": {"Effect": "Deny",\n"Effect": "Allow", "Action": "*", "Resource": "*"}}'
USER = '{"account": "111122223333", "users": {"u": {}},\n "users": {}}'
DEEP = "[" * 100_000
LONG = '{"account": ' + "1" * 6_000 + "}"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (TWICE, "Effect stands there more than once, again at line 2, column 1"),
        (DEEP, "more than 100 brackets within each other, at line 1, column 101"),
        (LONG, "a number of 6,000 digits, at line 1, column 13"),
        ('{"a": "\\ud800"}', "half of a character, at line 1, column 7"),
        ('{"a": NaN}', "NaN is not a number in JSON, at line 1, column 7"),
        ('{"a": 1,}', "not JSON at line 1, column"),
    ],
)  # fmt: skip
def test_a_text_that_is_no_json_is_refused_wherever_it_stands(text, says, tmp_path):
    fields = {
        "policies": {"policies": text},
        "document": {"what_if": "has one more policy", "document": text},
        "context": {"context": text},
    }
    for name, values in fields.items():
        error = refused(**values)
        assert str(error).startswith(name) and says in str(error)
        assert f"line {error.line}, column {error.column}" in str(error)
    for file in ("account.json", "authorization-details.json", "other.json"):
        for each in tmp_path.iterdir():
            each.unlink()
        (tmp_path / "account.json").write_text(account())
        (tmp_path / file).write_text(text, encoding="utf-16" if file == "other.json" else "utf-8")
        found = str(refused(policies=str(tmp_path), principal="root"))
        assert file in found and says in found


def test_a_key_twice_in_the_account_is_refused():
    assert "users stands there more than once, again at line 2, column 2" in str(
        refused(policies=USER)
    )


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"policies": "nowhere"}, "policies"),
        ({"policies": "{"}, "policies"),
        ({"policies": account(users={"u": {"policies": [{}]}})}, "policies"),
        ({"principal": "nobody"}, "principal"),
        ({"action": "Get"}, "action"),
        ({"action": "s3:*"}, "action"),
        ({"resource": "box"}, "resource"),
        ({"context": "["}, "context"),
        ({"context": '{"a:b": {}}'}, "context"),
        ({"at": "noon"}, "at"),
        ({"requests": "nowhere.csv"}, "requests"),
        ({"what_if": "has one more policy", "document": "{}"}, "document"),
        ({"what_if": "passes a session policy", "document": json.dumps(ALL)}, "what_if"),
    ],
)  # fmt: skip
def test_a_refusal_knows_its_field(values, field):
    assert refused(**values).field == field


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_byte_order_mark_is_passed_over(encoding, tmp_path):
    (tmp_path / "account.json").write_text(with_policies("p"), encoding=encoding)
    (tmp_path / "p.json").write_text(json.dumps(DEV), encoding=encoding)
    assert asked(str(tmp_path), "s3:GetObject", f"{BOX}/a")[0] == "allowed"
    assert asked("\ufeff" + with_policies(DEV), "s3:GetObject", f"{BOX}/a")[0] == "allowed"
    change = {"what_if": "has one more policy", "document": "\ufeff" + json.dumps(DEV)}
    assert asked(with_policies(), "s3:GetObject", f"{BOX}/a", **change)[0] == "allowed"


def test_a_policy_that_is_too_long_is_not_parsed_first():
    many = policy("Allow", ["not an action"] * 100_000)
    for values in (
        {"policies": with_policies("p", policies={"p": many}), "principal": "u"},
        {"policies": with_policies(many), "principal": "u"},
        {"what_if": "has one more policy", "document": json.dumps(many)},
    ):
        assert "characters without white space; AWS allows" in str(refused(**values))


def test_what_is_no_regular_file_is_refused_before_it_is_read(tmp_path):
    os.mkfifo(tmp_path / "account.json")
    assert "not a regular file" in str(refused(policies=str(tmp_path)))
    assert "not a regular file" in str(refused(requests=str(tmp_path)))
    large = tmp_path / "large.csv"
    with large.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    assert "can be read at most" in str(refused(requests=str(large)))
    assert "must be a built-in account" in str(refused(policies="x" * 5_000))
    assert "can't be read" in str(refused(requests="x" * 5_000))


@pytest.mark.parametrize("more", [{"IsTruncated": True, "Marker": "x"}, {"NextToken": "x"}])
def test_a_page_of_an_export_is_not_the_account(more, tmp_path):
    page = json.dumps(EXPORT | more)
    (tmp_path / "authorization-details.json").write_text(page)
    assert "but a page of the export" in str(refused(policies=str(tmp_path), principal="carol"))


@pytest.mark.parametrize(
    ("file", "text", "place"),
    [
        ("p.json", '{"Statement":\n {"Effect": "Alow"}}', "See p.json, line 2, column 2."),
        ("account.json", '{"account": "111122223333",\n"users": {"u": {"id": 5}}}',
         "See account.json, line 2, column 11."),
    ],
)  # fmt: skip
def test_a_mistake_in_a_folder_is_found_in_its_file(file, text, place, tmp_path):
    (tmp_path / "account.json").write_text(with_policies("p"))
    (tmp_path / "p.json").write_text(json.dumps(DEV))
    (tmp_path / file).write_text(text)
    assert place in str(refused(policies=str(tmp_path), principal="u"))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("principal,action,resource,action\n", "line 1: column 4: 'action' stands there twice"),
        ("principal,action,resource,a:b,A:B\n", "line 1: column 5: 'A:B' stands there twice"),
        ("principal,action,resource,expcted\n", "line 1: column 4: 'expcted' is no condition key"),
        ("principal;action;resource\n", "line 1: its columns stand apart by semicolons"),
        ("principal,actoin,resource\n", "no column 'action'. Did you mean actoin?"),
        ("principal,action,resource\nu,s3:Get,*,1\n", "line 2: not as many cells as the heading"),
        ('principal,action,resource,a:b\nu,s3:Get,*,"[1, 2"\n', "line 2: a:b: its list is not"),
        ("principal,action,resource,a:b\nu,s3:Get,*,[{}]\n", "line 2: a:b: its list must hold"),
        ("principal,action,resource,a:b\nu,s3:Get,*," + DEEP + "\n", "line 2: a:b: its list is "),
        ('principal,action,resource\nu,"s3:Get\n', "no CSV"),
        ("", "line 1: no column 'principal'"),
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_is_named_with_its_column(text, says, tmp_path):
    file = tmp_path / "requests.csv"
    file.write_text(text)
    found = str(refused(policies=with_policies(ALL), requests=str(file)))
    assert "requests.csv" in found and says in found


def test_a_mistake_in_one_of_several_inline_policies_is_found_in_it():
    bent = {"Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}] * 3}
    bent["Statement"] = [*bent["Statement"], {"Effect": "Alow"}]
    for before in ([ALL], [{"Statement": [ALL["Statement"]] * 5}]):
        file = json.dumps(json.loads(with_policies(*before, bent)), indent=1)
        error = refused(policies=file, principal="u")
        line = next(i for i, text in enumerate(file.split("\n"), 1) if "Alow" in text)
        assert "policies[1]: Statement[3]" in str(error) and line - 1 <= error.line <= line


def test_of_many_principals_a_few_are_named():
    file = account(users={f"u{i}": {} for i in range(5_000)})
    assert "and 4,989 more" in str(refused(policies=file, principal="nobody"))


def test_a_trust_policy_may_be_as_long_as_its_quota_can_be_raised():
    """What AWS exported it took: the default of 2,048 characters is no reason to refuse it."""

    def assumed(length):
        arns = [f"arn:aws:iam::{HERE}:user/{i:0>40}" for i in range(length // 77)]
        trust = {"Effect": "Allow", "Principal": {"AWS": [*arns, HERE]}, "Action": "sts:AssumeRole"}
        file = with_policies(ALL, roles={"r": {"trust": "t"}}, policies={"t": {"Statement": trust}})
        return asked(file, "sts:AssumeRole", f"arn:aws:iam::{HERE}:role/r")[0]

    assert assumed(6_000) == "allowed"
    with pytest.raises(ScenarioError, match="AWS allows 8,192"):
        assumed(10_000)
