"""What other lifecycle policies would cost for the same files."""

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.efs.classes.files import files_of
from awsnb.sections.efs.classes.scenario import NEVER, ClassesScenario
from awsnb.sections.efs.classes.simulate import MONTHS, Stock, year

POLICIES = (
    {"ia_after": NEVER, "archive_after": NEVER},
    {"ia_after": "7 days", "archive_after": NEVER},
    {"ia_after": "30 days", "archive_after": NEVER},
    {"ia_after": "90 days", "archive_after": NEVER},
    {"ia_after": "30 days", "archive_after": "90 days"},
)


def compare(scenario: ClassesScenario) -> Comparison:
    """Find the cheapest of the usual lifecycle policies, each with and without moving back.

    Parameters
    ----------
    scenario : ClassesScenario
        The policy as asked for; the others see the same files and reads.

    Returns
    -------
    Comparison
        The policy as asked for first.

    Raises
    ------
    ScenarioError
        As `simulate`.
    """
    stock = Stock.of(files_of(scenario), scenario.busy_days)
    others = [
        scenario.replace(**policy, move_back=back)
        for policy in POLICIES
        for back in (False, True)
        if policy["ia_after"] != NEVER or not back
        if policy["archive_after"] == NEVER or scenario.has_archive
    ]
    options = [_option("as asked: ", scenario, stock)]
    options += [_option("", other, stock) for other in others]
    best = cheapest(options)
    return Comparison(
        title="What other lifecycle policies would cost",
        why=_verdict(options[0], best or options[0]),
        options=tuple(options),
        best=best,
    )


def _option(prefix: str, scenario: ClassesScenario, stock: Stock) -> Option:
    usd_day, stored = year(stock, [scenario.reads_a_year], scenario.policy, scenario.bill)
    cost = float(usd_day.sum()) / MONTHS
    cold = float(stored[-1, 1:].sum() / stored[-1].sum())
    return Option(
        label=prefix + scenario.text,
        scenario=scenario,
        holds=True,
        cost_usd_month=cost,
        numbers=(
            Number("usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("cold_pct", "cold at the end", 100 * cold, f"{100 * cold:.0f} %"),
        ),
    )


def _verdict(asked: Option, best: Option) -> str:
    if not best.dearer_by(asked):
        return "None of these policies costs less than the one asked for."
    return f"Cheapest: {best.price_beside(asked, 'policy')}."
