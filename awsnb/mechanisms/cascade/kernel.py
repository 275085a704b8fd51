"""A night of the whole site, joint by joint, and all joints together.

A fluid in fixed steps, of whole instances. What meets within a step (queues, threads, connections,
database, volume) is solved together, by backward Euler: `_solve` looks for the time a query takes
at which neither the volume nor the database's CPU does more than it can. What feeds back slowly
(the cache, logins, health checks, scaling) lags a step.

Queues remember who came when: each instance has a row of what arrived by step, and a head. A
request that became older than its client's patience stays in it, and is served in vain.
"""

import math

from awsnb._jit import kernel
from awsnb.mechanisms._records import layout
from awsnb.mechanisms.control_loop import METRICS
from awsnb.mechanisms.control_loop.kernel import BOOT, LEAVE, WARM_UP, decide

MINUTE_S = 60.0
CPU, REQUESTS = METRICS.index("utilisation"), METRICS.index("requests per instance")
PASSES = 60  # of the search for a query's time, at most
CLOSE = 1e-11  # of what the volume or CPU can do, that the search may be off
BEYOND = 1e-3  # of a query's time, that the search's ends lie beyond where it is looked for
NEVER = 1e-9  # a chance that counts as none
LEAST_RATE = 1e-6  # of requests a second, so that there is something to divide by
LEAST_CPU = 0.01  # of the database's CPU that logins leave to queries
EMPTY, BOOTING, SERVING, LEAVING = range(4)

SITE = layout(
    float64=(
        "step pause budget vcpus request_cpu threads pool queue_limit query_limit "
        "database_vcpus query_cpu query_ios io login_cpu max_connections "
        "baseline burst capacity ttl_from ttl_to batch_start workers think publishes "
        "interval timeout grace boot warm_up drain"
    ),
    int64="patience retries full_jitter proxied cached coalesced checked failures",
)
"""The site's numbers, in s; `patience`, `ttl_from` and `ttl_to` in steps."""

SLOT = layout(
    float64=(
        "waiting left queries connections limit at_most starts done failing "
        "phase serves_at counts_at leaves_at"
    ),
    int64="status head full failed life",
)
"""An instance: requests that wait, and those left of the step at the `head` of the queue; queries
under way or waiting for a connection, and connections. Of this step: connections it may have,
queries it may have, requests that start, queries done and failed at once, and whether its queue
was too short. Its health checks' phase in s, those that failed in a row, and how many instances
began in its place."""

KEYS = layout(float64="keys share cached loading expiring starting")
"""Keys alike in popularity: how many, their share of the requests, the parts of them that are
cached, being loaded, expiring in this step, and loaded from now on."""

STATE = layout(
    float64=(
        "credits logins batch_left query_s lookups miss_share "
        "workers busy_s counted_s sent serving_s instance_s"
    ),
)
"""What all share: credits; CPU time that logins still need, s; I/Os left to the batch; a query's
time, requests started each second, the share of them that ask the database; the batch's workers
who are at work. Then sums over a minute."""

STEP = layout(
    float64=(
        "users sent answered failed gave_up late shed refused cut unserved in_vain hits misses "
        "waiting queries connections age_s wait_s hit_ratio query_ms io_ms ios batch_ios credits "
        "database_pct cpu_pct in_service unfit replaced"
    ),
)
"""What is said of a step. Counts within it: new users, requests sent, users answered and users who
gave up for good; attempts that lost their client's patience, of these those on a query, those shed
by a full queue, refused a query, cut with their instance, and sent where none was in service;
requests served in vain; hits and queries started in time. Then at its end: requests that wait,
queries under way or waiting for a connection, connections; age and wait for a connection of who
started, s; the share of hits, a query's and an I/O's time, I/Os of all and of the batch, credits;
the database's CPU and that of the instances in service, %; how many they are, how many a health
check would find failing, and how many were replaced."""


