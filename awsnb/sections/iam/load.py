"""What is read for a scenario: the account, the policy of a change, requests, the context."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from awsnb._paths import data_dir
from awsnb.aws.iam import Account, Policy, policy_of, read_account, read_folder, shown
from awsnb.aws.iam.locate import placed
from awsnb.mechanisms.authorization import JsonError, read_json
from awsnb.scenario import ScenarioError
from awsnb.sections.iam.requests import Asked, read_requests


@contextmanager
def about(field: str, text: str = "") -> Iterator[None]:
    """Let a refusal name the field it is about, and its place in the field's text."""
    try:
        yield
    except ScenarioError as error:
        raise placed(error, text, field) from None


def built_in(name: str = "shop") -> str:
    """The JSON of a built-in account."""
    return _built_in(name).read_text("utf-8")


def account(policies: str) -> Account:
    """Read the account that the field of that name gives: built in, a folder, or JSON."""
    if policies.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _from_json(policies)
    if os.path.isfile(_built_in(policies)):
        return _from_json(built_in(policies))
    folder = Path(policies)
    if os.path.isdir(folder):
        return _from_folder(folder, tuple(map(_modified_ns, sorted(folder.glob("*.json")))))
    known = ", ".join(sorted(file.stem for file in _built_in("").parent.glob("*.json")))
    raise ScenarioError(
        f"policies = {shown(policies)}: must be a built-in account ({known}), a folder, or JSON.",
        field="policies",
    )


def requests(path: str) -> list[Asked]:
    """Read a file of requests; again only when it was written to."""
    return _requests(Path(path), _modified_ns(Path(path)))


def policy(document: str, kind: str) -> Policy:
    """Parse the policy that a change brings."""
    with about("document", document):
        return policy_of(document, kind, "document", "the new policy")


def context(text: str) -> dict[str, Any]:
    """Read more context keys from JSON."""
    if not text.strip():
        return {}
    with about("context", text):
        try:
            found = read_json(text)
        except JsonError as error:
            raise ScenarioError(f"context: {error}") from None
        if not isinstance(found, dict):
            raise ScenarioError('context: must be an object, as {"aws:PrincipalTag/team": "web"}.')
        return found


def moment(text: str) -> datetime:
    """Read a moment with its time zone."""
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ScenarioError(
            f"at = {shown(text)}: must be a time, as 2026-11-26T10:00:00Z.", field="at"
        ) from None
    if found.tzinfo is None:
        raise ScenarioError(
            f"at = {shown(text)}: must have a time zone, as in 2026-11-26T10:00:00Z.", field="at"
        )
    return found


def check_action(action: str) -> None:
    """Refuse what can't be an action."""
    if ":" not in action:
        raise ScenarioError(f"action = {shown(action)}: must be service:Name.", field="action")


def check_resource(resource: str) -> None:
    """Refuse what can't be a resource."""
    if resource != "*" and not resource.startswith("arn:"):
        raise ScenarioError(
            f"resource = {shown(resource)}: must be an ARN, or *.", field="resource"
        )


@lru_cache(maxsize=8)
def _from_json(text: str) -> Account:
    with about("policies", text):
        return read_account(text)


@lru_cache(maxsize=2)
def _from_folder(folder: Path, modified_ns: tuple[int, ...]) -> Account:
    with about("policies"):
        return read_folder(folder)


@lru_cache(maxsize=2)
def _requests(file: Path, modified_ns: int) -> list[Asked]:
    with about("requests"):
        return read_requests(file)


def _modified_ns(file: Path) -> int:
    """When a file was last written: read again only then, however many scenarios ask for it."""
    return file.stat().st_mtime_ns if os.path.exists(file) else 0


def _built_in(name: str) -> Path:
    return data_dir() / "accounts" / f"{Path(name).name}.json"
