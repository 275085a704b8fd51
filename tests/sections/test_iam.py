"""An account's policies: verdicts worked out by hand, files of AWS's own shape, clear refusals."""

import contextlib
import itertools
import json
import shlex

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import facts
from awsnb.cli import _values
from awsnb.explorer import Explorer, report_command
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.iam.challenges import EXACT, NO_DELETING, REPORTS, SERVERS, verdict_on
from awsnb.sections.iam.load import built_in
from awsnb.sections.iam.options import compare
from awsnb.sections.iam.presets import PRESETS
from awsnb.sections.iam.scenario import AccessScenario
from awsnb.sections.iam.tables import answers
from awsnb.sections.iam.tell import explain
from awsnb.sections.iam.truth import against_regular_expressions, against_rule, differences

IAM = facts.load("iam")
simulated = section("iam").simulate
CHALLENGES = (REPORTS, SERVERS, NO_DELETING)
ALLOW_ALL = (
    '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}'
)
CAT = "arn:aws:s3:::shop-photos/cat.jpg"
DATABASE = "arn:aws:ec2:eu-west-1:111122223333:instance/i-db"
DEPLOY = "arn:aws:iam::111122223333:role/deploy"


def verdict(**values):
    return simulated(AccessScenario(**values)).summary["verdict"]


def shop(**parts):
    """Return the built-in account with parts of it replaced, as JSON."""
    return json.dumps(json.loads(built_in()) | parts, indent=1)


def statement(effect, action, resource="*", **more):
    return {"Statement": {"Effect": effect, "Action": action, "Resource": resource, **more}}


# --- verdicts, by hand


@pytest.mark.parametrize(
    ("name", "expected", "layer"),
    [
        ("Delete without MFA", "implicit deny", "identity policies"),
        ("MFA or nothing", "allowed", "identity policies"),
        ("Administrator under a boundary", "implicit deny", "permissions boundary"),
        ("Past the boundary, by name", "allowed", "resource policy"),
        ("Whoever is root", "explicit deny", "SCPs on level 2 of 2"),
        ("Servers of one's own team", "implicit deny", "identity policies"),
        ("A visitor from another account", "allowed", "identity policies"),
        ("The office only, by an SCP", "explicit deny", "SCPs on level 2 of 2"),
        ("A smaller boundary", "implicit deny", "permissions boundary"),
    ],
)
def test_situations_come_out_as_aws_rules_say(name, expected, layer):
    preset = next(one for one in PRESETS if one.name == name)
    found = simulated(AccessScenario(**preset.values)).summary
    assert (found["verdict"], found["layer"]) == (expected, layer)


def test_every_situation_is_checked():
    assert len(PRESETS) == 9


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"signed_in": "password and MFA"}, "allowed"),
        ({"signed_in": "access key"}, "implicit deny"),
        ({"signed_in": "password and MFA", "encrypted": False}, "explicit deny"),
        ({"principal": "arn:aws:iam::111122223333:user/ben"}, "implicit deny"),
        ({"principal": "root"}, "allowed"),
        ({"principal": "root", "action": "iam:CreateUser", "resource": "*"}, "allowed"),
        # a role's trust must allow, even if the caller's own policy does
        ({"action": "sts:AssumeRole", "resource": DEPLOY}, "implicit deny"),
        ({"action": "sts:AssumeRole", "resource": DEPLOY, "signed_in": "password and MFA"},
         "allowed"),
        ({"principal": "ben", "action": "sts:AssumeRole", "resource": DEPLOY,
          "signed_in": "password and MFA"}, "implicit deny"),
        # no role can be assumed as root, whatever its trust says
        ({"principal": "root", "action": "sts:AssumeRole", "resource": DEPLOY,
          "signed_in": "password and MFA"}, "implicit deny"),
        # a tag of the context, a tag of the resource
        ({"action": "ec2:StopInstances", "resource": DATABASE,
          "context": '{"aws:PrincipalTag/team": "data"}'}, "allowed"),
        ({"action": "ec2:StopInstances",
          "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i-web"}, "allowed"),
    ],
)  # fmt: skip
def test_verdicts_by_hand(values, expected):
    assert verdict(**values) == expected


