"""What can be asked: a Network Load Balancer before a group of targets, under one load."""

import math
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from awsnb.aws.elb import ELB
from awsnb.scenario import field
from awsnb.sections._balancing.scenario import DEREGISTER, FleetScenario
from awsnb.words import a_second, counted

MANY = 100  # connections for each target, from which on their shares are about even


class NlbScenario(FleetScenario):
    """A Network Load Balancer before a group of targets, under one load."""

    cross_zone: bool = field(
        False,
        label="Cross-zone",
        group="Zones",
        meaning="Whether a node sends connections to all targets, or to those of its own zone "
        "only.",
    )
    event: Literal["none", "hang", "errors", "deregister"] = field(
        "hang",
        label="What happens to target 1",
        group="Failure",
        meaning="It dies without a word, its connections with it; or its application answers "
        "errors, and it passes its health checks; or it is taken out on purpose.",
    )
    listener: Literal["TCP", "UDP", "TLS"] = field(
        "TCP",
        label="Listener",
        group="Load balancer",
        advanced=True,
        meaning="TCP and UDP are passed on; TLS is ended at the load balancer.",
    )
    connections: int = field(
        40,
        label="Number of connections",
        unit="connections",
        low=1,
        high=5000,
        log=True,
        group="Connections",
        meaning="Connections (flows) that are open at any time; requests come over them.",
    )
    heaviest_pct: float = field(
        0.0,
        label="Heaviest connection",
        unit="%",
        low=0,
        high=90,
        group="Connections",
        advanced=True,
        meaning="Share of all requests that one connection brings beside its even share.",
    )
    connection_s: float = field(
        3600.0,
        label="Connection time",
        unit="s",
        low=1,
        high=86_400,
        log=True,
        group="Connections",
        advanced=True,
        meaning="Then the client makes another, which is hashed anew.",
    )
    after_delay: Literal["by protocol", "keep connections", "close connections"] = field(
        "by protocol",
        label="When drained",
        only_when={"event": (DEREGISTER,)},
        group="Draining",
        advanced=True,
        meaning="What becomes of a deregistered target's connections after the delay. By protocol, "
        "as in a new target group: UDP flows are closed, TCP and TLS connections kept.",
    )

    check_timeout_fact: ClassVar[str] = "timeout_tcp"

    @property
    def delay_s(self) -> float:
        """Time from deregistering until connections are closed, s; infinite if they are not."""
        return super().delay_s if self.connections_close else math.inf

    @property
    def connections_close(self) -> bool:
        """Whether a deregistered target's connections are closed after the delay."""
        if self.after_delay == "by protocol":
            default = f"draining_connections_closed_{self.listener.lower()}"
            return bool(ELB.value("nlb", default))
        return self.after_delay == "close connections"

    @property
    def reset_s(self) -> float:
        """When the connections of target 1 are closed, so that clients make others."""
        after_s = self.delay_s if self.event == DEREGISTER else self.detected_after_s
        return self.event_s + after_s

    @property
    def doubt(self) -> str:
        """Why targets aren't alike, beside what may happen to them."""
        few = self.connections < MANY * self.targets or self.heaviest_pct
        return "few connections" if few else super().doubt

    @property
    def text(self) -> str:
        """The load balancer and its targets in a few words."""
        return (
            f"NLB ({self.listener}), {self.targets} x {self.workers} workers, "
            f"{a_second(self.requests_per_s, 'request')} on "
            f"{counted(self.connections, 'connection')}"
        )

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        self.check_targets()
        return self
