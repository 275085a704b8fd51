"""A group of instances, a metric that watches it, and policies that change its size.

Within a metric period the plant is exact: load and capacity are piecewise constant, so what is
served, waits, is lost or costs is integrated from one event to the next (a load step ends, an
instance boots, warms up or leaves, the decision falls), however long that is. There is no small
time step. A period without events, backlog or overload is one sum.

Once a period, when its datapoint has come in, every alarm looks at its last datapoints and every
policy in alarm asks for a capacity. All policies are rows of numbers to one kernel. `scale` and
`sweep` decide about instances of their own; a `Controller` about those of another model.

A group of no instances has no datapoints: only a schedule or a forecast can start it.

Left out: differences between instances (all get the same share of the load), failed launches and
health checks, instance weights, and alarms that look for datapoints older than their window when
some are missing.
"""

from awsnb.mechanisms.control_loop.ahead import Action, Forecast, predict
from awsnb.mechanisms.control_loop.controller import Controller, Decision
from awsnb.mechanisms.control_loop.kernel import (
    BOUNDS,
    COOLDOWN,
    COVERED,
    FORECAST,
    LIMIT,
    NO_DATA,
    NO_STEP,
    NOBODY,
    OUTVOTED,
    SCALED,
    SCHEDULE,
    WAITS,
    WARMING,
)
from awsnb.mechanisms.control_loop.ledger import Activity, Entry, activities, entry, explain
from awsnb.mechanisms.control_loop.plant import METRICS, Group, Sensor
from awsnb.mechanisms.control_loop.policies import (
    ADJUSTMENTS,
    MISSING_DATA,
    Alarm,
    Cooldowns,
    Policy,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
    above,
    below,
)
from awsnb.mechanisms.control_loop.runs import Case, Scaling, Totals, scale, sweep

__all__ = [
    "ADJUSTMENTS",
    "BOUNDS",
    "COOLDOWN",
    "COVERED",
    "FORECAST",
    "LIMIT",
    "METRICS",
    "MISSING_DATA",
    "NOBODY",
    "NO_DATA",
    "NO_STEP",
    "OUTVOTED",
    "SCALED",
    "SCHEDULE",
    "WAITS",
    "WARMING",
    "Action",
    "Activity",
    "Alarm",
    "Case",
    "Controller",
    "Cooldowns",
    "Decision",
    "Entry",
    "Forecast",
    "Group",
    "Policy",
    "Scaling",
    "Sensor",
    "SimpleScaling",
    "Step",
    "StepScaling",
    "TargetTracking",
    "Totals",
    "above",
    "activities",
    "below",
    "entry",
    "explain",
    "predict",
    "scale",
    "sweep",
]
