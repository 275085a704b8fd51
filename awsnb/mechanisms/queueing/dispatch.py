"""Which target a request goes to, by rules that know it on arrival: in turn, by lot, by a hash."""

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
def toss(number, salt, coins):  # type: ignore[no-untyped-def]
    """Two numbers of 32 bits for each request, by its number."""
    for i in range(coins.shape[1]):
        coins[0, i] = _mix(number + i, salt)
        coins[1, i] = _mix(coins[0, i], salt)


@kernel
def route(arrival, names, flow, zone, rule, salt, sticky, fleet, chosen):  # type: ignore[no-untyped-def]
    """Any of these rules, with zones, weights, slow starts and flows that keep their target."""
    bonds = fleet.bonds
    for i in range(arrival.size):
        t = arrival[i]
        place = fleet.pools[zone[i] if zone.size else 0].instead
        pool = fleet.pools[place]
        k = _home(t, bonds[flow[i]], place, fleet.slots) if sticky.duration_s > 0.0 else -1
        bound = k >= 0
        if not bound and pool.count > 0:
            k = _pick(t, rule, names[i], salt, pool, fleet.slots, fleet.listed)
        if sticky.duration_s > 0.0 and k >= 0 and (sticky.renewed or not bound):
            bonds[flow[i]].slot, bonds[flow[i]].until = k, t + sticky.duration_s
        chosen[i] = k


@kernel
def _home(t, bond, place, slots):  # type: ignore[no-untyped-def]
    """The slot that a flow is bound to, if that still holds; or -1."""
    if bond.slot < 0 or t >= bond.until:
        return -1
    home = slots[bond.slot]
    return bond.slot if t < home.leaves and home.zone == place else -1


@kernel
def _pick(t, rule, name, salt, pool, slots, listed):  # type: ignore[no-untyped-def]
    coin = name
    while True:
        if rule == ROUND_ROBIN:  # earn a share in each round; whoever has earned 1 is chosen
            pool.turn = pool.turn + 1 if pool.turn + 1 < pool.count else 0
            k = listed[pool.first + pool.turn]
            if pool.even:
                return k
            slots[k].credit += _share(t, slots[k])
            if slots[k].credit >= 1.0:
                slots[k].credit -= 1.0
                return k
        else:  # any of them, but it declines as often as its share says
            coin = _mix(coin, salt)
            k = listed[pool.first + (coin * pool.count >> 32)]
            if pool.even:
                return k
            coin = _mix(coin, salt)
            if coin < 4294967296.0 * _share(t, slots[k]):
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
