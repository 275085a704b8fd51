"""The decision: every policy that applies to a request, what they say together, and why.

An explicit deny anywhere is final. Then each layer that limits (RCPs, SCPs on every level, the VPC
endpoint's policy) must allow. Then someone must grant: the identity's policies, the resource's, or
for another account's resource both. What is granted is limited by the permissions boundary and the
session's policies, unless the resource's policy names the principal itself.

Notes
-----
IAM User Guide, "Policy evaluation logic", "Policy evaluation for requests within a single account"
and "Cross-account policy evaluation logic"; AWS Organizations User Guide, "SCP evaluation" and "RCP
evaluation".
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple, Self

from awsnb.mechanisms.authorization.documents import called, parse
from awsnb.mechanisms.authorization.matching import Policy, Statement
from awsnb.mechanisms.authorization.request import Grant, Kind, Principal, Request

RESOURCE, IDENTITY, ROOT = "resource policy", "identity policies", "account root user"
BOUNDARY, SESSION, ENDPOINT = "permissions boundary", "session policies", "VPC endpoint policy"

Levels = tuple[tuple[Policy, ...], ...]


class Verdict(StrEnum):
    """What becomes of a request."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicit deny"
    IMPLICIT_DENY = "implicit deny"


class Layer(NamedTuple):
    """Policies that speak with one voice: a deny of any, else an allow of any."""

    name: str
    policies: tuple[Policy, ...]

    def denies(self, request: Request) -> bool:
        """Whether any statement denies the request."""
        for policy in self.policies:
            for statement in policy.denies:
                if statement.applies(request):
                    return True
        return False

    def allows(self, request: Request) -> bool:
        """Whether any statement allows the request, a deny apart."""
        for policy in self.policies:
            for statement in policy.allows:
                if statement.applies(request):
                    return True
        return False

    def grant(self, request: Request) -> Grant:
        """How far the furthest of the statements that allow reaches."""
        return max((policy.grant(request) for policy in self.policies), default=Grant.NONE)


class Bearing(NamedTuple):
    """The layers that bear on one request, in the order they are evaluated.

    Attributes
    ----------
    rcps : tuple of Layer
        They only deny.
    gates : tuple of Layer
        SCPs and the endpoint's policy: each must allow, none grants.
    resource, identity : tuple of Layer
        They grant; one or none of each.
    limits : tuple of Layer
        Boundary and session policies: each must allow what is granted.
    """

    rcps: tuple[Layer, ...]
    gates: tuple[Layer, ...]
    resource: tuple[Layer, ...]
    identity: tuple[Layer, ...]
    limits: tuple[Layer, ...]

    @property
    def layers(self) -> tuple[Layer, ...]:
        """All of them."""
        return self.rcps + self.gates + self.resource + self.identity + self.limits


