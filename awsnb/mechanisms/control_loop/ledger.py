"""Why a group has not scaled yet: its decisions in words."""

import math
from typing import NamedTuple

import numpy as np

from awsnb.mechanisms.control_loop.kernel import (
    BOUNDS,
    COOLDOWN,
    COVERED,
    FORECAST,
    LIMIT,
    NO_DATA,
    NO_STEP,
    OUTVOTED,
    SCALED,
    SCHEDULE,
    WAITS,
    WARMING,
)
from awsnb.mechanisms.control_loop.plant import METRICS
from awsnb.mechanisms.control_loop.policies import Alarm
from awsnb.mechanisms.control_loop.runs import Scaling


class Entry(NamedTuple):
    """One alarm at one decision: a row of the ledger.

    Attributes
    ----------
    at_s : float
    name : str
        Of the policy.
    alarm : Alarm
    value : float
        The newest datapoint; NaN where missing.
    breaching : int
        How many of the alarm's last datapoints breach.
    reason : int
        `WAITS` to `SCALED`.
    wanted, before, after : int
        Capacity the policy asked for, and the desired one before and after the decision.
    unready : int
        Instances that boot or warm up.
    """

    at_s: float
    name: str
    alarm: Alarm
    value: float
    breaching: int
    reason: int
    wanted: int
    before: int
    after: int
    unready: int


class Activity(NamedTuple):
    """A change of the desired capacity, and who made it."""

    at_s: float
    before: int
    after: int
    cause: str


def entry(run: Scaling, period: int, alarm: int) -> Entry:
    """Return the row of the ledger for one alarm at the decision in a period.

    With `explain`, the answer to "why has it not scaled yet?".

    Parameters
    ----------
    run : Scaling
        Of `scale`.
    period : int
        From 0.
    alarm : int
        Position in ``run.alarms``.

    Returns
    -------
    Entry
    """
    watched = run.alarms[alarm]
    newest = period - 1 - int(run.sensor.delay_s // run.sensor.period_s)
    row = METRICS.index(watched.metric)
    return Entry(
        at_s=float(run.decided_s[period]),
        name=run.names[alarm],
        alarm=watched,
        value=float(run.metric[row, newest]) if newest >= 0 else math.nan,
        breaching=int(run.breaching[alarm, period]),
        reason=int(run.reason[alarm, period]),
        wanted=int(run.wanted[alarm, period]),
        before=int(run.desired[period - 1]) if period else run.group.initial,
        after=int(run.desired[period]),
        unready=int(run.booting[period] + run.warming[period]),
    )


def explain(row: Entry) -> str:
    """Say in one plain sentence what an alarm came to, and why.

    Parameters
    ----------
    row : Entry
        Of `entry`.

    Returns
    -------
    str
    """
    alarm = row.alarm
    saw = f"{row.name} saw {row.value:.4g}"
    if math.isnan(row.value):
        saw = f"{row.name} took the missing datapoint as {alarm.missing}"
    if row.reason == WAITS:
        side = ("at or " if alarm.inclusive else "") + ("above" if alarm.above else "below")
        return (
            f"{saw}: {row.breaching} of its last {alarm.periods} datapoints are {side} "
            f"{alarm.threshold:g}, it takes {alarm.datapoints}, so it waits."
        )
    asked = f"{saw} and asked for {row.wanted}"
    return {
        NO_DATA: f"{row.name} has no datapoint to go by, so it waits.",
        NO_STEP: f"{saw}, for which its steps change nothing.",
        COVERED: f"{asked}, {_covered(row)}.",
        WARMING: f"{saw} and would scale in, but waits for the warm-up of {row.unready}.",
        COOLDOWN: f"{saw} and would scale, but waits for the cooldown to end.",
        LIMIT: f"{asked}, but the group stays at {row.after}, its limit.",
        OUTVOTED: f"{asked}, but does not decide alone: the capacity is {row.after}.",
        SCALED: f"{asked}: the capacity goes from {row.before} to {row.after}.",
    }[row.reason]


def _covered(row: Entry) -> str:
    """Say why as many are there or coming."""
    if not row.unready:
        return f"but with {row.after} wanted already there is nothing to change"
    verb = "boots or warms up" if row.unready == 1 else "boot or warm up"
    return f"but {row.unready} of the {row.after} wanted still {verb}, so it waits for the warm-up"


def activities(run: Scaling) -> list[Activity]:
    """List every change of the desired capacity, in order.

    Parameters
    ----------
    run : Scaling
        Of `scale`.

    Returns
    -------
    list of Activity
    """
    others = {SCHEDULE: "scheduled action", FORECAST: "forecast", BOUNDS: "bounds of the group"}
    before = np.concatenate(([run.group.initial], run.desired[:-1]))
    return [
        Activity(
            float(run.decided_s[k]),
            int(before[k]),
            int(run.desired[k]),
            others.get(int(run.cause[k]), "") or run.names[run.cause[k] - 1],
        )
        for k in np.flatnonzero(run.desired != before)
    ]
