"""What can be asked: how an instance is prepared, and the load that makes a group launch more."""

from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb.aws.autoscaling import default_or
from awsnb.aws.ebs import EBS
from awsnb.aws.ec2 import launch_fact
from awsnb.aws.elb import ELB, HealthCheck
from awsnb.aws.prices import PRICED_INSTANCES
from awsnb.scenario import Scenario, ScenarioError, field

Approach = Literal["bootstrap", "half-baked", "golden image", "warm pool"]
BOOTSTRAP, HALF_BAKED, GOLDEN, WARM_POOL = "bootstrap", "half-baked", "golden image", "warm pool"
APPROACHES: tuple[Approach, ...] = ("bootstrap", "half-baked", "golden image", "warm pool")
FIRST_READ, PROVISIONED, FAST_RESTORE = "first read", "provisioned rate", "fast restore"
OF_BOOT, OF_USER_DATA, OF_ALL = "boot", "user data", "all until it answers"


class LaunchScenario(Scenario):
    """One way of preparing instances, and a group that has to grow."""

    approach: Approach = field(
        BOOTSTRAP,
        label="Approach",
        meaning="Where software comes from. Bootstrap: user data installs all of it. Half-baked: "
        "user data fetches code and settings alone. Golden image: nothing is left to do. Warm "
        "pool: instances were prepared before, and wait stopped.",
    )
    install_s: float = field(
        launch_fact("install"),
        label="User data of a bootstrap",
        unit="s",
        low=0,
        high=3600,
        meaning="Mean time in which user data installs packages and code.",
    )
    software_gib: float = field(
        4.0,
        label="Software",
        unit="GiB",
        low=0,
        high=100,
        meaning="What an image holds beyond the operating system, if it is baked in.",
    )
    loading: Literal["first read", "provisioned rate", "fast restore"] = field(
        FIRST_READ,
        label="Blocks are loaded",
        meaning="How a new volume gets its blocks. Each when it is first read, at a provisioned "
        "rate, or by fast snapshot restore, which has them ready.",
    )
    check_interval_s: int = field(
        ELB.value("health_check", "interval"),
        label="Health check interval",
        unit="s",
        low=ELB.value("health_check", "min_interval"),
        high=ELB.value("health_check", "max_interval"),
        meaning="From one health check of the load balancer to the next.",
    )
    growth: float = field(
        3.0,
        label="The load grows",
        unit="times",
        low=1,
        high=20,
        meaning="The load afterwards, as a multiple of the load before.",
    )
    measured: str = field(
        "",
        label="Measured times",
        path=True,
        meaning="Path of a file with one duration a line. Or with what systemd-analyze or "
        "cloud-init analyze show wrote at some launches.",
    )
    measures: Literal["boot", "user data", "all until it answers"] = field(
        OF_BOOT,
        label="They measure",
        reads="measured",
        control=False,
        meaning="The stage that the measured times take the place of.",
    )
    configure_s: float = field(
        launch_fact("configure"),
        label="User data, half-baked",
        unit="s",
        low=0,
        high=3600,
        group="Stages",
        advanced=True,
        meaning="Mean time in which user data fetches code and settings alone.",
    )
    pending_s: float = field(
        launch_fact("pending"),
        label="Pending",
        unit="s",
        low=0,
        high=600,
        group="Stages",
        advanced=True,
        meaning="Mean time from the request for an instance until its state is running.",
    )
    boot_s: float = field(
        launch_fact("boot"),
        label="Boot",
        unit="s",
        low=0,
        high=600,
        group="Stages",
        advanced=True,
        meaning="Mean time of the operating system's start, without waiting for blocks.",
    )
    start_s: float = field(
        launch_fact("start"),
        label="Application start",
        unit="s",
        low=0,
        high=1800,
        group="Stages",
        advanced=True,
        meaning="Mean time from the application's start until it answers: caches, connections.",
    )
    spread_pct: float = field(
        launch_fact("spread"),
        label="Spread of a stage",
        unit="%",
        low=0,
        high=200,
        group="Stages",
        advanced=True,
        meaning="Standard deviation of each of these times, of its mean.",
    )
    read_pct: float = field(
        25.0,
        label="Software read at start",
        unit="%",
        low=0,
        high=100,
        group="Blocks",
        advanced=True,
        meaning="Share of the software's blocks that are read before the application answers.",
    )
    default_rate_mibps: float = field(
        float(EBS.value("initialization", "default_rate_assumed")),
        label="Rate of first reads",
        unit="MiB/s",
        low=1,
        high=1000,
        log=True,
        group="Blocks",
        advanced=True,
        meaning="How fast blocks come from a snapshot if nothing is provisioned; AWS states none.",
    )
    provisioned_rate_mibps: int = field(
        EBS.value("initialization", "max_rate"),
        label="Provisioned rate",
        unit="MiB/s",
        low=EBS.value("initialization", "min_rate"),
        high=EBS.value("initialization", "max_rate"),
        only_when={"loading": (PROVISIONED,)},
        group="Blocks",
        advanced=True,
        meaning="The volume initialization rate that is provisioned.",
    )
    zones: int = field(
        2,
        label="Zones",
        unit="zones",
        low=1,
        high=6,
        group="Blocks",
        advanced=True,
        meaning="Availability Zones that the group launches in: fast restore is paid for in each.",
    )
    unhealthy_checks: int = field(
        ELB.value("health_check", "unhealthy_threshold"),
        label="Unhealthy after",
        unit="failures",
        low=ELB.value("health_check", "min_threshold"),
        high=ELB.value("health_check", "max_threshold"),
        group="Group",
        advanced=True,
        meaning="Failed checks in a row after which a target is unhealthy, a new one too.",
    )
    base_rps: float = field(
        500.0,
        label="Load before",
        unit="requests/s",
        low=1,
        high=20_000,
        log=True,
        group="Group",
        advanced=True,
        meaning="Load before it grows.",
    )
    ramp_min: float = field(
        5.0,
        label="It grows within",
        unit="min",
        low=0,
        high=30,
        group="Group",
        advanced=True,
        meaning="How long the load takes to grow.",
    )
    capacity_rps: float = field(
        50.0,
        label="An instance serves",
        unit="requests/s",
        low=1,
        high=10_000,
        log=True,
        group="Group",
        advanced=True,
        meaning="Requests that one instance can serve in a second, at 100 % CPU.",
    )
    target_pct: float = field(
        50.0,
        label="Target",
        unit="% CPU",
        low=5,
        high=95,
        group="Group",
        advanced=True,
        meaning="Target of the group's target tracking policy, with detailed monitoring.",
    )
    spare: int = field(
        0,
        label="Spare instances",
        unit="instances",
        low=0,
        high=500,
        group="Group",
        advanced=True,
        meaning="Instances above what the load before needs, always running.",
    )
    warm_up_s: int | None = field(
        None,
        label="Instance warm-up",
        unit="s",
        low=0,
        high=3600,
        group="Group",
        advanced=True,
        meaning="How long after it is running an instance does not count in the group's metric: a "
        "number that you set, whatever the image.",
    )
    instance_type: str = field(
        "m5.large",
        label="Instance",
        choices=PRICED_INSTANCES,
        group="Group",
        advanced=True,
        meaning="Instance type, for the price.",
    )
    accepted_pct: float = field(
        10.0,
        label="Accepted to wait",
        unit="% of requests",
        low=0,
        high=100,
        group="Group",
        advanced=True,
        meaning="Share of the requests of these 90 minutes that may wait for capacity.",
    )

    @model_validator(mode="after")
    def _refuse_what_no_image_does(self) -> Self:
        if self.measures == OF_USER_DATA and self.approach in (GOLDEN, WARM_POOL):
            raise ScenarioError(
                f"measures = {self.measures}: with a {self.approach} no user data runs at launch; "
                f"choose approach = {BOOTSTRAP} or {HALF_BAKED}, or what else the times measure.",
                field="measures",
            )
        return self

    def in_force(self) -> dict[str, Any]:
        """The warm-up that Auto Scaling falls back to."""
        return {"warm_up_s": int(default_or(self.warm_up_s, "warm_up", "duration"))}

    @property
    def baked(self) -> bool:
        """Whether the software lies in the image."""
        return self.approach in (HALF_BAKED, GOLDEN)

    @property
    def check(self) -> HealthCheck:
        """The load balancer's health check."""
        timeout_s = float(ELB.value("health_check", "timeout_alb"))
        return HealthCheck(self.check_interval_s, timeout_s, self.unhealthy_checks)

    def other(self, approach: Approach) -> Self:
        """The same with another approach; what was measured of user data then says nothing."""
        if approach == self.approach or self.measures == OF_BOOT:
            return self.replace(approach=approach)
        return self.replace(approach=approach, measured="", measures=OF_BOOT)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        extra = f", {self.spare} spare" if self.spare else ""
        return f"{self.approach}, {self.loading}, checked every {self.check_interval_s} s{extra}"
