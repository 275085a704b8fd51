"""The decision: every policy that applies to a request, what they say together, and why.

An explicit deny anywhere is final; only the policy of a bucket or a queue can't keep its owner's
root user from mending it. Then each layer that limits (RCPs, SCPs on every level, the VPC
endpoint's policy) must allow. Then someone must grant: the identity's policies, the resource's, or
for another account's resource both. What is granted is limited by the permissions boundary and the
session's policies, unless the resource's policy names the principal itself.

Notes
-----
IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests within a single account"
and "Cross-account policy evaluation logic"; AWS Organizations User Guide, "SCP evaluation" and "RCP
evaluation".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any

from awsnb.mechanisms.authorization import explanation
from awsnb.mechanisms.authorization.certainty import rests_on
from awsnb.mechanisms.authorization.documents import parse
from awsnb.mechanisms.authorization.layers import IDENTITY, RESOURCE, Bearing, PolicySet
from awsnb.mechanisms.authorization.matching import Policy
from awsnb.mechanisms.authorization.principal import Grant, Kind, Principal
from awsnb.mechanisms.authorization.request import Knows, Request, knows_all

ROOT = "account root user"
FREE = "no permission needed"

_FREE_TO = {
    "sts:getcalleridentity": frozenset(Kind) - {Kind.ANONYMOUS},
    "sts:getsessiontoken": frozenset({Kind.USER, Kind.ROOT}),
}
"""Actions that need no permission and no policy can deny, and to whom they are open.

