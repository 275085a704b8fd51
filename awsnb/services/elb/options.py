"""What else would carry the load: other algorithms, quicker checks, more targets."""

from collections.abc import Iterator
from typing import TypeVar

from awsnb.results import Comparison, Number, Option
from awsnb.services.elb.alb import RULE_OF, AlbScenario
from awsnb.services.elb.bill import ELB, targets_usd_month
from awsnb.services.elb.fleet import CRASH, HANG, FleetScenario
from awsnb.services.elb.nlb import NlbScenario
from awsnb.services.elb.traffic import Run
from awsnb.words import milliseconds, percent

MOST_TARGETS = 50

S = TypeVar("S", bound=FleetScenario)


def compare_alb(scenario: AlbScenario) -> Comparison:
    """Set the alternatives side by side: the same requests, the same work, the same failure.

    Parameters
    ----------
    scenario : AlbScenario
        As asked for. The others change one thing each; the last has the fewest targets that meet
        both goals, with the quickest health checks that AWS allows.

    Returns
    -------
    Comparison
        Costs are those of the load balancer and its targets.
    """
    options = [option_of("as asked", scenario)]
    options += [option_of(label, other) for label, other in _others(scenario)]
    fewest = fewest_targets(_quick(scenario))
    if fewest is not None and fewest not in [option.scenario for option in options]:
        many = f"{fewest.targets} target{'s' if fewest.targets > 1 else ''}"
        options.append(option_of(f"{many}, quickest checks", fewest))
    return comparison_of(options, "Ways to carry this load through this failure")


def _others(scenario: AlbScenario) -> Iterator[tuple[str, AlbScenario]]:
    for algorithm in RULE_OF:
        if algorithm != scenario.algorithm:
            slow_start = scenario.slow_start_s if algorithm == "round_robin" else None
            yield algorithm, scenario.replace(algorithm=algorithm, slow_start_s=slow_start)
    if scenario.event in (CRASH, HANG):
        yield "quickest health checks", _quick(scenario)
    if scenario.targets < MOST_TARGETS:
        yield "one more target", scenario.replace(targets=scenario.targets + 1)


def _quick(scenario: S) -> S:
    if scenario.event not in (CRASH, HANG):
        return scenario
    return scenario.replace(
        health_interval_s=ELB.value("health_check", "min_interval"),
        unhealthy_threshold=ELB.value("health_check", "min_threshold"),
    )


def compare_nlb(scenario: NlbScenario) -> Comparison:
    """Set an NLB's alternatives side by side: the same requests, the same work, the same event.

    Parameters
    ----------
    scenario : NlbScenario

    Returns
    -------
    Comparison
        As `compare_alb`, with ALBs among the options.
    """
    options = [option_of("as asked", scenario)]
    switched = "cross-zone off" if scenario.cross_zone else "cross-zone on"
    options.append(option_of(switched, scenario.replace(cross_zone=not scenario.cross_zone)))
    most = NlbScenario.fields()["connections"].high or scenario.connections
    many = min(10 * scenario.connections, int(most))
    if many > scenario.connections:
        options.append(option_of(f"{many:,} connections", scenario.replace(connections=many)))
    if scenario.event == HANG:
        options.append(option_of("quickest health checks", _quick(scenario)))
    if scenario.targets < MOST_TARGETS:
        more = scenario.replace(targets=scenario.targets + 1)
        options.append(option_of("one more target", more))
    alb = _alb_instead(scenario)
    for algorithm in ("round_robin", "least_outstanding_requests"):
        options.append(option_of(f"an ALB, {algorithm}", alb.replace(algorithm=algorithm)))
    return comparison_of(options, "Ways to carry this load through this event")


def _alb_instead(scenario: NlbScenario) -> AlbScenario:
    shared = {name: getattr(scenario, name) for name in FleetScenario.fields()}
    least = ELB.value("alb", "min_zones")
    return AlbScenario(**shared | {"cross_zone": True, "zones": max(scenario.zones, least)})


def fewest_targets(scenario: S) -> S | None:
    """Find the fewest targets that meet both goals; None if fifty don't."""
    low, high = 2, MOST_TARGETS
    if not Run.of(scenario.replace(targets=high)).holds:
        return None
    while low < high:
        middle = (low + high) // 2
        if Run.of(scenario.replace(targets=middle)).holds:
            high = middle
        else:
            low = middle + 1
    return scenario.replace(targets=high)


def option_of(label: str, scenario: FleetScenario, remark: str = "") -> Option:
    """One alternative, simulated."""
    run = Run.of(scenario)
    cost = scenario.bill.usd_month + targets_usd_month(scenario.targets)
    p99, busiest = run.p99_ms, float(run.by_target[1].max())
    return Option(
        label=label,
        scenario=scenario,
        holds=run.holds,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("p99_ms", "p99", p99, milliseconds(p99)),
            Number("failed_pct", "failed", run.failed_pct, percent(run.failed_pct)),
            Number("busiest_pct", "busiest target", busiest, f"{busiest:.0f} %"),
        ),
        remark=remark,
    )


def comparison_of(options: list[Option], title: str) -> Comparison:
    """Say which option to take: the cheapest that meets both goals, if any does."""
    holding = [option for option in options if option.holds]
    best = min(holding, key=lambda option: option.cost_usd_month or 0.0, default=None)
    return Comparison(
        title=title, why=_verdict(options[0], best), options=tuple(options), best=best
    )


def _verdict(asked: Option, best: Option | None) -> str:
    scenario = asked.scenario
    assert isinstance(scenario, FleetScenario)
    goals = (
        f"p99 within {milliseconds(scenario.p99_goal_ms)} and at most "
        f"{percent(scenario.error_goal_pct)} failed"
    )
    if best is None:
        return f"None of these meets both goals, {goals}."
    if best is asked:
        return f"What was asked for meets both goals, {goals}, and none of these costs less."
    change = (best.cost_usd_month or 0.0) - (asked.cost_usd_month or 0.0)
    apart = f"{abs(change):,.2f} USD {'more' if change > 0 else 'less'} a month"
    if abs(change) < 0.005:
        apart = "at the same cost"
    also = "meets them too" if asked.holds else "misses them"
    return f"Cheapest with {goals}: {best.label}, {apart}. What was asked for {also}."
