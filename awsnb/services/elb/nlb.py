"""A Network Load Balancer as AWS sells it, and what it does with a load."""

import math
from typing import ClassVar, Literal, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import model_validator

from awsnb.mechanisms.queueing import Sticky
from awsnb.mechanisms.random_streams import generator
from awsnb.results import Result
from awsnb.scenario import field
from awsnb.services.elb.bill import Bill, bill
from awsnb.services.elb.fleet import ELB, HANG, HEALTH, FleetScenario
from awsnb.services.elb.load import LoadScenario
from awsnb.services.elb.told import notes_of, told
from awsnb.services.elb.traffic import Run

MANY = 100  # connections for each target, from which on their shares are about even


class NlbRouting(LoadScenario):
    """What an NLB spreads over targets: connections."""

    listener: Literal["TCP", "UDP", "TLS"] = field(
        "TCP",
        label="Listener",
        meaning="TCP and UDP are passed on; TLS is ended at the load balancer.",
    )
    connections: int = field(
        40,
        label="Number of connections",
        unit="connections",
        low=1,
        high=5000,
        log=True,
        meaning="Connections (flows) that are open at any time; requests come over them.",
    )
    heaviest_pct: float = field(
        0.0,
        label="Heaviest connection",
        unit="%",
        low=0,
        high=90,
        meaning="Share of all requests that one connection brings beside its even share.",
    )
    connection_s: float = field(
        3600.0,
        label="Connection time",
        unit="s",
        low=1,
        high=86_400,
        log=True,
        meaning="Then the client makes another, which is hashed anew.",
    )


class NlbScenario(FleetScenario, NlbRouting):
    """A Network Load Balancer before a group of targets, under one load."""

    event: Literal["none", "hang", "deregister"] = field(
        "hang",
        label="What happens to target 1",
        meaning="It dies without a word, its connections with it; or it is taken out on purpose.",
    )
    cross_zone: bool = field(
        False,
        label="Cross-zone",
        meaning="Whether a node sends connections to all targets, or to those of its own zone "
        "only.",
    )
    after_delay: Literal["keep connections", "close connections"] = field(
        "keep connections",
        label="When drained",
        meaning="What becomes of a deregistered target's connections after the delay.",
    )

    sticky: ClassVar[Sticky] = Sticky(math.inf, while_draining=True)

    @property
    def rule(self) -> str:
        """A hash of the flow."""
        return "flow hash"

    @property
    def check_timeout_s(self) -> float:
        """How long a health check waits, s."""
        return ELB.value(HEALTH, "timeout_tcp")

    @property
    def delay_s(self) -> float:
        """Time from deregistering until connections are closed, s; infinite if they are not."""
        return super().delay_s if self.after_delay == "close connections" else math.inf

    @property
    def reset_s(self) -> float:
        """When the connections of target 1 are closed, so that clients make others."""
        return self.event_s + (self.detected_after_s if self.event == HANG else self.delay_s)

    @property
    def doubt(self) -> str:
        """Why targets aren't alike, beside what may happen to them."""
        few = self.connections < MANY * self.targets or self.heaviest_pct
        return "few connections" if few else super().doubt

    @property
    def bill(self) -> Bill:
        """What the NLB costs, with the data that crosses zones."""
        gb_per_h = 3600 * self.requests_per_s * self.kb_per_request / 1e6
        crossing_gb = gb_per_h * ELB.value("elb", "hours_per_month") * (1 - 1 / self.zones)
        ends_usd = 2 * ELB.value("nlb", "cross_zone_price")  # out of one zone and into another
        return bill(
            "nlb",
            f"nlcu_{self.listener.lower()}",
            {
                "new_connections": self.connections / self.connection_s,
                "active_connections": float(self.connections),
                "processed_bytes": gb_per_h,
            },
        )._replace(crossing_usd_month=self.cross_zone * crossing_gb * ends_usd)

    @property
    def text(self) -> str:
        """The load balancer and its targets in a few words."""
        return (
            f"NLB ({self.listener}), {self.targets} x {self.workers} workers, "
            f"{self.requests_per_s:g} requests/s on {self.connections:,} connections"
        )

    def flows(self, arrival_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """Connection of each request, after those that are open when it begins.

        A client's next connection is another flow.
        """
        draw = generator(self.seed, "flows").random(arrival_s.size)
        heavy = self.heaviest_pct / 100
        even = np.maximum(draw - heavy, 0.0) / (1 - heavy)
        chosen = np.minimum((even * self.connections).astype(np.int64), self.connections - 1)
        client = np.concatenate((np.arange(self.connections), chosen))
        if self.connection_s >= self.duration_s:
            return client
        at_s = np.concatenate((np.zeros(self.connections), arrival_s))
        phase = generator(self.seed, "phases").random(self.connections)
        made = (at_s / self.connection_s + phase[client]).astype(np.int64)
        return np.unique(client + self.connections * made, return_inverse=True)[1]

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        self.check_times()
        return self


def simulate_nlb(scenario: NlbScenario) -> Result:
    """Serve a load by targets behind a Network Load Balancer.

    Parameters
    ----------
    scenario : NlbScenario

    Returns
    -------
    Result
        As `simulate_alb`.
    """
    notes = ["A connection is hashed once and keeps its target; AWS's hash itself is not public."]
    if scenario.event == HANG:
        notes.append(
            "Requests on the dead target's connections fail until it is unhealthy and they are "
            "reset; clients that give up and connect anew sooner are not modelled."
        )
    return told(Run.of(scenario), (*notes_of(scenario), *notes))
