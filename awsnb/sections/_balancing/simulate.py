"""A load served by a fleet: what became of every request, and what that adds up to."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB, Bill
from awsnb.mechanisms import queueing
from awsnb.mechanisms.queueing import (
    CUT,
    FAILED,
    GIVEN_UP,
    LOST,
    NO_TARGET,
    OK,
    REJECTED,
    Registration,
    Target,
)
from awsnb.mechanisms.random_streams import generator
from awsnb.sections._balancing.load import Load, work_times
from awsnb.sections._balancing.scenario import DEREGISTER, HANG, FleetScenario

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
BINS = 100
CAUSES = {
    FAILED: "failed",
    LOST: "lost",
    CUT: "cut",
    REJECTED: "rejected",
    NO_TARGET: "no target",
    GIVEN_UP: "given up",
}
MOST_BUSY_PCT = 100.0


class AtTargets(NamedTuple):
    """What comes to each target, stays there and how it ends, in each of `BINS` parts of the run.

    Attributes
    ----------
    sent_per_s, in_time_per_s, in_vain_per_s : ndarray of float, shape (targets, BINS)
        Attempts that arrive; and by when the client asked: those that end with an answer which
        a client waits for, and those that end in any other way.
    unfinished : ndarray of int, shape (targets, BINS + 1)
        Attempts that wait or are served when each part begins, and at the end.
    """

    sent_per_s: Array
    in_time_per_s: Array
    in_vain_per_s: Array
    unfinished: Integers


class Opened(NamedTuple):
    """How many `connections` each target has `from_s` on; shape (targets,)."""

    from_s: float
    connections: Integers


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
    patience_s : float
        How long a client waits for an attempt, s.
    opened : tuple of Opened
        Where connections are, from when on, if they last for the whole run.
    """

    scenario: FleetScenario
    load: Load
    bill: Bill
    work_s: Array
    requests: queueing.Outcome
    attempts: queueing.Outcome
    request: Integers
    patience_s: float = np.inf
    opened: tuple[Opened, ...] = ()

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
        return np.percentile(self._sorted_ms, percent)

    @cached_property
    def _sorted_ms(self) -> Array:
        """Latencies by size: among them, NumPy finds percentiles four times as fast."""
        return np.sort(self.latency_ms)

    @cached_property
    def p99_ms(self) -> float:
        """Latency that 99 % of the answered requests stay within, ms."""
        return float(self.percentile_ms(99)[0])

    @property
    def meets_goals(self) -> bool:
        """Whether both goals are met, as far as the run goes."""
        return (
            self.failed_pct <= self.scenario.error_goal_pct
            and self.p99_ms <= self.scenario.p99_goal_ms
        )

    @property
    def holds(self) -> bool:
        """Whether both goals are met, and would be in a longer run."""
        return self.meets_goals and not self.still_grows

    def causes(self, from_s: float = 0.0) -> dict[str, int]:
        """How many requests failed of what, of those from a time on; the most frequent first."""
        status = self.requests.status[self.arrival_s >= from_s]
        counts = {CAUSES[kind]: int((status == kind).sum()) for kind in CAUSES}
        return {name: n for name, n in sorted(counts.items(), key=lambda one: -one[1]) if n}

    def failed_pct_between(self, from_s: float, to_s: float) -> float:
        """Share of the requests of a time that got an error; 0 if there were none."""
        part = slice(*np.searchsorted(self.arrival_s, (from_s, to_s)))
        answered = self.answered[part]
        return 100 * float((~answered).mean()) if answered.size else 0.0

    def unfinished(self, at_s: float) -> int:
        """Count the attempts that wait or are served at a time."""
        attempts = self.attempts
        there = (attempts.arrival_s <= at_s) & (attempts.end_s > at_s)
        return int((there & (attempts.status != FAILED)).sum())

    @cached_property
    def still_grows(self) -> bool:
        """Whether a queue still grows at the end.

        Some target was sent more than it can do in the second half of the run, and more attempts
        are unfinished than at half time, and than may be where queues are limited or empty.
        """
        scenario, half_s = self.scenario, self.scenario.duration_s / 2
        room = scenario.targets * (scenario.workers + (scenario.queue_limit or 0))
        return (
            self.unfinished(scenario.duration_s) > max(self.unfinished(half_s), room)
            and self.offered_pct(half_s).max() > MOST_BUSY_PCT
        )

    @property
    def growth_per_s(self) -> float:
        """By how much the queue grew a second in the second half of the run; 0 if it has an end."""
        half_s = self.scenario.duration_s / 2
        more = self.unfinished(self.scenario.duration_s) - self.unfinished(half_s)
        return more / half_s if self.still_grows else 0.0

    @cached_property
    def abandoned_at_end(self) -> int:
        """Attempts unfinished at the end whose client has given up."""
        attempts, end_s = self.attempts, self.scenario.duration_s
        unfinished = (attempts.arrival_s <= end_s) & (attempts.end_s > end_s)
        waits_until_s = attempts.arrival_s + self.patience_s
        return int((unfinished & (waits_until_s <= end_s)).sum())

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
        """Work sent to each living target from a time on, of what it can do until the end, %."""
        scenario, attempts = self.scenario, self.attempts
        late = (attempts.arrival_s >= from_s) & (attempts.target >= 0)
        late &= attempts.status != FAILED
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
    def at_targets(self) -> AtTargets:
        """What comes to each target and stays there over time, and how it ends.

        Ends are counted by when the client asked, as in `over_time`.
        """
        attempts, width_s = self.attempts, self.scenario.duration_s / BINS
        known = attempts.target >= 0
        in_time = known & (attempts.status == OK)
        in_time &= attempts.end_s <= attempts.arrival_s + self.patience_s
        arrived = self._counted(attempts.arrival_s, known)
        asked_s = self.arrival_s[self.request]
        answered = self._counted(asked_s, in_time)
        in_vain = self._counted(asked_s, known & ~in_time)
        change = arrived - self._counted(attempts.end_s, known)
        stay = np.cumsum(np.pad(change, ((0, 0), (1, 0))), axis=1)
        return AtTargets(arrived / width_s, answered / width_s, in_vain / width_s, stay)

    def _counted(self, at_s: Array, which: NDArray[np.bool_]) -> Integers:
        """Count some of the attempts by their target and by the part of the run of a time."""
        duration_s, targets = self.scenario.duration_s, self.scenario.targets
        which = which & (at_s < duration_s)
        part = np.minimum((at_s[which] * (BINS / duration_s)).astype(np.int64), BINS - 1)
        cell = self.attempts.target[which] * np.int64(BINS) + part
        return np.bincount(cell, minlength=targets * BINS).reshape(targets, BINS)

    @property
    def waiting_clients(self) -> Integers:
        """Requests without an answer that a client waits for, as each part of the run begins."""
        starts_s = self.over_time["second"]
        ended = np.searchsorted(np.sort(self.requests.end_s), starts_s, side="right")
        return np.searchsorted(self.arrival_s, starts_s, side="right") - ended

    @property
    def wasted_pct(self) -> float:
        """Share of what targets finish that is for clients who gave up."""
        end_s = self.scenario.duration_s
        served = int(((self.attempts.status == OK) & (self.attempts.end_s <= end_s)).sum())
        answered = int((self.answered & (self.requests.end_s <= end_s)).sum())
        return 100 * (1 - answered / max(served, 1))

    @property
    def tries(self) -> float:
        """How often a request is sent, on average."""
        return self.request.size / max(self.answered.size, 1)

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
    every = [Registration(k) for k in range(scenario.targets)]
    if not scenario.happens:
        return every
    every[0] = _until_the_event(scenario)
    if scenario.returns_at_s is not None:
        back_s = float(scenario.returns_at_s)
        every[0] = every[0]._replace(closes_s=min(every[0].closes_s, back_s))
        every.append(Registration(0, opens_s=back_s, slow_start_s=slow_start_s))
    return every


def _until_the_event(scenario: FleetScenario) -> Registration:
    at_s = max(scenario.event_s, 1e-9)  # it must have been there
    if scenario.event == DEREGISTER:
        return Registration(0).deregister(at_s, scenario.delay_s)
    stall_s = ELB.value("alb", "idle_timeout") if scenario.event == HANG else 0.0
    return Registration(0).fail(at_s, scenario.detected_after_s, stall_s)


def zones_of(scenario: FleetScenario, flows: Integers) -> Integers | None:
    """Zone of the node that each flow comes to; DNS spreads them evenly. None if all are one."""
    if scenario.cross_zone:
        return None
    # zones without targets leave DNS
    filled = np.unique([scenario.zone_of(k) for k in range(scenario.targets)])
    random = generator(scenario.seed, "zones")
    return filled[random.integers(filled.size, size=int(flows.max(initial=0)) + 1)][flows]


def _percentiles(values: Array) -> tuple[float, float]:
    """Median and 99th percentile, as order statistics: `np.percentile` is slow on short lists."""
    ordered = np.sort(values)
    return ordered[(values.size - 1) // 2], ordered[-(-99 * values.size // 100) - 1]
