"""The stores side by side: the cheapest that will do."""

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.efs.alternatives.lacking import lacking
from awsnb.sections.efs.alternatives.scenario import AlternativesScenario
from awsnb.sections.efs.alternatives.simulate import Bill, simulate
from awsnb.words import counted, usd


def compare(scenario: AlternativesScenario) -> Comparison:
    """Price the same files in each store.

    Parameters
    ----------
    scenario : AlternativesScenario
        The files, and who needs them.

    Returns
    -------
    Comparison
        One option a store; it holds if it does what the instances need.
    """
    bills = simulate(scenario).bills
    options = tuple(_option(scenario, store, bill) for store, bill in bills.items())
    best = cheapest(options)
    return Comparison(
        title=f"{scenario.stored_gib:,} GiB for {counted(scenario.instances, 'instance')}",
        why=_verdict(best),
        options=options,
        best=best,
    )


def _option(scenario: AlternativesScenario, store: str, bill: Bill) -> Option:
    return Option(
        label=store,
        scenario=scenario.replace(store=store),
        holds=not bill.lacks,
        cost_usd_month=bill.usd,
        numbers=(
            Number("cost_usd_month", "USD a month", bill.usd, f"{bill.usd:,.2f}"),
            Number("use_usd_month", "read and written", bill.use_usd, f"{bill.use_usd:,.2f}"),
        ),
        remark=lacking(scenario, bill),
    )


def _verdict(best: Option | None) -> str:
    if best is None:
        return "None of these stores does what is asked of it."
    return f"Cheapest that will do: {best.label}, {usd(best.cost_usd_month or 0.0)} a month."
