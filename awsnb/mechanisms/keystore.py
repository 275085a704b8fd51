"""A key-value store of limited memory, as Redis and Valkey run it: sampled eviction, expiry.

The store keeps its keys in a hash table, and a second table of those that have a time to live. It
never sorts them. To evict one it walks on from a random bucket until it has seen a few keys, keeps
the best candidates of this and earlier walks in a small pool, and takes the best of the pool: an
entry scores what it scored when it was sampled, and may be gone by now. To expire keys that
nobody asks for, a cycle walks round the second table, a few keys at a time, and goes on for as long
as too many of those were stale.

Left out: sizes of values (all are one), resizing of the tables, the short extra cycles between two
regular ones, the wrap of the access clock.
"""

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import kernel
from awsnb.mechanisms.eviction import (
    EXPIRED,
    HIT,
    MISS,
    NOTHING,
    REFUSED,
    dense_keys,
    key_count,
    request_times,
    unserved,
)

KEEP, LRU, LFU, RANDOM, TTL = range(5)
ALL, TIMED = 0, 1

POLICIES = {
    "noeviction": (ALL, KEEP),
    "allkeys-lru": (ALL, LRU),
    "allkeys-lfu": (ALL, LFU),
    "allkeys-random": (ALL, RANDOM),
    "volatile-lru": (TIMED, LRU),
    "volatile-lfu": (TIMED, LFU),
    "volatile-random": (TIMED, RANDOM),
    "volatile-ttl": (TIMED, TTL),
}
"""Policies by name: the table that gives up keys, and the rule that ranks them."""


class Sampling(NamedTuple):
    """How eviction looks for a key.

    Attributes
    ----------
    samples : int
        Keys seen per walk (``maxmemory-samples``).
    pool : int
        Candidates kept from walk to walk.
    clock_s : float
        Resolution of a key's time of last access, s: what was accessed within the same tick is
        equally recent. 0 counts requests instead, a perfect clock.
    """

    samples: int
    pool: int
    clock_s: float


class Lfu(NamedTuple):
    """How often a key was accessed, in a counter that grows with the logarithm and fades.

    Attributes
    ----------
    initial : int
        The counter of a new key; above it growth slows down.
    log_factor : int
        A counter c grows on access with probability 1 / ((c - initial) x log_factor + 1).
    decay_ticks : int
        Ticks of the clock that take 1 off an idle key's counter; 0 never does.
    """

    initial: int
    log_factor: int
    decay_ticks: int


class ExpiryCycle(NamedTuple):
    """How stale keys are looked for that nobody asks for.

    Attributes
    ----------
    interval_s : float
        From one cycle to the next; ``inf`` leaves all to lazy expiry.
    keys : int
        Keys looked at per round.
    stale_percent : int
        A further round follows while more of the round's keys were stale, %.
    rounds : int
        Rounds a cycle has time for.
    """

    interval_s: float
    keys: int
    stale_percent: int
    rounds: int


NOT_COUNTED = Lfu(0, 0, 0)
LAZY_ONLY = ExpiryCycle(np.inf, 1, 100, 1)


class StoreReplay(NamedTuple):
    """What became of n requests, and what the store held at each of w moments watched.

    Attributes
    ----------
    outcome : ndarray of int8, shape (n,)
        `MISS`, `HIT`, `EXPIRED` or `REFUSED`, of `awsnb.mechanisms.eviction`.
    evicted : ndarray of int32, shape (n,)
        The key that had to go for this request's, or `NOTHING`.
    held, stale : ndarray of int64, shape (w,)
        Keys in memory, and those among them whose time is over.
    swept : ndarray of int64, shape (w,)
        Keys that the expiry cycle has removed so far.
    """

    outcome: NDArray[np.int8]
    evicted: NDArray[np.int32]
    held: NDArray[np.int64]
    stale: NDArray[np.int64]
    swept: NDArray[np.int64]


