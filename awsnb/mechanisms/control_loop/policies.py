"""Alarms and the policies that hang on them, as rows of numbers for the kernel."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.control_loop.kernel import LAST, PACED, SIMPLE, STEP, TRACK
from awsnb.mechanisms.control_loop.plant import METRICS

ADJUSTMENTS = ("change", "percent", "exact")

Row = tuple[float, ...]


class Alarm(NamedTuple):
    """Goes off when `datapoints` of the last `periods` datapoints breach the threshold.

    Attributes
    ----------
    threshold : float
        In the metric's unit: % for utilisation, work per second and instance, or work an instance.
    above : bool
        Whether a datapoint breaches above the threshold, or below.
    datapoints, periods : int
        M of N. A missing datapoint does not breach.
    inclusive : bool
        Whether a datapoint on the threshold breaches.
    metric : str
        One of `METRICS`: mean utilisation of the instances that count; load, or backlog, for each
        instance that serves.
    """

    threshold: float
    above: bool
    datapoints: int
    periods: int
    inclusive: bool = False
    metric: str = "utilisation"


class Cooldowns(NamedTuple):
    """Pauses of target tracking that knows no warm-up, from the end of a change on, s.

    Attributes
    ----------
    out_s : float
        In which what a scale-out added counts as part of what the next one asks for.
    in_s : float
        In which a scale-in is not followed by another. A scale-out ends it.
    """

    out_s: float
    in_s: float


class TargetTracking(NamedTuple):
    """Asks for the capacity at which the metric would be on target, rounded up.

    Scale-in waits for instances that boot or warm up, or for its cooldown, and for the other target
    tracking policies: all that have a scale-in alarm must be in alarm.

    Attributes
    ----------
    target : float
    scale_out : Alarm
        Usually above the target.
    scale_in : Alarm, optional
        Usually below some share of the target. None disables scale-in.
    remove_at_most : float
        Instances removed by one decision.
    name : str
    cooldowns : Cooldowns, optional
        Pace it instead of the instances' warm-up.
    """

    target: float
    scale_out: Alarm
    scale_in: Alarm | None = None
    remove_at_most: float = math.inf
    name: str = "target tracking"
    cooldowns: Cooldowns | None = None


class Step(NamedTuple):
    """By how much to scale where the datapoint is between two distances from the threshold.

    Above the threshold the lower bound belongs to the step, below it the upper one.
    """

    lower: float
    upper: float
    adjustment: float


class StepScaling(NamedTuple):
    """Scales by an amount that depends on how far the newest datapoint is off the threshold.

    It keeps acting while instances boot or warm up: out, counting only those that are warm, so that
    a breach of the same size changes nothing; in, not at all until they are.

    Attributes
    ----------
    alarm : Alarm
    steps : sequence of Step
    adjustment : str
        One of `ADJUSTMENTS`: instances; % of the capacity, below 1 instance rounded to 1, else
        towards 0; or the new capacity.
    at_least : int
        The smallest change, for "percent".
    name : str
    """

    alarm: Alarm
    steps: Sequence[Step]
    adjustment: str = "change"
    at_least: int = 0
    name: str = "step scaling"


class SimpleScaling(NamedTuple):
    """Scales by one amount, then waits: `cooldown_s` from the end of the group's last change."""

    alarm: Alarm
    amount: float
    cooldown_s: float
    adjustment: str = "change"
    at_least: int = 0
    name: str = "simple scaling"


Policy = TargetTracking | StepScaling | SimpleScaling


