"""Each deployment for the same database: downtime, commits and price."""

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.rds.luck.scenario import DEPLOYMENTS, LuckScenario
from awsnb.sections.rds.luck.simulate import Outcome, simulate
from awsnb.words import milliseconds, span, usd


def compare(scenario: LuckScenario) -> Comparison:
    """Find the cheapest deployment whose downtime is allowed.

    Parameters
    ----------
    scenario : LuckScenario
        The database, what fails, and the downtime allowed.

    Returns
    -------
    Comparison
        Every deployment; `best` is the cheapest that holds.
    """
    options = tuple(_option(simulate(scenario.as_deployment(name))) for name in DEPLOYMENTS)
    best = cheapest(options)
    goal = span(60 * scenario.goal_min)
    why = f"No deployment stays within {goal} a year."
    if best:
        price = usd(best.cost_usd_month or 0.0)
        why = f"Cheapest within {goal} a year: {best.label}, at {price} a month."
    return Comparison("Deployments for this database", why, options, best)


def _option(outcome: Outcome) -> Option:
    scenario = outcome.scenario
    total = outcome.downtime[scenario.deployment].total_min
    p999 = None if outcome.blocked else outcome.one_in_ms(1000)
    return Option(
        label=scenario.deployment,
        scenario=scenario,
        holds=not outcome.blocked and total <= scenario.goal_min,
        cost_usd_month=outcome.usd_month,
        numbers=(
            Number("cost_usd_month", "USD a month", outcome.usd_month, f"{outcome.usd_month:,.2f}"),
            Number("downtime_min", "down in a year", total, span(60 * total)),
            Number("p999_ms", "p99.9", p999, "never" if p999 is None else milliseconds(p999)),
        ),
        remark="no commit ends" if outcome.blocked else "",
    )