def replay(
    key: ArrayLike,
    capacity: int,
    policy: str,
    *,
    time_s: ArrayLike,
    ttl_s: ArrayLike = np.inf,
    renew: bool = False,
    sampling: Sampling,
    lfu: Lfu = NOT_COUNTED,
    cycle: ExpiryCycle = LAZY_ONLY,
    watch_s: ArrayLike = (),
    seed: int = 0,
) -> StoreReplay:
    """Replay a trace: a request that misses loads its key, and evicts another if memory is full.

    Parameters
    ----------
    key : array_like of int, shape (n,)
        The key of each request, dense from 0.
    capacity : int
        Keys that fit into memory, at least 1.
    policy : str
        One of `POLICIES`.
    time_s : array_like of float, shape (n,)
        When each request comes, 0 or more, never earlier than the one before. Counted in whole
        microseconds, as all times here.
    ttl_s : float or array_like of float, shape (n,)
        The time to live that a key gets if this request loads it, above 0 s; ``inf`` is none.
    renew : bool
        Whether a hit starts the time to live again, as a session store does.
    sampling, lfu, cycle
        The engine's settings; `lfu` is used by the lfu policies only.
    watch_s : array_like of float, shape (w,)
        Moments at which memory is looked at, never decreasing. Those after the last request still
        see expiry cycles run.
    seed : int
        Of the samples, the counters' chances and the order of the tables.

    Returns
    -------
    StoreReplay

    Raises
    ------
    ValueError
        If an argument is out of bounds, or the policy unknown.

    Notes
    -----
    Keys loaded = evicted + found expired + swept + held at the end. `EXPIRED` loads the key anew,
    `REFUSED` doesn't: memory is full of keys that the policy may not evict.

    Examples
    --------
    >>> trace = {"key": [0, 1, 0, 2, 1], "time_s": range(5)}
    >>> sampling = Sampling(samples=5, pool=16, clock_s=0)
    >>> replay(capacity=2, policy="allkeys-lru", sampling=sampling, **trace).outcome.tolist()
    [0, 0, 1, 0, 0]
    >>> replay(capacity=2, policy="noeviction", sampling=sampling, **trace).outcome.tolist()
    [0, 0, 1, 3, 1]
    """
    ids = dense_keys(key)
    n = ids.size
    time = request_times(time_s, n)
    watch = np.ascontiguousarray(watch_s, dtype=np.float64)
    ttl = np.ascontiguousarray(np.broadcast_to(np.asarray(ttl_s, dtype=np.float64), n))
    _check(capacity, policy, time, ttl, watch, sampling, lfu, cycle)
    table, rule = POLICIES[policy]
    store = _empty_store(key_count(ids), capacity, sampling.pool)
    settings = _Settings(
        capacity,
        table,
        rule,
        sampling.samples,
        _microseconds(sampling.clock_s),
        *lfu,
        _microseconds(cycle.interval_s),
        *cycle[1:],
        int(renew),
        seed & 0xFFFFFFFF,
    )
    outcome, evicted = unserved(n)
    seen = np.zeros((3, watch.size), np.int64)
    times = (_microseconds(time), _microseconds(ttl), _microseconds(watch))
    _replay(ids.astype(np.int64), *times, store, settings, outcome, evicted, seen)
    return StoreReplay(outcome, evicted, *seen)


def _microseconds(seconds: ArrayLike) -> Any:
    """Whole microseconds, `NEVER` where they are infinite."""
    finite = np.nan_to_num(np.asarray(seconds, dtype=np.float64) * 1e6, posinf=NEVER)
    return np.rint(np.minimum(finite, NEVER)).astype(np.int64)[()]


def _check(
    capacity: int,
    policy: str,
    time: NDArray,
    ttl: NDArray,
    watch: NDArray,
    sampling: Sampling,
    lfu: Lfu,
    cycle: ExpiryCycle,
) -> None:
    if policy not in POLICIES:
        raise ValueError(f"policy = {policy!r}: must be one of {', '.join(POLICIES)}.")
    if not 1 <= capacity < 2**31:
        raise ValueError(f"capacity = {capacity}: must be at least 1 key, below 2**31.")
    if time.size and not time[0] >= 0:
        raise ValueError(f"time_s = {time[0]}: must be 0 s or more everywhere.")
    if ttl.size and not ttl.min() > 0:
        raise ValueError("ttl_s must be above 0 s everywhere.")
    if watch.ndim != 1 or not (np.all(np.diff(watch) >= 0) and np.all(np.isfinite(watch))):
        raise ValueError("watch_s must be finite and never decrease.")
    if not (sampling.samples >= 1 and sampling.pool >= 1 and 0 <= sampling.clock_s < np.inf):
        raise ValueError(f"{sampling}: samples and pool must be at least 1, clock_s 0 s or more.")
    if not (0 <= lfu.initial <= COUNTER_MAX and 0 <= lfu.log_factor < 2**20):
        raise ValueError(f"{lfu}: initial must be 0 to {COUNTER_MAX}, log_factor 0 to 2**20.")
    if not lfu.decay_ticks >= 0:
        raise ValueError(f"{lfu}: decay_ticks must be 0 or more.")
    if not (cycle.interval_s >= 1e-6 and cycle.keys >= 1 and cycle.rounds >= 1):
        raise ValueError(f"{cycle}: interval_s must be at least 1e-6 s, keys and rounds 1.")


