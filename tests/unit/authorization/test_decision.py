"""What all layers say together: the worked examples and tables of AWS's documentation."""

import pytest

from awsnb.mechanisms.authorization import (
    PolicySet,
    Principal,
    Request,
    Verdict,
    can_assume,
    decide,
    parse,
)

HERE, THERE = "111122223333", "444455556666"
USER = f"arn:aws:iam::{HERE}:user/exampleuser"
ROLE = f"arn:aws:iam::{HERE}:role/examplerole"
SESSION = f"arn:aws:sts::{HERE}:assumed-role/examplerole/examplerolesessionname"
FEDERATED = Principal.of(f"arn:aws:sts::{HERE}:federated-user/exampleuser", entity=USER)
ROOT = f"arn:aws:iam::{HERE}:root"
BUCKET, KEY = "arn:aws:s3:::amzn-s3-demo-bucket", "arn:aws:s3:::amzn-s3-demo-bucket/key"
ALLOWED, EXPLICIT, IMPLICIT = Verdict.ALLOWED, Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY


def statement(effect="Allow", action="s3:*", resource="*", **others):
    return {"Effect": effect, "Action": action, "Resource": resource, **others}


def policy(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def granting(principal, **others):
    return policy(statement(Principal=principal, **others))


ALL, NONE = policy(statement()), policy(statement(action="ec2:*"))
DENY = policy(statement("Deny"))
DENY_TO_ALL = granting("*", effect="Deny")


def within(policies, principal=USER, action="s3:GetObject", resource=KEY, owner=None):
    request = Request(principal, action, resource, resource_account=owner)
    return decide(request, PolicySet.of(**policies)).verdict


# --- "Policy evaluation for requests within a single account"


CARLOS = "arn:aws:iam::123456789012:user/carlossalazar"
CARLOS_IDENTITY = policy(
    statement(
        action=["s3:GetBucketLocation", "s3:ListAllMyBuckets"],
        resource="arn:aws:s3:::*",
        Sid="AllowS3ListRead",
    ),
    statement(resource=["arn:aws:s3:::c-s/*", "arn:aws:s3:::c-s"], Sid="AllowS3Self"),
    statement("Deny", resource="arn:aws:s3:::*log*", Sid="DenyS3Logs"),
)
CARLOS_BUCKET = granting({"AWS": CARLOS}, resource=["arn:aws:s3:::c-s/*", "arn:aws:s3:::c-s"])


@pytest.mark.parametrize(
    ("resource", "expected"),
    [
        ("arn:aws:s3:::c-s-logs/file", EXPLICIT),
        ("arn:aws:s3:::c-s/file", ALLOWED),
        ("arn:aws:s3:::other/file", IMPLICIT),
    ],
)
def test_carlos(resource, expected):
    request = Request(CARLOS, "s3:PutObject", resource)
    policies = PolicySet.of(identity=[CARLOS_IDENTITY], resource=CARLOS_BUCKET)
    assert decide(request, policies).verdict is expected


def test_explicit_and_implicit_denies():
    """ "The difference between explicit and implicit denies"."""
    identity = policy(statement(action=["iam:Get*", "iam:List*"]), statement("Deny", "iam:*Report"))
    for action, expected in [
        ("iam:GetUser", ALLOWED),
        ("iam:CreatePolicy", IMPLICIT),
        ("iam:GetOrganizationsAccessReport", EXPLICIT),
        ("iam:GenerateCredentialReport", EXPLICIT),
    ]:
        assert within({"identity": [identity]}, action=action, resource="*") is expected
    more = [identity, policy(statement(action="iam:GenerateCredentialReport"))]
    assert within({"identity": more}, action="iam:GenerateCredentialReport") is EXPLICIT


@pytest.mark.parametrize(
    ("principal", "named", "expected"),
    [
        (SESSION, {"AWS": ROLE}, IMPLICIT),
        (SESSION, {"AWS": SESSION}, ALLOWED),
        (USER, {"AWS": USER}, ALLOWED),
        (FEDERATED, {"AWS": USER}, IMPLICIT),
        (FEDERATED, {"AWS": FEDERATED.name}, ALLOWED),
        (ROOT, {"AWS": ROOT}, ALLOWED),
        (Principal.service("cloudtrail.amazonaws.com"), {"Service": "cloudtrail.amazonaws.com"},
         ALLOWED),
        # beside the table: everyone, and the account
        (SESSION, "*", ALLOWED),
        (USER, {"AWS": "*"}, ALLOWED),
        (USER, {"AWS": HERE}, IMPLICIT),
        (SESSION, {"AWS": ROOT}, IMPLICIT),
        (USER, {"AWS": SESSION}, IMPLICIT),
    ],
)  # fmt: skip
def test_resource_policies_and_implicit_denies_in_other_policies(principal, named, expected):
    """The table of that name in "How AWS enforcement code logic evaluates requests"."""
    silent = {"identity": [NONE], "boundary": NONE, "session": [NONE]}
    found = within(silent | {"resource": granting(named)}, principal, owner=HERE)
    assert found is expected


def test_a_grant_to_the_role_needs_no_identity_policy_but_obeys_its_limits():
    to_role = granting({"AWS": ROLE})

    def found(**limits):
        return within({"resource": to_role, **limits}, SESSION)

    assert found() is ALLOWED
    assert found(boundary=ALL, session=[ALL]) is ALLOWED
    assert found(boundary=NONE) is IMPLICIT
    assert found(session=[NONE]) is IMPLICIT
    assert found(session=[NONE, ALL]) is ALLOWED


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({}, IMPLICIT),
        ({"identity": [ALL]}, ALLOWED),
        ({"groups": {"admins": [ALL]}}, ALLOWED),
        ({"identity": [ALL], "groups": {"fenced": [DENY]}}, EXPLICIT),
        ({"identity": [ALL], "boundary": ALL}, ALLOWED),
        ({"identity": [ALL], "boundary": NONE}, IMPLICIT),
        ({"identity": [ALL], "boundary": DENY}, EXPLICIT),
        ({"boundary": ALL}, IMPLICIT),
        ({"identity": [ALL], "scps": [[ALL], [ALL]]}, ALLOWED),
        ({"identity": [ALL], "scps": [[ALL], [NONE]]}, IMPLICIT),
        ({"identity": [ALL], "scps": [[NONE, ALL], [ALL, NONE]]}, ALLOWED),
        ({"identity": [ALL], "scps": [[ALL], []]}, IMPLICIT),
        ({"identity": [ALL], "scps": [[ALL, DENY]]}, EXPLICIT),
        ({"scps": [[ALL]]}, IMPLICIT),
        ({"resource": granting({"AWS": USER}), "scps": [[NONE]]}, IMPLICIT),
        ({"identity": [ALL], "scps": [[DENY]], "management_account": HERE}, ALLOWED),
        ({"identity": [ALL], "scps": [[DENY]], "management_account": THERE}, EXPLICIT),
        ({"identity": [ALL], "rcps": [[DENY_TO_ALL]]}, EXPLICIT),
        ({"identity": [ALL], "rcps": [[granting("*", action="*")], []]}, ALLOWED),
        ({"identity": [ALL], "rcps": [[DENY_TO_ALL]], "management_account": HERE}, ALLOWED),
        ({"identity": [ALL], "endpoint": granting("*")}, ALLOWED),
        ({"identity": [ALL], "endpoint": granting("*", action="ec2:*")}, IMPLICIT),
        ({"identity": [ALL], "endpoint": DENY_TO_ALL}, EXPLICIT),
        ({"endpoint": granting("*")}, IMPLICIT),
        ({"identity": [ALL], "resource_must_allow": True}, IMPLICIT),
        ({"resource": granting({"AWS": HERE}), "resource_must_allow": True}, IMPLICIT),
        (
            {"identity": [ALL], "resource": granting({"AWS": HERE}), "resource_must_allow": True},
            ALLOWED,
        ),
        ({"identity": [ALL], "resource": granting({"AWS": HERE}, effect="Deny")}, EXPLICIT),
    ],
)
def test_layers(policies, expected):
    assert within(policies) is expected


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({}, ALLOWED),
        ({"scps": [[NONE]]}, IMPLICIT),
        ({"scps": [[ALL, DENY]]}, EXPLICIT),
        ({"resource": DENY_TO_ALL}, EXPLICIT),
        ({"rcps": [[DENY_TO_ALL]]}, EXPLICIT),
        ({"resource_must_allow": True}, IMPLICIT),
    ],
)
def test_the_root_user_is_limited_by_what_is_not_its_own(policies, expected):
    assert within(policies, principal=ROOT) is expected