def test_a_role_knows_of_mfa_even_with_keys():
    """A role's credentials are temporary: the key is there, and false without MFA."""
    deny = statement("Deny", "*", Condition={"Bool": {"aws:MultiFactorAuthPresent": "false"}})
    change = {"what_if": "has one more policy", "document": json.dumps(deny)}
    asked = {"action": "s3:GetObject", "resource": CAT, "signed_in": "access key", **change}
    assert verdict(principal="web-server", **asked) == "explicit deny"
    assert verdict(principal="ann", **asked) == "allowed"


def test_a_session_policy_limits_a_role():
    asked = {"principal": "deploy", "action": "ec2:StartInstances",
             "resource": "arn:aws:ec2:eu-west-1:111122223333:instance/i-web"}  # fmt: skip
    s3_only = json.dumps(statement("Allow", "s3:*"))
    assert verdict(**asked) == "allowed"
    limited = simulated(
        AccessScenario(**asked, what_if="passes a session policy", document=s3_only)
    )
    assert limited.summary["layer"] == "session policies"


def test_rcps_bear_on_the_services_that_have_them():
    account = shop(rcps=[[{"Version": "2012-10-17", **statement("Deny", "*", Principal="*")}]])
    assert "s3" in IAM.value("rcp", "services").split()
    assert verdict(policies=account, principal="root", action="s3:GetObject") == "explicit deny"
    server = "arn:aws:ec2:eu-west-1:111122223333:instance/i-web"
    asked = {"principal": "root", "action": "ec2:StopInstances", "resource": server}
    assert "ec2" not in IAM.value("rcp", "services").split()
    assert verdict(policies=account, **asked) == "allowed"


def test_rcps_bear_on_the_accounts_own_resources_alone():
    deny = {"Version": "2012-10-17", **statement("Deny", "*", Principal="*")}
    key = "arn:aws:kms:eu-west-1:444455556666:key/1"
    allow = statement("Allow", "*", Principal={"AWS": "111122223333"})
    parts = {"rcps": [[deny]], "resources": {key: {"policy": allow}}}
    asked = {"principal": "root", "action": "kms:Decrypt", "resource": key}
    assert verdict(policies=shop(**parts), **asked) == "allowed"
    own = key.replace("444455556666", "111122223333")
    parts["resources"] = {own: {"policy": allow}}
    assert verdict(policies=shop(**parts), **asked | {"resource": own}) == "explicit deny"


def test_a_key_that_its_policy_does_not_open_stays_shut():
    key = "arn:aws:kms:eu-west-1:111122223333:key/1"
    asked = {"action": "kms:Decrypt", "resource": key, "principal": "ann"}
    may = {"what_if": "has one more policy", "document": ALLOW_ALL}
    assert verdict(**asked, **may) == "implicit deny"
    own = {"Principal": {"AWS": "111122223333"}}
    opened = shop(resources={key: {"policy": statement("Allow", "kms:*", **own)}})
    assert verdict(policies=opened, **asked, **may) == "allowed"


def test_the_explanation_names_the_element_that_fails():
    told = explain(AccessScenario())
    assert "aws:MultiFactorAuthPresent" in told and "DeleteWithMfa" in told


# --- what a change does


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_the_map_of_the_change_is_the_difference_of_two_matrices(preset):
    scenario = AccessScenario(**preset.values)
    changed = simulated(scenario)
    plain = simulated(scenario.replace(what_if="nothing", document=""))
    allowed = [np.equal(one.data["verdict"], 2).astype(int) for one in (plain, changed)]
    assert changed.summary["allowed"] == allowed[1].sum()
    if scenario.what_if != "nothing":
        assert (changed.data["change"] - 1 == allowed[1] - allowed[0]).all()
        assert changed.summary["opened"] - changed.summary["closed"] == (
            allowed[1].sum() - allowed[0].sum()
        )


def test_leaving_the_groups_takes_all_away():
    left = simulated(AccessScenario(what_if="leaves its groups"))
    row = list(left.data["principal"]).index("ann")
    assert not (left.data["verdict"][row] == 2).any()
    assert left.summary["closed"] == 2 and left.summary["opened"] == 0


def test_a_change_without_a_policy_yet_changes_nothing():
    result = simulated(AccessScenario(what_if="has this boundary"))
    assert result.why == simulated(AccessScenario()).why
    assert "The change brings no policy yet." in result.notes