MINUTE = layout(
    float64="cpu_pct requests_per_s",
    int64="desired counting warming booting leaving cause",
)
"""A minute: CPU of the instances that count, and requests sent to each instance in service (NaN
where there is none); the instances there are at its end, and what was decided then, by whom."""


@kernel
def advance(first, last, memory):  # type: ignore[no-untyped-def]
    """Go on from one minute to before another."""
    site, state, slots = memory.site[0], memory.state[0], memory.slots
    steps = round(MINUTE_S / site.step)
    for minute in range(first, last):
        _advance(minute * steps, (minute + 1) * steps, memory)
        _measure(state, memory.minutes[minute])
        _scale(minute, site, slots, memory.minutes, memory.control)


@kernel
def _advance(first, last, memory):  # type: ignore[no-untyped-def]
    """Go on from one step to before another."""
    site, state, slots, keys = memory.site[0], memory.state[0], memory.slots, memory.keys
    phases, users, arrived, mix, due, expiry, alive, rows = memory[4:12]
    for now in range(first, last):
        row = rows[now]
        _move_on(now, site, phases, slots, keys, arrived, mix, due, alive, row)
        row.users = users[now]
        _send(now, site, state, slots, arrived, mix, due, row)
        if site.cached:
            _expire(now, site, keys, expiry)
            _look_up(site, state, keys)
        can = min(site.burst, state.credits / site.step + site.baseline) * site.step
        _solve(now, can, site, state, slots)
        started, under_way, done, failing = _serve(now, site, state, slots, arrived, mix, due,
                                                   alive, row)  # fmt: skip
        _lose_patience(now, site, slots, arrived, mix, due, row)
        if site.cached:
            _fill(now, started, done / max(under_way, 1e-300), failing, site, state, keys, expiry)
        _spend(can, done, site, state, row)
        _connect(site, state, slots, failing, row)
        _note(now, started, done, site, state, slots, row)
        if site.checked:
            _check(now, site, phases, slots, keys, arrived, mix, due, alive, row)


# --- the group


@kernel
def _measure(state, minute):  # type: ignore[no-untyped-def]
    """Write down a minute's datapoints, and begin the next."""
    minute.cpu_pct = 100.0 * state.busy_s / state.counted_s if state.counted_s > 0.0 else math.nan
    minute.requests_per_s = state.sent / state.serving_s if state.serving_s > 0.0 else math.nan
    state.busy_s = state.counted_s = state.sent = state.serving_s = 0.0


@kernel
def _scale(k, site, slots, minutes, control):  # type: ignore[no-untyped-def]
    """Decide how many instances there are to be. A datapoint is seen a minute after its end."""
    minute, now, group = minutes[k], (k + 1) * MINUTE_S, control.states[0]
    _count(now, slots, minute)
    if k > 0:
        group.counting = minute.counting
        control.stages[BOOT].instances = minute.booting
        control.stages[WARM_UP].instances = minute.warming
        control.stages[LEAVE].instances = minute.leaving
        _show(k - 1, minutes[k - 1], control.metric)
        decide(now, k - 1, control)
        minute.cause = group.cause
    minute.desired = group.desired
    _resize(now, group.desired, site, slots)


@kernel
def _count(now, slots, minute):  # type: ignore[no-untyped-def]
    for i in range(slots.size):
        slot = slots[i]
        counts = slot.counts_at <= now
        minute.counting += slot.status == SERVING and counts
        minute.warming += slot.status == SERVING and not counts
        minute.booting += slot.status == BOOTING
        minute.leaving += slot.status == LEAVING


@kernel
def _show(newest, minute, metric):  # type: ignore[no-untyped-def]
    metric[CPU, newest] = minute.cpu_pct
    if metric.shape[0] > REQUESTS:
        metric[REQUESTS, newest] = minute.requests_per_s


