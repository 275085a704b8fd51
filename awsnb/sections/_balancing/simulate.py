"""A load served by a fleet: what became of every request, and what that adds up to."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB, Bill
from awsnb.mechanisms import queueing
from awsnb.mechanisms.queueing import OK, Registration, Target
from awsnb.mechanisms.random_streams import generator
from awsnb.sections._balancing.load import Load, work_times
from awsnb.sections._balancing.scenario import DEREGISTER, HANG, FleetScenario

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BINS = 100


@dataclass(frozen=True)
class Outcome:
    """A load served.

    Parameters
    ----------
    scenario : FleetScenario
    load : Load
        The requests as they came.
    bill : Bill
        What the load balancer costs.
    work_s : ndarray of float, shape (n,)
        How long a worker takes for each request, s.
    requests : queueing.Outcome
        What clients see of each request.
    attempts : queueing.Outcome
        What targets see, each time that a request is sent.
    request : ndarray of int
        Which request each attempt was.
    """

    scenario: FleetScenario
    load: Load
    bill: Bill
    work_s: Array
    requests: queueing.Outcome
    attempts: queueing.Outcome
    request: Integers

    @property
    def arrival_s(self) -> Array:
        """When requests were first sent, s."""
        return self.requests.arrival_s

    @property
    def load_pct(self) -> float:
        """Mean share of the capacity that is asked for."""
        return 100 * self.load.per_s / self.scenario.capacity_per_s

    @cached_property
    def answered(self) -> NDArray[np.bool_]:
        """Which requests were served."""
        return self.requests.status == OK

    @cached_property
    def latency_ms(self) -> Array:
        """Time from arrival to answer of the requests that were served, ms, in order."""
        return 1000 * self.requests.sojourn_s[self.answered]

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

    @property
    def share_pct(self) -> Array:
        """Share of all attempts that each target got."""
        target = self.attempts.target[self.attempts.target >= 0]
        count = np.bincount(target, minlength=self.scenario.targets)
        return 100 * count / max(self.attempts.target.size, 1)

    @cached_property
    def busy_pct(self) -> Array:
        """Share of the time that each target's workers were busy with what they finished."""
        scenario, attempts = self.scenario, self.attempts
        sent = attempts.target >= 0
        ends_s = np.minimum(attempts.end_s, scenario.duration_s)
        served_s = np.maximum(ends_s - attempts.start_s, 0.0)
        served_s[attempts.status != OK] = 0.0
        busy_s = np.bincount(attempts.target[sent], served_s[sent], minlength=scenario.targets)
        return 100 * busy_s / (scenario.workers * scenario.duration_s)

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
    def late_share_pct(self) -> float:
        """Share of the requests of the run's last tenth that target 1 gets."""
        late = self.arrival_s > 0.9 * self.scenario.duration_s
        return 100 * float((self.requests.target[late] == 0).mean()) if late.any() else 0.0

    @property
    def crossing(self) -> float:
        """Share of requests that pass from one zone to another, if clients come evenly."""
        scenario = self.scenario
        return 1 - 1 / scenario.zones if scenario.cross_zone else 0.0


def work_of(scenario: FleetScenario, requests: int) -> Array:
    """How long a worker takes for each request, s."""
    mean_s = scenario.service_ms / 1000
    return work_times(scenario.service_times, requests, mean_s, scenario.seed)


def targets_of(scenario: FleetScenario) -> list[Target]:
    """The targets; the first may be slower or faster than the others."""
    limit = np.inf if scenario.queue_limit is None else scenario.queue_limit
    targets = [
        Target(scenario.workers, zone=scenario.zone_of(k), queue_limit=limit)
        for k in range(scenario.targets)
    ]
    targets[0] = targets[0]._replace(speed=scenario.slow_target_pct / 100)
    return targets


def registrations_of(scenario: FleetScenario, slow_start_s: float = 0.0) -> list[Registration]:
    """When each target serves; one that returns is spared for `slow_start_s`."""
    registrations = [Registration(k) for k in range(scenario.targets)]
    if not scenario.happens:
        return registrations
    at_s = max(scenario.event_s, 1e-9)
    if scenario.event == DEREGISTER:
        registrations[0] = registrations[0].deregister(at_s, scenario.delay_s)
    else:
        stall_s = ELB.value("alb", "idle_timeout") if scenario.event == HANG else 0.0
        registrations[0] = registrations[0].fail(at_s, scenario.detected_after_s, stall_s)
    if scenario.returns_at_s is not None:
        back_s = float(scenario.returns_at_s)
        registrations[0] = registrations[0]._replace(
            closes_s=min(registrations[0].closes_s, back_s)
        )
        registrations.append(Registration(0, opens_s=back_s, slow_start_s=slow_start_s))
    return registrations


def zones_of(scenario: FleetScenario, flows: Integers) -> Integers | None:
    """Zone of the node that each flow comes to; DNS spreads them evenly. None if all are one."""
    if scenario.cross_zone:
        return None
    most = min(scenario.zones, scenario.targets)
    random = generator(scenario.seed, "zones")
    return random.integers(most, size=int(flows.max(initial=0)) + 1)[flows]


def _percentiles(values: Array) -> tuple[float, float]:
    """Median and 99th percentile, as order statistics: `np.percentile` is slow on short lists."""
    ranks = (values.size - 1) // 2, int(np.ceil(0.99 * values.size)) - 1
    ordered = np.partition(values, ranks)
    return ordered[ranks[0]], ordered[ranks[1]]