def test_service_linked_roles_obey_no_organisation():
    linked = Principal.of(
        f"arn:aws:sts::{HERE}:assumed-role/AWSServiceRoleForX/x",
        entity=f"arn:aws:iam::{HERE}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
    )
    fences = {"identity": [ALL], "scps": [[DENY]], "rcps": [[DENY_TO_ALL]]}
    assert within(fences, principal=linked) is ALLOWED
    assert within(fences, principal=SESSION) is EXPLICIT

    no_roles = {"rcps": [[granting("*", effect="Deny", action="sts:*")]]}
    trust = parse(policy({"Effect": "Allow", "Principal": "*", "Action": "sts:*"}), "trust")
    service = Principal.service("x.amazonaws.com")
    for role, allowed in [(linked.entity, True), (ROLE, False)]:
        assert can_assume(service, role, trust, PolicySet.of(**no_roles)).allowed is allowed


# --- "Cross-account policy evaluation logic"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"identity": [ALL]}, IMPLICIT),
        ({"resource": granting({"AWS": USER})}, IMPLICIT),
        ({"resource": granting("*")}, IMPLICIT),
        ({"identity": [ALL], "resource": granting({"AWS": USER})}, ALLOWED),
        ({"identity": [ALL], "resource": granting({"AWS": HERE})}, ALLOWED),
        ({"identity": [ALL], "resource": granting("*")}, ALLOWED),
        ({"identity": [ALL], "resource": granting({"AWS": THERE})}, IMPLICIT),
        ({"identity": [ALL], "resource": granting({"AWS": USER}), "boundary": NONE}, IMPLICIT),
        ({"identity": [ALL], "resource": granting({"AWS": USER}), "scps": [[NONE]]}, IMPLICIT),
        (
            {"identity": [ALL], "resource": granting({"AWS": USER}), "rcps": [[DENY_TO_ALL]]},
            EXPLICIT,
        ),
        ({"identity": [DENY], "resource": granting({"AWS": USER})}, EXPLICIT),
    ],
)
def test_cross_account(policies, expected):
    assert within(policies, owner=THERE) is expected


