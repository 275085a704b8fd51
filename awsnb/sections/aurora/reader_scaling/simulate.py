"""What happens: a day of reads that target tracking follows, by Application Auto Scaling."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.aurora import AURORA
from awsnb.aws.aurora.cluster import instance_usd_hour
from awsnb.aws.autoscaling import APPLICATION, ASG, low_share_pct, sensor, tracking_alarms
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import Alarm, Cooldowns, Group, Scaling, TargetTracking
from awsnb.sections.aurora.reader_scaling.scenario import ReaderScalingScenario

DAY_MIN, JUMP_H, BACK_H = 1440, 12.0, 15.0
QUIET = 0.2  # of the peak
Floats = NDArray[np.float64]


def simulate(scenario: ReaderScalingScenario) -> "Outcome":
    """Let a target tracking policy follow a day of reads.

    Parameters
    ----------
    scenario : ReaderScalingScenario
        The day and the policy.

    Returns
    -------
    Outcome
        Load, readers and metric in each minute.
    """
    load = scenario.peak_connections * _shape(scenario.reads)
    wanted = _wanted(scenario, load)
    needed = np.clip(wanted, scenario.min_readers, scenario.max_readers)
    alarms = _alarms(scenario)
    group = Group(
        initial=int(needed[0]),
        smallest=scenario.min_readers,
        largest=scenario.max_readers,
        capacity_per_s=_busy(scenario),
        boot_s=60 * scenario.reader_takes_min,
    )
    scaling = control_loop.scale(load, 60.0, group, [_policy(scenario, alarms)], sensor())
    return Outcome(scenario, load, wanted, needed, alarms, scaling)


@dataclass(frozen=True)
class Outcome:
    """A day, and what the policy made of it.

    Attributes
    ----------
    load : ndarray, shape (1440,)
        Reads in each minute, in connections.
    wanted, needed : ndarray of int, shape (1440,)
        Readers that would hold the target, whatever the bounds and within them.
    alarms : tuple of Alarm
        One above which readers are added, one below which they are removed.
    scaling : Scaling
        The run.
    """

    scenario: ReaderScalingScenario
    load: Floats
    wanted: NDArray[np.int64]
    needed: NDArray[np.int64]
    alarms: tuple[Alarm, Alarm]
    scaling: Scaling

    @property
    def load_readers(self) -> Floats:
        """Reads in each minute, in readers that they keep busy."""
        return self.load / _busy(self.scenario)

    @property
    def serving(self) -> NDArray[np.int64]:
        """Readers that serve in each minute."""
        return (self.scaling.counting + self.scaling.warming).astype(np.int64)

    @property
    def peak_readers(self) -> int:
        """The most readers that serve at a time."""
        return int(self.scaling.totals.peak)

    @property
    def peak_needed(self) -> int:
        """Readers that hold the target at the peak of the load."""
        return int(self.needed.max())

    @property
    def peak_wanted(self) -> int:
        """Readers that would hold the target at the peak if there were no bounds."""
        return int(self.wanted.max())

    @property
    def is_capped(self) -> bool:
        """Whether the policy may not have as many as would hold the target."""
        return self.peak_wanted > self.scenario.max_readers

    @property
    def overshoots(self) -> bool:
        """Whether more readers serve at a time than hold the target at the peak."""
        return self.peak_readers > self.peak_needed

    @property
    def overshoots_on_backlog(self) -> bool:
        """Whether reads still waited when more were asked for than hold the target."""
        over = np.flatnonzero(self.scaling.desired > self.peak_needed)
        return bool(over.size and self.scaling.backlog[max(int(over[0]) - 1, 0)] > 0)

    @property
    def metric(self) -> Floats:
        """What the alarms see in each minute."""
        return self.scaling.metric[0 if self.scenario.scales_on_cpu else 1]

    @cached_property
    def reaction_s(self) -> float | None:
        """From the first minute above the target until new readers serve, s; None if none came."""
        above = np.flatnonzero(control_loop.above(self.metric, self.scenario.target))
        grown = np.flatnonzero(np.diff(self.scaling.desired, prepend=self.needed[0]) > 0)
        if not (above.size and grown.size and (grown >= above[0]).any()):
            return None
        decided = self.scaling.decided_s[grown[grown >= above[0]][0]]
        return float(decided + 60 * self.scenario.reader_takes_min - 60 * above[0])

    @property
    def expected_reaction_s(self) -> float:
        """The same by the closed form, if datapoints keep breaching, s."""
        seen, boot_s = sensor(), 60 * self.scenario.reader_takes_min
        return theory.scale_out_s(self.alarms[0].datapoints, seen.period_s, boot_s, seen.delay_s)

    @property
    def mean_readers(self) -> float:
        """Readers paid for, on average; those being made included."""
        return self.scaling.totals.instance_s / (60.0 * DAY_MIN)

    @property
    def delayed_pct(self) -> float:
        """Reads that found every reader busy."""
        return 100 * self.scaling.totals.delayed / (60.0 * float(self.load.sum()))

    @property
    def above_s(self) -> float:
        """Time that the metric was above its target, s."""
        return 60.0 * float(np.sum(control_loop.above(self.metric, self.scenario.target)))

    @property
    def readers_usd_month(self) -> float:
        """Price of the readers paid for, USD a month."""
        return self._usd_month(self.mean_readers)

    @property
    def always_usd_month(self) -> float:
        """Price of as many readers as the peak needs, at all times, USD a month."""
        return self._usd_month(float(self.peak_needed))

    def _usd_month(self, readers: float) -> float:
        usd_hour = instance_usd_hour(self.scenario.instance_class, self.scenario.storage)
        return readers * usd_hour * HOURS_A_MONTH


def _busy(scenario: ReaderScalingScenario) -> float:
    """Connections that keep one reader busy."""
    return scenario.peak_connections / scenario.peak_load


def _wanted(scenario: ReaderScalingScenario, load: Floats) -> NDArray[np.int64]:
    each = float(scenario.connections_target)
    if scenario.scales_on_cpu:
        each = _busy(scenario) * scenario.cpu_target_pct / 100
    return np.array([theory.instances_needed(one, each, 100.0) for one in load.tolist()])


def _policy(scenario: ReaderScalingScenario, alarms: tuple[Alarm, Alarm]) -> TargetTracking:
    return TargetTracking(
        scenario.target,
        *alarms,
        remove_at_most=ASG.value("target_tracking", "remove_at_most"),
        cooldowns=Cooldowns(
            AURORA.value("reader_scaling", "cooldown_out"),
            AURORA.value("reader_scaling", "cooldown_in"),
        ),
    )


def _alarms(scenario: ReaderScalingScenario) -> tuple[Alarm, Alarm]:
    """As Application Auto Scaling makes them: one above the target, one below 90 % of it."""
    low = scenario.target * low_share_pct(APPLICATION) / 100
    metric = "utilisation" if scenario.scales_on_cpu else "load per instance"
    return tracking_alarms(scenario.target, low, metric=metric)


def _shape(reads: str) -> Floats:
    """Load in each minute of a day, as a share of its peak."""
    hour = np.arange(DAY_MIN) / 60
    if reads == "flash crowd":
        return np.where((hour >= JUMP_H) & (hour < BACK_H), 1.0, QUIET)
    return QUIET + (1 - QUIET) * np.maximum(np.sin(np.pi * (hour - 6) / 14), 0.0)