COUNTER_MAX = 255
EMPTY_BUCKETS_PER_KEY = 20
NEVER = 1 << 60


class _Settings(NamedTuple):
    """Whole numbers, times in microseconds."""

    capacity: int
    table: int
    rule: int
    samples: int
    clock: int
    initial: int
    log_factor: int
    decay_ticks: int
    interval: int
    cycle_keys: int
    stale_percent: int
    rounds: int
    renew: int
    seed: int


class _Store(NamedTuple):
    """`head`: the first key of each bucket, in both tables.

    `row`: of each key, the next one in its bucket in both tables, its expiry, `ABSENT` if it is not
    held, tick and counter of its last access. `pool`: score and key, worst first. `mark`: keys in
    both tables, the pool's size, draws made, the cycle's next bucket.
    """

    head: NDArray[np.int64]
    row: NDArray[np.int64]
    pool: NDArray[np.int64]
    mark: NDArray[np.int64]


EXPIRY, STAMP, COUNTER = 2, 3, 4
POOLED, DRAWN, CURSOR = 2, 3, 4
ABSENT = -1


def _empty_store(keys: int, capacity: int, pool: int) -> _Store:
    buckets = 1 << max(min(capacity, keys) - 1, 0).bit_length()
    row = np.full((keys, 5), NOTHING, np.int64)
    row[:, EXPIRY] = ABSENT
    return _Store(
        head=np.full((buckets, 2), NOTHING, np.int64),
        row=row,
        pool=np.zeros((pool, 2), np.int64),
        mark=np.zeros(5, np.int64),
    )


@kernel
def _replay(ids, time, ttl, watch, store, settings, outcome, evicted, seen):  # type: ignore[no-untyped-def]
    n, head, row, mark = ids.size, store.head, store.row, store.mark
    mask = head.shape[0] - 1
    watched = swept = 0
    sweep_at = settings.interval
    if n and settings.interval < NEVER:
        sweep_at *= 1 + time[0] // settings.interval
    for i in range(n + 1):
        now = time[i] if i < n else NEVER

        # what happens before the request: expiry cycles, and looks at memory
        while True:
            watch_at = watch[watched] if watched < watch.size else NEVER
            if sweep_at <= min(now, watch_at) and sweep_at < NEVER and (i < n or watch_at < NEVER):
                swept += _sweep(sweep_at, store, settings)
                sweep_at += settings.interval
            elif watch_at < now:
                seen[0, watched], seen[2, watched] = mark[ALL], swept
                for key in range(row.shape[0]):
                    if ABSENT < row[key, EXPIRY] <= watch_at:
                        seen[1, watched] += 1
                watched += 1
            else:
                break
        if i == n:
            break

        key = ids[i]
        tick = now // settings.clock if settings.clock else i
        expiry = row[key, EXPIRY]
        if expiry > now:
            outcome[i] = HIT
            if settings.rule == LFU:
                counter = _faded(row[key, COUNTER], tick - row[key, STAMP], settings.decay_ticks)
                odds = max(counter - settings.initial, 0) * settings.log_factor + 1
                if counter < COUNTER_MAX and _draw(mark, settings.seed) * odds < 1 << 32:
                    counter += 1
                row[key, COUNTER] = counter
            row[key, STAMP] = tick
            if settings.renew and expiry < NEVER and ttl[i] < NEVER:
                row[key, EXPIRY] = now + ttl[i]
            continue

        outcome[i] = MISS
        if expiry != ABSENT:
            outcome[i] = EXPIRED
            _remove(key, head, row, mark, settings.seed)
        if mark[ALL] == settings.capacity:
            if settings.rule == KEEP or mark[settings.table] == 0:
                outcome[i] = REFUSED
                continue
            victim = _victim(tick, store, settings)
            _remove(victim, head, row, mark, settings.seed)
            evicted[i] = victim
        expiry = min(now + ttl[i], NEVER)
        row[key, EXPIRY], row[key, STAMP], row[key, COUNTER] = expiry, tick, settings.initial
        bucket = _mix(key, settings.seed) & mask
        for table in range(2 if expiry < NEVER else 1):
            row[key, table] = head[bucket, table]
            head[bucket, table] = key
            mark[table] += 1


