"""Requests at their targets: workers and queues, and rules that look at how full these are.

The kernels of both stand together, and two short helpers of `dispatch` once more: numba's cache
sees no change of a callee in another file.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb._jit import kernel
from awsnb.mechanisms._records import layout, records, records_of
from awsnb.mechanisms.queueing.outcome import CUT, FAILED, LOST, NO_TARGET, OK, REJECTED
from awsnb.mechanisms.queueing.targets import Sticky

Integers = NDArray[np.int64]

TWO_CHOICES, LEAST, WEIGHTED_LEAST = range(3, 6)

# A slot's load in one integer, so that the least is the one to choose: out of rotation or not,
# requests outstanding, when that last changed, its number. Of those with the fewest, the one that
# has had so few for longest is chosen, as by HAProxy's leastconn.
CHANGE, OUTSTANDING, OUT = 1 << 13, 1 << 39, 1 << 62
NUMBER, LAST_CHANGE = CHANGE - 1, OUTSTANDING - CHANGE
BLOCK = 16
LONG_GAP = 1 << 20  # moments without an arrival, from which on departures in them lose their order

DEPARTURE = layout(float64="due", int32="slot after")
CLOCK = layout(int64="struck unused used changes", float64="per_s")
"""The latest moment that was struck off, the first departure that may be used again, or -1, how
many were ever used, and how many arrivals and departures there were; moments per second."""


class Requests(NamedTuple):
    """What is known of requests: when they arrive and what they take, s; their flow and zone."""

    arrival: NDArray[np.float64]
    work: NDArray[np.float64]
    flow: Integers
    zone: Integers

    def part(self, of: slice) -> "Requests":
        """Some of them."""
        arrival, work, flow, zone = self
        return Requests(arrival[of], work[of], flow[of], zone[of])


class Dispatch(NamedTuple):
    """How a balancer chooses: rule, seed of the random ones, and stickiness."""

    rule: int
    salt: int
    sticky: Sticky


class Calendar(NamedTuple):
    """Who is outstanding: each slot's load, and departures to come, by moment.

    Attributes
    ----------
    load : ndarray of int, shape (k,)
        Of each slot, as above.
    block, first, least : ndarray of int, shapes (k,), (m + 1,) and (m,)
        Each slot's block, where each block begins, and the least load in it: looking at blocks
        first, the least of a thousand slots is found among some eighty numbers.
    moments : ndarray of int, shape (a power of 2,)
        The first departure due in a moment, or in one so many moments before or after; or -1.
        The others follow in the order in which they are due.
    departures : ndarray of `DEPARTURE`
        When each is due, s, of which slot, and the next one of the same moment.
    clock : ndarray of `CLOCK`, shape (1,)
    """

    load: Integers
    block: Integers
    first: Integers
    least: Integers
    moments: NDArray[np.int32]
    departures: NDArray
    clock: NDArray

    @classmethod
    def of(cls, zone: Integers, workers: int) -> "Calendar":
        """Nobody is outstanding; blocks end where zones do."""
        slots = np.arange(zone.size)
        begins = (slots - np.searchsorted(zone, zone)) % BLOCK == 0
        first = np.append(np.flatnonzero(begins), zone.size)
        return cls(
            load=slots | OUT,
            block=np.cumsum(begins) - 1,
            first=first,
            least=first[:-1] | OUT,
            moments=_moments(4 * workers),
            departures=records(DEPARTURE, 0),
            clock=records_of(CLOCK, [{"unused": -1}]),
        )

    def rotated(self, out: NDArray[np.bool_]) -> "Calendar":
        """Those who are out of rotation come last."""
        load = np.where(out, self.load | OUT, self.load & ~OUT)
        return self._replace(load=load, least=np.minimum.reduceat(load, self.first[:-1]))

    def with_room(self, arriving: int) -> "Calendar":
        """Every request may be outstanding: room for those that are, and all that arrive now."""
        outstanding = int(((self.load & ~OUT) // OUTSTANDING).sum())
        departures, moments = self.departures, self.moments
        missing = outstanding + arriving - departures.size
        if missing > 0:
            more = records(DEPARTURE, max(missing, departures.size))
            departures = np.concatenate((departures, more))
        if max(outstanding, arriving) > moments.size:  # few share a moment
            moments = _moments(max(outstanding, arriving))
            _spread(self.moments, moments, np.full_like(moments, -1), departures, self.clock[0])
        return self._replace(departures=departures, moments=moments)


def _moments(least: int) -> NDArray[np.int32]:
    """Moments without departures: a power of 2, so that they are found by masking."""
    return np.full(1 << max(8, (least - 1).bit_length()), -1, np.int32)


@kernel
def watch(requests, how, pairs, fleet, calendar, chosen, out):  # type: ignore[no-untyped-def]
    """Choose by what is outstanding, and serve, one request after the other."""
    arrival, work, flow, zone = requests
    slots, pools, sessions, listed, free, recent = fleet
    load, block, first, least, moments, departures = calendar[:6]
    rule, sticky, lasts, clock = how.rule, how.sticky, how.sticky.duration_s, calendar.clock[0]
    for i in range(work.size):
        t = arrival[i]
        _strike_off(t, load, block, least, moments, departures, clock)
        pool_zone = pools[zone[i] if zone.size else 0].instead
        pool = pools[pool_zone]
        k = _home(t, sessions[flow[i]], pool_zone, slots) if lasts > 0.0 else -1
        at_home = k >= 0
        if not at_home and pool.count > 0:
            if rule == LEAST:
                k = _least(block[pool.first], block[pool.end - 1] + 1, least) & NUMBER
            elif rule == TWO_CHOICES:
                k = _lesser_of_two(pairs[0, i], pairs[1, i], pool, listed, load)
            else:
                k = _weighted_least(t, slots, pool, listed, load)
        if lasts > 0.0 and k >= 0 and (sticky.renewed or not at_home):
            sessions[flow[i]].slot, sessions[flow[i]].until = k, t + lasts
        chosen[i] = k
        serve(i, i + 1, work, chosen, slots, free, recent, out)
        if k >= 0:
            load[k] = _changed(load[k], clock)
            if out.end_s[i] > t:
                load[k] += OUTSTANDING
                _enter(out.end_s[i], k, moments, departures, clock)
            b = block[k]
            least[b] = _least(first[b], first[b + 1], load)


@kernel
def serve(begin, stop, work, chosen, slots, free, recent, out):  # type: ignore[no-untyped-def]
    """Queue requests at the slots that were chosen for them; -1 is none."""
    arrival, starts, ends, target, status = out
    # unsigned, so that no index is taken for one from the end
    for i in range(np.uint64(begin), np.uint64(stop)):
        t = arrival[i]
        if chosen[i] < 0:
            starts[i], ends[i], target[i], status[i] = t, t, -1, NO_TARGET
            continue
        row = np.uint64(chosen[i])
        slot = slots[row]
        start = free[row, 0] if free[row, 0] > t else t
        end, state = start + work[i] * slot.pace, OK
        if t >= slot.ends:
            start = end = t + slot.stall
            state = FAILED
        elif slot.room >= 0 and start > t and (slot.room == 0 or recent[slot.entry] > t):
            start = end = t  # the last request that may wait before it has not started
            state = REJECTED
        else:
            if slot.room > 0:
                recent[slot.entry] = start
                first = slot.last_entry + 1 - slot.room
                slot.entry = slot.entry + 1 if slot.entry < slot.last_entry else first
            if end > slot.ends:
                state = LOST if slot.ends < slot.closes else CUT
                end = slot.ends
                start = end if end < start else start
            # keep the workers sorted by when they are free, without a branch to mispredict
            moving = end
            for j in range(np.uint64(1), np.uint64(free.shape[1])):
                other = free[row, j]
                free[row, j - np.uint64(1)] = other if other < moving else moving
                moving = moving if other < moving else other
            free[row, np.uint64(free.shape[1] - 1)] = moving
        starts[i], ends[i], target[i], status[i] = start, end, slot.target, state


@kernel
def _least(first, end, load):  # type: ignore[no-untyped-def]
    least = load[first]
    for k in range(np.uint64(first), np.uint64(end)):
        least = min(least, load[k])
    return least


@kernel
def _lesser_of_two(number, second, pool, listed, load):  # type: ignore[no-untyped-def]
    """Of two slots drawn by lot, maybe the same twice, the one with fewer outstanding."""
    k = listed[pool.first + (number * pool.count >> 32)]
    other = listed[pool.first + (second * pool.count >> 32)]
    return k if load[k] // OUTSTANDING < load[other] // OUTSTANDING else other


@kernel
def _weighted_least(t, slots, pool, listed, load):  # type: ignore[no-untyped-def]
    best, most = -1, -1.0
    for j in range(pool.first, pool.first + pool.count):
        k = listed[j]
        merit = _share(t, slots[k]) / ((load[k] // OUTSTANDING) + 1)
        earlier = load[k] & LAST_CHANGE < load[best] & LAST_CHANGE
        if merit > most or (merit == most and earlier):
            best, most = k, merit
    return best


@kernel
def _changed(load, clock):  # type: ignore[no-untyped-def]
    """Mark that a slot's load changes now."""
    clock.changes += 1
    return load & ~LAST_CHANGE | clock.changes * CHANGE & LAST_CHANGE


