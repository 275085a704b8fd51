"""What can be asked of flows through appliances."""

from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB, HealthCheck
from awsnb.scenario import Scenario, ScenarioError, field

NONE, FAILS, DEREGISTERED = "none", "it fails", "it is deregistered"
FIVE, THREE, TWO = "5-tuple", "3-tuple", "2-tuple"
TCP, OTHER = "TCP", "UDP"
ALONE, SHARED = "each its own", "shared"
REBALANCE = "rebalance"

MOST_FLOWS = 1_000_000
HOUR_S = 3600.0


class FlowsScenario(Scenario):
    """An hour of connections through a Gateway Load Balancer and stateful appliances."""

    event: Literal["none", "it fails", "it is deregistered"] = field(
        FAILS,
        label="Appliance 1",
        group="Failure",
        meaning="What happens to it after 20 minutes. It fails: it drops all packets. It is "
        "deregistered: it is switched off once the deregistration delay is over.",
    )
    target_failover: Literal["no_rebalance", "rebalance"] = field(
        "no_rebalance",
        label="Target failover",
        group="Failure",
        meaning="What becomes of its flows: they stay with it, or are hashed anew onto others.",
    )
    pause_s: float = field(
        60.0,
        label="Mean pause",
        unit="s",
        low=1,
        high=3600,
        log=True,
        group="Connections",
        meaning="Between packets of one connection; pauses are random, exponential.",
    )
    keep_alive_s: float | None = field(
        None,
        label="Keep-alive",
        unit="s",
        low=10,
        high=7200,
        log=True,
        group="Connections",
        unset="off",
        meaning="Silence after which an end sends a keep-alive packet.",
    )
    idle_timeout_s: int | None = field(
        None,
        label="Idle timeout",
        unit="s",
        low=60,
        high=6000,
        log=True,
        group="Load balancer",
        meaning="Silence after which the load balancer forgets a flow. AWS lets it be set for TCP "
        "with 5-tuple stickiness.",
    )
    stickiness: Literal["5-tuple", "3-tuple", "2-tuple"] = field(
        FIVE,
        label="Stickiness",
        group="Load balancer",
        meaning="What makes a flow. 5-tuple: addresses, ports and protocol, so each connection. "
        "3-tuple: addresses and protocol. 2-tuple: addresses.",
    )
    protocol: Literal["TCP", "UDP"] = field(
        TCP,
        label="Protocol",
        group="Connections",
        advanced=True,
        meaning="Of all connections; UDP's are exchanges between the same addresses and ports.",
    )
    connections: int = field(
        10_000,
        label="Connections",
        unit="connections",
        low=1,
        high=200_000,
        log=True,
        group="Connections",
        advanced=True,
        meaning="Open at any time. Each has just sent a packet as the hour begins.",
    )
    life_min: float = field(
        240.0,
        label="Mean life",
        unit="min",
        low=2,
        high=10_080,
        log=True,
        group="Connections",
        advanced=True,
        meaning="Of a connection that nothing breaks; lives are random, exponential.",
    )
    per_pair: int = field(
        5,
        label="Connections a pair",
        unit="connections",
        low=1,
        high=1000,
        log=True,
        only_when={"stickiness": (THREE, TWO)},
        group="Connections",
        advanced=True,
        meaning="Of the same two hosts, at any time: with 3-tuple and 2-tuple they are one flow.",
    )
    gb_per_h: float = field(
        100.0,
        label="Traffic",
        unit="GB/hour",
        low=0.1,
        high=100_000,
        log=True,
        group="Connections",
        advanced=True,
        meaning="Of all connections, in both directions; for the bill.",
    )
    gives_up_s: float = field(
        float(ELB.value("client", "tcp_gives_up")),
        label="Client gives up after",
        unit="s",
        low=1,
        high=3600,
        log=True,
        group="Connections",
        advanced=True,
        meaning="From the first packet that is lost until the client takes the connection for "
        "dead and makes another.",
    )
    asymmetric_pct: float = field(
        0.0,
        label="Back another way",
        unit="%",
        low=0,
        high=100,
        group="Connections",
        advanced=True,
        meaning="Share of connections whose answers go through the endpoint of another zone.",
    )
    reset: bool = field(
        False,
        label="Reset when idle",
        only_when={"protocol": (TCP,)},
        group="Load balancer",
        advanced=True,
        meaning="Whether the load balancer sends a TCP reset when it forgets a flow "
        "(send_tcp_reset.on_idle_timeout.enabled).",
    )
    reset_on_failure: bool = field(
        False,
        label="Reset when it fails",
        only_when={"protocol": (TCP,), "stickiness": (FIVE,), "event": (FAILS, DEREGISTERED)},
        group="Failure",
        advanced=True,
        meaning="Whether the load balancer sends a TCP reset to appliance 1's flows once it is "
        "unhealthy, or its deregistration delay is over. Rebalance goes before it.",
    )  # fmt: skip
    cross_zone: bool = field(
        False,
        label="Cross-zone",
        group="Load balancer",
        advanced=True,
        meaning="Whether a flow may go to appliances of all zones, or of its own only.",
    )
    zones: int = field(
        2,
        label="Zones",
        unit="zones",
        low=1,
        high=3,
        group="Appliances",
        advanced=True,
        meaning="Each has an endpoint, and as many appliances and connections.",
    )
    per_zone: int = field(
        2,
        label="Appliances a zone",
        unit="appliances",
        low=1,
        high=50,
        group="Appliances",
        advanced=True,
        meaning="Registered in each zone; all are alike.",
    )
    state: Literal["each its own", "shared"] = field(
        ALONE,
        label="Connection state",
        group="Appliances",
        advanced=True,
        meaning="Whether each appliance knows the TCP connections that it saw begin, and drops "
        "others' packets, or all appliances know all.",
    )
    health_interval_s: int = field(
        int(ELB.value("gwlb", "health_interval")),
        label="Check interval",
        unit="s",
        low=5,
        high=300,
        only_when={"event": (FAILS,)},
        group="Failure",
        advanced=True,
        meaning="From one health check of an appliance to the next.",
    )
    unhealthy_threshold: int = field(
        int(ELB.value("health_check", "unhealthy_threshold")),
        label="Unhealthy threshold",
        unit="failures",
        low=2,
        high=10,
        only_when={"event": (FAILS,)},
        group="Failure",
        advanced=True,
        meaning="Failed checks in a row that make an appliance unhealthy.",
    )
    reroute_s: float = field(
        float(ELB.value("gwlb", "reroute")),
        label="Reroute",
        unit="s",
        low=0,
        high=900,
        only_when={"event": (FAILS,)},
        group="Failure",
        advanced=True,
        meaning="From unhealthy until flows go elsewhere. AWS says a few minutes.",
    )
    delay_s: int = field(
        int(ELB.value("deregistration", "delay")),
        label="Deregistration delay",
        unit="s",
        low=0,
        high=3600,
        only_when={"event": (DEREGISTERED,)},
        group="Failure",
        advanced=True,
        meaning="From deregistering until the appliance is switched off.",
    )
    seed: int = field(
        1, label="Seed", low=0, high=1_000_000, control=False, advanced=True, group="Connections",
        meaning="Chooses the random numbers; the same seed gives the same connections.",
    )  # fmt: skip

    @property
    def timeout_s(self) -> float:
        """The idle timeout in force, s."""
        default = "idle_timeout" if self.protocol == TCP else "other_idle_timeout"
        return float(self.idle_timeout_s or ELB.value("gwlb", default))

    def in_force(self) -> dict[str, Any]:
        """The idle timeout that AWS puts in force."""
        return {"idle_timeout_s": round(self.timeout_s)}

    @property
    def kept_alive(self) -> bool:
        """Whether a keep-alive packet comes before the idle timeout."""
        return self.keep_alive_s is not None and self.keep_alive_s < self.timeout_s

    @property
    def resets(self) -> bool:
        """Whether flows of an appliance that is lost are reset."""
        able = self.protocol == TCP and self.own_flow and self.event != NONE
        return self.reset_on_failure and able and self.target_failover != REBALANCE

    @property
    def own_flow(self) -> bool:
        """Whether each connection is a flow of its own."""
        return self.stickiness == FIVE

    @property
    def check(self) -> HealthCheck:
        """The target group's health check."""
        timeout_s = ELB.value("gwlb", "health_timeout")
        return HealthCheck(self.health_interval_s, timeout_s, self.unhealthy_threshold)

    @property
    def appliances(self) -> int:
        """In all zones."""
        return self.zones * self.per_zone

    @property
    def others(self) -> bool:
        """Whether a flow of appliance 1 may go to another."""
        return self.per_zone > 1 or (self.cross_zone and self.zones > 1)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        what = f"GWLB, {self.stickiness}, {self.connections:,} {self.protocol} connections"
        if self.event == NONE:
            return f"{what}, idle timeout {self.timeout_s:g} s"
        happens = self.event.removeprefix("it ")
        return f"{what}, appliance 1 {happens}, {self.target_failover}"

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        if self.idle_timeout_s is not None:
            self._refuse_timeout()
        if self.check.interval_s <= self.check.timeout_s:
            raise ScenarioError(
                f"health_interval_s = {self.health_interval_s}: must be more than the timeout of a "
                f"check, {self.check.timeout_s} s, AWS's default for GENEVE (ELBv2 API Reference: "
                "CreateTargetGroup).",
                field="health_interval_s",
            )
        if self.asymmetric_pct and self.zones == 1:
            raise ScenarioError(
                f"asymmetric_pct = {self.asymmetric_pct:g}: with zones = 1 there is no other "
                "endpoint; take 0 % or more zones.",
                field="asymmetric_pct",
            )
        flows = self.connections * (1 + HOUR_S / 60 / self.life_min)
        if self.own_flow and flows > MOST_FLOWS:
            raise ScenarioError(
                f"connections = {self.connections:,}: with life_min = {self.life_min:g} they are "
                f"{flows:,.0f} in an hour; at most {MOST_FLOWS:,} can be simulated.",
                field="connections",
            )
        return self

    def _refuse_timeout(self) -> None:
        source = "GWLB User Guide: gateway-load-balancers.html"
        if not self.own_flow:
            raise ScenarioError(
                f"idle_timeout_s = {self.idle_timeout_s}: AWS lets it be set with stickiness = "
                f"{FIVE} only; with {self.stickiness} leave it out ({source}).",
                field="idle_timeout_s",
            )
        if self.protocol != TCP:
            raise ScenarioError(
                f"idle_timeout_s = {self.idle_timeout_s}: AWS lets it be set for TCP only; for "
                f"other protocols it is {ELB.value('gwlb', 'other_idle_timeout')} s ({source}).",
                field="idle_timeout_s",
            )
