"""What happens: the request, every request that is watched, and a file of them are decided."""

from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.iam.account import Account, Entity
from awsnb.aws.iam.known_keys import knows_of
from awsnb.aws.iam.reference import has_resource, resource_of
from awsnb.mechanisms.authorization import (
    Decision,
    PolicySet,
    Principal,
    Request,
    RequestError,
    Verdict,
    can_assume,
    decide,
)
from awsnb.mechanisms.authorization.certainty import RESOURCE_POLICY, ROLE_PATH, SESSION_NAME
from awsnb.mechanisms.authorization.principal import Kind, shown
from awsnb.scenario import ScenarioError
from awsnb.sections.iam.requests import Asked, Question
from awsnb.sections.iam.scenario import (
    ATTACH,
    BOUND,
    LEAVE,
    NO_BOUNDARY,
    NOTHING,
    ON_ACCOUNT,
    ON_RESOURCE,
    SESSION,
    AccessScenario,
)

__all__ = [
    "ALLOWED",
    "RESOURCE_POLICY",
    "ROLE_PATH",
    "SESSION_NAME",
    "VERDICTS",
    "Outcome",
    "World",
    "simulate",
]

VERDICTS = (Verdict.EXPLICIT_DENY, Verdict.IMPLICIT_DENY, Verdict.ALLOWED)
ALLOWED = VERDICTS.index(Verdict.ALLOWED)


def simulate(scenario: AccessScenario) -> "Outcome":
    """Decide a request, and every watched one, before and after the scenario's change.

    Parameters
    ----------
    scenario : AccessScenario

    Returns
    -------
    Outcome

    Raises
    ------
    ScenarioError
        If a user is to pass session policies.
    """
    before = World(scenario, scenario.account)
    return Outcome(scenario, before, changed(before))


@dataclass(frozen=True)
class World:
    """An account as it is at one time, with the session policies that the asker passes."""

    scenario: AccessScenario
    account: Account
    session: tuple[Any, ...] = ()

    def decide(self, question: Question) -> Decision:
        """Decide a request, under the scenario's circumstances if it has none of its own.

        An action that has no resource is asked of everything, whatever stands in the request.
        """
        name, action, resource, context, stated = question
        account, entity = self.account, self.account.entity(name)
        if context is None:
            context, stated = self.scenario.keys_of(entity), self.scenario.stated_of(entity)
        stated |= {key.lower() for key in context}
        arn = resource_of(action, resource)
        keys = account.context(name, action, arn, context)
        knows = knows_of(account, entity, action, arn, stated)
        policies, trust = self._policies(name, action, arn), account.trust_of(action, arn)
        try:
            if trust:
                return can_assume(entity.principal, arn, trust, policies, keys, action, knows)
            request = Request(entity.principal, action, arn, keys, account.owner(arn), knows)
            return decide(request, policies)
        except RequestError as error:
            asks = f"{shown(name)}, {shown(action)} on {shown(arn)}"
            raise ScenarioError(f"{asks}: {error}", field=error.field) from None

    def _policies(self, name: str, action: str, arn: str) -> PolicySet:
        policies = self.account.policies_on(name, action, arn)
        asker = self.account.name_of(self.scenario.question.principal)
        asks = asker == self.account.name_of(name)
        return replace(policies, session=self.session) if asks and self.session else policies


