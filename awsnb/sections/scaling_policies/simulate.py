"""What happens: who is added when, how much waits, and what it costs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb import theory
from awsnb.aws.autoscaling import group_usd_month
from awsnb.aws.prices import instance_usd_hour
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import SCALED, WAITS, Scaling
from awsnb.sections.scaling_policies.control import (
    alarms_of,
    forecast_of,
    group_of,
    policies_of,
    schedule_of,
    sensor_of,
)
from awsnb.sections.scaling_policies.load import Load, demand
from awsnb.sections.scaling_policies.scenario import PolicyScenario

HOUR_S = 3600.0

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
        wanted = np.ceil(100 * self.rps / (scenario.capacity_rps * scenario.target_pct) - 1e-9)
        return np.clip(wanted, scenario.min_size, scenario.most).astype(np.int64)

    @cached_property
    def cpu_pct(self) -> NDArray[np.float64]:
        """The metric."""
        return self.scaling.metric[0]

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
        """Seconds of periods whose CPU was above the target."""
        return float(np.sum(self.cpu_pct > self.scenario.target_pct) * self.period_s)

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
            self.scenario.monitoring,
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
    def breach(self) -> int | None:
        """First metric period above the target."""
        found = np.flatnonzero(self.cpu_pct > self.scenario.target_pct)
        return int(found[0]) if found.size else None

    @cached_property
    def answer(self) -> int | None:
        """First decision at or after the breach that adds instances."""
        if self.breach is None:
            return None
        before = np.concatenate(([self.scaling.group.initial], self.scaling.desired[:-1]))
        grown = np.flatnonzero(self.scaling.desired > before)
        grown = grown[grown >= self.breach]
        return int(grown[0]) if grown.size else None

    @cached_property
    def reaction_s(self) -> float | None:
        """From the start of the first period above the target until new instances serve, s."""
        if self.breach is None or self.answer is None:
            return None
        decided = float(self.scaling.decided_s[self.answer])
        return decided + self.scenario.boot_s - self.breach * self.period_s

    @property
    def expected_reaction_s(self) -> float:
        """The same by the closed form, if datapoints keep breaching, s."""
        scenario = self.scenario
        sensor = self.scaling.sensor
        out, _ = alarms_of(scenario)
        return theory.scale_out_s(out.datapoints, sensor.period_s, scenario.boot_s, sensor.delay_s)

    def clock(self, seconds: float) -> datetime:
        """Time of day of so many seconds after the start."""
        return self.load.start + timedelta(seconds=seconds)

    def at(self, seconds: ArrayLike) -> "NDArray[np.datetime64]":
        """Times of so many seconds after the start."""
        start = np.datetime64(self.load.start.replace(tzinfo=None), "ms")
        return start + np.rint(np.asarray(seconds) * 1000).astype("timedelta64[ms]")

    @cached_property
    def thresholds_pct(self) -> tuple[float, float]:
        """CPU above which the group scales out, and below which in, %."""
        out, back = alarms_of(self.scenario)
        return out.threshold, back.threshold

    @cached_property
    def alarm_states(self) -> NDArray[np.int64]:
        """State of each alarm at each decision, shape (alarms, periods): `QUIET` to `SCALES`."""
        reason, breaching = self.scaling.reason, self.scaling.breaching
        out = np.full(reason.shape, HELD)
        out[(reason <= WAITS) & (breaching > 0)] = COUNTS
        out[breaching == 0] = QUIET
        out[reason == SCALED] = SCALES
        return out
