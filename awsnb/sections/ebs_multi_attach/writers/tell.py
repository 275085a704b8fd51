"""What there is to say of the orders: how many do harm, and how the soonest does it."""

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.ebs_multi_attach.writers.scenario import CLUSTER, UNPROTECTED
from awsnb.sections.ebs_multi_attach.writers.scene import scene
from awsnb.sections.ebs_multi_attach.writers.simulate import Outcome
from awsnb.sections.ebs_multi_attach.writers.steps import (
    NAMES,
    block_names,
    sentence,
    updates_text,
)
from awsnb.words import counted, percent


def tell(outcome: Outcome) -> Result:
    """Say what the writers do to the volume.

    Returns
    -------
    Result
        `data` has ``orders`` by the number of updates ``lost``; ``share_pct`` by ``what`` goes
        wrong; and by ``moment`` of one order what each ``place`` holds, as ``content``.
    """
    content, levels = _contents(outcome)
    steps = np.arange(len(outcome.moments) + 1)
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "lost": np.array([str(lost) for lost in range(len(outcome.census.lost))]),
            "orders": outcome.census.lost,
            "what": np.array(list(_wrong(outcome))),
            "share_pct": np.array([outcome.share_pct(n) for n in _wrong(outcome).values()]),
            "moment": np.array([str(step) for step in steps]),
            "place": np.array(_places(outcome)),
            "content": content,
            "step": steps,
        },
        panels=(_wrong_panel(), _lost_panel(), _steps_panel(levels)),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def _wrong(outcome: Outcome) -> dict[str, int]:
    """Count the orders in which each thing goes wrong."""
    census = outcome.census
    return {
        "loses an update": census.losing,
        "corrupts the directory": census.corrupt,
        "reads an old block": census.stale,
        "refuses an instance": census.refused,
    }


def _wrong_panel() -> Panel:
    return Panel(
        "Orders in which this happens",
        "%",
        (Curve("share_pct", "share of all orders", "first", compare=True),),
        kind="bars",
        x="what",
        limits=(0.0, 100.0),
    )


def _lost_panel() -> Panel:
    return Panel(
        "Orders by updates lost",
        "orders",
        (Curve("orders", "orders", "second", compare=True),),
        kind="bars",
        x="lost",
        x_title="updates lost",
    )


def _steps_panel(levels: tuple[str, ...]) -> Panel:
    return Panel(
        "One order, step by step: which updates each block holds",
        "",
        (Curve("content", "holds", "first"),),
        kind="heat",
        x="moment",
        x_title="step",
        rows="place",
        levels=levels,
    )


def _places(outcome: Outcome) -> list[str]:
    blocks, writers = block_names(outcome), NAMES[: outcome.job.writers]
    caches = [f"{who}'s cache: {block}" for who in writers for block in blocks]
    return [*(f"volume: {block}" for block in blocks), *caches]


def _contents(outcome: Outcome) -> tuple[np.ndarray, tuple[str, ...]]:
    """Return what each place holds at each step, as indices, and what the indices mean."""
    blocks, writers = outcome.job.blocks, outcome.job.writers
    columns = [[0] * blocks + [-1] * blocks * writers]
    columns += [[*moment.volume, *moment.pages.ravel()] for moment in outcome.moments]
    sets, content = np.unique(np.array(columns).T, return_inverse=True)
    levels = tuple(updates_text(outcome, int(bits)) for bits in sets)
    return content.reshape(-1, len(columns)).astype(float), levels


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    census = outcome.census
    (losing, corrupt, stale, refused) = map(outcome.share_pct, _wrong(outcome).values())
    directory = outcome.job.blocks > 1
    most = int(np.flatnonzero(census.lost)[-1])
    to_harm = None if outcome.harmless else census.ends
    return (
        Number("orders", "Orders, all of them run", census.orders, f"{census.orders:,}", True),
        Number("losing_pct", "Of them lose an update", losing, share_text(losing), headline=True),
        Number("corrupt_pct", "Corrupt the directory", corrupt if directory else None,
               share_text(corrupt) if directory else "no directory", headline=directory),
        Number("refused_pct", "Refuse an instance", refused, share_text(refused)),
        Number("stale_pct", "Read an old block", stale, share_text(stale)),
        Number("losing_orders", "Orders that lose an update", census.losing,
               f"{census.losing:,}"),
        Number("mean_lost_pct", "Updates lost, on average", outcome.mean_lost_pct,
               percent(outcome.mean_lost_pct)),
        Number("most_lost", "Lost at the most", most, counted(most, "update")),
        Number("steps_to_harm", "Harm done after", to_harm,
               "never" if to_harm is None else counted(to_harm, "step")),
    )  # fmt: skip


def share_text(share_pct: float) -> str:
    """Say a share of the orders; what is not all of them is never said to be 100 %."""
    return "over 99 %" if 99.5 <= share_pct < 100 else percent(share_pct)


def _why(outcome: Outcome) -> str:
    if outcome.harmless:
        return _safe(outcome)
    return f"{_harm(outcome)} {_soonest(outcome)} {_cause(outcome)}"


def _harm(outcome: Outcome) -> str:
    census = outcome.census
    harms = {"lose an update": census.losing, "end with names and files apart": census.corrupt}
    said = " and ".join(f"{orders:,} {harm}" for harm, orders in harms.items() if orders)
    unseen = "" if census.refused else " Nobody sees an error."
    return f"Of {census.orders:,} orders, {said}.{unseen}"


def _soonest(outcome: Outcome) -> str:
    """Say how the harm is done that is done soonest."""
    last = len(outcome.moments) - 1
    done = sentence(outcome, last)
    return (
        f"The shortest way to that takes {counted(last + 1, 'step')}. In the last one, "
        f"{done[0].lower()}{done[1:]}{_left(outcome)}"
    )


def _left(outcome: Outcome) -> str:
    """Say what is missing then: an update, or an update in one of two blocks."""
    if outcome.gone:
        return f" {updates_text(outcome, outcome.gone)} is gone."
    held = zip(block_names(outcome), outcome.moments[-1].volume, strict=True)
    said = [f"the {block} hold {updates_text(outcome, int(bits))}" for block, bits in held]
    return f" Then {', but '.join(said)}."


def _cause(outcome: Outcome) -> str:
    job = outcome.job
    if not job.locks:
        return "Between a read and its write another instance may write, and is overwritten."
    if outcome.census.stale:
        return "The lock keeps the writers apart, and not the old block out of the page cache."
    if job.fences:
        return "The volume stops the late writer in the middle of its update; no journal ends it."
    return "A lock is an agreement: it does not stop a late write of one who has lost it."


def _safe(outcome: Outcome) -> str:
    census = outcome.census
    if census.refused:
        return (
            f"None of {census.orders:,} orders does harm. In {census.refused:,} of them instance A "
            "comes back too late and is refused: it sees an error, and the data stays whole."
        )
    return (
        f"None of {census.orders:,} orders does harm: each update is read and written before the "
        "next one begins."
    )


def _notes(outcome: Outcome) -> list[str]:
    notes = [
        "A share of the orders is no probability: how often each order comes up depends on how "
        "long the steps take."
    ]
    if outcome.scenario.protection == UNPROTECTED and outcome.job.blocks > 1:
        notes.append("XFS and EXT4 on two instances do this: each believes that it is alone.")
    if outcome.scenario.protection == CLUSTER:
        notes.append(
            "A cluster file system reads anew under each lock and finishes from a journal what a "
            "fenced instance began."
        )
    if outcome.fenced_elsewhere:
        notes.append("io1 has no reservations: here the fencing must be a stop of the instance.")
    return notes
