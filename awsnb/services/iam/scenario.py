"""What can be asked of an account: who does what, from where, and what if one thing changed."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb._paths import data_dir
from awsnb.mechanisms.authorization import JsonError, Policy, read_json
from awsnb.mechanisms.authorization.request import Kind, shown
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.services.iam.account import Account, Entity
from awsnb.services.iam.account_text import policy_of, read_account
from awsnb.services.iam.folder import read_folder
from awsnb.services.iam.places import placed
from awsnb.services.iam.requests import Asked, Question, read_requests

NOTHING, LEAVE, NO_BOUNDARY = "nothing", "leaves its groups", "has no boundary"
ATTACH, BOUND, SESSION = "has one more policy", "has this boundary", "passes a session policy"
ON_RESOURCE, ON_ACCOUNT = "the resource has this policy", "the account has this SCP"
WITH_DOCUMENT = {
    ATTACH: "identity",
    BOUND: "boundary",
    SESSION: "session",
    ON_RESOURCE: "resource",
    ON_ACCOUNT: "scp",
}
MFA, PASSWORD, KEY = "password and MFA", "password alone", "access key"
MFA_KEY, MFA_AGE = "aws:multifactorauthpresent", "aws:multifactorauthage"


class AccessScenario(Scenario):
    """One request in an account, and one change to see the effect of."""

    principal: str = field(
        "ann", label="Who", meaning="A user, role or visitor of the account, or root."
    )
    action: str = field(
        "s3:DeleteObject", label="Does what", meaning="The action, as service:Name."
    )
    resource: str = field(
        "arn:aws:s3:::shop-photos/cat.jpg", label="To what", meaning="The ARN of the resource."
    )
    signed_in: Literal["password and MFA", "password alone", "access key"] = field(
        PASSWORD, label="Signed in with",
        meaning="An access key says nothing of MFA: the key is missing from the request.",
    )  # fmt: skip
    source_ip: str = field(
        "203.0.113.7", label="From address", meaning="aws:SourceIp of the request."
    )
    at: str = field(
        "2026-11-26T10:00:00Z", label="At", meaning="aws:CurrentTime of the request, ISO 8601."
    )
    encrypted: bool = field(True, label="Over HTTPS", meaning="aws:SecureTransport of the request.")
    context: str = field(
        "", label="More context", lines=2, meaning="Other condition keys of the request, as JSON."
    )
    what_if: Literal[
        "nothing", "leaves its groups", "has no boundary", "has one more policy",
        "has this boundary", "passes a session policy", "the resource has this policy",
        "the account has this SCP",
    ] = field(
        NOTHING, label="What if", meaning="One change, to see what it would do to every request."
    )  # fmt: skip
    document: str = field(
        "", label="Policy", lines=8, only_when={"what_if": tuple(WITH_DOCUMENT)},
        meaning="The policy that the change brings, as JSON.",
    )  # fmt: skip

    policies: str = field(
        "shop", label="Account", lines=12,
        meaning="A built-in account, a folder of policies, or an account as JSON.",
    )  # fmt: skip
    requests: str = field(
        "", label="Requests", control=False,
        meaning="A CSV file of requests to decide: principal, action, resource, context keys.",
    )  # fmt: skip

    @cached_property
    def account(self) -> Account:
        """The account that is asked about."""
        return _account(self.policies)

    @cached_property
    def rows(self) -> list[Asked]:
        """The rows of the file of requests; none without a file."""
        file = Path(self.requests)
        return _requests(file, _modified_ns(file)) if self.requests else []

    @cached_property
    def question(self) -> Question:
        """The request that is looked at closely: the file's first, if none is asked beside it."""
        asked = Question(self.principal, self.action, self.resource)
        if self.rows and not {"principal", "action", "resource"} & self.changes().keys():
            return self.rows[0].question
        return asked

    @cached_property
    def policy(self) -> Policy | None:
        """The policy that the change brings; None while there is none."""
        if self.what_if not in WITH_DOCUMENT or not self.document.strip():
            return None
        try:
            return policy_of(
                self.document, WITH_DOCUMENT[self.what_if], "document", "the new policy"
            )
        except ScenarioError as error:
            raise placed(error, self.document) from None

    @cached_property
    def keys(self) -> dict[str, Any]:
        """The circumstances of the request, as condition keys."""
        time = _time(self.at)
        found: dict[str, Any] = {
            "aws:SourceIp": self.source_ip,
            "aws:SecureTransport": self.encrypted,
            "aws:CurrentTime": time,
            "aws:EpochTime": int(time.timestamp()),
        }
        return found | _context(self.context)

    def keys_of(self, entity: Entity) -> dict[str, Any]:
        """The context of a request that a principal makes under the same circumstances.

        Whether there was MFA is known of temporary credentials only: of a role's, and of those that
        the console takes out for a user who signs in.
        """
        is_session = entity.principal.kind in (Kind.ROLE, Kind.ROLE_SESSION)
        if self.signed_in == KEY and not is_session:
            return self.keys
        return {"aws:MultiFactorAuthPresent": self.signed_in == MFA} | self.keys

    @property
    def told(self) -> frozenset[str]:
        """The keys that how one signed in tells, also by their absence."""
        return frozenset({MFA_KEY} if self.signed_in == MFA else {MFA_KEY, MFA_AGE})

    @property
    def text(self) -> str:
        """The request in a few words."""
        return f"{self.question.principal}: {self.question.action} on {self.question.resource}"

    def changes(self) -> dict[str, Any]:
        """The fields that differ from their defaults; the default account written out does not."""
        found = super().changes()
        if found.get("policies") == built_in():
            del found["policies"]
        return found

    def suggestions(self) -> dict[str, tuple[str, ...]]:
        """What the account offers to choose from."""
        watched = self.account.watch.values()
        return {
            "principal": tuple(self.account.entities),
            "action": tuple(dict.fromkeys(action for action, _ in watched)),
            "resource": tuple(dict.fromkeys(arn for _, arn in watched)),
        }

    @model_validator(mode="after")
    def _check(self) -> Self:
        self.account.entity(self.question.principal)
        if ":" not in self.action:
            raise ScenarioError(f"action = {shown(self.action)}: must be service:Name.")
        if self.resource != "*" and not self.resource.startswith("arn:"):
            raise ScenarioError(f"resource = {shown(self.resource)}: must be an ARN, or *.")
        _ = self.keys, self.policy
        return self


