"""Queues: waits and sojourn times, in Kendall's notation."""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def erlang_c(workers: int, offered: float) -> float:
    """Chance that a request has to wait for one of several workers (M/M/c).

    Parameters
    ----------
    workers : int
    offered : float
        Arrivals per second x mean service time; below `workers`.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If `offered` is not above 0 and below `workers`.

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

    Parameters
    ----------
    rate_per_s : float
        Arrivals per second.
    service_s : float
        Mean service time, s.
    workers : int
        How many there are.

    Returns
    -------
    float
        In seconds.

    Raises
    ------
    ValueError
        If rate x service is not above 0 and below the workers.

    Examples
    --------
    >>> round(mmc_wait_s(rate_per_s=0.8, service_s=1.0), 3)
    4.0
    """
    offered = rate_per_s * service_s
    return erlang_c(workers, offered) * service_s / (workers - offered)


def mmc_sojourn_tail(
    seconds: ArrayLike, rate_per_s: float, service_s: float, workers: int = 1
) -> NDArray[np.float64]:
    """Chance that wait and service take longer (M/M/c, first come, first served).

    Parameters
    ----------
    seconds : float or array_like of float
        Wait and service, s.
    rate_per_s : float
        Arrivals per second.
    service_s : float
        Mean service time, s.
    workers : int
        How many there are.

    Returns
    -------
    ndarray of float, of the shape of `seconds`
        0 to 1.

    Raises
    ------
    ValueError
        If rate x service is not above 0 and below the workers.

    Examples
    --------
    >>> round(float(mmc_sojourn_tail(23.03, rate_per_s=0.8, service_s=1.0)), 4)
    0.01
    """
    offered = rate_per_s * service_s
    waits = erlang_c(workers, offered)
    return np.asarray(_sojourn_tail(np.asarray(seconds) / service_s, offered, workers, waits))


def _sojourn_tail(served: Any, offered: float, workers: int, waits: float) -> Any:
    """Chance that it takes longer than so many service times, if that share of them waits."""
    spare = workers - 1 - offered  # who waits, and is served, takes a sum of two exponentials
    longer = np.expm1(-spare * served) / -spare if spare else served
    return np.exp(-served) * (1 + waits * longer)


def mmc_sojourn_quantile_s(
    share: float, rate_per_s: float, service_s: float, workers: int = 1
) -> float:
    """Time that a share of the requests takes at most, wait and service (M/M/c), s.

    Parameters
    ----------
    share : float
        Above 0, below 1.
    rate_per_s : float
        Arrivals per second.
    service_s : float
        Mean service time, s.
    workers : int
        How many there are.

    Returns
    -------
    float
        In seconds.

    Raises
    ------
    ValueError
        If rate x service is not above 0 and below the workers.

    Examples
    --------
    >>> round(mmc_sojourn_quantile_s(0.99, rate_per_s=0.8, service_s=1.0), 2)
    23.03
    """
    offered = rate_per_s * service_s
    waits = erlang_c(workers, offered)

    def longer_than(seconds: float) -> float:
        return float(_sojourn_tail(seconds / service_s, offered, workers, waits))

    low, high = 0.0, service_s
    while longer_than(high) > 1 - share:
        low, high = high, 2 * high
    while low < (middle := (low + high) / 2) < high:
        low, high = (middle, high) if longer_than(middle) > 1 - share else (low, middle)
    return high


def mg1_wait_s(rate_per_s: float, service_s: float, cv: float) -> float:
    """Mean wait for a single worker, whatever the service times (M/G/1), s.

    By Pollaczek and Khinchine: all that counts of the service times is their mean and `cv`, their
    standard deviation / mean. 0 is M/D/1, half the wait of M/M/1.

    Parameters
    ----------
    rate_per_s : float
        Arrivals per second.
    service_s : float
        Mean service time, s.
    cv : float
        Coefficient of variation of the service times.

    Returns
    -------
    float
        In seconds.

    Raises
    ------
    ValueError
        If rate x service is not above 0 and below 1.

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

    Returns
    -------
    float
        In seconds.

    Raises
    ------
    ValueError
        If rate x service is not above 0 and below 1.

    Examples
    --------
    >>> round(two_choices_sojourn_s(rate_per_s=0.9, service_s=1.0), 2)  # at random: 10
    2.61
    """
    busy = rate_per_s * service_s
    if not 0 < busy < 1:
        raise ValueError(f"rate x service = {busy}: must be above 0 and below 1.")
    return service_s * float(np.sum(busy ** (2.0 ** np.arange(1, 64) - 2)))


def mmck_blocked(workers: int, places: int, offered: float) -> float:
    """Chance that a request finds no place (M/M/c/K; Erlang's loss formula if K = c).

    Parameters
    ----------
    workers : int
    places : int
        Requests that there is room for, waiting or served; `workers` or more.
    offered : float
        Arrivals per second x mean service time, above 0.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If there are fewer places than workers, or `offered` is not above 0.

    Examples
    --------
    >>> mmck_blocked(workers=1, places=1, offered=1.0)
    0.5
    >>> round(mmck_blocked(workers=2, places=4, offered=1.0), 4)
    0.0435
    """
    if places < workers or offered <= 0:
        raise ValueError(f"{places} places, offered = {offered}: at least {workers}, and above 0.")
    return float(_shares(np.log(offered / np.minimum(np.arange(1, places + 1), workers)))[-1])


def finite_source_wait_s(sources: int, workers: int, think_s: float, service_s: float) -> float:
    """Mean wait for one of several workers if each of a few sources asks anew when it was served.

    The machine repair model, M/M/c//N: exponential times of thinking and of service.

    Parameters
    ----------
    sources : int
    workers : int
    think_s : float
        Mean time from being served to asking again, s; above 0.
    service_s : float
        Mean service time, s; above 0.

    Returns
    -------
    float
        In seconds.

    Raises
    ------
    ValueError
        If a time is not above 0.

    Examples
    --------
    >>> finite_source_wait_s(sources=4, workers=4, think_s=1.0, service_s=1.0)
    0.0
    >>> round(finite_source_wait_s(sources=2, workers=1, think_s=1.0, service_s=1.0), 3)
    0.5
    """
    if think_s <= 0 or service_s <= 0:
        raise ValueError(f"think_s = {think_s}, service_s = {service_s}: must be above 0.")
    there = np.arange(1, sources + 1)
    rates = (sources - there + 1) / think_s, np.minimum(there, workers) / service_s
    share = _shares(np.log(rates[0] / rates[1]))
    waiting = float(share[1:] @ np.maximum(there - workers, 0))
    return waiting / float(share[:-1] @ rates[0])


def _shares(log_ratios: "np.ndarray") -> "np.ndarray":
    """Shares of time of the states of a birth-death chain, from the ratios of their rates."""
    logs = np.concatenate(([0.0], np.cumsum(log_ratios)))
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())