def test_the_cheapest_way_through_changes_no_policy():
    found = compare(AccessScenario())
    assert found.best.label == "sign in with MFA"
    opens = {option.label: option.numbers[2].value for option in found.options}
    assert opens["attach a policy for exactly this"] == 0
    # of ann's other seven watched requests two are allowed as it is, one is under an SCP, and
    # becoming deploy takes MFA
    assert opens["attach AdministratorAccess"] == 3
    assert [o.label for o in found.options if not o.holds] == ["as asked", "leave its groups"]


def test_what_is_allowed_needs_no_way():
    allowed = compare(AccessScenario(signed_in="password and MFA"))
    assert allowed.best.label == "as asked" and "nothing need be changed" in allowed.why


def test_nothing_gets_past_an_scp():
    scp = next(one for one in PRESETS if one.name == "Whoever is root")
    assert compare(AccessScenario(**scp.values)).best is None


# --- refusals


@pytest.mark.parametrize(
    ("values", "says", "line"),
    [
        ({"principal": "an"}, "principal = 'an': must be one of ann, ben", None),
        ({"action": "delete"}, "action = 'delete': must be service:Name", None),
        ({"resource": "cat.jpg"}, "resource = 'cat.jpg': must be an ARN", None),
        ({"at": "noon"}, "at = 'noon': must be a time", None),
        ({"at": "2026-11-26T10:00"}, "must have a time zone", None),
        ({"context": "[]"}, "context: must be an object", None),
        ({"context": "{"}, "context: not JSON at line 1, column 2", 1),
        ({"policies": "nowhere"}, "must be a built-in account (shop), a folder, or JSON", None),
        ({"policies": '{\n"account": "1"\n,}'}, "policies: not JSON at line 3, column 2", 3),
        ({"policies": '{"account": "1"}'}, "must be twelve digits", None),
        ({"policies": '{"acount": "1"}'}, "Did you mean account?", None),
        ({"requests": "nowhere.csv"}, "requests = 'nowhere.csv': can't be read", None),
        ({"document": ALLOW_ALL}, "does not apply at what_if = 'nothing'", None),
        ({"what_if": "has one more policy", "document": '{\n"Statement": []}'},
         "document: Statement must not be empty", None),
        ({"what_if": "has one more policy", "document": '{"Statement": [\n'
          '{"Effect": "Allow", "Action": "s3:*", "Resource": "*"},\n{"Effect": "Alow"}]}'},
         "document: Statement[1]: Effect must be Allow or Deny", 3),
        ({"what_if": "the account has this SCP", "document": '{"Statement": {"Effect": "Deny", '
          '"Principal": "*", "Action": "*", "Resource": "*"}}'}, "Principal is not allowed", 1),
    ],
)  # fmt: skip
def test_what_can_not_be_asked_is_refused_in_a_sentence(values, says, line):
    with pytest.raises(ScenarioError) as refused:
        AccessScenario(**values)
    assert says in str(refused.value)
    assert refused.value.line == line


def test_a_user_has_no_session():
    with pytest.raises(ScenarioError, match="has no session"):
        simulated(AccessScenario(what_if="passes a session policy", document=ALLOW_ALL))


@pytest.mark.parametrize(
    ("before", "after", "says", "on"),
    [
        ('"groups": ["developers"]', '"groups": ["develop"]', "Did you mean developers?", '"ann"'),
        ('"s3:GetObject", "s3:PutObject"', '"s3GetObject"', "'s3GetObject' must be * or",
         "s3GetObject"),
        ('"boundary": "s3-only"', '"boundary": "s4-only"', "Did you mean s3-only?", '"eve"'),
        ('"Sid": "OwnTeam"', '"Sid": "Own Team"', "must be letters", "Own Team"),
    ],
)  # fmt: skip
def test_a_mistake_in_the_account_is_found_in_its_line(before, after, says, on):
    text = built_in().replace(before, after, 1)
    with pytest.raises(ScenarioError) as refused:
        AccessScenario(policies=text)
    lines = text.split("\n")
    found = next(i for i, line in enumerate(lines, start=1) if on in line)
    assert says in str(refused.value)
    assert abs(refused.value.line - found) <= 1


WRONG = st.sampled_from([None, 0, True, "", "x", [], {}, [[]], {"a": 1}, "arn:aws:iam::1:user/x"])


