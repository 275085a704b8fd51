"""One run, period by period: the plant, its metric, the alarms, the policies, the change.

Between two events load and capacity are constant, so what is served, waits, is lost or costs is a
product. A period without events, backlog or overload is one step.
"""

import math

from awsnb._jit import kernel

ROUNDING = 1e-9  # of an instance, that a quotient may be off without costing a whole one
NEVER = math.inf

TRACK, PACED, STEP, SIMPLE = range(4)
CHANGE, PERCENT, EXACT = range(3)

WAITS, NO_DATA, NO_STEP, COVERED, WARMING, COOLDOWN, LIMIT, OUTVOTED, SCALED = range(9)
"""What a policy's alarm came to: too few datapoints breach; no datapoint to go by; no step fits, or
it is 0; as many are there or coming; instances still boot or warm up; the cooldown runs; the group
is as large or small as it may be; another policy decides; it changed the capacity."""

NOBODY, SCHEDULE, FORECAST, BOUNDS = 0, -1, -2, -3
"""Who changed the capacity, if not alarm number 1, 2, ...: no one, a scheduled action, the
forecast, or the group's smallest or largest size."""

# what the kernel reads: the plant, an alarm and its policy
PERIOD, LAG, OFFSET, CAPACITY, ROOM, BOOT, WARM_UP, DRAIN, INITIAL, LEAST, MOST = range(11)
KIND, METRIC, SIDE, THRESHOLD, LINE, DATAPOINTS, PERIODS = range(7)
TARGET, AT_MOST, ADJUSTMENT, AT_LEAST, PAUSE, FIRST, LAST = range(7, 14)

# what it keeps: batches under way by state, bounds, and from RECORDED on a column of the ledger
FIRST_OF, LAST_OF = 0, 3
SMALLEST, LARGEST, ORDER, DIRECTION, BEFORE, LOAD_STEP, COUNTING = range(6, 13)
RECORDED = 13
BOOTING, WARM, LEAVING, DESIRED, CAUSE, NOTES = range(RECORDED, RECORDED + 6)
DUE, SETTLED, GREW, SHRANK = range(4)

# what it adds up in a period, and over the run
COST, SERVED, LOST, DELAYED, WAITING, SHORT, BUSY, COUNTED, SERVING = range(9)
ABOVE, LAUNCHED, REMOVED, REVERSALS, PEAK_SIZE, PEAK_BACKLOG, BACKLOG = range(6, 13)
SUMS = 6


