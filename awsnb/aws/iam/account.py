"""An account: who is in it, which policies they have, and what stands around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from awsnb import facts
from awsnb.aws.iam.reference import has_resource, object_tag_key, region_of, tag_keys
from awsnb.mechanisms.authorization import Policy, PolicySet, Principal, Request
from awsnb.mechanisms.authorization.principal import Kind, shown
from awsnb.scenario import ScenarioError, closest

IAM = facts.load("iam")
_ASKS_TRUST = ("sts:assumerole", "sts:tagsession", "sts:setsourceidentity")
"""How the actions begin that a role's trust policy has to allow."""


@dataclass(frozen=True)
class Entity:
    """A principal of an account: what is attached to it, and in which groups it is."""

    principal: Principal
    policies: tuple[Policy, ...] = ()
    groups: tuple[str, ...] = ()
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    trust: Policy | None = None

    @property
    def is_session(self) -> bool:
        """Whether it asks with a role's credentials, which are temporary."""
        return self.principal.kind in (Kind.ROLE, Kind.ROLE_SESSION)


@dataclass(frozen=True)
class Resource:
    """A resource that has a policy or tags of its own."""

    policy: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


NOT_LISTED = Resource()


@dataclass(frozen=True)
class Account:
    """An account, its policies parsed.

    Attributes
    ----------
    number : str
        Its twelve digits.
    entities : mapping of str to Entity
        Users, roles, visitors and the root user, by name.
    groups : mapping of str to tuple of Policy
    resources : mapping of str to Resource
        By ARN.
    scps, rcps : tuple of tuple of Policy
        Per level, from the root of the organisation.
    watch : mapping of str to (str, str)
        Actions and ARNs to keep an eye on.
    """

    number: str
    entities: Mapping[str, Entity]
    groups: Mapping[str, tuple[Policy, ...]]
    resources: Mapping[str, Resource]
    scps: tuple[tuple[Policy, ...], ...]
    rcps: tuple[tuple[Policy, ...], ...]
    endpoint: Policy | None
    management_account: str
    watch: Mapping[str, tuple[str, str]]

    def entity(self, name: str) -> Entity:
        """Find a principal by its name, ARN or unique ID, or a role by that of a session of its.

        Raises
        ------
        ScenarioError
            If there is none of that name.
        """
        listed = self.name_of(name)
        if listed is None:
            raise ScenarioError(
                f"principal = {shown(name)}: must be one of {_some(list(self.entities))}."
                + closest(name, self.entities)
            )
        found, session = self.entities[listed], _session(name)
        if session and found.principal.kind is Kind.ROLE:
            return replace(found, principal=_in_session(found.principal, session))
        return found

    def name_of(self, name: str) -> str | None:
        """How the principal is listed that has this name, ARN or ID; None if there is none."""
        return name if name in self.entities else self._names.get(_role_of(name))

    @cached_property
    def _names(self) -> dict[str, str]:
        """How a principal is listed, by its ARN and ID; a role by its sessions' ARN too."""
        found: dict[str, str] = {}
        for name, one in self.entities.items():
            of = one.principal
            ids = (of.name, of.user_id, _role_arn(of) if of.kind is Kind.ROLE else "")
            found |= {each: name for each in ids if each}
        return found

    def resource(self, arn: str) -> Resource:
        """What is attached to a resource, or to the one it stands below; nothing if not listed."""
        while arn and arn not in self.resources:
            arn = arn[: max(arn.rfind("/"), arn.rfind(":"), 0)]
        return self.resources[arn] if arn else NOT_LISTED

    def trust_of(self, action: str, arn: str) -> Policy | None:
        """The trust policy that an action asks for: that of the role which is to be assumed.

        Of a role of the account that has none, or is not listed: one without a statement.
        """
        if not action.lower().startswith(_ASKS_TRUST):
            return None
        is_own = _account_in(arn) == self.number and ":role/" in arn
        return self._trust.get(arn, Policy("the trust policy", "trust", ()) if is_own else None)

    def policies_on(self, name: str, action: str, arn: str) -> PolicySet:
        """Every policy that may bear on what a principal does to a resource, a trust apart."""
        entity = self.entity(name)
        service = action.partition(":")[0].lower()
        at_home = entity.principal.account == self.number
        with_rcps = IAM.value("rcp", "services").split()
        limited = service in with_rcps and has_resource(action) and self._owns(arn)
        return PolicySet(
            identity=entity.policies,
            groups={group: self.groups[group] for group in entity.groups},
            boundary=entity.boundary,
            resource=self.resource(arn).policy,
            resource_must_allow=_is_key(arn) and IAM.value("kms", "key_policy_must_allow"),
            scps=self.scps if at_home else (),
            rcps=self.rcps if limited else (),
            management_account=self.management_account,
            endpoint=self.endpoint,
            resource_unknown=self.resource(arn) is NOT_LISTED and self._has_policy(service, arn),
        )

    def _has_policy(self, service: str, arn: str) -> bool:
        """Whether a resource surely has a policy that matters: a KMS key, or another account's.

        IAM's own actions are of one account: no role can be passed to another.
        """
        is_elsewhere = _account_in(arn) not in ("", "aws", self.number)
        return _is_key(arn) or (is_elsewhere and service != "iam")

    @cached_property
    def _trust(self) -> dict[str, Policy]:
        entities = self.entities.values()
        return {one.principal.entity: one.trust for one in entities if one.trust}

    def context(self, name: str, action: str, arn: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The context of a request: the tags of both sides, its Region, and what is given.

        Notes
        -----
        A resource of a Region is asked for there, so that ``aws:RequestedRegion`` is told by its
        ARN, or by the action's service if that has one endpoint for all Regions. A resource's tags
        go by the keys of the action's service too.
        """
        entity = self.entity(name)
        tags = {f"aws:PrincipalTag/{k}": value for k, value in entity.tags.items()}
        of_resource = self._tags_of(arn) | _tags_in(given, tag_keys(action, arn))
        for key in tag_keys(action, arn):
            tags |= {f"{key}/{k}": value for k, value in of_resource.items()}
        if arn in self.resources and object_tag_key(action):
            own = self.resources[arn].tags
            tags |= {f"{object_tag_key(action)}/{k}": value for k, value in own.items()}
        is_standard = not entity.principal.name.startswith("arn:aws-")
        region = "".join(arn.split(":")[3:4]) or (region_of(action) if is_standard else "")
        told = self._service_keys(entity.principal, action, arn, region)
        return tags | told | ({"aws:RequestedRegion": region} if region else {}) | dict(given)

    def _service_keys(
        self, principal: Principal, action: str, arn: str, region: str
    ) -> dict[str, str]:
        """The keys of an action's service that hold what a global key holds.

        Notes
        -----
        KMS Developer Guide, "AWS KMS condition keys"; Service Authorization Reference, Amazon S3
        and Amazon EC2.
        """
        own = {
            "kms:CallerAccount": principal.account,
            "s3:ResourceAccount": _account_in(arn) or self.number,
            "ec2:Region": region,
        }
        service = action.partition(":")[0].lower()
        return {key: told for key, told in own.items() if told and key.startswith(f"{service}:")}

    def _tags_of(self, arn: str) -> dict[str, Any]:
        """The tags of a resource, which may be a user or a role."""
        listed = self._names.get(arn)
        own = self.entities[listed].tags if listed else {}
        return {**own, **self.resource(arn).tags}

    def known_tags(self, entity: Entity, action: str, arn: str) -> tuple[str, ...]:
        """The beginnings of the tag keys that the account lists in full, in small letters."""
        known = [] if self._may_bring_tags(entity) else ["aws:principaltag/"]
        is_listed = self.resource(arn) is not NOT_LISTED or arn in self._names
        if is_listed or not has_resource(action):
            known += [f"{key.lower()}/" for key in tag_keys(action, arn)]
        if arn in self.resources and object_tag_key(action):
            known.append(f"{object_tag_key(action).lower()}/")
        return tuple(known)

    def _may_bring_tags(self, entity: Entity) -> bool:
        """Whether the tags of who asks may be those of its session, which nothing here lists.

        Notes
        -----
        IAM User Guide, "Pass session tags in AWS STS": the role's trust policy must allow
        ``sts:TagSession``, which that of another account's role may.
        """
        if not entity.is_session:
            return False
        if entity.principal.account != self.number:
            return True
        request = Request(entity.principal, "sts:TagSession", entity.principal.entity)
        allows = entity.trust.allows if entity.trust else ()
        return any(statement.elements[0].matches(request) for statement in allows)

    def owner(self, arn: str) -> str | None:
        """Who owns a resource whose ARN does not say so: this account."""
        return None if _account_in(arn) else self.number

    def _owns(self, arn: str) -> bool:
        return _account_in(arn) in ("", self.number)

    def with_entity(self, name: str, **changes: Any) -> "Account":
        """The account with something else attached to a principal."""
        known = self.name_of(name) or name
        changed = replace(self.entities[known], **changes)
        return replace(self, entities={**self.entities, known: changed})

    def with_policy_on(self, arn: str, policy: Policy) -> "Account":
        """The account with another policy on a resource."""
        changed = replace(self.resource(arn), policy=policy)
        return replace(self, resources={**self.resources, arn: changed})

    def with_scp(self, policy: Policy) -> "Account":
        """The account with one more SCP attached to itself, its lowest level."""
        *above, own = self.scps or ((),)
        return replace(self, scps=(*above, (*own, policy)))


def _is_key(arn: str) -> bool:
    parts = arn.split(":", 5)
    return parts[2:3] == ["kms"] and parts[-1].startswith("key/")


def _some(names: list[str], most: int = 12) -> str:
    listed = ", ".join(names[:most])
    return listed if len(names) <= most else f"{listed} and {len(names) - most:,} more"


def _tags_in(given: Mapping[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """The tags of the resource that a context gives under any of the keys for them."""
    small = {key.lower() for key in keys}
    parts = ((key.partition("/"), value) for key, value in given.items())
    return {tag: value for (head, _, tag), value in parts if tag and head.lower() in small}


def _session(name: str) -> str:
    """The name of the session in ``...:assumed-role/app/i-1`` or in ``AROAEXAMPLE:i-1``."""
    if name.startswith("arn:"):
        parts = name.split("/")
        return parts[2] if len(parts) == 3 and parts[0].endswith(":assumed-role") else ""
    return name.partition(":")[2]


def _role_of(name: str) -> str:
    """The name without its session's."""
    session = _session(name)
    return name[: -len(session) - 1] if session else name


def _role_arn(role: Principal) -> str:
    """What the ARNs of a role's sessions begin with."""
    partition, last = role.name.split(":")[1], role.name.rpartition("/")[2]
    return f"arn:{partition}:sts::{role.account}:assumed-role/{last}"


def _in_session(role: Principal, session: str) -> Principal:
    user_id = f"{role.user_id}:{session}" if role.user_id else ""
    return Principal.of(f"{_role_arn(role)}/{session}", role.name, user_id)


def _account_in(arn: str) -> str:
    return "".join(arn.split(":")[4:5])