@given(data=st.data(), wrong=WRONG)
def test_an_account_that_is_bent_anywhere_is_answered_or_refused(data, wrong):
    account = json.loads(built_in())
    place = account
    for _ in range(data.draw(st.integers(0, 4))):
        inner = [key for key, value in items(place) if isinstance(value, dict | list) and value]
        if inner:
            place = place[data.draw(st.sampled_from(inner))]
    place[data.draw(st.sampled_from([key for key, _ in items(place)]))] = wrong
    with contextlib.suppress(ScenarioError):
        simulated(AccessScenario(policies=json.dumps(account)))


def items(place):
    return list(place.items()) if isinstance(place, dict) else list(enumerate(place))


@pytest.mark.parametrize(
    ("part", "key"),
    [("users", "inline_user"), ("groups", "inline_group"), ("roles", "inline_role")],
)
def test_inline_policies_share_a_limit(part, key):
    def account(length):
        document = statement("Allow", "s3:GetObject", "arn:aws:s3:::b/")
        rest = length - sum(not letter.isspace() for letter in json.dumps(document))
        document["Statement"]["Resource"] += "x" * rest
        return json.dumps({"account": "111122223333", part: {"one": {"policies": [document]}}})

    most = IAM.value("size", key)
    asked = {"principal": "root", "action": "s3:GetObject"}
    AccessScenario(policies=account(most), **asked)
    with pytest.raises(ScenarioError, match=f"AWS allows {most:,}"):
        AccessScenario(policies=account(most + 1), **asked)


def test_nobody_is_in_more_groups_than_aws_allows():
    groups = {f"g{i}": {} for i in range(11)}
    text = json.dumps(
        {"account": "111122223333", "groups": groups, "users": {"u": {"groups": list(groups)}}}
    )
    with pytest.raises(ScenarioError, match="11 groups; AWS allows 10"):
        AccessScenario(policies=text, principal="u")


# --- files

EXPORT = {
    "UserDetailList": [
        {
            "UserName": "ann", "Path": "/web/", "Arn": "arn:aws:iam::111122223333:user/web/ann",
            "UserPolicyList": [
                {"PolicyName": "own", "PolicyDocument": statement("Deny", "s3:DeleteObject")}
            ],
            "GroupList": ["developers"],
            "AttachedManagedPolicies": [],
            "PermissionsBoundary": {
                "PermissionsBoundaryType": "Policy",
                "PermissionsBoundaryArn": "arn:aws:iam::111122223333:policy/s3",
            },
            "Tags": [{"Key": "team", "Value": "web"}],
        }
    ],
    "GroupDetailList": [
        {
            "GroupName": "developers", "Arn": "arn:aws:iam::111122223333:group/developers",
            "GroupPolicyList": [],
            "AttachedManagedPolicies": [
                {"PolicyName": "s3", "PolicyArn": "arn:aws:iam::111122223333:policy/s3"}
            ],
        }
    ],
    "RoleDetailList": [
        {
            "RoleName": "app", "Arn": "arn:aws:iam::111122223333:role/service/app",
            "AssumeRolePolicyDocument": {"Statement": {
                "Effect": "Allow", "Principal": {"AWS": "111122223333"},
                "Action": "sts:AssumeRole"}},
            "RolePolicyList": [], "AttachedManagedPolicies": [
                {"PolicyName": "s3", "PolicyArn": "arn:aws:iam::111122223333:policy/s3"}
            ],
        }
    ],
    "Policies": [
        {
            "PolicyName": "s3", "Arn": "arn:aws:iam::111122223333:policy/s3",
            "PolicyVersionList": [
                {"VersionId": "v2", "IsDefaultVersion": True, "Document": statement(
                    "Allow", "s3:*")},
                {"VersionId": "v1", "IsDefaultVersion": False, "Document": statement(
                    "Allow", "*")},
            ],
        }
    ],
}  # fmt: skip


@pytest.fixture
def exported(tmp_path):
    (tmp_path / "authorization-details.json").write_text(json.dumps(EXPORT))
    return tmp_path


def test_an_export_of_aws_is_an_account(exported):
    asked = {"policies": str(exported), "principal": "ann", "resource": CAT}
    assert verdict(**asked, action="s3:GetObject") == "allowed"
    assert verdict(**asked, action="s3:DeleteObject") == "explicit deny"
    assert verdict(**asked, action="ec2:StartInstances") == "implicit deny"  # v1 is not in force
    become = {"action": "sts:AssumeRole", "resource": "arn:aws:iam::111122223333:role/service/app"}
    assert verdict(**asked | become) == "implicit deny"  # the trust asks for her own policy too
    assert verdict(**asked | {"principal": "app"}, action="s3:GetObject") == "allowed"
    assert AccessScenario(**asked).account.entity("ann").tags == {"team": "web"}


