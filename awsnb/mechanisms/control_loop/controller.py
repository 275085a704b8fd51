"""The decisions alone: policies for a group whose instances and datapoints come from elsewhere."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from awsnb.mechanisms.control_loop import kernel
from awsnb.mechanisms.control_loop.ledger import Entry
from awsnb.mechanisms.control_loop.plant import METRICS, Group, Sensor
from awsnb.mechanisms.control_loop.policies import Policy, Rules, rules_of
from awsnb.mechanisms.control_loop.runs import Case, memory_of, metric_of, plants_of

PERIODS = 512  # that there is room for at first


class Decision(NamedTuple):
    """The capacity that a group's policies want, and who decided.

    Attributes
    ----------
    desired : int
        Instances, from this decision on.
    by : str
        Name of the policy that changed it; empty where none did.
    """

    desired: int
    by: str


class Controller:
    """Decides as `scale` does, by the same kernel, for a plant of the caller's own.

    The caller runs the instances: it launches and removes what a decision asks for, replaces those
    that fail, and measures. Neither schedule nor forecast has a say here.

    Parameters
    ----------
    policies : sequence of Policy
    sensor : Sensor
        Says when the decisions fall. It is the caller's part to show a datapoint that late.
    group : Group
        Of which the initial capacity, its bounds, `protected`, and the times to boot and to drain
        matter: until they are over, a change is under way.

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    >>> from awsnb.mechanisms.control_loop import Alarm, TargetTracking, explain
    >>> policy = TargetTracking(50, Alarm(50, True, 2, 2))
    >>> controller = Controller([policy], Sensor(60), Group(4, 3, 12, boot_s=120))
    >>> for busy in (80.0, 90.0):
    ...     print(controller.decide({"utilisation": busy}, counting=4))
    Decision(desired=4, by='')
    Decision(desired=8, by='target tracking')
    >>> print(explain(controller.entries()[0]))
    target tracking saw 90 and asked for 8: the capacity goes from 4 to 8.
    """

    def __init__(self, policies: Sequence[Policy], sensor: Sensor, group: Group) -> None:
        self.rules, self.sensor = rules_of(policies), sensor
        self._control = control_of(Case(group, policies, sensor), self.rules, PERIODS)
        self._newest, self._before = -1, group.initial

    @property
    def desired(self) -> int:
        """The desired capacity, instances."""
        return int(self._control.states["desired"][0])

    def decide(
        self,
        datapoints: Mapping[str, float],
        counting: int,
        warming: int = 0,
        booting: int = 0,
        leaving: int = 0,
    ) -> Decision:
        """Decide once: for the first period at first, then for the next.

        Parameters
        ----------
        datapoints : mapping of str to float
            Of one period, by their names in `METRICS`. What is left out, or NaN, is missing.
        counting, warming, booting, leaving : int
            Instances that there truly are at the decision: that count in the metric, serve but do
            not count yet, do not serve yet, and drain.

        Returns
        -------
        Decision

        Raises
        ------
        ValueError
            If a datapoint has another name, or there are less than 0 instances.
        """
        if min(counting, warming, booting, leaving) < 0:
            raise ValueError("counting, warming, booting and leaving must be 0 instances or more.")
        self._take(datapoints)
        self._before = self.desired
        self._control.states["counting"] = counting
        self._control.stages["instances"] = booting, warming, leaving
        kernel.decide(self._at_s, self._newest, self._control)
        cause = int(self._control.states["cause"][0])
        return Decision(self.desired, self.rules.names[cause - 1] if cause > 0 else "")

    def entries(self) -> list[Entry]:
        """Say what each alarm came to at the latest decision, as `entry` does for a run.

        Returns
        -------
        list of Entry
            In the order of the policies, scale-out before scale-in; none before the first decision.
        """
        if self._newest < 0:
            return []
        unready = int(self._control.stages["instances"][: kernel.LEAVE].sum())
        return [
            Entry(
                at_s=self._at_s,
                name=name,
                alarm=alarm,
                value=float(note["value"]),
                breaching=int(note["breaching"]),
                reason=int(note["reason"]),
                wanted=int(note["wanted"]),
                before=self._before,
                after=self.desired,
                unready=unready,
            )
            for name, alarm, note in zip(
                self.rules.names, self.rules.alarms, self._control.notes, strict=True
            )
        ]

    @property
    def _at_s(self) -> float:
        return (self._newest + 1) * float(self.sensor.period_s) + float(self.sensor.delay_s)

    def _take(self, datapoints: Mapping[str, float]) -> None:
        """Write down the datapoints of the next period."""
        for name in datapoints:
            if name not in METRICS:
                raise ValueError(f"datapoints name {name!r}: must be one of {METRICS}.")
        self._newest += 1
        metric = self._control.metric
        if self._newest == metric.shape[1]:
            metric = np.concatenate((metric, np.full_like(metric, math.nan)), axis=1)
            self._control = self._control._replace(metric=metric)
        for row in range(metric.shape[0]):
            metric[row, self._newest] = datapoints.get(METRICS[row], math.nan)


def control_of(case: Case, rules: Rules, periods: int) -> kernel.Control:
    """Begin with the group's initial capacity, and with no datapoint."""
    plants = plants_of([case])
    memory = memory_of(plants, len(rules.alarms))
    metric = metric_of(rules, periods)
    metric.fill(math.nan)
    return kernel.Control(
        plants, rules.table, rules.steps, metric,
        memory.states, memory.stages[0], memory.notes[0],
    )  # fmt: skip
