"""What there is to say of a volume over time: space, price, and what a clean-up gave back."""

from math import isfinite

from awsnb.aws.aurora import AURORA, protection_groups, storage_usd_gib_month
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.aurora.storage.scenario import DELETED, DROPPED, StorageScenario
from awsnb.sections.aurora.storage.simulate import Outcome
from awsnb.words import counted, usd


def tell(outcome: Outcome) -> Result:
    """Say how the volume grew and what it cost.

    Returns
    -------
    Result
        `data` has, by ``day``, the data and the space that is billed, GiB; and what a month costs
        at that size, USD, beside RDS on a volume as large as the data ever was.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "day": outcome.day,
            "data_gib": outcome.data_gib,
            "billed_gib": outcome.billed_gib,
            "aurora_usd_month": outcome.aurora_usd_month,
            "rds_usd_month": outcome.rds_usd_month,
        },
        panels=(_size(outcome.scenario), _price(outcome.scenario)),
        notes=(
            "Data comes evenly. Billed is the space used, at every hour, copies included; not what "
            "the volume's last step has left.",
            "RDS: a Multi-AZ pair on gp3, enlarged just in time; a volume there never shrinks.",
        ),
    )


def _clean_up(scenario: StorageScenario) -> tuple[tuple[float, str], ...]:
    return ((float(scenario.freed_day), scenario.freed_by),) if scenario.is_freed else ()


def _size(scenario: StorageScenario) -> Panel:
    return Panel(
        "Space",
        "GiB",
        (
            Curve("billed_gib", "billed", "first", compare=True),
            Curve("data_gib", "data", "second"),
        ),
        x="day",
        x_title="days from now",
        events=_clean_up(scenario),
    )


def _price(scenario: StorageScenario) -> Panel:
    return Panel(
        "Storage at that size",
        "USD/month",
        (
            Curve("aurora_usd_month", f"Aurora {scenario.storage}", "first", compare=True),
            Curve("rds_usd_month", "RDS on gp3, a pair", "third"),
        ),
        x="day",
        x_title="days from now",
        events=_clean_up(scenario),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    bill, last, full = outcome.storage_usd, outcome.last_gib, outcome.full_day
    month = last * storage_usd_gib_month(outcome.scenario.storage)
    rds, empty, refused = outcome.rds_storage_usd, outcome.free_inside_gib, outcome.refused_gib
    step = AURORA.value("storage", "growth_increment")
    volume, groups = step * -int(-last // step), protection_groups(last)
    return (
        Number("billed_gib", "Billed at the end", last, f"{last:,.0f} GiB", headline=True),
        Number("storage_usd", f"Storage, {counted(outcome.scenario.days, 'day')}", bill,
               usd(bill), headline=True),
        Number("full_day", "The volume is full", full,
               f"on day {outcome.full_day_at_this_rate:,.0f} at this rate" if full is None
               else f"on day {full:,.0f}", True),
        Number("refused_gib", "Data that finds no room", refused, f"{refused:,.0f} GiB"),
        Number("end_usd_month", "A month at the end", month, usd(month)),
        Number("free_inside_gib", "Free inside tables, and billed", empty, f"{empty:,.0f} GiB"),
        Number("rds_storage_usd", "RDS storage for the same data", rds if isfinite(rds) else None,
               usd(rds) if isfinite(rds) else "no volume is as large"),
        Number("volume_gib", f"Volume, in steps of {step} GiB", volume, f"{volume:,} GiB"),
        Number("protection_groups", "Protection groups at the end", groups, f"{groups:,}"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    if not outcome.scenario.is_freed:
        return _grew(outcome) + _full(outcome)
    saved = outcome.cleaned_usd[DELETED] - outcome.cleaned_usd[DROPPED]
    said = _deleted if outcome.scenario.freed_by == DELETED else _dropped
    return said(outcome, saved) + _full(outcome)


def _full(outcome: Outcome) -> str:
    """Say what happens once the volume is as large as it can be."""
    if outcome.full_day is None:
        return ""
    return (
        f" On day {outcome.full_day:,.0f} the volume is as large as AWS lets it be: of what comes "
        f"until day {outcome.scenario.days:,}, {outcome.refused_gib:,.0f} GiB find no room."
    )


def _grew(outcome: Outcome) -> str:
    return (
        f"Nothing is removed: what is billed grows from {outcome.billed_gib[0]:,.0f} to "
        f"{outcome.last_gib:,.0f} GiB."
    )


def _deleted(outcome: Outcome, saved: float) -> str:
    return (
        f"Deleting rows leaves the space in their tables: {outcome.before_clean_up_gib:,.0f} GiB "
        "stay billed, and new rows fill the gaps first. Dropping tables or partitions instead "
        f"would save {usd(saved)} in {outcome.scenario.days:,} days."
    )


def _dropped(outcome: Outcome, saved: float) -> str:
    scenario, before = outcome.scenario, outcome.before_clean_up_gib
    after = before * (1 - scenario.freed_pct / 100)
    return (
        f"On day {scenario.freed_day:,} dropped tables give their space back, from {before:,.0f} "
        f"to {after:,.0f} GiB, and the bill follows. Deleting the same rows one by one would have "
        f"cost {usd(saved)} more in {scenario.days:,} days."
    )