def test_the_root_user_of_another_account_needs_the_resource_policy():
    assert within({}, principal=ROOT, owner=THERE) is IMPLICIT
    assert within({"resource": granting({"AWS": HERE})}, principal=ROOT, owner=THERE) is ALLOWED


def test_across_accounts_a_grant_to_the_session_does_not_lift_its_limits():
    to_session = granting({"AWS": SESSION})
    both = {"identity": [ALL], "resource": to_session}
    assert within(both, principal=SESSION, owner=THERE) is ALLOWED
    assert within(both | {"session": [NONE]}, principal=SESSION, owner=THERE) is IMPLICIT


def test_what_aws_owns_is_no_other_accounts():
    managed = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    identity = policy(statement(action="iam:GetPolicy"))
    assert within({"identity": [identity]}, action="iam:GetPolicy", resource=managed) is ALLOWED


def test_an_account_owns_what_its_arn_says():
    queue = f"arn:aws:sqs:eu-west-1:{THERE}:queue"
    request = Request(USER, "sqs:SendMessage", queue)
    assert not request.same_account
    assert decide(request, PolicySet.of([policy(statement(action="sqs:*"))])).verdict is IMPLICIT


# --- principals


def test_services_and_anonymous_requests_have_only_the_resource_policy():
    service, nobody = Principal.service("sns.amazonaws.com"), Principal.anonymous()
    for principal in (service, nobody):
        assert within({"identity": [ALL]}, principal=principal) is IMPLICIT
        assert within({"resource": granting("*")}, principal=principal) is ALLOWED
        assert within({"resource": granting({"AWS": HERE})}, principal=principal) is IMPLICIT
        assert within({"resource": granting("*"), "scps": [[DENY]]}, principal) is ALLOWED
    assert within({"resource": granting({"Service": "sqs.amazonaws.com"})}, service) is IMPLICIT


def test_a_canonical_user_is_an_account():
    owner = Principal.of(USER, canonical_id="79a59d")
    to_owner = granting({"CanonicalUser": "79a59d"})
    assert within({"resource": to_owner}, owner) is IMPLICIT
    assert within({"resource": to_owner, "identity": [ALL]}, owner, owner=THERE) is ALLOWED


