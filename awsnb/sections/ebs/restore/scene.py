"""Fetching as a moving picture: blocks that reads pull, and blocks that come unasked."""

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.ebs.restore.simulate import MIB_PER_BLOCK, Outcome

SNAPSHOT, VOLUME = "Snapshot", "Volume"


def scene(outcome: Outcome) -> Scene | None:
    """Show a volume that fetches its blocks; None where none does."""
    if not outcome.loading.blocks:
        return None
    cold, data = outcome.cold_share, outcome.scenario.data_gib
    fetched = _fetched_mibps(outcome)
    slow = np.full_like(cold, outcome.reads) * cold
    full = max(outcome.reads, 1.0)
    return Scene(
        alt=f"{outcome.scenario.text}: blocks move from the snapshot to a volume in use",
        x="minute",
        places=(
            Place(SNAPSHOT, 0, count=fetched, note="MiB/s fetched"),
            Place(VOLUME, 1, data * (1 - cold), data, "GiB there"),
            Place("Fast reads", 2, count=outcome.reads - slow, note="reads a second", tone="good"),
            Place("Slow reads", 2, count=slow, note="reads a second", tone="bad"),
        ),
        flows=(
            Flow(SNAPSHOT, VOLUME, fetched, max(float(fetched.max()), 1e-9)),
            Flow(VOLUME, "Fast reads", outcome.reads - slow, full, "good"),
            Flow(VOLUME, "Slow reads", slow, full, "bad"),
        ),
        words=((0.0, "Each first read of a block waits for it."), *_end(outcome)),
    )


def _fetched_mibps(outcome: Outcome) -> np.ndarray:
    """Return what is fetched: as much as the reads ask for, or as the rate brings, MiB/s."""
    loading, cold = outcome.loading, outcome.cold_share
    blocks = np.where(cold > 0, np.maximum(loading.background, loading.reads * cold), 0.0)
    return blocks * MIB_PER_BLOCK


def _end(outcome: Outcome) -> tuple[tuple[float, str], ...]:
    warm = np.flatnonzero(outcome.cold_share == 0)
    if not warm.size:
        return ()
    return ((float(outcome.time_s[warm[0]]) / 60, "All blocks are there: the volume is fast."),)
