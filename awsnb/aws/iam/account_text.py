"""Accounts as text: JSON in, `Account` out, or one sentence that says which part of it is wrong.

An account is a JSON object of at most these parts, as in `data/accounts/shop.json`:

- ``account``: its twelve digits; ``management_account`` of its organisation.
- ``users``, ``roles``, ``visitors`` (principals of other accounts, each with its ``arn``): by name,
  each with ``policies``, ``boundary``, ``tags`` and ``id``, its unique ID; users with ``groups``,
  roles with ``trust``.
- ``groups``: by name, each with ``policies``.
- ``resources``: by ARN, each with ``policy`` and ``tags``; for what stands below it too.
- ``scps`` and ``rcps``: a list of policies per level, from the root of the organisation downwards.
- ``endpoint``: the policy of the VPC endpoint that requests come through.
- ``policies``: by name. Wherever a policy is asked for, its name will do, or, inline, itself, or
  what AWS's command line prints of it.
- ``watch``: requests to keep an eye on, by what they are called: an action and an ARN each.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, NoReturn

from awsnb.aws.iam.account import IAM, Account, Entity, Resource
from awsnb.aws.iam.export import from_export, is_export
from awsnb.aws.iam.files import MOST_BYTES
from awsnb.aws.iam.unwrapped import NoDocumentError, decoded, document_of
from awsnb.mechanisms.authorization import (
    JsonError,
    Policy,
    PolicyError,
    Principal,
    parse,
    read_json,
)
from awsnb.mechanisms.authorization.principal import is_account, shown
from awsnb.scenario import ScenarioError, closest

ROOT = "root"
_LISTS = ("users", "groups", "roles", "visitors", "resources", "scps", "rcps", "policies", "watch")
_PARTS = ("account", "management_account", "endpoint", *_LISTS)
_ENTITY = ("arn", "policies", "boundary", "tags", "id")
_KEYS = {
    "users": (*_ENTITY, "groups"),
    "roles": (*_ENTITY, "trust"),
    "visitors": _ENTITY,
    "groups": ("policies",),
    "resources": ("policy", "tags"),
}
_SIZES = {"identity": "managed_policy", "boundary": "managed_policy", "session": "session_policy"}
_SIZES |= {"trust": "trust_policy_raised", "scp": "scp", "rcp": "rcp"}
_INLINE = {"users": "inline_user", "groups": "inline_group", "roles": "inline_role"}
_BY_AWS = "arn:aws:iam::aws:policy/"


def read_account(found: Any, where: str = "policies") -> Account:
    """Read an account from JSON text, or from what `json.loads` makes of it.

    Parameters
    ----------
    found : str or dict
        See the module for its parts; or an export of AWS's.
    where : str
        What to call it in an error.

    Raises
    ------
    ScenarioError
        If it is no account: the part, the statement and the element that is wrong.
    """
    body = _load(found, where) if isinstance(found, str) else found
    return _Reader(where).account(from_export(body) if is_export(body) else body)


def policy_of(text: str, kind: str, where: str, name: str = "") -> Policy:
    """Parse one policy from JSON text; what is wrong with it is a `ScenarioError`."""
    with _policy_errors(where):
        document = document_of(_load(decoded(text), where))
    return _parsed(where, document, kind, name or where, _SIZES.get(kind))


def _load(text: str, where: str) -> Any:
    if len(text) > MOST_BYTES:
        raise ScenarioError(f"{where}: {len(text):,} characters; {MOST_BYTES:,} can be read.")
    try:
        return read_json(text)
    except JsonError as error:
        raise ScenarioError(f"{where}: {error}") from None


def _parsed(where: str, document: Any, kind: str, name: str, size: str | None) -> Policy:
    """Parse a policy; one that AWS would find too long is refused before it is."""
    if size:
        _check_size(where, _length(document), size)
    with _policy_errors(where):
        return replace(parse(document, kind), name=name)


class _Reader:
    """Reads the parts of an account; `where` names the part in an error."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.named: Mapping[str, Any] = {}

    def account(self, body: Any) -> Account:
        self._check_keys(self.where, body, _PARTS)
        number = body.get("account", "")
        if not (isinstance(number, str) and is_account(number)):
            self._fail("account", f"must be twelve digits, as text, not {shown(number)}.")
        self.named = self._part(body, "policies")
        groups = {
            name: self._attached("groups", name, each)
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
                if name in seen:
                    self._fail(f"{part}.{name}", "another principal has that name.")
                seen.add(name)
                if not kind and "arn" not in each:
                    self._fail(f"{part}.{name}", "needs its arn.")
                arn = each.get("arn", f"arn:aws:iam::{number}:{kind}/{name}")
                yield name, self._entity(part, name, {**each, "arn": arn}, groups)
        yield ROOT, Entity(Principal.of(number))

    def _entity(self, part: str, name: str, body: Any, groups: Mapping[str, Any]) -> Entity:
        where = f"{part}.{name}"
        try:
            principal = Principal.of(body["arn"], user_id=self._id(where, body))
        except (ValueError, AttributeError, TypeError):
            self._fail(f"{where}.arn", f"{shown(body['arn'])} is not the ARN of a principal.")
        own = self._texts(f"{where}.groups", body.get("groups", []))
        for group in own:
            if group not in groups:
                self._fail(
                    f"{where}.groups", f"there is no group {shown(group)}." + closest(group, groups)
                )
        most = IAM.value("quota", "groups_per_user")
        if len(own) > most:
            self._fail(f"{where}.groups", f"{len(own)} groups; AWS allows {most}.")
        return Entity(
            principal,
            self._attached(part, name, body),
            own,
            self._policy(f"{where}.boundary", body.get("boundary"), "boundary"),
            self._part(body, "tags", where),
            self._policy(f"{where}.trust", body.get("trust"), "trust"),
        )

    def _attached(self, part: str, name: str, body: Any) -> tuple[Policy, ...]:
        """Parse what is attached to an identity; its inline policies share one limit."""
        found = body.get("policies", [])
        if part in _INLINE and isinstance(found, list):
            length = sum(_length(each) for each in found if not isinstance(each, str))
            _check_size(f"{self.where}: {part}.{name}.policies", length, _INLINE[part])
        return self._policies(f"{part}.{name}.policies", found)

    def _id(self, where: str, body: Any) -> str:
        found = body.get("id", "")
        if not (isinstance(found, str) and f"x{found}".isalnum() and found.isascii()):
            self._fail(f"{where}.id", f"must be letters and digits, not {shown(found)}.")
        return str(found)

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
        if not isinstance(found, str):
            return self._read(where, found, kind, where, None)
        if found not in self.named:
            self._fail(where, f"there is no policy {shown(found)}." + closest(found, self.named))
        size = None if found.startswith(_BY_AWS) else _SIZES.get(kind)
        return self._read(f"policies.{found}", self.named[found], kind, found, size)

    def _read(self, where: str, found: Any, kind: str, name: str, size: str | None) -> Policy:
        place = f"{self.where}: {where}"
        with _policy_errors(place):
            document = document_of(found)
        return _parsed(place, document, kind, name, size)

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
                    f"{where}: {shown(key)} is not a part of it; there are {', '.join(known)}."
                    + closest(str(key), known)
                )

    def _fail(self, where: str, problem: str) -> NoReturn:
        raise ScenarioError(f"{self.where}: {where}: {problem}")


@contextmanager
def _policy_errors(where: str) -> Iterator[None]:
    try:
        yield
    except (PolicyError, NoDocumentError) as error:
        raise ScenarioError(f"{where}: {str(error).removeprefix('Policy: ')}") from None


def _length(document: Any) -> int:
    """Count characters as AWS does: white space does not count."""
    text = document if isinstance(document, str) else json.dumps(document, ensure_ascii=False)
    return len("".join(text.split()))


def _check_size(where: str, length: int, key: str) -> None:
    limit = IAM.get("size", key)
    if length > limit.value:
        raise ScenarioError(
            f"{where}: {length:,} characters without white space; AWS allows {limit.value:,} "
            f"({limit.source})."
        )


def _is_text(found: Any) -> bool:
    return isinstance(found, str)
