"""What can be asked: targets in two or three zones, clients, and both switches of cross-zone."""

from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB, CrossZone
from awsnb.aws.elb.cross_zone import DEFAULT
from awsnb.scenario import Scenario, ScenarioError, field, shown
from awsnb.trace import fields

INTERNET, INSIDE = "internet", "inside the VPC"
AFFINITY = {"any zone": "any", "85 % own zone": "partial", "own zone": "full"}
MOST = 100  # targets in a zone


class CrossZoneScenario(Scenario):
    """A load balancer with a node in each zone, and targets in some of them."""

    balancer: Literal["alb", "nlb", "gwlb", "clb"] = field(
        "nlb", label="Load balancer", meaning="Its kind, which sets defaults and charges.",
    )  # fmt: skip
    at_balancer: Literal["default", "on", "off"] = field(
        DEFAULT, label="Cross-zone",
        meaning="The load balancer's own attribute. Default: as an API call makes it, which is on "
        "for an ALB and off for the others.",
    )  # fmt: skip
    targets_a: int = field(
        2, label="Targets in zone A", unit="targets", low=0, high=MOST,
        meaning="Registered there.",
    )  # fmt: skip
    targets_b: int = field(
        8, label="Targets in zone B", unit="targets", low=0, high=MOST,
        meaning="Registered there.",
    )  # fmt: skip
    lost_in_a: int = field(
        0, label="Lost in zone A", unit="targets", low=0, high=MOST,
        meaning="How many of zone A's targets are unhealthy, once health checks know it.",
    )  # fmt: skip
    clients: Literal["internet", "inside the VPC"] = field(
        INTERNET, label="Clients",
        meaning="On the internet, in no zone; or in the zones of the same VPC.",
    )  # fmt: skip
    targets_c: int | None = field(
        None, label="Targets in zone C", unit="targets", low=0, high=MOST, group="Zones",
        advanced=True, unset="zone C not enabled", meaning="A third zone, if it is enabled.",
    )  # fmt: skip
    zone_a_lost: bool = field(
        False, label="Zone A is lost", group="Zones", advanced=True,
        meaning="All of it: its targets, the load balancer's node, the clients inside it.",
    )  # fmt: skip
    at_target_group: Literal["as load balancer", "on", "off"] = field(
        "as load balancer", label="Cross-zone of group", group="Target group", advanced=True,
        meaning="The target group's attribute, which decides where it is set: ALB and NLB.",
    )  # fmt: skip
    clients_in_a_pct: float = field(
        50.0, label="Clients in zone A", unit="%", low=0, high=100, group="Clients", advanced=True,
        only_when={"clients": (INSIDE,)},
        meaning="Share of the requests that comes from there; the other zones share the rest.",
    )  # fmt: skip
    affinity: Literal["any zone", "85 % own zone", "own zone"] = field(
        "any zone", label="DNS answers with", group="Clients", advanced=True,
        only_when={"clients": (INSIDE,), "balancer": ("nlb",)},
        meaning="An NLB's client routing policy: the share of DNS answers that name the node of "
        "the client's own zone.",
    )  # fmt: skip
    to_node_a_pct: float | None = field(
        None, label="Sent to zone A's node", unit="%", low=0, high=100, group="Clients",
        advanced=True, unset="as DNS spreads them",
        only_when={"clients": (INTERNET,), "balancer": ("alb", "nlb", "clb")},
        meaning="Where clients keep old DNS answers: their share that goes to zone A's address, "
        "whatever DNS says now.",
    )  # fmt: skip
    requests_per_s: float = field(
        280.0, label="Requests", unit="requests/s", low=1, high=1_000_000, log=True, group="Load",
        advanced=True, meaning="Of all clients together.",
    )  # fmt: skip
    kb_per_request: float = field(
        50.0, label="Bytes of a request", unit="kB", low=0.1, high=100_000, log=True, group="Load",
        advanced=True, meaning="Of a request and its answer together.",
    )  # fmt: skip
    trace: str = field(
        "", label="Trace", path=True, group="Load", advanced=True,
        meaning="Path of a CloudWatch export of RequestCount or ProcessedBytes (Sum), a series for "
        "each Availability Zone: what comes to each zone's node.",
    )  # fmt: skip
    trace_unit: Literal[
        "as the file says", "requests", "requests/s", "network bytes", "network bytes/s"
    ] = fields.trace_unit(group="Load", advanced=True)
    service_ms: float = field(
        50.0, label="Service time", unit="ms", low=0.1, high=10_000, log=True, group="Target",
        advanced=True, meaning="How long a worker takes for a request, on average.",
    )  # fmt: skip
    workers: int = field(
        4, label="Workers", unit="workers", low=1, high=64, group="Target", advanced=True,
        meaning="Requests that a target serves at a time.",
    )  # fmt: skip
    p99_goal_ms: float = field(
        300.0, label="p99 at most", unit="ms", low=1, high=60_000, log=True, group="Goal",
        advanced=True, meaning="In the busiest zone.",
    )  # fmt: skip

    @property
    def targets(self) -> tuple[int, ...]:
        """Registered targets by enabled zone."""
        two = (self.targets_a, self.targets_b)
        return two if self.targets_c is None else (*two, self.targets_c)

    @property
    def zones(self) -> tuple[str, ...]:
        """Names of the enabled zones."""
        return tuple("ABC"[: len(self.targets)])

    @property
    def cross_zone(self) -> CrossZone:
        """Both switches."""
        return CrossZone(self.balancer, self.at_balancer, self.at_target_group)

    @property
    def lost(self) -> int:
        """Targets that zone A has lost."""
        return self.targets_a if self.zone_a_lost else self.lost_in_a

    @property
    def own_zone_share(self) -> float:
        """Share of clients inside the VPC that is sent to the node of their own zone by rule."""
        if self.balancer == "gwlb":
            return 1.0
        share: float = ELB.value("nlb", f"affinity_{AFFINITY[self.affinity]}") / 100
        return share

    @property
    def target_per_s(self) -> float:
        """Requests that a target can serve in a second."""
        return 1000 * self.workers / self.service_ms

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        targets = " + ".join(map(str, self.targets))
        switch = "on" if self.cross_zone.on else "off"
        return f"{self.balancer.upper()}, {targets} targets, cross-zone {switch}"

    def switched(self, on: bool, **changes: Any) -> Self:
        """Return the scenario with cross-zone on or off, and other changes."""
        setting = self.cross_zone.switched(on)
        return self.replace(
            at_balancer=setting.at_balancer, at_target_group=setting.at_target_group, **changes
        )

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        self.cross_zone.check()
        if self.trace:
            self._check_trace()
        if sum(self.targets) == 0:
            raise ScenarioError(
                "targets_b = 0: no zone has a target; register at least 1 target in some zone.",
                field="targets_b",
            )
        if self.lost_in_a > self.targets_a:
            raise ScenarioError(
                f"lost_in_a = {self.lost_in_a}: zone A has {self.targets_a} targets; take no more "
                "than targets_a.",
                field="lost_in_a",
            )
        return self

    def _check_trace(self) -> None:
        """Refuse what the trace says already, and what it can't say."""
        for name in ("requests_per_s", "to_node_a_pct"):
            if getattr(self, name) != type(self).model_fields[name].default:
                raise ScenarioError(
                    f"{name} = {getattr(self, name):g}: does not apply to a trace, which says what "
                    "comes to each zone; leave one of them out.",
                    field=name,
                )
        if self.clients == INSIDE or self.balancer == "gwlb" or self.zone_a_lost:
            raise ScenarioError(
                f"trace = {shown(self.trace)}: says what came to each zone's node while all were "
                "there, from clients on the internet; leave it out for clients inside the VPC, a "
                "gwlb or a lost zone.",
                field="trace",
            )
