"""Decisions in words: why, and what every statement made of the request."""

from dataclasses import dataclass
from typing import NamedTuple

from awsnb.mechanisms.authorization.layers import (
    BOUNDARY,
    ENDPOINT,
    IDENTITY,
    RESOURCE,
    SESSION,
    Bearing,
    Layer,
)
from awsnb.mechanisms.authorization.matching import Policy, Statement
from awsnb.mechanisms.authorization.principal import Grant, Kind
from awsnb.mechanisms.authorization.request import Request

_EFFECTS = {"Allow": "an allow", "Deny": "a deny"}
_OUTCOMES = {"allows": "allow", "denies": "deny", "is silent": "are silent"}


@dataclass(frozen=True)
class StatementTrace:
    """What a statement made of the request.

    Attributes
    ----------
    policy : str
        What the policy is called.
    index : int
        The statement's place in it, from 0.
    sid : str
        The statement's name; empty if it has none.
    effect : str
        ``Allow`` or ``Deny``.
    matched : bool
        Whether the statement applies to the request.
    why_not : str
        The first element that the request does not match, and how; empty if all match.
    """

    policy: str
    index: int
    sid: str
    effect: str
    matched: bool
    why_not: str

    @property
    def name(self) -> str:
        """What to call the statement: by its Sid, or by its place."""
        return f"statement {self.sid}" if self.sid else f"the {_ordinal(self.index + 1)} statement"

    def __str__(self) -> str:
        applies = "applies" if self.matched else f"does not apply: its {self.why_not}"
        name = self.name[0].upper() + self.name[1:]
        return f"{name} of {self.policy}, {_EFFECTS[self.effect]}, {applies}"


class LayerTrace(NamedTuple):
    """What a layer made of the request: it ``denies``, ``allows`` or ``is silent``."""

    name: str
    outcome: str
    statements: tuple[StatementTrace, ...]

    def __str__(self) -> str:
        if not self.statements:
            return f"There are no {self.name}."
        plural = self.name.endswith("policies") or " on level " in self.name
        outcome = _OUTCOMES[self.outcome] if plural else self.outcome
        return "\n".join([f"The {self.name} {outcome}:", *(f"  {s}." for s in self.statements)])


def trace_of(bearing: Bearing, request: Request) -> tuple[LayerTrace, ...]:
    """Try every statement of every layer that bears on the request."""
    return tuple(_layer(layer, request) for layer in bearing.layers)


def why_denied(layer: str, request: Request, bearing: Bearing) -> str:
    """Say which statement denies the request."""
    found = _deciding(layer, "Deny", request, bearing)
    return f"Denied: {found} denies {_what(request)}, and a deny overrides every allow."


def why_not_allowed(layer: str, request: Request, bearing: Bearing) -> str:
    """Say which layer lacks an allow, and why one is needed there."""
    if layer == RESOURCE:
        lack = f"no {_resource_policy(bearing)} grants {_what(request)} to the principal"
        return f"Denied: {lack}{_why_resource(request)}."
    reasons = {
        IDENTITY: _why_identity(request, bearing),
        SESSION: _why_session(bearing),
        BOUNDARY: ", and no other policy of the principal can give what it leaves out",
        ENDPOINT: ", and the request came through that endpoint",
    }
    levels = ", and every level from the organisation's root to the account must"
    reason = reasons.get(layer, levels)
    return f"Denied: nothing in the {layer} allows {_what(request)}{reason}."


def why_allowed(layer: str, request: Request, bearing: Bearing) -> str:
    """Say which statement allows the request, and what else had to agree or need not."""
    found = _deciding(layer, "Allow", request, bearing)
    also = _granted_to(request, bearing) if layer == RESOURCE else _allowed_too(request, bearing)
    return f"Allowed: {found} allows {_what(request)}{also}, and nothing denies it."


