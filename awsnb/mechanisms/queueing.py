"""Requests, a balancer that picks a target for each, and a queue in front of every target.

Each target serves first come, first served, with a number of workers. As its failures and drainings
are known beforehand, a request's departure is known on arrival: it starts when a worker is free,
and ends after its service or when the target is cut off, whichever is first. So a target is no more
than the times at which its workers become free. Only rules that look at outstanding requests need
to know who has left by now; departures wait in a calendar for them, and for nobody else.

Left out: the network (a budget of its own), retries, requests that give up waiting.
"""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import kernel
from awsnb.mechanisms.random_streams import stream

OK, FAILED, LOST, CUT, REJECTED, NO_TARGET = range(6)
"""Outcomes of a request: served; sent to a dead target; in flight when its target died; cut off at
the end of draining; turned away by a full queue; no target in rotation."""

ROUND_ROBIN, RANDOM, FLOW_HASH, TWO_CHOICES, LEAST, WEIGHTED_LEAST = range(6)

RULES = {
    "round robin": ROUND_ROBIN,
    "random": RANDOM,
    "flow hash": FLOW_HASH,
    "two choices": TWO_CHOICES,
    "least outstanding": LEAST,
    "weighted least outstanding": WEIGHTED_LEAST,
}

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

PERCENTILES = (50, 90, 99, 99.9)
BLOCK = 1 << 16
MOST_STINTS = 1 << 13

# A target's load in one integer, so that the least is the one to choose: out of rotation or not,
# requests outstanding, when it was chosen last, its number.
CHOSEN, OUTSTANDING, OUT = 1 << 13, 1 << 39, 1 << 62
NUMBER, LAST_CHOSEN = CHOSEN - 1, OUTSTANDING - CHOSEN


class Target(NamedTuple):
    """A server.

    Attributes
    ----------
    workers : int
        Requests it serves at once.
    speed : float
        Service time is the request's work / speed.
    weight : float
        Share of requests it is to get, relative to the others; above 0.
    zone : int
        0 or more. Zones are pools of their own if requests arrive by zone, and nothing otherwise.
    queue_limit : float
        Requests that may wait; ``inf`` for all.
    """

    workers: int = 1
    speed: float = 1.0
    weight: float = 1.0
    zone: int = 0
    queue_limit: float = np.inf


class Stint(NamedTuple):
    """A time in which a target serves. It starts idle; a return is a new stint.

    Attributes
    ----------
    target : int
        Position in the list of targets.
    opens_s, closes_s : float
        In rotation from, and until; s.
    ends_s : float
        What is in flight then is lost, s. Before `closes_s`: it fails, and gets requests in vain
        until that is detected. After: it drains.
    slow_start_s : float
        Its weight grows from 0 over that long, as long as some other target is past its own.
    stall_s : float
        How long a request takes to fail at a dead target, s: 0 refuses, more hangs.

    Examples
    --------
    Dead at 60 s, out of rotation after two failed checks 10 s apart, back at 120 s:

    >>> stints = [Stint(0).fail(60, detected_after_s=20), Stint(0, opens_s=120, slow_start_s=30)]
    """

    target: int
    opens_s: float = 0.0
    closes_s: float = np.inf
    ends_s: float = np.inf
    slow_start_s: float = 0.0
    stall_s: float = 0.0

    def fail(self, at_s: float, detected_after_s: float, stall_s: float = 0.0) -> "Stint":
        """Die at a time; leave rotation when health checks have found out."""
        return self._replace(ends_s=at_s, closes_s=at_s + detected_after_s, stall_s=stall_s)

    def deregister(self, at_s: float, delay_s: float) -> "Stint":
        """Leave rotation at a time; cut off what is still in flight after the delay."""
        return self._replace(closes_s=at_s, ends_s=at_s + delay_s)


class Sticky(NamedTuple):
    """Whether a flow (a client, a connection) keeps its target.

    Attributes
    ----------
    duration_s : float
        For how long, s.
    renewed : bool
        From its last request on, like an idle timeout, rather than from when it was bound.
    while_draining : bool
        Whether it stays with a target that drains: a connection does, a cookie does not.
    """

    duration_s: float
    renewed: bool = False
    while_draining: bool = False


