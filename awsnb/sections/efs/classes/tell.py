"""What there is to say of a lifecycle policy: the bill, where the files lie, when it costs more."""

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.efs import EFS
from awsnb.results import HALF_A_CENT, Curve, Number, Panel, Result
from awsnb.sections.efs.classes.simulate import MONTHS, PARTS, RATES_A_YEAR, YEAR_DAYS, Outcome
from awsnb.words import percent, usd

LABELS = ("Standard", "Infrequent Access", "Archive", "moving", "reads", "left Archive early")


def tell(outcome: Outcome) -> Result:
    """Say what a lifecycle policy did in a year.

    Returns
    -------
    Result
        `data` has by ``day`` the GiB in each class; by ``month`` the parts of the bill, USD; by
        ``reads_a_year`` the mean bill with the policy, with its opposite of moving files back, and
        with all files in Standard, USD a month.
    """
    stored, months = outcome.stored_gib.T, outcome.months_usd.T
    rates, drawn = _rates(outcome)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "day": np.arange(YEAR_DAYS),
            **dict(zip(("standard_gib", "ia_gib", "archive_gib"), stored, strict=True)),
            "month": np.array([str(month) for month in range(1, MONTHS + 1)]),
            **{f"{part}_usd": row for part, row in zip(PARTS, months, strict=True)},
            "reads_a_year": rates,
            "policy_usd": outcome.usd_by_rate[drawn],
            "other_usd": outcome.other_by_rate[drawn],
            "all_standard_usd": np.full(rates.size, outcome.standard_usd_month),
        },
        panels=(_where(), _bill(), _by_rate(outcome)),
        notes=_notes(outcome),
    )


def _rates(outcome: Outcome) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return the rates to draw, the scenario's own among them, and where their bills stand."""
    rates = np.append(outcome.scenario.reads_a_year, RATES_A_YEAR)
    drawn = np.argsort(rates, kind="stable")
    drawn = drawn[rates[drawn] >= RATES_A_YEAR[1]]
    return rates[drawn], drawn


def _where() -> Panel:
    curves = (
        Curve("standard_gib", LABELS[0], "first", compare=True),
        Curve("ia_gib", LABELS[1], "second"),
        Curve("archive_gib", LABELS[2], "third"),
    )
    return Panel("Where the files lie", "GiB", curves, x="day", x_title="day of the year")


def _bill() -> Panel:
    curves = (
        Curve("standard_usd", LABELS[0], "first"),
        Curve("ia_usd", LABELS[1], "second"),
        Curve("archive_usd", LABELS[2], "third"),
        Curve("tiering_usd", LABELS[3], "fourth"),
        Curve("access_usd", LABELS[4], "fifth"),
        Curve("early_usd", LABELS[5], "demand"),
    )
    return Panel(
        "Bill by month", "USD", curves, kind="bars", x="month", x_title="month", stacked=True
    )