def test_what_aws_does_not_export_is_added_beside_it(exported):
    scps = [["deny-all"]]
    (exported / "account.json").write_text(json.dumps({"scps": scps}))
    (exported / "deny-all.json").write_text(json.dumps(statement("Deny", "*")))
    asked = {"policies": str(exported), "principal": "ann", "action": "s3:GetObject"}
    assert verdict(**asked) == "explicit deny"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("account.json", "{", "account.json: not JSON at line 1, column 2"),
        (
            "authorization-details.json",
            "{}",
            "is not what get-account-auth",
        ),
        ("other.json", "{}", "holds neither account.json nor authorization-details.json"),
    ],
)
def test_a_folder_that_is_no_account_says_so(tmp_path, name, text, says):
    (tmp_path / name).write_text(text)
    with pytest.raises(ScenarioError, match=says):
        AccessScenario(policies=str(tmp_path))


REQUESTS = """\ufeffprincipal,action,resource,aws:MultiFactorAuthPresent,aws:TagKeys,expected
ann,s3:GetObject,arn:aws:s3:::shop-photos/dog.jpg,,,allow
ann,s3:DeleteObject,arn:aws:s3:::shop-photos/dog.jpg,true,,allow
ann,s3:DeleteObject,arn:aws:s3:::shop-photos/dog.jpg,,"[""a"", ""b""]",deny
ben,s3:GetObject,arn:aws:s3:::shop-photos/dog.jpg,,,allow
root,iam:CreateUser,*,,,
"""


def test_a_file_of_requests_is_answered_and_held_against_what_is_expected(tmp_path):
    file = tmp_path / "requests.csv"
    file.write_text(REQUESTS, encoding="utf-8")
    scenario = AccessScenario(requests=str(file))
    table = answers(scenario)
    assert list(table["verdict"]) == [
        "allowed", "allowed", "implicit deny", "implicit deny", "allowed"
    ]  # fmt: skip
    result = simulated(scenario)
    assert (result.summary["requests_allowed"], result.summary["unexpected"]) == (3, 1)
    assert "1 is not as expected, the first in line 5." in result.why
    assert result.label == "ann: s3:GetObject on arn:aws:s3:::shop-photos/dog.jpg"
    assert scenario.rows[2].context == {"aws:TagKeys": ["a", "b"]}


def test_files_are_read_again_when_they_were_written_to(exported, tmp_path):
    file = tmp_path / "requests.csv"
    file.write_text("principal,action,resource\nann,s3:GetObject,*\n")
    asked = {"policies": str(exported), "requests": str(file)}
    assert [row.action for row in AccessScenario(**asked).rows] == ["s3:GetObject"]
    assert verdict(**asked) == "allowed"
    file.write_text("principal,action,resource\nann,s3:PutObject,*\n")
    (exported / "account.json").write_text(json.dumps({"scps": [[statement("Deny", "*")]]}))
    assert [row.action for row in AccessScenario(**asked).rows] == ["s3:PutObject"]
    assert verdict(**asked) == "explicit deny"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("principal,action\nann,s3:Get\n", "line 1: no column 'resource'"),
        ("principal,action,resource\n", "has no request below its heading"),
        ("principal,action,resource\nann,s3:Get\n", "line 2: not as many cells as the heading"),
        ("principal,action,resource\nann,,*\n", "line 2: action is empty"),
        ("principal,action,resource\nann,get,*\n", "line 2: action = 'get': must be service:Name"),
        ("principal,action,resource,expected\nann,s3:Get,*,maybe\n", "must be allow or deny"),
        ("principal,action,resource\nann,s3:Get,*\nzoe,s3:Get,*\n", "line 3: principal = 'zoe'"),
    ],
)
def test_a_file_of_requests_that_is_wrong_names_its_line(tmp_path, text, says):
    file = tmp_path / "requests.csv"
    file.write_text(text)
    with pytest.raises(ScenarioError) as refused:
        simulated(AccessScenario(requests=str(file)))
    assert says in str(refused.value) and "requests.csv" in str(refused.value)


