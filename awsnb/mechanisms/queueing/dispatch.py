"""Which target a request goes to, by rules that know it on arrival: in turn, by lot, by a hash."""

import numpy as np

from awsnb._jit import kernel

ROUND_ROBIN, RANDOM, FLOW_HASH = range(3)


@kernel
def take_turns(pools, listed, chosen):  # type: ignore[no-untyped-def]
    """Round robin over the slots of one pool that all get the same."""
    turn, count = pools[0].turn, pools[0].count
    for i in range(chosen.size):
        turn = turn + 1 if turn + 1 < count else 0
        chosen[i] = listed[turn]
    pools[0].turn = turn


@kernel
def draw_lots(names, salt, pools, listed, chosen):  # type: ignore[no-untyped-def]
    """Any slot of one pool in which all get the same; a name draws the same one each time."""
    count = pools[0].count
    for i in range(chosen.size):
        chosen[i] = listed[_mix(names[i], salt) * count >> 32]


@kernel
def draw_pairs(number, salt, pairs):  # type: ignore[no-untyped-def]
    """Two numbers of 32 bits for each request, by its number."""
    for i in range(pairs.shape[1]):
        pairs[0, i] = _mix(number + i, salt)
        pairs[1, i] = _mix(pairs[0, i], salt)


@kernel
def route(requests, how, names, fleet, chosen):  # type: ignore[no-untyped-def]
    """Any of these rules, with zones, weights, slow starts and flows that keep their target."""
    arrival, flow, zone = requests.arrival, requests.flow, requests.zone
    sessions, sticky, lasts = fleet.sessions, how.sticky, how.sticky.duration_s
    for i in range(arrival.size):
        t = arrival[i]
        pool_zone = fleet.pools[zone[i] if zone.size else 0].instead
        pool = fleet.pools[pool_zone]
        k = _home(t, sessions[flow[i]], pool_zone, fleet.slots) if lasts > 0.0 else -1
        at_home = k >= 0
        if not at_home and pool.count > 0:
            k = _pick(t, how.rule, names[i], how.salt, pool, fleet.slots, fleet.listed)
        if lasts > 0.0 and k >= 0 and (sticky.renewed or not at_home):
            sessions[flow[i]].slot, sessions[flow[i]].until = k, t + lasts
        chosen[i] = k


@kernel
def _home(t, session, zone, slots):  # type: ignore[no-untyped-def]
    """The slot that a flow keeps to, if its session still holds; or -1."""
    if session.slot < 0 or t >= session.until:
        return -1
    slot = slots[session.slot]
    return session.slot if t < slot.leaves and slot.zone == zone else -1


@kernel
def _pick(t, rule, name, salt, pool, slots, listed):  # type: ignore[no-untyped-def]
    if rule == ROUND_ROBIN and pool.even:
        pool.turn = pool.turn + 1 if pool.turn + 1 < pool.count else 0
        return listed[pool.first + pool.turn]
    if rule == ROUND_ROBIN:
        return _richest(t, pool, slots, listed)
    number = name
    while True:  # any of them, but it declines as often as its share says
        number = _mix(number, salt)
        k = listed[pool.first + (number * pool.count >> 32)]
        if pool.even:
            return k
        number = _mix(number, salt)
        if number < 4294967296.0 * _share(t, slots[k]):
            return k


@kernel
def _richest(t, pool, slots, listed):  # type: ignore[no-untyped-def]
    """Smooth weighted round robin: all earn their share, the richest is chosen and pays for all."""
    most, spent = -np.inf, 0.0
    for j in range(pool.count):
        slot = slots[listed[pool.first + j]]
        earned = _share(t, slot)
        slot.credit += earned
        spent += earned
        if slot.credit > most:
            pool.turn, most = j, slot.credit
    k = listed[pool.first + pool.turn]
    slots[k].credit -= spent
    return k


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
