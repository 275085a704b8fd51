"""One run, period by period: the plant, its metric, the alarms, the policies, the change.

Between two events load and capacity are constant, so what is served, waits, is lost or costs is a
product. A period without events, backlog or overload is one step.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb._jit import kernel
from awsnb.mechanisms._records import layout

ROUNDING = 1e-9  # of an instance, that a quotient may be off without costing a whole one
NEVER = math.inf

TRACK, PACED, STEPPED, SIMPLE = range(4)
CHANGE, PERCENT, EXACT = range(3)
MISSING, IGNORE, BREACHING, NOT_BREACHING = range(4)

WAITS, NO_DATA, NO_STEP, COVERED, WARMING, COOLDOWN, LIMIT, OUTVOTED, SCALED = range(9)
"""What a policy's alarm came to: too few datapoints breach; no datapoint to go by; no step fits, or
it is 0; as many are there or coming; instances still boot or warm up; the cooldown runs; the group
is as large or small as it may be; another policy decides; it changed the capacity."""

NOBODY, SCHEDULE, FORECAST, BOUNDS = 0, -1, -2, -3
"""Who changed the capacity, if not alarm number 1, 2, ...: no one, a scheduled action, the
forecast, or the group's smallest or largest size."""

PLANT = layout(
    float64="period offset capacity room boot warm_up drain memory_idle memory_busy",
    int64="lag initial smallest largest protected",
)
"""A group and its sensor. A datapoint is seen `lag` periods and `offset` seconds after its end."""

ALARM = layout(
    float64="side line threshold target at_most at_least pause",
    int64="kind metric datapoints periods missing adjustment first last",
)
"""An alarm and its policy: a datapoint breaches beyond `line`, on the `side` 1 (above) or -1
(below); the policy's steps are those from `first` to before `last`."""

STEP = layout(float64="lower upper adjustment")
ACTION = layout(float64="at smallest largest desired")
"""A scheduled action; -1 for what it leaves as it is."""

STATE = layout(
    int64="counting desired smallest largest cause direction before actions load_step",
    float64="due settled grew shrank backlog",
)
"""A group as it is: the instances that count, the desired capacity and its bounds; who changed it
last, which way, and what a cooldown's first scale-out began with; how many scheduled actions were
taken, the load step that runs. Then when the next batch moves on, when the latest change is
complete, until when the latest scale-out and scale-in are under way, and the work that waits."""

STAGE = layout(int64="instances first end")
"""Instances that boot, warm up or leave: how many, and their batches, from `first` to before
`end`."""
BOOT, WARM_UP, LEAVE = range(3)

BATCH = layout(int64="instances", float64="until")
NOTE = layout(int64="breaching alarmed reason wanted", float64="value")
"""What an alarm came to: breaching datapoints, whether it is in alarm, the reason, the capacity
asked for; and the newest datapoint, by which its policy asks."""

PERIOD = layout(float64="instance_s served lost delayed waiting short_s busy counted_s serving_s")
"""Sums over a period. `busy` is utilisation x the seconds of instances that count."""


class World(NamedTuple):
    """What all groups of one metric period share (n periods).

    Attributes
    ----------
    load : ndarray of float, shape (n, steps)
        Work per second in each load step of each period.
    work, peak : ndarray of float, shape (n,)
        Work that arrives in each period, and its largest load.
    seen : ndarray of float, shape (n,) or (1,)
        Factor by which datapoints are off.
    forecast : ndarray of float, shape (n,) or (0,)
        Capacity that the forecast wants, in work per second.
    actions : ndarray
    """

    load: NDArray[np.float64]
    work: NDArray[np.float64]
    peak: NDArray[np.float64]
    seen: NDArray[np.float64]
    forecast: NDArray[np.float64]
    actions: NDArray


class Flow(NamedTuple):
    """Work and cost by period: shape (n,), or (0,) where nobody asks for them."""

    instance_s: NDArray[np.float64]
    served: NDArray[np.float64]
    lost: NDArray[np.float64]
    delayed: NDArray[np.float64]
    waiting: NDArray[np.float64]
    short_s: NDArray[np.float64]
    backlog: NDArray[np.float64]


class Ledger(NamedTuple):
    """Decisions by period: shape (n,), those of alarms (a, n); or of size 0 as well."""

    desired: NDArray[np.int32]
    warming: NDArray[np.int32]
    booting: NDArray[np.int32]
    leaving: NDArray[np.int32]
    cause: NDArray[np.int32]
    breaching: NDArray[np.int32]
    reason: NDArray[np.int32]
    wanted: NDArray[np.int32]