@kernel
def run(  # type: ignore[no-untyped-def]
    plants, alarms, steps, load, work, peak, seen, forecast, orders, metric, flow, ledger, totals,
    crews, clocks, pool, part,
):  # fmt: skip
    """Cases that differ in their plants. Flow and ledger, zero before, are of one case, or empty.

    All in one call, so that threads seldom wait for each other. Zeros are not written: pages that
    are never touched cost nothing. Nearly all periods pass without a call, which would count
    references to every array.
    """
    for case in range(len(plants)):
        plant, total, crew, clock = plants[case], totals[case], crews[case], clocks[case]
        period, offset = plant[PERIOD], plant[OFFSET]
        capacity, lag, queue = plant[CAPACITY], int(plant[LAG]), 0.0
        for k in range(load.shape[0]):
            start = k * period
            now, end, crew[LOAD_STEP] = start + offset, start + period, 0
            if now > start:
                queue = _integrate(start, now, k, queue, plant, load, crew, clock, pool, part)
            if now >= clock[DUE]:
                _mature(now, plant[WARM_UP], crew, clock, pool)

            # the decision: which datapoints breach, who asks for what, and who wins?
            desired, cause, crew[CAUSE] = crew[DESIRED], NOBODY, NOBODY
            if crew[ORDER] < len(orders) and orders[crew[ORDER], 0] <= now:
                desired, cause = _obey(now, orders, crew), SCHEDULE
            newest, rings, above = k - 1 - lag, False, False
            for i in range(len(alarms)):
                note, row, line = NOTES + 3 * i, int(alarms[i, METRIC]), alarms[i, LINE]
                side, leaves = alarms[i, SIDE], newest - int(alarms[i, PERIODS])
                value = metric[row, newest] if newest >= 0 else math.nan
                # counted without a branch: noise defeats guesses
                breaches = (value - line) * side > 0.0
                above |= breaches & (side > 0.0)
                crew[note] += breaches
                if leaves >= 0:
                    crew[note] -= (metric[row, leaves] - line) * side > 0.0
                known = value == value
                crew[note + 1], crew[note + 2] = WAITS if known else NO_DATA, 0
                rings |= known & (crew[note] >= alarms[i, DATAPOINTS])
            if above:
                total[ABOVE] += period
            low, wish = crew[SMALLEST], desired
            if forecast.size > 0:
                low = max(low, math.ceil(forecast[k] / capacity - ROUNDING))
            if rings or desired != crew[DESIRED] or not low <= desired <= crew[LARGEST]:
                wish, crew[CAUSE] = _choose(
                    now, desired, low, cause, newest, alarms, steps, metric, crew, clock
                )
            if wish != crew[DESIRED]:
                _resize(now, wish, plant, total, crew, clock, pool)
            for i in range(ledger.shape[0]):
                if crew[RECORDED + i] != 0:
                    ledger[i, k] = crew[RECORDED + i]

            # the plant, to the end of the period
            rate = (crew[COUNTING] + crew[WARM]) * capacity
            if offset == 0.0 and queue <= 0.0 and peak[k] <= rate and clock[DUE] >= end:
                _add(period, work[k], rate, crew, part)
            else:
                queue = _integrate(now, end, k, queue, plant, load, crew, clock, pool, part)
            counted, serving, factor = part[COUNTED], part[SERVING], seen[min(k, seen.size - 1)]
            metric[0, k] = 100.0 * part[BUSY] / counted * factor if counted > 0.0 else math.nan
            if metric.shape[0] > 1:
                metric[1, k] = work[k] / serving * factor if serving > 0.0 else math.nan
            if metric.shape[0] > 2:
                metric[2, k] = part[WAITING] / serving * factor if serving > 0.0 else math.nan
            for i in range(SERVING + 1):
                if i < SUMS:
                    total[i] += part[i]
                    if flow.size and part[i] != 0.0:
                        flow[i, k] = part[i]
                part[i] = 0.0
            if flow.size and queue != 0.0:
                flow[SUMS, k] = queue
            total[PEAK_SIZE] = max(total[PEAK_SIZE], float(crew[DESIRED]))
            total[PEAK_BACKLOG] = max(total[PEAK_BACKLOG], queue)
        total[BACKLOG] = queue


# --- the plant


@kernel
def _integrate(now, until, k, queue, plant, load, crew, clock, pool, part):  # type: ignore[no-untyped-def]
    """From one event to the next; returns the backlog at the end."""
    m, period = load.shape[1], plant[PERIOD]
    start, width = k * period, period / m
    while now < until:
        if now >= clock[DUE]:
            _mature(now, plant[WARM_UP], crew, clock, pool)
        j = crew[LOAD_STEP]
        edge = start + (j + 1) * width if j + 1 < m else start + period
        event = min(min(edge, clock[DUE]), until)
        rate = (crew[COUNTING] + crew[WARM]) * plant[CAPACITY]
        arriving, room = load[k, j], plant[ROOM]
        served, lost, queue, waited, short = _flow(arriving, rate, queue, room, event - now)
        part[LOST] += lost
        part[WAITING] += waited
        part[SHORT] += short
        if room > 0.0:
            part[DELAYED] += max(0.0, arriving * short - lost)
        _add(event - now, served, rate, crew, part)
        now = event
        if now >= edge:
            crew[LOAD_STEP] += 1
    return queue


@kernel
def _add(span, served, rate, crew, part):  # type: ignore[no-untyped-def]
    """Add a span in which nobody comes or goes."""
    serves = crew[COUNTING] + crew[WARM]
    if rate > 0.0:
        part[BUSY] += served / rate * crew[COUNTING]
    part[SERVED] += served
    part[COUNTED] += span * crew[COUNTING]
    part[SERVING] += span * serves
    part[COST] += span * (serves + crew[BOOTING] + crew[LEAVING])


