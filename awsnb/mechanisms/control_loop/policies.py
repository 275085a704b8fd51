"""Alarms and the policies that hang on them, as records for the kernel."""

import itertools
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.mechanisms._records import records_of
from awsnb.mechanisms.control_loop.kernel import (
    ALARM,
    PACED,
    ROUNDING,
    SIMPLE,
    STEP,
    STEPPED,
    TRACK,
)
from awsnb.mechanisms.control_loop.plant import METRICS

ADJUSTMENTS = ("change", "percent", "exact")
MISSING_DATA = ("missing", "ignore", "breaching", "notBreaching")


class Alarm(NamedTuple):
    """Goes off when `datapoints` of the last `periods` datapoints breach the threshold.

    Attributes
    ----------
    threshold : float
        In the metric's unit: % for utilisation, work per second and instance, or work an instance.
    above : bool
        Whether a datapoint breaches above the threshold, or below.
    datapoints, periods : int
        M of N.
    inclusive : bool
        Whether a datapoint on the threshold breaches.
    metric : str
        One of `METRICS`: mean utilisation of the instances that count; load, or backlog, for each
        instance that serves; the same load, without a datapoint where none comes; mean memory of
        the instances that count.
    missing : str
        What a missing datapoint counts as, one of `MISSING_DATA`: with "missing" the alarm waits
        for the next one, with "ignore" it stays as it was, with "breaching" and "notBreaching" the
        datapoint counts as such. A step scales by its smallest step then.
    """

    threshold: float
    above: bool
    datapoints: int
    periods: int
    inclusive: bool = False
    metric: str = "utilisation"
    missing: str = "missing"


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


class Rules(NamedTuple):
    """Policies as the kernel reads them: one record an alarm, scale-out before scale-in.

    Attributes
    ----------
    alarms : list of Alarm
    names : list of str
        Of the policy of each alarm.
    table : ndarray
        Of `ALARM`, one an alarm.
    steps : ndarray
        Of `STEP`: all steps; an alarm's record says which are its own.
    """

    alarms: list[Alarm]
    names: list[str]
    table: NDArray
    steps: NDArray


def rules_of(policies: Sequence[Policy]) -> Rules:
    """Check policies, and turn them into one record an alarm."""
    rows: list[dict[str, float]] = []
    alarms, names, steps = list[Alarm](), list[str](), list[Step]()
    for policy in policies:
        own_steps = [] if isinstance(policy, TargetTracking) else _steps(policy)
        ladder = {"first": len(steps), "last": len(steps) + len(own_steps)}
        own = _alarms(policy)
        rows += [_alarm_record(alarm, policy.name) | _policy_record(policy, alarm) | ladder
                 for alarm in own]  # fmt: skip
        alarms += own
        names += [policy.name] * len(own)
        steps += own_steps
    return Rules(alarms, names, records_of(ALARM, rows), np.array(steps, dtype=STEP))


def _alarms(policy: Policy) -> list[Alarm]:
    """The policy's alarms, checked against what it needs of them."""
    if not isinstance(policy, TargetTracking):
        return [policy.alarm]
    name, pauses = policy.name, policy.cooldowns or (0.0, 0.0)
    if not (0 < policy.target < np.inf and policy.remove_at_most >= 1):
        raise ValueError(f"{name} needs a target above 0, and remove_at_most >= 1.")
    if not all(0 <= pause_s < np.inf for pause_s in pauses):
        raise ValueError(f"{name} needs cooldowns that are finite and 0 s or more.")
    own = [alarm for alarm in (policy.scale_out, policy.scale_in) if alarm]
    if [alarm.above for alarm in own] != [True, False][: len(own)]:
        raise ValueError(f"{name} needs to scale out above and in below.")
    if any(alarm.missing != "missing" for alarm in own):
        raise ValueError(f"{name} needs alarms that wait for a missing datapoint.")
    return own


def _alarm_record(alarm: Alarm, name: str) -> dict[str, float]:
    if alarm.metric not in METRICS:
        raise ValueError(f"{name} has metric {alarm.metric!r}: must be one of {METRICS}.")
    if not math.isfinite(alarm.threshold) or not 1 <= alarm.datapoints <= alarm.periods:
        raise ValueError(
            f"{name} needs a finite threshold, and 1 <= datapoints <= periods in its alarm."
        )
    if alarm.missing not in MISSING_DATA:
        raise ValueError(f"{name} has missing {alarm.missing!r}: must be one of {MISSING_DATA}.")
    return {
        "metric": METRICS.index(alarm.metric),
        "side": 1 if alarm.above else -1,
        "threshold": alarm.threshold,
        "line": _line(alarm),
        "datapoints": alarm.datapoints,
        "periods": alarm.periods,
        "missing": MISSING_DATA.index(alarm.missing),
    }


def _policy_record(policy: Policy, alarm: Alarm) -> dict[str, float]:
    if isinstance(policy, TargetTracking):
        out_s, in_s = policy.cooldowns or (0.0, 0.0)
        return {
            "kind": PACED if policy.cooldowns else TRACK,
            "target": policy.target,
            "at_most": policy.remove_at_most,
            "pause": out_s if alarm.above else in_s,
        }
    return {
        "kind": SIMPLE if isinstance(policy, SimpleScaling) else STEPPED,
        "adjustment": ADJUSTMENTS.index(policy.adjustment),
        "at_least": policy.at_least,
        "pause": policy.cooldown_s if isinstance(policy, SimpleScaling) else 0.0,
    }


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
    # the kernel's steps are open below and closed above; what is off by rounding is on the bound
    guard = ROUNDING * abs(policy.alarm.threshold)
    if policy.alarm.above:
        guard = -guard
    down = -math.inf
    shifted = [s._replace(lower=s.lower + guard, upper=s.upper + guard) for s in steps]
    if policy.alarm.above:
        return [s._replace(lower=_next(s.lower, down), upper=_next(s.upper, down)) for s in shifted]
    return shifted


def above(values: ArrayLike, threshold: float) -> NDArray[np.bool_]:
    """Whether datapoints are above a threshold by more than rounding, as alarms see it.

    Parameters
    ----------
    values : array_like of float
        Datapoints, NaN where missing.
    threshold : float
        In their unit.

    Returns
    -------
    ndarray of bool
        As many; False where missing.

    Examples
    --------
    >>> above([40.0, 40.00000000000001, 40.1], 40.0).tolist()
    [False, False, True]
    """
    return np.asarray(values) > threshold + ROUNDING * abs(threshold)


def below(values: ArrayLike, threshold: float) -> NDArray[np.bool_]:
    """Whether datapoints are below a threshold by more than rounding, as alarms see it.

    Parameters
    ----------
    values : array_like of float
        Datapoints, NaN where missing.
    threshold : float
        In their unit.

    Returns
    -------
    ndarray of bool
        As many; False where missing.
    """
    return np.asarray(values) < threshold - ROUNDING * abs(threshold)


def _line(alarm: Alarm) -> float:
    """Return the number that a datapoint must be beyond to breach.

    A datapoint that is off the threshold by no more than rounding is on it.
    """
    guard = ROUNDING * abs(alarm.threshold)
    outward = guard if alarm.above else -guard
    if not alarm.inclusive:
        return alarm.threshold + outward
    return _next(alarm.threshold - outward, -math.inf if alarm.above else math.inf)


def _next(number: float, towards: float) -> float:
    return math.nextafter(number, towards) if math.isfinite(number) else number