@kernel
def _resize(now, desired, site, slots):  # type: ignore[no-untyped-def]
    """Launch what is missing; take the last ones out of service where there are too many."""
    there = 0
    for i in range(slots.size):
        slot = slots[i]
        if slot.status == BOOTING or slot.status == SERVING:
            there += 1
            if there > desired:
                slot.status, slot.leaves_at = LEAVING, now + site.drain
    for i in range(slots.size):
        slot = slots[i]
        if there < desired and slot.status == EMPTY:
            there += 1
            slot.status, slot.serves_at = BOOTING, now + site.boot
            slot.counts_at = slot.serves_at + site.warm_up


# --- clients and balancer


@kernel
def _send(now, site, state, slots, arrived, mix, due, row):  # type: ignore[no-untyped-def]
    """Users and retries due go to the instances in service, evenly."""
    place, serving, retries = now % due.shape[0], 0, 0.0
    for i in range(slots.size):
        serving += slots[i].status == SERVING
    for k in range(1, due.shape[1]):
        retries += due[place, k]
    allowed = min(1.0, site.budget * row.users / retries) if retries > 0.0 else 1.0
    row.failed += retries * (1.0 - allowed)
    due[place, 0] = row.users
    row.sent = row.users + retries * allowed
    for k in range(due.shape[1]):
        amount = due[place, k] * (allowed if k > 0 else 1.0)
        due[place, k] = 0.0
        mix[now, k] = amount / row.sent if row.sent > 0.0 else 0.0
        if serving == 0:
            row.unserved += amount
            _fail(now, amount, k, site, due, row)
    row.in_service = serving
    for i in range(slots.size):
        slot = slots[i]
        arrived[i, now] = 0.0
        if slot.status == SERVING:
            arrived[i, now] = row.sent / serving
            slot.waiting += arrived[i, now]
            slot.left += arrived[i, now] if slot.head == now else 0.0


@kernel
def _fail(when, amount, k, site, due, row):  # type: ignore[no-untyped-def]
    """An attempt fails in a step: its user tries again after a pause, or gives up for good."""
    if k >= site.retries:
        row.failed += amount
        return
    pause = max(1, round(site.pause * 2.0**k / site.step))
    if site.full_jitter:
        for later in range(1, pause + 1):
            due[(when + later) % due.shape[0], k + 1] += amount / pause
    else:
        due[(when + pause) % due.shape[0], k + 1] += amount


@kernel
def _fail_all(now, amount, came, site, mix, due, row):  # type: ignore[no-untyped-def]
    """Requests fail that came in an earlier step: each attempt has its share of them."""
    for k in range(mix.shape[1]):
        _fail(now, amount * mix[came, k], k, site, due, row)


@kernel
def _lose_patience(now, site, slots, arrived, mix, due, row):  # type: ignore[no-untyped-def]
    """Who still waits at the end of their client's patience has failed."""
    then, leaving = now - site.patience, 0.0
    if then < 0:
        return
    for i in range(slots.size):
        slot = slots[i]
        if slot.status >= SERVING and slot.head <= then:
            leaving += slot.left if slot.head == then else arrived[i, then]
    if leaving > 0.0:
        row.gave_up += leaving
        _fail_all(now, leaving, then, site, mix, due, row)


# --- instances


@kernel
def _move_on(now, site, phases, slots, keys, arrived, mix, due, alive, row):  # type: ignore[no-untyped-def]
    """Those that have booted serve; those that have drained go."""
    at = now * site.step
    for i in range(slots.size):
        slot = slots[i]
        if slot.status == BOOTING and at >= slot.serves_at:
            slot.status, slot.head = SERVING, now
            slot.waiting = slot.left = slot.queries = slot.connections = 0.0
            slot.failed, slot.phase = 0, site.interval * phases[i, slot.life % phases.shape[1]]
            slot.life += 1
        elif slot.status == LEAVING and at >= slot.leaves_at:
            _cut(now, i, site, slots, keys, arrived, mix, due, alive, row)
            slot.status = EMPTY