class Memory(NamedTuple):
    """What runs keep in mind.

    Attributes
    ----------
    states, stages, notes : ndarray, shapes (cases,), (cases, 3) and (cases, alarms)
    batches : ndarray, shape (3, a power of 2)
        Of one case after the other.
    sums : ndarray, shape (1,)
        Of one period after the other.
    """

    states: NDArray
    stages: NDArray
    notes: NDArray
    batches: NDArray
    sums: NDArray


class Control(NamedTuple):
    """What `decide` reads and writes, of one group.

    Attributes
    ----------
    plants, alarms, steps : ndarray
    metric : ndarray of float, shape (metrics, n)
        By period; NaN for what is missing.
    states, stages, notes : ndarray, shapes (1,), (3,) and (alarms,)
    """

    plants: NDArray
    alarms: NDArray
    steps: NDArray
    metric: NDArray[np.float64]
    states: NDArray
    stages: NDArray
    notes: NDArray


@kernel
def run(plants, alarms, steps, world, metric, flow, ledger, totals, memory):  # type: ignore[no-untyped-def]
    """Cases that differ in their plants. Flow and ledger are of one case, or empty.

    All in one call, so that threads seldom wait for each other.
    """
    for case in range(plants.size):
        _follow(case, plants, alarms, steps, world, metric, flow, ledger, totals, memory)


@kernel
def decide(now, newest, control):  # type: ignore[no-untyped-def]
    """One decision for a group whose instances and datapoints come from elsewhere."""
    plants, alarms, steps, metric, states, stages, notes = control
    plant, state, alarmed = plants[0], states[0], False
    wish, state.cause = state.desired, NOBODY
    for i in range(alarms.size):
        alarm, leaves = alarms[i], newest - alarms[i].periods
        oldest = metric[alarm.metric, leaves] if leaves >= 0 else math.nan
        alarmed |= _look(metric[alarm.metric, newest], oldest, newest, alarm, notes[i])
    if alarmed:
        wish, state.cause = _choose(
            now, wish, state.smallest, state.cause, plant.protected,
            alarms, steps, state, stages, notes,
        )  # fmt: skip
    if wish != state.desired:
        _adopt(now, wish, plant, state)


@kernel
def _follow(case, plants, alarms, steps, world, metric, flow, ledger, totals, memory):  # type: ignore[no-untyped-def]
    """One case."""
    load, work, peak, seen, forecast, actions = world
    batches, sums = memory.batches, memory.sums[0]
    plant, total, state = plants[case], totals[case], memory.states[case]
    stages, notes = memory.stages[case], memory.notes[case]
    booting, warming, leaving = stages[BOOT], stages[WARM_UP], stages[LEAVE]
    total.peak = state.desired
    period, offset, capacity, lag = plant.period, plant.offset, plant.capacity, plant.lag
    for k in range(work.size):
        start = k * period
        now, end, state.load_step = start + offset, start + period, 0
        if now > start:
            _integrate(start, now, k, plant, load, state, stages, batches, sums)
        if now >= state.due:
            _move_on(now, plant.warm_up, state, stages, batches)

        # the decision: which datapoints breach, who asks for what, and who wins?
        desired, cause, state.cause = state.desired, NOBODY, NOBODY
        if state.actions < actions.size and actions[state.actions].at <= now:
            desired, cause = _obey(now, actions, state), SCHEDULE
        newest, alarmed, above = k - 1 - lag, False, False
        for i in range(alarms.size):
            alarm, leaves = alarms[i], newest - alarms[i].periods
            value = metric[alarm.metric, newest] if newest >= 0 else math.nan
            oldest = metric[alarm.metric, leaves] if leaves >= 0 else math.nan
            alarmed |= _look(value, oldest, newest, alarm, notes[i])
            above |= _breaches(value, alarm) & (alarm.side > 0.0)
        if above:
            total.above_s += period
        low, wish = state.smallest, desired
        if forecast.size > 0:
            low = max(low, math.ceil(forecast[k] / capacity - ROUNDING))
        if alarmed or desired != state.desired or not low <= desired <= state.largest:
            wish, state.cause = _choose(
                now, desired, low, cause, plant.protected, alarms, steps, state, stages, notes
            )
        if wish != state.desired:
            _resize(now, wish, plant, total, state, stages, batches)
        if ledger.cause.size:
            ledger.desired[k], ledger.cause[k] = state.desired, state.cause
            ledger.booting[k], ledger.warming[k] = booting.instances, warming.instances
            ledger.leaving[k] = leaving.instances
            for i in range(alarms.size):
                ledger.breaching[i, k] = notes[i].breaching
                ledger.reason[i, k], ledger.wanted[i, k] = notes[i].reason, notes[i].wanted

        # the plant, to the end of the period
        rate = (state.counting + warming.instances) * capacity
        if offset == 0.0 and state.backlog <= 0.0 and peak[k] <= rate and state.due >= end:
            _add(period, work[k], rate, state.counting, booting, warming, leaving, sums)
        else:
            _integrate(now, end, k, plant, load, state, stages, batches, sums)
            _add_shortage(state, sums, total)
        points = _datapoints(work[k], seen[min(k, seen.size - 1)], plant, sums)
        for row in range(metric.shape[0]):
            metric[row, k] = points[row]
        if flow.served.size:
            flow.instance_s[k], flow.short_s[k] = sums.instance_s, sums.short_s
            flow.served[k], flow.lost[k] = sums.served, sums.lost
            flow.delayed[k], flow.waiting[k] = sums.delayed, sums.waiting
            flow.backlog[k] = state.backlog
        _close(sums, total)
    total.backlog = state.backlog


