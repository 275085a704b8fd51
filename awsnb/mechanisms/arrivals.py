"""When requests arrive, and how much work each brings.

An arrival process here is a unit process, one event a second on average, read on a clock whose hand
moves at the rate: twice the rate, twice as fast. Whatever shape the rate has, the unit process
stays as drawn, so a change of the rate moves every arrival a little and none a lot.
"""

from typing import NamedTuple

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

__all__ = [
    "Rate",
    "bursty",
    "constant",
    "diurnal",
    "equal",
    "exponential",
    "from_trace",
    "lognormal",
    "pareto",
    "poisson",
]

Array = NDArray[np.float64]


class Rate(NamedTuple):
    """A rate that is constant between edges.

    Attributes
    ----------
    edge_s : ndarray of float, shape (m + 1,)
        Increasing, s.
    per_s : ndarray of float, shape (m,)
        Arrivals per second between two edges.
    """

    edge_s: Array
    per_s: Array

    def expected(self) -> Array:
        """Arrivals expected up to each edge, shape (m + 1,)."""
        return np.concatenate(([0.0], np.cumsum(np.diff(self.edge_s) * self.per_s)))


def constant(per_s: float, duration_s: float) -> Rate:
    """The same rate all the time.

    Parameters
    ----------
    per_s : float
        Arrivals per second, 0 or more.
    duration_s : float
        Above 0, s.

    Returns
    -------
    Rate
    """
    return from_trace([duration_s], [per_s])


def from_trace(duration_s: ArrayLike, per_s: ArrayLike) -> Rate:
    """A recorded rate: one value per period, periods of any length.

    Parameters
    ----------
    duration_s : array_like of float, shape (m,)
        Above 0, s.
    per_s : array_like of float, shape (m,)
        0 or more.

    Returns
    -------
    Rate

    Raises
    ------
    ValueError
        If the arrays differ in length, are empty or hold what can't be.

    Examples
    --------
    >>> from_trace([60, 60], [5, 10]).edge_s.tolist()
    [0.0, 60.0, 120.0]
    """
    length = np.asarray(duration_s, dtype=np.float64)
    rate = np.asarray(per_s, dtype=np.float64)
    if length.ndim != 1 or length.shape != rate.shape or not length.size:
        raise ValueError(
            f"durations and rates must be equally long and not empty, "
            f"not {length.shape} and {rate.shape}."
        )
    if not (length.min() > 0 and length.max() < np.inf):  # NaN is neither
        raise ValueError("durations must be finite and above 0 s.")
    if not (rate.min() >= 0 and rate.max() < np.inf):
        raise ValueError("rates must be finite and 0 per second or more.")
    return Rate(np.concatenate(([0.0], np.cumsum(length))), rate)


def diurnal(
    mean_per_s: float,
    swing: float,
    duration_s: float,
    period_s: float = 86_400.0,
    peak_s: float = 43_200.0,
    steps: int = 288,
) -> Rate:
    """A daily wave: mean x (1 + swing x cos), in steps.

    Parameters
    ----------
    mean_per_s : float
        Over a whole period.
    swing : float
        0 (flat) to 1 (nothing arrives at the trough).
    duration_s, period_s, peak_s : float
        Length, length of a day, and when in the day the peak is, s.
    steps : int
        Steps per period.

    Returns
    -------
    Rate

    Raises
    ------
    ValueError
        If the swing, a time or the steps are out of bounds.
    """
    if not 0 <= swing <= 1:
        raise ValueError(f"swing = {swing}: must be between 0 and 1.")
    if not (0 < duration_s < np.inf and 0 < period_s < np.inf and steps >= 1):
        raise ValueError("duration_s and period_s must be finite and above 0 s, steps at least 1.")
    edge = np.append(np.arange(0.0, duration_s, period_s / steps), duration_s)
    turn = 2 * np.pi * (edge - peak_s) / period_s
    wave = period_s / (2 * np.pi) * np.diff(np.sin(turn)) / np.diff(edge)  # the mean of each step
    return from_trace(np.diff(edge), np.maximum(mean_per_s * (1 + swing * wave), 0.0))


