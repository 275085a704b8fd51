"""What can be asked: a group of equal instances, its policy, and one load."""

from functools import cache
from typing import Any, Literal, Self
from zoneinfo import available_timezones

from pydantic import model_validator

from awsnb.aws.autoscaling import (
    APPLICATION,
    ASG,
    EC2_GROUPS,
    alarm_minutes,
    default_or,
    low_share_pct,
)
from awsnb.aws.prices import PRICED_INSTANCES
from awsnb.scenario import Scenario, ScenarioError, field, shown
from awsnb.trace import fields

TRACKING, STEPS, SIMPLE = "target tracking", "step", "simple"
SCHEDULED, PREDICTIVE, FIXED = "scheduled", "predictive", "fixed size"
POLICIES = (TRACKING, STEPS, SIMPLE, SCHEDULED, PREDICTIVE, FIXED)
BY_HAND = (STEPS, SIMPLE)
TRACKS = (TRACKING, SCHEDULED, PREDICTIVE)
SCALES = (*TRACKS, *BY_HAND)

CPU, MEMORY, REQUESTS = "CPU", "memory", "requests"
WATCHED = {
    "CPU": (CPU,),
    "memory": (MEMORY,),
    "requests": (REQUESTS,),
    "CPU and memory": (CPU, MEMORY),
    "CPU and requests": (CPU, REQUESTS),
    "memory and requests": (MEMORY, REQUESTS),
    "all three": (CPU, MEMORY, REQUESTS),
}