# --- the datapoints


@kernel
def _look(value, oldest, newest, alarm, note):  # type: ignore[no-untyped-def]
    """Look at the newest datapoint, while the oldest leaves; returns whether the alarm goes off."""
    note.value = value
    alarmed = _count(value, oldest, alarm, note)
    if alarm.missing != MISSING and newest >= 0:
        alarmed |= _fill(value, oldest, newest >= alarm.periods, alarm, note)
    return alarmed


@kernel
def _count(value, oldest, alarm, note):  # type: ignore[no-untyped-def]
    """Count a datapoint in and another out; returns whether the alarm goes off."""
    # without a branch: noise defeats guesses
    note.breaching += _breaches(value, alarm)
    note.breaching -= _breaches(oldest, alarm)
    known = value == value
    note.reason, note.wanted = WAITS if known else NO_DATA, 0
    alarmed = known & (note.breaching >= alarm.datapoints)
    if known or alarm.missing != IGNORE:
        note.alarmed = alarmed
    return alarmed


@kernel
def _fill(value, oldest, full, alarm, note):  # type: ignore[no-untyped-def]
    """Take missing datapoints as the alarm does; returns whether it goes off then."""
    if alarm.missing == BREACHING:
        note.breaching += value != value
        note.breaching -= full and oldest != oldest
    if alarm.missing != IGNORE:
        note.alarmed = note.breaching >= alarm.datapoints
    return note.alarmed != 0


@kernel
def _breaches(value, alarm):  # type: ignore[no-untyped-def]
    return (value - alarm.line) * alarm.side > 0.0


@kernel
def _datapoints(work, factor, plant, sums):  # type: ignore[no-untyped-def]
    """What a period's metrics come to, in the order of `METRICS`."""
    utilisation = _ratio(100.0 * sums.busy, sums.counted_s, factor)
    load = _ratio(work, sums.serving_s, factor)
    backlog = _ratio(sums.waiting, sums.serving_s, factor)
    idle, busy = plant.memory_idle, plant.memory_busy
    memory = idle + (busy - idle) * utilisation / 100.0
    return utilisation, load, backlog, load if work > 0.0 else math.nan, memory


@kernel
def _ratio(amount, of, factor):  # type: ignore[no-untyped-def]
    return amount / of * factor if of > 0.0 else math.nan


@kernel
def _add_shortage(state, sums, total):  # type: ignore[no-untyped-def]
    """Add to the totals what is 0 in a period without events, backlog or overload."""
    total.lost += sums.lost
    total.delayed += sums.delayed
    total.waiting += sums.waiting
    total.short_s += sums.short_s
    total.peak_backlog = max(total.peak_backlog, state.backlog)


@kernel
def _close(sums, total):  # type: ignore[no-untyped-def]
    """End a period: the rest of its sums goes to the totals, and all begin at 0."""
    total.instance_s += sums.instance_s
    total.served += sums.served
    sums.instance_s = sums.served = sums.lost = sums.delayed = sums.waiting = sums.short_s = 0.0
    sums.busy = sums.counted_s = sums.serving_s = 0.0


