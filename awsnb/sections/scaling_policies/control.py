"""The scenario as the control loop knows it: its group, alarms, policies, and what lies ahead."""

import math
from collections.abc import Sequence
from datetime import UTC, timedelta
from typing import NamedTuple
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
    CPU,
    MEMORY,
    PREDICTIVE,
    REQUESTS,
    SCHEDULED,
    SIMPLE,
    STEPS,
    TRACKING,
    TRACKS,
    PolicyScenario,
)

DAY_S = 86_400.0
METRIC = {CPU: "utilisation", MEMORY: "memory", REQUESTS: "requests per instance"}


class Target(NamedTuple):
    """What is wanted of a metric.

    Attributes
    ----------
    name : str
        `CPU`, `MEMORY` or `REQUESTS`.
    metric : str
        As the control loop calls it.
    at, low : float
        The target, and below which the group scales in: %, or requests per second and instance.
    """

    name: str
    metric: str
    at: float
    low: float


def targets_of(scenario: PolicyScenario) -> tuple[Target, ...]:
    """What is wanted of each metric that is watched."""
    share = scenario.low_share_pct / 100
    targets = {
        name: target / 60 if name == REQUESTS else target
        for name, target in scenario.targets.items()
    }
    return tuple(Target(name, METRIC[name], at, at * share) for name, at in targets.items())


def needed(scenario: PolicyScenario, rps: float) -> int:
    """Fewest instances that keep every metric at or below its target; the most if none do."""
    if not scenario.full_pct:
        return scenario.most
    return theory.instances_needed(rps, scenario.capacity_rps, scenario.full_pct)


def group_of(scenario: PolicyScenario, load: Load) -> Group:
    """The group, sized at the start as asked for, or for what the load begins with."""
    initial = scenario.initial_size or needed(scenario, float(load.rps[0]))
    return Group(
        initial=min(max(initial, scenario.min_size), scenario.most),
        smallest=scenario.min_size,
        largest=scenario.most,
        capacity_per_s=scenario.capacity_rps,
        boot_s=float(scenario.boot_s),
        warm_up_s=scenario.warming_s,
        drain_s=float(scenario.drain_s),
        backlog_limit=math.inf if scenario.overload == "queue" else 0.0,
        protected=scenario.protected,
        memory_idle=scenario.memory_idle_pct,
        memory_busy=scenario.memory_busy_pct,
    )


def sensor_of(scenario: PolicyScenario) -> Sensor:
    """Period and delay of the metric."""
    return sensor(scenario.monitoring, scenario.high_minutes)


def alarms_of(scenario: PolicyScenario, target: Target) -> tuple[Alarm, Alarm]:
    """The alarm that scales out, and the one that scales in."""
    out, back = tracking_alarms(
        target.at,
        target.low,
        scenario.monitoring,
        scenario.high_minutes,
        scenario.of_minutes,
        metric=target.metric,
    )
    return out, back._replace(missing=scenario.missing_data)


def policies_of(scenario: PolicyScenario) -> list[Policy]:
    """The dynamic policies: one or two for each metric that is watched."""
    return [policy for target in targets_of(scenario) for policy in _policies(scenario, target)]


def _policies(scenario: PolicyScenario, target: Target) -> Sequence[Policy]:
    out, back = alarms_of(scenario, target)
    watched = f" on {target.name}" if len(scenario.watched) > 1 else ""
    if scenario.policy in TRACKS:
        return [_tracking(scenario, target, out, back, TRACKING + watched)]
    names = [f"{scenario.policy}{watched}, {way}" for way in ("out", "in")]
    if scenario.policy == STEPS:
        return _steps(scenario.added, out, back, names)
    if scenario.policy == SIMPLE:
        return [
            SimpleScaling(alarm, amount, scenario.pause_s, name=name)
            for alarm, amount, name in zip((out, back), (scenario.added, -1), names, strict=True)
        ]
    return []


def _tracking(
    scenario: PolicyScenario, target: Target, out: Alarm, back: Alarm, name: str
) -> TargetTracking:
    """EC2 groups pace it by the warm-up, Application Auto Scaling by two cooldowns."""
    return TargetTracking(
        target.at,
        out,
        back if scenario.scale_in else None,
        remove_at_most=ASG.value("target_tracking", "remove_at_most"),
        name=name,
        cooldowns=None if scenario.scaler == EC2_GROUPS else Cooldowns(*scenario.cooldowns_s),
    )


def _steps(added: int, out: Alarm, back: Alarm, names: Sequence[str]) -> list[StepScaling]:
    """Add more far above the threshold: by percentage points, or by a share of a request count."""
    far = float(ASG.value("step", "second_step_distance"))
    if out.metric == METRIC[REQUESTS]:
        far = out.threshold * ASG.value("step", "second_step_distance_requests") / 100
    up = (Step(0.0, far, added), Step(far, math.inf, 2 * added))
    return [
        StepScaling(out, up, name=names[0]),
        StepScaling(back, (Step(-math.inf, 0.0, -1),), name=names[1]),
    ]


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
