"""A group that keeps a number of instances in service: what fails is found and replaced.

An instance is launched into the open zone that has the fewest, is pending, comes into service and
boots; a balancer checks it from then on. What no longer runs is replaced as soon as that is found.
What runs and is unhealthy is replaced a few at a time, each step waiting until the last one's new
instance has passed its checks. Too short a grace makes a new instance unhealthy before it can
pass, and another takes its place. When a zone opens again, instances move back one by one.

`roll` replaces all of a group's instances by new ones, between a floor and a ceiling. In both,
scaling policies may change how many there are: `control_loop` decides, by a metric of these very
instances.

All is exact at events: a heap of moments, and every instance keeps the times of its own life.
"""

from awsnb.mechanisms.group.lives import (
    NEVER,
    ON_DEMAND,
    Cause,
    Checks,
    Instance,
    Loss,
    Plan,
    fewest,
    life,
    serving_after_s,
    unhealthy_after_s,
)
from awsnb.mechanisms.group.rolling import Mark, Rolling, Rollout, Step, Versioned, roll
from awsnb.mechanisms.group.running import Activity, Run, run
from awsnb.mechanisms.group.scaling import Load, Scaling, Size

__all__ = [
    "NEVER",
    "ON_DEMAND",
    "Activity",
    "Cause",
    "Checks",
    "Instance",
    "Load",
    "Loss",
    "Mark",
    "Plan",
    "Rolling",
    "Rollout",
    "Run",
    "Scaling",
    "Size",
    "Step",
    "Versioned",
    "fewest",
    "life",
    "roll",
    "run",
    "serving_after_s",
    "unhealthy_after_s",
]