NOT_STICKY = Sticky(0.0)


class Outcome(NamedTuple):
    """What became of each request (n requests).

    Attributes
    ----------
    arrival_s, start_s, end_s : ndarray of float, shape (n,)
        When it came, when its service started, when it departed, however it did; s.
    target : ndarray of int, shape (n,)
        Position in the list of targets, -1 for none.
    status : ndarray of int, shape (n,)
        `OK`, `FAILED`, `LOST`, `CUT`, `REJECTED` or `NO_TARGET`.
    """

    arrival_s: Array
    start_s: Array
    end_s: Array
    target: NDArray[np.int16]
    status: NDArray[np.int8]

    @property
    def sojourn_s(self) -> Array:
        """From arrival to departure, s."""
        return self.end_s - self.arrival_s

    @property
    def wait_s(self) -> Array:
        """From arrival to the start of service, s."""
        return self.start_s - self.arrival_s


_SLOT = np.dtype(
    [
        (name, np.int64)
        for name in ("target", "zone", "worker", "last_worker", "room", "place", "last_place")
    ]
    + [
        (name, np.float64)
        for name in (
            *("opens", "closes", "ends", "leaves", "slow_start", "stall", "pace", "weight"),
            *("share", "slope", "credit"),  # what the rotation makes of it
        )
    ]
)
"""A stint as the kernel wants it: where its workers and its queue are, when, how fast."""

_ZONE = np.dtype([(name, np.int64) for name in ("first", "end", "count", "turn", "latest", "even")])
_BOND = np.dtype([("slot", np.int64), ("until", np.float64)])
_DEPARTURE = np.dtype([("due", np.float64), ("slot", np.int32), ("after", np.int32)])


class Histogram:
    """Counts of times in bins 1.6 % wide, of a run too large to keep.

    Between 1 ns and some 500 years; what is outside counts at the ends.

    Examples
    --------
    >>> histogram = Histogram()
    >>> histogram.add(np.array([0.1, 0.2, 0.4]))
    >>> histogram.percentiles([50]).round(2).tolist()
    [0.2]
    """

    def __init__(self) -> None:
        self.counts = np.zeros(4096, np.int64)

    def add(self, seconds: Array) -> None:
        """Count these times too."""
        # a float's bits hold its power of 2, then its fraction: 64 equal bins from power to power
        bins = (np.ascontiguousarray(seconds, np.float64).view(np.int64) >> 46) - _FIRST_BIN
        self.counts += np.bincount(np.clip(bins, 0, self.counts.size - 1), minlength=4096)

    def percentiles(self, q: ArrayLike = PERCENTILES) -> Array:
        """Percentiles, s: the middle of the bin that each is in."""
        total = np.cumsum(self.counts)
        bins = np.searchsorted(total, np.maximum(np.asarray(q) / 100 * total[-1], 1))
        return ((bins + _FIRST_BIN << 46) + (1 << 45)).view(np.float64)


_FIRST_BIN = int(np.float64(2.0**-30).view(np.int64)) >> 46


def percentiles(seconds: ArrayLike, q: ArrayLike = PERCENTILES) -> Array:
    """Percentiles: the least of the times that at least q % of them do not exceed.

    Examples
    --------
    >>> percentiles([1.0, 2.0, 3.0, 4.0], [50, 99]).tolist()
    [2.0, 4.0]
    """
    found = np.asarray(seconds, dtype=np.float64)
    rank = np.asarray(q, dtype=np.float64) / 100
    if not found.size:
        return np.full(rank.shape, np.nan)
    return np.asarray(np.quantile(found, rank, method="inverted_cdf"))


