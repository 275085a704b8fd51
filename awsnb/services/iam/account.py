"""An account: who is in it, which policies they have, and what stands around them."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

from awsnb import facts
from awsnb.mechanisms.authorization import Policy, PolicySet, Principal
from awsnb.scenario import ScenarioError, closest

IAM = facts.load("iam")


@dataclass(frozen=True)
class Entity:
    """A principal of an account: what is attached to it, and in which groups it is."""

    principal: Principal
    policies: tuple[Policy, ...] = ()
    groups: tuple[str, ...] = ()
    boundary: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    trust: Policy | None = None


@dataclass(frozen=True)
class Resource:
    """A resource that has a policy or tags of its own."""

    policy: Policy | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


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
        """Find a principal by its name or ARN.

        Raises
        ------
        ScenarioError
            If there is none of that name.
        """
        found = self.entities.get(name) or self._by_arn.get(name)
        if found is None:
            raise ScenarioError(
                f"principal = {name!r}: must be one of {', '.join(self.entities)}."
                + closest(name, self.entities)
            )
        return found

    @cached_property
    def _by_arn(self) -> dict[str, Entity]:
        return {one.principal.name: one for one in self.entities.values()}

    def resource(self, arn: str) -> Resource:
        """What is attached to a resource, or to the one it stands below; nothing if not listed."""
        above = [
            one for one in self.resources if arn == one or arn.startswith((f"{one}/", f"{one}:"))
        ]
        return self.resources[max(above, key=len)] if above else Resource()

    def trust_of(self, action: str, arn: str) -> Policy | None:
        """The trust policy that an action asks for: that of the role which is to be assumed."""
        return self._trust.get(arn) if action.lower().startswith("sts:assumerole") else None

    def policies_on(self, name: str, arn: str) -> PolicySet:
        """Every policy that may bear on what a principal does to a resource, a trust apart."""
        entity = self.entity(name)
        service = _service(arn)
        at_home = entity.principal.account == self.number
        limited = service in IAM.value("rcp", "services").split() and self._owns(arn)
        return PolicySet(
            identity=entity.policies,
            groups={group: self.groups[group] for group in entity.groups},
            boundary=entity.boundary,
            resource=self.resource(arn).policy,
            resource_must_allow=service == "kms" and IAM.value("kms", "key_policy_must_allow"),
            scps=self.scps if at_home else (),
            rcps=self.rcps if limited else (),
            management_account=self.management_account,
            endpoint=self.endpoint,
        )

    @cached_property
    def _trust(self) -> dict[str, Policy]:
        entities = self.entities.values()
        return {one.principal.entity: one.trust for one in entities if one.trust}

    def context(self, name: str, arn: str, given: Mapping[str, Any]) -> dict[str, Any]:
        """The context of a request: the tags of both sides, and what is given."""
        tags = {f"aws:PrincipalTag/{k}": value for k, value in self.entity(name).tags.items()}
        tags |= {f"aws:ResourceTag/{k}": value for k, value in self.resource(arn).tags.items()}
        return tags | dict(given)

    def owner(self, arn: str) -> str | None:
        """Who owns a resource whose ARN does not say so: this account."""
        return None if _account_in(arn) else self.number

    def _owns(self, arn: str) -> bool:
        return _account_in(arn) in ("", self.number)

    def with_entity(self, name: str, **changes: Any) -> "Account":
        """The account with something else attached to a principal."""
        changed = replace(self.entity(name), **changes)
        known = next(one for one, entity in self.entities.items() if entity is self.entity(name))
        return replace(self, entities={**self.entities, known: changed})

    def with_policy_on(self, arn: str, policy: Policy) -> "Account":
        """The account with another policy on a resource."""
        changed = replace(self.resource(arn), policy=policy)
        return replace(self, resources={**self.resources, arn: changed})

    def with_scp(self, policy: Policy) -> "Account":
        """The account with one more SCP attached to itself, its lowest level."""
        *above, own = self.scps or ((),)
        return replace(self, scps=(*above, (*own, policy)))


def _service(arn: str) -> str:
    parts = arn.split(":")
    return "sts" if parts[2:3] == ["iam"] else "".join(parts[2:3])


def _account_in(arn: str) -> str:
    return "".join(arn.split(":")[4:5])
