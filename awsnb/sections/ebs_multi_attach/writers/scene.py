"""The kept order as a moving picture: blocks that are read into caches and written back."""

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.interleavings import READ, WRITE
from awsnb.results import Flow, Place, Scene
from awsnb.sections.ebs_multi_attach.writers.simulate import Outcome
from awsnb.sections.ebs_multi_attach.writers.steps import NAMES, block_names, sentence

Array = NDArray[np.float64]
LOST = "Lost"


def scene(outcome: Outcome) -> Scene:
    """Show one order, a picture a step; the first is before anything happens."""
    blocks, writers = range(outcome.job.blocks), range(outcome.job.writers)
    return Scene(
        alt=f"{outcome.scenario.text}: what the caches of the instances and the volume hold, step "
        "by step",
        x="step",
        places=(
            *(_cache(outcome, who, block) for who in writers for block in blocks),
            *(_volume(outcome, block) for block in blocks),
            Place(LOST, 3, count=_lost(outcome), note="updates", tone="bad"),
        ),
        flows=tuple(
            _flow(outcome, who, block, kind)
            for who in writers
            for block in blocks
            for kind in (READ, WRITE)
        ),
        events=tuple((at, "") for at in range(1, len(outcome.moments) + 1)),
        words=(
            (0, "Nothing is written yet."),
            *((at + 1, sentence(outcome, at)) for at in range(len(outcome.moments))),
        ),
    )


def _title(outcome: Outcome, place: str, block: int) -> str:
    """Name a block of a cache or of the volume; where there is but one, by the place alone."""
    if outcome.job.blocks == 1:
        return "Volume" if place == "Volume" else f"{place}'s cache"
    return f"{place}: {block_names(outcome)[block]}"


def _sizes(sets: list[int]) -> Array:
    """Count the updates in a block at each step; a block that was not read has none."""
    return np.array([0, *(max(bits, 0).bit_count() for bits in sets)], dtype=float)


def _cache(outcome: Outcome, who: int, block: int) -> Place:
    """Draw a cache: that of instance A on the left of the volume, the others' on the right."""
    held = _sizes([int(moment.pages[who, block]) for moment in outcome.moments])
    return _vessel(outcome, NAMES[who], block, 2 if who else 0, held)


def _volume(outcome: Outcome, block: int) -> Place:
    held = _sizes([int(moment.volume[block]) for moment in outcome.moments])
    return _vessel(outcome, "Volume", block, 1, held)


def _vessel(outcome: Outcome, place: str, block: int, column: int, held: Array) -> Place:
    unit = "updates" if outcome.job.blocks == 1 else ""
    return Place(_title(outcome, place, block), column, held, _most(outcome), unit)


def _flow(outcome: Outcome, who: int, block: int, kind: int) -> Flow:
    """Draw the reads or writes of an instance: what goes to the left runs below."""
    cache, volume = _title(outcome, NAMES[who], block), _title(outcome, "Volume", block)
    source, target = (volume, cache) if kind == READ else (cache, volume)
    rate = _moves(outcome, who, block, kind)
    return Flow(source, target, rate, 1, back=(kind == READ) == (who == 0))


def _most(outcome: Outcome) -> float:
    return float(outcome.job.writers * outcome.job.updates)


def _lost(outcome: Outcome) -> Array:
    """Count what is lost: all of it at the last step, which is where the harm is done."""
    lost = np.zeros(len(outcome.moments) + 1)
    lost[-1] = outcome.gone.bit_count()
    return lost


def _moves(outcome: Outcome, who: int, block: int, kind: int) -> Array:
    moved = [
        (moment.writer, moment.block, moment.kind) == (who, block, kind) and not moment.refused
        for moment in outcome.moments
    ]
    return np.array([False, *moved], dtype=float)
