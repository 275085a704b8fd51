"""What there is to say of a volume over time: when it grows, when it is full, and why."""

import numpy as np

from awsnb.aws.rds import RDS
from awsnb.aws.rds.storage_autoscaling import DAY_S
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.rds.storage.simulate import AT_FIRST, MAXIMUM, OFF, SUDDEN, WAITS, Outcome
from awsnb.words import percent, span, usd


def tell(outcome: Outcome) -> Result:
    """Say when the storage grows, and whether it is ever full.

    Returns
    -------
    Result
        `data` has, by ``day``, the allocated storage, what the data want, and the use from which
        on too little is free, GiB; and the free share, %.
    """
    at_s = _times(outcome)
    size = outcome.growth.size_gib(at_s)
    wanted = np.interp(at_s, outcome.load.at_s, outcome.load.wanted_gib)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "day": at_s / DAY_S,
            "allocated_gib": size,
            "wanted_gib": wanted,
            "trigger_gib": outcome.scenario.rule.trigger_gib(1.0) * size,
            "free_pct": 100 * np.maximum(1 - wanted / size, 0.0),
        },
        panels=_panels(outcome),
        notes=(*outcome.load.notes, *_notes(outcome)),
    )


def _times(outcome: Outcome) -> np.ndarray:
    """Times to draw: every bend of the data, and both sides of every change."""
    changed = np.array(outcome.growth.changed_s)
    jumps = outcome.load.at_s[:-1][np.diff(outcome.load.at_s) == 0]
    just_before = np.nextafter(np.concatenate((changed, jumps)), 0)
    return np.unique(np.concatenate((outcome.load.at_s, changed, just_before)))


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    first, full = outcome.growth.changed_s[:1], outcome.first_full_s
    events = [(at / DAY_S, "grows") for at in first]
    if full is not None:
        events.append((full / DAY_S, "full"))
    space = Panel(
        "Space",
        "GiB",
        (
            Curve("allocated_gib", "allocated", "first", compare=True),
            Curve("wanted_gib", "data", "second"),
            Curve("trigger_gib", "90 % of it", "theory"),
        ),
        x="day",
        x_title="days from the start",
        events=tuple(sorted(events)),
    )
    free = Panel("Free space", "%", (Curve("free_pct", "free", "first", compare=True),), x="day")
    return space, free


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    changes, full = outcome.growth.changed_s, outcome.first_full_s
    first, last, used = (
        next(iter(changes), None),
        outcome.last_gib,
        float(outcome.load.wanted_gib[-1]),
    )
    unused, lowest = last - used, 100 * _least_free(outcome)
    return (
        Number("full_h", "Full, writes fail", outcome.full_s / 3600,
               span(outcome.full_s, "never"), headline=True),
        Number("allocated_gib", "Allocated at the end", last, f"{last:,} GiB", headline=True),
        Number("storage_usd_month", "Storage per month", outcome.usd_month,
               usd(outcome.usd_month), headline=True),
        Number("multi_az_usd_month", "As Multi-AZ", outcome.multi_az_usd_month,
               usd(outcome.multi_az_usd_month), headline=True),
        Number("first_full_day", "First full after", None if full is None else full / DAY_S,
               "never" if full is None else span(full, "at once")),
        Number("grows", "It grows", len(changes), _times_word(len(changes))),
        Number("first_grows_day", "First after", None if first is None else first / DAY_S,
               "never" if first is None else span(first)),
        Number("lowest_free_pct", "Least free space", lowest, percent(lowest)),
        Number("unused_gib", "Not used at the end", max(unused, 0.0),
               f"{max(unused, 0.0):,.0f} GiB"),
        Number("most_wanted_gib", "Most that the data want", outcome.peak_gib,
               f"{outcome.peak_gib:,.0f} GiB"),
    )  # fmt: skip


def _least_free(outcome: Outcome) -> float:
    at_s = _times(outcome)
    wanted = np.interp(at_s, outcome.load.at_s, outcome.load.wanted_gib)
    return max(float((1 - wanted / outcome.growth.size_gib(at_s)).min()), 0.0)


def _times_word(count: int) -> str:
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count:,} times")


def _why(outcome: Outcome) -> str:
    return (_full(outcome) if outcome.full_spells_s else _held(outcome)) + _slot(outcome)


def _slot(outcome: Outcome) -> str:
    """Say what holds the log, and what ends it, where the file is that of a slot."""
    held_gib, growth = outcome.load.slot_gib, outcome.load.growth_gib_per_day
    if held_gib is None:
        return ""
    if not held_gib:
        return " At the end of the file no slot holds any log."
    more = f", and {growth:,.1f} GiB more each day" if growth >= 0.05 else ""
    return (
        f" At the end of the file a replication slot holds {held_gib:,.1f} GiB of the log{more}, "
        "until its reader catches up or the slot is dropped."
    )


