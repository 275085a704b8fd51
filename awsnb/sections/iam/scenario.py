"""What can be asked of an account: who does what, from where, and what if one thing changed."""

from functools import cached_property
from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb.aws.iam import Account, Entity, Policy
from awsnb.scenario import Scenario, field
from awsnb.sections.iam import load
from awsnb.sections.iam.requests import Asked, Question

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
TOKEN_TIME = "aws:tokenissuetime"


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
        PASSWORD, label="Signed in with", group="Circumstances", advanced=True,
        meaning="An access key says nothing of MFA: the key is missing from the request.",
    )  # fmt: skip
    source_ip: str = field(
        "203.0.113.7", label="From address", group="Circumstances", advanced=True,
        meaning="aws:SourceIp of the request.",
    )  # fmt: skip
    at: str = field(
        "2026-11-26T10:00:00Z", label="At", group="Circumstances", advanced=True,
        meaning="aws:CurrentTime of the request, ISO 8601.",
    )  # fmt: skip
    encrypted: bool = field(
        True, label="Over HTTPS", group="Circumstances", advanced=True,
        meaning="aws:SecureTransport of the request.",
    )  # fmt: skip
    context: str = field(
        "", label="More context", lines=2, group="Circumstances", advanced=True,
        meaning="Other condition keys of the request, as JSON.",
    )  # fmt: skip
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
        "shop", label="Account", lines=12, path=True,
        meaning="A built-in account, a folder of policies, or an account as JSON.",
    )  # fmt: skip
    requests: str = field(
        "", label="Requests", path=True,
        meaning="A CSV file of requests to decide: principal, action, resource, context keys.",
    )  # fmt: skip

    @cached_property
    def account(self) -> Account:
        """The account that is asked about."""
        return load.account(self.policies)

    @cached_property
    def rows(self) -> list[Asked]:
        """The rows of the file of requests; none without a file."""
        return load.requests(self.requests) if self.requests else []

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
        return load.policy(self.document, WITH_DOCUMENT[self.what_if])

    @cached_property
    def keys(self) -> dict[str, Any]:
        """The circumstances of the request, as condition keys."""
        time = load.moment(self.at)
        found: dict[str, Any] = {
            "aws:SourceIp": self.source_ip,
            "aws:SecureTransport": self.encrypted,
            "aws:CurrentTime": time,
            "aws:EpochTime": int(time.timestamp()),
        }
        return found | load.context(self.context)

    def keys_of(self, entity: Entity) -> dict[str, Any]:
        """The context of a request that a principal makes under the same circumstances.

        Whether there was MFA is known of temporary credentials only: of a role's, and of those that
        the console takes out for a user who signs in.
        """
        if not self._is_temporary(entity):
            return self.keys
        return {"aws:MultiFactorAuthPresent": self.signed_in == MFA} | self.keys

    def stated_of(self, entity: Entity) -> frozenset[str]:
        """The keys that how a principal signed in states, also by their absence."""
        if not self._is_temporary(entity):
            return frozenset({MFA_KEY, MFA_AGE, TOKEN_TIME})
        return frozenset({MFA_KEY} if self.signed_in == MFA else {MFA_KEY, MFA_AGE})

    def _is_temporary(self, entity: Entity) -> bool:
        """Whether it asks with temporary credentials, which a service or nobody has not."""
        is_user = entity.principal.is_entity and self.signed_in != KEY
        return entity.is_session or is_user

    @property
    def text(self) -> str:
        """The request in a few words."""
        return f"{self.question.principal}: {self.question.action} on {self.question.resource}"

    def changes(self) -> dict[str, Any]:
        """The fields that differ from their defaults; the default account written out does not."""
        found = super().changes()
        if found.get("policies") == load.built_in():
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
        with load.about("principal"):
            self.account.entity(self.question.principal)
        load.check_action(self.action)
        load.check_resource(self.resource)
        _ = self.keys, self.policy
        return self
