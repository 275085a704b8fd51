"""What happens: who is added when, how much waits, and what it costs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb import theory
from awsnb.aws.autoscaling import ASG, EC2_GROUPS, group_usd_month
from awsnb.aws.prices import instance_usd_hour
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import (
    LIMIT,
    METRICS,
    NO_DATA,
    NOBODY,
    SCALED,
    Scaling,
)
from awsnb.sections.scaling_policies.control import (
    METRIC,
    forecast_of,
    group_of,
    needed,
    policies_of,
    schedule_of,
    sensor_of,
)
from awsnb.sections.scaling_policies.load import Load, demand
from awsnb.sections.scaling_policies.scenario import BY_HAND, CPU, MEMORY, REQUESTS, PolicyScenario

HOUR_S = 3600.0
FAR = 1.1  # times what the load needs, from where a size is said to overshoot
TURN = 0.2  # of the load's range, from where it is said to turn
FULL_PCT = 99.95  # CPU, from which on it can't tell how much is missing
LATELY = 3  # datapoints at the end that say where the group is going

QUIET, COUNTS, HELD, SCALES = range(4)
"""State of an alarm: nothing breaches; too few datapoints do; in alarm, but held; it scales."""


def simulate(scenario: PolicyScenario) -> "Outcome":
    """Let a scaling policy follow a load.

    Parameters
    ----------
    scenario : PolicyScenario
        The group, its policy and its load.

    Returns
    -------
    Outcome
        Who was added when, and what waited.

    Raises
    ------
    ScenarioError, TraceError
        If the trace can't be read, or can't be the load on a group.
    """
    return follow(scenario, demand(scenario))


def follow(scenario: PolicyScenario, load: Load) -> "Outcome":
    """Let the scenario's policy follow a load that is given."""
    scaling = control_loop.scale(
        load.rps,
        load.every_s,
        group_of(scenario, load),
        policies_of(scenario),
        sensor_of(scenario),
        schedule=schedule_of(scenario, load),
        forecast=forecast_of(scenario, load),
    )
    return Outcome(scenario, load, scaling)


@dataclass(frozen=True)
class Signal:
    """A metric that is watched.

    Attributes
    ----------
    name : str
        `CPU`, `MEMORY` or `REQUESTS`.
    values : ndarray of float
        In each period: %, or requests per target and minute.
    target, low : float
        The target, and below which the group scales in.
    """

    name: str
    values: NDArray[np.float64]
    target: float
    low: float

    @cached_property
    def above(self) -> NDArray[np.bool_]:
        """Whether it is above its target; not where its datapoint is missing."""
        return control_loop.above(self.values, self.target)

    @cached_property
    def below(self) -> NDArray[np.bool_]:
        """Whether it is below where the group scales in; not where its datapoint is missing."""
        return control_loop.below(self.values, self.low)