def _held(outcome: Outcome) -> str:
    growth, peak = outcome.growth, outcome.peak_gib
    if not growth.changed_s:
        return (
            f"It is never full: at most {peak:,.0f} of {outcome.last_gib:,} GiB are wanted. "
            f"{_no_growth(outcome)}"
        )
    return (
        f"It is never full: the storage grows {_times_word(len(growth.changed_s))}, from "
        f"{growth.sizes_gib[0]:,} to {outcome.last_gib:,} GiB, first after "
        f"{span(growth.changed_s[0])}. {_never_shrinks(outcome)}"
    ).rstrip()


def _no_growth(outcome: Outcome) -> str:
    rule = outcome.scenario.rule
    if rule.maximum_gib is None:
        return "Autoscaling is off."
    if outcome.peak_gib < rule.trigger_gib(outcome.last_gib):
        return f"Always more than {rule.number('trigger_free'):g} % are free, so it does not grow."
    if rule.next_gib(outcome.last_gib, 0.0) is None:
        return f"It can't grow: {_at_maximum(outcome, outcome.last_gib)}"
    return f"Less is free only for moments, under {rule.number('trigger_duration'):g} minutes."


def _never_shrinks(outcome: Outcome) -> str:
    """Say what a batch leaves behind: space that is paid day and night."""
    batch = outcome.scenario.batch_gib
    if not batch or outcome.scenario.trace:
        return ""
    stays = float(outcome.load.wanted_gib[-1])
    return (
        f"The batch needs it for {span(3600 * outcome.scenario.batch_h)} a night. By day "
        f"{stays:,.0f} GiB of data are there at the end, and storage never shrinks."
    )


def _full(outcome: Outcome) -> str:
    first = outcome.first_full_s or 0.0
    begins = f"after {span(first)}" if first else "at once"
    spells = len(outcome.full_spells_s)
    often = "" if spells == 1 else f", in {spells:,} spells"
    return (
        f"Writes fail: the storage is full for {span(outcome.full_s)}{often}, first {begins}. "
        f"{_cause(outcome, first)}{_mostly(outcome, first)}{_grown(outcome)}"
    )


def _mostly(outcome: Outcome, first_s: float) -> str:
    """Say what keeps it full for longest, if it is another size than at first."""
    mostly_s = outcome.mostly_full_s or 0.0
    size = outcome.size_at(mostly_s)
    if size == outcome.size_at(first_s):
        return ""
    return f" It is full for longest at {size:,} GiB. {_cause(outcome, mostly_s)}"


def _grown(outcome: Outcome) -> str:
    growth = outcome.growth
    if not growth.changed_s:
        return ""
    return (
        f" In all it grows {_times_word(len(growth.changed_s))}, to {outcome.last_gib:,} GiB, "
        f"first after {span(growth.changed_s[0])}."
    )


def _cause(outcome: Outcome, first: float) -> str:
    rule, why, size = outcome.scenario.rule, outcome.why_full(first), outcome.size_at(first)
    before = outcome.changed_before(first)
    if why == OFF:
        return f"Autoscaling is off, and up to {outcome.peak_gib:,.0f} of {size:,} GiB are wanted."
    if why == MAXIMUM:
        return _at_maximum(outcome, size)
    if why == AT_FIRST:
        return (
            "It begins without free space, and that must last for "
            f"{rule.number('trigger_duration'):g} minutes before it grows."
        )
    if why == WAITS:
        return (
            f"It had grown to {size:,} GiB {span(first - before[-1], 'just')} before, and the "
            f"next change must wait until {span(rule.ready_s(before) - before[-1])} after that "
            "one."
        )
    if why == SUDDEN:
        return (
            f"Free space fell from {rule.number('trigger_free'):g} % to nothing in less than the "
            f"{rule.number('trigger_duration'):g} minutes for which it must be low."
        )
    return (
        f"The predicted growth would have passed the maximum of {rule.maximum_gib:,} GiB, so it "
        f"stayed at {size:,} GiB."
    )


def _at_maximum(outcome: Outcome, size: int) -> str:
    rule = outcome.scenario.rule
    maximum = rule.maximum_gib or 0
    if size >= maximum:
        return f"It has reached its maximum of {maximum:,} GiB."
    share = rule.number("increment_share")
    step = max(rule.number("increment_floor"), size * share / 100)
    return (
        f"The next increment of {step:,.0f} GiB would reach or pass the maximum of "
        f"{maximum:,} GiB, so it stays at {size:,} GiB."
    )


def _notes(outcome: Outcome) -> tuple[str, ...]:
    price = RDS.get("gp3", "storage_price_single_az")
    optimization = RDS.get("storage_autoscaling", "optimization_time")
    copy = RDS.value("storage", "copy_above")
    crossed = outcome.growth.sizes_gib[0] < copy <= outcome.last_gib
    sizes = (
        f"On the way it passes {copy} GiB: RDS then copies all data to four volumes, with much "
        "I/O and for longer (MySQL, MariaDB, PostgreSQL)."
    )
    return (
        f"Price: gp3, Single-AZ, {price.region}, as of {price.as_of}.",
        f"Optimization takes {outcome.scenario.rule.optimization_s / 60:,.0f} min "
        f"({'assumed' if outcome.scenario.optimization_min is None else 'as set'}: "
        f"{optimization.note}). New space can be used at once.",
        *((sizes,) if crossed else ()),
    )
