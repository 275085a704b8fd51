"""The kinds and the pairs side by side."""

from awsnb.results import Comparison, Number, Option
from awsnb.sections.elb.which_one.scenario import WhichOneScenario
from awsnb.sections.elb.which_one.simulate import Candidate, simulate
from awsnb.sections.elb.which_one.tell import name_of, reasons
from awsnb.words import milliseconds, usd


def compare(scenario: WhichOneScenario) -> Comparison:
    """Look at each kind, and at each pair of kinds that AWS knows.

    Parameters
    ----------
    scenario : WhichOneScenario

    Returns
    -------
    Comparison
        An option holds if it does all that is asked. `best` is the cheapest single kind of the
        present generation that does, or else the cheapest pair.
    """
    outcome = simulate(scenario)
    options = {one.kinds: _option(scenario, one) for one in (*outcome.singles, *outcome.pairs)}
    best = options[outcome.best.kinds] if outcome.best else None
    return Comparison(
        title=f"Load balancers for {scenario.text}",
        why=_verdict(best),
        options=tuple(options.values()),
        best=best,
    )


def _verdict(best: Option | None) -> str:
    if best is None:
        return "None of these does all that is asked."
    cost = best.cost_usd_month or 0.0
    return f"Take {best.label}: it does all that is asked, for {usd(cost)} a month."


def _option(scenario: WhichOneScenario, one: Candidate) -> Option:
    cost, latency, bill = one.usd_month, one.latency_ms, one.bills[-1]
    units = sum(each.billed_units for each in one.bills)
    return Option(
        label=name_of(one),
        scenario=scenario,
        holds=not one.lacks,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("billed_units", "units", units, f"{units:,.2f}"),
            Number("paid_for", "paid for", bill.dimension, bill.dimension),
            Number("latency_ms", "new connection", latency,
                   "not published" if latency is None else milliseconds(latency)),
        ),
        remark=reasons(one) or ("" if one.current else "previous generation"),
    )  # fmt: skip
