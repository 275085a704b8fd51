"""An account: who is in it, which policies they have, and what stands around them.

An account is a JSON object of at most these parts, as in `data/accounts/shop.json`:

- ``account``: its twelve digits; ``management_account`` of its organisation, if not itself.
- ``users``, ``roles``, ``visitors`` (principals of other accounts, each with its ``arn``): by name,
  each with ``policies``, ``boundary`` and ``tags``; users with ``groups``, roles with ``trust``.
- ``groups``: by name, each with ``policies``.
- ``resources``: by ARN, each with ``policy`` and ``tags``; for what stands below it too.
- ``scps`` and ``rcps``: a list of policies per level, from the root of the organisation downwards.
- ``endpoint``: the policy of the VPC endpoint that requests come through.
- ``policies``: by name; wherever a policy is asked for, its name will do, or the policy itself.
- ``watch``: requests to keep an eye on, by what they are called: an action and an ARN each.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any, NoReturn

from awsnb import facts
from awsnb.mechanisms.authorization import Policy, PolicyError, PolicySet, Principal, Request, parse
from awsnb.scenario import ScenarioError, closest

IAM = facts.load("iam")
ROOT = "root"
_LISTS = ("users", "groups", "roles", "visitors", "resources", "scps", "rcps", "policies", "watch")
_PARTS = ("account", "management_account", "endpoint", *_LISTS)
_ENTITY = ("policies", "boundary", "tags")
_KEYS = {
    "users": (*_ENTITY, "groups"),
    "roles": (*_ENTITY, "trust", "arn"),
    "visitors": (*_ENTITY, "arn"),
    "groups": ("policies",),
    "resources": ("policy", "tags"),
}
_SIZES = {"identity": "managed_policy", "boundary": "managed_policy", "trust": "trust_policy"}
_SIZES |= {"session": "session_policy", "scp": "scp", "rcp": "rcp"}


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

    def policies_on(self, name: str, action: str, arn: str) -> PolicySet:
        """Every policy that may bear on what a principal does to a resource."""
        entity = self.entity(name)
        trust = self._trust.get(arn) if action.lower().startswith("sts:assumerole") else None
        is_key = arn.split(":")[2:3] == ["kms"] and IAM.value("kms", "key_policy_must_allow")
        at_home = entity.principal.account == self.number
        return PolicySet(
            identity=entity.policies,
            groups={group: self.groups[group] for group in entity.groups},
            boundary=entity.boundary,
            resource=trust or self.resource(arn).policy,
            resource_must_allow=bool(trust) or is_key,
            scps=self.scps if at_home else (),
            rcps=self.rcps if _service(arn) in IAM.value("rcp", "services").split() else (),
            management_account=self.management_account,
            endpoint=self.endpoint,
        )

    @cached_property
    def _trust(self) -> dict[str, Policy]:
        entities = self.entities.values()
        return {one.principal.entity: one.trust for one in entities if one.trust}

    def request(self, name: str, action: str, arn: str, context: Mapping[str, Any]) -> Request:
        """Make a request of a principal, with the tags of both sides in its context."""
        entity = self.entity(name)
        tags = {f"aws:PrincipalTag/{key}": value for key, value in entity.tags.items()}
        tags |= {f"aws:ResourceTag/{k}": value for k, value in self.resource(arn).tags.items()}
        owner = "" if _owner(arn) else self.number
        return Request(entity.principal, action, arn, tags | dict(context), owner or None)

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


def read_account(found: Any, where: str = "policies") -> Account:
    """Read an account from JSON text, or from what `json.loads` makes of it.

    Parameters
    ----------
    found : str or dict
        See the module for its parts.
    where : str
        What to call it in an error.

    Raises
    ------
    ScenarioError
        If it is no account: the part, the statement and the element that is wrong.
    """
    return _Reader(where).account(_load(found, where) if isinstance(found, str) else found)


def policy_of(text: str, kind: str, where: str, name: str = "") -> Policy:
    """Parse one policy from JSON text; what is wrong with it is a `ScenarioError`."""
    with _policy_errors(where):
        return _of_allowed_size(parse(text, kind, name or where), text, kind, where)


def _load(text: str, where: str) -> Any:
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise ScenarioError(
            f"{where}: not JSON at line {error.lineno}, column {error.colno}: {error.msg}."
        ) from None


class _Reader:
    """Reads the parts of an account; `where` names the part in an error."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.named: Mapping[str, Any] = {}

    def account(self, body: Any) -> Account:
        self._check_keys(self.where, body, _PARTS)
        number = body.get("account", "")
        if not (isinstance(number, str) and len(number) == 12 and number.isdigit()):
            self._fail("account", f"must be twelve digits, as text, not {number!r}.")
        self.named = self._part(body, "policies")
        groups = {
            name: self._policies(f"groups.{name}.policies", each.get("policies", []))
            for name, each in self._members(body, "groups")
        }
        return Account(
            number,
            dict(self._entities(body, number, groups)),
            groups,
            dict(self._resources(body)),
            self._levels(body, "scps", "scp"),
            self._levels(body, "rcps", "rcp"),
            self._policy("endpoint", body.get("endpoint"), "endpoint"),
            body.get("management_account", ""),
            dict(self._watched(body)),
        )

    def _entities(
        self, body: Any, number: str, groups: Mapping[str, Any]
    ) -> Iterator[tuple[str, Entity]]:
        seen = {ROOT}
        for part, kind in (("users", "user"), ("roles", "role"), ("visitors", "")):
            for name, each in self._members(body, part):
                where = f"{part}.{name}"
                if name in seen:
                    self._fail(where, "another principal has that name.")
                seen.add(name)
                arn = each.get("arn", f"arn:aws:iam::{number}:{kind}/{name}")
                yield name, self._entity(where, each, arn, groups)
        yield ROOT, Entity(Principal.of(number))

    def _entity(self, where: str, body: Any, arn: Any, groups: Mapping[str, Any]) -> Entity:
        try:
            principal = Principal.of(arn)
        except (ValueError, AttributeError, TypeError):
            self._fail(f"{where}.arn", f"{arn!r} is not the ARN of a principal.")
        own = self._texts(f"{where}.groups", body.get("groups", []))
        for group in own:
            if group not in groups:
                self._fail(
                    f"{where}.groups", f"there is no group {group!r}." + closest(group, groups)
                )
        most = IAM.value("quota", "groups_per_user")
        if len(own) > most:
            self._fail(f"{where}.groups", f"{len(own)} groups; AWS allows {most}.")
        return Entity(
            principal,
            self._policies(f"{where}.policies", body.get("policies", [])),
            own,
            self._policy(f"{where}.boundary", body.get("boundary"), "boundary"),
            self._part(body, "tags", where),
            self._policy(f"{where}.trust", body.get("trust"), "trust"),
        )

    def _resources(self, body: Any) -> Iterator[tuple[str, Resource]]:
        for arn, each in self._members(body, "resources"):
            where = f"resources.{arn}"
            policy = self._policy(f"{where}.policy", each.get("policy"), "resource")
            yield arn, Resource(policy, self._part(each, "tags", where))

    def _levels(self, body: Any, part: str, kind: str) -> tuple[tuple[Policy, ...], ...]:
        levels = body.get(part, [])
        if not isinstance(levels, list):
            self._fail(part, "must be a list of levels, each a list of policies.")
        return tuple(self._policies(f"{part}[{i}]", level, kind) for i, level in enumerate(levels))

    def _watched(self, body: Any) -> Iterator[tuple[str, tuple[str, str]]]:
        for name, each in self._part(body, "watch").items():
            if not (isinstance(each, list) and len(each) == 2 and all(map(_is_text, each))):
                self._fail(f"watch.{name}", "must be an action and an ARN.")
            yield name, (each[0], each[1])

    def _policies(self, where: str, found: Any, kind: str = "identity") -> tuple[Policy, ...]:
        if not isinstance(found, list):
            self._fail(where, "must be a list of policies, or of their names.")
        parsed = (self._policy(f"{where}[{i}]", each, kind) for i, each in enumerate(found))
        return tuple(policy for policy in parsed if policy)

    def _policy(self, where: str, found: Any, kind: str) -> Policy | None:
        if found is None:
            return None
        name, body = where, found
        if isinstance(found, str):
            if found not in self.named:
                self._fail(where, f"there is no policy {found!r}." + closest(found, self.named))
            name, body = found, self.named[found]
        place = f"{self.where}: {'policies.' + name if name != where else where}"
        with _policy_errors(place):
            return _of_allowed_size(parse(body, kind, name), body, kind, place)

    def _members(self, body: Any, part: str) -> Iterator[tuple[str, Any]]:
        for name, each in self._part(body, part).items():
            self._check_keys(f"{self.where}: {part}.{name}", each, _KEYS[part])
            yield name, each

    def _part(self, body: Any, part: str, where: str = "") -> Mapping[str, Any]:
        found = body.get(part, {})
        if not isinstance(found, Mapping):
            self._fail(f"{where}.{part}".lstrip("."), "must be an object.")
        return found

    def _texts(self, where: str, found: Any) -> tuple[str, ...]:
        if not (isinstance(found, list) and all(map(_is_text, found))):
            self._fail(where, "must be a list of names.")
        return tuple(found)

    def _check_keys(self, where: str, body: Any, known: Iterable[str]) -> None:
        if not isinstance(body, Mapping):
            raise ScenarioError(f"{where}: must be an object.")
        for key in body:
            if key not in known:
                raise ScenarioError(
                    f"{where}: {key!r} is not a part of it; there are {', '.join(known)}."
                    + closest(str(key), known)
                )

    def _fail(self, where: str, problem: str) -> NoReturn:
        raise ScenarioError(f"{self.where}: {where}: {problem}")


@contextmanager
def _policy_errors(where: str) -> Iterator[None]:
    try:
        yield
    except PolicyError as error:
        raise ScenarioError(f"{where}: {str(error).removeprefix('Policy: ')}") from None


def _of_allowed_size(policy: Policy, body: Any, kind: str, where: str) -> Policy:
    """Refuse a policy longer than AWS allows; white space does not count."""
    if kind in _SIZES:
        text = body if isinstance(body, str) else json.dumps(body)
        length, limit = sum(not letter.isspace() for letter in text), IAM.get("size", _SIZES[kind])
        if length > limit.value:
            raise ScenarioError(
                f"{where}: {length:,} characters without white space; AWS allows {limit.value:,} "
                f"({limit.source})."
            )
    return policy


def _is_text(found: Any) -> bool:
    return isinstance(found, str)


def _service(arn: str) -> str:
    parts = arn.split(":")
    return "sts" if parts[2:3] == ["iam"] else "".join(parts[2:3])


def _owner(arn: str) -> str:
    return "".join(arn.split(":")[4:5])
