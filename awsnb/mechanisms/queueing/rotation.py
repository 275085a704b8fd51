"""Who is in rotation: registrations as the kernels want them, and what a change makes of them."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb._jit import allocating_kernel
from awsnb.mechanisms._records import layout, records, records_of
from awsnb.mechanisms.queueing.targets import Registration, Target

SLOT = layout(
    int64="target zone room entry last_entry",
    float64="opens closes ends leaves slow_start stall pace weight share slope credit",
)
"""A registration: its target and zone; how many may wait for it, and which of its entries in
`Fleet.recent` is next, and last; when it serves, and until when sessions stay; how fast. The
rotation sets its share of requests, how fast that grows, and what it has earned of it."""

POOL = layout(int64="first end count turn latest even instead")
"""A zone: its slots from `first` to `end`, how many of them are in rotation, whose turn it is, and
was; whether all of them get the same, and the zone that serves when nobody here does."""

SESSION = layout(int64="slot", float64="until")
"""The slot that a flow keeps to, or -1, and until when, s."""


class Fleet(NamedTuple):
    """All that a request may meet.

    Attributes
    ----------
    slots, pools, sessions : ndarray of `SLOT`, `POOL` and `SESSION`
        Registrations, zones, and the flows that keep to a slot.
    listed : ndarray of int
        From each pool's `first` on: the slots of it that are in rotation.
    free : ndarray of float, shape (slots, most workers)
        When each worker is free, s, in order. A target with fewer workers than another has some
        that never become free.
    recent : ndarray of float
        For each slot with a limit to its queue, when the last requests so many started, s.
    """

    slots: NDArray
    pools: NDArray
    sessions: NDArray
    listed: NDArray[np.int64]
    free: NDArray[np.float64]
    recent: NDArray[np.float64]

    @classmethod
    def of(
        cls, targets: list[Target], registrations: list[Registration], zonal: bool, draining: bool
    ) -> "Fleet":
        """Lay out targets and their registrations; nobody is in rotation yet."""
        slots = _slots(targets, registrations, zonal, draining)
        workers = np.array([targets[k].workers for k in slots["target"]])
        return cls(
            slots=slots,
            pools=_pools(slots["zone"]),
            sessions=records(SESSION, 0),
            listed=np.zeros(slots.size, np.int64),
            free=np.where(np.arange(workers.max()) < workers[:, None], 0.0, np.inf),
            recent=np.full(slots["last_entry"][-1] + 1, -np.inf),
        )

    def with_sessions(self, flows: int) -> "Fleet":
        """Make room for the sessions of so many flows."""
        more = records(SESSION, max(0, flows - self.sessions.size))
        more["slot"] = -1
        return self._replace(sessions=np.concatenate((self.sessions, more)))

    @property
    def alike(self) -> bool:
        """Whether all that are in rotation stand in one pool and get the same."""
        first = self.pools[0]
        return bool(self.pools.size == 1 and first.even and first.count > 0)


def _slots(
    targets: list[Target], registrations: list[Registration], zonal: bool, draining: bool
) -> NDArray:
    """Lay out registrations by zone, target and time; without zones, all are in zone 0."""
    zone = [one.zone if zonal else 0 for one in targets]
    ordered = sorted(registrations, key=lambda one: (zone[one.target], one.target, one.opens_s))
    slots = records_of(SLOT, [_slot(one, targets[one.target], zone) for one in ordered])
    slots["last_entry"] = np.cumsum(np.maximum(slots["room"], 1)) - 1
    slots["entry"] = slots["last_entry"]
    slots["leaves"] = slots["closes"]
    if draining:
        slots["leaves"] = np.maximum(slots["closes"], slots["ends"])
    return slots


def _slot(one: Registration, target: Target, zone: list[int]) -> dict[str, float]:
    return {
        "target": one.target,
        "zone": zone[one.target],
        "room": target.queue_limit if target.queue_limit < np.inf else -1,
        "opens": one.opens_s,
        "closes": one.closes_s,
        "ends": one.ends_s,
        "slow_start": one.slow_start_s,
        "stall": one.stall_s,
        "pace": 1 / target.speed,
        "weight": target.weight,
    }


def _pools(zone: NDArray[np.int64]) -> NDArray:
    """Zones, each of them empty until `rotate`."""
    pools = records(POOL, int(zone[-1]) + 1)
    pools["first"] = np.searchsorted(zone, np.arange(pools.size))
    pools["end"] = np.searchsorted(zone, np.arange(pools.size), side="right")
    pools["turn"] = pools["latest"] = -1
    return pools


def changes_of(slots: NDArray) -> NDArray[np.float64]:
    """Times at which the rotation changes, in order."""
    times = (slots["opens"], slots["closes"], slots["opens"] + slots["slow_start"])
    found = np.unique(np.concatenate(times))
    return found[found < np.inf]


@allocating_kernel
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