@kernel
def _victim(tick, store, settings):  # type: ignore[no-untyped-def]
    head, row, pool, mark = store.head, store.row, store.pool, store.mark
    table, mask = settings.table, head.shape[0] - 1
    while True:
        seen, bucket = 0, _draw(mark, settings.seed) & mask
        if settings.rule == RANDOM:
            key = head[bucket, table]
            while key != NOTHING:
                seen += 1
                key = row[key, table]
            if seen:
                key = head[bucket, table]
                for _ in range((_draw(mark, settings.seed) * seen) >> 32):
                    key = row[key, table]
                return key
            continue

        for step in range(10 * settings.samples):
            key = head[(bucket + step) & mask, table]
            while key != NOTHING and seen < settings.samples:
                if settings.rule == LRU:
                    score = tick - row[key, STAMP]
                elif settings.rule == LFU:
                    idle = tick - row[key, STAMP]
                    score = COUNTER_MAX - _faded(row[key, COUNTER], idle, settings.decay_ticks)
                else:
                    score = -row[key, EXPIRY]
                mark[POOLED] = _offer(key, score, pool, mark[POOLED])
                seen += 1
                key = row[key, table]
            if seen == settings.samples:
                break
        while mark[POOLED]:
            mark[POOLED] -= 1
            best = pool[mark[POOLED], 1]
            if row[best, EXPIRY] != ABSENT and (table == ALL or row[best, EXPIRY] < NEVER):
                return best


@kernel
def _offer(key, score, pool, pooled):  # type: ignore[no-untyped-def]
    place = 0
    while place < pooled and pool[place, 0] < score:
        place += 1
    if pooled < pool.shape[0]:
        for j in range(pooled, place, -1):
            pool[j, 0], pool[j, 1] = pool[j - 1, 0], pool[j - 1, 1]
        pooled += 1
    elif place == 0:
        return pooled
    else:  # full: the worst leaves, on the left
        place -= 1
        for j in range(place):
            pool[j, 0], pool[j, 1] = pool[j + 1, 0], pool[j + 1, 1]
    pool[place, 0], pool[place, 1] = score, key
    return pooled


@kernel
def _sweep(now, store, settings):  # type: ignore[no-untyped-def]
    head, row, mark = store.head, store.row, store.mark
    mask, removed = head.shape[0] - 1, 0
    for _ in range(settings.rounds):
        wanted = min(mark[TIMED], settings.cycle_keys)
        if wanted == 0:
            break
        seen = stale = 0
        for _ in range(wanted * EMPTY_BUCKETS_PER_KEY):
            if seen >= wanted:
                break
            key = head[mark[CURSOR], TIMED]
            while key != NOTHING:
                following = row[key, TIMED]
                if row[key, EXPIRY] <= now:
                    _remove(key, head, row, mark, settings.seed)
                    stale += 1
                seen += 1
                key = following
            mark[CURSOR] = (mark[CURSOR] + 1) & mask
        removed += stale
        if seen and stale * 100 // seen <= settings.stale_percent:
            break
    return removed


@kernel
def _remove(key, head, row, mark, seed):  # type: ignore[no-untyped-def]
    bucket = _mix(key, seed) & (head.shape[0] - 1)
    for table in range(2 if row[key, EXPIRY] < NEVER else 1):
        before = head[bucket, table]
        if before == key:
            head[bucket, table] = row[key, table]
        else:
            while row[before, table] != key:
                before = row[before, table]
            row[before, table] = row[key, table]
        mark[table] -= 1
    row[key, EXPIRY] = ABSENT


@kernel
def _faded(counter, idle, decay_ticks):  # type: ignore[no-untyped-def]
    return max(0, counter - idle // decay_ticks) if decay_ticks else counter


@kernel
def _draw(mark, seed):  # type: ignore[no-untyped-def]
    mark[DRAWN] += 1
    return _mix(mark[DRAWN], seed ^ 0x55555555)


@kernel
def _mix(number, seed):  # type: ignore[no-untyped-def]
    # 32 bits of hash by shifts and odd factors; & keeps wrapping and unbounded integers equal
    mixed = (int(number) * 0x9E3779B1 + seed) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return mixed ^ (mixed >> 16)