def built_in(name: str = "shop") -> str:
    """The JSON of a built-in account."""
    return _built_in(name).read_text("utf-8")


def _account(policies: str) -> Account:
    if policies.lstrip("\ufeff \t\r\n").startswith(("{", "[")):
        return _from_json(policies)
    if _is(Path.is_file, _built_in(policies)):
        return _from_json(built_in(policies))
    folder = Path(policies)
    if _is(Path.is_dir, folder):
        return _from_folder(folder, tuple(map(_modified_ns, sorted(folder.glob("*.json")))))
    known = ", ".join(sorted(file.stem for file in _built_in("").parent.glob("*.json")))
    raise ScenarioError(
        f"policies = {shown(policies)}: must be a built-in account ({known}), a folder, or JSON."
    )


def _is(kind: Callable[[Path], bool], path: Path) -> bool:
    """Whether a path is of a kind; one that the system refuses, as too long, is of none."""
    try:
        return kind(path)
    except (OSError, ValueError):
        return False


@lru_cache(maxsize=8)
def _from_json(text: str) -> Account:
    try:
        return read_account(text)
    except ScenarioError as error:
        raise placed(error, text) from None


@lru_cache(maxsize=2)
def _from_folder(folder: Path, modified_ns: tuple[int, ...]) -> Account:
    return read_folder(folder)


@lru_cache(maxsize=2)
def _requests(file: Path, modified_ns: int) -> list[Asked]:
    return read_requests(file)


def _modified_ns(file: Path) -> int:
    """When a file was last written: read again only then, however many scenarios ask for it."""
    return file.stat().st_mtime_ns if _is(Path.exists, file) else 0


def _built_in(name: str) -> Path:
    return data_dir() / "accounts" / f"{Path(name).name}.json"


def _time(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ScenarioError(
            f"at = {shown(text)}: must be a time, as 2026-11-26T10:00:00Z."
        ) from None
    if found.tzinfo is None:
        raise ScenarioError(
            f"at = {shown(text)}: must have a time zone, as in 2026-11-26T10:00:00Z."
        )
    return found


def _context(text: str) -> dict[str, Any]:
    if not text.strip():
        return {}
    try:
        found = read_json(text)
    except JsonError as error:
        raise placed(ScenarioError(f"context: {error}"), text) from None
    if not isinstance(found, dict):
        raise ScenarioError('context: must be an object, as {"aws:PrincipalTag/team": "web"}.')
    return found
