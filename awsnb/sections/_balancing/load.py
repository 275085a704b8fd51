"""When requests arrive, and how long a worker takes for each."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.random_streams import generator
from awsnb.sections._balancing.scenario import FleetScenario

BURST_S, CALM_S = 5.0, 15.0
SPREAD = 2.0  # lognormal: standard deviation / mean
TAIL = 2.2  # pareto: shape


@dataclass(frozen=True)
class Load:
    """Requests as they come.

    Parameters
    ----------
    arrival_s : ndarray of float, shape (n,)
        When each is first sent, s.
    per_s : float
        Their mean rate over the run.
    mean_per_s : float
        Their mean rate over a month, which the bill follows.
    notes : tuple of str
        Where they come from, if that needs saying.
    """

    arrival_s: NDArray[np.float64]
    per_s: float
    mean_per_s: float
    notes: tuple[str, ...] = ()


def load_of(scenario: FleetScenario) -> Load:
    """Make the requests that a scenario's rate and pattern ask for."""
    arrival_s = arrival_times(
        scenario.pattern,
        scenario.requests_per_s,
        scenario.peak,
        float(scenario.duration_s),
        scenario.seed,
    )
    return Load(arrival_s, scenario.requests_per_s, scenario.requests_per_s)


@lru_cache(maxsize=32)
def arrival_times(
    pattern: str, per_s: float, peak: float, duration_s: float, seed: int
) -> NDArray[np.float64]:
    """When requests arrive, s; the same unit process at every rate."""
    if pattern == "bursty":
        share = BURST_S / (BURST_S + CALM_S)
        calm = per_s * (1 - share * peak) / (1 - share)
        lengths = generator(seed, "bursts")
        rate = arrivals.bursty(calm, per_s * peak, CALM_S, BURST_S, duration_s, lengths)
    elif pattern == "day":
        rate = arrivals.diurnal(
            per_s, peak - 1, duration_s, period_s=duration_s, peak_s=duration_s / 2
        )
    else:
        rate = arrivals.constant(per_s, duration_s)
    return arrivals.poisson(rate, generator(seed, "arrivals"))


@lru_cache(maxsize=32)
def work_times(kind: str, n: int, mean_s: float, seed: int) -> NDArray[np.float64]:
    """How long a worker takes for each request, s."""
    random = generator(seed, "service")
    if kind == "equal":
        return arrivals.equal(n, mean_s)
    if kind == "lognormal":
        return arrivals.lognormal(n, mean_s, SPREAD, random)
    if kind == "pareto":
        return arrivals.pareto(n, mean_s, TAIL, random)
    return arrivals.exponential(n, mean_s, random)