def test_federated_users_need_a_session_policy():
    """STS API Reference, GetFederationToken: without one the session has no permissions."""
    assert within({"identity": [ALL]}, FEDERATED) is IMPLICIT
    assert within({"identity": [ALL], "session": [ALL]}, FEDERATED) is ALLOWED
    assert within({"session": [ALL]}, FEDERATED) is IMPLICIT
    assert Principal.of(FEDERATED.name).entity == USER
    by_root = Principal.of(FEDERATED.name, entity=ROOT)
    assert within({"session": [ALL]}, by_root) is ALLOWED


def test_not_principal_excepts_the_one_named():
    """ "AWS JSON policy elements: NotPrincipal", examples of user and of role."""
    bob, root = f"arn:aws:iam::{THERE}:user/Bob", f"arn:aws:iam::{THERE}:root"
    fence = policy(statement("Deny", NotPrincipal={"AWS": [bob, root]}), statement(Principal="*"))
    others = (bob.replace("Bob", "Eve"), USER, SESSION)
    assert within({"resource": fence}, bob, owner=THERE) is ALLOWED
    assert within({"resource": fence}, root, owner=THERE) is ALLOWED
    assert {within({"resource": fence}, other, owner=THERE) for other in others} == {EXPLICIT}

    session = f"arn:aws:sts::{THERE}:assumed-role/read-only/audit-app"
    role = f"arn:aws:iam::{THERE}:role/read-only"
    named = {"AWS": [session, role, root]}
    fence = policy(statement("Deny", NotPrincipal=named), statement(Principal="*"))
    assert within({"resource": fence}, session, owner=THERE) is ALLOWED
    assert within({"resource": fence}, f"{session}-2", owner=THERE) is EXPLICIT


def test_not_principal_with_a_role_does_not_except_its_sessions():
    """The same page: the session has to be named too. A role here stands for its sessions."""
    fence = policy(statement("Deny", NotPrincipal={"AWS": [ROLE, ROOT]}), statement(Principal="*"))
    assert within({"resource": fence}, ROLE) is EXPLICIT
    assert within({"resource": fence}, SESSION) is EXPLICIT


def test_not_principal_with_deny_excepts_no_one_who_has_a_boundary():
    """ "AWS JSON policy elements: NotPrincipal", its note on permissions boundaries."""
    fence = policy(statement("Deny", NotPrincipal={"AWS": [USER, ROOT]}))
    assert within({"identity": [ALL], "resource": fence}) is ALLOWED
    assert within({"identity": [ALL], "resource": fence, "boundary": ALL}) is EXPLICIT
    service = Principal.service("sns.amazonaws.com")
    fence = policy(
        statement("Deny", NotPrincipal={"Service": service.name}), statement(Principal="*")
    )
    assert within({"resource": fence, "boundary": ALL}, service) is ALLOWED


def test_a_role_stands_for_its_sessions():
    assert within({"identity": [ALL]}, ROLE) is ALLOWED
    assert within({"resource": granting({"AWS": ROLE})}, ROLE) is ALLOWED
    assert within({"resource": granting({"AWS": SESSION})}, ROLE) is IMPLICIT


@pytest.mark.parametrize(
    "name",
    ["", "ann", "arn:aws:s3:::b", f"arn:aws:iam::{HERE}:group/g", "arn:aws:iam::12:user/ann",
     f"arn:aws:sts::{HERE}:assumed-role/ops", f"arn:aws:sts::{HERE}:federated-user",
     f"arn:aws:sts::{HERE}:user/ann", f"arn:aws:iam::{HERE}:rootless"],
)  # fmt: skip
def test_what_is_no_principal(name):
    with pytest.raises(ValueError, match="is not the ARN of a principal"):
        Principal.of(name)


def test_standard_keys():
    """ "IAM policy elements: Variables and tags", principal key values."""

    def keys(principal, **context):
        request = Request(principal, "s3:GetObject", KEY, context, resource_account=THERE)
        names = ("PrincipalArn", "PrincipalType", "username", "userid", "ResourceAccount")
        return [request.one(f"aws:{name}") for name in names]

    assert keys(USER) == [USER, "User", "exampleuser", None, THERE]
    assert keys(SESSION) == [ROLE, "AssumedRole", None, None, THERE]
    assert keys(Principal.of(SESSION, user_id="AROA:s"))[3] == "AROA:s"
    assert keys(Principal.of(ROLE, user_id="AROA"))[3] == "AROA:any-session"
    assert keys(ROOT) == [ROOT, "Account", None, HERE, THERE]
    assert keys(HERE)[:2] == [ROOT, "Account"]
    assert keys(FEDERATED) == [
        FEDERATED.name, "FederatedUser", None, f"{HERE}:exampleuser", THERE,
    ]  # fmt: skip
    assert keys(Principal.anonymous()) == [None, "Anonymous", None, "anonymous", THERE]
    assert keys(USER, **{"AWS:UserName": "eve", "aws:ResourceAccount": None})[2:] == [
        "eve", None, None,
    ]  # fmt: skip


