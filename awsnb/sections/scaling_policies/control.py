"""The scenario as the control loop knows it: its group, alarms, policies, and what lies ahead."""

import math
from collections.abc import Sequence
from datetime import UTC, timedelta
from zoneinfo import ZoneInfo

from awsnb import theory
from awsnb.aws.autoscaling import ASG, EC2_GROUPS, sensor, tracking_alarms
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import (
    Action,
    Alarm,
    Cooldowns,
    Forecast,
    Group,
    Policy,
    Sensor,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
)
from awsnb.sections.scaling_policies.load import Load
from awsnb.sections.scaling_policies.scenario import (
    PREDICTIVE,
    SCHEDULED,
    SIMPLE,
    STEPS,
    TRACKS,
    PolicyScenario,
)

DAY_S = 86_400.0


def needed(scenario: PolicyScenario, rps: float) -> int:
    """Fewest instances that keep the load at or below the target."""
    return theory.instances_needed(rps, scenario.capacity_rps, scenario.target_pct)


def group_of(scenario: PolicyScenario, load: Load) -> Group:
    """The group, sized at the start for what the load begins with."""
    initial = needed(scenario, float(load.rps[0]))
    return Group(
        initial=min(max(initial, scenario.min_size), scenario.most),
        smallest=scenario.min_size,
        largest=scenario.most,
        capacity_per_s=scenario.capacity_rps,
        boot_s=float(scenario.boot_s),
        warm_up_s=scenario.warming_s,
        drain_s=float(scenario.drain_s),
        backlog_limit=math.inf if scenario.overload == "queue" else 0.0,
    )


def sensor_of(scenario: PolicyScenario) -> Sensor:
    """Period and delay of the metric."""
    return sensor(scenario.monitoring, scenario.high_minutes)


def alarms_of(scenario: PolicyScenario) -> tuple[Alarm, Alarm]:
    """The alarm that scales out, and the one that scales in."""
    return tracking_alarms(
        scenario.target_pct,
        scenario.low_pct,
        scenario.monitoring,
        scenario.high_minutes,
        scenario.of_minutes,
    )


def policies_of(scenario: PolicyScenario) -> Sequence[Policy]:
    """The dynamic policies."""
    out, back = alarms_of(scenario)
    if scenario.policy in TRACKS:
        return (_tracking(scenario, out, back),)
    if scenario.policy == STEPS:
        return _steps(scenario.added, out, back)
    if scenario.policy == SIMPLE:
        return (
            SimpleScaling(out, scenario.added, scenario.pause_s, name="simple, out"),
            SimpleScaling(back, -1, scenario.pause_s, name="simple, in"),
        )
    return ()


def _tracking(scenario: PolicyScenario, out: Alarm, back: Alarm) -> TargetTracking:
    """EC2 groups pace it by the warm-up, Application Auto Scaling by two cooldowns."""
    gently = ASG.value("target_tracking", "remove_at_most")
    paced = None if scenario.scaler == EC2_GROUPS else Cooldowns(*scenario.cooldowns_s)
    return TargetTracking(scenario.target_pct, out, back, remove_at_most=gently, cooldowns=paced)


def _steps(added: int, out: Alarm, back: Alarm) -> tuple[StepScaling, StepScaling]:
    far = float(ASG.value("step", "second_step_distance"))
    up = (Step(0.0, far, added), Step(far, math.inf, 2 * added))
    return (
        StepScaling(out, up, name="step, out"),
        StepScaling(back, (Step(-math.inf, 0.0, -1),), name="step, in"),
    )


def scheduled_size(scenario: PolicyScenario, load: Load) -> int:
    """The scheduled minimum: as asked for, or what the peak needs."""
    if scenario.scheduled_size is not None:
        return scenario.scheduled_size
    wanted = needed(scenario, float(load.rps.max()))
    return min(max(wanted, scenario.min_size), scenario.max_size)


def schedule_of(scenario: PolicyScenario, load: Load) -> tuple[Action, ...]:
    """The scheduled actions that fall into the load: a higher minimum, every day."""
    if scenario.policy != SCHEDULED:
        return ()
    zone = ZoneInfo(scenario.scheduled_zone)
    midnight = load.start.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    size = scheduled_size(scenario, load)
    actions = []
    for day in range(math.ceil(load.duration_s / DAY_S) + 2):
        for hour, smallest in zip(scenario.hours, (size, scenario.min_size), strict=True):
            by_the_clock = midnight + timedelta(days=day, hours=hour)
            seconds = (by_the_clock.astimezone(UTC) - load.start).total_seconds()
            if 0 <= seconds < load.duration_s:
                actions.append(Action(seconds, smallest=smallest))
    return tuple(actions)


def forecast_of(scenario: PolicyScenario, load: Load) -> Forecast | None:
    """What predictive scaling expects: by AWS's hours, from the load before."""
    if scenario.policy != PREDICTIVE:
        return None
    facts = {key: ASG.value("predictive", key) for key in ("min_history", "horizon", "refresh")}
    hourly = control_loop.predict(
        load.rps,
        load.every_s,
        least_h=facts["min_history"],
        lookback_h=24 * ASG.value("predictive", "lookback"),
        horizon_h=facts["horizon"],
        refresh_h=facts["refresh"],
    )
    return Forecast(hourly, scenario.target_pct, ASG.value("predictive", "scheduling_buffer"))