@kernel
def _serve(now, site, state, slots, arrived, mix, due, alive, row):  # type: ignore[no-untyped-def]
    """Requests start, queries end. Returns both, and the queries under way and failed at once."""
    started = under_way = done = failing = 0.0
    for i in range(slots.size):
        slot = slots[i]
        if slot.status < SERVING:
            continue
        queries = slot.queries + state.miss_share * slot.starts - slot.failing
        _start(now, i, queries - slot.done, site, state, slot, arrived, mix, due, alive, row)
        _shed(now, i, site, slot, arrived, mix, due, row)
        ended = slot.done / queries if queries > 0.0 else 1.0
        for k in range(alive.shape[1]):
            row.answered += alive[i, k] * ended
            alive[i, k] -= alive[i, k] * ended
        slot.queries = queries - slot.done
        started += slot.starts
        under_way += queries
        done += slot.done
        failing += slot.failing
    return started, under_way, done, failing


@kernel
def _start(now, i, rest, site, state, slot, arrived, mix, due, alive, row):  # type: ignore[no-untyped-def]
    """Take requests from the head of a queue, oldest first."""
    todo, p = slot.starts, state.miss_share
    refused = slot.failing / (p * todo) if slot.failing > 0.0 else 0.0
    wait = 0.0
    if rest > slot.limit and slot.done > 0.0:
        wait = (rest - slot.limit) * site.step / slot.done
    all_of_them = todo >= slot.waiting
    slot.waiting = 0.0 if all_of_them else slot.waiting - todo
    while slot.head < now or slot.left > 0.0:
        if slot.left <= 0.0:
            slot.head += 1
            slot.left = arrived[i, slot.head]
            continue
        taken = slot.left if all_of_them else min(slot.left, todo)
        if taken <= 0.0:
            break
        slot.left -= taken
        todo -= taken
        age = now - slot.head
        if age > site.patience:
            row.in_vain += taken
            continue
        remains = (site.patience - age) * site.step
        late = _longer(max(0.0, remains - wait) / state.query_s, site) if p > 0.0 else 0.0
        _sort_out(now, i, taken, p, refused, late, site, slot, mix, due, alive, row)
        row.age_s += taken * age * site.step
        row.wait_s += taken * wait


@kernel
def _longer(times, site):  # type: ignore[no-untyped-def]
    """How likely a query takes more than so many times its mean: its I/Os come one after another.

    Erlang's distribution: each I/O's time is exponential.
    """
    ios = max(1, round(site.query_ios))
    term = found = math.exp(-ios * times)
    for k in range(1, ios):
        term *= ios * times / k
        found += term
    return found if found > NEVER else 0.0


@kernel
def _sort_out(now, i, taken, p, refused, late, site, slot, mix, due, alive, row):  # type: ignore[no-untyped-def]
    """Requests that start in time: hits are answered, queries refused, late, or under way."""
    hits, queries = taken * (1.0 - p), taken * p
    row.hits += hits
    row.misses += queries * (1.0 - refused)
    row.answered += hits
    row.refused += queries * refused
    row.late += queries * (1.0 - refused) * late
    row.gave_up += queries * (1.0 - refused) * late
    for k in range(mix.shape[1]):
        share = queries * mix[slot.head, k]
        if refused > 0.0:
            _fail(now, share * refused, k, site, due, row)
            share *= 1.0 - refused
        if late > 0.0:
            _fail(slot.head + site.patience, share * late, k, site, due, row)
        alive[i, k] += share * (1.0 - late)


@kernel
def _shed(now, i, site, slot, arrived, mix, due, row):  # type: ignore[no-untyped-def]
    """Turn away the newest of a queue that is too long."""
    over = slot.waiting - site.queue_limit
    slot.full = over > 0.0
    if not slot.full:
        return
    slot.waiting = site.queue_limit
    if slot.head == now:
        slot.left -= over
    arrived[i, now] -= over
    row.shed += over
    _fail_all(now, over, now, site, mix, due, row)


