"""A day of reads that readers come and go with: target tracking by Application Auto Scaling."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb import facts, theory
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import Alarm, Cooldowns, Group, Scaling, Sensor, TargetTracking
from awsnb.services.aurora.cluster import AURORA, CPU, AuroraScenario
from awsnb.services.aurora.cost import hours, instance_price

ASG = facts.load("autoscaling")

DAY_MIN, JUMP_H, BACK_H = 1440, 12.0, 15.0
QUIET = 0.2  # of the peak
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Day:
    """A day, and what the policy made of it."""

    cluster: AuroraScenario

    @cached_property
    def load(self) -> Floats:
        """Reads in each minute, in connections."""
        return self.cluster.peak_connections * _shape(self.cluster.reads)

    @property
    def busy(self) -> float:
        """Connections that keep one reader busy."""
        return self.cluster.peak_connections / self.cluster.peak_load

    @property
    def target(self) -> float:
        """Of the metric."""
        on_cpu = self.cluster.scaling_metric == CPU
        return self.cluster.cpu_target_pct if on_cpu else float(self.cluster.connections_target)

    @cached_property
    def needed(self) -> NDArray[np.int64]:
        """Readers that would hold the target, within the bounds."""
        cluster = self.cluster
        each = self.busy * cluster.cpu_target_pct / 100
        if cluster.scaling_metric != CPU:
            each = float(cluster.connections_target)
        wanted = [theory.instances_needed(load, each, 100.0) for load in self.load.tolist()]
        return np.clip(wanted, cluster.min_readers, cluster.max_readers)

    @cached_property
    def alarms(self) -> tuple[Alarm, Alarm]:
        """As Application Auto Scaling makes them: one above the target, one below 90 % of it."""
        high, low = (
            ASG.value("target_tracking", f"alarm_{side}_datapoints") for side in ("high", "low")
        )
        below = ASG.value("target_tracking", "alarm_low_threshold_application") / 100
        metric = "utilisation" if self.cluster.scaling_metric == CPU else "load per instance"
        return (
            Alarm(self.target, True, high, high, metric=metric),
            Alarm(self.target * below, False, low, low, metric=metric),
        )

    @cached_property
    def sensor(self) -> Sensor:
        """Period and delay of the metric."""
        return Sensor(
            float(ASG.value("target_tracking", "alarm_period")),
            float(ASG.value("monitoring", "datapoint_delay")),
        )

    @cached_property
    def scaling(self) -> Scaling:
        """The run."""
        cluster = self.cluster
        group = Group(
            initial=int(self.needed[0]),
            smallest=cluster.min_readers,
            largest=cluster.max_readers,
            capacity_per_s=self.busy,
            boot_s=60 * cluster.reader_takes_min,
        )
        policy = TargetTracking(
            self.target,
            *self.alarms,
            remove_at_most=ASG.value("target_tracking", "remove_at_most"),
            cooldowns=Cooldowns(
                AURORA.value("reader_scaling", "cooldown_out"),
                AURORA.value("reader_scaling", "cooldown_in"),
            ),
        )
        return control_loop.scale(self.load, 60.0, group, [policy], self.sensor)

    @cached_property
    def metric(self) -> Floats:
        """What the alarms see."""
        return self.scaling.metric[0 if self.cluster.scaling_metric == CPU else 1]

    @cached_property
    def reaction_s(self) -> float | None:
        """From the first minute above the target until new readers serve, s."""
        above = np.flatnonzero(self.metric > self.target)
        grown = np.flatnonzero(np.diff(self.scaling.desired, prepend=self.needed[0]) > 0)
        if not (above.size and grown.size and (grown >= above[0]).any()):
            return None
        decided = self.scaling.decided_s[grown[grown >= above[0]][0]]
        return float(decided + 60 * self.cluster.reader_takes_min - 60 * above[0])

    @property
    def expected_reaction_s(self) -> float:
        """The same by the closed form, if datapoints keep breaching, s."""
        high, _ = self.alarms
        boot_s = 60 * self.cluster.reader_takes_min
        return theory.scale_out_s(
            high.datapoints, self.sensor.period_s, boot_s, self.sensor.delay_s
        )

    @cached_property
    def mean_readers(self) -> float:
        """Readers paid for, on average; those being made included."""
        return self.scaling.totals.instance_s / (60.0 * DAY_MIN)

    @cached_property
    def delayed_pct(self) -> float:
        """Reads that found every reader busy."""
        return 100 * self.scaling.totals.delayed / (60.0 * float(self.load.sum()))

    @cached_property
    def above_s(self) -> float:
        """Time that the metric was above its target, s."""
        return 60.0 * float(np.sum(self.metric > self.target))

    def usd_month(self, readers: float) -> float:
        """Price of so many readers, on average."""
        return readers * instance_price(self.cluster, self.cluster.storage) * hours()


def _shape(reads: str) -> Floats:
    """Load in each minute of a day, as a share of its peak."""
    hour = np.arange(DAY_MIN) / 60
    if reads == "flash crowd":
        return np.where((hour >= JUMP_H) & (hour < BACK_H), 1.0, QUIET)
    return QUIET + (1 - QUIET) * np.maximum(np.sin(np.pi * (hour - 6) / 14), 0.0)
