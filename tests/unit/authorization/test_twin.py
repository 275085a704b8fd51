"""A second evaluator, written from the IAM User Guide alone: plain, slow, on the JSON itself.

It shares nothing with the package. Random organisations, accounts and requests, drawn so that
statements meet the request, have to be decided alike by both.
"""

import base64
import ipaddress
import json
import random
import re
from datetime import UTC, datetime
from functools import cache

import pytest

from awsnb.mechanisms.authorization import PolicySet, Principal, Request, decide
from awsnb.mechanisms.authorization.certainty import BLOCK_PUBLIC_ACCESS, EXCEPTION, SESSION_NAME

HERE, THERE, MANAGEMENT = "111122223333", "444455556666", "777788889999"
SERVICE = "cloudtrail.amazonaws.com"


def arn_of(account, name, service="iam"):
    return f"arn:aws:{service}::{account}:{name}"


# --- the twin: what a statement says


@cache
def like(pattern, text):
    """Whether a pattern covers a text: its items are characters, "any" for `*`, "one" for `?`."""
    if not pattern:
        return not text
    first, rest = pattern[0], pattern[1:]
    if first == "any":
        return like(rest, text) or (bool(text) and like(pattern, text[1:]))
    return bool(text) and first in ("one", text[0]) and like(rest, text[1:])


def pattern_of(text, context, wild, variables):
    """The items of a pattern, variables resolved; None if one of them has no value."""
    items = []
    for literal, inside in re.findall(r"(\$\{[^}]*\})|(.)", text, re.DOTALL):
        if literal and variables:
            value = variable(literal[2:-1], context)
            if value is None:
                return None
            items += value
        else:
            items += [{"*": "any", "?": "one"}.get(c, c) if wild else c for c in literal + inside]
    return tuple(items)


def variable(name, context):
    if name in ("*", "?", "$"):
        return name
    key, _, default = name.partition(",")
    values = context.get(key.strip().lower(), [])
    if len(values) == 1:
        return values[0]
    return default.strip()[1:-1] if default else None


