"""The ways to buy side by side: the cheapest that the work stands."""

from awsnb.aws.ec2.purchase import PURCHASES
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.ec2.cost.scenario import CostScenario
from awsnb.sections.ec2.cost.simulate import Outcome, simulate
from awsnb.words import counted, usd


def compare(scenario: CostScenario) -> Comparison:
    """Buy the same hours in each way.

    Parameters
    ----------
    scenario : CostScenario
        The instances and their hours.

    Returns
    -------
    Comparison
        One option a way to buy; spot holds only if the work may be interrupted.
    """
    options = tuple(_option(simulate(scenario.replace(purchase=one))) for one in PURCHASES)
    best = cheapest(options)
    assert best is not None  # on demand always holds
    spot = options[-1]
    why = f"Cheapest for this work: {best.label}, {usd(best.cost_usd_month or 0.0)} a month."
    if not spot.holds:
        why += (
            f" Work that may be interrupted would cost {usd(spot.cost_usd_month or 0.0)} on spot."
        )
    return Comparison(
        title=f"{scenario.hours:g} h a day for {counted(scenario.months, 'month')}",
        why=why,
        options=options,
        best=best,
    )


def _option(outcome: Outcome) -> Option:
    cost, unused = outcome.cost_usd_month, outcome.idle_usd_month
    return Option(
        label=outcome.scenario.purchase,
        scenario=outcome.scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("unused_usd_month", "of it not used", unused, f"{unused:,.2f}"),
        ),
        remark=_remark(outcome),
    )


def _remark(outcome: Outcome) -> str:
    committed, then = outcome.months
    if committed:
        after = f", then {counted(then, 'month')} on demand" if then else ""
        return f"paid for {committed} months{after}"
    return "" if outcome.holds else "AWS may reclaim it"
