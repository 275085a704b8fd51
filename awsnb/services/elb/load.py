"""The load on a fleet: how many targets of which speed, and the requests that come to them."""

from functools import lru_cache
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.random_streams import generator
from awsnb.scenario import Scenario, field

BURST_S, CALM_S = 5.0, 15.0
SPREAD = 2.0  # lognormal: standard deviation / mean
TAIL = 2.2  # pareto: shape


class LoadScenario(Scenario):
    """Targets in zones, and the requests that come to them."""

    targets: int = field(
        4,
        label="Number of targets",
        unit="targets",
        low=1,
        high=50,
        meaning="Servers in the target group.",
    )
    workers: int = field(
        4,
        label="Workers of each",
        unit="workers",
        low=1,
        high=64,
        log=True,
        meaning="Requests that one target serves at once; more wait in its queue.",
    )
    service_ms: float = field(
        100.0,
        label="Service time",
        unit="ms",
        low=1,
        high=10_000,
        log=True,
        meaning="Mean time a worker takes for a request, without waiting.",
    )
    service_times: Literal["exponential", "equal", "lognormal", "pareto"] = field(
        "exponential",
        label="Spread of service times",
        meaning="All alike, as variable as their mean (exponential), twice that (lognormal), or "
        "with rare very long ones (pareto).",
    )
    slow_target_pct: float = field(
        100.0,
        label="Speed of target 1",
        unit="%",
        low=10,
        high=200,
        meaning="Against the other targets: 50 is an older instance, half as fast.",
    )
    requests_per_s: float = field(
        100.0,
        label="Load",
        unit="requests/s",
        low=1,
        high=500,
        log=True,
        meaning="Mean rate at which requests arrive.",
    )
    pattern: Literal["poisson", "bursty", "day"] = field(
        "poisson",
        label="Arrivals",
        meaning="Independent visitors at an even rate; or in bursts; or a whole day's wave, "
        "squeezed into the run.",
    )
    peak_factor: float | None = field(
        None,
        label="Peak over mean",
        unit="x",
        low=1,
        high=2,
        only_when={"pattern": ("bursty", "day")},
        meaning="Rate in a burst, or at the day's peak, over the mean; left out, 1.5.",
    )
    zones: int = field(
        2, label="Zones", unit="zones", low=1, high=6, control=False,
        meaning="Availability Zones of the load balancer; targets are spread over them in turn.",
    )  # fmt: skip
    cross_zone: bool = field(
        True,
        label="Cross-zone",
        meaning="Whether a node sends requests to all targets, or to those of its own zone only.",
    )

    @property
    def capacity_per_s(self) -> float:
        """Requests a second that all targets together can serve."""
        speed = self.targets - 1 + self.slow_target_pct / 100
        return 1000 * speed * self.workers / self.service_ms

    @property
    def offered_per_s(self) -> float:
        """Mean rate of requests over the run, retries aside."""
        return self.requests_per_s

    @property
    def load_pct(self) -> float:
        """Mean share of the capacity that is asked for."""
        return 100 * self.offered_per_s / self.capacity_per_s

    @property
    def peak(self) -> float:
        """Peak over mean, or its default."""
        return self.peak_factor or 1.5

    def zone_of(self, target: int) -> int:
        """In which zone a target is."""
        return target % self.zones


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
