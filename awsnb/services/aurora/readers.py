"""Readers that come and go: target tracking by Application Auto Scaling, through a day of reads."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb import facts, theory
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import Alarm, Group, Scaling, Sensor, TargetTracking
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, CPU, AuroraScenario
from awsnb.services.aurora.cost import hours, instance_price
from awsnb.services.aurora.texts import counted
from awsnb.words import percent, span

ASG = facts.load("autoscaling")

DAY_MIN, JUMP_H, BACK_H = 1440, 12.0, 15.0
QUIET = 0.2  # of the peak
Floats = NDArray[np.float64]


def simulate_readers(cluster: AuroraScenario) -> Result:
    """Let a target tracking policy follow a day of reads.

    `data` has, by ``hour`` of the day, the load and the readers there (in readers kept busy), how
    many would hold the target, and the metric beside its alarms.
    """
    return _Day(cluster).result()


@dataclass(frozen=True)
class _Day:
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
            # what was added is counted on, not asked for again, until the cooldown ends
            warm_up_s=AURORA.value("reader_scaling", "cooldown_out"),
        )
        policy = TargetTracking(
            self.target,
            *self.alarms,
            remove_at_most=ASG.value("target_tracking", "remove_at_most"),
            cooldown_in_s=AURORA.value("reader_scaling", "cooldown_in"),
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

    def result(self) -> Result:
        """The day as a result."""
        high, low = self.alarms
        serving = (self.scaling.counting + self.scaling.warming).astype(np.int64)
        return Result(
            scenario=self.cluster,
            label=self.cluster.text,
            why=self.why(),
            numbers=self.numbers(),
            data={
                "hour": np.arange(DAY_MIN) / 60,
                "load_readers": self.load / self.busy,
                "serving": serving,
                "needed": self.needed,
                "metric": self.metric,
                "scale_out_above": np.full(DAY_MIN, high.threshold),
                "scale_in_below": np.full(DAY_MIN, low.threshold),
            },
            panels=self.panels(),
            notes=(
                f"A reader takes {self.cluster.reader_takes_min:g} min to make: assumed, AWS names "
                "no number. It costs from the start.",
                "Reads are spread evenly. The reader endpoint gives out new connections only, so "
                "a pool that keeps its own leaves new readers idle at first.",
                "Reads that find every reader busy wait as long as it takes. Real clients give up, "
                "so that fewer readers are added after a jump than here.",
                "A scale-in removes one reader (assumed: AWS says only that it is more gradual), "
                f"then waits {span(AURORA.value('reader_scaling', 'cooldown_in'))}.",
            ),
        )

    def panels(self) -> tuple[Panel, ...]:
        """Readers against load, and the metric against its alarms."""
        over = {"x": "hour", "x_title": "hour of the day"}
        size = Panel(
            "Readers",
            "readers",
            (
                Curve("load_readers", "load, in readers kept busy", "demand"),
                Curve("serving", "readers that serve", "served", compare=True),
                Curve("needed", "needed for the target", "theory"),
            ),
            **over,  # type: ignore[arg-type]
        )
        on_cpu = self.cluster.scaling_metric == CPU
        seen = Panel(
            "What the alarms see",
            "% CPU" if on_cpu else "connections a reader",
            (
                Curve("metric", "average over the readers", "first", compare=True),
                Curve("scale_out_above", "adds above", "third"),
                Curve("scale_in_below", "removes below", "second"),
            ),
            **over,  # type: ignore[arg-type]
        )
        return size, seen

    def numbers(self) -> tuple[Number, ...]:
        """The answers."""
        cost, always = self.usd_month(self.mean_readers), self.usd_month(float(self.needed.max()))
        peak, reaction = int(self.scaling.totals.peak), self.reaction_s
        return (
            Number("readers_usd_month", "Readers a month", cost, f"{cost:,.2f} USD", headline=True),
            Number("delayed_pct", "Reads that wait", self.delayed_pct, percent(self.delayed_pct),
                   headline=True),
            Number("peak_readers", "Most readers", peak, f"{peak}", headline=True),
            Number("mean_readers", "On average", self.mean_readers, f"{self.mean_readers:.1f}"),
            Number("always_usd_month", "Enough for the peak, always", always,
                   f"{always:,.2f} USD"),
            Number("above_target_min", "Above the target", self.above_s / 60, span(self.above_s)),
            Number("reaction_min", "From breach to new reader",
                   None if reaction is None else reaction / 60,
                   "nothing was added" if reaction is None else span(reaction)),
            Number("expected_reaction_min", "The same by the closed form",
                   self.expected_reaction_s / 60, span(self.expected_reaction_s)),
        )  # fmt: skip

    def why(self) -> str:
        """What happened and why."""
        peak, most = int(self.scaling.totals.peak), int(self.needed.max())
        cost, always = self.usd_month(self.mean_readers), self.usd_month(float(most))
        beside = (
            f"{cost:,.2f} USD a month, against {always:,.2f} for {counted(most, 'reader')} always."
        )
        if self.reaction_s is None:
            return f"The metric never called for more than {counted(peak, 'reader')}: {beside}"
        waits = (
            "no read had to wait"
            if not self.delayed_pct
            else f"{percent(self.delayed_pct)} of the reads had to wait meanwhile"
        )
        return (
            f"From the first minute above the target to new readers it took "
            f"{span(self.reaction_s)}, most of it to make them; {waits}. Up to "
            f"{counted(peak, 'reader')} serve: {beside}"
        )


def _shape(reads: str) -> Floats:
    """Load in each minute of a day, as a share of its peak."""
    hour = np.arange(DAY_MIN) / 60
    if reads == "flash crowd":
        return np.where((hour >= JUMP_H) & (hour < BACK_H), 1.0, QUIET)
    return QUIET + (1 - QUIET) * np.maximum(np.sin(np.pi * (hour - 6) / 14), 0.0)
