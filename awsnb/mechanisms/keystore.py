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
from awsnb.mechanisms._records import layout, records
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

__all__ = [
    "LAZY_ONLY",
    "NOT_COUNTED",
    "POLICIES",
    "ExpiryCycle",
    "Lfu",
    "Sampling",
    "StoreReplay",
    "replay",
]

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
    held : ndarray of int64, shape (w,)
        Keys in memory, those among them whose time is over too.
    swept : ndarray of int64, shape (w,)
        Keys that the expiry cycle has removed so far.
    """

    outcome: NDArray[np.int8]
    evicted: NDArray[np.int32]
    held: NDArray[np.int64]
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
        capacity=capacity,
        table=table,
        rule=rule,
        samples=sampling.samples,
        clock=_microseconds(sampling.clock_s),
        initial=lfu.initial,
        log_factor=lfu.log_factor,
        decay_ticks=lfu.decay_ticks,
        interval=_microseconds(cycle.interval_s),
        cycle_keys=cycle.keys,
        stale_percent=cycle.stale_percent,
        rounds=cycle.rounds,
        renew=int(renew),
        seed=seed & 0xFFFFFFFF,
    )
    requests = _Requests(ids.astype(np.int64), _microseconds(time), _microseconds(ttl))
    (outcome, evicted), seen = unserved(n), records(WATCHED, watch.size)
    _replay(requests, _microseconds(watch), store, settings, outcome, evicted, seen)
    watched = {name: np.ascontiguousarray(seen[name]) for name in ("held", "swept")}
    return StoreReplay(outcome, evicted, **watched)


def _microseconds(seconds: ArrayLike) -> Any:
    """Whole microseconds, `NEVER` where they are infinite."""
    microseconds = np.array(seconds, dtype=np.float64)
    microseconds *= 1e6
    np.minimum(microseconds, NEVER, out=microseconds)
    return np.rint(microseconds, out=microseconds).astype(np.int64)[()]


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


class _Requests(NamedTuple):
    """Keys, and times in microseconds: when each request comes, and the time to live it gives."""

    key: NDArray[np.int64]
    time: NDArray[np.int64]
    ttl: NDArray[np.int64]


ITEM = layout(int64="expiry stamp counter")
"""A key: its expiry, `ABSENT` if it is not held; tick and counter of its last access."""

CANDIDATE = layout(int64="score key")
STATE = layout(int64="pooled draws cursor")
"""Candidates in the pool, draws made, and the expiry cycle's next bucket."""

WATCHED = layout(int64="held swept")


class _Store(NamedTuple):
    """Two hash tables, of all keys and of those with a time to live, and the pool.

    Attributes
    ----------
    head : ndarray of int, shape (buckets, 2)
        The first key of each bucket, in both tables.
    following : ndarray of int, shape (keys, 2)
        The key behind each key in its bucket, in both tables.
    size : ndarray of int, shape (2,)
        Keys in both tables.
    items : ndarray of `ITEM`, shape (keys,)
    pool : ndarray of `CANDIDATE`
        The worst first.
    state : ndarray of `STATE`, shape (1,)
    """

    head: NDArray[np.int64]
    following: NDArray[np.int64]
    size: NDArray[np.int64]
    items: NDArray
    pool: NDArray
    state: NDArray


ABSENT = -1


def _empty_store(keys: int, capacity: int, pool: int) -> _Store:
    buckets = 1 << max(min(capacity, keys) - 1, 0).bit_length()
    items = records(ITEM, keys)
    items["expiry"] = ABSENT
    return _Store(
        head=np.full((buckets, 2), NOTHING, np.int64),
        following=np.full((keys, 2), NOTHING, np.int64),
        size=np.zeros(2, np.int64),
        items=items,
        pool=records(CANDIDATE, pool),
        state=records(STATE, 1),
    )


@kernel
def _replay(requests, watch, store, settings, outcome, evicted, seen):  # type: ignore[no-untyped-def]
    # a call counts the references of each array it is given, so it is given few; records are free
    time, n, items, state = requests.time, requests.time.size, store.items, store.state[0]
    head, following, size = store.head, store.following, store.size
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
                swept += _sweep(sweep_at, head, following, size, items, state, settings)
                sweep_at += settings.interval
            elif watch_at < now:
                seen[watched].held, seen[watched].swept = size[ALL], swept
                watched += 1
            else:
                break
        if i == n:
            break

        key, ttl = requests.key[i], requests.ttl[i]
        item = items[key]
        tick = now // settings.clock if settings.clock else i
        if item.expiry > now:
            outcome[i] = HIT
            if settings.rule == LFU:
                _count_access(tick, item, state, settings)
            item.stamp = tick
            if settings.renew and item.expiry < NEVER and ttl < NEVER:
                item.expiry = now + ttl
            continue

        outcome[i] = MISS
        if item.expiry != ABSENT:
            outcome[i] = EXPIRED
            _remove(key, item, head, following, size, settings.seed)
        if size[ALL] == settings.capacity:
            if settings.rule == KEEP or size[settings.table] == 0:
                outcome[i] = REFUSED
                continue
            victim = _victim(tick, store, state, settings)
            _remove(victim, items[victim], head, following, size, settings.seed)
            evicted[i] = victim
        item.expiry, item.stamp, item.counter = min(now + ttl, NEVER), tick, settings.initial
        _add(key, item, head, following, size, settings.seed)