def percentiles_over_time(
    arrival_s: Array, seconds: Array, edge_s: ArrayLike, q: ArrayLike = PERCENTILES
) -> Array:
    """Percentiles of the requests that arrive between each two edges.

    Parameters
    ----------
    arrival_s, seconds : ndarray of float, shape (n,)
        In order of arrival; s.
    edge_s : array_like of float, shape (m + 1,)
    q : array_like of float, shape (p,)

    Returns
    -------
    ndarray of float, shape (m, p)
        NaN where nothing arrived.
    """
    cut = np.searchsorted(arrival_s, edge_s)
    return np.array([percentiles(seconds[a:b], q) for a, b in pairwise(cut)])


def per_target(outcome: Outcome, targets: list[Target], duration_s: float) -> tuple[Array, Array]:
    """Share of the requests, and share of the workers' time taken, of each target.

    Parameters
    ----------
    outcome : Outcome
    targets : list of Target
    duration_s : float
        Time in which the targets could have worked, s.

    Returns
    -------
    share, utilisation : ndarray of float, shape (len(targets),)
        Shares are of the requests that were sent to any target.
    """
    sent = outcome.target >= 0
    target, k = outcome.target[sent], len(targets)
    count = np.bincount(target, minlength=k)
    busy_s = np.bincount(target, (outcome.end_s - outcome.start_s)[sent], minlength=k)
    workers = np.array([one.workers for one in targets])
    return count / max(1, count.sum()), busy_s / (workers * duration_s)


