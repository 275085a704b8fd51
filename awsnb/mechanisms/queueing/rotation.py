"""Who is in rotation: stints as the kernels want them, and what a change makes of them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb._jit import kernel
from awsnb.mechanisms.queueing.targets import Stint, Target

SLOT = np.dtype(
    [(name, np.int64) for name in ("target", "zone", "room", "place", "last_place")]
    + [
        (name, np.float64)
        for name in (
            *("opens", "closes", "ends", "leaves", "slow_start", "stall", "pace", "weight"),
            *("share", "slope", "credit"),  # what the rotation makes of it
        )
    ]
)
"""A stint: its target, where its queue is, when it serves, how fast, and what share it gets."""

POOL = np.dtype(
    [(name, np.int64) for name in ("first", "end", "count", "turn", "latest", "even", "instead")]
)
"""A zone: its slots from `first` to `end`, how many of them are in rotation, whose turn it is,
whether all of them get the same, and the zone that serves when nobody here does."""


BOND = np.dtype([("slot", np.int64), ("until", np.float64)])
"""The slot that a flow keeps to, or -1, and until when, s."""


class Fleet(NamedTuple):
    """All that a request may meet.

    Attributes
    ----------
    slots, pools, bonds : recarray
        Stints, zones, and the flows that keep to a slot.
    listed : ndarray of int
        From each pool's `first` on: the slots of it that are in rotation.
    free : ndarray of float, shape (slots, most workers)
        When each worker is free, s, in order. A target with fewer workers than another has some
        that never become free.
    recent : ndarray of float
        For each slot with a limit to its queue, when the last requests so many started, s.
    """

    slots: np.recarray
    pools: np.recarray
    bonds: np.recarray
    listed: NDArray[np.int64]
    free: NDArray[np.float64]
    recent: NDArray[np.float64]

    @classmethod
    def of(cls, targets: list[Target], stints: list[Stint], zonal: bool, draining: bool) -> "Fleet":
        """Lay out targets and their stints; nobody is in rotation yet."""
        slots = _slots(targets, stints, zonal, draining)
        workers = np.array([targets[k].workers for k in slots.target])
        free = np.where(np.arange(workers.max()) < workers[:, None], 0.0, np.inf)
        recent = np.full(slots.last_place[-1] + 1, -np.inf)
        return cls(
            *(slots, _pools(slots), records(BOND, 0), np.zeros(slots.size, np.int64), free, recent)
        )

    def binding(self, flows: int) -> "Fleet":
        """Make room for the bonds of so many flows."""
        more = records(BOND, max(0, flows - self.bonds.size))
        more.slot = -1
        return self._replace(bonds=np.concatenate((self.bonds, more)).view(np.recarray))

    @property
    def alike(self) -> bool:
        """Whether all that are in rotation stand in one pool and get the same."""
        return self.pools.size == 1 and self.pools.even[0] and self.pools.count[0] > 0


def _slots(targets: list[Target], stints: list[Stint], zonal: bool, draining: bool) -> np.recarray:
    """Lay out stints by zone, target and time; without zones, all are in zone 0."""
    zone = [one.zone if zonal else 0 for one in targets]
    stints = sorted(stints, key=lambda one: (zone[one.target], one.target, one.opens_s))
    slots = records(SLOT, len(stints))
    times = np.array(stints, dtype=np.float64).T
    _, slots.opens, slots.closes, slots.ends, slots.slow_start, slots.stall = times
    slots.target = [one.target for one in stints]
    slots.zone = [zone[k] for k in slots.target]
    _, speed, slots.weight, _, limit = np.array(targets, dtype=np.float64)[slots.target].T
    slots.room = np.where(limit < np.inf, limit, -1)
    slots.last_place = np.cumsum(np.maximum(slots.room, 1)) - 1
    slots.place = slots.last_place
    slots.pace = 1 / speed
    slots.leaves = np.maximum(slots.closes, slots.ends) if draining else slots.closes
    return slots


def _pools(slots: np.recarray) -> np.recarray:
    """Zones, each of them empty until `rotate`."""
    pools = records(POOL, int(slots.zone[-1]) + 1)
    pools.first = np.searchsorted(slots.zone, np.arange(pools.size))
    pools.end = np.searchsorted(slots.zone, np.arange(pools.size), side="right")
    pools.turn = pools.latest = -1
    return pools


def changes_of(slots: np.recarray) -> NDArray[np.float64]:
    """Times at which the rotation changes, in order."""
    times = (slots.opens, slots.closes, slots.opens + slots.slow_start)
    found = np.unique(np.concatenate(times))
    return found[found < np.inf]


def records(kind: np.dtype, n: int) -> np.recarray:
    """So many records, all zero."""
    return np.zeros(n, kind).view(np.recarray)


@kernel
def rotate(t, fleet, out):  # type: ignore[no-untyped-def]
    """List who is in rotation at `t`, by zone, and the share that each gets of the largest."""
    slots, pools, listed = fleet.slots, fleet.pools, fleet.listed
    for pool in pools:
        heaviest, lightest, ripe = 0.0, np.inf, False
        if pool.turn >= 0:
            pool.latest = listed[pool.first + pool.turn]
        pool.count, pool.turn = 0, -1
        for k in range(pool.first, pool.end):
            slot = slots[k]
            out[k] = not slot.opens <= t < slot.closes
            if not out[k]:
                listed[pool.first + pool.count] = k
                pool.turn = pool.count if k <= pool.latest else pool.turn  # go on after the latest
                pool.count += 1
                heaviest, lightest = max(heaviest, slot.weight), min(lightest, slot.weight)
                ripe = ripe or t >= slot.opens + slot.slow_start
        pool.even = heaviest == lightest
        for j in range(pool.first, pool.first + pool.count):
            slot = slots[listed[j]]
            slot.share, slot.slope = slot.weight / heaviest, 0.0
            if ripe and t < slot.opens + slot.slow_start:
                slot.slope = 1.0 / slot.slow_start
                pool.even = False
    for z in range(pools.size):
        pools[z].instead = z
        for step in range(pools.size):
            other = (z + step) % pools.size
            if pools[other].count > 0:
                pools[z].instead = other
                break
