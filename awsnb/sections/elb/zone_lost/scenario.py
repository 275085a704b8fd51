"""What can be asked: zones with targets, what happens to one of them, and who notices when."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB, HealthCheck, Thresholds
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.words import counted

HEALTH = "health_check"
DARK, DIE, UNSEEN = "the zone goes dark", "targets die", "targets fail unseen"
AFTER_MIN = 10.0  # how long it is watched when all works again


class ZoneLostScenario(Scenario):
    """A load balancer in several zones, of which zone a fails."""

    event: Literal["the zone goes dark", "targets die", "targets fail unseen"] = field(
        DARK, label="What happens in zone a",
        meaning="All of it is gone, the load balancer's node as well. Or targets die. Or targets "
        "answer errors and still pass their health checks.",
    )  # fmt: skip
    cross_zone: bool = field(
        True, label="Cross-zone",
        meaning="Whether a node sends to the targets of all zones, or to those of its own only.",
    )  # fmt: skip
    targets_per_zone: int = field(
        5, label="Targets in a zone", unit="targets", low=1, high=100,
        meaning="As many in each.",
    )  # fmt: skip
    long_pct: float = field(
        10.0, label="Clients that cache longer", unit="%", low=0, high=100,
        meaning="Their share of the requests. They keep an address longer than DNS allows, or an "
        "open connection.",
    )  # fmt: skip
    cache_min: float = field(
        15.0, label="They cache for", unit="min", low=1, high=1440, log=True,
        meaning="How long they keep an address before they ask DNS again.",
    )  # fmt: skip
    zonal_shift_min: float | None = field(
        None, label="Zonal shift after", unit="min", low=0, high=60, unset="never",
        meaning="When somebody, or AWS, shifts traffic away from zone a.",
    )  # fmt: skip
    dead_targets: int | None = field(
        None, label="Failing targets", unit="targets", low=1, high=100, group="Failure",
        advanced=True, unset="all in zone a", only_when={"event": (DIE, UNSEEN)},
        meaning="How many targets of zone a die or fail.",
    )  # fmt: skip
    lasts_min: float = field(
        20.0, label="It lasts", unit="min", low=1, high=240, log=True, group="Failure",
        advanced=True, meaning="How long, until all of it works again.",
    )  # fmt: skip
    zones: int = field(
        3, label="Zones", unit="zones", low=2, high=6, group="Fleet", advanced=True,
        meaning="Zones of the load balancer; DNS names each to as many clients.",
    )  # fmt: skip
    requests_per_s: float = field(
        900.0, label="Requests", unit="requests/s", low=1, high=1_000_000, log=True,
        group="Fleet", advanced=True, meaning="Of all clients together.",
    )  # fmt: skip
    target_per_s: float = field(
        100.0, label="A target serves", unit="requests/s", low=0.1, high=100_000, log=True,
        group="Fleet", advanced=True, meaning="What is more, fails.",
    )  # fmt: skip
    health_interval_s: int = field(
        ELB.value(HEALTH, "interval"), label="Health check interval", unit="s",
        low=ELB.value(HEALTH, "min_interval"), high=ELB.value(HEALTH, "max_interval"), log=True,
        group="Health checks", advanced=True,
        meaning="From one check to the next. A check waits 5 s for an answer, at an interval of "
        "5 s or less 2 s.",
    )  # fmt: skip
    unhealthy_threshold: int = field(
        ELB.value(HEALTH, "unhealthy_threshold"), label="Unhealthy after", unit="failures",
        low=ELB.value(HEALTH, "min_threshold"), high=ELB.value(HEALTH, "max_threshold"),
        group="Health checks", advanced=True, meaning="Failed checks in a row.",
    )  # fmt: skip
    healthy_threshold: int = field(
        ELB.value(HEALTH, "healthy_threshold"), label="Healthy after", unit="successes",
        low=ELB.value(HEALTH, "min_threshold"), high=ELB.value(HEALTH, "max_threshold"),
        group="Health checks", advanced=True, meaning="Passed checks in a row, once unhealthy.",
    )  # fmt: skip
    dns_failover_pct: float = field(
        0.0, label="DNS failover below", unit="% healthy", low=0, high=100,
        group="Target group health", advanced=True,
        meaning="With fewer healthy targets a zone's address leaves DNS. 0: with none.",
    )  # fmt: skip
    routing_failover_pct: float = field(
        0.0, label="Routing failover below", unit="% healthy", low=0, high=100,
        group="Target group health", advanced=True,
        meaning="With fewer healthy targets a node sends to all. 0: with none.",
    )  # fmt: skip
    failed_goal_pct: float = field(
        2.0, label="Failed at most", unit="%", low=0, high=100, group="Goal", advanced=True,
        meaning="Share of the requests of the time that is shown.",
    )  # fmt: skip

    @property
    def dead(self) -> int:
        """How many targets of zone a fail."""
        return self.targets_per_zone if self.dead_targets is None else self.dead_targets

    @property
    def check(self) -> HealthCheck:
        """How the targets are checked."""
        timeout_s = ELB.value(HEALTH, "timeout_alb")
        if timeout_s >= self.health_interval_s:
            timeout_s = ELB.value(HEALTH, "min_timeout")
        return HealthCheck(self.health_interval_s, timeout_s, self.unhealthy_threshold)

    @property
    def thresholds(self) -> Thresholds:
        """What takes a zone out of DNS, and what makes a node send to unhealthy targets."""
        return Thresholds(self.dns_failover_pct, self.routing_failover_pct)

    @property
    def duration_s(self) -> float:
        """How long it is looked at from the event on, s."""
        return 60 * (self.lasts_min + AFTER_MIN)

    @property
    def text(self) -> str:
        """The event and the fleet in a few words."""
        cross = "on" if self.cross_zone else "off"
        each = counted(self.targets_per_zone, "target")
        return f"{self.event}, {self.zones} x {each}, cross-zone {cross}"

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        if self.dead > self.targets_per_zone:
            raise ScenarioError(
                f"dead_targets = {self.dead_targets}: zone a has {self.targets_per_zone}; take "
                "no more than targets_per_zone.",
                field="dead_targets",
            )
        fact = ELB.get("target_group_health", "order")
        if 0 < self.dns_failover_pct < self.routing_failover_pct:
            raise ScenarioError(
                f"dns_failover_pct = {self.dns_failover_pct:g}: AWS wants it at "
                f"routing_failover_pct = {self.routing_failover_pct:g} % or above ({fact.source}).",
                field="dns_failover_pct",
            )
        return self
