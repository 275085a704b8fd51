"""What else would let the request through, and what each way would open besides."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

from awsnb.aws.iam.reference import may_have_policy, resource_of
from awsnb.mechanisms.authorization import Decision
from awsnb.results import Comparison, Number, Option
from awsnb.scenario import ScenarioError
from awsnb.sections.iam.scenario import (
    ATTACH,
    LEAVE,
    MFA,
    NO_BOUNDARY,
    NOTHING,
    ON_RESOURCE,
    AccessScenario,
)
from awsnb.sections.iam.simulate import Outcome, simulate

VERSION = "2012-10-17"


class Way(NamedTuple):
    """One thing to do, and the scenario in which it is done."""

    label: str
    scenario: AccessScenario
    remark: str = ""


def compare(scenario: AccessScenario) -> Comparison:
    """Compare the ways to let a request through.

    Parameters
    ----------
    scenario : AccessScenario
        The request, and a change that is made already, if any.

    Returns
    -------
    Comparison
        A way holds if it lets the request through. The best opens the fewest of the other watched
        requests, of any principal; among equals the first.
    """
    as_asked = simulate(scenario)
    ways = list(_ways(scenario))
    options = [_option(Way("as asked", scenario), as_asked, as_asked)]
    for way in ways:
        outcome = _outcome(way.scenario)
        if outcome is not None:
            options.append(_option(way, outcome, as_asked))
    holding = [option for option in options if option.holds]
    best = min(holding, key=_opened, default=None)
    return Comparison(
        f"Ways to let {scenario.text} through", _why(options[0], best), tuple(options), best
    )


def _ways(scenario: AccessScenario) -> Iterator[Way]:
    name, action, asked, *_ = scenario.question
    resource = resource_of(action, asked)
    entity = scenario.account.entity(name)
    plain = scenario.replace(what_if=NOTHING, document="")
    if scenario.signed_in != MFA:
        yield Way("sign in with MFA", scenario.replace(signed_in=MFA), "changes no policy")
    if not scenario.encrypted:
        yield Way("use HTTPS", scenario.replace(encrypted=True), "changes no policy")
    if scenario.what_if != NOTHING:
        yield Way("undo the change", plain)
    if entity.groups:
        yield Way("leave its groups", plain.replace(what_if=LEAVE))
    if entity.boundary:
        yield Way("take the boundary away", plain.replace(what_if=NO_BOUNDARY))
    service = action.partition(":")[0]
    grants = (
        ("attach a policy for exactly this", action, resource),
        (f"attach a policy for all of {service}", f"{service}:*", "*"),
        ("attach AdministratorAccess", "*", "*"),
    )
    for label, actions, resources in grants:
        document = _allow({"Action": actions, "Resource": resources})
        yield Way(label, plain.replace(what_if=ATTACH, document=document))
    if not may_have_policy(resource):
        return
    named = {"AWS": entity.principal.name}
    exactly = {"Action": action, "Resource": resource}
    document = _allow({"Principal": named, **exactly})
    yield Way(
        "give the resource a policy that names it",
        plain.replace(what_if=ON_RESOURCE, document=document),
    )


def _allow(elements: dict[str, object]) -> str:
    return json.dumps({"Version": VERSION, "Statement": {"Effect": "Allow", **elements}})


def _outcome(scenario: AccessScenario) -> Outcome | None:
    """What a way comes to; None if it can't be gone."""
    try:
        return simulate(scenario)
    except ScenarioError:
        return None


def _option(way: Way, outcome: Outcome, as_asked: Outcome) -> Option:
    decision, opened = outcome.decision, _opened_by(outcome, as_asked)
    return Option(
        way.label,
        way.scenario,
        decision.allowed,
        None,
        (
            Number("verdict", "verdict", decision.verdict.value, decision.verdict.value),
            Number("layer", "decided by", decision.layer, decision.layer),
            Number("opened", "opens besides", opened, str(opened)),
        ),
        "; ".join(filter(None, (way.remark, _resting(decision)))),
    )


def _resting(decision: Decision) -> str:
    return f"rests on {', '.join(decision.rests_on)}" if decision.rests_on else ""


def _opened_by(outcome: Outcome, as_asked: Outcome) -> int:
    """Count the watched requests that the way's policies newly allow, the one asked about apart.

    Before and after are seen under the way's own circumstances: MFA or HTTPS open nothing.
    """
    asked = outcome.scenario.question[:3]
    names = list(outcome.scenario.account.entities)
    watched = list(outcome.watched.values())
    same = replace(as_asked.after, scenario=outcome.scenario)
    before, after = outcome.matrix(same), outcome.decided
    return sum(
        _is_new(before[i][j], after[i][j])
        for i, name in enumerate(names)
        for j, (action, resource) in enumerate(watched)
        if (name, action, resource) != asked
    )


def _is_new(before: Decision, after: Decision) -> bool:
    return after.allowed and not before.allowed


def _opened(option: Option) -> int:
    return next(int(number.value or 0) for number in option.numbers if number.name == "opened")


def _why(as_asked: Option, best: Option | None) -> str:
    if as_asked.holds:
        return "The request is allowed as it is asked: nothing need be changed."
    if best is None:
        return "None of these lets it through: what denies it stands above them all."
    count = _opened(best)
    besides = f"{count} other watched request{'' if count == 1 else 's'}" if count else "nothing"
    return f"Of what lets it through, “{best.label}” opens the least besides: {besides}."
