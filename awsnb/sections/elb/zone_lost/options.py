"""What else would get the requests through: clients, checks, shifts, targets."""

from collections.abc import Iterator

from awsnb.aws.elb import ELB, targets_usd_month
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.elb.zone_lost.scenario import HEALTH, ZoneLostScenario
from awsnb.sections.elb.zone_lost.simulate import Outcome, simulate
from awsnb.sections.elb.zone_lost.tell import needed
from awsnb.words import percent, span

SHIFT_MIN = 2.0


def compare(scenario: ZoneLostScenario) -> Comparison:
    """Look at what would make fewer requests fail.

    Parameters
    ----------
    scenario : ZoneLostScenario

    Returns
    -------
    Comparison
        An option holds if no more requests fail than may. Costs are those of the targets.
    """
    options = [_option(label, simulate(one)) for label, one in _alternatives(scenario)]
    best = cheapest(options)
    return Comparison(
        title="Ways through the loss of a zone",
        why=_verdict(scenario, options[0], best),
        options=tuple(options),
        best=best,
    )


def _alternatives(scenario: ZoneLostScenario) -> Iterator[tuple[str, ZoneLostScenario]]:
    yield "as asked", scenario
    switched = "cross-zone off" if scenario.cross_zone else "cross-zone on"
    yield switched, scenario.replace(cross_zone=not scenario.cross_zone)
    if scenario.long_pct:
        yield "no client caches longer", scenario.replace(long_pct=0.0)
    yield (
        "quickest health checks",
        scenario.replace(
            health_interval_s=ELB.value(HEALTH, "min_interval"),
            unhealthy_threshold=ELB.value(HEALTH, "min_threshold"),
        ),
    )
    if scenario.zonal_shift_min is None or scenario.zonal_shift_min > SHIFT_MIN:
        shifted = scenario.replace(zonal_shift_min=SHIFT_MIN)
        yield f"zonal shift after {span(60 * SHIFT_MIN)}", shifted
    enough = needed(simulate(scenario))
    most = int(scenario.fields()["targets_per_zone"].high or 0)
    if scenario.targets_per_zone < enough <= most:
        yield f"{enough} targets a zone", scenario.replace(targets_per_zone=enough)


def _option(label: str, outcome: Outcome) -> Option:
    scenario = outcome.scenario
    cost = targets_usd_month(scenario.zones * scenario.targets_per_zone)
    failed, failing_s = outcome.failed_pct, outcome.failing_s
    busiest = 100 * float(outcome.load.max())
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "targets, USD a month", cost, f"{cost:,.2f}"),
            Number("failed_pct", "failed", failed, percent(failed)),
            Number("failing_s", "failing for", failing_s, span(failing_s, "no time")),
            Number("busiest_pct", "highest load", busiest, percent(busiest)),
        ),
    )


def _verdict(scenario: ZoneLostScenario, asked: Option, best: Option | None) -> str:
    goal = f"at most {percent(scenario.failed_goal_pct)} failed"
    if best is None:
        return f"None of these alone keeps to {goal}."
    if best is asked:
        return f"What was asked for keeps to {goal}, and none of these costs less."
    change = best.dearer_by(asked)
    apart = f"{change} a month" if change else "at the same cost"
    return f"The cheapest that keeps to {goal}: {best.label}, {apart}."