@dataclass(frozen=True)
class PolicySet:
    """Every policy that may bear on a request.

    Attributes
    ----------
    identity : tuple of Policy
        Attached to the user or the role.
    groups : mapping of str to tuple of Policy
        Attached to the user's groups, by group.
    boundary : Policy, optional
        The user's or the role's permissions boundary.
    session : tuple of Policy
        Passed when the session was made.
    resource : Policy, optional
        Attached to the resource.
    resource_must_allow : bool
        Whether a grant of the resource's policy is needed even within the account, as for KMS keys
        and the trust policies of roles.
    scps, rcps : tuple of tuple of Policy
        Per level of the organisation, from its root to the account: the principal's for SCPs, the
        resource's for RCPs. No levels: no organisation. Every level of SCPs must allow; RCPs only
        ever deny, since RCPFullAWSAccess cannot be detached. RCPs bear on some services only: leave
        them out for others.
    management_account : str
        The organisation's management account, whose principals no SCP limits and whose resources no
        RCP does.
    endpoint : Policy, optional
        Of the VPC endpoint that the request came through.
    """

    identity: tuple[Policy, ...] = ()
    groups: Mapping[str, tuple[Policy, ...]] = field(default_factory=dict)
    boundary: Policy | None = None
    session: tuple[Policy, ...] = ()
    resource: Policy | None = None
    resource_must_allow: bool = False
    scps: Levels = ()
    rcps: Levels = ()
    management_account: str = ""
    endpoint: Policy | None = None

    @classmethod
    def of(
        cls,
        identity: Iterable[Any] = (),
        groups: Mapping[str, Iterable[Any]] | None = None,
        boundary: Any = None,
        session: Iterable[Any] = (),
        resource: Any = None,
        resource_must_allow: bool = False,
        scps: Iterable[Iterable[Any]] = (),
        rcps: Iterable[Iterable[Any]] = (),
        management_account: str = "",
        endpoint: Any = None,
    ) -> Self:
        """Parse the documents of every layer; see the class for what each is.

        Raises
        ------
        PolicyError
            If a document is not a policy of the kind that its place asks for.
        """
        named = {group: _parsed(each, "identity") for group, each in (groups or {}).items()}
        return cls(
            _parsed(identity, "identity"),
            named,
            _parsed_one(boundary, "boundary"),
            _parsed(session, "session"),
            _parsed_one(resource, "resource"),
            resource_must_allow,
            tuple(_parsed(level, "scp") for level in scps),
            tuple(_parsed(level, "rcp") for level in rcps),
            management_account,
            _parsed_one(endpoint, "endpoint"),
        )

    def bearing_on(self, request: Request) -> "Bearing":
        """The layers that bear on the request, by what they can do."""
        principal = request.principal
        owns_policies = principal.is_entity and principal.kind is not Kind.ROOT
        return Bearing(
            self._rcps if self._organisation_limits(principal, request.resource_account) else (),
            self._gates(principal),
            self._of_resource,
            (self._identity,) if owns_policies else (),
            self._limits(principal) if owns_policies else (),
        )

    def _gates(self, principal: Principal) -> tuple[Layer, ...]:
        if principal.is_entity and self._organisation_limits(principal, principal.account):
            return self._scps + self._of_endpoint
        return self._of_endpoint

    def _limits(self, principal: Principal) -> tuple[Layer, ...]:
        if self.session or principal.kind is Kind.FEDERATED_USER:
            return self._of_boundary + self._of_session
        return self._of_boundary

    def _organisation_limits(self, principal: Principal, account: str) -> bool:
        manages = bool(account) and account == self.management_account
        return not (manages or principal.is_service_linked)

    @cached_property
    def _rcps(self) -> tuple[Layer, ...]:
        return _levels("RCP", self.rcps)

    @cached_property
    def _scps(self) -> tuple[Layer, ...]:
        return _levels("SCP", self.scps)

    @cached_property
    def _of_endpoint(self) -> tuple[Layer, ...]:
        return _layer_if(ENDPOINT, self.endpoint)

    @cached_property
    def _of_resource(self) -> tuple[Layer, ...]:
        if self.resource and self.boundary:
            return _layer_if(RESOURCE, self.resource.for_bounded())
        return _layer_if(RESOURCE, self.resource)

    @cached_property
    def _of_boundary(self) -> tuple[Layer, ...]:
        return _layer_if(BOUNDARY, self.boundary)

    @cached_property
    def _of_session(self) -> tuple[Layer, ...]:
        return (Layer(SESSION, self.session),)

    @cached_property
    def _identity(self) -> Layer:
        of_groups = (
            replace(policy, name=f"{policy.name} of group {group}")
            for group, policies in self.groups.items()
            for policy in policies
        )
        return Layer(IDENTITY, (*self.identity, *of_groups))


@dataclass(frozen=True)
class StatementTrace:
    """What a statement made of the request."""

    policy: str
    index: int
    sid: str
    effect: str
    matched: bool
    why_not: str

    def __str__(self) -> str:
        name = f"{self.policy}, statement {self.index}" + (f" ({self.sid})" if self.sid else "")
        return f"{name}, {self.effect}: " + ("matches" if self.matched else self.why_not)


