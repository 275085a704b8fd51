"""A chain's versions, compared with block maps that are obviously right, and with closed forms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms import block_maps


class SlowChain:
    """Every snapshot with its whole block map: where in the store each of its blocks lies."""

    def __init__(self, changed, gone=None):
        self.maps, volume = [], {}
        for snapshot, blocks in enumerate(changed):
            left = gone[snapshot] if gone else ()
            volume = {block: where for block, where in volume.items() if block not in left}
            volume = volume | {block: (snapshot, block) for block in blocks}
            self.maps.append(volume)

    def stored(self, kept):
        return set().union(*(set(self.maps[k].values()) for k in kept)) if kept else set()

    def freed_by(self, kept, snapshot):
        return len(self.stored(kept)) - len(self.stored([k for k in kept if k != snapshot]))


CHAINS = st.lists(st.sets(st.integers(0, 30)), min_size=1, max_size=9)


@given(CHAINS, st.data())
def test_what_is_stored_and_freed_is_as_with_whole_block_maps(changed, data):
    count = len(changed)
    kept = sorted(data.draw(st.sets(st.integers(0, count - 1))))
    mask = np.isin(np.arange(count), kept)
    versions = block_maps.observed_changes([sorted(blocks) for blocks in changed])
    slow = SlowChain(changed)
    assert block_maps.stored(versions, mask) == len(slow.stored(kept))
    assert block_maps.full(versions).tolist() == [len(each) for each in slow.maps]
    alone = block_maps.alone(versions, mask)
    freed = [slow.freed_by(kept, k) if k in kept else 0 for k in range(count)]
    assert alone.tolist() == freed


@given(st.lists(st.tuples(*[st.sets(st.integers(0, 20))] * 2), min_size=1, max_size=9), st.data())
def test_blocks_that_are_gone_are_as_with_whole_block_maps(chain, data):
    changed, gone = zip(*chain, strict=True)
    kept = sorted(data.draw(st.sets(st.integers(0, len(chain) - 1))))
    versions = block_maps.observed_changes(*([sorted(s) for s in each] for each in (changed, gone)))
    slow = SlowChain(changed, gone)
    assert block_maps.full(versions).tolist() == [len(each) for each in slow.maps]
    mask = np.isin(np.arange(len(chain)), kept)
    assert block_maps.stored(versions, mask) == len(slow.stored(kept))


@given(CHAINS, st.integers(0, 9))
def test_a_rule_that_keeps_the_newest_is_as_with_whole_block_maps(changed, newest):
    versions = block_maps.observed_changes([sorted(blocks) for blocks in changed])
    slow = SlowChain(changed)
    now = np.arange(len(changed))
    first = np.maximum(now - newest + 1, 0)
    expected = [len(slow.stored(range(a, b + 1))) for a, b in zip(first, now, strict=True)]
    assert block_maps.stored_in_windows(versions, first, now).tolist() == expected


@pytest.mark.parametrize("share", [0.0, 0.05, 0.5, 1.0])
@pytest.mark.parametrize("snapshots", [1, 2, 30])
def test_even_changes_meet_the_closed_forms(snapshots, share):
    versions = block_maps.even_changes(snapshots, 1024.0, share)
    everything = np.ones(snapshots, dtype=bool)
    assert versions.min() >= 0
    assert versions.sum() == pytest.approx(1024 * (1 + (snapshots - 1) * share))
    assert block_maps.stored(versions, everything) == pytest.approx(versions.sum())
    assert block_maps.full(versions) == pytest.approx(1024.0)
    if snapshots > 2:  # one in the middle alone holds what came with it and went at once
        assert block_maps.alone(versions, everything)[1] == pytest.approx(1024 * share**2)


def test_even_changes_are_the_mean_of_drawn_ones():
    rng = np.random.default_rng(3)
    blocks, snapshots, share = 20_000, 8, 0.2
    changed = [np.arange(blocks)]
    changed += [np.flatnonzero(rng.random(blocks) < share) for _ in range(snapshots - 1)]
    drawn = block_maps.observed_changes(changed)
    expected = block_maps.even_changes(snapshots, blocks, share)
    assert np.abs(drawn - expected).max() < 5 * np.sqrt(expected.max())
    kept = np.array([True, False, False, True, False, True, False, True])
    assert block_maps.stored(drawn, kept) == pytest.approx(
        block_maps.stored(expected, kept), rel=0.02
    )


def test_nothing_kept_stores_nothing():
    versions = block_maps.even_changes(5, 100.0, 0.1)
    nothing = np.zeros(5, dtype=bool)
    assert block_maps.stored(versions, nothing) == 0
    assert not block_maps.alone(versions, nothing).any()


def test_no_snapshot_is_no_chain():
    assert block_maps.observed_changes([]).shape == (0, 1)
    assert block_maps.observed_changes([[]]).tolist() == [[0.0, 0.0]]
