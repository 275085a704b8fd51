"""What there is to say of a chain: what is stored, what it costs, what a hand has freed."""

import numpy as np

from awsnb.aws.ebs.snapshots import (
    BLOCK_GIB,
    MIN_ARCHIVE_DAYS,
    archived_usd_month,
    retrieval_usd,
)
from awsnb.aws.ebs.volume import EBS
from awsnb.results import HALF_A_CENT, Curve, Number, Panel, Result
from awsnb.sections.ebs.chain.scene import scene
from awsnb.sections.ebs.chain.simulate import MONTH_DAYS, Outcome
from awsnb.words import counted, usd

MOST_SHOWN = 48  # snapshots in the block map


def tell(outcome: Outcome) -> Result:
    """Say what a chain of snapshots holds and costs.

    Returns
    -------
    Result
        `data` has by ``day`` what the standard tier stores; by ``snapshot``, a day, what deleting
        that one alone would free; and as ``held_gib`` a matrix: what a ``snapshot_shown`` restores,
        by the snapshots that ``stored`` it.
    """
    freeable = outcome.standard
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "day": outcome.day,
            "stored_gib": outcome.by_day_gib,
            "snapshot": outcome.taken_on[freeable],
            "freed_gib": outcome.alone_gib[freeable],
            **_map(outcome),
        },
        panels=_panels(outcome),
        notes=_notes(outcome),
        scene=scene(outcome),
    )


def _map(outcome: Outcome) -> dict[str, np.ndarray]:
    """Return the block map, of at most so many snapshots and groups of them as can be seen."""
    kept = np.flatnonzero(outcome.standard)
    columns = kept[_spread(len(kept))]
    later = np.cumsum(outcome.versions[:, ::-1], axis=1)[:, ::-1]
    held = later[:, columns + 1] * (np.arange(len(later))[:, np.newaxis] <= columns)
    starts = _spread(len(held))
    shown = np.add.reduceat(held, starts, axis=0)
    return {
        "snapshot_shown": outcome.taken_on[columns],
        "stored": outcome.taken_on[starts],
        "held_gib": np.where(shown < BLOCK_GIB, 0.0, shown),  # a mean of less than one block
    }


def _spread(count: int) -> np.ndarray:
    """Choose indices, all or so many, from the first to the last."""
    return np.unique(np.linspace(0, count - 1, min(count, MOST_SHOWN)).astype(int))


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    by_hand = ((int(outcome.day[-1]), "by hand"),) if outcome.scenario.by_hand else ()
    stored = Panel(
        "Stored in the standard tier",
        "GiB",
        (Curve("stored_gib", "stored", "served", compare=True),),
        x="day",
        x_title="day",
        events=by_hand,
    )
    if not outcome.standard.any():
        return (stored,)
    freed = Panel(
        "What deleting one snapshot would free",
        "GiB",
        (Curve("freed_gib", "held by this one alone", "first", compare=True),),
        kind="bars",
        x="snapshot",
        x_title="snapshot of day",
    )
    blocks = Panel(
        "What a snapshot restores",
        "GiB",
        (Curve("held_gib", "restored from there", "first"),),
        log=True,
        kind="heat",
        x="snapshot_shown",
        x_title="snapshot of day",
        rows="stored",
        rows_title="day of storing",
    )
    return stored, freed, blocks


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    points, archived = int(outcome.standard.sum()), int(outcome.archived.sum())
    saves = outcome.archive_saves_usd_month if archived else None
    fee = retrieval_usd(outcome.archived_gib) if archived else None
    copy = outcome.copy_usd_month if outcome.scenario.copy_region else None
    return (
        Number("usd_month", "Bill a month", outcome.usd_month, usd(outcome.usd_month), True),
        Number("stored_gib", "Stored, standard tier", outcome.stored_now_gib,
               gib(outcome.stored_now_gib), headline=True),
        Number("restore_points", "Restore points", points, _points(points, archived),
               headline=True),
        Number("freed_gib", "Freed by deleting by hand", outcome.freed_by_deletion_gib,
               gib(outcome.freed_by_deletion_gib) if outcome.deleted.any() else "none deleted"),
        Number("bin_gib", "Held by the recycle bin alone", outcome.bin_gib, gib(outcome.bin_gib)),
        Number("archived_gib", "Full copies in the archive", outcome.archived_gib,
               gib(outcome.archived_gib)),
        Number("freed_by_archive_gib", "Freed by archiving", outcome.freed_by_archive_gib,
               gib(outcome.freed_by_archive_gib) if archived else "none archived"),
        Number("archive_saves_usd_month", "Archiving saves a month", saves,
               "none archived" if saves is None else usd(saves)),
        Number("retrieval_usd", "To bring them all back", fee,
               "none archived" if fee is None else usd(fee)),
        Number("copy_usd_month", "Copies in the other Region", copy,
               "no copies" if copy is None else usd(copy)),
        Number("full_copies_usd_month", "As full copies, a month", outcome.full_copies_usd_month,
               usd(outcome.full_copies_usd_month)),
    )  # fmt: skip