@kernel
def _flow(arriving, rate, queue, room, span):  # type: ignore[no-untyped-def]
    """Constant load on constant capacity: served, lost, backlog after, its integral, s short."""
    growth = arriving - rate
    if growth <= 0.0 and queue <= 0.0:
        return arriving * span, 0.0, 0.0, 0.0, 0.0
    if growth < 0.0:
        after, short = queue + growth * span, span
        if after <= 0.0:
            after, short = 0.0, queue / -growth
        served = rate * short + arriving * (span - short)
        return served, 0.0, after, 0.5 * (queue + after) * short, short
    after, filling = queue + growth * span, span
    if after > room:
        after, filling = room, (room - queue) / growth
    waiting = 0.5 * (queue + after) * filling + after * (span - filling)
    return rate * span, growth * (span - filling), after, waiting, span


# --- who comes and goes


@kernel
def _resize(now, wish, plant, total, crew, clock, pool):  # type: ignore[no-untyped-def]
    change = wish - crew[DESIRED]
    state, count, until = 0, change, now + plant[BOOT]
    if change > 0:
        clock[GREW], clock[SHRANK] = until, -NEVER  # a scale-out ends the pause between scale-ins
    else:
        state, count, until = 2, _remove(-change, crew, pool), now + plant[DRAIN]
        clock[SHRANK] = until
    clock[SETTLED] = until
    _push(state, count, until, crew, pool)
    total[LAUNCHED if change > 0 else REMOVED] += abs(change)
    if change * crew[DIRECTION] < 0:
        total[REVERSALS] += 1.0
    crew[DIRECTION], crew[DESIRED] = change, wish
    _mature(now, plant[WARM_UP], crew, clock, pool)


@kernel
def _push(state, count, until, crew, pool):  # type: ignore[no-untyped-def]
    """Put a batch of instances into a state that it stays in until a time."""
    i = crew[LAST_OF + state] & (pool.shape[2] - 1)
    pool[state, 0, i], pool[state, 1, i] = count, until
    crew[LAST_OF + state] += 1
    crew[BOOTING + state] += count


@kernel
def _remove(count, crew, pool):  # type: ignore[no-untyped-def]
    """Take out the youngest; returns how many of them served, and so drain."""
    draining = count
    for state in range(2):
        while count > 0 and crew[LAST_OF + state] > crew[FIRST_OF + state]:
            i = (crew[LAST_OF + state] - 1) & (pool.shape[2] - 1)
            some = min(count, int(pool[state, 0, i]))
            pool[state, 0, i] -= some
            if pool[state, 0, i] == 0.0:
                crew[LAST_OF + state] -= 1
            crew[BOOTING + state] -= some
            count -= some
            if state == 0:
                draining -= some
    crew[COUNTING] -= count
    return draining


@kernel
def _mature(now, warm_up, crew, clock, pool):  # type: ignore[no-untyped-def]
    """Move on the batches whose time has come, and find when the next one's will have."""
    clock[DUE] = NEVER
    for state in range(3):
        while crew[FIRST_OF + state] < crew[LAST_OF + state]:
            i = crew[FIRST_OF + state] & (pool.shape[2] - 1)
            count, until = int(pool[state, 0, i]), pool[state, 1, i]
            if until > now:
                clock[DUE] = min(clock[DUE], until)
                break
            crew[FIRST_OF + state] += 1
            crew[BOOTING + state] -= count
            if state == 0:
                _push(state + 1, count, until + warm_up, crew, pool)
            elif state == 1:
                crew[COUNTING] += count


# --- the decision


@kernel
def _obey(now, orders, crew):  # type: ignore[no-untyped-def]
    """Carry out the scheduled actions that are due; returns the capacity that they ask for."""
    desired = crew[DESIRED]
    while crew[ORDER] < len(orders) and orders[crew[ORDER], 0] <= now:
        order = crew[ORDER]
        for i in range(2):
            if orders[order, 1 + i] >= 0.0:
                crew[SMALLEST + i] = int(orders[order, 1 + i])
        if orders[order, 3] >= 0.0:
            desired = int(orders[order, 3])
        crew[ORDER] += 1
    return desired