# --- the plant


@kernel
def _integrate(now, until, k, plant, load, state, stages, batches, sums):  # type: ignore[no-untyped-def]
    """From one event to the next."""
    booting, warming, leaving = stages[BOOT], stages[WARM_UP], stages[LEAVE]
    m, period = load.shape[1], plant.period
    start, width = k * period, period / m
    while now < until:
        if now >= state.due:
            _move_on(now, plant.warm_up, state, stages, batches)
        j = state.load_step
        edge = start + (j + 1) * width if j + 1 < m else start + period
        event = min(min(edge, state.due), until)
        rate = (state.counting + warming.instances) * plant.capacity
        arriving, room = load[k, j], plant.room
        served, lost, state.backlog, waited, short = _flow(
            arriving, rate, state.backlog, room, event - now
        )
        sums.lost += lost
        sums.waiting += waited
        sums.short_s += short
        if room > 0.0:
            sums.delayed += max(0.0, arriving * short - lost)
        _add(event - now, served, rate, state.counting, booting, warming, leaving, sums)
        now = event
        if now >= edge:
            state.load_step += 1


@kernel
def _add(span, served, rate, counting, booting, warming, leaving, sums):  # type: ignore[no-untyped-def]
    """Add a span in which nobody comes or goes."""
    serving = counting + warming.instances
    if rate > 0.0:
        sums.busy += served / rate * counting
    sums.served += served
    sums.counted_s += span * counting
    sums.serving_s += span * serving
    sums.instance_s += span * (serving + booting.instances + leaving.instances)


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
def _resize(now, wish, plant, total, state, stages, batches):  # type: ignore[no-untyped-def]
    """Launch or remove what a change of the desired capacity asks for."""
    change = wish - state.desired
    if change * state.direction < 0:
        total.reversals += 1.0
    _adopt(now, wish, plant, state)
    if change > 0:
        stage, count = BOOT, change
        total.launched += change
    else:
        stage, count = LEAVE, _remove(-change, state, stages, batches)
        total.removed -= change
    _push(stage, count, state.settled, stages, batches)
    total.peak = max(total.peak, float(wish))
    _move_on(now, plant.warm_up, state, stages, batches)


@kernel
def _push(stage, count, until, stages, batches):  # type: ignore[no-untyped-def]
    """Put a batch of instances into a stage that it stays in until a time."""
    queue = stages[stage]
    batch = batches[stage, queue.end & (batches.shape[1] - 1)]
    batch.instances, batch.until = count, until
    queue.end += 1
    queue.instances += count


@kernel
def _remove(count, state, stages, batches):  # type: ignore[no-untyped-def]
    """Take out the youngest; returns how many of them served, and so drain."""
    draining = count
    for stage in range(LEAVE):
        queue = stages[stage]
        while count > 0 and queue.end > queue.first:
            batch = batches[stage, (queue.end - 1) & (batches.shape[1] - 1)]
            some = min(count, batch.instances)
            batch.instances -= some
            if batch.instances == 0:
                queue.end -= 1
            queue.instances -= some
            count -= some
            if stage == BOOT:
                draining -= some
    state.counting -= count
    return draining


@kernel
def _move_on(now, warm_up, state, stages, batches):  # type: ignore[no-untyped-def]
    """Move on the batches whose time has come, and find when the next one's will have."""
    state.due = NEVER
    for stage in range(LEAVE + 1):
        queue = stages[stage]
        while queue.first < queue.end:
            batch = batches[stage, queue.first & (batches.shape[1] - 1)]
            count, until = batch.instances, batch.until
            if until > now:
                state.due = min(state.due, until)
                break
            queue.first += 1
            queue.instances -= count
            if stage == BOOT:
                _push(stage + 1, count, until + warm_up, stages, batches)
            elif stage == WARM_UP:
                state.counting += count


# --- the decision


@kernel
def _obey(now, actions, state):  # type: ignore[no-untyped-def]
    """Carry out the scheduled actions that are due; returns the capacity that they ask for."""
    desired = state.desired
    while state.actions < actions.size and actions[state.actions].at <= now:
        action = actions[state.actions]
        if action.smallest >= 0.0:
            state.smallest = int(action.smallest)
        if action.largest >= 0.0:
            state.largest = int(action.largest)
        if action.desired >= 0.0:
            desired = int(action.desired)
        state.actions += 1
    return desired