def bursty(
    calm_per_s: float,
    burst_per_s: float,
    calm_s: float,
    burst_s: float,
    duration_s: float,
    random: Generator,
) -> Rate:
    """Calm and bursts in turn, each of exponential length; with `poisson`, a two-state MMPP.

    Parameters
    ----------
    calm_per_s, burst_per_s : float
        Rates of the two states.
    calm_s, burst_s : float
        Their mean lengths, s.
    duration_s : float
        Starts calm, ends here, s.
    random : Generator
        Draws the lengths alone.

    Returns
    -------
    Rate

    Raises
    ------
    ValueError
        If a time is not above 0 s.
    """
    if not (calm_s > 0 and burst_s > 0 and 0 < duration_s < np.inf):
        raise ValueError("calm_s, burst_s and duration_s must be finite and above 0 s.")
    turns = 8 + int(np.ceil(2 * duration_s / (calm_s + burst_s)))
    length = np.empty(0)
    while length.sum() < duration_s:
        more = random.standard_exponential((turns, 2)) * (calm_s, burst_s)
        length = np.concatenate((length, more.ravel()))
    edge = np.minimum(np.cumsum(length), duration_s)
    last = int(np.searchsorted(edge, duration_s)) + 1
    per_s = np.where(np.arange(last) % 2, burst_per_s, calm_per_s)
    return from_trace(np.diff(edge[:last], prepend=0.0), per_s)


def poisson(rate: Rate, random: Generator) -> Array:
    """Arrival times of a Poisson process of this rate, s, in order.

    Parameters
    ----------
    rate : Rate
    random : Generator

    Returns
    -------
    ndarray of float, shape (n,)
        In seconds. How many they are is chance, too.

    Examples
    --------
    >>> len(poisson(constant(per_s=100, duration_s=10), np.random.default_rng(1)))
    991
    """
    expected = rate.expected()[-1]
    batch = int(expected + 6 * np.sqrt(expected)) + 16
    unit = random.standard_exponential(batch)
    np.cumsum(unit, out=unit)
    while unit[-1] < expected:
        more = np.cumsum(random.standard_exponential(batch))
        unit = np.concatenate((unit, unit[-1] + more))
    return _on_the_clock(unit[: np.searchsorted(unit, expected)], rate)


def _on_the_clock(unit: Array, rate: Rate) -> Array:
    if rate.per_s.size == 1:
        return np.divide(unit, rate.per_s[0], out=unit)
    # rounding may put two arrivals at an edge out of order by one bit
    return np.maximum.accumulate(np.interp(unit, rate.expected(), rate.edge_s))


def exponential(n: int, mean_s: float, random: Generator) -> Array:
    """Service times without memory, s: the usual assumption, and a pessimistic one.

    Parameters
    ----------
    n : int
        How many.
    mean_s : float
        Above 0, s.
    random : Generator

    Returns
    -------
    ndarray of float, shape (n,)
        In seconds.
    """
    unit = random.standard_exponential(n)
    return np.multiply(unit, _positive("mean_s", mean_s), out=unit)


def equal(n: int, mean_s: float) -> Array:
    """All service times alike, s.

    Parameters
    ----------
    n : int
        How many.
    mean_s : float
        Above 0, s.

    Returns
    -------
    ndarray of float, shape (n,)
        In seconds.
    """
    return np.full(n, _positive("mean_s", mean_s))


def lognormal(n: int, mean_s: float, cv: float, random: Generator) -> Array:
    """Service times whose logarithm is normal, s: what web services look like.

    Parameters
    ----------
    n : int
    mean_s : float
    cv : float
        Standard deviation / mean; 1 is as variable as exponential.
    random : Generator

    Returns
    -------
    ndarray of float, shape (n,)
        In seconds.
    """
    log_variance = np.log1p(_positive("cv", cv) ** 2)
    scale = _positive("mean_s", mean_s) * np.exp(-log_variance / 2)
    return scale * np.exp(np.sqrt(log_variance) * random.standard_normal(n))


def pareto(n: int, mean_s: float, shape: float, random: Generator) -> Array:
    """Service times with a heavy tail, s: P(more than x) falls as x^-shape.

    Below a shape of 2 their variance is infinite; a shape above 1 is needed for a mean.

    Parameters
    ----------
    n : int
        How many.
    mean_s : float
        Above 0, s.
    shape : float
        Above 1.
    random : Generator

    Returns
    -------
    ndarray of float, shape (n,)
        In seconds.

    Raises
    ------
    ValueError
        If the shape is not above 1, or the mean not above 0.
    """
    if not 1 < shape < np.inf:
        raise ValueError(f"shape = {shape}: must be finite and above 1.")
    least = _positive("mean_s", mean_s) * (shape - 1) / shape
    return least * np.exp(random.standard_exponential(n) / shape)


def _positive(name: str, value: float) -> float:
    if not 0 < value < np.inf:
        raise ValueError(f"{name} = {value}: must be finite and above 0.")
    return value