def _by_rate(outcome: Outcome) -> Panel:
    back = "left where they are" if outcome.scenario.move_back else "moved back when read"
    reads = outcome.scenario.reads_a_year
    return Panel(
        "Bill by how often a cold file is read",
        "USD/month",
        (
            Curve("policy_usd", "this policy", "first", compare=True),
            Curve("other_usd", f"files {back}", "second"),
            Curve("all_standard_usd", "all in Standard", "theory"),
        ),
        x="reads_a_year",
        x_title="reads of a cold file a year",
        x_log=True,
        events=((reads, "yours"),) if reads >= RATES_A_YEAR[1] else (),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    standard, bill, parts = outcome.standard_usd_month, outcome.usd_month, outcome.parts_usd_month
    saved, even = standard - bill, outcome.break_even_reads
    cold = 100 * float(outcome.stock.cold_gib[0].sum()) / outcome.stock.gib
    other = "Left where they are" if outcome.scenario.move_back else "Moved back when read"
    return (
        Number("usd_month", "Bill a month", bill, usd(bill), headline=True),
        Number("standard_usd_month", "All in Standard", standard, usd(standard), headline=True),
        Number("saved_usd_month", "Saved a month", saved, usd(saved), headline=True),
        Number("break_even_reads_a_year", "Costs more from", even, _reads(even), headline=True),
        Number("other_usd_month", other, outcome.other_usd_month, usd(outcome.other_usd_month)),
        Number("moving_usd_month", "Moving, a month", parts["tiering"], usd(parts["tiering"])),
        Number("access_usd_month", "Reads, a month", parts["access"], usd(parts["access"])),
        Number("early_usd_month", "Left Archive early, a month", parts["early"],
               usd(parts["early"])),
        Number("stored_gib", "Stored", outcome.stock.gib, f"{outcome.stock.gib:,.2f} GiB"),
        Number("cold_pct", "Not in daily use", cold, percent(cold)),
    )  # fmt: skip


def _reads(reads: float | None) -> str:
    if reads is None:
        return f"never, up to {RATES_A_YEAR[-1]:g} reads a year"
    return f"{reads:.0f} reads a year" if reads else "no reads at all"


def _why(outcome: Outcome) -> str:
    standard, bill = outcome.standard_usd_month, outcome.usd_month
    if outcome.scenario.text == "all in Standard":
        return f"No file ever moves: {outcome.stock.gib:,.2f} GiB cost {usd(standard)} a month."
    if abs(bill - standard) < HALF_A_CENT:
        return (
            f"The policy makes no difference: {outcome.stock.gib:,.2f} GiB cost {usd(bill)} a "
            "month either way."
        )
    if bill > standard:
        return (
            f"The policy costs more: {usd(bill)} a month, compared with {usd(standard)} with all "
            f"files in Standard. {_dearest(outcome)}{_back(outcome)}"
        )
    return (
        f"The policy saves {usd(standard - bill)} a month of the {usd(standard)} of Standard. "
        f"{_even(outcome)}{_back(outcome)}"
    )


def _dearest(outcome: Outcome) -> str:
    """Name what makes it dear: the dearest part that Standard does not have, or small files."""
    parts = outcome.parts_usd_month
    fees = {
        "moving files": parts["tiering"],
        "reading them in a colder class": parts["access"],
        "leaving Archive early": parts["early"],
    }
    name = max(fees, key=lambda each: fees[each])
    if fees[name] > parts["ia"] + parts["archive"]:
        return f"The dearest part is {name}, {usd(fees[name])} a month."
    least = EFS.value("objects", "min_billed")
    return f"A small file is billed as {least} KiB in a colder class."


def _even(outcome: Outcome) -> str:
    even = outcome.break_even_reads
    if even is None:
        return "It saves however often the cold files are read, up to once a day."
    return f"It would cost more than Standard from {even:.0f} reads of a cold file a year on."


def _back(outcome: Outcome) -> str:
    change = outcome.other_usd_month - outcome.usd_month
    if abs(change) < HALF_A_CENT:
        return ""
    other = "Leaving files where they are" if outcome.scenario.move_back else "Moving files back"
    return f" {other} when they are read would cost {usd(abs(change))} {_more(change)}."


def _more(change: float) -> str:
    return "more" if change > 0 else "less"


def _days(count: int) -> str:
    return "day" if count == 1 else f"{count} days"


def _notes(outcome: Outcome) -> tuple[str, ...]:
    price, back = EFS.get("ia", "storage_price"), EFS.get("archive", "move_back_price")
    return (
        outcome.stock.note,
        f"Files read within the last {_days(outcome.scenario.busy_days)} are taken to be read "
        "daily; each other file is read at random, in full, as often as reads_a_year says "
        "(assumed).",
        "A bill is the mean of a year that begins when the policy comes into force.",
        f"Prices: {price.region}, as of {price.as_of}, a {outcome.scenario.kind} file system. What "
        "a read costs in every class alike is left out.",
        f"Moving back from Infrequent Access costs as much as moving in. {back.note} "
        f"({back.confidence}).",
        f"A cold file's first byte takes {EFS.value('latency', 'cold')}.",
    )
