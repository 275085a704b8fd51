"""A year of daily snapshots of 1 TiB: versions counted by their lives, and maps of all blocks."""

import random

import numpy as np
import pytest

from awsnb.mechanisms.block_maps import even_changes, stored

DAYS, GIB, SHARE = 365, 1024, 0.05
BLOCKS = 2 * 1024 * GIB  # of 512 KiB
PART, PYTHON_PART = 16, 1024  # the peers follow one block in so many; their time is scaled
KEPT = np.arange(DAYS) % 7 != 3  # one day of each week is deleted by hand


def by_lives():
    return stored(even_changes(DAYS, GIB, SHARE), KEPT)


def by_numpy():
    """Draw each day's changes of all blocks at once; count those between kept snapshots."""
    rng = np.random.default_rng(1)
    written = np.zeros(BLOCKS // PART, dtype=np.int16)
    before, total = np.full_like(written, -1), 0
    for day in range(DAYS):
        if day:
            written[rng.random(written.size) < SHARE] = day
        if KEPT[day]:
            total += np.count_nonzero(written != before)
            before = written.copy()
    return total * GIB / written.size


def by_python():
    dice, kept = random.Random(1), KEPT.tolist()
    written = [0] * (BLOCKS // PYTHON_PART)
    before, total = [-1] * len(written), 0
    for day in range(DAYS):
        if day:
            for block in range(len(written)):
                if dice.random() < SHARE:
                    written[block] = day
        if kept[day]:
            total += sum(map(int.__ne__, written, before))
            before = written[:]
    return total * GIB / len(written)


@pytest.mark.parametrize(
    ("name", "peer", "part"),
    [
        (f"NumPy, a block in {PART}, scaled", by_numpy, PART),
        (f"plain Python, a block in {PYTHON_PART:,}, scaled", by_python, PYTHON_PART),
    ],
)
def test_a_year_by_the_lives_of_versions_against_maps_of_blocks(against, name, peer, part):
    assert peer() == pytest.approx(by_lives(), rel=0.01)
    against(f"a year of snapshots / {name}", by_lives, peer, share=1 / part)
