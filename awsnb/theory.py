"""Closed forms: drawn beside the simulations where they apply, and the tests' oracles."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def burst_duration_s(credit: float, burst_per_s: float, baseline_per_s: float) -> float:
    """How long a token bucket lasts at its burst rate, s.

    AWS: credit balance / (burst rate - baseline rate), Amazon EBS User Guide, General Purpose SSD.

    Examples
    --------
    >>> burst_duration_s(5_400_000, 3000, 300)
    2000.0
    """
    return credit / (burst_per_s - baseline_per_s)


def refill_duration_s(capacity: float, baseline_per_s: float) -> float:
    """How long an empty, idle token bucket takes to fill, s.

    Examples
    --------
    >>> refill_duration_s(5_400_000, 300)
    18000.0
    """
    return capacity / baseline_per_s


def scan_duration_s(
    work: float, capacity: float, burst_per_s: float, baseline_per_s: float
) -> float:
    """How long work takes that arrives at once before a full token bucket, s.

    At the burst rate while credit lasts, at the baseline rate afterwards.

    Examples
    --------
    A full scan of 1 TiB of st1, 250 MiB/s while 1 TiB of credit lasts, finishes on credit alone:

    >>> round(scan_duration_s(2**20, 2**20, 250, 40) / 3600, 2)
    1.17
    """
    if burst_per_s == baseline_per_s:
        return work / baseline_per_s
    bursting_s = burst_duration_s(capacity, burst_per_s, baseline_per_s)
    on_credit = burst_per_s * bursting_s
    if work <= on_credit:
        return work / burst_per_s
    return bursting_s + (work - on_credit) / baseline_per_s


def characteristic_time(popularity: ArrayLike, capacity: float, *, renewed: bool = True) -> float:
    """How long a key stays in a full cache after its last request (or its load), in requests.

    Che, Tung and Wang (2002): in a large cache it is nearly the same for all keys, whence the time
    T at which the keys held fill the capacity. With `renewed`, a hit starts it again: LRU, and key
    i is held with probability 1 - exp(-p_i T). Without, it runs from the load: FIFO and random
    eviction, p_i T / (1 + p_i T), as in Fricker, Robert and Roberts (2012).

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    capacity : float
        Keys that fit, below the number that are asked for at all.
    renewed : bool

    Returns
    -------
    float

    Examples
    --------
    >>> round(characteristic_time([0.25] * 4, 2, renewed=False), 6)
    4.0
    """
    p = _asked_for(popularity, capacity)
    time, step = float(capacity), np.inf
    # Newton's steps from the left: the keys held are concave in T, so none goes too far
    while step > 1e-12 * time:
        if renewed:
            gone = np.exp(-p * time)
            held, gain = np.sum(1 - gone), np.sum(p * gone)
        else:
            held, gain = np.sum(p * time / (1 + p * time)), np.sum(p / (1 + p * time) ** 2)
        step = (capacity - held) / gain
        time += float(step)
    return time


def _asked_for(popularity: ArrayLike, capacity: float) -> NDArray[np.float64]:
    """The keys that are asked for at all, if they are more than fit."""
    p = np.asarray(popularity, dtype=np.float64)
    p = p[p > 0]
    if not 0 < capacity < p.size:
        raise ValueError(f"capacity = {capacity}: must be above 0, below the keys asked for.")
    return p


def lru_hit_ratio(popularity: ArrayLike, capacity: float) -> float:
    """Hit ratio of an LRU cache under independent requests, by Che's approximation.

    Within a point or so from some ten keys on. It fails where requests are not independent: a loop
    over one key more than fits never hits, whatever the popularity says.

    Examples
    --------
    >>> round(lru_hit_ratio([0.5, 0.3, 0.2], 2), 2)  # exact: 0.72
    0.72
    """
    p = np.asarray(popularity, dtype=np.float64)
    return float(np.sum(p * -np.expm1(-p * characteristic_time(p, capacity))))


def random_hit_ratio(popularity: ArrayLike, capacity: float) -> float:
    """Hit ratio of a cache that evicts at random, or first in first out, approximately.

    Examples
    --------
    >>> round(random_hit_ratio([0.25] * 4, 2), 6)
    0.5
    """
    p = np.asarray(popularity, dtype=np.float64)
    return ttl_hit_ratio(p, characteristic_time(p, capacity, renewed=False))


def resting_lru_hit_ratio(popularity: ArrayLike, capacity: float, rest: float) -> float:
    """Hit ratio of an LRU cache that moves a key at most once in `rest` requests, approximately.

    As Memcached does. By Che's argument a key goes when T requests have passed since it was last
    moved. After a move it rests, and the first hit behind the rest moves it again, so that a stay
    of key i lasts ``exp(p (T - r)) (r + (1 - exp(-p (T - r))) / p)`` requests: LRU's at r = 0, and
    T, first in first out, where the rest is longer than that.

    Parameters
    ----------
    popularity : array_like of float, shape (k,)
        Chance of each key to be the next request's, adding up to 1.
    capacity : float
        Keys that fit, below the number that are asked for at all.
    rest : float
        In requests: their rate x the rest in seconds.

    Examples
    --------
    >>> popularity = [0.4, 0.3, 0.2, 0.1]
    >>> round(resting_lru_hit_ratio(popularity, 2, 0) - lru_hit_ratio(popularity, 2), 9)
    0.0
    >>> round(resting_lru_hit_ratio(popularity, 2, 99) - random_hit_ratio(popularity, 2), 9)
    0.0
    """
    p = _asked_for(popularity, capacity)

    def held(time: float) -> NDArray[np.float64]:
        late = np.minimum(p * max(time - rest, 0.0), 300.0)  # e**300 is for ever
        stay = np.exp(late) * (p * min(rest, time) - np.expm1(-late))  # in the key's own requests
        return np.asarray(stay / (1 + stay))

    low, high = 0.0, capacity / float(p.min()) + rest
    while np.sum(held(high)) < capacity:
        high *= 2
    while high - low > 1e-12 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if np.sum(held(middle)) > capacity else (middle, high)
    return float(np.sum(p * held(high)) / np.sum(p))


def ttl_hit_ratio(rate_per_s: ArrayLike, ttl_s: float, *, renewed: bool = False) -> float:
    """Hit ratio of a cache with room for all, whose keys expire. Exact for Poisson requests.

    A load is followed by rate x TTL hits on average; if hits renew the TTL, the next request hits
    with probability 1 - exp(-rate x TTL). Loads take no time here.

    Parameters
    ----------
    rate_per_s : array_like of float, shape (k,)
        Requests of each key.
    ttl_s : float
        The same for all keys; spread by jitter it costs some hits.
    renewed : bool
        Whether a hit starts the TTL again.

    Examples
    --------
    One request a second and a minute of TTL: 60 hits for each load.

    >>> round(ttl_hit_ratio([1.0], 60), 4)
    0.9836
    """
    rate = np.asarray(rate_per_s, dtype=np.float64)
    asked = rate * ttl_s
    share = -np.expm1(-asked) if renewed else asked / (1 + asked)
    return float(np.sum(rate * share) / np.sum(rate))


def warm_up_hit_ratio(popularity: ArrayLike, requests: float) -> float:
    """Chance that a request hits a cache with room for all, `requests` after it was emptied.

    Examples
    --------
    >>> warm_up_hit_ratio([0.5, 0.5], 2)
    0.75
    """
    p = np.asarray(popularity, dtype=np.float64)
    return float(np.sum(p * (1 - (1 - p) ** requests)))


def stampede_size(rate_per_s: float, load_s: float) -> float:
    """How many loads of one key a miss sets off before the first returns, without coalescing.

    Its own, and one for each request that comes meanwhile.

    Examples
    --------
    >>> stampede_size(rate_per_s=1000, load_s=0.05)
    51.0
    """
    return 1 + rate_per_s * load_s


def loss_window_s(every_s: float, takes_s: float = 0.0) -> tuple[float, float]:
    """How far back acknowledged writes are lost in a crash, on average and at worst, s.

    For writes that are made safe every `every_s`, which takes `takes_s`.

    Examples
    --------
    >>> loss_window_s(1.0)
    (0.5, 1.0)
    """
    return every_s / 2 + takes_s, every_s + takes_s


def erlang_c(workers: int, offered: float) -> float:
    """Chance that a request has to wait for one of several workers (M/M/c).

    Parameters
    ----------
    workers : int
    offered : float
        Arrivals per second x mean service time; below `workers`.

    Examples
    --------
    >>> erlang_c(workers=1, offered=0.8)
    0.8
    >>> round(erlang_c(workers=4, offered=3.2), 3)
    0.596
    """
    if not 0 < offered < workers:
        raise ValueError(f"offered = {offered}: must be above 0 and below the {workers} workers.")
    blocked = 1.0  # by Erlang's loss formula, one worker after the other
    for c in range(1, workers + 1):
        blocked = offered * blocked / (c + offered * blocked)
    return workers * blocked / (workers - offered * (1 - blocked))


def mmc_wait_s(rate_per_s: float, service_s: float, workers: int = 1) -> float:
    """Mean wait for one of several workers (M/M/c), s.

    Examples
    --------
    >>> round(mmc_wait_s(rate_per_s=0.8, service_s=1.0), 3)
    4.0
    """
    offered = rate_per_s * service_s
    return erlang_c(workers, offered) * service_s / (workers - offered)


def mmc_sojourn_tail(
    seconds: float, rate_per_s: float, service_s: float, workers: int = 1
) -> float:
    """Chance that wait and service take longer (M/M/c, first come, first served).

    Examples
    --------
    >>> round(mmc_sojourn_tail(23.03, rate_per_s=0.8, service_s=1.0), 4)
    0.01
    """
    offered, served = rate_per_s * service_s, seconds / service_s
    spare = workers - 1 - offered  # who waits, and is served, takes a sum of two exponentials
    longer = np.expm1(-spare * served) / -spare if spare else served
    return float(np.exp(-served) * (1 + erlang_c(workers, offered) * longer))


def mmc_sojourn_quantile_s(
    share: float, rate_per_s: float, service_s: float, workers: int = 1
) -> float:
    """Time that a share of the requests takes at most, wait and service (M/M/c), s.

    Examples
    --------
    >>> round(mmc_sojourn_quantile_s(0.99, rate_per_s=0.8, service_s=1.0), 2)
    23.03
    """
    low, high = 0.0, service_s
    while mmc_sojourn_tail(high, rate_per_s, service_s, workers) > 1 - share:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        if mmc_sojourn_tail(middle, rate_per_s, service_s, workers) > 1 - share:
            low = middle
        else:
            high = middle
    return high


def mg1_wait_s(rate_per_s: float, service_s: float, cv: float) -> float:
    """Mean wait for a single worker, whatever the service times (M/G/1), s.

    By Pollaczek and Khinchine: all that counts of the service times is their mean and `cv`, their
    standard deviation / mean. 0 is M/D/1, half the wait of M/M/1.

    Examples
    --------
    >>> round(mg1_wait_s(rate_per_s=0.8, service_s=1.0, cv=0.0), 3)
    2.0
    """
    busy = rate_per_s * service_s
    if not 0 < busy < 1:
        raise ValueError(f"rate x service = {busy}: must be above 0 and below 1.")
    return busy / (1 - busy) * (1 + cv**2) / 2 * service_s


def two_choices_sojourn_s(rate_per_s: float, service_s: float) -> float:
    """Mean wait and service if the shorter of two queues is joined, among very many queues, s.

    One worker each, exponential service (Mitzenmacher 2001). The share of queues with i or more
    requests is busy^(2^i - 1), where joining one at random has busy^i.

    Parameters
    ----------
    rate_per_s : float
        Arrivals per queue.
    service_s : float
        Mean.

    Examples
    --------
    >>> round(two_choices_sojourn_s(rate_per_s=0.9, service_s=1.0), 2)  # at random: 10
    2.61
    """
    busy = rate_per_s * service_s
    if not 0 < busy < 1:
        raise ValueError(f"rate x service = {busy}: must be above 0 and below 1.")
    return service_s * float(np.sum(busy ** (2.0 ** np.arange(1, 64) - 2)))


def order_statistic_cdf(p: ArrayLike, k: int, n: int) -> NDArray[np.float64]:
    """Chance that the k-th fastest of n independent answers is in, if each is with chance `p`.

    Examples
    --------
    >>> float(order_statistic_cdf(0.5, 2, 3))
    0.5
    """
    p = np.asarray(p, dtype=np.float64)
    ways = (math.comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    return np.asarray(sum(ways), dtype=np.float64)


def quorum_availability(
    per_zone: Sequence[int], quorum: int, copy_up: float, zone_up: float = 1.0
) -> float:
    """Chance that a quorum is reachable: each copy is whole, each zone up, independently.

    Examples
    --------
    >>> round(quorum_availability((1, 1, 1), 2, 0.99), 6)
    0.999702
    """
    reachable = np.ones(1)
    for copies in per_zone:
        zone = [
            zone_up * math.comb(copies, up) * copy_up**up * (1 - copy_up) ** (copies - up)
            for up in range(copies + 1)
        ]
        zone[0] += 1 - zone_up
        reachable = np.convolve(reachable, zone)
    return float(reachable[quorum:].sum())


def quorum_latency_cdf(
    latency: ArrayLike,
    rank: int,
    per_zone: Sequence[int],
    median: Sequence[float],
    zone_sigma: float,
    copy_sigma: float,
    slow: tuple[float, float] = (0.0, 1.0),
    zone_slow: tuple[float, float] = (0.0, 1.0),
    zone_down: float = 0.0,
    nodes: int = 80,
) -> NDArray[np.float64]:
    """Chance that the `rank`-th fastest copy answers within a latency. Lognormal, by quadrature.

    Given the part that a zone's copies share, how many of them answer is binomial; the zones are
    independent, so their numbers convolve. The shared part is integrated out by Gauss and Hermite.

    Parameters
    ----------
    latency : array_like of float
        In the unit of `median`.
    rank : int
        The answer waited for, from 1 to the number of copies.
    per_zone, median : sequence, shape (z,)
        Copies of each zone, and their median latency without trouble.
    zone_sigma, copy_sigma : float
        Standard deviations of the logarithm: the shared part, and the copy's own, above 0.
    slow, zone_slow : tuple of float
        Chance that a copy, or a whole zone, is slow, and how many times slower it is then.
    zone_down : float
        Chance that a zone answers never.
    nodes : int
        Of the quadrature.

    Examples
    --------
    >>> float(quorum_latency_cdf(1.0, 2, (1, 1, 1), (1, 1, 1), 0.1, 0.2).round(6))
    0.5
    """
    x = np.log(np.atleast_1d(np.asarray(latency, dtype=np.float64)))
    node, weight = np.polynomial.hermite_e.hermegauss(nodes)
    weight = weight / weight.sum()
    reachable = np.ones((x.size, 1))
    for copies, middle in zip(per_zone, median, strict=True):
        zone = np.zeros((x.size, copies + 1))
        zone[:, 0] = zone_down
        for share, factor in ((1 - zone_slow[0], 1.0), zone_slow):
            z = x[:, None] - math.log(middle) - math.log(factor) - zone_sigma * node
            p = (1 - slow[0]) * _normal_cdf(z / copy_sigma)
            p += slow[0] * _normal_cdf((z - math.log(slow[1])) / copy_sigma)
            for up in range(copies + 1):
                ways = math.comb(copies, up) * p**up * (1 - p) ** (copies - up)
                zone[:, up] += (1 - zone_down) * share * (ways @ weight)
        pairs = zip(reachable, zone, strict=True)
        reachable = np.array([np.convolve(one, other) for one, other in pairs])
    return reachable[:, rank:].sum(axis=1).reshape(np.shape(latency))


def _normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2)) / 2


def mean_time_below(n: int, k: int, up: float, down: float) -> float:
    """Mean time until fewer than k of n copies are whole, with all whole at first.

    Lifetimes and repairs are exponential of mean `up` and `down`, and no repair waits for another:
    a birth and death chain, whose first passage is a sum. The answer is in their unit.

    Examples
    --------
    Two copies, both lost: (3 x up + up**2 / down) / 2.

    >>> mean_time_below(2, 1, up=100, down=1)
    5150.0
    """
    total = 0.0
    for failed in range(n - k + 1):
        for start in range(failed + 1):
            repairs = math.prod(i * up / ((n - i) * down) for i in range(start + 1, failed + 1))
            total += up / (n - start) * repairs
    return total


def on_off_backlog_tail(
    backlog: ArrayLike, rate_per_s: float, replay_per_s: float, on_s: float, off_s: float
) -> NDArray[np.float64]:
    """Share of time in which more than a backlog waits, of bursts at random. Exact.

    The source is on for exponential times of mean `on_s`, when it produces `rate_per_s`, more than
    is replayed, and off for `off_s`. Anick, Mitra and Sondhi (1982), for one source.

    Examples
    --------
    >>> float(on_off_backlog_tail(0, rate_per_s=2, replay_per_s=1, on_s=1, off_s=3))
    0.5
    """
    load = rate_per_s * on_s / (on_s + off_s) / replay_per_s
    if not load < 1 < rate_per_s / replay_per_s:
        raise ValueError("replay_per_s must be above the mean and below the peak production.")
    decay = 1 / (on_s * (rate_per_s - replay_per_s)) - 1 / (off_s * replay_per_s)
    return load * np.exp(-decay * np.asarray(backlog, dtype=np.float64))


def read_capacity(replicas: int, writes: float, replay_cost: float, read_cost: float) -> float:
    """Reads per second that replicas serve which must also replay every write.

    Each has one unit of work per second; a write costs `replay_cost` of it on every replica, a
    read `read_cost` on one. Replicas add reads, never room for writes.

    Examples
    --------
    >>> read_capacity(3, writes=500, replay_cost=0.001, read_cost=0.0005)
    3000.0
    """
    return replicas * max(0.0, 1 - writes * replay_cost) / read_cost


def instances_needed(load_per_s: float, capacity_per_s: float, target: float) -> int:
    """Fewest instances whose utilisation is not above the target, in %.

    Where target tracking comes to rest after scaling out.

    Examples
    --------
    >>> instances_needed(load_per_s=600, capacity_per_s=100, target=50)
    12
    """
    return math.ceil(100 * load_per_s / (capacity_per_s * target) - 1e-9)


def idle_band(instances: int, target: float, low: float) -> tuple[float, float]:
    """Loads, in instances kept busy, at which target tracking leaves the group as it is.

    Between the threshold that scales in and the target, both in %.

    Examples
    --------
    >>> idle_band(10, target=50, low=35)
    (3.5, 5.0)
    """
    return instances * low / 100, instances * target / 100


def scale_out_s(
    datapoints: int, period_s: float, boot_s: float, delay_s: float = 0.0, into_s: float = 0.0
) -> float:
    """How long after a jump of the load the new instances serve, s.

    The alarm needs whole periods above its threshold, their last datapoint takes `delay_s`, then
    instances boot. A jump `into_s` after a period's start that leaves that period's mean below the
    threshold wastes the rest of it.

    Examples
    --------
    >>> scale_out_s(3, 60, boot_s=90)
    270.0
    >>> scale_out_s(3, 300, boot_s=90.0, delay_s=60, into_s=200)
    1150.0
    """
    return (-into_s % period_s) + datapoints * period_s + delay_s + boot_s


def scale_out_rounds(instances: int, needed: int, target: float) -> int:
    """How often target tracking scales out until as many are there, from a saturated group.

    At 100 % the metric no longer tells how much is missing, so that each round asks for no more
    than 100 / target times as many instances, rounded up; the next one waits until they are warm.

    Examples
    --------
    >>> scale_out_rounds(1, 3, target=40), scale_out_rounds(2, 40, target=50)
    (1, 5)
    """
    if not (instances >= 1 and 0 < target < 100):
        raise ValueError("scale_out_rounds needs instances >= 1, and a target below 100 %.")
    rounds = 0
    while instances < needed:
        instances, rounds = math.ceil(instances * 100 / target - 1e-9), rounds + 1
    return rounds


def stable_gain(delay_periods: int) -> float:
    """Largest gain at which a delayed integrator settles: x[k+1] = x[k] - gain * x[k-delay].

    2 sin(pi / (2 (2 delay + 1))): Levin and May (1976), for the delayed logistic map about its
    fixed point.

    Target tracking near its target is such a loop of gain 1 in the logarithm of the capacity, if it
    acts on one datapoint, in both directions, counts new instances at once and is not rounded. So
    it settles if each datapoint shows the last decision; one that shows it a period late is on the
    edge; later ones make it swing ever wider. Warm-up, and alarms of several datapoints, hold
    decisions back until the metric has caught up: that is what makes the loop stable.

    Examples
    --------
    >>> [round(stable_gain(d), 3) for d in range(3)]
    [2.0, 1.0, 0.618]
    """
    return 2 * math.sin(math.pi / (2 * (2 * delay_periods + 1)))
