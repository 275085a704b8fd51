"""Laws that hold for any policies and requests."""

import json

from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.authorization import PolicySet, Principal, Request, Verdict, decide

A, B = "111122223333", "444455556666"
USER, OTHER = f"arn:aws:iam::{A}:user/ann", f"arn:aws:iam::{A}:user/bob"
ROLE = f"arn:aws:iam::{A}:role/ops"
SESSION, NEXT = (f"arn:aws:sts::{A}:assumed-role/ops/{name}" for name in ("one", "two"))
FEDERATED, ROOT = f"arn:aws:sts::{A}:federated-user/f", f"arn:aws:iam::{A}:root"
PRINCIPALS = {
    USER: Principal.of(USER),
    SESSION: Principal.of(SESSION),
    FEDERATED: Principal.of(FEDERATED, entity=USER),
    ROOT: Principal.of(ROOT),
    "s.amazonaws.com": Principal.service("s.amazonaws.com"),
}
NAMES = [USER, OTHER, ROLE, SESSION, NEXT, FEDERATED, ROOT, A, B]
ACTIONS = ["s3:GetObject", "s3:PutObject", "sqs:SendMessage"]
RESOURCES = [f"arn:aws:sqs:r:{A}:q", f"arn:aws:sqs:r:{B}:q", "arn:aws:s3:::b/k"]


def some(*values):
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


ACTION = st.fixed_dictionaries({"Action": some("*", "s3:*", "S3:get*", *ACTIONS)})
NOT_ACTION = st.fixed_dictionaries({"NotAction": some("s3:Put*", *ACTIONS)})
RESOURCE = st.fixed_dictionaries({"Resource": some("*", f"arn:aws:sqs:*:{A}:*", *RESOURCES)})
NOT_RESOURCE = st.fixed_dictionaries({"NotResource": some("arn:aws:s3:::*", *RESOURCES)})
AWS = st.fixed_dictionaries({"AWS": some(*NAMES)})
PRINCIPAL = st.fixed_dictionaries(
    {"Principal": st.just("*") | AWS | st.just({"Service": "s.amazonaws.com"})}
) | st.fixed_dictionaries({"NotPrincipal": AWS})
OPERATORS = ["StringEquals", "StringNotEquals", "StringEqualsIfExists", "ForAllValues:StringEquals"]
OPERATORS += ["ForAnyValue:StringEquals", "ForAnyValue:StringNotEquals"]
CONDITION = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(st.sampled_from(["x:a", "X:B"]), some("1", "2", "3"), max_size=2),
    max_size=2,
)
CONTEXT = st.dictionaries(st.sampled_from(["x:a", "x:b"]), some("1", "2", "3"), max_size=2)


@st.composite
def statements(draw, principal=False):
    found = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"]))}
    found |= draw(ACTION | NOT_ACTION) | draw(RESOURCE | NOT_RESOURCE)
    if principal:
        found |= draw(PRINCIPAL)
    return found | ({"Condition": draw(CONDITION)} if draw(st.booleans()) else {})


def policies(principal=False):
    several = st.lists(statements(principal), min_size=1, max_size=3)
    return several.map(lambda them: {"Version": "2012-10-17", "Statement": them})


LAYERS = st.fixed_dictionaries(
    {"identity": st.lists(policies(), max_size=2)},
    optional={
        "groups": st.dictionaries(st.just("g"), st.lists(policies(), max_size=2)),
        "boundary": policies(),
        "session": st.lists(policies(), max_size=2),
        "resource": policies(principal=True),
        "resource_must_allow": st.booleans(),
        "scps": st.lists(st.lists(policies(), max_size=2), max_size=2),
        "management_account": st.sampled_from([A, B]),
        "endpoint": policies(principal=True),
    },
)
REQUESTS = st.tuples(
    st.sampled_from(sorted(PRINCIPALS)),
    st.sampled_from(ACTIONS),
    st.sampled_from(RESOURCES),
    CONTEXT,
)


def verdict(request, layers):
    who, action, resource, context = request
    asked = Request(PRINCIPALS[who], action, resource, context)
    return decide(asked, PolicySet.of(**layers)).verdict


# --- laws


def is_allowed(request, layers):
    return verdict(request, layers) is Verdict.ALLOWED