def why_unlimited(request: Request) -> str:
    """Say that the root user needs no policy."""
    limit = (
        "the resource's own policy can't deny it that" if request.unlocks else "nothing limits it"
    )
    return f"Allowed: the account's root user may do {_what(request)}, and {limit}."


def why_free(request: Request) -> str:
    """Say that the action is open to everyone who signed in."""
    return f"Allowed: {request.action} needs no permission, and no policy can take it away."


def doubt(keys: tuple[str, ...], allowed: bool) -> str:
    """Say that a verdict rests on keys that nobody told."""
    *others, last = keys
    listed = f"{', '.join(others)} and {last}" if others else last
    return (
        f"But this rests on {listed}, which nothing here tells: AWS knows, and may "
        f"{'deny' if allowed else 'allow'} it."
    )


def why_not_assumed(request: Request) -> str:
    """Say that the root user assumes no role."""
    return f"Denied: no role can be assumed with the root user's credentials ({_what(request)})."


def _why_resource(request: Request) -> str:
    if not request.principal.is_entity:
        return ", and nothing else could"
    if request.same_account:
        return "; this kind of resource needs that even within its account"
    return f"; account {request.resource_account} owns the resource, so both accounts must allow"


def _why_identity(request: Request, bearing: Bearing) -> str:
    if not request.same_account:
        return f", though the {_resource_policy(bearing)} does; between two accounts both must"
    if _grant(request, bearing) is Grant.ACCOUNT:
        return f"; the {_resource_policy(bearing)} names only the account, which leaves it to them"
    return ", and what no policy allows is denied"


def _why_session(bearing: Bearing) -> str:
    if any(layer.name == SESSION and layer.policies for layer in bearing.limits):
        return ", and a session gets no more than they allow"
    return ": there are none, and without them a federated user may do nothing"


def _granted_to(request: Request, bearing: Bearing) -> str:
    if not request.principal.is_entity:
        return ""
    if _grant(request, bearing) is Grant.DIRECT:
        return " directly to the principal, which then needs no other policy"
    behind = "user" if request.principal.kind is Kind.FEDERATED_USER else "role"
    return f" to the {behind} behind the session, which needs no identity policy"


def _allowed_too(request: Request, bearing: Bearing) -> str:
    if request.same_account:
        return ""
    return f", as the {_resource_policy(bearing)} of account {request.resource_account} does"


def _resource_policy(bearing: Bearing) -> str:
    kinds = {policy.kind for layer in bearing.resource for policy in layer.policies}
    return "trust policy" if kinds == {"trust"} else RESOURCE


def _grant(request: Request, bearing: Bearing) -> Grant:
    return max((layer.grant(request) for layer in bearing.resource), default=Grant.NONE)


def _deciding(layer: str, effect: str, request: Request, bearing: Bearing) -> str:
    """Name the statement that decides; of several in the resource's policy, the furthest grant."""
    found = [
        (policy, statement)
        for each in bearing.layers
        if each.name == layer
        for policy in each.policies
        for statement in policy.statements
        if statement.effect == effect and statement.applies(request)
    ]
    policy, statement = max(found, key=lambda pair: pair[1].grant(request))
    return f"{_statement(policy, statement, request).name} of {policy.name}"


def _what(request: Request) -> str:
    return f"{request.action} on {request.resource}"


def _layer(layer: Layer, request: Request) -> LayerTrace:
    statements = tuple(
        _statement(policy, statement, request)
        for policy in layer.policies
        for statement in policy.statements
    )
    matched = {statement.effect for statement in statements if statement.matched}
    outcome = "denies" if "Deny" in matched else "allows" if matched else "is silent"
    return LayerTrace(layer.name, outcome, statements)


def _statement(policy: Policy, statement: Statement, request: Request) -> StatementTrace:
    why_not = statement.why_not(request)
    return StatementTrace(
        policy.name, statement.index, statement.sid, statement.effect, not why_not, why_not
    )


def _ordinal(place: int) -> str:
    teen = 10 <= place % 100 <= 20
    return f"{place}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(place % 10, 'th')}"
