"""A load served by a fleet: what became of every request, and what that adds up to."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.queueing import OK, Balancer, Outcome, Target, serve
from awsnb.mechanisms.random_streams import generator
from awsnb.services.elb.fleet import FleetScenario
from awsnb.services.elb.load import work_times

Array = NDArray[np.float64]
BINS = 100


@dataclass(frozen=True)
class Run:
    """A load served, and what there is to say of it.

    `outcome` is what clients see of each request; `attempts` what targets see each time that one
    is sent, and `request` which one that was.
    """

    scenario: FleetScenario
    work_s: Array
    outcome: Outcome
    attempts: Outcome
    request: NDArray[np.int64]

    @classmethod
    def of(cls, scenario: FleetScenario) -> "Run":
        """Serve a scenario's load."""
        arrival = scenario.arrival_s
        work = work_times(
            scenario.service_times, arrival.size, scenario.service_ms / 1000, scenario.seed
        )
        flows = scenario.flows(arrival)
        balancer = Balancer(
            _targets(scenario),
            scenario.rule,
            scenario.registrations(),
            sticky=scenario.sticky,
            zonal=not scenario.cross_zone,
            seed=scenario.seed,
        )
        each = np.arange(arrival.size)
        zones = None if scenario.cross_zone else _zones(scenario, each if flows is None else flows)
        if flows is None:
            served = serve(balancer, arrival, work, scenario.clients, zones)
            return cls(scenario, work, *served)
        outcome = _by_connections(balancer, scenario, arrival, work, flows, zones)
        return cls(scenario, work, outcome, outcome, each)

    @property
    def arrival_s(self) -> Array:
        """When requests were first sent, s."""
        return self.outcome.arrival_s

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
        """Share of all attempts that each target got, and how busy its workers were, %."""
        scenario, attempts = self.scenario, self.attempts
        sent = attempts.target >= 0
        target = attempts.target[sent]
        count = np.bincount(target, minlength=scenario.targets)
        ends_s = np.minimum(attempts.end_s, scenario.duration_s)
        served_s = np.maximum(ends_s - attempts.start_s, 0.0) * (attempts.status == OK)
        busy_s = np.bincount(target, served_s[sent], minlength=scenario.targets)
        return (
            100 * count / max(sent.size, 1),
            100 * busy_s / (scenario.workers * scenario.duration_s),
        )

    def offered_pct(self, from_s: float) -> Array:
        """Work sent to each target from a time on, against what it can do until the end, %."""
        scenario, attempts = self.scenario, self.attempts
        late = (attempts.arrival_s >= from_s) & (attempts.target >= 0)
        asked_s = np.bincount(
            attempts.target[late], self.work_s[self.request[late]], minlength=scenario.targets
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
        sent = np.diff(np.searchsorted(self.attempts.arrival_s, edges))
        latency = np.full((2, BINS), np.nan)
        for b, (start, end) in enumerate(zip(ok[at[:-1]], ok[at[1:]], strict=True)):
            if end > start:
                latency[:, b] = _percentiles(self.latency_ms[start:end])
        return {
            "second": edges[:-1],
            "asked_per_s": asked / width_s,
            "sent_per_s": sent / width_s,
            "answered_per_s": served / width_s,
            "errors_per_s": (asked - served) / width_s,
            "p50_ms": latency[0],
            "p99_ms": latency[1],
        }

    @cached_property
    def outstanding_at_end(self) -> int:
        """Requests that still wait or are served when the run ends."""
        attempts, end_s = self.attempts, self.scenario.duration_s
        return int(((attempts.arrival_s <= end_s) & (attempts.end_s > end_s)).sum())

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
    limit = np.inf if scenario.queue_limit is None else scenario.queue_limit
    fleet = [
        Target(scenario.workers, zone=scenario.zone_of(k), queue_limit=limit)
        for k in range(scenario.targets)
    ]
    fleet[0] = fleet[0]._replace(speed=scenario.slow_target_pct / 100)
    return fleet


def _zones(scenario: FleetScenario, flows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Zone of the node that each flow comes to; DNS spreads them evenly."""
    most = min(scenario.zones, scenario.targets)
    random = generator(scenario.seed, "zones")
    return random.integers(most, size=int(flows.max(initial=0)) + 1)[flows]
