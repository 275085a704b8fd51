"""The work in flight: how long requests take, and how much longer those take that are under way."""

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import ArrayLike, NDArray

from awsnb import theory
from awsnb.aws.elb import Durations, read_durations
from awsnb.mechanisms import arrivals
from awsnb.sections.connection_draining.scenario import (
    EQUAL,
    EXPONENTIAL,
    LOGNORMAL,
    DrainScenario,
)

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Work:
    """Request times: a scenario's distribution, or those of its file."""

    scenario: DrainScenario
    file: Durations | None

    @property
    def mean_s(self) -> float:
        """Mean request time, s."""
        return float(self.file.seconds.mean()) if self.file else self.scenario.mean_s

    @property
    def residual_mean_s(self) -> float:
        """How long a request in flight still takes on average, s; infinite if it has no mean."""
        if self.file:
            return float((self.file.seconds**2).mean()) / (2 * self.mean_s)
        return self.mean_s * (1 + self._cv_squared()) / 2

    def tail(self, seconds: ArrayLike) -> Array:
        """Chance that a request takes longer."""
        after, one = np.asarray(seconds, dtype=np.float64), self.scenario
        if self.file:
            longer = np.searchsorted(np.sort(self.file.seconds), after, side="right")
            return 1 - longer / self.file.seconds.size
        if one.request_times == EQUAL:
            return np.where(after < one.mean_s, 1.0, 0.0)
        if one.request_times == EXPONENTIAL:
            return theory.exponential_residual_tail(after, one.mean_s)  # it has no memory
        if one.request_times == LOGNORMAL:
            return theory.lognormal_tail(after, one.mean_s, one.cv)
        least = one.mean_s * (one.tail_shape - 1) / one.tail_shape
        return (least / np.maximum(after, least)) ** one.tail_shape

    def residual_tail(self, seconds: ArrayLike) -> Array:
        """Chance that a request in flight takes longer still: in closed form."""
        one = self.scenario
        if self.file:
            return theory.sample_residual_tail(seconds, self.file.seconds)
        if one.request_times == EQUAL:
            return theory.equal_residual_tail(seconds, one.mean_s)
        if one.request_times == EXPONENTIAL:
            return theory.exponential_residual_tail(seconds, one.mean_s)
        if one.request_times == LOGNORMAL:
            return theory.lognormal_residual_tail(seconds, one.mean_s, one.cv)
        return theory.pareto_residual_tail(seconds, one.mean_s, one.tail_shape)

    def draw(self, n: int, random: Generator) -> Array:
        """Draw request times, s."""
        one = self.scenario
        if self.file:
            return random.choice(self.file.seconds, n)
        if one.request_times == EQUAL:
            return arrivals.equal(n, one.mean_s)
        if one.request_times == EXPONENTIAL:
            return arrivals.exponential(n, one.mean_s, random)
        if one.request_times == LOGNORMAL:
            return arrivals.lognormal(n, one.mean_s, one.cv, random)
        return arrivals.pareto(n, one.mean_s, one.tail_shape, random)

    def _cv_squared(self) -> float:
        one = self.scenario
        if one.request_times == EQUAL:
            return 0.0
        if one.request_times == EXPONENTIAL:
            return 1.0
        if one.request_times == LOGNORMAL:
            return one.cv**2
        shape = one.tail_shape
        return 1 / (shape * (shape - 2)) if shape > 2 else np.inf


def work_of(scenario: DrainScenario) -> Work:
    """Read the scenario's request times.

    Raises
    ------
    TraceError
        If there is a file, and it can't be read or holds none.
    """
    return Work(scenario, read_durations(scenario.durations) if scenario.durations else None)


def in_flight(work: Work, moments: int, random: Generator) -> Array:
    """Throw moments at requests that are laid end to end: how long those that are hit still take.

    Parameters
    ----------
    work : Work
        The request times.
    moments : int
        How many are thrown, at a tenth of as many requests or more.
    random : Generator
        Draws requests and moments.

    Returns
    -------
    ndarray of float, shape (moments,)
        In seconds.
    """
    ends = np.cumsum(work.draw(10 * moments, random))
    at = random.random(moments) * ends[-1]
    return ends[np.searchsorted(ends, at, side="right")] - at