def policy_rows(policies: Sequence[Policy]) -> tuple[list[Alarm], list[str], NDArray, NDArray]:
    """Check policies, and turn them into one row an alarm; scale-out before scale-in.

    Returns
    -------
    alarms : list of Alarm
    names : list of str
        Of the policy of each alarm.
    table : ndarray of float
        One row an alarm.
    steps : ndarray of float
        Lower bound, upper bound and adjustment of all steps; an alarm's row says which are its own.
    """
    alarms: list[Alarm] = []
    names: list[str] = []
    rows: list[Row] = []
    steps: list[Step] = []
    for policy in policies:
        if isinstance(policy, TargetTracking):
            found = _tracking_rows(policy)
        else:
            mine = _steps(policy)
            kind = STEP if isinstance(policy, StepScaling) else SIMPLE
            pause = policy.cooldown_s if isinstance(policy, SimpleScaling) else 0.0
            how = ADJUSTMENTS.index(policy.adjustment), policy.at_least, pause
            rest = (0.0, 0.0, *how, len(steps), len(steps) + len(mine))
            found = [(policy.alarm, (kind, *_alarm_row(policy.alarm, policy.name), *rest))]
            steps += mine
        alarms += [alarm for alarm, _ in found]
        rows += [row for _, row in found]
        names += [policy.name] * len(found)
    table = np.array(rows, dtype=np.float64).reshape(-1, LAST + 1)
    return alarms, names, table, np.array(steps, dtype=np.float64).reshape(-1, 3)


def _tracking_rows(policy: TargetTracking) -> list[tuple[Alarm, Row]]:
    name, pauses = policy.name, policy.cooldowns or (0.0, 0.0)
    if not (0 < policy.target < np.inf and policy.remove_at_most >= 1):
        raise ValueError(f"{name} needs a target above 0, and remove_at_most >= 1.")
    if not all(0 <= pause_s < np.inf for pause_s in pauses):
        raise ValueError(f"{name} needs cooldowns that are finite and 0 s or more.")
    own = [alarm for alarm in (policy.scale_out, policy.scale_in) if alarm]
    if [alarm.above for alarm in own] != [True, False][: len(own)]:
        raise ValueError(f"{name} needs to scale out above and in below.")
    kind = PACED if policy.cooldowns else TRACK
    of_policy = policy.target, policy.remove_at_most, 0, 0
    return [
        (alarm, (kind, *_alarm_row(alarm, name), *of_policy, pause_s, 0, 0))
        for alarm, pause_s in zip(own, pauses, strict=False)
    ]


def _alarm_row(alarm: Alarm, name: str) -> Row:
    if alarm.metric not in METRICS:
        raise ValueError(f"{name} has metric {alarm.metric!r}: must be one of {METRICS}.")
    if not math.isfinite(alarm.threshold) or not 1 <= alarm.datapoints <= alarm.periods:
        raise ValueError(
            f"{name} needs a finite threshold, and 1 <= datapoints <= periods in its alarm."
        )
    side = 1 if alarm.above else -1
    points = _line(alarm), alarm.datapoints, alarm.periods
    return (METRICS.index(alarm.metric), side, alarm.threshold, *points)


def _steps(policy: StepScaling | SimpleScaling) -> list[Step]:
    if policy.adjustment not in ADJUSTMENTS or policy.at_least < 0:
        raise ValueError(f"{policy.name} needs one of {ADJUSTMENTS}, and at_least >= 0.")
    if isinstance(policy, SimpleScaling):
        if not (0 <= policy.cooldown_s < np.inf and math.isfinite(policy.amount)):
            raise ValueError(f"{policy.name} needs a finite amount, and cooldown_s >= 0.")
        return [Step(-math.inf, math.inf, policy.amount)]
    steps = sorted(policy.steps)
    if not steps or any(a.upper != b.lower for a, b in itertools.pairwise(steps)):
        raise ValueError(f"{policy.name} needs steps without gap or overlap.")
    if any(not (s.lower < s.upper and math.isfinite(s.adjustment)) for s in steps):
        raise ValueError(f"{policy.name} needs lower < upper and a finite adjustment in each step.")
    if policy.alarm.above:  # the kernel's steps are open below and closed above
        down = -math.inf
        return [s._replace(lower=_next(s.lower, down), upper=_next(s.upper, down)) for s in steps]
    return steps


def _line(alarm: Alarm) -> float:
    """Return the number that a datapoint must be beyond to breach."""
    if not alarm.inclusive:
        return alarm.threshold
    return _next(alarm.threshold, -math.inf if alarm.above else math.inf)


def _next(number: float, towards: float) -> float:
    return math.nextafter(number, towards) if math.isfinite(number) else number