@kernel
def _strike_off(t, load, block, least, moments, departures, clock):  # type: ignore[no-untyped-def]
    """Take who has left by `t` off the calendar, and off the load of their slot, in order."""
    now, begin = int(t * clock.per_s), clock.struck
    if now - begin > LONG_GAP:  # a full turn of the calendar shows every moment
        begin = now + 1 - moments.size
    for moment in range(begin, now + 1):
        place = moment & (moments.size - 1)
        one = moments[place]
        while one >= 0:
            departure = departures[one]
            if departure.due > t or int(departure.due * clock.per_s) > moment:
                break
            k, following = departure.slot, departure.after
            load[k] = _changed(load[k] - OUTSTANDING, clock)
            least[block[k]] = min(least[block[k]], load[k])
            departure.after, clock.unused = clock.unused, one
            one = following
        moments[place] = one
    clock.struck = now


@kernel
def _enter(due, k, moments, departures, clock):  # type: ignore[no-untyped-def]
    """Put a departure on the calendar, in a row left free by another, or in a fresh one."""
    if clock.unused >= 0:
        one = clock.unused
        clock.unused = departures[one].after
    else:
        one = clock.used
        clock.used += 1
    place = int(due * clock.per_s) & (moments.size - 1)
    before, following = -1, moments[place]
    while following >= 0 and departures[following].due <= due:
        before, following = following, departures[following].after
    departure = departures[one]
    departure.due, departure.slot, departure.after = due, k, following
    if before >= 0:
        departures[before].after = one
    else:
        moments[place] = one


@kernel
def _spread(moments, wider, latest, departures, clock):  # type: ignore[no-untyped-def]
    """Move departures to a calendar of more moments, those of each moment in the same order."""
    for moment in range(moments.size):
        one = moments[moment]
        while one >= 0:
            departure = departures[one]
            following, departure.after = departure.after, -1
            place = int(departure.due * clock.per_s) & (wider.size - 1)
            if latest[place] >= 0:
                departures[latest[place]].after = one
            else:
                wider[place] = one
            latest[place], one = one, following


@kernel
def _home(t, session, zone, slots):  # type: ignore[no-untyped-def]
    if session.slot < 0 or t >= session.until:
        return -1
    slot = slots[session.slot]
    return session.slot if t < slot.leaves and slot.zone == zone else -1


@kernel
def _share(t, slot):  # type: ignore[no-untyped-def]
    ramp = (t - slot.opens) * slot.slope
    return slot.share * ramp if slot.slope > 0.0 and ramp < 1.0 else slot.share