@kernel
def _choose(now, desired, low, cause, newest, alarms, steps, metric, crew, clock):  # type: ignore[no-untyped-def]
    """Ask every policy in alarm; returns the capacity that wins, in its bounds, and the cause."""
    out, tracked, other, agreed = desired, -1, -1, True
    for i in range(len(alarms)):
        note, value = NOTES + 3 * i, metric[int(alarms[i, METRIC]), newest]
        if value == value and crew[note] >= alarms[i, DATAPOINTS]:
            crew[note + 1], crew[note + 2] = _ask(
                now, desired, i, value, alarms, steps, crew, clock
            )
        wanted, tracks = crew[note + 2], alarms[i, KIND] <= PACED
        if crew[note + 1] != SCALED:
            agreed = agreed and not (tracks and alarms[i, SIDE] < 0.0)
        elif wanted > desired:
            out = max(out, wanted)
        elif tracks:
            tracked = max(tracked, wanted)
        else:
            other = max(other, wanted)
    wish = out
    if out == desired:
        inward = max(other, tracked) if agreed else other
        wish = inward if inward >= 0 else desired
    after, by = min(max(wish, low), crew[LARGEST]), NOBODY
    for i in range(len(alarms)):
        note = NOTES + 3 * i
        if crew[note + 1] == SCALED:
            if crew[note + 2] != wish:
                crew[note + 1] = OUTVOTED
            elif (after - desired) * (wish - desired) <= 0:
                crew[note + 1] = LIMIT
            elif by == NOBODY:
                by = i + 1
    if by == NOBODY and after != desired:
        by = FORECAST if after > max(desired, crew[SMALLEST]) else BOUNDS
    if by > 0 or by == FORECAST or cause == NOBODY:
        cause = by
    return after, cause if after != crew[DESIRED] else NOBODY


@kernel
def _ask(now, desired, a, value, alarms, steps, crew, clock):  # type: ignore[no-untyped-def]
    """Say what a policy in alarm comes to, and the capacity that it asks for."""
    kind, how, amount = alarms[a, KIND], alarms[a, ADJUSTMENT], 0.0
    pause, outward = alarms[a, PAUSE], alarms[a, SIDE] > 0.0
    changed = clock[SETTLED] if kind == SIMPLE else clock[SHRANK]
    if (kind == SIMPLE or (kind == PACED and not outward)) and now - changed < pause:
        return COOLDOWN, desired
    if kind >= STEP:
        gap, amount = value - alarms[a, THRESHOLD], math.nan
        for i in range(int(alarms[a, FIRST]), int(alarms[a, LAST])):
            if steps[i, 0] < gap <= steps[i, 1]:
                amount = steps[i, 2]
        if amount != amount or (amount == 0.0 and how != EXACT):
            return NO_STEP, desired
        outward = amount > (desired if how == EXACT else 0.0)
    base = desired
    if kind == PACED and outward:  # what the cooldown's first scale-out began with
        if now - clock[GREW] >= pause:
            crew[BEFORE] = desired
        base = crew[BEFORE]
    elif kind == TRACK or kind == STEP:  # noqa: SIM109 - a tuple takes longer to compile
        if not outward and crew[WARM] + crew[BOOTING] > 0:
            return WARMING, desired
        base = crew[COUNTING] if outward else desired + crew[LEAVING]
    if kind <= PACED:
        wish = math.ceil(base * value / alarms[a, TARGET] - ROUNDING)
        if not outward and desired - wish > alarms[a, AT_MOST]:
            wish = desired - int(alarms[a, AT_MOST])
    else:
        wish = int(amount) if how == EXACT else base + int(amount)
        if how == PERCENT:
            share = base * amount / 100.0
            size = max(int(max(abs(share), alarms[a, AT_LEAST])), 1 if share != 0.0 else 0)
            wish = base + size if amount > 0.0 else base - size
    if (wish <= desired) if outward else (wish >= desired):
        return COVERED, wish
    return SCALED, max(wish, 0)
