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
    blocks = list(enumerate(block_names(outcome)))
    writers = range(outcome.job.writers)
    return Scene(
        alt=f"{outcome.scenario.text}: what the caches of the instances and the volume hold, step "
        "by step",
        x="step",
        places=(
            *(_cache(outcome, who, at, name) for who in writers for at, name in blocks),
            *(_volume(outcome, at, name) for at, name in blocks),
            Place(LOST, 2, count=_lost(outcome), note="updates", tone="bad"),
        ),
        flows=tuple(
            flow
            for who in writers
            for at, name in blocks
            for flow in (
                Flow(_title(who, name), f"Volume: {name}", _moves(outcome, who, at, WRITE), 1),
                Flow(f"Volume: {name}", _title(who, name), _moves(outcome, who, at, READ), 1,
                     back=True),
            )
        ),
        events=tuple((at, "") for at in range(1, len(outcome.moments) + 1)),
        words=(
            (0, "Nothing is written yet."),
            *((at + 1, sentence(outcome, at)) for at in range(len(outcome.moments))),
        ),
    )  # fmt: skip


def _title(who: int, block: str) -> str:
    return f"{NAMES[who]}'s cache: {block}"


def _sizes(sets: list[int]) -> Array:
    """Count the updates in a block at each step; a block that was not read has none."""
    return np.array([0, *(max(bits, 0).bit_count() for bits in sets)], dtype=float)


def _cache(outcome: Outcome, who: int, at: int, block: str) -> Place:
    held = _sizes([int(moment.pages[who, at]) for moment in outcome.moments])
    return Place(_title(who, block), 0, held, _most(outcome), "updates")


def _volume(outcome: Outcome, at: int, block: str) -> Place:
    held = _sizes([int(moment.volume[at]) for moment in outcome.moments])
    return Place(f"Volume: {block}", 1, held, _most(outcome), "updates")


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
