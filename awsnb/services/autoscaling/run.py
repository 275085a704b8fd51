"""What a policy does with a load: who is added when, how much waits, and what it costs."""

import math
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb import theory
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import Action, Forecast, Scaling
from awsnb.services.autoscaling.load import Load, load_of
from awsnb.services.autoscaling.policy import ASG, PREDICTIVE, SCHEDULED, PolicyScenario

DAY_S, HOUR_S = 86_400.0, 3600.0


@dataclass(frozen=True)
class Run:
    """A load that a policy followed."""

    scenario: PolicyScenario
    load: Load
    scaling: Scaling

    @classmethod
    def of(cls, scenario: PolicyScenario, load: Load | None = None) -> "Run":
        """Let the scenario's policy follow its load, or one that is given."""
        load = load or load_of(scenario)
        scaling = control_loop.scale(
            load.rps,
            load.every_s,
            scenario.group(needed(scenario, float(load.rps[0]))),
            scenario.policies,
            scenario.sensor,
            schedule=schedule_of(scenario, load),
            forecast=forecast_of(scenario, load),
        )
        return cls(scenario, load, scaling)

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
        return at(self.load, np.arange(self.scaling.served.size) * self.period_s)

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
        return self.scenario.cost_usd_month(self.mean_instances)

    @cached_property
    def cost_usd(self) -> float:
        """The instances of this load, USD."""
        hours = self.scaling.totals.instance_s / HOUR_S
        return hours * float(ASG.value(self.scenario.instance_type, "hour_price"))

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
        sensor = scenario.sensor
        return theory.scale_out_s(
            scenario.alarms[0].datapoints, sensor.period_s, scenario.boot_s, sensor.delay_s
        )

    def clock(self, seconds: float) -> datetime:
        """Time of day of so many seconds after the start."""
        return self.load.start + timedelta(seconds=seconds)


def needed(scenario: PolicyScenario, rps: float) -> int:
    """Fewest instances that keep the load at or below the target."""
    return theory.instances_needed(rps, scenario.capacity_rps, scenario.target_pct)


def at(load: Load, seconds: ArrayLike) -> "NDArray[np.datetime64]":
    """Times of so many seconds after the start."""
    start = np.datetime64(load.start.replace(tzinfo=None), "ms")
    return start + np.rint(np.asarray(seconds) * 1000).astype("timedelta64[ms]")


def scheduled_size(scenario: PolicyScenario, load: Load) -> int:
    """The scheduled minimum: as asked for, or what the peak needs."""
    if scenario.scheduled_size is not None:
        return scenario.scheduled_size
    wanted = needed(scenario, float(load.rps.max()))
    return min(max(wanted, scenario.min_size), scenario.max_size)


def schedule_of(scenario: PolicyScenario, load: Load) -> tuple[Action, ...]:
    """The scheduled actions that fall into the load: a higher minimum, every day."""
    if scenario.policy != SCHEDULED:
        return ()
    zone = ZoneInfo(scenario.scheduled_zone)
    midnight = load.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    size = scheduled_size(scenario, load)
    actions = []
    for day in range(math.ceil(load.duration_s / DAY_S) + 2):
        for hour, smallest in zip(scenario.hours, (size, scenario.min_size), strict=True):
            by_the_clock = midnight + timedelta(days=day, hours=hour)
            seconds = (by_the_clock.astimezone(UTC) - load.start).total_seconds()
            if 0 <= seconds < load.duration_s:
                actions.append(Action(seconds, smallest=smallest))
    return tuple(actions)


def forecast_of(scenario: PolicyScenario, load: Load) -> Forecast | None:
    """What predictive scaling expects: by AWS's hours, from the load before."""
    if scenario.policy != PREDICTIVE:
        return None
    facts = {key: ASG.value("predictive", key) for key in ("min_history", "horizon", "refresh")}
    hourly = control_loop.predict(
        load.rps,
        load.every_s,
        least_h=facts["min_history"],
        lookback_h=24 * ASG.value("predictive", "lookback"),
        horizon_h=facts["horizon"],
        refresh_h=facts["refresh"],
    )
    return Forecast(hourly, scenario.target_pct, ASG.value("predictive", "scheduling_buffer"))