@kernel
def _count_access(tick, item, state, settings):  # type: ignore[no-untyped-def]
    counter = _faded(item.counter, tick - item.stamp, settings.decay_ticks)
    odds = max(counter - settings.initial, 0) * settings.log_factor + 1
    if counter < COUNTER_MAX and _draw(state, settings.seed) * odds < 1 << 32:
        counter += 1
    item.counter = counter


@kernel
def _victim(tick, store, state, settings):  # type: ignore[no-untyped-def]
    head, following, items, pool = store.head, store.following, store.items, store.pool
    while True:
        bucket = _draw(state, settings.seed) & (head.shape[0] - 1)
        if settings.rule == RANDOM:
            key = _any_of(head[bucket, settings.table], following, state, settings)
            if key != NOTHING:
                return key
            continue
        _sample(bucket, tick, head, following, items, pool, state, settings)
        while state.pooled:
            state.pooled -= 1
            best = pool[state.pooled].key
            expiry = items[best].expiry
            if expiry != ABSENT and (settings.table == ALL or expiry < NEVER):
                return best


@kernel
def _any_of(first, following, state, settings):  # type: ignore[no-untyped-def]
    """Any key of a bucket, each as likely as any other, or `NOTHING`."""
    seen, key = 0, first
    while key != NOTHING:
        seen += 1
        key = following[key, settings.table]
    key = first
    if seen:
        for _ in range((_draw(state, settings.seed) * seen) >> 32):
            key = following[key, settings.table]
    return key


@kernel
def _sample(bucket, tick, head, following, items, pool, state, settings):  # type: ignore[no-untyped-def]
    """Walk on from a bucket until enough keys were seen, and offer each of them to the pool."""
    table, seen = settings.table, 0
    for step in range(10 * settings.samples):
        key = head[(bucket + step) & (head.shape[0] - 1), table]
        while key != NOTHING and seen < settings.samples:
            score = _score(tick, items[key], settings)
            state.pooled = _offer(key, score, pool, state.pooled)
            seen += 1
            key = following[key, table]
        if seen == settings.samples:
            break


@kernel
def _score(tick, item, settings):  # type: ignore[no-untyped-def]
    """How much rather a key is evicted than others."""
    if settings.rule == LRU:
        return tick - item.stamp
    if settings.rule == LFU:
        return COUNTER_MAX - _faded(item.counter, tick - item.stamp, settings.decay_ticks)
    return -item.expiry


@kernel
def _offer(key, score, pool, pooled):  # type: ignore[no-untyped-def]
    """Keep a key in the pool if there is room, or if it is better than the worst."""
    place = 0
    while place < pooled and pool[place].score < score:
        place += 1
    if pooled < pool.size:
        for j in range(pooled, place, -1):
            pool[j].score, pool[j].key = pool[j - 1].score, pool[j - 1].key
        pooled += 1
    elif place == 0:
        return pooled
    else:  # full: the worst leaves, on the left
        place -= 1
        for j in range(place):
            pool[j].score, pool[j].key = pool[j + 1].score, pool[j + 1].key
    pool[place].score, pool[place].key = score, key
    return pooled


@kernel
def _sweep(now, head, following, size, items, state, settings):  # type: ignore[no-untyped-def]
    """One expiry cycle; returns how many keys it removed."""
    removed = 0
    for _ in range(settings.rounds):
        wanted = min(size[TIMED], settings.cycle_keys)
        if wanted == 0:
            break
        seen = stale = 0
        for _ in range(wanted * EMPTY_BUCKETS_PER_KEY):
            if seen >= wanted:
                break
            key = head[state.cursor, TIMED]
            while key != NOTHING:
                after = following[key, TIMED]
                if items[key].expiry <= now:
                    _remove(key, items[key], head, following, size, settings.seed)
                    stale += 1
                seen += 1
                key = after
            state.cursor = (state.cursor + 1) & (head.shape[0] - 1)
        removed += stale
        if seen and stale * 100 // seen <= settings.stale_percent:
            break
    return removed


@kernel
def _add(key, item, head, following, size, seed):  # type: ignore[no-untyped-def]
    bucket = _mix(key, seed) & (head.shape[0] - 1)
    for table in range(2 if item.expiry < NEVER else 1):
        following[key, table] = head[bucket, table]
        head[bucket, table] = key
        size[table] += 1


@kernel
def _remove(key, item, head, following, size, seed):  # type: ignore[no-untyped-def]
    bucket = _mix(key, seed) & (head.shape[0] - 1)
    for table in range(2 if item.expiry < NEVER else 1):
        before = head[bucket, table]
        if before == key:
            head[bucket, table] = following[key, table]
        else:
            while following[before, table] != key:
                before = following[before, table]
            following[before, table] = following[key, table]
        size[table] -= 1
    item.expiry = ABSENT


@kernel
def _faded(counter, idle, decay_ticks):  # type: ignore[no-untyped-def]
    return max(0, counter - idle // decay_ticks) if decay_ticks else counter


@kernel
def _draw(state, seed):  # type: ignore[no-untyped-def]
    state.draws += 1
    return _mix(state.draws, seed ^ 0x55555555)


@kernel
def _mix(number, seed):  # type: ignore[no-untyped-def]
    # 32 bits of hash by shifts and odd factors; & keeps wrapping and unbounded integers equal
    mixed = (int(number) * 0x9E3779B1 + seed) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 16)) * 0x7FEB352D) & 0xFFFFFFFF
    mixed = ((mixed ^ (mixed >> 15)) * 0x846CA68B) & 0xFFFFFFFF
    return mixed ^ (mixed >> 16)