Notes
-----
STS API Reference, "GetCallerIdentity"; IAM User Guide, "Permissions for GetSessionToken", which
temporary credentials can't call.
"""


class Verdict(StrEnum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"


@dataclass(frozen=True)
class Decision:
    """What becomes of a request, and why.

    Attributes
    ----------
    verdict : Verdict
    layer : str
        The layer that decided: that which denies, lacks an allow, or grants.
    request : Request
    policies : PolicySet
    """

    verdict: Verdict
    layer: str
    request: Request = field(repr=False)
    policies: PolicySet = field(repr=False)

    @property
    def allowed(self) -> bool:
        """Whether the request is allowed."""
        return self.verdict is Verdict.ALLOWED

    @cached_property
    def trace(self) -> tuple[explanation.LayerTrace, ...]:
        """Every layer and statement: whether it matched, and if not, at which element first."""
        return explanation.trace_of(self.policies.bearing_on(self.request), self.request)

    @property
    def why(self) -> str:
        """The decision in one sentence."""
        if self.layer == FREE:
            return explanation.why_free(self.request)
        if self.layer == ROOT:
            as_root = explanation.why_unlimited if self.allowed else explanation.why_not_assumed
            return as_root(self.request)
        say = {
            Verdict.ALLOWED: explanation.why_allowed,
            Verdict.EXPLICIT_DENY: explanation.why_denied,
            Verdict.IMPLICIT_DENY: explanation.why_not_allowed,
        }[self.verdict]
        return say(self.layer, self.request, self.policies.bearing_on(self.request))

    @cached_property
    def rests_on(self) -> tuple[str, ...]:
        """The keys that nobody knows and that could turn the verdict; see `Request` on `knows`."""
        if self.layer == ROOT and not self.allowed:
            return ()
        return rests_on(
            self.request,
            self.policies,
            self.allowed,
            lambda policies: _verdict(self.request, policies)[0] is Verdict.ALLOWED,
        )

    @property
    def doubt(self) -> str:
        """What the verdict rests on, in one sentence; empty if on nothing that is not known."""
        return explanation.doubt(self.rests_on, self.allowed) if self.rests_on else ""

    @property
    def sentence(self) -> str:
        """Why, and what that rests on."""
        return f"{self.why} {self.doubt}".rstrip()

    def explain(self) -> str:
        """Why, what that rests on, then the whole trace, as text."""
        return "\n".join([self.sentence, *map(str, self.trace)])


def decide(request: Request, policies: PolicySet) -> Decision:
    """Decide a request.

    Parameters
    ----------
    request : Request
    policies : PolicySet
        Parsed once, it decides any number of requests.

    Returns
    -------
    Decision
        Its words are made when first asked for.

    Examples
    --------
    >>> allow = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::logs/*"}
    >>> policies = PolicySet.of(identity=[{"Statement": allow}])
    >>> ann = "arn:aws:iam::111122223333:user/ann"
    >>> decide(Request(ann, "s3:PutObject", "*"), policies).why
    'Denied: nothing in the identity policies allows s3:PutObject on *, and what no policy allows is denied.'
    """  # noqa: E501
    return Decision(*_verdict(request, policies), request, policies)


def can_assume(
    principal: Principal | str | Mapping[str, str],
    role: str,
    trust: Policy | str | Mapping[str, Any],
    policies: PolicySet | None = None,
    context: Mapping[str, Any] | None = None,
    action: str = "sts:AssumeRole",
    knows: Knows = knows_all,
) -> Decision:
    """Decide whether a principal may assume a role.

    Parameters
    ----------
    principal : Principal, str or mapping
        Who asks; see `Request`.
    role : str
        ARN of the role.
    trust : Policy, str or dict
        The role's trust policy: JSON text, a dict, or parsed as ``kind="trust"``. It must allow,
        within an account too; if it names but the account, the principal's own policies must allow
        as well.
    policies : PolicySet, optional
        The principal's policies, and those of the organisation.
    context : mapping, optional
        See `Request`: ``sts:ExternalId`` and the like.
    action : str
        ``sts:AssumeRole``, ``sts:AssumeRoleWithSAML``, ``sts:AssumeRoleWithWebIdentity``, or what
        the call asks besides, as ``sts:TagSession``.
    knows : callable, optional
        See `Request`.

    Returns
    -------
    Decision

    Examples
    --------
    >>> allow = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    >>> trust = {"Statement": allow | {"Principal": {"AWS": "444455556666"}}}
    >>> own = PolicySet.of(identity={"Statement": allow | {"Resource": "*"}})
    >>> eve, role = "arn:aws:iam::444455556666:user/eve", "arn:aws:iam::111122223333:role/ops"
    >>> can_assume(eve, role, trust).allowed, can_assume(eve, role, trust, own).allowed
    (False, True)
    """
    request = Request(principal, action, role, context, knows=knows)
    parsed = trust if isinstance(trust, Policy) else parse(trust, "trust", "the trust policy")
    all_policies = replace(policies or PolicySet(), resource=parsed, resource_must_allow=True)
    if request.principal.kind is Kind.ROOT:
        return Decision(Verdict.IMPLICIT_DENY, ROOT, request, all_policies)
    return decide(request, all_policies)


def _verdict(request: Request, policies: PolicySet) -> tuple[Verdict, str]:
    if request.principal.kind in _FREE_TO.get(request.action_lower, ()):
        return Verdict.ALLOWED, FREE
    bearing = policies.bearing_on(request)
    for layer in bearing.layers:
        if layer.denies(request):
            return Verdict.EXPLICIT_DENY, layer.name
    for gate in bearing.gates:
        if not gate.allows(request):
            return Verdict.IMPLICIT_DENY, gate.name
    return _granted(request, bearing, policies.resource_must_allow)


def _granted(request: Request, bearing: Bearing, resource_must_allow: bool) -> tuple[Verdict, str]:
    grant = max((layer.grant(request) for layer in bearing.resource), default=Grant.NONE)
    is_entity, same_account = request.principal.is_entity, request.same_account
    if grant is Grant.DIRECT and (same_account or not is_entity):
        return Verdict.ALLOWED, RESOURCE
    may_lack_grant = same_account and is_entity and not resource_must_allow
    if grant is Grant.NONE and not may_lack_grant:
        return Verdict.IMPLICIT_DENY, RESOURCE
    by = _granted_by(request, bearing, grant)
    if not by:
        return Verdict.IMPLICIT_DENY, IDENTITY
    for limit in bearing.limits:
        if not limit.allows(request):
            return Verdict.IMPLICIT_DENY, limit.name
    return Verdict.ALLOWED, by


def _granted_by(request: Request, bearing: Bearing, grant: Grant) -> str:
    if request.same_account and grant is Grant.ENTITY:
        return RESOURCE
    if request.principal.is_unlimited:
        return ROOT
    return IDENTITY if any(layer.allows(request) for layer in bearing.identity) else ""