@dataclass(frozen=True)
class Outcome:
    """A load that a policy followed."""

    scenario: PolicyScenario
    load: Load
    scaling: Scaling

    @cached_property
    def period_s(self) -> float:
        """Length of a metric period, s."""
        return self.scaling.sensor.period_s

    @cached_property
    def duration_s(self) -> float:
        """How long it lasted, s."""
        return self.period_s * self.scaling.served.size

    @cached_property
    def times(self) -> "NDArray[np.datetime64]":
        """Start of each metric period."""
        return self.at(np.arange(self.scaling.served.size) * self.period_s)

    @cached_property
    def rps(self) -> NDArray[np.float64]:
        """Mean load of each metric period, requests/s."""
        n, every = self.scaling.served.size, self.load.every_s
        if every >= self.period_s:
            return np.repeat(self.load.rps, round(every / self.period_s))[:n]
        parts = round(self.period_s / every)
        return self.load.rps[: n * parts].reshape(n, parts).mean(axis=1)

    @cached_property
    def in_service(self) -> NDArray[np.int64]:
        """Instances that serve, after each decision."""
        return (self.scaling.counting + self.scaling.warming).astype(np.int64)

    @cached_property
    def needed(self) -> NDArray[np.int64]:
        """Instances at which the load would be on target, within the group's bounds."""
        scenario = self.scenario
        if not scenario.full_pct:
            return np.full(self.rps.size, scenario.most, np.int64)
        wanted = np.ceil(100 * self.rps / (scenario.capacity_rps * scenario.full_pct) - 1e-9)
        return np.clip(wanted, scenario.min_size, scenario.most).astype(np.int64)

    @property
    def peak_need(self) -> int:
        """Instances that the peak of the load needs, whatever the group may have."""
        return needed(self.scenario, float(self.rps.max()))

    @cached_property
    def cpu_pct(self) -> NDArray[np.float64]:
        """Mean CPU of the instances that count, %."""
        return self.scaling.metric[0]

    @cached_property
    def memory_pct(self) -> NDArray[np.float64]:
        """Mean memory of the instances that count, %."""
        idle, busy = self.scenario.memory_idle_pct, self.scenario.memory_busy_pct
        return idle + (busy - idle) * self.cpu_pct / 100

    @cached_property
    def per_target_rpm(self) -> NDArray[np.float64]:
        """Requests that each instance in service gets in a minute; NaN where none come."""
        row = METRICS.index(METRIC[REQUESTS])
        if row < len(self.scaling.metric):
            return 60 * self.scaling.metric[row]
        return 60 * np.where(self.rps > 0, self.rps, np.nan) / np.maximum(self.in_service, 1)

    @cached_property
    def signals(self) -> tuple["Signal", ...]:
        """The metrics that are watched."""
        values = {
            CPU: self.cpu_pct,
            MEMORY: self.memory_pct,
            REQUESTS: self.per_target_rpm,
        }
        share = self.scenario.low_share_pct / 100
        return tuple(
            Signal(name, values[name], target, target * share)
            for name, target in self.scenario.targets.items()
        )

    @cached_property
    def above(self) -> NDArray[np.bool_]:
        """Whether any metric is above its target, in each period."""
        return np.any([signal.above for signal in self.signals], axis=0)

    @cached_property
    def requests(self) -> float:
        """Requests that came."""
        return float(self.rps.sum() * self.period_s)

    @cached_property
    def delayed(self) -> float:
        """Requests that waited or were turned away."""
        return self.scaling.totals.delayed + self.scaling.totals.lost

    @cached_property
    def delayed_pct(self) -> float:
        """Their share."""
        return 100 * self.delayed / self.requests if self.requests else 0.0

    @cached_property
    def worst_wait_s(self) -> float:
        """Longest that a request waits: the largest backlog over what served it, s."""
        rate = np.maximum(self.in_service, 1) * self.scenario.capacity_rps
        return float((self.scaling.backlog / rate).max())

    @cached_property
    def above_s(self) -> float:
        """Seconds of periods in which a metric was above its target."""
        return float(np.sum(self.above) * self.period_s)

    @cached_property
    def mean_instances(self) -> float:
        """Instances that are paid for, on average."""
        return self.scaling.totals.instance_s / self.duration_s

    @cached_property
    def cost_usd_month(self) -> float:
        """A month like this, USD."""
        return group_usd_month(
            self.mean_instances,
            self.scenario.instance_type,
            metrics_paid(self.scenario),
            len(self.scaling.alarms),
        )

    @cached_property
    def cost_usd(self) -> float:
        """The instances of this load, USD."""
        hours = self.scaling.totals.instance_s / HOUR_S
        return hours * instance_usd_hour(self.scenario.instance_type)

    @cached_property
    def holds(self) -> bool:
        """Whether few enough requests were delayed, and none waits at the end."""
        few = self.delayed_pct <= self.scenario.delayed_goal_pct
        return few and self.scaling.totals.backlog < 1

    @cached_property
    def first_above(self) -> int | None:
        """First metric period above a target."""
        found = np.flatnonzero(self.above)
        return int(found[0]) if found.size else None

    @cached_property
    def answer(self) -> int | None:
        """First decision at or after that period that adds instances."""
        if self.first_above is None:
            return None
        before = np.concatenate(([self.scaling.group.initial], self.scaling.desired[:-1]))
        grown = np.flatnonzero(self.scaling.desired > before)
        grown = grown[grown >= self.first_above]
        return int(grown[0]) if grown.size else None

    @cached_property
    def breach(self) -> int | None:
        """First period of the breach that was answered; without an answer, of the first one.

        A breach is an unbroken run of periods above the target, or, with M of N datapoints, all
        that the alarm went by.
        """
        alarm = self.answered_by
        if alarm is None or self.answer is None:
            return self.first_above
        newest = self.answer - 1 - self.lag
        above = self.signals[self.watches[alarm]].above[: newest + 1]
        oldest = newest + 1 - self.scaling.alarms[alarm].periods
        counted = max(oldest, 0) + int(np.argmax(above[max(oldest, 0) :]))
        calm = np.flatnonzero(~above[: counted + 1])
        return int(calm[-1]) + 1 if calm.size else 0

    @cached_property
    def answered_by(self) -> int | None:
        """The alarm that added instances; None for a schedule, a forecast or the bounds."""
        cause = 0 if self.answer is None else int(self.scaling.cause[self.answer])
        return cause - 1 if cause > NOBODY else None

    @property
    def asked_before(self) -> bool:
        """Whether an alarm that scales out went off before the answer, to no effect."""
        out = [alarm.above for alarm in self.scaling.alarms]
        return bool((self.scaling.reason[out, : self.answer] > NO_DATA).any())

    @cached_property
    def watches(self) -> list[int]:
        """Which of the signals each alarm watches."""
        order = [METRIC[signal.name] for signal in self.signals]
        return [order.index(alarm.metric) for alarm in self.scaling.alarms]

    @cached_property
    def lag(self) -> int:
        """Whole periods by which a datapoint is seen late."""
        return int(self.scaling.sensor.delay_s // self.period_s)

    @cached_property
    def reaction_s(self) -> float | None:
        """From the start of the breach that was answered until new instances serve, s."""
        if self.breach is None or self.answer is None:
            return None
        decided = float(self.scaling.decided_s[self.answer])
        return decided + self.scenario.boot_s - self.breach * self.period_s

    @property
    def expected_reaction_s(self) -> float | None:
        """The same by the closed form, if datapoints keep breaching, s; None without alarms."""
        out = next((alarm for alarm in self.scaling.alarms if alarm.above), None)
        if out is None:
            return None
        sensor, boot_s = self.scaling.sensor, self.scenario.boot_s
        return theory.scale_out_s(out.datapoints, sensor.period_s, boot_s, sensor.delay_s)

    @cached_property
    def overshoot(self) -> int | None:
        """First decision of the largest size, if that is far beyond what the load ever needs."""
        desired, most = self.scaling.desired, int(self.needed.max())
        asked = max(most, self.scenario.scheduled_size or 0, self.scaling.group.initial)
        first = int(desired.argmax())
        far = desired[first] >= asked + 2 and desired[first] > FAR * asked
        return first if far else None

    @cached_property
    def load_turns(self) -> int:
        """How often the load itself turns, by at least a fifth of its range."""
        each = max(1, min(round(HOUR_S / self.period_s), self.rps.size // 12))
        whole = self.rps[: self.rps.size // each * each].reshape(-1, each).mean(axis=1)
        return turns(whole, TURN * float(np.ptp(whole)))

    @property
    def flaps(self) -> bool:
        """Whether the group turns far more often than its load."""
        return self.scaling.totals.reversals > 3 * (self.load_turns + 1)

    @cached_property
    def moves_at_end(self) -> int:
        """1 if the group still grows when the load ends, -1 if it still shrinks, else 0."""
        scaling, size = self.scaling, int(self.scaling.desired[-1])
        out = [signal.above[-LATELY:].all() for signal in self.signals]
        if scaling.booting[-1] + scaling.warming[-1] or (any(out) and size < self.scenario.most):
            return 1
        back = [i for i, alarm in enumerate(scaling.alarms) if not alarm.above]
        below = [self.signals[self.watches[i]].below[-LATELY:].all() for i in back]
        agreed = any(below) and (all(below) or self.scenario.policy in BY_HAND)
        held = size <= self.least_at_end or LIMIT in scaling.reason[back, -1]
        return -1 if agreed and not held else 0

    @property
    def least_at_end(self) -> int:
        """Size below which no scale-in goes when the load ends."""
        scheduled = [action.smallest or 0 for action in schedule_of(self.scenario, self.load)]
        smallest = scheduled[-1] if scheduled else self.scenario.min_size
        return max(smallest, self.scenario.protected)

    def clock(self, seconds: float) -> datetime:
        """Time of day of so many seconds after the start."""
        return self.load.start + timedelta(seconds=seconds)

    def at(self, seconds: ArrayLike) -> "NDArray[np.datetime64]":
        """Times of so many seconds after the start."""
        start = np.datetime64(self.load.start.replace(tzinfo=None), "ms")
        return start + np.rint(np.asarray(seconds) * 1000).astype("timedelta64[ms]")

    @cached_property
    def alarm_states(self) -> NDArray[np.int64]:
        """State of each alarm at each decision, shape (alarms, periods): `QUIET` to `SCALES`."""
        reason, breaching = self.scaling.reason, self.scaling.breaching
        out = np.full(reason.shape, HELD)
        out[(reason <= NO_DATA) & (breaching > 0)] = COUNTS
        out[breaching == 0] = QUIET
        out[reason == SCALED] = SCALES
        return out


def metrics_paid(scenario: PolicyScenario) -> int:
    """Metrics of each instance that are paid for: detailed monitoring, and memory by the agent."""
    paid = 0
    if CPU in scenario.watched and scenario.monitoring == "detailed":
        paid += ASG.value("monitoring", "detailed_metrics")
    if MEMORY in scenario.watched and scenario.scaler == EC2_GROUPS:
        paid += ASG.value("monitoring", "memory_metrics")
    return paid


def turns(values: NDArray[np.float64], by: float) -> int:
    """Count how often values turn down or up again, by more than `by` each time."""
    found: list[str] = []
    low = high = float(values[0])
    for value in values.tolist():
        low, high = min(low, value), max(high, value)
        if high - value > by and found[-1:] != ["down"]:
            found.append("down")
            low = value
        elif value - low > by and found[-1:] != ["up"]:
            found.append("up")
            high = value
    return max(0, len(found) - 1)
