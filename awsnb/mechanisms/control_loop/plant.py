"""The instances that scale, and the metric that watches them."""

import math
from typing import NamedTuple

METRICS = (
    "utilisation",
    "load per instance",
    "backlog per instance",
    "requests per instance",
    "memory",
)


class Group(NamedTuple):
    """The plant: instances that share the load evenly.

    Attributes
    ----------
    initial, smallest, largest : int
        Instances at the start, and the bounds of the desired capacity.
    capacity_per_s : float
        Work an instance can do per second, above 0.
    boot_s : float
        From launch until it serves, s. It costs from launch on.
    warm_up_s : float
        From then until it counts, in the metric and as capacity when scaling out, s.
    drain_s : float
        From its removal until it is gone, s. It serves no more, but costs, and counts as capacity
        when scaling in.
    backlog_limit : float
        Work that may wait: ``inf`` queues all of it, 0 turns away what can't be served at once.
    protected : int
        Instances that no scale-in ends.
    memory_idle, memory_busy : float
        Memory of an instance without load, and at a utilisation of 100 %, in %.
    """

    initial: int
    smallest: int
    largest: int
    capacity_per_s: float = 1.0
    boot_s: float = 0.0
    warm_up_s: float = 0.0
    drain_s: float = 0.0
    backlog_limit: float = math.inf
    protected: int = 0
    memory_idle: float = 0.0
    memory_busy: float = 100.0


class Sensor(NamedTuple):
    """The metric's averaging period, and how long after a period's end its datapoint is seen, s.

    That is when the alarms are looked at, and the policies act.
    """

    period_s: float
    delay_s: float = 0.0


def plant_record(group: Group, sensor: Sensor) -> dict[str, float]:
    """Check a group and its sensor, and name their numbers as the kernel does."""
    _check(group, sensor)
    lag, offset = divmod(sensor.delay_s, sensor.period_s)
    return {
        "period": sensor.period_s,
        "lag": lag,
        "offset": offset,
        "capacity": group.capacity_per_s,
        "room": group.backlog_limit,
        "boot": group.boot_s,
        "warm_up": group.warm_up_s,
        "drain": group.drain_s,
        "initial": group.initial,
        "smallest": group.smallest,
        "largest": group.largest,
        "protected": group.protected,
        "memory_idle": group.memory_idle,
        "memory_busy": group.memory_busy,
    }


def _check(group: Group, sensor: Sensor) -> None:
    period_s, delay_s = sensor
    if not (0 < period_s < math.inf and 0 <= delay_s < math.inf):
        raise ValueError("a Sensor needs period_s > 0 and delay_s >= 0, both finite.")
    if not 0 <= group.smallest <= group.initial <= group.largest:
        raise ValueError("a Group needs 0 <= smallest <= initial <= largest.")
    if not (0 < group.capacity_per_s < math.inf and group.backlog_limit >= 0):
        raise ValueError("a Group needs capacity_per_s > 0 and finite, and backlog_limit >= 0.")
    times = group.boot_s, group.warm_up_s, group.drain_s
    if not all(0 <= time < math.inf for time in times):
        raise ValueError("a Group needs boot_s, warm_up_s and drain_s finite and 0 or more.")
    if not (group.protected >= 0 and 0 <= group.memory_idle <= group.memory_busy <= 100):
        raise ValueError(
            "a Group needs protected >= 0, and 0 <= memory_idle <= memory_busy <= 100."
        )
