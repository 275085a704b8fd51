"""What there is to say of a backtrack window: what it keeps, costs, and whether it reaches."""

from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.aurora.backtrack.scenario import BacktrackScenario
from awsnb.sections.aurora.backtrack.simulate import HOURS, MAX_WINDOW_H, WINDOWS_H, Outcome
from awsnb.words import span, unit_of, usd


def tell(outcome: Outcome) -> Result:
    """Say what the window keeps and whether it reaches back to the mistake.

    Returns
    -------
    Result
        `data` has, by ``hour`` since it was switched on at noon, the records kept, in millions; by
        ``window_h``, what a window costs a month, USD.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "hour": HOURS,
            "kept_millions": outcome.kept / 1e6,
            "longest_millions": outcome.kept_longest / 1e6,
            "window_h": WINDOWS_H,
            "window_usd": outcome.window_usd_month,
        },
        panels=(_records(outcome.scenario), _price(outcome.scenario)),
        notes=(
            "Prices: us-east-1. A month's price is that of a window that is full.",
            "Under a very heavy load Aurora may keep less than it was asked for; AWS gives no "
            "number, so that here the window is always met.",
        ),
    )


def _records(scenario: BacktrackScenario) -> Panel:
    return Panel(
        "Change records kept",
        "millions",
        (
            Curve("kept_millions", "your window", "first", compare=True),
            Curve("longest_millions", f"the longest, {MAX_WINDOW_H:g} h", "third"),
        ),
        x="hour",
        x_title="hours since it was switched on, at noon",
        events=((scenario.backtrack_h, "full"),) if scenario.backtrack_h else (),
    )


def _price(scenario: BacktrackScenario) -> Panel:
    window, noticed = scenario.backtrack_h, scenario.noticed_after_h
    mistake = ((noticed, "mistake noticed"),) if noticed <= MAX_WINDOW_H else ()
    return Panel(
        "Cost by window",
        "USD/month",
        (Curve("window_usd", "a full window", "first", compare=True),),
        x="window_h",
        x_title="window, h",
        events=((window, f"yours: {window:g} h" if window else "off"), *mistake),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    reaches, noticed_h = outcome.scenario.reaches, outcome.scenario.noticed_after_h
    rewinds = "yes" if reaches else "no"
    mean, most = float(outcome.last_day.mean()), float(outcome.last_day.max())
    return (
        Number("backtrack_usd_month", "Backtrack a month", outcome.usd_month,
               usd(outcome.usd_month), headline=True),
        Number("rewinds", "The mistake can be rewound", rewinds, rewinds, True),
        Number("kept_records", "Records kept, on average", mean, _millions(mean), True),
        Number("kept_most_records", "Records kept, at most", most, _millions(most)),
        Number("window_needed_h", "Window it takes", noticed_h, span(3600 * noticed_h)),
        Number("undone_records", "Changes a rewind takes back", outcome.undone if reaches else None,
               _millions(outcome.undone) if reaches else "-"),
    )  # fmt: skip


def _millions(records: float) -> str:
    return f"{records:,.0f}" if 0 < records < 100_000 else f"{records / 1e6:,.2f} million"


def _why(outcome: Outcome) -> str:
    scenario, window = outcome.scenario, outcome.scenario.backtrack_h
    if not window:
        return _off(outcome)
    changes = scenario.changes_per_s
    kept = changes * 3600 * window
    return (
        f"{changes:,g} {unit_of(changes, 'changes')} a second for {span(3600 * window)} are "
        f"{_millions(kept)} records, at {usd(outcome.usd_month)} a month. A mistake noticed after "
        f"{span(3600 * scenario.noticed_after_h)} {_undone(scenario)}"
    )


def _off(outcome: Outcome) -> str:
    return (
        "Backtrack is off: a mistake is undone by restoring a backup, as a new cluster. A "
        f"window of 24 h would keep {_millions(outcome.scenario.changes_per_s * 86_400)} records "
        f"for {usd(outcome.usd_month_of(24.0))} a month."
    )


def _undone(scenario: BacktrackScenario) -> str:
    if scenario.reaches:
        return "can be rewound; all that was written since goes with it, in the whole cluster."
    return "is out of its reach: what is left is a restore to a point in time, as a new cluster."
