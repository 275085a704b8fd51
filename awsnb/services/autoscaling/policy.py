"""A group and its policy as AWS sells them: what can be asked for, its alarms, and its price."""

import math
from collections.abc import Sequence
from typing import Literal, Self
from zoneinfo import ZoneInfo

from pydantic import model_validator

from awsnb import facts
from awsnb.mechanisms.control_loop import (
    Alarm,
    Cooldowns,
    Group,
    Policy,
    Sensor,
    SimpleScaling,
    Step,
    StepScaling,
    TargetTracking,
)
from awsnb.scenario import Scenario, ScenarioError, field

ASG = facts.load("autoscaling")

TRACKING, STEPS, SIMPLE = "target tracking", "step", "simple"
SCHEDULED, PREDICTIVE, FIXED = "scheduled", "predictive", "fixed size"
POLICIES = (TRACKING, STEPS, SIMPLE, SCHEDULED, PREDICTIVE, FIXED)
BY_HAND = (STEPS, SIMPLE)
TRACKS = (TRACKING, SCHEDULED, PREDICTIVE)
EC2, APPLICATION = "EC2 Auto Scaling", "Application Auto Scaling"
LOW_SIDE = {EC2: "alarm_low_threshold", APPLICATION: "alarm_low_threshold_application"}
INSTANCE_TYPES = tuple(s for s in ASG.subjects() if ASG.has(s, "hour_price"))
LOADS = ("step", "spike", "flash-crowd", "diurnal", "office-days", "stress")
MONITORING = {"detailed": "detailed_period", "basic": "basic_period"}


