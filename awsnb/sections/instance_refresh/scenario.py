"""What can be asked: a group, how it is refreshed, and how good the new version is."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.autoscaling import ASG, refresh_fact
from awsnb.aws.autoscaling.refresh import IGNORE, WAIT
from awsnb.aws.ec2 import launch_fact, restart_s
from awsnb.scenario import Scenario, ScenarioError, field, shown
from awsnb.words import counted

GOOD, FAILS, DEAD = "good", "fails requests", "never answers"
MOST_MIN = int(refresh_fact("most_delay")) // 60
SOURCE = "EC2 Auto Scaling API Reference: RefreshPreferences"


class RefreshScenario(Scenario):
    """A group under load, an instance refresh, and a new version."""

    min_healthy_pct: int = field(
        int(refresh_fact("min_healthy")), label="Minimum healthy", unit="%", low=0, high=100,
        meaning="Of the desired capacity: so many stay in service and ready, rounded up.",
    )  # fmt: skip
    max_healthy_pct: int = field(
        int(refresh_fact("max_healthy")), label="Maximum healthy", unit="%", low=100, high=200,
        meaning="Of the desired capacity: no more are there, ready or pending.",
    )  # fmt: skip
    warm_up_s: int = field(
        int(ASG.value("health", "grace_console")), label="Instance warm-up", unit="s", low=0,
        high=ASG.value("warm_up", "max_default"),
        meaning="From in service until an instance counts as ready. If none is set, the health "
        "check grace period, which the console sets to 300 s.",
    )  # fmt: skip
    version: Literal["good", "fails requests", "never answers"] = field(
        GOOD, label="New version",
        meaning="Good; it passes health checks and fails requests; it never answers any.",
    )  # fmt: skip
    alarm_pct: float | None = field(
        None, label="Alarm above", unit="%", low=0.1, high=100, log=True, unset="no alarm",
        meaning="Of all requests that fail, minute by minute: the refresh fails on this alarm.",
    )  # fmt: skip
    load_rps: int = field(
        750, label="Load", unit="requests/s", low=1, high=100_000, log=True,
        meaning="Requests to the whole group; the balancer spreads them evenly.",
    )  # fmt: skip

    checkpoints: str = field(
        "", label="Checkpoints", lines=1, group="Checkpoints", advanced=True,
        meaning="Percentages of new instances at which it pauses, such as 10, 50, 100. It ends "
        "at the last. Empty: none.",
    )  # fmt: skip
    delay_min: int = field(
        int(refresh_fact("checkpoint_delay")) // 60, label="Checkpoint delay", unit="min", low=0,
        high=MOST_MIN, group="Checkpoints", advanced=True,
        meaning="How long it pauses at a checkpoint.",
    )  # fmt: skip
    verify_min: int | None = field(
        None, label="Your tests take", unit="min", low=0, high=MOST_MIN, unset="no tests",
        group="Checkpoints", advanced=True,
        meaning="From a checkpoint until your tests find a bad version, and you roll back.",
    )  # fmt: skip

    alarm_points: int = field(
        3, label="Alarm after", unit="min", low=1, high=60, group="Rollback", advanced=True,
        meaning="One-minute datapoints in a row above the threshold that set the alarm off.",
    )  # fmt: skip
    auto_rollback: bool = field(
        False, label="Auto rollback", group="Rollback", advanced=True,
        meaning="Whether it brings the old version back when it fails or an alarm goes off.",
    )  # fmt: skip
    bake_min: int = field(
        int(refresh_fact("bake_time")), label="Bake time", unit="min", low=0, high=MOST_MIN,
        group="Rollback", advanced=True,
        meaning="How long it waits at the end, and still can be rolled back.",
    )  # fmt: skip
    notice_min: int = field(
        60, label="Somebody notices", unit="min", low=1, high=1440, group="Rollback",
        advanced=True,
        meaning="From the first failed request, or a failed refresh, until people roll back.",
    )  # fmt: skip

    error_pct: float = field(
        20.0, label="Fails", unit="%", low=0.1, high=100, log=True, group="New version",
        advanced=True, only_when={"version": (FAILS,)},
        meaning="Of the requests to a new instance.",
    )  # fmt: skip
    fails_after_min: int = field(
        0, label="Begins to fail", unit="min", low=0, high=1440, group="New version",
        advanced=True, only_when={"version": (FAILS,)},
        meaning="After an instance began to serve: a leak, for example.",
    )  # fmt: skip
    boot_s: int = field(
        int(restart_s()), label="Serves after", unit="s", low=0, high=3600, group="Launch",
        advanced=True, meaning="From in service until requests come, of both versions.",
    )  # fmt: skip
    pending_s: int = field(
        int(launch_fact("pending")), label="Launch to in service", unit="s", low=0, high=3600,
        group="Launch", advanced=True, meaning="AWS promises no number.",
    )  # fmt: skip
    elb_checks: bool = field(
        True, label="ELB health checks", group="Launch", advanced=True,
        meaning="Whether an instance must pass the balancer's checks to be ready.",
    )  # fmt: skip

    desired: int = field(
        10, label="Desired capacity", unit="instances", low=1, high=100, group="Group",
        advanced=True, meaning="Instances in service before and after.",
    )  # fmt: skip
    matching: int = field(
        0, label="Already new", unit="instances", low=0, high=100, group="Group", advanced=True,
        meaning="Instances that match the desired configuration at the start.",
    )  # fmt: skip
    skip_matching: bool = field(
        False, label="Skip matching", group="Group", advanced=True,
        meaning="Whether those are left as they are. Off by API and CLI, on in the console.",
    )  # fmt: skip
    protected: int = field(
        0, label="Protected", unit="instances", low=0, high=100, group="Group", advanced=True,
        meaning="Instances with scale-in protection.",
    )  # fmt: skip
    standby: int = field(
        0, label="On standby", unit="instances", low=0, high=100, group="Group", advanced=True,
        meaning="Instances on standby, beside the desired capacity.",
    )  # fmt: skip
    held: Literal["Wait", "Ignore", "Replace"] = field(
        WAIT, label="Protected, standby", group="Group", advanced=True,
        meaning="Wait an hour and fail, leave them, or replace the protected and terminate those "
        "on standby. The console takes Ignore.",
    )  # fmt: skip

    target_pct: float | None = field(
        None, label="Target tracking", unit="%", low=10, high=95, unset="no policy",
        group="Scaling policy", advanced=True,
        meaning="Average CPU utilisation that a scaling policy keeps, while it is refreshed, too.",
    )  # fmt: skip
    minimum: int = field(
        4, label="Minimum", unit="instances", low=0, high=100, group="Scaling policy",
        advanced=True, meaning="The least that the policy can set the desired capacity to.",
    )  # fmt: skip
    maximum: int = field(
        24, label="Maximum", unit="instances", low=1, high=200, group="Scaling policy",
        advanced=True, meaning="The most that it can set it to.",
    )  # fmt: skip

    instance_rps: int = field(
        100, label="An instance serves", unit="requests/s", low=1, high=10_000, log=True,
        group="Load", advanced=True, meaning="At most, of either version.",
    )  # fmt: skip
    spike_pct: int = field(
        0, label="Spike", unit="%", low=0, high=500, group="Load", advanced=True,
        meaning="How much more load comes for a while.",
    )  # fmt: skip
    spike_at_min: int = field(
        15, label="Spike begins", unit="min", low=0, high=1440, group="Load", advanced=True,
        meaning="After the refresh began.",
    )  # fmt: skip
    spike_min: int = field(
        15, label="Spike lasts", unit="min", low=1, high=1440, group="Load", advanced=True,
        meaning="How long it goes on.",
    )  # fmt: skip
    zones: int = field(
        3, label="Availability Zones", unit="zones", low=1, high=6, group="Load", advanced=True,
        meaning="Zones that the group spreads its instances over.",
    )  # fmt: skip
    zone_lost_min: int | None = field(
        None, label="A zone is lost", unit="min", low=0, high=1440, unset="never", group="Load",
        advanced=True, meaning="After the refresh began. It does not come back.",
    )  # fmt: skip

    refreshes: str = field(
        "", label="Your refreshes", path=True, group="Load", advanced=True,
        meaning="Your own, as aws autoscaling describe-instance-refreshes writes them: the newest "
        "that ended is drawn over the model's.",
    )  # fmt: skip

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        most = refresh_fact("max_range")
        if self.max_healthy_pct - self.min_healthy_pct > most:
            raise ScenarioError(
                f"max_healthy_pct = {self.max_healthy_pct}: must be at most {most:g} above the "
                f"minimum healthy percentage, {self.min_healthy_pct} ({SOURCE}).",
                field="max_healthy_pct",
            )
        _read(self.checkpoints)
        self._check_counts()
        return self

    def _check_counts(self) -> None:
        for name in ("matching", "protected"):
            if getattr(self, name) > self.desired:
                raise ScenarioError(
                    f"{name} = {getattr(self, name)}: the group has "
                    f"{counted(self.desired, 'instance')}.",
                    field=name,
                )
        if self.matching + self.protected > self.desired:
            raise ScenarioError(
                f"protected = {self.protected}: at most {self.desired - self.matching} of the "
                f"{counted(self.desired, 'instance')} are old, and only those count here.",
                field="protected",
            )
        if self.target_pct is not None and not self.minimum <= self.desired <= self.maximum:
            raise ScenarioError(
                f"desired = {self.desired}: with a policy it must be from the minimum to the "
                f"maximum, {self.minimum} to {self.maximum} instances (EC2 Auto Scaling API "
                "Reference: CreateAutoScalingGroup).",
                field="desired",
            )
        if self.zone_lost_min is not None and self.zones == 1:
            raise ScenarioError(
                f"zone_lost_min = {self.zone_lost_min}: the group has one zone, and no other to "
                "launch in; set zones to 2 or more.",
                field="zone_lost_min",
            )

    @property
    def checkpoints_pct(self) -> tuple[int, ...]:
        """The checkpoints, %."""
        return _read(self.checkpoints)

    @property
    def kept(self) -> int:
        """Protected instances that it leaves."""
        return self.protected if self.held == IGNORE else 0

    @property
    def awaited(self) -> int:
        """Protected instances that it waits for."""
        return self.protected if self.held == WAIT else 0

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        size = counted(self.desired, "instance")
        return f"{size}, {self.min_healthy_pct} to {self.max_healthy_pct} %, {self.version}"


def _read(text: str) -> tuple[int, ...]:
    parts = [part.strip() for part in text.split(",")] if text.strip() else []
    if not all(part.isascii() and part.isdigit() and len(part) <= 3 for part in parts):
        raise _refusal(text)
    found = tuple(int(part) for part in parts)
    if any(not 1 <= pct <= 100 for pct in found) or list(found) != sorted(set(found)):
        raise _refusal(text)
    return found


def _refusal(text: str) -> ScenarioError:
    return ScenarioError(
        f"checkpoints = {shown(text)}: must be whole percentages from 1 to 100, each above the "
        f"one before, with commas between them: 10, 50, 100 ({SOURCE}).",
        field="checkpoints",
    )