@kernel
def _check(now, site, phases, slots, keys, arrived, mix, due, alive, row):  # type: ignore[no-untyped-def]
    """Check the instances whose turn it is; replace those that failed too often."""
    begin, end = now * site.step, (now + 1) * site.step
    for i in range(slots.size):
        slot = slots[i]
        if slot.status != SERVING:
            continue
        late = slot.waiting > 0.0 and (now - slot.head) * site.step > site.timeout
        unfit = late or slot.full > 0
        row.unfit += unfit
        turns = math.floor((begin - slot.phase) / site.interval)
        if math.floor((end - slot.phase) / site.interval) == turns:
            continue
        slot.failed = slot.failed + 1 if unfit else 0
        if slot.failed >= site.failures and end >= slot.serves_at + site.grace:
            _cut(now, i, site, slots, keys, arrived, mix, due, alive, row)
            row.replaced += 1.0
            slot.status, slot.serves_at = BOOTING, end + site.boot
            slot.counts_at = slot.serves_at + site.warm_up


@kernel
def _cut(now, i, site, slots, keys, arrived, mix, due, alive, row):  # type: ignore[no-untyped-def]
    """All that an instance holds fails; its connections close, and its loads are lost."""
    slot, queries = slots[i], 0.0
    for j in range(slots.size):
        queries += slots[j].queries if slots[j].status >= SERVING else 0.0
    for then in range(max(slot.head, now - site.patience + 1), now + 1):
        held = slot.left if then == slot.head else arrived[i, then]
        row.cut += held
        _fail_all(now, held, then, site, mix, due, row)
    for k in range(alive.shape[1]):
        row.cut += alive[i, k]
        _fail(now, alive[i, k], k, site, due, row)
        alive[i, k] = 0.0
    for g in range(keys.size):
        if slot.queries > 0.0:
            keys[g].loading *= 1.0 - slot.queries / queries
    slot.waiting = slot.left = slot.queries = slot.connections = 0.0


# --- the cache


@kernel
def _expire(now, site, keys, expiry):  # type: ignore[no-untyped-def]
    if now - 1 < site.publishes / site.step <= now:
        expiry[:] = 0.0
        for g in range(keys.size):
            keys[g].cached, keys[g].loading, keys[g].expiring = 1.0, 0.0, 0.0
            _keep(now, g, 1.0, site, expiry)
    place = now % expiry.shape[0]
    for g in range(keys.size):
        alike = keys[g]
        alike.expiring += expiry[place, g]
        expiry[place, g] = 0.0
        alike.cached = max(0.0, alike.cached - max(0.0, alike.expiring))


@kernel
def _keep(now, g, part, site, expiry):  # type: ignore[no-untyped-def]
    """Keys that are cached now expire evenly between the shortest and the longest TTL."""
    first, last = now + int(site.ttl_from), now + int(site.ttl_to)
    expiry[first % expiry.shape[0], g] += part / (last - first)
    expiry[last % expiry.shape[0], g] -= part / (last - first)


@kernel
def _look_up(site, state, keys):  # type: ignore[no-untyped-def]
    """What share of requests is going to ask the database: as many a second as in the last step.

    An absent key is loaded once it is asked for. While that lasts, more requests for it miss.
    """
    rate, still = max(state.lookups, LEAST_RATE), state.query_s / (state.query_s + site.step)
    misses = 0.0
    for g in range(keys.size):
        alike = keys[g]
        asked = rate * alike.share / alike.keys * site.step
        alike.starting = (1.0 - alike.cached - alike.loading) * -math.expm1(-asked)
        more = 0.0 if site.coalesced else asked * (alike.loading + alike.starting) * still
        misses += alike.keys * (alike.starting + more)
    state.lookups = rate
    state.miss_share = min(1.0, max(0.0, misses / (rate * site.step)))


