"""The chain as a moving picture: changed blocks flow in, and leave when no snapshot holds them."""

from collections.abc import Iterator

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.ebs.chain.simulate import Floats, Outcome
from awsnb.words import counted

LEAST_GIB = 1e-6  # less than this is rounding
VOLUME, STANDARD, FREED, ARCHIVE = "Volume", "Standard tier", "Freed", "Archive tier"


def scene(outcome: Outcome) -> Scene:
    """Show the standard tier day by day: what comes with a snapshot, what is freed."""
    level, new = outcome.by_day_gib, _new(outcome)
    freed = np.append(0.0, level[:-1]) + new - level
    freed[freed < LEAST_GIB] = 0.0
    archived = np.zeros_like(level)
    if outcome.scenario.by_hand:
        archived[-1] = outcome.archived_gib
    full = float(max(new.max(), freed.max(), archived.max(), 1e-9))
    archive = outcome.archived_gib > 0
    return Scene(
        alt=f"{outcome.scenario.text}: what snapshots bring to the standard tier each day, what it "
        "holds, and what leaves it",
        x="day",
        places=(
            Place(VOLUME, 0, count=new, note="GiB that day"),
            Place(STANDARD, 1, level, float(level.max()) or 1.0, "GiB"),
            Place(FREED, 2, count=np.cumsum(freed), note="GiB so far", tone="good"),
            *([Place(ARCHIVE, 2, count=archived, note="GiB of full copies")] * archive),
        ),
        flows=(
            Flow(VOLUME, STANDARD, new, full),
            Flow(STANDARD, FREED, freed, full, "good"),
            *([Flow(STANDARD, ARCHIVE, archived, full)] * archive),
        ),
        events=((int(outcome.day[-1]), "by hand"),) if outcome.scenario.by_hand else (),
        words=tuple(_words(outcome, freed)),
    )


def _new(outcome: Outcome) -> Floats:
    """Return what each day's snapshot stores: nothing on days without one."""
    new = np.zeros(len(outcome.day))
    new[outcome.taken_on - 1] = outcome.new_gib
    return new


def _words(outcome: Outcome, freed: Floats) -> Iterator[tuple[int, str]]:
    yield 1, "The first snapshot stores all blocks that were ever written."
    if outcome.last_day > 1:
        yield 2, "Each later snapshot stores the blocks that changed, and refers to the rest."
    expired = np.flatnonzero(freed[: outcome.last_day] > 1e-9)
    if expired.size:
        yield int(outcome.day[expired[0]]), "The rule deletes; blocks that nobody holds are freed."
    if outcome.scenario.by_hand:
        deleted, archived = int(outcome.deleted.sum()), int(outcome.archived.sum())
        done = [f"{counted(deleted, 'snapshot')} deleted"] * bool(deleted)
        done += [f"{counted(archived, 'full copy', 'full copies')} archived"] * bool(archived)
        yield int(outcome.day[-1]), f"By hand: {' and '.join(done)}."