def _with(metric: str) -> tuple[str, ...]:
    """The choices of `metrics` that watch one."""
    return tuple(name for name, watched in WATCHED.items() if metric in watched)


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
        EC2_GROUPS,
        label="Scaled by",
        only_when={"policy": TRACKS},
        group="Who scales",
        advanced=True,
        meaning="EC2 groups pace target tracking by a warm-up; Application Auto Scaling (ECS "
        "tasks, Aurora replicas) by two cooldowns, and scales in nearer to the target.",
    )
    metrics: Literal[
        "CPU",
        "memory",
        "requests",
        "CPU and memory",
        "CPU and requests",
        "memory and requests",
        "all three",
    ] = field(
        "CPU",
        label="Watches",
        group="Metrics",
        advanced=True,
        meaning="Each metric has a policy of its own. The group grows when any of them asks for "
        "it; target tracking shrinks it only when all agree.",
    )
    target_pct: float = field(
        50.0,
        label="Target CPU",
        unit="%",
        low=5,
        high=100,
        only_when={"metrics": _with(CPU)},
        meaning="Mean CPU to hold; on step and simple, the threshold of the scale-out alarm.",
    )
    memory_target_pct: float = field(
        60.0,
        label="Target memory",
        unit="%",
        low=5,
        high=100,
        only_when={"metrics": _with(MEMORY)},
        group="Metrics",
        advanced=True,
        meaning="Mean memory to hold, or the threshold of its scale-out alarm.",
    )
    target_rpm: float = field(
        3000.0,
        label="Target requests",
        unit="requests per target and minute",
        low=0.1,
        high=10_000_000,
        log=True,
        only_when={"metrics": _with(REQUESTS)},
        group="Metrics",
        advanced=True,
        meaning="Requests that each instance is to get in a minute, or the threshold of their "
        "scale-out alarm.",
    )
    memory_idle_pct: float = field(
        30.0,
        label="Memory when idle",
        unit="%",
        low=0,
        high=100,
        only_when={"metrics": _with(MEMORY)},
        group="Metrics",
        advanced=True,
        meaning="Memory of an instance without load: more instances never bring it lower.",
    )
    memory_busy_pct: float = field(
        80.0,
        label="Memory when busy",
        unit="%",
        low=0,
        high=100,
        only_when={"metrics": _with(MEMORY)},
        group="Metrics",
        advanced=True,
        meaning="Memory of an instance at 100 % CPU; in between it grows with the CPU.",
    )
    min_size: int = field(
        2,
        label="Minimum",
        unit="instances",
        low=1,
        high=500,
        log=True,
        meaning="The group is never smaller.",
    )
    max_size: int = field(
        20,
        label="Maximum",
        unit="instances",
        low=1,
        high=500,
        log=True,
        meaning="The group is never larger.",
    )
    initial_size: int | None = field(
        None,
        label="Size at the start",
        unit="instances",
        low=1,
        high=500,
        log=True,
        unset="what the load needs",
        group="Pace",
        advanced=True,
        meaning="Instances that serve when the load begins.",
    )
    boot_s: int = field(
        120,
        label="Boot time",
        unit="s",
        low=0,
        high=1800,
        meaning="From launch until an instance serves: what a ready-made AMI shortens.",
    )
    warm_up_s: int | None = field(
        None,
        label="Instance warm-up",
        unit="s",
        low=0,
        high=ASG.value("warm_up", "max_default"),
        only_when={"policy": (*TRACKS, STEPS), "scaler": (EC2_GROUPS,)},
        group="Pace",
        advanced=True,
        meaning="From then until it counts in the metric; left out, AWS's fallback.",
    )
    drain_s: int = field(
        0,
        label="Time to leave",
        unit="s",
        low=0,
        high=3600,
        group="Pace",
        advanced=True,
        meaning="From its removal until an instance is gone: deregistration delay or terminating "
        "hook. It serves nothing new, and is paid for.",
    )
    scale_out_cooldown_s: int | None = field(
        None,
        label="Scale-out cooldown",
        unit="s",
        low=0,
        high=3600,
        only_when={"scaler": (APPLICATION,)},
        group="Pace",
        advanced=True,
        meaning="In which only a larger scale-out adds, and what is still missing; left out, AWS's "
        "default.",
    )
    scale_in_cooldown_s: int | None = field(
        None,
        label="Scale-in cooldown",
        unit="s",
        low=0,
        high=3600,
        only_when={"scaler": (APPLICATION,)},
        group="Pace",
        advanced=True,
        meaning="From one scale-in to the next; left out, AWS's default.",
    )
    cooldown_s: int | None = field(
        None,
        label="Cooldown",
        unit="s",
        low=0,
        high=3600,
        only_when={"policy": (SIMPLE,)},
        group="Pace",
        advanced=True,
        meaning="Pause after a change, on simple scaling alone; left out, AWS's default.",
    )
    add_instances: int | None = field(
        None,
        label="Adds",
        unit="instances",
        low=1,
        high=50,
        only_when={"policy": BY_HAND},
        group="Alarms",
        advanced=True,
        meaning="Added by a scale-out, twice as many by the upper step; left out, 2. A scale-in "
        "removes 1.",
    )
    low_side_pct: float | None = field(
        None,
        label="Scale-in threshold",
        unit="% of the target",
        low=5,
        high=100,
        group="Scale-in",
        advanced=True,
        meaning="Below it the group scales in; left out, what AWS makes for CPU.",
    )
    scale_in: bool = field(
        True,
        label="Scales in",
        only_when={"policy": TRACKS},
        group="Scale-in",
        advanced=True,
        meaning="Whether target tracking shrinks the group; off is DisableScaleIn.",
    )
    protected: int = field(
        0,
        label="Protected from scale-in",
        unit="instances",
        low=0,
        high=500,
        only_when={"policy": SCALES},
        group="Scale-in",
        advanced=True,
        meaning="Instances that no scale-in may end, such as those at work on a long job.",
    )
    missing_data: Literal["missing", "ignore", "breaching", "notBreaching"] = field(
        "missing",
        label="Missing datapoint",
        only_when={"policy": BY_HAND, "metrics": _with(REQUESTS)},
        group="Scale-in",
        advanced=True,
        meaning="TreatMissingData of the scale-in alarm on requests: a load balancer without "
        "requests sends no datapoint (AWS's guide of scaling says that it sends zeros).",
    )
    datapoints: int | None = field(
        None,
        label="Datapoints to alarm",
        unit="minutes",
        low=1,
        high=15,
        only_when={"policy": BY_HAND},
        group="Alarms",
        advanced=True,
        meaning="Minutes above the threshold before step or simple scales out; left out, as "
        "target tracking.",
    )
    of_minutes: int | None = field(
        None,
        label="Out of",
        unit="minutes",
        low=1,
        high=60,
        only_when={"policy": BY_HAND},
        unset="in a row",
        group="Alarms",
        advanced=True,
        meaning="In how many minutes these may lie (M of N); left out, they are in a row.",
    )
    scheduled_size: int | None = field(
        None,
        label="Scheduled minimum",
        unit="instances",
        low=1,
        high=500,
        log=True,
        only_when={"policy": (SCHEDULED,)},
        unset="what the peak needs",
        group="Schedule",
        advanced=True,
        meaning="Minimum between the two hours; left out, what the peak of the load needs.",
    )
    scheduled_from_h: float | None = field(
        None,
        label="From",
        unit="h",
        low=0,
        high=24,
        only_when={"policy": (SCHEDULED,)},
        group="Schedule",
        advanced=True,
        meaning="When the scheduled minimum begins, every day; left out, 08:45.",
    )
    scheduled_to_h: float | None = field(
        None,
        label="To",
        unit="h",
        low=0,
        high=24,
        only_when={"policy": (SCHEDULED,)},
        group="Schedule",
        advanced=True,
        meaning="When it ends; left out, 18:00.",
    )
    scheduled_zone: str = field(
        "UTC",
        label="Time zone",
        only_when={"policy": (SCHEDULED,)},
        control=False,
        group="Schedule",
        advanced=True,
        meaning="Whose hours these are, such as Europe/Berlin; they follow its summer time.",
    )
    monitoring: Literal["detailed", "basic"] = field(
        "detailed",
        label="Monitoring",
        only_when={"metrics": ("CPU",)},
        group="Alarms",
        advanced=True,
        meaning="CPU: a datapoint a minute, paid by the metric, or one in five minutes, free.",
    )
    load: Literal["step", "spike", "flash-crowd", "diurnal", "office-days", "stress"] = field(
        "step", label="Load", meaning="Built-in load; a trace of your own replaces it."
    )
    trace: str = field(
        "",
        label="Trace",
        path=True,
        meaning="Path of a CloudWatch export of RequestCount (Sum) or CPUUtilization (Average).",
    )
    metric: str = fields.metric(group="Load")
    trace_unit: Literal["as the file says", "requests", "requests/s", "CPU %"] = fields.trace_unit(
        group="Load", advanced=True
    )
    trace_instances: int = field(
        1,
        label="Instances in the trace",
        unit="instances",
        low=1,
        high=500,
        control=False,
        group="Load",
        advanced=True,
        meaning="How many ran when the CPU trace was taken: load = CPU x instances x capacity.",
    )
    load_factor: float = fields.load_factor(high=1000)
    capacity_rps: float = field(
        100.0,
        label="Capacity of an instance",
        unit="requests/s",
        low=0.01,
        high=100_000,
        log=True,
        group="Instance",
        advanced=True,
        meaning="Requests per second at which one instance is at 100 % CPU.",
    )
    overload: Literal["queue", "drop"] = field(
        "queue",
        label="When short",
        group="Load",
        advanced=True,
        meaning="Requests wait without end, or are turned away.",
    )
    instance_type: str = field(
        "m6i.large",
        label="Instance",
        choices=PRICED_INSTANCES,
        group="Instance",
        advanced=True,
        meaning="Whose price is paid.",
    )
    noise_pct: float = field(
        0.0,
        label="Noise",
        unit="%",
        low=0,
        high=100,
        group="Load",
        advanced=True,
        meaning="How much the load scatters from minute to minute.",
    )
    seed: int = field(
        1,
        label="Seed",
        low=0,
        high=9999,
        group="Load",
        advanced=True,
        meaning="Another number, another scatter.",
    )
    delayed_goal_pct: float = field(
        1.0,
        label="Goal: delayed",
        unit="%",
        low=0,
        high=100,
        control=False,
        group="Load",
        advanced=True,
        meaning="Share of requests that may wait or be turned away.",
    )

    @property
    def warming_s(self) -> float:
        """Warm-up in force, s; simple scaling and Application Auto Scaling have none."""
        if self.policy in (SIMPLE, FIXED) or self.scaler == APPLICATION:
            return 0.0
        return default_or(self.warm_up_s, "warm_up", "duration")

    @property
    def low_share_pct(self) -> float:
        """Where the scale-in alarm lies, % of the target."""
        return low_share_pct(self.scaler) if self.low_side_pct is None else self.low_side_pct

    @property
    def watched(self) -> tuple[str, ...]:
        """The metrics with a policy: `CPU`, `MEMORY`, `REQUESTS`."""
        return WATCHED[self.metrics]

    @property
    def targets(self) -> dict[str, float]:
        """Target of each watched metric, in %, or in requests per target and minute."""
        values = {
            CPU: self.target_pct,
            MEMORY: self.memory_target_pct,
            REQUESTS: self.target_rpm,
        }
        return {name: values[name] for name in self.watched}

    @property
    def full_pct(self) -> float:
        """CPU at which the first of the metrics is on its target, %; 0 if memory never is."""
        spread = self.memory_busy_pct - self.memory_idle_pct
        cpu = {
            CPU: self.target_pct,
            MEMORY: 100 * (self.memory_target_pct - self.memory_idle_pct) / spread,
            REQUESTS: 100 * self.target_rpm / 60 / self.capacity_rps,
        }
        return max(0.0, min(cpu[name] for name in self.watched))

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
    def high_minutes(self) -> int:
        """Minutes of breach that the scale-out alarm takes."""
        return self.datapoints or alarm_minutes()[0]

    @property
    def added(self) -> int:
        """Instances that a scale-out of step or simple scaling adds."""
        return self.add_instances or 2

    @property
    def cooldowns_s(self) -> tuple[float, float]:
        """Pauses of Application Auto Scaling after a scale-out and after a scale-in, s."""
        return (
            default_or(self.scale_out_cooldown_s, "application", "scale_out_cooldown"),
            default_or(self.scale_in_cooldown_s, "application", "scale_in_cooldown"),
        )

    @property
    def pause_s(self) -> float:
        """Cooldown of simple scaling, s."""
        return default_or(self.cooldown_s, "cooldown", "duration")

    @property
    def text(self) -> str:
        """The policy in a few words."""
        if self.policy == FIXED:
            return f"fixed size, {self.min_size} x {self.instance_type}"
        at = "at" if self.policy in TRACKS else "above"
        texts = {
            CPU: f"{self.target_pct:g} % CPU",
            MEMORY: f"{self.memory_target_pct:g} % memory",
            REQUESTS: f"{self.target_rpm:,g} requests a minute",
        }
        targets = " and ".join(texts[name] for name in self.watched)
        size = f"{self.min_size} to {self.max_size} x {self.instance_type}"
        return f"{self.policy} {at} {targets}, {size}"

    def in_force(self) -> dict[str, Any]:
        """The values that AWS puts in place of fields left out, by field."""
        return {
            "warm_up_s": self.warming_s,
            "scale_out_cooldown_s": self.cooldowns_s[0],
            "scale_in_cooldown_s": self.cooldowns_s[1],
            "cooldown_s": self.pause_s,
            "add_instances": self.added,
            "low_side_pct": self.low_share_pct,
            "datapoints": self.high_minutes,
            "scheduled_from_h": self.hours[0],
            "scheduled_to_h": self.hours[1],
        }

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.min_size > self.max_size:
            raise ScenarioError(
                f"min_size = {self.min_size}: AWS allows at most max_size, {self.max_size} "
                "instances (EC2 Auto Scaling API Reference, CreateAutoScalingGroup).",
                field="min_size",
            )
        self._refuse_what_is_no_size("initial_size", self.initial_size)
        self._refuse_what_no_metric_can_be()
        if self.of_minutes is not None and self.of_minutes < self.high_minutes:
            raise ScenarioError(
                f"of_minutes = {self.of_minutes}: must be at least datapoints, "
                f"{self.high_minutes} minutes.",
                field="of_minutes",
            )
        self._refuse_what_is_no_schedule()
        return self

    def _refuse_what_no_metric_can_be(self) -> None:
        if self.policy == PREDICTIVE and CPU not in self.watched:
            raise ScenarioError(
                f"metrics = {self.metrics}: this lab forecasts the load by CPU, so predictive "
                f"scaling takes one of {', '.join(_with(CPU))}.",
                field="metrics",
            )
        if self.memory_idle_pct >= self.memory_busy_pct:
            raise ScenarioError(
                f"memory_idle_pct = {self.memory_idle_pct:g}: must be below memory_busy_pct, "
                f"{self.memory_busy_pct:g} %.",
                field="memory_idle_pct",
            )

    def _refuse_what_is_no_size(self, name: str, size: int | None) -> None:
        if size is not None and not self.min_size <= size <= self.max_size:
            raise ScenarioError(
                f"{name} = {size}: must be from min_size to max_size, "
                f"{self.min_size} to {self.max_size} instances.",
                field=name,
            )

    def _refuse_what_is_no_schedule(self) -> None:
        self._refuse_what_is_no_size("scheduled_size", self.scheduled_size)
        if not _is_zone(self.scheduled_zone):
            raise ScenarioError(
                f"scheduled_zone = {shown(self.scheduled_zone)}: must be a time zone of the IANA "
                "list, such as Europe/Berlin.",
                field="scheduled_zone",
            )
        if self.hours[0] >= self.hours[1]:
            raise ScenarioError(
                f"scheduled_from_h = {self.hours[0]:g}: must be before scheduled_to_h, "
                f"{self.hours[1]:g} h.",
                field="scheduled_from_h",
            )


def _is_zone(name: str) -> bool:
    """Whether a name is one of the IANA list, and a place's or a standard time."""
    return name == "UTC" or name in _zones()


@cache
def _zones() -> set[str]:
    return available_timezones() - {"localtime", "Factory"}