@kernel
def _choose(  # type: ignore[no-untyped-def]
    now, desired, low, cause, protected, alarms, steps, state, stages, notes
):
    """Ask every policy in alarm; returns the capacity that wins, in its bounds, and the cause."""
    out, tracked, other, agreed = desired, -1, -1, True
    for i in range(alarms.size):
        alarm, note = alarms[i], notes[i]
        if note.alarmed:
            value = note.value
            if value != value:  # no more is known than that it breaches
                value = alarm.threshold
            note.reason, note.wanted = _ask(now, desired, value, alarm, steps, state, stages)
        wanted, tracks = note.wanted, alarm.kind <= PACED
        if note.reason != SCALED:
            agreed = agreed and not (tracks and alarm.side < 0.0)
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
    after = min(max(wish, low), state.largest)
    after = max(after, min(state.desired, protected))
    by = _decided_by(desired, wish, after, notes)
    if by == NOBODY and after != desired:
        by = FORECAST if after > max(desired, state.smallest) else BOUNDS
    if by > 0 or by == FORECAST or cause == NOBODY:
        cause = by
    return after, cause if after != state.desired else NOBODY


@kernel
def _decided_by(desired, wish, after, notes):  # type: ignore[no-untyped-def]
    """Number of the first alarm that has its way; the others learn what they came to."""
    by = NOBODY
    for i in range(notes.size):
        note = notes[i]
        if note.reason == SCALED:
            if note.wanted != wish:
                note.reason = OUTVOTED
            elif (after - desired) * (wish - desired) <= 0:
                note.reason = LIMIT
            elif by == NOBODY:
                by = i + 1
    return by


@kernel
def _ask(now, desired, value, alarm, steps, state, stages):  # type: ignore[no-untyped-def]
    """Say what a policy in alarm comes to, and the capacity that it asks for."""
    kind, exact, outward, amount = alarm.kind, alarm.adjustment == EXACT, alarm.side > 0.0, 0.0
    changed = state.settled if kind == SIMPLE else state.shrank
    if (kind == SIMPLE or (kind == PACED and not outward)) and now - changed < alarm.pause:
        return COOLDOWN, desired
    if kind >= STEPPED:
        amount = _adjustment(value - alarm.threshold, alarm, steps)
        if amount != amount or (amount == 0.0 and not exact):
            return NO_STEP, desired
        outward = amount > (desired if exact else 0.0)
    base = desired
    if kind == PACED and outward:  # what the cooldown's first scale-out began with
        if now - state.grew >= alarm.pause:
            state.before = desired
        base = state.before
    elif kind == TRACK or kind == STEPPED:  # noqa: SIM109 - a tuple takes longer to compile
        if not outward and stages[WARM_UP].instances + stages[BOOT].instances > 0:
            return WARMING, desired
        base = state.counting if outward else desired + stages[LEAVE].instances
    if kind <= PACED:
        wish = math.ceil(base * value / alarm.target - ROUNDING)
        if not outward and desired - wish > alarm.at_most:
            wish = desired - int(alarm.at_most)
    else:
        wish = int(amount) if exact else base + _change(base, amount, alarm)
    if (wish <= desired) if outward else (wish >= desired):
        return COVERED, wish
    return SCALED, max(wish, 0)


@kernel
def _adopt(now, wish, plant, state):  # type: ignore[no-untyped-def]
    """Make a capacity the desired one, and note until when the change is under way."""
    state.direction = wish - state.desired
    if state.direction > 0:
        state.settled = state.grew = now + plant.boot
        state.shrank = -NEVER  # a scale-out ends the pause between scale-ins
    else:
        state.settled = state.shrank = now + plant.drain
    state.desired = wish


@kernel
def _adjustment(gap, alarm, steps):  # type: ignore[no-untyped-def]
    """The adjustment of the step that a gap falls into; NaN if there is none."""
    amount = math.nan
    for i in range(alarm.first, alarm.last):
        if steps[i].lower < gap <= steps[i].upper:
            amount = steps[i].adjustment
    return amount


@kernel
def _change(base, amount, alarm):  # type: ignore[no-untyped-def]
    """Instances to add; a share of them is at least 1 instance, else rounded towards 0."""
    if alarm.adjustment != PERCENT:
        return int(amount)
    share = base * amount / 100.0
    size = max(int(max(abs(share), alarm.at_least)), 1 if share != 0.0 else 0)
    return size if amount > 0.0 else -size
