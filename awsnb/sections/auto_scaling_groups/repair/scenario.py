"""What can be asked: a group, what befalls it, and how it finds and replaces what fails."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.autoscaling import ASG, at_once, default_check, default_mix, on_demand_count
from awsnb.aws.autoscaling.health import FAILURES, SPOT, TYPES, ZONE
from awsnb.aws.ec2 import launch_fact
from awsnb.aws.elb import HealthCheck
from awsnb.aws.prices import PRICED_INSTANCES
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.words import counted

CREATED = "group created"
EVENTS = (*FAILURES, CREATED)
OF_SOME = tuple(event for event in FAILURES if event not in (ZONE, SPOT))
NO_POOL, STOPPED, RUNNING = "none", "Stopped", "Running"
BEST_EFFORT, BALANCED_ONLY = "balanced-best-effort", "balanced-only"
CHECK, PASSES = default_check()
BASE, ABOVE_BASE_PCT = default_mix()
DAY_S = 86_400


class RepairScenario(Scenario):
    """A group of instances, something that befalls it, and its settings."""

    event: str = field(
        FAILURES[0],
        label="What happens",
        choices=EVENTS,
        meaning="At 5 min, or at 0 min for a new group.",
    )
    affected: int = field(
        1,
        label="Instances hit",
        unit="instances",
        low=1,
        high=100,
        only_when={"event": OF_SOME},
        meaning="How many instances it happens to, at the same moment.",
    )
    checks: str = field(
        TYPES[1],
        label="Health checks",
        choices=TYPES,
        meaning="What the group listens to; EC2 is always on, ELB off at first.",
    )
    grace_s: int = field(
        int(ASG.value("health", "grace_console")),
        label="Grace period",
        unit="s",
        low=0,
        high=7200,
        meaning="After an instance came into service, how long failed checks don't count. The "
        "console fills in 300 s; the API takes 0 s.",
    )
    boot_s: int = field(
        120,
        label="Boot",
        unit="s",
        low=0,
        high=3600,
        meaning="From running until the application answers the balancer's checks.",
    )
    hook: bool = field(
        False,
        label="Launch hook",
        meaning="A lifecycle hook holds a new instance back until its application has booted.",
    )
    desired: int = field(
        6, label="Desired capacity", unit="instances", low=1, high=100, group="Group",
        advanced=True, meaning="Instances that the group keeps.",
    )  # fmt: skip
    minimum: int = field(
        4, label="Minimum", unit="instances", low=0, high=100, group="Group", advanced=True,
        meaning="The least that the desired capacity can be set to.",
    )  # fmt: skip
    maximum: int = field(
        8, label="Maximum", unit="instances", low=1, high=200, group="Group", advanced=True,
        meaning="The most that it can be set to; rebalancing may go beyond it for a while.",
    )  # fmt: skip
    zones: int = field(
        3, label="Availability Zones", unit="zones", low=1, high=6, group="Group", advanced=True,
        meaning="Zones that the group spreads its instances over.",
    )  # fmt: skip
    distribution: Literal["balanced-best-effort", "balanced-only"] = field(
        BEST_EFFORT, label="If a zone takes none", group="Group", advanced=True,
        meaning="Whether it launches in another zone, which is the default, or waits.",
    )  # fmt: skip
    outage_min: int = field(
        30, label="Zone or pool back after", unit="min", low=1, high=1000, group="Group",
        advanced=True, only_when={"event": (ZONE, SPOT)},
        meaning="Until then the zone, or the Spot pool, takes no launches.",
    )  # fmt: skip
    lifetime_days: int | None = field(
        None, label="Maximum lifetime", unit="days", low=0, high=365, group="Group", advanced=True,
        unset="no limit", meaning="After so long in service an instance is replaced.",
    )  # fmt: skip
    target_pct: float | None = field(
        None, label="Target tracking", unit="%", low=10, high=95, unset="no policy",
        group="Group", advanced=True,
        meaning="Average CPU above which a policy launches more, up to the maximum. Its scale-in "
        "is disabled here.",
    )  # fmt: skip
    busy_pct: float = field(
        45.0, label="Busy before", unit="%", low=1, high=100, group="Group",
        advanced=True,
        meaning="CPU of each instance when all serve. The load stays what it is.",
    )  # fmt: skip
    pending_s: int = field(
        int(launch_fact("pending")), label="Launch to running", unit="s", low=1, high=600,
        group="Launch", advanced=True, meaning="AWS promises no number.",
    )  # fmt: skip
    heartbeat_s: int = field(
        ASG.value("hook", "heartbeat"), label="Hook's timeout", unit="s", low=0, high=100_000,
        group="Launch", advanced=True, only_when={"hook": (True,)},
        meaning="An instance that is not ready by then is abandoned: terminated and replaced.",
    )  # fmt: skip
    warm_pool: Literal["none", "Stopped", "Running"] = field(
        NO_POOL, label="Warm pool", group="Launch", advanced=True,
        meaning="Instances that have booted once and wait, stopped or running.",
    )  # fmt: skip
    warm_size: int = field(
        2, label="Warm instances", unit="instances", low=1, high=100, group="Launch",
        advanced=True, only_when={"warm_pool": (STOPPED, RUNNING)},
        meaning="How many wait in the warm pool.",
    )  # fmt: skip
    interval_s: int = field(
        int(CHECK.interval_s), label="Check interval", unit="s", low=5, high=300, group="Balancer",
        advanced=True, meaning="From one of the balancer's checks of an instance to the next.",
    )  # fmt: skip
    unhealthy_threshold: int = field(
        CHECK.threshold, label="Unhealthy after", unit="failures", low=2, high=10,
        group="Balancer", advanced=True, meaning="Failed checks in a row.",
    )  # fmt: skip
    healthy_threshold: int = field(
        PASSES, label="Healthy after", unit="successes", low=2, high=10, group="Balancer",
        advanced=True,
        meaning="Successes in a row, once it was unhealthy. A new target needs one.",
    )  # fmt: skip
    on_demand_base: int = field(
        BASE, label="On-Demand base", unit="instances", low=0, high=100, group="Spot",
        advanced=True, meaning="The first instances of the group, which are never Spot.",
    )  # fmt: skip
    on_demand_pct: int = field(
        ABOVE_BASE_PCT, label="On-Demand above base", unit="%", low=0, high=100, group="Spot",
        advanced=True, meaning="Of the instances above the base; the rest is Spot.",
    )  # fmt: skip
    types: int = field(
        2, label="Instance types", unit="types", low=1, high=20, group="Spot", advanced=True,
        meaning="Each type in each zone is a Spot pool; the group spreads over all of them.",
    )  # fmt: skip
    capacity_rebalance: bool = field(
        False, label="Capacity Rebalancing", group="Spot", advanced=True,
        meaning="Whether a Spot Instance is replaced at its notice, not after its end.",
    )  # fmt: skip
    saving_pct: int = field(
        ASG.value("spot", "saving"), label="Spot saves", unit="%", low=0, high=90,
        group="Run and bill", advanced=True,
        meaning="Below the price on demand. It differs by pool and day.",
    )  # fmt: skip
    instance_type: str = field(
        "m5.large", label="Instance type", choices=PRICED_INSTANCES,
        group="Run and bill", advanced=True,
        meaning="For the bill; all types of the group are counted at its price.",
    )  # fmt: skip
    watch_min: int = field(
        60, label="Watch for", unit="min", low=10, high=1440, group="Run and bill", advanced=True,
        meaning="How long the group is followed.",
    )  # fmt: skip
    activities: str = field(
        "", label="Your activities", path=True, group="Run and bill", advanced=True,
        meaning="Your own history, as aws autoscaling describe-scaling-activities writes it.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self._check_sizes()
        self._check_hook()
        self._check_lifetime()
        if self.event == SPOT and not self.spot:
            raise ScenarioError(
                f"event = {SPOT!r}: the group has no Spot Instances; set on_demand_pct below 100, "
                "and on_demand_base below the desired capacity.",
                field="event",
            )
        return self

    def _check_sizes(self) -> None:
        if not self.minimum <= self.desired <= self.maximum:
            raise ScenarioError(
                f"desired = {self.desired}: must be from the minimum to the maximum, "
                f"{self.minimum} to {self.maximum} instances (EC2 Auto Scaling API Reference: "
                "CreateAutoScalingGroup).",
                field="desired",
            )
        if self.event in OF_SOME and self.affected > self.desired:
            raise ScenarioError(
                f"affected = {self.affected}: the group has {counted(self.desired, 'instance')}; "
                "choose no more, or raise desired.",
                field="affected",
            )

    def _check_hook(self) -> None:
        low, high = (ASG.value("hook", f"{end}_heartbeat") for end in ("min", "max"))
        if self.hook and not low <= self.heartbeat_s <= high:
            raise ScenarioError(
                f"heartbeat_s = {self.heartbeat_s}: must be from {low} to {high:,} s (EC2 Auto "
                "Scaling API Reference: PutLifecycleHook).",
                field="heartbeat_s",
            )

    def _check_lifetime(self) -> None:
        least = ASG.value("group", "min_lifetime") // DAY_S
        if self.lifetime_days is not None and self.lifetime_days < least:
            raise ScenarioError(
                f"lifetime_days = {self.lifetime_days}: must be at least {least} day, or left out "
                "(EC2 Auto Scaling API Reference: MaxInstanceLifetime).",
                field="lifetime_days",
            )

    @property
    def check(self) -> HealthCheck:
        """The balancer's check; its timeout is AWS's, or the interval if that is shorter."""
        timeout_s = min(CHECK.timeout_s, self.interval_s)
        return HealthCheck(self.interval_s, timeout_s, self.unhealthy_threshold)

    @property
    def on_demand(self) -> int:
        """Instances that are not Spot."""
        return on_demand_count(self.desired, self.on_demand_base, self.on_demand_pct)

    @property
    def spot(self) -> int:
        """Spot Instances."""
        return self.desired - self.on_demand

    @property
    def at_once(self) -> int:
        """How many running instances are replaced at a time."""
        return at_once(self.desired)

    @property
    def listens(self) -> bool:
        """Whether the balancer's checks count."""
        return "ELB" in self.checks

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        hits = f" ({self.affected})" if self.event in OF_SOME and self.affected > 1 else ""
        return f"{counted(self.desired, 'instance')}, {self.event}{hits}"
