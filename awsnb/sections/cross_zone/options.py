"""What else would do: the switch the other way, and the same targets spread evenly."""

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.cross_zone.scenario import INSIDE, CrossZoneScenario
from awsnb.sections.cross_zone.scene import pct_text
from awsnb.sections.cross_zone.simulate import simulate
from awsnb.sections.cross_zone.tell import p99_text
from awsnb.words import usd


def compare(scenario: CrossZoneScenario) -> Comparison:
    """Compare both switches, with targets as they are and spread evenly.

    Parameters
    ----------
    scenario : CrossZoneScenario
        Its load, its clients, and what is lost.

    Returns
    -------
    Comparison
        Costs are what is charged for crossing. An option holds if the busiest zone meets the p99
        goal and no request fails.
    """
    alternatives = {
        "cross-zone on": scenario.switched(True),
        "cross-zone off": scenario.switched(False),
        "off, zones made equal": evened(scenario).switched(False),
    }
    if scenario.balancer == "nlb" and scenario.clients == INSIDE:
        own = evened(scenario).switched(False, affinity="own zone")
        alternatives["off, equal, own-zone DNS"] = own
    options = tuple(_option(label, one) for label, one in alternatives.items())
    best = cheapest(options)
    return Comparison(
        title="On or off, targets as they are or equal",
        why=_why(best),
        options=options,
        best=best,
    )


def evened(scenario: CrossZoneScenario) -> CrossZoneScenario:
    """Spread the same number of targets over the zones, as evenly as can be."""
    zones, total = len(scenario.targets), sum(scenario.targets)
    counts = [total // zones + (at < total % zones) for at in range(zones)]
    names = ("targets_a", "targets_b", "targets_c")
    lost = min(scenario.lost_in_a, counts[0])
    return scenario.replace(**dict(zip(names, counts, strict=False)), lost_in_a=lost)


def _option(label: str, scenario: CrossZoneScenario) -> Option:
    outcome = simulate(scenario)
    cost, disputed = outcome.usd_month("yes"), outcome.usd_month("disputed")
    most, busiest = float(outcome.spread.each_target.max()), outcome.busiest_pct
    failed_pct = 100 * outcome.spread.failed
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(
            Number("crossing_usd_month", "crossing, USD a month", cost, f"{cost:,.2f}"),
            Number("most_pct", "most that a target gets", 100 * most, pct_text(100 * most)),
            Number("busiest_pct", "busiest target", busiest, pct_text(busiest)),
            Number("p99_ms", "p99", outcome.p99_ms_or_none, p99_text(outcome)),
            Number("failed_pct", "failed", failed_pct, pct_text(failed_pct)),
        ),
        remark=f"{usd(disputed)} more if disputed charges hold" if disputed else "",
    )


def _why(best: Option | None) -> str:
    if best is None:
        return "None of these meets the goal: more targets are needed."
    return (
        f"The cheapest that meets the goal is {best.label}, at {usd(best.cost_usd_month or 0.0)} a "
        "month for crossing."
    )