class Balancer:
    """Targets and the rule by which requests are spread over them.

    `serve` may be called again with later requests and goes on where it stopped, so that runs
    too large to keep can be served in parts.

    Parameters
    ----------
    targets : list of Target
        At least one.
    rule : str
        One of `RULES`. "flow hash" needs flows. Weights and slow start bear on "round robin" (a
        target is chosen when it has earned 1, and earns its share in every round), "random", "flow
        hash" and "weighted least outstanding" (fewest (outstanding + 1) / weight). Ties go to the
        target that was chosen longest ago.
    stints : list of Stint, optional
        When targets serve. All of them, always, if not given.
    sticky : Sticky
        Whether flows keep their target.
    zonal : bool
        Requests go to targets in the zone where they arrive. A zone without any passes them on to
        the next one.
    seed : int
        Of the random rules.

    Raises
    ------
    ValueError
        If a target, a stint or a name can't be.

    Examples
    --------
    >>> balancer = Balancer([Target(), Target()], "round robin")
    >>> outcome = balancer.serve([0.0, 0.1, 0.2], [1.0, 1.0, 1.0])
    >>> outcome.target.tolist(), outcome.wait_s.tolist()
    ([0, 1, 0], [0.0, 0.0, 0.8])
    """

    def __init__(
        self,
        targets: list[Target],
        rule: str = "round robin",
        stints: list[Stint] | None = None,
        sticky: Sticky = NOT_STICKY,
        zonal: bool = False,
        seed: int = 1,
    ) -> None:
        stints = [Stint(k) for k in range(len(targets))] if stints is None else stints
        _check(targets, rule, stints, sticky)
        self.rule, self.sticky, self.zonal = RULES[rule], sticky, zonal
        self.needs_flow = sticky.duration_s > 0 or self.rule == FLOW_HASH
        self.slots = _slots(targets, stints, zonal, sticky.while_draining)
        self.zones = _zones(self.slots)
        self.listed = np.zeros(self.slots.size, np.int64)
        self.changes = _changes(self.slots)
        self.free = np.zeros(self.slots.last_worker[-1] + 1)
        self.recent = np.full(self.slots.last_place.max() + 1, -np.inf)
        self.load = np.arange(self.slots.size) | OUT
        self.bonds = _records(_BOND, 0)
        # moments are found by masking, so there are a power of 2 of them
        self.head = np.full(1 << max(8, (4 * self.free.size - 1).bit_length()), -1, np.int32)
        self.departures = _records(_DEPARTURE, 0)
        salt = int(stream(seed, "routing")[0]) & 0xFFFFFFFF
        # and: request number, changes so far, moment, spare departures, fresh ones
        self.mark = np.array([salt, 0, 0, 0, -1, 0])
        self.now_s, self.per_s = 0.0, 0.0

    def serve(
        self,
        arrival_s: ArrayLike,
        work_s: ArrayLike,
        flow: ArrayLike | None = None,
        zone: ArrayLike | None = None,
    ) -> Outcome:
        """Serve requests, in order of arrival.

        Parameters
        ----------
        arrival_s : array_like of float, shape (n,)
            0 or more, not before the last one served; s.
        work_s : array_like of float, shape (n,)
            Service time at speed 1, 0 or more; s.
        flow : array_like of int, shape (n,), optional
            What the request belongs to, numbered from 0: a client for a cookie; for a flow hash
            whatever the hash is of, a connection (5-tuple) or a client (3- or 2-tuple).
        zone : array_like of int, shape (n,), optional
            Zone of the balancer's node it came to; for zonal balancers.

        Returns
        -------
        Outcome
        """
        arrival = np.require(arrival_s, np.float64, ["C", "W"])
        work = np.require(work_s, np.float64, ["C", "W"])
        self._check(arrival, work)
        flows = _numbers("flow", flow, arrival.size, self.needs_flow)
        zones = _numbers("zone", zone, arrival.size, self.zonal)
        if zones.size and zones.max() >= self.zones.size:
            raise ValueError(
                f"zone = {zones.max()}: targets are in zones 0 to {self.zones.size - 1}."
            )
        n = arrival.size
        times, target, status = np.empty((2, n)), np.empty(n, np.int16), np.empty(n, np.int8)
        out = Outcome(arrival, times[0], times[1], target, status)
        if n:
            self._prepare(arrival, flows)
        for at in range(0, n, BLOCK):
            part = slice(at, at + BLOCK)
            self._make_room(min(BLOCK, n - at))
            _balance(
                *(arrival[part], work[part], flows[part], zones[part]),
                *(self.rule, float(self.sticky.duration_s), self.sticky.renewed, self.per_s),
                *(self.slots, self.zones, self.listed, self.changes, self.free, self.recent),
                *(self.load, self.bonds, self.head, self.departures, self.mark),
                *(column[part] for column in out[1:]),
            )
        return out

    def _check(self, arrival: Array, work: Array) -> None:
        if arrival.ndim != 1 or arrival.shape != work.shape:
            raise ValueError(
                f"arrival_s and work_s must be equally long and one-dimensional, "
                f"not {arrival.shape} and {work.shape}."
            )
        if not arrival.size:
            return
        in_order = (arrival[1:] >= arrival[:-1]).all()
        if not (in_order and arrival[0] >= self.now_s and arrival[-1] < np.inf):  # NaN is none
            raise ValueError(
                f"arrival_s must be finite, in order, and {self.now_s:g} s or later everywhere."
            )
        if not (work.min() >= 0 and work.max() < np.inf):
            raise ValueError("work_s must be finite and 0 s or more everywhere.")

    def _prepare(self, arrival: Array, flow: Integers) -> None:
        if not self.per_s:
            span = arrival[-1] - arrival[0]
            most = 1e15 / max(1.0, arrival[-1])  # so that moments are integers
            self.per_s = min(arrival.size / span, most) if span > 0 else 1.0
        self.now_s = float(arrival[-1])
        if self.sticky.duration_s:
            more = _records(_BOND, max(0, int(flow.max()) + 1 - self.bonds.size))
            more.slot = -1
            self.bonds = np.concatenate((self.bonds, more)).view(np.recarray)

    def _make_room(self, arriving: int) -> None:
        """Every request may be outstanding: room for those that are, and all that arrive now."""
        outstanding = int(((self.load & ~OUT) // OUTSTANDING).sum())
        missing = outstanding + arriving - self.departures.size
        if self.rule >= TWO_CHOICES and missing > 0:
            more = _records(_DEPARTURE, missing)
            self.departures = np.concatenate((self.departures, more)).view(np.recarray)


def _numbers(name: str, given: ArrayLike | None, n: int, needed: bool) -> Integers:
    if not needed:
        return np.empty(0, np.int64)
    if given is None:
        raise ValueError(f"{name} is needed: one number per request.")
    numbers = np.require(given, np.int64, ["C", "W"])
    if numbers.shape != (n,) or (n and numbers.min() < 0):
        raise ValueError(f"{name} must hold a number, 0 or more, for each of the {n} requests.")
    return numbers


def _check(targets: list[Target], rule: str, stints: list[Stint], sticky: Sticky) -> None:
    if rule not in RULES:
        raise ValueError(f"rule = {rule!r}: must be one of {', '.join(RULES)}.")
    if not targets or not stints:
        raise ValueError("targets and stints must hold at least one each.")
    for one in targets:
        if not (one.workers >= 1 and one.workers == int(one.workers)):
            raise ValueError(f"workers = {one.workers}: a target needs a whole number, at least 1.")
        if not (0 < one.speed < np.inf and 0 < one.weight < np.inf):
            raise ValueError(f"{one}: speed and weight must be finite and above 0.")
        if not (one.zone >= 0 and one.queue_limit >= 0):
            raise ValueError(f"{one}: zone and queue_limit must be 0 or more.")
    for stint in stints:
        if not 0 <= stint.target < len(targets):
            raise ValueError(f"{stint}: there are targets 0 to {len(targets) - 1}.")
        if not (0 <= stint.opens_s < min(stint.closes_s, stint.ends_s)):
            raise ValueError(f"{stint}: must open at 0 s or later, before it closes and ends.")
        if not (0 <= stint.slow_start_s < np.inf and 0 <= stint.stall_s < np.inf):
            raise ValueError(f"{stint}: slow_start_s and stall_s must be finite and 0 s or more.")
    if len(stints) > MOST_STINTS:
        raise ValueError(f"{len(stints)} stints: at most {MOST_STINTS} can be kept apart.")
    if not sticky.duration_s >= 0:
        raise ValueError(f"duration_s = {sticky.duration_s}: must be 0 s or more.")


def _records(kind: np.dtype, n: int) -> np.recarray:
    return np.zeros(n, kind).view(np.recarray)


def _slots(targets: list[Target], stints: list[Stint], zonal: bool, draining: bool) -> np.recarray:
    zone = [one.zone if zonal else 0 for one in targets]
    stints = sorted(stints, key=lambda one: (zone[one.target], one.target, one.opens_s))
    slots = _records(_SLOT, len(stints))
    times = np.array(stints, dtype=np.float64).T
    _, slots.opens, slots.closes, slots.ends, slots.slow_start, slots.stall = times
    slots.target = [one.target for one in stints]
    workers, speed, slots.weight, _, limit = np.array(targets, dtype=np.float64)[slots.target].T
    slots.zone = [zone[k] for k in slots.target]
    slots.last_worker = np.cumsum(workers) - 1
    slots.worker = slots.last_worker + 1 - workers
    slots.room = np.where(limit < np.inf, limit, -1)
    slots.last_place = np.cumsum(np.maximum(slots.room, 1)) - 1
    slots.place = slots.last_place
    slots.pace = 1 / speed
    slots.leaves = np.maximum(slots.closes, slots.ends) if draining else slots.closes
    return slots


def _zones(slots: np.recarray) -> np.recarray:
    zones = _records(_ZONE, int(slots.zone[-1]) + 1)
    zones.first = np.searchsorted(slots.zone, np.arange(zones.size))
    zones.end = np.searchsorted(slots.zone, np.arange(zones.size), side="right")
    zones.turn = zones.latest = -1
    return zones


def _changes(slots: np.recarray) -> Array:
    times = np.concatenate((slots.opens, slots.closes, slots.opens + slots.slow_start))
    return np.append(np.unique(times[times < np.inf]), np.inf)


@kernel
def _balance(  # type: ignore[no-untyped-def]
    arrival, work, flow, zone, rule, duration, renewed, per_s, slots, zones, listed, changes, free,
    recent, load, bonds, head, departures, mark, start, end, target, status,
):  # fmt: skip
    salt, number, changed, tick = int(mark[0]), int(mark[1]), int(mark[2]), int(mark[3])
    spare, fresh = int(mark[4]), int(mark[5])
    counted, sticky, moments = rule >= TWO_CHOICES, duration > 0.0, head.size
    queued = np.int64(0)  # a bare 0 is a type of its own, and compiles `_queue` twice
    for i in range(arrival.size):
        t = arrival[i]
        number += 1
        if t >= changes[changed]:
            while t >= changes[changed]:
                changed += 1
            _rotate(t, slots, zones, listed, load)

        if counted:  # strike off who has left by now
            now = int(t * per_s)
            # a full turn of the calendar shows every moment
            for moment in range(max(tick, now + 1 - moments), now + 1):
                one, staying = head[moment & (moments - 1)], -1
                while one >= 0:
                    departure = departures[one]
                    following = departure.after
                    if departure.due <= t:
                        load[departure.slot] -= OUTSTANDING
                        departure.after, spare = spare, one
                    else:
                        departure.after, staying = staying, one
                    one = following
                head[moment & (moments - 1)] = staying
            tick = now

        # which target?
        place = zone[i] if zone.size else 0
        for _ in range(zones.size):
            if zones[place].count > 0:
                break
            place = place + 1 if place + 1 < zones.size else 0
        z = zones[place]
        k = -1
        if sticky:
            bond = bonds[flow[i]]
            if bond.slot >= 0 and t < bond.until:
                home = slots[bond.slot]
                if t < home.leaves and home.zone == place:
                    k = bond.slot
        bound = k >= 0
        if not bound and z.count > 0:
            if rule == ROUND_ROBIN and z.even:
                z.turn = z.turn + 1 if z.turn + 1 < z.count else 0
                k = listed[z.first + z.turn]
            elif rule == LEAST:
                choice = load[z.first : z.end]
                least = choice[0]
                for j in range(choice.size):
                    least = choice[j] if choice[j] < least else least
                k = least & NUMBER
            elif rule == TWO_CHOICES or (z.even and rule != WEIGHTED_LEAST):
                coin = _mix(flow[i] if rule == FLOW_HASH else number, salt)
                k = listed[z.first + (coin * z.count >> 32)]
                if rule == TWO_CHOICES and z.count > 1:
                    step = 1 + (_mix(coin, salt) * (z.count - 1) >> 32)
                    other = listed[z.first + ((coin * z.count >> 32) + step) % z.count]
                    k = other if load[other] < load[k] else k
            elif rule == WEIGHTED_LEAST:
                k = _weighted_least(t, slots, z, listed, load)
            else:
                name = flow[i] if rule == FLOW_HASH else number
                k = _weighted(t, rule, name, salt, slots, z, listed)
        target[i] = k  # a slot's number, until it has been queued
        if k < 0:
            start[i], end[i], status[i] = t, t, NO_TARGET
            continue
        if sticky and (renewed or not bound):
            bonds[flow[i]].slot, bonds[flow[i]].until = k, t + duration

        if counted:
            _queue(queued, i + 1, arrival, work, slots, free, recent, start, end, target, status)
            queued = np.int64(i + 1)
            load[k] = load[k] & ~LAST_CHOSEN | number * CHOSEN & LAST_CHOSEN
            if end[i] > t:
                load[k] += OUTSTANDING
                if spare >= 0:
                    one, spare = spare, departures[spare].after
                else:
                    one, fresh = fresh, fresh + 1
                moment = int(end[i] * per_s) & (moments - 1)
                departure = departures[one]
                departure.due, departure.slot, departure.after = end[i], k, head[moment]
                head[moment] = one

    _queue(queued, arrival.size, arrival, work, slots, free, recent, start, end, target, status)
    mark[1], mark[2], mark[3], mark[4], mark[5] = number, changed, tick, spare, fresh


@kernel
def _queue(begin, stop, arrival, work, slots, free, recent, starts, ends, target, status):  # type: ignore[no-untyped-def]
    for i in range(begin, stop):
        t, k = arrival[i], target[i]
        if k < 0:
            continue
        slot = slots[k]
        state = OK
        first_free = free[slot.worker]
        start = first_free if first_free > t else t
        if t >= slot.ends:
            start = end = t + slot.stall
            state = FAILED
        elif slot.room >= 0 and start > t and (slot.room == 0 or recent[slot.place] > t):
            start = end = t  # the last request that may wait before it has not started
            state = REJECTED
        else:
            if slot.room > 0:
                recent[slot.place] = start
                first = slot.last_place + 1 - slot.room
                slot.place = slot.place + 1 if slot.place < slot.last_place else first
            end = start + work[i] * slot.pace
            if end > slot.ends:
                state = LOST if slot.ends < slot.closes else CUT
                end = slot.ends
                start = end if end < start else start
            # keep the workers sorted by when they are free, without a branch to mispredict
            workers = free[slot.worker : slot.last_worker + 1]
            moving = end
            for j in range(1, workers.size):
                other = workers[j]
                workers[j - 1] = other if other < moving else moving
                moving = moving if other < moving else other
            workers[workers.size - 1] = moving
        starts[i], ends[i], target[i], status[i] = start, end, slot.target, state


@kernel
def _rotate(t, slots, zones, listed, load):  # type: ignore[no-untyped-def]
    for z in zones:
        heaviest, lightest, ripe = 0.0, np.inf, False
        if z.turn >= 0:
            z.latest = listed[z.first + z.turn]
        z.count, z.turn = 0, -1
        for k in range(z.first, z.end):
            slot = slots[k]
            load[k] |= OUT
            if slot.opens <= t < slot.closes:
                load[k] &= ~OUT
                listed[z.first + z.count] = k
                z.turn = z.count if k <= z.latest else z.turn  # go on after the latest
                z.count += 1
                heaviest, lightest = max(heaviest, slot.weight), min(lightest, slot.weight)
                ripe = ripe or t >= slot.opens + slot.slow_start
        z.even = heaviest == lightest
        for j in range(z.first, z.first + z.count):
            slot = slots[listed[j]]
            slot.share, slot.slope = slot.weight / heaviest, 0.0
            if ripe and t < slot.opens + slot.slow_start:
                slot.slope = 1.0 / slot.slow_start
                z.even = False


@kernel
def _weighted(t, rule, name, salt, slots, z, listed):  # type: ignore[no-untyped-def]
    coin = name
    while True:
        if rule == ROUND_ROBIN:  # earn a share in each round; whoever has earned 1 is chosen
            z.turn = z.turn + 1 if z.turn + 1 < z.count else 0
            slot = slots[listed[z.first + z.turn]]
            slot.credit += _share(t, slot)
            if slot.credit >= 1.0:
                slot.credit -= 1.0
                return listed[z.first + z.turn]
        else:  # any of them, but it declines as often as its share says
            coin = _mix(coin, salt)
            k = listed[z.first + (coin * z.count >> 32)]
            coin = _mix(coin, salt)
            if coin < 4294967296.0 * _share(t, slots[k]):
                return k


@kernel
def _weighted_least(t, slots, z, listed, load):  # type: ignore[no-untyped-def]
    best, most = -1, -1.0
    for j in range(z.first, z.first + z.count):
        k = listed[j]
        merit = _share(t, slots[k]) / ((load[k] // OUTSTANDING) + 1)
        earlier = load[k] & LAST_CHOSEN < load[best] & LAST_CHOSEN
        if merit > most or (merit == most and earlier):
            best, most = k, merit
    return best


@kernel
def _share(t, slot):  # type: ignore[no-untyped-def]
    ramp = (t - slot.opens) * slot.slope
    return slot.share * ramp if slot.slope > 0.0 and ramp < 1.0 else slot.share


@kernel
def _mix(number, salt):  # type: ignore[no-untyped-def]
    # 32 bits of hash by shifts and odd factors; & keeps wrapping and unbounded integers equal
    mixed = (int(number) * 0x9E3779B1 + salt) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return mixed ^ (mixed >> 16)