@kernel
def _fill(now, started, ended, failing, site, state, keys, expiry):  # type: ignore[no-untyped-def]
    """Loads that ended are cached; those that failed at once leave their keys absent."""
    asking = state.miss_share * started
    factor = started / (state.lookups * site.step)
    factor *= 1.0 - failing / asking if failing > 0.0 else 1.0
    for g in range(keys.size):
        alike = keys[g]
        absent = max(0.0, 1.0 - alike.cached - alike.loading)
        loading = alike.loading + min(absent, alike.starting * factor)
        alike.loading = loading * (1.0 - ended)
        alike.cached += loading * ended
        _keep(now, g, loading * ended, site, expiry)


# --- threads, connections, database and volume, together


@kernel
def _solve(now, can, site, state, slots):  # type: ignore[no-untyped-def]
    """Find the time a query takes, by false position on how well the load fits.

    As Illinois does it: an end that is kept twice in a row counts half.
    """
    _allow(site, slots)
    shortest = site.query_cpu + site.query_ios * site.io
    state.workers = site.workers if now * site.step >= site.batch_start else 0.0
    state.workers *= state.batch_left > 0.0
    low = high = max(state.query_s, shortest)
    below = above = _fit(low, can, site, state, slots)
    while above < 0.0:
        low, below, high = high, above, high * (1.0 + BEYOND) / (1.0 + above)
        above = _fit(high, can, site, state, slots)
    while below >= 0.0:
        if low <= shortest:
            return
        high, above, low = low, below, max(shortest, low * (1.0 - BEYOND) / (1.0 + below))
        below = _fit(low, can, site, state, slots)
    kept = 0
    for _ in range(PASSES):
        fit = _fit(low - below * (high - low) / (above - below), can, site, state, slots)
        if abs(fit) <= CLOSE:
            return
        if fit < 0.0:
            low, below = state.query_s, fit
            above, kept = 0.5 * above if kept > 0 else above, 1
        else:
            high, above = state.query_s, fit
            below, kept = 0.5 * below if kept < 0 else below, -1


@kernel
def _fit(query_s, can, site, state, slots):  # type: ignore[no-untyped-def]
    """How well the load fits with a query of this time: 0 is just so, below it is too much."""
    state.query_s = query_s
    done, paces = 0.0, _paces(site, state)
    for i in range(slots.size):
        if slots[i].status >= SERVING:
            done += _flow(paces, site, state.miss_share, slots[i])
    held = min(query_s, site.max_connections * site.step / done if done > 0.0 else math.inf)
    think = site.think + max(site.io, (held - site.query_cpu) / site.query_ios)
    asked = done * site.query_ios + state.workers * site.step / think
    if asked <= 0.0:
        return 1.0
    most = site.max_connections * site.step / (site.query_cpu + site.query_ios * site.io)
    most = min(most, (_cpu_left(site, state)) / site.query_cpu)
    return min(can / asked, most / done if done > 0.0 else math.inf) - 1.0


@kernel
def _cpu_left(site, state):  # type: ignore[no-untyped-def]
    """The database's CPU time that logins leave to a step's queries, s."""
    cpu = site.database_vcpus * site.step
    return max(LEAST_CPU * cpu, cpu - state.logins)


@kernel
def _paces(site, state):  # type: ignore[no-untyped-def]
    """What a query's time makes of every instance alike.

    The part of the queries that last longer than the step, those that a connection ends in it, and
    the requests that start for each free thread: as queries end as they come, and at the most.
    """
    h, query, p = site.step, state.query_s, state.miss_share
    keep, hold = query / (query + h), site.request_cpu / h
    return keep, h / query, 1.0 / (hold + p * keep), 1.0 / (hold + p), 1.0 / hold


@kernel
def _flow(paces, site, p, slot):  # type: ignore[no-untyped-def]
    """What starts and what ends at an instance within a step, if a query takes so long."""
    keep, ended, as_they_end, at_the_most, hits = paces
    m, at_once = slot.queries, min(slot.limit, slot.at_most) * ended
    free = min(
        (site.threads - m * keep) * as_they_end,
        (site.threads - m + at_once) * at_the_most,
    )
    if slot.at_most < site.threads:
        free = max(free, (site.threads - slot.at_most) * hits)
    slot.starts = max(0.0, min(slot.waiting, site.vcpus * hits, free))
    asking = m + p * slot.starts
    slot.done = min(asking * (1.0 - keep), at_once)
    slot.failing = min(max(0.0, asking - slot.done - slot.at_most), p * slot.starts)
    return slot.done


