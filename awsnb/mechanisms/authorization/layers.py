"""The layers of policies that bear on a request: what may deny it, allow it or limit it.

Notes
-----
IAM User Guide, "How AWS enforcement code logic evaluates requests to allow or deny access"; AWS
Organizations User Guide, "Tasks and entities not restricted by SCPs" and "Resources and entities
not restricted by RCPs".
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NamedTuple, Self

from awsnb.mechanisms.authorization.documents import (
    KINDS,
    OF_IDENTITIES,
    PolicyError,
    called,
    parse,
)
from awsnb.mechanisms.authorization.matching import Policy
from awsnb.mechanisms.authorization.principal import SERVICE_LINKED, Grant, Kind, Principal, shown
from awsnb.mechanisms.authorization.request import Request

RESOURCE, IDENTITY = "resource policy", "identity policies"
BOUNDARY, SESSION, ENDPOINT = "permissions boundary", "session policies", "VPC endpoint policy"

PLACES = {kind: kind for kind in KINDS} | dict.fromkeys(OF_IDENTITIES, "identity")
PLACES |= {"trust": "resource"}
"""What may stand for what: an identity policy for a boundary, a trust policy for a resource's."""

RETIRE_GRANT = "kms:retiregrant"
"""The one action that no RCP limits."""

Levels = tuple[tuple[Policy, ...], ...]


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
    resource_unknown : bool
        Whether the resource may have a policy that nobody told; see `Decision.rests_on`.
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
    resource_unknown: bool = False

    @classmethod
    def of(
        cls,
        identity: Any = (),
        groups: Mapping[str, Any] | None = None,
        boundary: Any = None,
        session: Any = (),
        resource: Any = None,
        resource_must_allow: bool = False,
        scps: Iterable[Any] = (),
        rcps: Iterable[Any] = (),
        management_account: str = "",
        endpoint: Any = None,
    ) -> Self:
        """Parse the documents of every layer; see the class for what each is.

        A document is JSON text, what `json.loads` makes of it, or a parsed `Policy`. Where there
        may be several, one alone will do.

        Raises
        ------
        PolicyError
            If a document is not a policy of the kind that its place asks for; it says which.

        Examples
        --------
        >>> PolicySet.of(boundary={"Statement": {"Effect": "Permit"}})
        Traceback (most recent call last):
        awsnb.mechanisms.authorization.documents.PolicyError: the boundary policy: Statement[0]: Effect must be Allow or Deny, not 'Permit'.
        """  # noqa: E501
        return cls(
            _parsed("identity", identity, "identity"),
            {
                group: _parsed("groups", each, "identity", f" of group {group}")
                for group, each in _group_items(groups)
            },
            _parsed_one(boundary, "boundary"),
            _parsed("session", session, "session"),
            _parsed_one(resource, "resource"),
            resource_must_allow,
            _parsed_levels("scps", scps, "scp"),
            _parsed_levels("rcps", rcps, "rcp"),
            management_account,
            _parsed_one(endpoint, "endpoint"),
        )

    def changed(self, change: Callable[[Policy], Policy]) -> "PolicySet":
        """The same, with something changed in every policy."""

        def all_of(policies: tuple[Policy, ...]) -> tuple[Policy, ...]:
            return tuple(map(change, policies))

        def one(policy: Policy | None) -> Policy | None:
            return change(policy) if policy else None

        return replace(
            self,
            identity=all_of(self.identity),
            groups={group: all_of(policies) for group, policies in self.groups.items()},
            boundary=one(self.boundary),
            session=all_of(self.session),
            resource=one(self.resource),
            scps=tuple(map(all_of, self.scps)),
            rcps=tuple(map(all_of, self.rcps)),
            endpoint=one(self.endpoint),
        )

    def bearing_on(self, request: Request) -> "Bearing":
        """The layers that bear on the request, by what they can do."""
        principal = request.principal
        owns_policies = principal.is_entity and principal.kind is not Kind.ROOT
        return Bearing(
            self._rcps if self._rcps_bear_on(request) else (),
            self._gates(principal),
            self._resource_layers(request, owns_policies),
            (self._identity,) if owns_policies else (),
            self._limits(principal) if owns_policies else (),
        )

    def _resource_layers(self, request: Request, owns_policies: bool) -> tuple[Layer, ...]:
        if owns_policies:
            return self._of_resource_to_bounded
        return () if request.unlocks else self._of_resource

    def _rcps_bear_on(self, request: Request) -> bool:
        exempt = request.action_lower == RETIRE_GRANT or SERVICE_LINKED in request.resource
        return not exempt and self._organisation_limits(request.principal, request.resource_account)

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
        return _layer_if(RESOURCE, self.resource)

    @cached_property
    def _of_resource_to_bounded(self) -> tuple[Layer, ...]:
        if self.resource and self.boundary:
            return _layer_if(RESOURCE, self.resource.for_bounded())
        return self._of_resource

    @cached_property
    def _of_boundary(self) -> tuple[Layer, ...]:
        return _layer_if(BOUNDARY, self.boundary)

    @cached_property
    def _of_session(self) -> tuple[Layer, ...]:
        return (Layer(SESSION, self.session),)

    @cached_property
    def _identity(self) -> Layer:
        of_groups = (policy for policies in self.groups.values() for policy in policies)
        return Layer(IDENTITY, (*self.identity, *of_groups))


def _levels(name: str, levels: Levels) -> tuple[Layer, ...]:
    return tuple(
        Layer(f"{name}s on level {place} of {len(levels)}", policies)
        for place, policies in enumerate(levels, start=1)
    )


def _layer_if(name: str, policy: Policy | None) -> tuple[Layer, ...]:
    return (Layer(name, (policy,)),) if policy else ()


def _parsed_one(document: Any, kind: str) -> Policy | None:
    return None if document is None else _parse(document, kind, f"the {called(kind)}")


def _parsed(where: str, documents: Any, kind: str, of: str = "") -> tuple[Policy, ...]:
    return tuple(
        _parse(document, kind, f"{called(kind)} {place}{of}")
        for place, document in enumerate(_several(where, documents), start=1)
    )


def _parsed_levels(where: str, levels: Any, kind: str) -> Levels:
    return tuple(
        _parsed(where, level, kind, f" on level {place}")
        for place, level in enumerate(_several(where, levels), start=1)
    )


def _several(where: str, documents: Any) -> Iterable[Any]:
    if isinstance(documents, str | Mapping | Policy):
        return (documents,)
    if not isinstance(documents, Iterable):
        raise PolicyError(
            f"{where}: must be a policy or a list of policies, not {shown(documents)}."
        )
    return documents


def _group_items(groups: Any) -> Iterable[tuple[str, Any]]:
    if groups is not None and not isinstance(groups, Mapping):
        raise PolicyError(f"groups: must be lists of policies by group, not {shown(groups)}.")
    return (groups or {}).items()


def _parse(document: Any, kind: str, name: str) -> Policy:
    if not isinstance(document, Policy):
        return parse(document, kind, name)
    if PLACES[document.kind] != PLACES[kind]:
        raise PolicyError(f"{name}: was parsed as a policy of kind {document.kind!r}.")
    return document