class LayerTrace(NamedTuple):
    """What a layer made of the request: it denies, allows, or is silent."""

    name: str
    outcome: str
    statements: tuple[StatementTrace, ...]

    def __str__(self) -> str:
        lines = [f"{self.name}: {self.outcome}", *(f"  {each}" for each in self.statements)]
        return "\n".join(lines)


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
    def trace(self) -> tuple[LayerTrace, ...]:
        """Every layer and statement: whether it matched, and if not, at which element first."""
        bearing = self.policies.bearing_on(self.request)
        return tuple(_trace(layer, self.request) for layer in bearing.layers)

    @property
    def why(self) -> str:
        """The decision in one sentence."""
        what = f"{self.request.action} on {self.request.resource}"
        if self.verdict is Verdict.EXPLICIT_DENY:
            return f"Denied: {self._deciding('Deny')} denies {what}."
        if self.verdict is Verdict.IMPLICIT_DENY:
            return f"Denied: {_LACKING.get(self.layer, _LACKS).format(self.layer, what)}."
        if self.layer == ROOT:
            return f"Allowed: the account's root user may do {what}, and nothing limits it."
        return f"Allowed: {self._deciding('Allow')} allows {what}, and nothing denies it."

    def explain(self) -> str:
        """Why, then the whole trace, as text."""
        return "\n".join([self.why, *map(str, self.trace)])

    def _deciding(self, effect: str) -> str:
        statements = (
            statement
            for layer in self.trace
            if layer.name == self.layer
            for statement in layer.statements
            if statement.matched and statement.effect == effect
        )
        found = next(statements)
        sid = f" ({found.sid})" if found.sid else ""
        return f"statement {found.index}{sid} of {found.policy} ({self.layer})"


ASSUME_AS_ROOT = "root user's credentials"
_LACKS = "nothing in the {0} allows {1}"
_LACKING = {
    ASSUME_AS_ROOT: "no role can be assumed with the {0}",
    RESOURCE: "no {0} grants {1} to the principal",
}


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
    >>> decide(Request(ann, "s3:PutObject", "arn:aws:s3:::logs/today"), policies).why
    'Denied: nothing in the identity policies allows s3:PutObject on arn:aws:s3:::logs/today.'
    """
    return Decision(*_verdict(request, policies), request, policies)


def can_assume(
    principal: Principal | str,
    role: str,
    trust: Policy,
    policies: PolicySet | None = None,
    context: Mapping[str, Any] | None = None,
    action: str = "sts:AssumeRole",
) -> Decision:
    """Decide whether a principal may assume a role.

    Parameters
    ----------
    principal : Principal or str
        Who asks: its name, or itself.
    role : str
        ARN of the role.
    trust : Policy
        The role's trust policy, parsed as ``kind="trust"``. It must allow, within an account too;
        if it names but the account, the principal's own policies must allow as well.
    policies : PolicySet, optional
        The principal's policies, and those of the organisation.
    context : mapping, optional
        See `Request`: ``sts:ExternalId`` and the like.
    action : str
        ``sts:AssumeRole``, ``sts:AssumeRoleWithSAML`` or ``sts:AssumeRoleWithWebIdentity``.

    Returns
    -------
    Decision
    """
    request = Request(principal, action, role, context)
    all_policies = replace(policies or PolicySet(), resource=trust, resource_must_allow=True)
    if request.principal.kind is Kind.ROOT:
        return Decision(Verdict.IMPLICIT_DENY, ASSUME_AS_ROOT, request, all_policies)
    return decide(request, all_policies)


def _verdict(request: Request, policies: PolicySet) -> tuple[Verdict, str]:
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


def _trace(layer: Layer, request: Request) -> LayerTrace:
    statements = tuple(
        _trace_statement(policy, statement, request)
        for policy in layer.policies
        for statement in policy.statements
    )
    matched = {statement.effect for statement in statements if statement.matched}
    outcome = "denies" if "Deny" in matched else "allows" if matched else "is silent"
    return LayerTrace(layer.name, outcome, statements)


def _trace_statement(policy: Policy, statement: Statement, request: Request) -> StatementTrace:
    why_not = statement.why_not(request)
    return StatementTrace(
        policy.name, statement.index, statement.sid, statement.effect, not why_not, why_not
    )


def _levels(name: str, levels: Levels) -> tuple[Layer, ...]:
    return tuple(
        Layer(f"{name}s on level {place} of {len(levels)}", policies)
        for place, policies in enumerate(levels, start=1)
    )


def _layer_if(name: str, policy: Policy | None) -> tuple[Layer, ...]:
    return (Layer(name, (policy,)),) if policy else ()


def _parsed_one(document: Any, kind: str) -> Policy | None:
    if document is None or isinstance(document, Policy):
        return document
    return parse(document, kind)


def _parsed(documents: Iterable[Any], kind: str) -> tuple[Policy, ...]:
    return tuple(
        document
        if isinstance(document, Policy)
        else parse(document, kind, f"{called(kind)} {place}")
        for place, document in enumerate(documents, start=1)
    )