def with_statement(layers, place, statement):
    """The layers with one more statement in an existing policy at `place`, if there is one."""
    found = json.loads(json.dumps(layers))
    for policy in every_policy(found.get(place, [])):
        policy["Statement"].append(statement)
    return found


def every_policy(found):
    if isinstance(found, dict) and "Statement" in found:
        return [found]
    inner = found.values() if isinstance(found, dict) else found
    return [policy for each in inner for policy in every_policy(each)]


PLACES = st.sampled_from(["identity", "groups", "boundary", "session", "scps"])


@given(REQUESTS, LAYERS, PLACES, statements())
def test_one_more_statement_moves_the_decision_one_way(request, layers, place, statement):
    before = is_allowed(request, layers)
    after = is_allowed(request, with_statement(layers, place, statement))
    assert before >= after if statement["Effect"] == "Deny" else before <= after


@given(REQUESTS, LAYERS, st.sampled_from(["resource", "endpoint"]), statements(principal=True))
def test_so_does_one_that_names_principals(request, layers, place, statement):
    before = is_allowed(request, layers)
    after = is_allowed(request, with_statement(layers, place, statement))
    assert before >= after if statement["Effect"] == "Deny" else before <= after


@given(REQUESTS, LAYERS, policies())
def test_a_boundary_and_a_level_of_scps_only_remove(request, layers, policy):
    before = is_allowed(request, {k: v for k, v in layers.items() if k != "boundary"})
    assert before >= is_allowed(request, {**layers, "boundary": policy})
    levels = [*layers.get("scps", []), [policy]]
    assert is_allowed(request, layers) >= is_allowed(request, {**layers, "scps": levels})


@given(REQUESTS, LAYERS, statements(principal=True))
def test_an_rcp_only_removes(request, layers, statement):
    deny = {k: v for k, v in statement.items() if not k.startswith("Not")} | {"Principal": "*"}
    deny |= {"Effect": "Deny", "Action": ["s3:*"]}
    deny |= {} if "Resource" in deny else {"Resource": "*"}
    rcp = {"Version": "2012-10-17", "Statement": deny}
    assert is_allowed(request, layers) >= is_allowed(request, {**layers, "rcps": [[rcp]]})


@given(REQUESTS, some("*", "s3:*", "sqs:Send*", *ACTIONS))
def test_not_action_is_the_complement_of_action(request, actions):
    everything = {"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}
    others = {"identity": [everything], "session": [everything], "resource_must_allow": True}

    def allowed(element):
        grant = {"Effect": "Allow", "Principal": "*", "Resource": "*", element: actions}
        return is_allowed(request, others | {"resource": {"Statement": grant}})

    assert allowed("Action") is not allowed("NotAction")


@given(REQUESTS, LAYERS, st.randoms())
def test_the_order_of_statements_and_policies_changes_nothing(request, layers, random):
    shuffled = json.loads(json.dumps(layers))
    for policy in every_policy([v for v in shuffled.values() if isinstance(v, dict | list)]):
        random.shuffle(policy["Statement"])
    for place in ("identity", "session", "scps"):
        random.shuffle(shuffled.get(place, []))
    assert verdict(request, shuffled) is verdict(request, layers)


@given(REQUESTS, LAYERS)
def test_renamed_accounts_change_nothing(request, layers):
    def renamed(value):
        swap = json.dumps(value).replace(A, "000000000001").replace(B, "000000000002")
        return json.loads(swap)

    who, action, resource, context = request
    principal = PRINCIPALS[who]
    moved = Principal(
        renamed(principal.name), principal.kind, renamed(principal.account),
        renamed(principal.entity),
    )  # fmt: skip
    asked = Request(moved, action, renamed(resource), context)
    decision = decide(asked, PolicySet.of(**renamed(layers)))
    assert decision.verdict is verdict(request, layers)


@given(REQUESTS, LAYERS)
def test_the_trace_agrees_with_the_verdict(request, layers):
    who, action, resource, context = request
    asked = Request(PRINCIPALS[who], action, resource, context)
    decision = decide(asked, PolicySet.of(**layers))
    outcomes = {layer.outcome for layer in decision.trace}
    assert ("denies" in outcomes) is (decision.verdict is Verdict.EXPLICIT_DENY)
    assert decision.why.startswith("Allowed" if decision.allowed else "Denied")
    for layer in decision.trace:
        for statement in layer.statements:
            assert statement.matched is (statement.why_not == "")