class PolicyScenario(Scenario):
    """An Auto Scaling group of equal instances, a scaling policy, and one load."""

    policy: Literal[
        "target tracking", "step", "simple", "scheduled", "predictive", "fixed size"
    ] = field(
        TRACKING,
        label="Policy",
        meaning="What changes the size. Scheduled and predictive have target tracking beside "
        "them; fixed size stays at the minimum.",
    )
    scaler: Literal["EC2 Auto Scaling", "Application Auto Scaling"] = field(
        EC2, label="Scaled by", only_when={"policy": TRACKS},
        meaning="EC2 groups pace target tracking by a warm-up; Application Auto Scaling (ECS "
        "tasks, Aurora replicas) by two cooldowns, and scales in nearer to the target.",
    )  # fmt: skip
    target_pct: float = field(
        50.0,
        label="Target CPU",
        unit="%",
        low=5,
        high=100,
        meaning="Mean CPU to hold; on step and simple, the threshold of the scale-out alarm.",
    )
    min_size: int = field(
        2, label="Minimum", unit="instances", low=1, high=500, log=True,
        meaning="The group is never smaller.",
    )  # fmt: skip
    max_size: int = field(
        20, label="Maximum", unit="instances", low=1, high=500, log=True,
        meaning="The group is never larger.",
    )  # fmt: skip
    boot_s: int = field(
        120, label="Boot time", unit="s", low=0, high=1800,
        meaning="From launch until an instance serves: what a ready-made AMI shortens.",
    )  # fmt: skip
    warm_up_s: int | None = field(
        None, label="Instance warm-up", unit="s", low=0, high=ASG.value("warm_up", "max_default"),
        only_when={"policy": (*TRACKS, STEPS), "scaler": (EC2,)},
        meaning="From then until it counts in the metric; left out, AWS's fallback.",
    )  # fmt: skip
    drain_s: int = field(
        0, label="Time to leave", unit="s", low=0, high=3600,
        meaning="From its removal until an instance is gone: deregistration delay or terminating "
        "hook. It serves nothing new, and is paid for.",
    )  # fmt: skip
    scale_out_cooldown_s: int | None = field(
        None, label="Scale-out cooldown", unit="s", low=0, high=3600,
        only_when={"scaler": (APPLICATION,)},
        meaning="In which only a larger scale-out adds, and what is still missing; left out, AWS's "
        "default.",
    )  # fmt: skip
    scale_in_cooldown_s: int | None = field(
        None, label="Scale-in cooldown", unit="s", low=0, high=3600,
        only_when={"scaler": (APPLICATION,)},
        meaning="From one scale-in to the next; left out, AWS's default.",
    )  # fmt: skip
    cooldown_s: int | None = field(
        None, label="Cooldown", unit="s", low=0, high=3600, only_when={"policy": (SIMPLE,)},
        meaning="Pause after a change, on simple scaling alone; left out, AWS's default.",
    )  # fmt: skip
    add_instances: int | None = field(
        None, label="Adds", unit="instances", low=1, high=50, only_when={"policy": BY_HAND},
        meaning="Added by a scale-out, twice as many by the upper step; left out, 2. A scale-in "
        "removes 1.",
    )  # fmt: skip
    low_side_pct: float | None = field(
        None, label="Scale-in threshold", unit="% of the target", low=5, high=100,
        meaning="Below it the group scales in; left out, what AWS makes for CPU.",
    )  # fmt: skip
    datapoints: int | None = field(
        None, label="Datapoints to alarm", unit="minutes", low=1, high=15,
        only_when={"policy": BY_HAND},
        meaning="Minutes above the threshold before step or simple scales out; left out, as "
        "target tracking.",
    )  # fmt: skip
    of_minutes: int | None = field(
        None, label="Out of", unit="minutes", low=1, high=60, only_when={"policy": BY_HAND},
        meaning="In how many minutes these may lie (M of N); left out, they are in a row.",
    )  # fmt: skip
    scheduled_size: int | None = field(
        None, label="Scheduled minimum", unit="instances", low=1, high=500, log=True,
        only_when={"policy": (SCHEDULED,)},
        meaning="Minimum between the two hours; left out, what the peak of the load needs.",
    )  # fmt: skip
    scheduled_from_h: float | None = field(
        None, label="From", unit="h", low=0, high=24, only_when={"policy": (SCHEDULED,)},
        meaning="When the scheduled minimum begins, every day; left out, 08:45.",
    )  # fmt: skip
    scheduled_to_h: float | None = field(
        None, label="To", unit="h", low=0, high=24, only_when={"policy": (SCHEDULED,)},
        meaning="When it ends; left out, 18:00.",
    )  # fmt: skip
    scheduled_zone: str = field(
        "UTC", label="Time zone", only_when={"policy": (SCHEDULED,)}, control=False,
        meaning="Whose hours these are, such as Europe/Berlin; they follow its summer time.",
    )  # fmt: skip
    monitoring: Literal["detailed", "basic"] = field(
        "detailed", label="Monitoring",
        meaning="A datapoint a minute, paid by the metric, or one in five minutes, free.",
    )  # fmt: skip
    load: Literal["step", "spike", "flash-crowd", "diurnal", "office-days", "stress"] = field(
        "step", label="Load", meaning="Built-in load; a trace of your own replaces it."
    )
    trace: str = field(
        "", label="Trace", control=False,
        meaning="Path of a CloudWatch export of RequestCount (Sum) or CPUUtilization (Average).",
    )  # fmt: skip
    trace_unit: Literal["as the file says", "requests", "CPU %"] = field(
        "as the file says", label="Unit of the trace", control=False,
        meaning="What the trace counts; a file that doesn't say is read as requests if it can't be "
        "CPU %.",
    )  # fmt: skip
    trace_instances: int = field(
        1, label="Instances in the trace", unit="instances", low=1, high=500, control=False,
        meaning="How many ran when the CPU trace was taken: load = CPU x instances x capacity.",
    )  # fmt: skip
    load_factor: float = field(
        1.0, label="Load factor", unit="x", low=0.01, high=1000, log=True,
        meaning="Multiplies the load: 2 is twice the traffic.",
    )  # fmt: skip
    capacity_rps: float = field(
        100.0, label="Capacity of an instance", unit="requests/s", low=0.01, high=100_000, log=True,
        meaning="Requests per second at which one instance is at 100 % CPU.",
    )  # fmt: skip
    overload: Literal["queue", "drop"] = field(
        "queue", label="When short", meaning="Requests wait without end, or are turned away."
    )
    instance_type: str = field(
        "m6i.large", label="Instance", choices=INSTANCE_TYPES, meaning="Whose price is paid."
    )
    noise_pct: float = field(
        0.0, label="Noise", unit="%", low=0, high=100,
        meaning="How much the load scatters from minute to minute.",
    )  # fmt: skip
    seed: int = field(1, label="Seed", low=0, high=9999, meaning="Another number, another scatter.")
    delayed_goal_pct: float = field(
        1.0, label="Goal: delayed", unit="%", low=0, high=100, control=False,
        meaning="Share of requests that may wait or be turned away.",
    )  # fmt: skip

    @property
    def period_s(self) -> float:
        """The metric's period, s."""
        return float(ASG.value("monitoring", MONITORING[self.monitoring]))

    @property
    def warming_s(self) -> float:
        """Warm-up in force, s; simple scaling and Application Auto Scaling have none."""
        if self.policy in (SIMPLE, FIXED) or self.scaler == APPLICATION:
            return 0.0
        return _or(self.warm_up_s, "warm_up", "duration")

    @property
    def low_pct(self) -> float:
        """Threshold of the scale-in alarm, % CPU."""
        share = _or(self.low_side_pct, "target_tracking", LOW_SIDE[self.scaler])
        return self.target_pct * share / 100

    @property
    def most(self) -> int:
        """Largest size: the minimum where nothing scales."""
        return self.min_size if self.policy == FIXED else self.max_size

    @property
    def hours(self) -> tuple[float, float]:
        """Between which hours of the day the scheduled minimum holds."""
        start = 8.75 if self.scheduled_from_h is None else self.scheduled_from_h
        return start, 18.0 if self.scheduled_to_h is None else self.scheduled_to_h

    @property
    def sensor(self) -> Sensor:
        """Period and delay of the metric.

        A 1-minute alarm on 5-minute data finds one datapoint in five, and judges by it as soon as
        it is as old as the minutes that the alarm asks for.
        """
        delay = float(ASG.value("monitoring", "datapoint_delay"))
        alarm_s = float(ASG.value("target_tracking", "alarm_period"))
        ages = min((self.high_minutes - 1) * alarm_s, self.period_s - alarm_s)
        return Sensor(self.period_s, delay + ages if self.monitoring == "basic" else delay)

    @property
    def high_minutes(self) -> int:
        """Minutes of breach that the scale-out alarm takes."""
        default = int(ASG.value("target_tracking", "alarm_high_datapoints"))
        return self.datapoints or default

    @property
    def alarms(self) -> tuple[Alarm, Alarm]:
        """The alarm that scales out, and the one that scales in."""
        alarm_s = ASG.value("target_tracking", "alarm_period")
        low_minutes = int(ASG.value("target_tracking", "alarm_low_datapoints"))
        high, window, low = (
            max(1, math.ceil(minutes * alarm_s / self.period_s))
            for minutes in (self.high_minutes, self.of_minutes or self.high_minutes, low_minutes)
        )
        return (
            Alarm(self.target_pct, True, high, window),
            Alarm(self.low_pct, False, low, low),
        )

    @property
    def cooldowns(self) -> Cooldowns | None:
        """Pauses of Application Auto Scaling's target tracking; EC2 groups have none."""
        if self.scaler == EC2:
            return None
        asked = self.scale_out_cooldown_s, self.scale_in_cooldown_s
        keys = "scale_out_cooldown", "scale_in_cooldown"
        return Cooldowns(*(_or(s, "application", key) for s, key in zip(asked, keys, strict=True)))

    @property
    def policies(self) -> Sequence[Policy]:
        """The dynamic policies, as the mechanism knows them."""
        out, back = self.alarms
        add = self.add_instances or 2
        if self.policy in TRACKS:
            gently = ASG.value("target_tracking", "remove_at_most")
            return (
                TargetTracking(
                    self.target_pct, out, back, remove_at_most=gently, cooldowns=self.cooldowns
                ),
            )
        if self.policy == STEPS:
            far = float(ASG.value("step", "second_step_distance"))
            up = (Step(0.0, far, add), Step(far, math.inf, 2 * add))
            return (
                StepScaling(out, up, name="step, out"),
                StepScaling(back, (Step(-math.inf, 0.0, -1),), name="step, in"),
            )
        if self.policy == SIMPLE:
            pause = _or(self.cooldown_s, "cooldown", "duration")
            return (
                SimpleScaling(out, add, pause, name="simple, out"),
                SimpleScaling(back, -1, pause, name="simple, in"),
            )
        return ()

    def group(self, initial: int) -> Group:
        """The group, from its size at the start."""
        return Group(
            initial=min(max(initial, self.min_size), self.most),
            smallest=self.min_size,
            largest=self.most,
            capacity_per_s=self.capacity_rps,
            boot_s=float(self.boot_s),
            warm_up_s=self.warming_s,
            drain_s=float(self.drain_s),
            backlog_limit=math.inf if self.overload == "queue" else 0.0,
        )

    def cost_usd_month(self, mean_instances: float) -> float:
        """Instances, detailed monitoring and alarms for a month, USD, us-east-1."""
        hours = ASG.value("bill", "hours_per_month")
        each = ASG.value(self.instance_type, "hour_price") * hours
        if self.monitoring == "detailed":
            metrics = ASG.value("monitoring", "detailed_metrics")
            each += metrics * ASG.value("monitoring", "metric_price")
        alarms = 0 if self.policy == FIXED else len(self.alarms)
        return mean_instances * each + alarms * ASG.value("monitoring", "alarm_price")

    @property
    def text(self) -> str:
        """The policy in a few words."""
        if self.policy == FIXED:
            return f"fixed size, {self.min_size} x {self.instance_type}"
        at = "at" if self.policy in TRACKS else "above"
        size = f"{self.min_size} to {self.max_size} x {self.instance_type}"
        return f"{self.policy} {at} {self.target_pct:g} % CPU, {size}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.min_size > self.max_size:
            raise ScenarioError(
                f"min_size = {self.min_size}: AWS allows at most max_size, {self.max_size} "
                "instances (EC2 Auto Scaling API Reference, CreateAutoScalingGroup)."
            )
        size = self.scheduled_size
        if size is not None and not self.min_size <= size <= self.max_size:
            raise ScenarioError(
                f"scheduled_size = {size}: must be from min_size to max_size, "
                f"{self.min_size} to {self.max_size} instances."
            )
        if self.of_minutes is not None and self.of_minutes < self.high_minutes:
            raise ScenarioError(
                f"of_minutes = {self.of_minutes}: must be at least datapoints, "
                f"{self.high_minutes} minutes."
            )
        try:
            ZoneInfo(self.scheduled_zone)
        except (KeyError, ValueError):
            raise ScenarioError(
                f"scheduled_zone = {self.scheduled_zone}: must be a time zone of the IANA list, "
                "such as Europe/Berlin."
            ) from None
        if self.hours[0] >= self.hours[1]:
            raise ScenarioError(
                f"scheduled_from_h = {self.hours[0]:g}: must be before scheduled_to_h, "
                f"{self.hours[1]:g} h."
            )
        return self


def _or(value: float | None, subject: str, key: str) -> float:
    return float(ASG.value(subject, key) if value is None else value)
