"""The approaches side by side, with slow and fast health checks, and what spare instances cost."""

from awsnb.aws.elb import ELB
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.ami.launch.bill import usd_month
from awsnb.sections.ami.launch.scenario import APPROACHES, PROVISIONED, LaunchScenario
from awsnb.sections.ami.launch.simulate import STEP_S, delayed, launched, load
from awsnb.words import counted, percent, span, usd

MOST_SPARE = 500


def compare(scenario: LaunchScenario) -> Comparison:
    """Look at every approach on the scenario's load, and at spare instances instead.

    Parameters
    ----------
    scenario : LaunchScenario

    Returns
    -------
    Comparison
        An option holds if no more requests wait than is accepted. Its price is what it costs
        beyond the instances that the load needs.

    Raises
    ------
    ScenarioError
        If the measured times can't be read.
    """
    fastest = int(ELB.value("health_check", "min_interval"))
    intervals = sorted({scenario.check_interval_s, fastest}, reverse=True)
    scenarios = [
        scenario.other(approach).replace(check_interval_s=interval)
        for approach in APPROACHES
        for interval in intervals
    ]
    options = [_option(one) for one in scenarios]
    spare = spare_needed(scenario)
    more = spare if spare is not None and spare > scenario.spare else 0
    if more:
        options.append(_option(scenario.replace(spare=more)))
    best = cheapest(options)
    return Comparison(
        title=f"Approaches, for at most {percent(scenario.accepted_pct)} of the requests waiting",
        why=_verdict(best, options[-1], more),
        options=tuple(options),
        best=best,
    )


def spare_needed(scenario: LaunchScenario) -> int | None:
    """Fewest spare instances with which no more requests wait than is accepted; None if none do.

    More spare instances never make more requests wait, so the number is found by halving.
    """
    ready_s = launched(scenario).ready_s
    accepted = scenario.accepted_pct / 100 * STEP_S * float(load(scenario).sum())
    low, high = -1, MOST_SPARE + 1
    while high - low > 1:
        middle = (low + high) // 2
        holds = delayed(scenario.replace(spare=middle), ready_s) <= accepted
        low, high = (low, middle) if holds else (middle, high)
    return high if high <= MOST_SPARE else None


def _option(scenario: LaunchScenario) -> Option:
    launches = launched(scenario)
    waiting = delayed(scenario, launches.ready_s)
    waiting_pct = 100 * waiting / (STEP_S * float(load(scenario).sum()))
    half, most = launches.within_s(50), launches.within_s(99)
    cost = usd_month(scenario)
    spare = f", {scenario.spare} spare" if scenario.spare else ""
    unpriced = "the provisioned rate is charged too; not counted"
    return Option(
        label=f"{scenario.approach}, checked every {scenario.check_interval_s} s{spare}",
        scenario=scenario,
        holds=waiting_pct <= scenario.accepted_pct,
        cost_usd_month=cost,
        numbers=(
            Number("ready_s", "half serve within", half, span(half)),
            Number("ready_p99_s", "99 % within", most, span(most)),
            Number("delayed", "requests that wait", waiting, f"{waiting:,.0f}"),
            Number("delayed_pct", "of all", waiting_pct, percent(waiting_pct)),
            Number("usd_month", "USD a month more", cost, usd(cost)),
        ),
        remark=unpriced if scenario.loading == PROVISIONED and scenario.baked else "",
    )


def _verdict(best: Option | None, last: Option, spare: int) -> str:
    if best is None:
        return (
            "With none of them so few requests wait. Scale before the load comes: by schedule or "
            "forecast, or at a lower target."
        )
    told = (
        f"The cheapest that holds: {best.label}. {best.numbers[2].text} requests wait, for "
        f"{usd(best.cost_usd_month or 0.0)} a month."
    )
    if not spare or last is best:
        return told
    return (
        f"{told} Without changing the launch it takes {counted(spare, 'spare instance')}, for "
        f"{usd(last.cost_usd_month or 0.0)}."
    )
