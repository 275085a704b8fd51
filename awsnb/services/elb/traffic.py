"""A load served by a fleet: what became of every request, and what that adds up to."""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import arrivals
from awsnb.mechanisms.queueing import OK, Balancer, Outcome, Target
from awsnb.mechanisms.random_streams import generator
from awsnb.services.elb.fleet import FleetScenario

Array = NDArray[np.float64]
BINS = 100
BURST_S, CALM_S = 5.0, 15.0
SPREAD = 2.0  # lognormal: standard deviation / mean
TAIL = 2.2  # pareto: shape


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


@dataclass(frozen=True)
class Run:
    """A load served, and what there is to say of it."""

    scenario: FleetScenario
    arrival_s: Array
    work_s: Array
    outcome: Outcome

    @classmethod
    def of(cls, scenario: FleetScenario) -> "Run":
        """Serve a scenario's load."""
        seed, duration_s = scenario.seed, float(scenario.duration_s)
        arrival = arrival_times(
            scenario.pattern, scenario.requests_per_s, scenario.peak, duration_s, seed
        )
        work = work_times(scenario.service_times, arrival.size, scenario.service_ms / 1000, seed)
        flows = scenario.flows(arrival)
        balancer = Balancer(
            _targets(scenario),
            scenario.rule,
            scenario.stints(),
            sticky=scenario.sticky,
            zonal=not scenario.cross_zone,
            seed=seed,
        )
        if flows is None:
            zones = None if scenario.cross_zone else _zones(scenario, np.arange(arrival.size))
            return cls(scenario, arrival, work, balancer.serve(arrival, work, zone=zones))
        zones = None if scenario.cross_zone else _zones(scenario, flows)
        outcome = _by_connections(balancer, scenario, arrival, work, flows, zones)
        return cls(scenario, arrival, work, outcome)

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Which requests were served."""
        return self.outcome.status == OK

    @cached_property
    def latency_ms(self) -> Array:
        """Time from arrival to answer of the requests that were served, ms, in order."""
        return 1000 * self.outcome.sojourn_s[self.answered]

    @cached_property
    def failed(self) -> int:
        """Requests that got an error."""
        return int(self.answered.size - self.answered.sum())

    @property
    def failed_pct(self) -> float:
        """Share of requests that got an error."""
        return 100 * self.failed / max(self.answered.size, 1)

    def percentile_ms(self, *percent: float) -> Array:
        """Latencies that so many percent of the answered requests stay within, ms."""
        if not self.latency_ms.size:
            return np.full(len(percent), np.nan)
        return np.percentile(self.latency_ms, percent)

    @property
    def p99_ms(self) -> float:
        """Latency that 99 % of the answered requests stay within, ms."""
        return float(self.percentile_ms(99)[0])

    @property
    def holds(self) -> bool:
        """Whether both goals are met."""
        return (
            self.failed_pct <= self.scenario.error_goal_pct
            and self.p99_ms <= self.scenario.p99_goal_ms
        )

    @cached_property
    def by_target(self) -> tuple[Array, Array]:
        """Share of the requests that each target got, and how busy its workers were, %."""
        scenario, target = self.scenario, self.outcome.target
        sent = target >= 0
        count = np.bincount(target[sent], minlength=scenario.targets)
        starts_s = self.arrival_s + self.outcome.wait_s
        ends_s = np.minimum(self.arrival_s + self.outcome.sojourn_s, scenario.duration_s)
        served_s = np.where(self.answered, np.maximum(ends_s - starts_s, 0.0), 0.0)
        busy_s = np.bincount(target[sent], served_s[sent], minlength=scenario.targets)
        return (
            100 * count / max(target.size, 1),
            100 * busy_s / (scenario.workers * scenario.duration_s),
        )

    def offered_pct(self, from_s: float) -> Array:
        """Work sent to each target from a time on, against what it can do until the end, %."""
        scenario = self.scenario
        late = (self.arrival_s >= from_s) & (self.outcome.target >= 0)
        asked_s = np.bincount(
            self.outcome.target[late], self.work_s[late], minlength=scenario.targets
        )
        asked_s[0] /= scenario.slow_target_pct / 100
        return 100 * asked_s / (scenario.workers * max(scenario.duration_s - from_s, 1e-9))

    @cached_property
    def over_time(self) -> dict[str, Array]:
        """Rates and latencies in each of `BINS` parts of the run, by time of arrival."""
        edges = np.linspace(0.0, self.scenario.duration_s, BINS + 1)
        width_s = edges[1]
        at = np.searchsorted(self.arrival_s, edges)
        ok = np.concatenate(([0], np.cumsum(self.answered)))
        asked, served = np.diff(at), np.diff(ok[at])
        latency = np.full((2, BINS), np.nan)
        for b, (start, end) in enumerate(zip(ok[at[:-1]], ok[at[1:]], strict=True)):
            if end > start:
                latency[:, b] = _percentiles(self.latency_ms[start:end])
        return {
            "second": edges[:-1],
            "asked_per_s": asked / width_s,
            "answered_per_s": served / width_s,
            "errors_per_s": (asked - served) / width_s,
            "p50_ms": latency[0],
            "p99_ms": latency[1],
        }

    @cached_property
    def outstanding_at_end(self) -> int:
        """Requests that still wait or are served when the run ends."""
        left = self.arrival_s + self.outcome.sojourn_s > self.scenario.duration_s
        return int(left.sum())

    @property
    def crossing(self) -> float:
        """Share of requests that pass from one zone to another, if clients come evenly."""
        scenario = self.scenario
        return 1 - 1 / scenario.zones if scenario.cross_zone else 0.0


def _percentiles(values: Array) -> tuple[float, float]:
    """Median and 99th percentile, as order statistics: `np.percentile` is slow on short lists."""
    ranks = (values.size - 1) // 2, int(np.ceil(0.99 * values.size)) - 1
    ordered = np.partition(values, ranks)
    return ordered[ranks[0]], ordered[ranks[1]]


def _by_connections(
    balancer: Balancer,
    scenario: FleetScenario,
    arrival: Array,
    work: Array,
    flows: NDArray[np.int64],
    zones: NDArray[np.int64] | None,
) -> Outcome:
    """Open connections, then serve; those at target 1 are closed at `reset_s` and made anew."""
    opened = flows.size - arrival.size
    nothing = np.zeros(opened)
    at_first, known = flows[:opened], int(flows.max(initial=0)) + 1
    opening = balancer.serve(nothing, nothing, at_first, None if zones is None else zones[:opened])
    flows, zones = flows[opened:], None if zones is None else zones[opened:]
    if scenario.reset_s >= scenario.duration_s:
        return balancer.serve(arrival, work, flows, zones)
    split = int(np.searchsorted(arrival, scenario.reset_s))
    before, after = slice(None, split), slice(split, None)
    parts = [None, None] if zones is None else [zones[before], zones[after]]
    first = balancer.serve(arrival[before], work[before], flows[before], parts[0])
    closed = np.zeros(known, dtype=np.bool_)
    closed[at_first[opening.target == 0]] = True
    closed[flows[before][first.target == 0]] = True
    now = np.arange(known) + known * closed
    second = balancer.serve(arrival[after], work[after], now[flows[after]], parts[1])
    both = (first, second)
    return Outcome(
        *(np.concatenate([getattr(part, name) for part in both]) for name in Outcome._fields)
    )


def _targets(scenario: FleetScenario) -> list[Target]:
    fleet = [Target(scenario.workers, zone=scenario.zone_of(k)) for k in range(scenario.targets)]
    fleet[0] = fleet[0]._replace(speed=scenario.slow_target_pct / 100)
    return fleet


def _zones(scenario: FleetScenario, flows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Zone of the node that each flow comes to; DNS spreads them evenly."""
    most = min(scenario.zones, scenario.targets)
    random = generator(scenario.seed, "zones")
    return random.integers(most, size=int(flows.max(initial=0)) + 1)[flows]
