"""Quorums: how fast, how available and how durable k of n copies are."""

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray


def order_statistic_cdf(p: ArrayLike, k: int, n: int) -> NDArray[np.float64]:
    """Chance that the k-th fastest of n independent answers is in, if each is with chance `p`.

    Parameters
    ----------
    p : array_like of float
        0 to 1.
    k : int
        Answers waited for, from 1 to n.
    n : int
        Answers asked for.

    Returns
    -------
    ndarray of float, of the shape of `p`

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

    Parameters
    ----------
    per_zone : sequence of int, shape (z,)
        Copies in each zone.
    quorum : int
        Copies that must be reachable.
    copy_up : float
        Chance that a copy is whole.
    zone_up : float
        Chance that a zone is up.

    Returns
    -------
    float
        0 to 1.

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

    Returns
    -------
    ndarray of float, of the shape of `latency`

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
        reachable = _convolved(reachable, zone)
    return reachable[:, rank:].sum(axis=1).reshape(np.shape(latency))


def _convolved(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Convolve each row with the other's row: the shares of a sum of two numbers."""
    n, m = one.shape[1], other.shape[1]
    total = np.zeros((one.shape[0], n + m - 1))
    for k in range(m):
        total[:, k : k + n] += one * other[:, k : k + 1]
    return total


def mean_time_below(n: int, k: int, up: float, down: float) -> float:
    """Mean time until fewer than k of n copies are whole, with all whole at first.

    Lifetimes and repairs are exponential of mean `up` and `down`, and no repair waits for another:
    a birth and death chain, whose first passage is a sum. The answer is in their unit.

    Parameters
    ----------
    n : int
        Copies.
    k : int
        Copies needed, from 1 to n.
    up : float
        Mean life of a copy.
    down : float
        Mean time of a repair, in the same unit.

    Returns
    -------
    float
        In their unit.

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


def loss_rate(nodes: int, copies: int, up: float, down: float) -> float:
    """How often all copies of something are lost, if repairs are much shorter than lives.

    The nodes fail independently, and no repair waits for another. The first order of the chain:
    copies x C(nodes, copies) x down**(copies - 1) / up**copies.

    Parameters
    ----------
    nodes : int
        Nodes among which the copies may lie, `copies` or more.
    copies : int
        Copies of each piece of data, 1 or more.
    up : float
        Mean life of a node.
    down : float
        Mean time of a repair, in the same unit.

    Returns
    -------
    float
        In 1 / their unit.

    Examples
    --------
    A mirrored pair: 2 x down / up**2.

    >>> loss_rate(2, 2, up=1000, down=1)
    2e-06
    """
    return copies * math.comb(nodes, copies) * down ** (copies - 1) / up**copies


def _normal_cdf(z: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.vectorize(math.erfc, otypes=[float])(-z / math.sqrt(2)) / 2