def gib(amount: float) -> str:
    """Say an amount of data: ``0 GiB``, ``2.6 GiB``, ``1,024 GiB``."""
    if amount < 1e-6:
        return "0 GiB"
    return f"{amount:,.0f} GiB" if amount >= 99.95 else f"{amount:,.3g} GiB"


def _points(points: int, archived: int) -> str:
    return f"{points:,}" + (f" and {archived:,} archived" if archived else "")


def _why(outcome: Outcome) -> str:
    points = int(outcome.standard.sum())
    said = [_stored(outcome, points)]
    expired = len(outcome.ruled) - int(outcome.ruled.sum())
    if expired:
        said.append(f"The rule has deleted {counted(expired, 'snapshot')}.")
    if outcome.deleted.any():
        said.append(_deletion(outcome))
    if outcome.archived.any():
        said.append(_archive(outcome))
    if outcome.scenario.copy_region:
        said.append(f"The copies in another Region cost {usd(outcome.copy_usd_month)} of the bill.")
    return " ".join(said)


def _stored(outcome: Outcome, points: int) -> str:
    bill = f"{gib(outcome.stored_now_gib)} stored in the standard tier"
    if not points:
        return f"No snapshot is left in the standard tier, with {bill}."
    if points == 1:
        return f"1 snapshot is ready to restore, with {bill}."
    if outcome.scenario.by_hand:
        return f"{points:,} snapshots are ready to restore, with {bill}."
    later = outcome.new_gib[outcome.standard][1:]
    return (
        f"{points:,} snapshots are ready to restore, with {bill}: all blocks for the oldest, "
        f"and {gib(float(later.mean()))} more for each later one, on average."
    )


def _deletion(outcome: Outcome) -> str:
    count, freed = int(outcome.deleted.sum()), outcome.freed_by_deletion_gib
    own = float(outcome.new_gib[outcome.deleted].sum())
    days = outcome.scenario.bin_days
    after = "" if days is None else f" after {counted(days, 'day')}"
    rest = "; other snapshots hold the rest" if own - freed > 1e-6 else ""
    brought = (
        f"Deleting {counted(count, 'snapshot')} that had stored {gib(own)} frees {gib(freed)}"
        f"{after}{rest}."
    )
    if days is None:
        return brought
    held = "it, and it is" if count == 1 else "them, and they are"
    return f"{brought} Until then the recycle bin keeps {held} billed as before."


def _archive(outcome: Outcome) -> str:
    count, saves = int(outcome.archived.sum()), outcome.archive_saves_usd_month
    moved = (
        f"Archiving {counted(count, 'snapshot')} writes {gib(outcome.archived_gib)} of full copies "
        f"and frees {gib(outcome.freed_by_archive_gib)} here, which"
    )
    if abs(saves) < HALF_A_CENT:
        return f"{moved} changes nothing on the bill."
    return f"{moved} {'saves' if saves > 0 else 'adds'} {usd(abs(saves))} a month."


def _notes(outcome: Outcome) -> tuple[str, ...]:
    scenario, price = outcome.scenario, EBS.get("snapshot", "snapshot_storage_price")
    source = (
        "Blocks: from your lists. Days, data and changes as set are not used."
        if scenario.blocks
        else "Each day's changes are independent of the day before; what is shown is the mean."
    )
    notes = [source, f"Prices: {price.region}, as of {price.as_of}, without the volume itself."]
    if scenario.copy_region:
        copy = EBS.get("snapshot", "copy_price")
        notes.append(
            f"The transfer to another Region is billed at {copy.value:g} USD/GB ({copy.note}); "
            "the first copy, which is full, is not in the monthly bill, nor are the copies changed "
            "by hand."
        )
    if outcome.archived.any():
        notes.append(_archive_note(outcome))
    return tuple(notes)


def _archive_note(outcome: Outcome) -> str:
    least = archived_usd_month(outcome.archived_gib) * MIN_ARCHIVE_DAYS / MONTH_DAYS
    quota = EBS.get("archive", "max_archived_per_volume")
    hours = EBS.value("archive", "restore_time_max")
    over = f" AWS allows {quota.value} a volume by default." * (
        int(outcome.archived.sum()) > quota.value
    )
    return (
        f"An archived snapshot is billed for at least {MIN_ARCHIVE_DAYS} days, here {usd(least)}; "
        f"it takes up to {hours} hours to bring back.{over}"
    )