def moment(text):
    if re.fullmatch(r"-?\d{5,}(\.\d+)?", text):
        return datetime.fromtimestamp(float(text), UTC)
    text += {4: "-01-01", 7: "-01"}.get(len(text), "")
    found = datetime.fromisoformat(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


ORDERS = {
    "Equals": lambda a, b: a == b,
    "LessThan": lambda a, b: a < b,
    "LessThanEquals": lambda a, b: a <= b,
    "GreaterThan": lambda a, b: a > b,
    "GreaterThanEquals": lambda a, b: a >= b,
}


def components_like(pattern, text):
    """Each of an ARN's six components on its own."""

    def split(items):
        parts, items = [], list(items)
        while ":" in items and len(parts) < 5:
            at = items.index(":")
            parts.append(tuple(items[:at]))
            items = items[at + 1 :]
        return [*parts, tuple(items)]

    ours, theirs = split(pattern), split(text)
    return len(ours) == len(theirs) == 6 and all(
        like(a, "".join(b)) for a, b in zip(ours, theirs, strict=True)
    )


def compares(operator, wanted, found, context, variables):
    """Whether one value of the policy holds for one value of the request."""
    wanted = str(wanted).lower() if isinstance(wanted, bool) else str(wanted)
    family = re.match("String|Numeric|Date|Bool|Binary|IpAddress|Arn", operator)[0]
    if family in ("String", "Arn"):
        wild = "Like" in operator or family == "Arn"
        if "IgnoreCase" in operator:
            wanted, found = wanted.lower(), found.lower()
            context = {key: [value.lower() for value in values] for key, values in context.items()}
        pattern = pattern_of(wanted, context, wild, variables)
        if pattern is None:
            return False
        return (components_like if family == "Arn" else like)(pattern, found)
    if family == "Bool":
        return wanted.lower() == found.lower()
    if family == "Binary":
        return base64.b64decode(wanted) == base64.b64decode(found)
    if family == "IpAddress":
        return ipaddress.ip_address(found) in ipaddress.ip_network(wanted, strict=False)
    read = float if family == "Numeric" else moment
    return ORDERS[operator.removeprefix(family)](read(found), read(wanted))


def holds(operator, wanted, values, context, variables):
    """One operator on one key. Missing keys and set operators: "Condition operators" and the tables
    of "Multivalued context key examples".
    """
    wanted = wanted if isinstance(wanted, list) else [wanted]
    if operator == "Null":
        return any((str(each).lower() == "true") is (not values) for each in wanted)
    quantifier, _, name = operator.rpartition(":")
    negated = "Not" in name
    positive = name.removesuffix("IfExists").replace("Not", "")
    if quantifier and values and not any(values):  # "a null data set, such as an empty string"
        return quantifier == "ForAllValues"
    if not values:
        return name.endswith("IfExists") or (
            quantifier == "ForAllValues" if quantifier else negated
        )
    if positive.startswith("Arn"):  # what is no ARN is neither like one nor unlike one
        arns = [value for value in values if value.startswith("arn:") and value.count(":") >= 5]
        if len(arns) < len(values) and (
            quantifier == "ForAllValues" or (negated and not quantifier)
        ):
            return False
        values = arns
    matched = [
        any(compares(positive, each, value, context, variables) for each in wanted)
        for value in values
    ]
    if quantifier == "ForAllValues":
        return not any(matched) if negated else all(matched)
    if quantifier == "ForAnyValue":
        return not all(matched) if negated else any(matched)
    return any(matched) is not negated


def listed(element):
    return element if isinstance(element, list) else [element]


def names(who):
    """By what a resource-based policy may call a principal, and how much that gives."""
    called = {}
    if who["account"]:
        called |= {who["account"]: "account", arn_of(who["account"], "root"): "account"}
    if who.get("entity"):
        called[who["entity"]] = "entity"
    if who["kind"] != "role":  # it stands for its sessions, whose names are theirs
        called[who["name"]] = "direct"
    if who["kind"] == "root":
        called[who["account"]] = "direct"
    return called


def reach(statement, who):
    """How a statement's Principal reaches who asks: direct, entity, account, or None."""
    if "NotPrincipal" in statement:
        within = {name for each in statement["NotPrincipal"].values() for name in listed(each)}
        own = {name for name, how in names(who).items() if how == "direct"}
        return None if within & own else "direct"
    if "Principal" not in statement:
        return "direct"
    if statement["Principal"] in ("*", {"AWS": "*"}):
        return "direct"
    called = names(who)
    kind = "Service" if who["kind"] == "service" else "AWS"
    found = {called.get(name) for name in listed(statement["Principal"].get(kind, []))}
    return next((how for how in ("direct", "entity", "account") if how in found), None)


def covers(statement, element, text, context, variables):
    """Whether Action or Resource names a text, or NotAction or NotResource does not."""
    negated = f"Not{element}" in statement
    named = listed(statement[f"Not{element}" if negated else element])
    patterns = [pattern_of(each, context, True, variables) for each in named]
    return any(each is not None and like(each, text) for each in patterns) is not negated


def in_small_letters(statement):
    actions = {
        k: [each.lower() for each in listed(v)] for k, v in statement.items() if "Action" in k
    }
    return statement | actions


def applies(statement, version, asked, bounded=False):
    context, variables = asked["context"], version == "2012-10-17"
    always = bounded and statement["Effect"] == "Deny" and "NotPrincipal" in statement
    return (
        covers(in_small_letters(statement), "Action", asked["action"].lower(), context, False)
        and covers(statement, "Resource", asked["resource"], context, variables)
        and (always or reach(statement, asked["who"]) is not None)
        and all(
            holds(operator, wanted, context.get(key.lower(), []), context, variables)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def said(policies, asked, bounded=False):
    """The statements of some policies that apply to a request, by their effect."""
    found = {"Allow": [], "Deny": []}
    for policy in policies:
        for statement in listed(policy["Statement"]):
            if applies(statement, policy.get("Version"), asked, bounded):
                found[statement["Effect"]].append(statement)
    return found


# --- the twin: what all policies say together


def expected(asked, layers):
    """Walk through "How AWS enforcement code logic evaluates requests to allow or deny access"."""
    who, owner = asked["who"], asked["owner"]
    if asked["action"] == "sts:GetCallerIdentity" and who["kind"] != "anonymous":
        return "allowed"
    entity = who["kind"] in ("user", "session", "role", "federated")
    linked = "aws-service-role" in who.get("entity", "") or "AWSServiceRoleFor" in who["name"]
    identity = [*layers["identity"], *layers["groups"]["g"]] if entity else []
    boundary = layers["boundary"] if entity else []
    session = layers["session"] if who["kind"] in ("session", "federated") else []
    member = who["account"] and who["account"] != layers["management_account"] and not linked
    scps = layers["scps"] if member else []
    rcps = layers["rcps"] if owner != layers["management_account"] and not linked else []
    every_place = [identity, boundary, session, layers["endpoint"], *scps, *rcps]
    if said(layers["resource"], asked, bounded=bool(boundary))["Deny"] or any(
        said(place, asked)["Deny"] for place in every_place
    ):
        return "explicit deny"

    def allows(policies):
        return bool(said(policies, asked)["Allow"])

    ceilings = [*scps] + ([layers["endpoint"]] if layers["endpoint"] else [])
    within = all(allows(level) for level in ceilings)
    if within and granted(asked, layers, identity, boundary, session, allows):
        return "allowed"
    return "implicit deny"


def granted(asked, layers, identity, boundary, session, allows):
    who = asked["who"]
    by_resource = {reach(s, who) for s in said(layers["resource"], asked)["Allow"]}
    same_account = who["account"] == asked["owner"]
    if not who["account"]:
        return bool(by_resource)
    of_root = arn_of(HERE, "root") in (who["name"], who.get("entity"))
    own = of_root or allows(identity)
    limited = (boundary and not allows(boundary)) or (session and not allows(session))
    limited = limited or (who["kind"] == "federated" and not session)
    if not same_account:
        return bool(by_resource) and own and not limited
    if "direct" in by_resource:
        return True
    if layers["resource_must_allow"] and not by_resource:
        return False
    return (own or "entity" in by_resource) and not limited


# --- random organisations, accounts and requests


PRINCIPALS = [
    {"kind": "user", "name": arn_of(HERE, "user/ann"), "account": HERE},
    {
        "kind": "session",
        "name": arn_of(HERE, "assumed-role/ops/one", "sts"),
        "account": HERE,
        "entity": arn_of(HERE, "role/ops"),
    },
    {
        "kind": "session",
        "name": arn_of(HERE, "assumed-role/AWSServiceRoleForX/x", "sts"),
        "account": HERE,
        "entity": arn_of(HERE, "role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX"),
    },
    {
        "kind": "role",
        "name": arn_of(HERE, "role/ops"),
        "account": HERE,
        "entity": arn_of(HERE, "role/ops"),
    },
    {
        "kind": "session",
        "name": arn_of(HERE, "assumed-role/AWSServiceRoleForY/y", "sts"),
        "account": HERE,
        "entity": arn_of(HERE, "role/AWSServiceRoleForY"),
    },
    {
        "kind": "federated",
        "name": arn_of(HERE, "federated-user/fay", "sts"),
        "account": HERE,
        "entity": arn_of(HERE, "user/ann"),
    },
    {
        "kind": "federated",
        "name": arn_of(HERE, "federated-user/rex", "sts"),
        "account": HERE,
        "entity": arn_of(HERE, "root"),
    },
    {"kind": "root", "name": arn_of(HERE, "root"), "account": HERE},
    {"kind": "user", "name": arn_of(MANAGEMENT, "user/meg"), "account": MANAGEMENT},
    {"kind": "service", "name": SERVICE, "account": ""},
    {"kind": "anonymous", "name": "", "account": ""},
]
OTHERS = [arn_of(HERE, "user/bob"), arn_of(HERE, "assumed-role/ops/two", "sts"), THERE]
ACTIONS = ["s3:GetObject", "s3:PutObject", "s3:GetObjectAcl", "sqs:SendMessage"]
ASKED_ACTIONS = [*ACTIONS * 4, "sts:GetCallerIdentity"]
OWNERS = [HERE, HERE, THERE, MANAGEMENT]
RESOURCES = ["arn:aws:s3:::b/home/ann/k", "arn:aws:s3:::b/logs/x", "arn:aws:s3:::b"]
RESOURCE_PATTERNS = [
    "*", "arn:aws:s3:::*", "arn:aws:s3:::b/home/${aws:username}/*", "arn:aws:s3:::b/*/?",
    "arn:aws:s3:::b/${x:team, 'home'}/*", "arn:aws:s3:::?", "arn:aws:sqs:*", "arn:aws:s3:::B/*",
    *RESOURCES,
]  # fmt: skip
ACTION_PATTERNS = ["*", "s3:*", "S3:get*", "s3:?etObject", "s3:*Acl", "sqs:*", *ACTIONS]
VALUES = {  # by operator: the key, what a request may hold, and what a policy may ask
    ("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"): (
        ["x:team", "X:Tags"],
        ["home", "Home", "logs", "a*", ""],
        ["home", "HOME", "logs", "${x:team}", "a${*}", "a*", "${x:none, 'home'}", "$", ""],
    ),
    ("StringLike", "StringNotLike"): (
        ["x:team", "X:Tags"],
        ["home", "Home", "a*", "ab", ""],
        ["h*", "*", "????", "a${*}", "a?", "${x:team}*", "*o*e", "**", "a**b", ""],
    ),
    ("NumericEquals", "NumericNotEquals", "NumericLessThan", "NumericLessThanEquals",
     "NumericGreaterThan", "NumericGreaterThanEquals"): (
        ["s3:max-keys"],
        ["10", "10.0", "-3", "1000"],
        [10, "10", "9.5", -3, "1e3", 1000],
    ),
    ("DateEquals", "DateNotEquals", "DateLessThan", "DateLessThanEquals", "DateGreaterThan",
     "DateGreaterThanEquals"): (
        ["aws:CurrentTime"],
        ["2026-11-26T06:00:00Z", "2026-11-26T07:00:00+01:00", "1764136800", "2025-01-01"],
        ["2026-11-26T06:00:00Z", "2026-11-26", "2026-11", "2026", "1764136800", 1795672800,
         "2026-11-26T01:00:00.0-05:00"],
    ),
    ("Bool",): (["aws:SecureTransport"], ["true", "false", "TRUE"], [True, "true", "false", False]),
    ("BinaryEquals",): (["x:blob"], ["YWJj", "YWI="], ["YWJj", "YWI=", ""]),
    ("IpAddress", "NotIpAddress"): (
        ["aws:SourceIp"],
        ["203.0.113.5", "10.0.0.1", "2001:db8::1"],
        ["203.0.113.0/24", "203.0.113.5", "0.0.0.0/0", "10.1.1.1/8", "2001:DB8::/32", "::/0"],
    ),
    ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike"): (
        ["aws:SourceArn", "aws:PrincipalArn"],
        ["arn:aws:sns:eu-west-1:111122223333:t", "arn:aws:sns:us-east-2:9:store/abc:1:fin/d",
         arn_of(HERE, "role/ops"), "no-arn"],
        ["arn:aws:sns:*:*:*", "arn:aws:sns:*:1:fin/*", "arn:aws:sns:eu-*:111122223333:t",
         "arn:aws:*:*:*:?", arn_of(HERE, "role/*"), "arn:*", "arn:aws:iam::*:user/${aws:username}"],
    ),
}  # fmt: skip
OPERATORS = [(operator, pools) for operators, pools in VALUES.items() for operator in operators]


class Dice(random.Random):
    """Random choices, in few words."""

    def chance(self, share):
        return self.random() < share

    def some(self, values, most=3):
        found = self.sample(values, self.randint(1, min(most, len(values))))
        return found[0] if len(found) == 1 and self.chance(0.5) else found

    def condition(self):
        found = {}
        for _ in range(self.choice([1, 1, 2])):
            operator, (keys, _, wanted) = self.choice(OPERATORS)
            if self.chance(0.1):
                found["Null"] = {self.choice(keys): self.choice(["true", False])}
                continue
            operator = self.choice(["", "", "ForAllValues:", "ForAnyValue:"]) + operator
            operator += "IfExists" if self.chance(0.2) else ""
            found.setdefault(operator, {})[self.choice(keys)] = self.some(wanted)
        return found

    def statement(self, names_principals, effect=None):
        found = {"Effect": effect or ("Deny" if self.chance(0.15) else "Allow")}
        if self.chance(0.85):
            found["Action"] = self.some(ACTION_PATTERNS)
        else:
            found["NotAction"] = self.some(ACTION_PATTERNS[1:])
        if self.chance(0.85):
            found["Resource"] = self.some(RESOURCE_PATTERNS)
        else:
            found["NotResource"] = self.some(RESOURCES)
        if names_principals:
            found |= self.principal(found["Effect"])
        if self.chance(0.4):
            found["Condition"] = self.condition()
        return found

    def principal(self, effect):
        if self.chance(0.2):
            return {"Principal": self.choice(["*", {"AWS": "*"}])}
        called = [name for who in PRINCIPALS if who["account"] for name in names(who)] + OTHERS
        named = {"AWS": self.some(sorted(set(called)), 5)}
        if self.chance(0.4):
            named["Service"] = SERVICE
        return {"NotPrincipal" if effect == "Deny" and self.chance(0.4) else "Principal": named}

    def policy(self, names_principals=False, effect=None, wide=0.3):
        several = [self.statement(names_principals, effect) for _ in range(self.randint(1, 3))]
        if effect is None and self.chance(wide):
            everyone = {"Principal": "*"} if names_principals else {}
            several.append({"Effect": "Allow", "Action": "*", "Resource": "*"} | everyone)
        version = self.choice(["2012-10-17"] * 4 + ["2008-10-17", None])
        found = {"Version": version} if version else {}
        return found | {"Statement": several if self.chance(0.8) else several[0]}

    def rcp(self):
        deny = self.statement(False, "Deny") | {
            "Principal": "*",
            "Action": self.some(["s3:*", *ACTIONS]),
        }
        deny.pop("NotAction", None)
        return {"Version": "2012-10-17", "Statement": [deny]}

    def layers(self, who):
        def maybe(share, make):
            return [make()] if self.chance(share) else []

        is_session = who["kind"] in ("session", "federated")
        return {
            "identity": [self.policy() for _ in range(self.randint(0, 2))],
            "groups": {"g": maybe(0.3, self.policy)},
            "boundary": maybe(0.3, lambda: self.policy(wide=0.6)),
            "session": maybe(0.5 * is_session, lambda: self.policy(wide=0.6)),
            "resource": maybe(0.6, lambda: self.policy(True, wide=0.1)),
            "resource_must_allow": self.chance(0.2),
            "scps": [[self.policy(wide=0.8)] for _ in range(self.choice([0, 0, 1, 3]))],
            "rcps": [[self.rcp()] for _ in range(self.choice([0, 0, 0, 1]))],
            "management_account": MANAGEMENT,
            "endpoint": maybe(0.2, lambda: self.policy(True, wide=0.8)),
        }

    def asked(self):
        who, context = self.choice(PRINCIPALS), {}
        for keys, held, _ in VALUES.values():
            for key in keys:
                if key != "aws:PrincipalArn" and self.chance(0.6):
                    several = key == "X:Tags"
                    context[key] = self.sample(held, self.randint(0, 3) if several else 1)
        return {
            "who": who,
            "action": self.choice(ASKED_ACTIONS),
            "resource": self.choice(RESOURCES),
            "owner": self.choice(OWNERS),
            "context": context,
        }


def in_full(asked):
    """The request with the keys that its principal brings."""
    who, context = asked["who"], {k.lower(): v for k, v in asked["context"].items() if v}
    if who["kind"] == "user":
        context["aws:username"] = [who["name"].rpartition("/")[2]]
    if who["account"]:
        by_role = who["kind"] in ("session", "role")
        context["aws:principalarn"] = [who["entity"] if by_role else who["name"]]
    return asked | {"context": context}


def decision(asked, layers, unknown=()):
    who = asked["who"]
    by_kind = {
        "service": lambda: Principal.service(who["name"]),
        "anonymous": Principal.anonymous,
    }
    make = by_kind.get(who["kind"], lambda: Principal.of(who["name"], who.get("entity", "")))
    asks = (asked["action"], asked["resource"], asked["context"], asked["owner"])
    request = Request(make(), *asks, knows=lambda key: key not in unknown)
    single = {name: (layers[name] or [None])[0] for name in ("boundary", "resource", "endpoint")}
    return decide(request, PolicySet.of(**(layers | single)))


@pytest.mark.parametrize("seed", range(20))
def test_the_twin_decides_alike(seed):
    dice, seen = Dice(seed), set()
    for _ in range(200):
        asked = dice.asked()
        layers = dice.layers(asked["who"])
        wanted = expected(in_full(asked), layers)
        assert decision(asked, layers).verdict.value == wanted, json.dumps(
            {"asked": asked, "layers": layers}
        )
        seen.add(wanted)
    assert seen == {"allowed", "explicit deny", "implicit deny"}


BESIDE_KEYS = {BLOCK_PUBLIC_ACCESS, EXCEPTION, SESSION_NAME}


@pytest.mark.parametrize("seed", range(100, 110))
def test_a_value_that_turns_the_twin_is_one_that_the_verdict_rests_on(seed):
    """Try values for a key that the request lacks: if one turns it, the key must be named."""
    dice, turned, sure = Dice(seed), 0, 0
    for _ in range(300):
        asked = dice.asked()
        layers = dice.layers(asked["who"])
        said = json.dumps(layers)
        held_by = {k: held for keys, held, _ in VALUES.values() for k in keys if f'"{k}"' in said}
        held_by.pop("aws:PrincipalArn", None)
        if not held_by:
            continue
        key = dice.choice(sorted(held_by))
        held = held_by[key]
        asked["context"].pop(key, None)
        lacking = expected(in_full(asked), layers) == "allowed"
        filled = [asked | {"context": asked["context"] | {key: [value]}} for value in held]
        turns = {expected(in_full(each), layers) == "allowed" for each in filled} - {lacking}
        named = set(decision(asked, layers, {key.lower()}).rests_on) - BESIDE_KEYS
        assert {each.lower() for each in named} <= {key.lower()}
        assert named or not turns, json.dumps({"asked": asked, "layers": layers, "key": key})
        turned, sure = turned + bool(turns), sure + (not named)
    assert turned >= 1 and sure > 80