def test_keys_of_who_asks_by_itself():
    """ "AWS global condition context keys", on services and on requests made directly."""

    def values(name, key):
        return Request({"Service": name}, "s3:GetObject", KEY).values(key)

    trail, logs = "cloudtrail.amazonaws.com", "logs.us-west-2.amazonaws.com"
    assert values(trail, "aws:PrincipalServiceNamesList") == (trail,)
    assert values(logs, "aws:PrincipalServiceNamesList") == (logs, "logs.amazonaws.com")
    assert Request(USER, "s3:GetObject", KEY).values("aws:PrincipalServiceNamesList") == ()
    for principal in (USER, SESSION, trail):
        assert Request(principal, "s3:GetObject", KEY).one("aws:ViaAWSService") == "false"
    via = {"aws:ViaAWSService": True}
    assert Request(USER, "s3:GetObject", KEY, via).one("aws:ViaAWSService") == "true"


@pytest.mark.parametrize(
    ("action", "principal", "expected"),
    [
        ("sts:GetCallerIdentity", USER, ALLOWED),
        ("STS:getCallerIdentity", SESSION, ALLOWED),
        ("sts:GetCallerIdentity", ROOT, ALLOWED),
        ("sts:GetCallerIdentity", "anonymous", EXPLICIT),
        ("sts:GetSessionToken", USER, ALLOWED),
        ("sts:GetSessionToken", SESSION, EXPLICIT),
        ("sts:GetFederationToken", USER, EXPLICIT),
    ],
)
def test_what_needs_no_permission_and_can_not_be_denied(action, principal, expected):
    """STS API Reference, "GetCallerIdentity"; IAM, "Permissions for GetSessionToken"."""
    everything = {"Statement": statement("Deny", "*", Principal="*")}
    decision = decide(
        Request(principal, action, "*"),
        PolicySet.of(identity=[policy(statement("Deny", "*"))], endpoint=everything),
    )
    assert decision.verdict is expected
    assert ("needs no permission" in decision.why) is (expected is ALLOWED)


@pytest.mark.parametrize(
    "linked",
    [
        f"arn:aws:iam::{HERE}:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX",
        f"arn:aws:sts::{HERE}:assumed-role/AWSServiceRoleForX/any",
    ],
)
def test_no_organisation_limits_a_service_linked_role_or_its_sessions(linked):
    """Organizations User Guide, "Tasks and entities not restricted by SCPs"."""
    limits = {"scps": [DENY], "rcps": [DENY_TO_ALL]}
    assert within({"identity": [ALL], **limits}, linked) is ALLOWED
    other = linked.replace("AWSServiceRoleFor", "Role").replace("aws-service-role/", "")
    assert within({"identity": [ALL], **limits}, other) is EXPLICIT


# --- roles


ANN = f"arn:aws:iam::{HERE}:user/ann"
ASSUME = policy(statement(action="sts:AssumeRole"))


def trusting(principal, **others):
    trust = {"Effect": "Allow", "Principal": principal, "Action": "sts:*", **others}
    return parse(policy(trust), "trust")


@pytest.mark.parametrize(
    ("trusted", "identity", "role", "expected"),
    [
        ({"AWS": ANN}, [], ROLE, ALLOWED),
        ({"AWS": HERE}, [], ROLE, IMPLICIT),
        ({"AWS": HERE}, [ASSUME], ROLE, ALLOWED),
        ({"AWS": THERE}, [ASSUME], ROLE, IMPLICIT),
        ({"AWS": ANN}, [DENY, policy(statement("Deny", "sts:*"))], ROLE, EXPLICIT),
        ({"AWS": ANN}, [], ROLE.replace(HERE, THERE), IMPLICIT),
        ({"AWS": ANN}, [ASSUME], ROLE.replace(HERE, THERE), ALLOWED),
        ({"AWS": HERE}, [ASSUME], ROLE.replace(HERE, THERE), ALLOWED),
        ({"Service": "ec2.amazonaws.com"}, [ASSUME], ROLE, IMPLICIT),
    ],
)
def test_can_assume(trusted, identity, role, expected):
    assert can_assume(ANN, role, trusting(trusted), PolicySet.of(identity)).verdict is expected