@dataclass(frozen=True)
class Outcome:
    """What a scenario comes to.

    Attributes
    ----------
    scenario : AccessScenario
    before, after : World
        The account without and with the change; the same if nothing changes.
    """

    scenario: AccessScenario
    before: World
    after: World

    @cached_property
    def decision(self) -> Decision:
        """What becomes of the request, the change made."""
        return self._decide(self.after)

    @cached_property
    def decision_before(self) -> Decision:
        """What became of it before."""
        return self._decide(self.before)

    def _decide(self, world: World) -> Decision:
        return world.decide(self.scenario.question)

    @property
    def watched(self) -> dict[str, tuple[str, str]]:
        """The requests of the matrix; the one that is asked about, if none is listed."""
        _, action, resource, *_ = self.scenario.question
        return dict(self.scenario.account.watch) or {action: (action, resource)}

    @property
    def asked(self) -> list[Asked]:
        """The rows of the file of requests; none without a file."""
        return self.scenario.rows

    @cached_property
    def answers(self) -> list[Decision]:
        """What becomes of each row of the file."""
        return [self._answer(row) for row in self.asked]

    def _answer(self, row: Asked) -> Decision:
        try:
            return self.after.decide(row.question)
        except ScenarioError as error:
            name = Path(self.scenario.requests).name
            said = f"requests: {name}, line {row.line}: {error}"
            raise ScenarioError(said, field="requests") from None

    @cached_property
    def unexpected(self) -> list[tuple[Asked, Decision]]:
        """The rows that are decided otherwise than the file expects."""
        pairs = zip(self.asked, self.answers, strict=True)
        return [pair for pair in pairs if pair[0].expected not in (None, pair[1].allowed)]

    @cached_property
    def decided(self) -> list[list[Decision]]:
        """What becomes of every watched request of every principal, the change made."""
        return self.matrix(self.after)

    def matrix(self, world: World) -> list[list[Decision]]:
        """Decide every watched request for every principal: rows of principals."""
        watched = self.watched.values()
        names = world.account.entities
        return [[world.decide(Question(name, *each)) for each in watched] for name in names]

    @cached_property
    def codes(self) -> NDArray[np.int64]:
        """The verdicts of `decided`, as places in `VERDICTS`."""
        return _codes(self.decided)

    @cached_property
    def codes_before(self) -> NDArray[np.int64]:
        """Those before the change."""
        return _codes(self.matrix(self.before)) if self.is_changed else self.codes

    @property
    def is_barred(self) -> bool:
        """Whether a federated user asks of IAM or STS, which take no call of one.

        Notes
        -----
        IAM User Guide, "Compare AWS STS credentials", GetFederationToken.
        """
        asks = self.decision.request
        is_asked = asks.action_lower.startswith(("iam:", "sts:"))
        is_free = asks.action_lower == "sts:getcalleridentity"
        return asks.principal.kind is Kind.FEDERATED_USER and is_asked and not is_free

    @property
    def is_changed(self) -> bool:
        """Whether the scenario makes a change."""
        return self.before is not self.after


def changed(world: World) -> World:
    """The world after the scenario's change."""
    scenario, account = world.scenario, world.account
    name, policy = scenario.question.principal, scenario.policy
    entity = account.entity(name)
    if scenario.what_if == LEAVE:
        return World(scenario, account.with_entity(name, groups=()))
    if scenario.what_if == NO_BOUNDARY:
        return World(scenario, account.with_entity(name, boundary=None))
    if scenario.what_if == NOTHING or policy is None:
        return world
    if scenario.what_if == SESSION:
        _check_session(entity)
        return World(scenario, account, (policy,))
    changes: dict[str, Any] = {
        ATTACH: lambda: account.with_entity(name, policies=(*entity.policies, policy)),
        BOUND: lambda: account.with_entity(name, boundary=policy),
        ON_RESOURCE: lambda: account.with_policy_on(_holder(scenario), policy),
        ON_ACCOUNT: lambda: account.with_scp(policy),
    }
    return World(scenario, changes[scenario.what_if]())


def _holder(scenario: AccessScenario) -> str:
    """Whose policy decides on the request: the bucket's, where an object was named."""
    _, action, resource, *_ = scenario.question
    return resource_of(action, resource) if has_resource(action) else resource


def _check_session(entity: Entity) -> None:
    principal: Principal = entity.principal
    if not entity.is_session:
        raise ScenarioError(
            f"what_if = {SESSION!r}: {principal.kind} {principal.name} has no session; only who "
            "assumes a role passes policies to it.",
            field="what_if",
        )


def _codes(decided: list[list[Decision]]) -> NDArray[np.int64]:
    return np.array([[VERDICTS.index(one.verdict) for one in row] for row in decided])
