"""Scaling policies within a group: they watch the instances that there truly are.

Once a period, when its datapoint is seen, the policies are asked how many instances the group is to
keep. The datapoint is the mean utilisation of the instances that count, from the work that comes,
what the serving instances can do, and what waits. An instance that fails has none; as capacity it
counts until the group finds it.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from awsnb.mechanisms.control_loop import Controller, Group, Policy, Sensor
from awsnb.mechanisms.group.lives import NEVER, Instance


class Load(NamedTuple):
    """Work that comes, from each time to the next; the first is 0 s.

    Attributes
    ----------
    at_s, per_s : tuple of float
        When it changes, ascending; and work per second from then on.
    """

    at_s: tuple[float, ...]
    per_s: tuple[float, ...]


class Size(NamedTuple):
    """The desired capacity from a moment on."""

    at_s: float
    desired: int


class Scaling(NamedTuple):
    """Policies for a group, and what they need to know of it; times in seconds.

    Attributes
    ----------
    policies : sequence of Policy
        They watch ``"utilisation"``; of other metrics there are no datapoints.
    sensor : Sensor
    smallest, largest : int
        Bounds of the desired capacity.
    load : Load
    capacity_per_s : float
        Work that an instance can do per second.
    until_s : float
        No decision falls later, unless what the group does goes on.
    boot_s, warm_up_s : float
        From launch until an instance serves; from in service until it counts, if it serves then.
    drain_s : float
        How long an instance that is ended still counts as capacity when scaling in.
    longest_wait_s : float
        What would wait longer is lost.
    protected : int
        Instances that no scale-in ends: those with the lowest numbers.
    """

    policies: Sequence[Policy]
    sensor: Sensor
    smallest: int
    largest: int
    load: Load
    capacity_per_s: float
    until_s: float
    boot_s: float = 0.0
    warm_up_s: float = 0.0
    drain_s: float = 0.0
    longest_wait_s: float = NEVER
    protected: int = 0


class Watch:
    """Policies at work on one group: period by period, one decision after the other."""

    def __init__(self, scaling: Scaling, desired: int) -> None:
        group = Group(
            desired, scaling.smallest, scaling.largest,
            boot_s=scaling.boot_s, drain_s=scaling.drain_s, protected=scaling.protected,
        )  # fmt: skip
        self.controller = Controller(scaling.policies, scaling.sensor, group)
        self.scaling, self.periods, self.backlog = scaling, 0, 0.0

    @property
    def next_s(self) -> float:
        """When the next decision falls."""
        period_s, delay_s = self.scaling.sensor
        return (self.periods + 1) * period_s + delay_s

    def decide(self, instances: Sequence[Instance]) -> int:
        """Return the desired capacity from the next decision on."""
        now, begin_s = self.next_s, self.periods * self.scaling.sensor.period_s
        value = self.utilisation(instances, begin_s, begin_s + self.scaling.sensor.period_s)
        self.periods += 1
        there = [one for one in instances if one.ended_s > now]
        counting = sum(self.counts_s(one) <= now for one in there)
        booting = sum(one.serving_s > now for one in there)
        warming = len(there) - counting - booting
        leaving = sum(self.drains(one, now) for one in instances)
        return self.controller.decide(
            {"utilisation": value}, counting, warming, booting, leaving
        ).desired

    def utilisation(self, instances: Sequence[Instance], begin_s: float, end_s: float) -> float:
        """Mean over a period and the instances that count in it, %; NaN if none does."""
        near = [one for one in instances if one.stops_s > begin_s and one.serving_s < end_s]
        changes = {begin_s, end_s, *self.scaling.load.at_s}
        for one in near:
            changes |= {one.serving_s, self.counts_s(one), one.stops_s}
        cuts = sorted(at for at in changes if begin_s <= at <= end_s)
        busy_s = counted_s = 0.0
        for at_s, until_s in pairwise(cuts):
            serving = [one for one in near if one.serving_s <= at_s < one.stops_s]
            counting = sum(self.counts_s(one) <= at_s for one in serving)
            busy_s += counting * self.served_s(len(serving), at_s, until_s - at_s)
            counted_s += counting * (until_s - at_s)
        return 100 * busy_s / counted_s if counted_s else float("nan")

    def served_s(self, serving: int, at_s: float, length_s: float) -> float:
        """How long each serving instance is busy while nothing changes; keep what waits."""
        arrives = self.backlog + self.load_per_s(at_s) * length_s
        rate = serving * self.scaling.capacity_per_s
        served = min(rate * length_s, arrives)
        wait_s = self.scaling.longest_wait_s
        room = rate * wait_s if wait_s < NEVER else NEVER
        self.backlog = min(arrives - served, room)
        return served / rate if rate else 0.0

    def load_per_s(self, at_s: float) -> float:
        """Work that comes at a time."""
        steps = zip(self.scaling.load.at_s, self.scaling.load.per_s, strict=True)
        return [per_s for from_s, per_s in steps if from_s <= at_s][-1]

    def drains(self, one: Instance, at_s: float) -> bool:
        """Whether an instance that served until it was ended is not gone yet."""
        served = one.serving_s <= one.ended_s < one.failed_s
        return served and one.ended_s <= at_s < one.ended_s + self.scaling.drain_s

    def counts_s(self, one: Instance) -> float:
        """When an instance begins to count in the metric."""
        return max(one.serving_s, one.in_service_s + self.scaling.warm_up_s)