def test_services_and_providers_assume_by_trust_alone():
    ec2, google = Principal.service("ec2.amazonaws.com"), "accounts.google.com"
    assert can_assume(ec2, ROLE, trusting({"Service": "ec2.amazonaws.com"})).allowed
    assert not can_assume(ec2, ROLE, trusting({"Service": "lambda.amazonaws.com"})).allowed
    web = trusting({"Federated": google}, Condition={"StringEquals": {f"{google}:aud": "app"}})
    someone = Principal.identity_provider(google)
    by_web = {"action": "sts:AssumeRoleWithWebIdentity"}
    assert can_assume(someone, ROLE, web, context={f"{google}:aud": "app"}, **by_web).allowed
    assert not can_assume(someone, ROLE, web, context={f"{google}:aud": "x"}, **by_web).allowed
    saml = f"arn:aws:iam::{HERE}:saml-provider/corporate"
    by_saml = {"action": "sts:AssumeRoleWithSAML"}
    assert can_assume(saml, ROLE, trusting({"Federated": saml}), **by_saml).allowed
    assert not can_assume(saml, ROLE, trusting({"AWS": HERE}), **by_saml).allowed


def test_external_ids_and_the_root_user():
    trust = trusting({"AWS": HERE}, Condition={"StringEquals": {"sts:ExternalId": "42"}})
    policies = PolicySet.of([ASSUME])
    assert can_assume(ANN, ROLE, trust, policies, {"sts:ExternalId": "42"}).allowed
    assert not can_assume(ANN, ROLE, trust, policies, {"sts:ExternalId": "43"}).allowed
    as_root = can_assume(ROOT, ROLE, trusting("*"))
    assert (as_root.verdict, "root user" in as_root.why) == (IMPLICIT, True)


# --- words


def test_the_trace_names_the_first_element_that_does_not_match():
    team = {"StringEquals": {"aws:PrincipalTag/team": "blue"}}
    identity = policy(
        statement(action="ec2:*", Sid="Servers"),
        statement(resource=f"{BUCKET}/other"),
        statement(Condition=team, Sid="Blue"),
        statement("Deny", "s3:Put*"),
    )
    identity["Statement"][1]["Resource"] = [f"{BUCKET}/other", "arn:aws:s3:::${x:y}"]
    resource = granting({"AWS": THERE})
    request = Request(USER, "s3:GetObject", KEY, {"aws:PrincipalTag/team": "red"})
    decision = decide(request, PolicySet.of([identity], resource=resource))
    of_resource, of_identity = decision.trace
    assert [s.why_not.split()[0] for s in of_identity.statements] == [
        "Action", "Resource", "Condition", "Action",
    ]  # fmt: skip
    assert of_resource.statements[0].why_not == f"Principal names {THERE}, not {USER}"
    assert "with 'blue', and it is 'red' in the request" in decision.explain()
    assert "x:y has no value" in of_identity.statements[1].why_not
    assert [layer.outcome for layer in decision.trace] == ["is silent", "is silent"]
    assert decision.why == (
        f"Denied: nothing in the identity policies allows s3:GetObject on {KEY}, "
        "and what no policy allows is denied."
    )


@pytest.mark.parametrize(
    ("principal", "policies", "why"),
    [
        (USER, {"identity": [policy(statement(Sid="All"))]},
         "Allowed: statement All of identity policy 1 allows"),
        (USER, {"groups": {"ops": [DENY]}},
         "Denied: the 1st statement of identity policy 1 of group ops denies"),
        (USER, {"identity": [ALL], "scps": [[ALL], [NONE]]},
         "Denied: nothing in the SCPs on level 2 of 2 allows"),
        (USER, {"identity": [ALL], "boundary": NONE},
         "Denied: nothing in the permissions boundary allows"),
        (USER, {"resource": granting("*")}, "Allowed: the 1st statement of the resource policy"),
        (USER, {"identity": [ALL], "resource_must_allow": True},
         "Denied: no resource policy grants"),
        (ROOT, {}, "Allowed: the account's root user may do"),
    ],
)  # fmt: skip
def test_why(principal, policies, why):
    request = Request(principal, "s3:GetObject", KEY)
    decision = decide(request, PolicySet.of(**policies))
    assert decision.why.startswith(why)
    assert decision.explain().startswith(decision.why)
