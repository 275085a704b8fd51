"""What else would carry the load: the alternatives beside each other, and which to take."""

from collections.abc import Callable
from typing import TypeVar

from awsnb.aws.elb import ELB, targets_usd_month
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections._balancing.scenario import CRASH, HANG, HEALTH, MOST_TARGETS, FleetScenario
from awsnb.sections._balancing.simulate import Outcome
from awsnb.words import milliseconds, percent

Asked = TypeVar("Asked", bound=FleetScenario)


def quickest(scenario: Asked) -> Asked:
    """Change a scenario to the quickest health checks that AWS allows, where they matter."""
    if scenario.event not in (CRASH, HANG):
        return scenario
    return scenario.replace(
        health_interval_s=ELB.value(HEALTH, "min_interval"),
        health_timeout_s=ELB.value(HEALTH, "min_timeout"),
        unhealthy_threshold=ELB.value(HEALTH, "min_threshold"),
    )


def fewest_targets(scenario: Asked, simulate: Callable[[Asked], Outcome]) -> Asked | None:
    """Find the fewest targets that meet both goals; None if fifty don't."""
    low, high = max(2, scenario.targets_in_zone_a or 0), MOST_TARGETS
    if not simulate(scenario.replace(targets=high)).holds:
        return None
    while low < high:
        middle = (low + high) // 2
        if simulate(scenario.replace(targets=middle)).holds:
            high = middle
        else:
            low = middle + 1
    return scenario.replace(targets=high)


def option_of(label: str, outcome: Outcome) -> Option:
    """Make one alternative of what it came to."""
    cost = outcome.bill.usd_month + targets_usd_month(outcome.scenario.targets)
    p99, failed, busiest = outcome.p99_ms, outcome.failed_pct, float(outcome.busy_pct.max())
    return Option(
        label=label,
        scenario=outcome.scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("p99_ms", "p99", p99, milliseconds(p99)),
            Number("failed_pct", "failed", failed, percent(failed)),
            Number("busiest_pct", "busiest target", busiest, f"{busiest:.0f} %"),
        ),
        remark="its queue still grows at the end" if outcome.still_grows else "",
    )


def comparison_of(options: list[Option], title: str) -> Comparison:
    """Say which option to take: the cheapest that meets both goals, if any does.

    The first option is what was asked for.
    """
    best = cheapest(options)
    return Comparison(
        title=title, why=_verdict(options[0], best), options=tuple(options), best=best
    )


def _verdict(asked: Option, best: Option | None) -> str:
    goals = _goals(asked)
    if best is None:
        return f"None of these meets both goals, {goals}."
    if best is asked:
        return f"What was asked for meets both goals, {goals}, and none of these costs less."
    change = best.dearer_by(asked)
    apart = f"{change} a month" if change else "at the same cost"
    also = "meets them too" if asked.holds else "misses them"
    return f"Cheapest with {goals}: {best.label}, {apart}. What was asked for {also}."


def _goals(asked: Option) -> str:
    scenario = asked.scenario
    assert isinstance(scenario, FleetScenario)
    return (
        f"p99 within {milliseconds(scenario.p99_goal_ms)} and at most "
        f"{percent(scenario.error_goal_pct)} failed"
    )