def test_the_report_command_asks_the_same_question():
    for preset in PRESETS:
        scenario = AccessScenario(**preset.values)
        words = shlex.split(report_command(section("iam"), scenario))
        given = [text for flag, text in itertools.pairwise(words) if flag == "-p"]
        again = AccessScenario(**_values(AccessScenario, given, {}))
        assert simulated(again).why == simulated(scenario).why
        assert not any(text.startswith("policies=") for text in given)


# --- challenges


@pytest.mark.parametrize("challenge", CHALLENGES)
@pytest.mark.parametrize("seed", range(5))
def test_the_worked_policy_passes_whatever_is_drawn(challenge, seed):
    assert verdict_on(challenge.worked, challenge, seed) == EXACT
    assert against_rule(challenge, 500, seed) == 0
    wanted = [answer for _, answer in challenge.requests(seed)]
    assert 5 < sum(wanted) < len(wanted) - 5


@pytest.mark.parametrize(
    ("challenge", "before", "after", "says"),
    [
        (REPORTS, "/2026/*", "/2026*", "also allows s3:GetObject on"),
        (REPORTS, "s3:GetObject", "s3:Get*", "also allows s3:GetObjectAcl"),
        (REPORTS, "shop-reports/", "shop-*/", "also allows"),
        (REPORTS, "2026/*", "2026/may.csv", "refuses s3:GetObject"),
        (SERVERS, "${aws:username}", "ann", "for ben"),
        (SERVERS, '"Bool"', '"BoolIfExists"', "MultiFactorAuthPresent absent"),
        (SERVERS, "StringEquals", "StringEqualsIgnoreCase", "also allows"),
        (SERVERS, '"2012-10-17"', '"2008-10-17"', "refuses"),
        (SERVERS, "ec2:*:", "ec2:eu-west-1:", "refuses"),
        (NO_DELETING, '"s3:Delete*"', '"s3:DeleteObject"', "also allows s3:DeleteBucket"),
        (NO_DELETING, '"Bool"', '"BoolIfExists"', "refuses"),
        (NO_DELETING, '"s3:*"', '"*"', "also allows"),
    ],
)  # fmt: skip
def test_a_policy_that_is_nearly_right_is_not(challenge, before, after, says):
    found = verdict_on(challenge.worked.replace(before, after), challenge)
    assert says in found


def test_no_policy_yet_and_no_policy_at_all():
    assert verdict_on(None, REPORTS) is None
    assert "no policy (policy: not JSON" in verdict_on("allow it", REPORTS)
    assert "must be an object" in verdict_on(5, REPORTS)


def test_a_policy_may_be_written_in_python():
    assert verdict_on(json.loads(REPORTS.worked), REPORTS) == EXACT


def test_patterns_agree_with_regular_expressions():
    assert against_regular_expressions(3000, seed=7) == 0
    assert (differences(200)["differences"] == 0).all()


# --- the explorer


def test_the_first_situation_is_the_account_written_out():
    explorer = Explorer(section("iam"))
    assert explorer.situation == PRESETS[0].name
    assert explorer.values["policies"] == built_in()
    assert list(explorer._situations["access"]) == [preset.name for preset in PRESETS]
    explorer.close()


def test_what_the_account_offers_is_in_the_menus():
    explorer = Explorer(section("iam"), policies=built_in())
    assert explorer.result.scenario.changes() == {}
    offers = explorer.answer["offers"]
    assert offers["principal"] == list(AccessScenario().account.entities)
    assert "s3:DeleteObject" in offers["action"]
    explorer.set(principal="ben")
    assert explorer.result.scenario.principal == "ben"
    users = json.loads(built_in())["users"] | {"zoe": {}}
    explorer.set(policies=shop(users=users))
    assert "zoe" in explorer.answer["offers"]["principal"]
    explorer.close()


def test_a_mistake_is_marked_where_it_stands():
    explorer = Explorer(section("iam"), policies=built_in())
    explorer.set(policies=built_in().replace('"Allow"', '"Alow"', 1))
    line = built_in()[: built_in().index('"Allow"')].count("\n") + 1
    assert abs(explorer.answer["place"][0] - line) <= 1
    assert explorer.answer["trouble"]["beside"] == "policies"
    explorer.close()
