"""The alarms that target tracking makes, and when they see a datapoint."""

import math

from awsnb.aws.autoscaling.defaults import ASG, EC2_GROUPS, Monitoring, Scaler, period_s
from awsnb.mechanisms.control_loop import Alarm, Sensor


def alarm_minutes() -> tuple[int, int]:
    """Minutes of breach after which target tracking scales out, and in."""
    sides = ("high", "low")
    out, back = (int(ASG.value("target_tracking", f"alarm_{side}_datapoints")) for side in sides)
    return out, back


def low_share_pct(scaler: Scaler) -> float:
    """Where the alarm that scales in lies, % of the target."""
    key = "alarm_low_threshold" if scaler == EC2_GROUPS else "alarm_low_threshold_application"
    return float(ASG.value("target_tracking", key))


def tracking_alarms(
    target: float,
    low: float,
    monitoring: Monitoring = "detailed",
    minutes: int | None = None,
    of_minutes: int | None = None,
    metric: str = "utilisation",
) -> tuple[Alarm, Alarm]:
    """Make the alarm that scales out and the one that scales in.

    Parameters
    ----------
    target, low : float
        Their thresholds, in the metric's unit.
    monitoring : {"detailed", "basic"}
        How often the metric has a datapoint: longer periods, fewer datapoints in the same minutes.
    minutes, of_minutes : int, optional
        Minutes of breach before it scales out, and among how many; left out, target tracking's.
    metric : str
        One of `awsnb.mechanisms.control_loop.METRICS`.

    Returns
    -------
    tuple of Alarm
    """
    out_minutes, back_minutes = alarm_minutes()
    minutes = minutes or out_minutes
    out, among, back = (
        _datapoints(count, monitoring) for count in (minutes, of_minutes or minutes, back_minutes)
    )
    return (
        Alarm(target, True, out, among, metric=metric),
        Alarm(low, False, back, back, metric=metric),
    )


def sensor(monitoring: Monitoring = "detailed", minutes: int | None = None) -> Sensor:
    """Say how often a metric has a datapoint, and how long after its period an alarm judges by it.

    A 1-minute alarm on 5-minute data finds one datapoint in five, and judges by it as soon as it
    is as old as the `minutes` that the alarm asks for.
    """
    period, delay = period_s(monitoring), float(ASG.value("monitoring", "datapoint_delay"))
    alarm_s = float(ASG.value("target_tracking", "alarm_period"))
    ages = min(((minutes or alarm_minutes()[0]) - 1) * alarm_s, period - alarm_s)
    return Sensor(period, delay + ages)


def _datapoints(minutes: int, monitoring: Monitoring) -> int:
    alarm_s = ASG.value("target_tracking", "alarm_period")
    return max(1, math.ceil(minutes * alarm_s / period_s(monitoring)))