@kernel
def _allow(site, slots):  # type: ignore[no-untyped-def]
    """How many connections and queries each instance may have in this step."""
    serving, used = 0, 0.0
    for i in range(slots.size):
        if slots[i].status >= SERVING:
            serving += 1
            used += slots[i].connections
    room = max(0.0, site.max_connections - used) / max(serving, 1)
    for i in range(slots.size):
        slot = slots[i]
        slot.limit, slot.at_most = site.pool, site.query_limit
        if not site.proxied and slot.connections + room < site.pool:
            slot.limit = slot.connections + room
            slot.at_most = min(slot.limit, site.query_limit)


@kernel
def _spend(can, done, site, state, row):  # type: ignore[no-untyped-def]
    """I/Os that are done cost credits. The batch does what the queries leave to it."""
    queries = done * site.query_ios
    most = state.workers * site.step / (site.think + site.io)
    batch = max(0.0, min(most, state.batch_left, can - queries))
    state.batch_left -= batch
    row.batch_ios, row.ios = batch, queries + batch
    earned = site.baseline * site.step - row.ios
    state.credits = min(site.capacity, max(0.0, state.credits + earned))
    row.credits, row.query_ms = state.credits, 1000.0 * state.query_s
    row.io_ms = 1000.0 * max(site.io, (state.query_s - site.query_cpu) / site.query_ios)
    if site.query_cpu * done >= (1.0 - 1e-9) * _cpu_left(site, state):
        row.io_ms = 1000.0 * site.io  # queries wait for the CPU instead
        if state.workers > 0.0 and batch > 0.0:
            row.io_ms = 1000.0 * max(site.io, state.workers * site.step / batch - site.think)
    row.database_pct = min(state.logins + done * site.query_cpu, site.database_vcpus * site.step)
    row.database_pct *= 100.0 / (site.database_vcpus * site.step)


@kernel
def _connect(site, state, slots, failing, row):  # type: ignore[no-untyped-def]
    """Open the connections that queries need. A login costs CPU, a refused one too."""
    opened = 0.0
    for i in range(slots.size):
        slot = slots[i]
        if slot.status >= SERVING:
            more = max(0.0, min(slot.queries, slot.limit) - slot.connections)
            slot.connections += more
            opened += more
            row.connections += slot.connections
            row.queries += slot.queries
            row.waiting += slot.waiting
    state.logins = max(0.0, state.logins - site.database_vcpus * site.step)
    if not site.proxied:
        refused = failing if row.connections >= site.max_connections - 0.5 else 0.0
        state.logins += (opened + refused) * site.login_cpu


@kernel
def _note(now, started, done, site, state, slots, row):  # type: ignore[no-untyped-def]
    """Write down the step, and add up what the policies see of the minute."""
    at, serving, counting = now * site.step, 0, 0
    for i in range(slots.size):
        slot = slots[i]
        busy = slot.starts * site.request_cpu
        if slot.status >= SERVING:
            row.cpu_pct += busy
        if slot.status == SERVING and at >= slot.counts_at:
            counting += 1
            state.busy_s += busy
        serving += slot.status == SERVING
        state.instance_s += site.step * (slot.status != EMPTY)
    state.counted_s += counting * site.vcpus * site.step
    state.serving_s += serving * site.step
    state.sent += row.sent
    state.lookups = started / site.step
    row.cpu_pct *= 100.0 / (max(serving, 1) * site.vcpus * site.step)
    in_time = row.hits + row.misses + row.refused
    if in_time > 0.0:
        row.age_s, row.wait_s = row.age_s / in_time, row.wait_s / in_time
    row.hit_ratio = 1.0 - state.miss_share
