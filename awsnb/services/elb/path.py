"""What one request costs its client on the way: round trips, handshakes, hops, processing."""

from typing import NamedTuple

import numpy as np

from awsnb.results import Curve, Panel
from awsnb.services.elb.fleet import ELB

PARTS = {
    "tcp_ms": "TCP",
    "tls_ms": "TLS",
    "exchange_ms": "request",
    "balancer_ms": "load balancer",
    "target_ms": "service",
}
ALB, NLB_TCP, NLB_TLS = "ALB", "NLB, TCP", "NLB, TLS"
BALANCERS = (ALB, NLB_TCP, NLB_TLS)


class Budget(NamedTuple):
    """Where the milliseconds of one request go."""

    tcp_ms: float
    tls_ms: float
    exchange_ms: float
    balancer_ms: float
    target_ms: float

    @property
    def total_ms(self) -> float:
        """All of them."""
        return sum(self)


def budget(
    balancer: str,
    rtt_ms: float,
    tls: str,
    target_ms: float,
    new: bool = True,
    resumed: bool = False,
    crossing: float = 0.5,
) -> Budget:
    """Add up the way of one request.

    An ALB, and an NLB with a TLS listener, end the client's TCP and TLS; towards targets an ALB
    keeps connections open. An NLB with a TCP listener passes packets on: the handshakes go all
    the way to the target.

    Parameters
    ----------
    balancer : str
        One of `BALANCERS`.
    rtt_ms : float
        From the client to the load balancer and back.
    tls : str
        ``"none"``, ``"1.2"`` or ``"1.3"``.
    target_ms : float
        Waiting and service at the target.
    new : bool
        Whether the connection has to be made first.
    resumed : bool
        Whether the client has been here before, and its TLS session is taken up again.
    crossing : float
        Share of requests that cross into another zone.
    """
    path = {fact.key: fact.value for fact in ELB.rows("path")}
    hop_ms = (1 - crossing) * path["same_zone_round_trip"] + crossing * path[
        "cross_zone_round_trip"
    ]
    through = balancer == NLB_TCP
    each_way = (
        ELB.value("alb", "own_processing_each_way")
        if balancer == ALB
        else path["nlb_processing_each_way"]
    )
    trip_ms = rtt_ms + (hop_ms + 2 * each_way if through else 0.0)
    handshake = f"tls_{tls.replace('.', '_')}_{'resumed' if resumed else 'handshake'}"
    tls_ms = 0.0 if tls == "none" else path[handshake] * trip_ms + path["tls_crypto"]
    return Budget(
        tcp_ms=new * path["tcp_handshake"] * trip_ms,
        tls_ms=new * tls_ms,
        exchange_ms=rtt_ms,
        balancer_ms=hop_ms + 2 * each_way + (new and balancer == NLB_TLS) * hop_ms,
        target_ms=target_ms,
    )


def budget_panel(
    rtt_ms: float, tls: str, target_ms: float, crossing: float
) -> tuple[dict[str, np.ndarray], Panel]:
    """Draw the budget of a new and of a kept connection, through each load balancer."""
    cases = [(kind, new) for new in (True, False) for kind in BALANCERS]
    budgets = [
        budget(kind, rtt_ms, tls, target_ms, new=new, crossing=crossing) for kind, new in cases
    ]
    names = [f"{kind}, {'new' if new else 'kept'}" for kind, new in cases]
    columns = {part: np.array([getattr(one, part) for one in budgets]) for part in PARTS}
    roles = ("first", "second", "third", "fourth", "fifth")
    curves = tuple(
        Curve(part, label, role)  # type: ignore[arg-type]
        for (part, label), role in zip(PARTS.items(), roles, strict=True)
    )
    panel = Panel(
        "What a request costs",
        "ms",
        curves,
        kind="bars",
        x="connection",
        x_title="load balancer, and whether the connection is new",
        stacked=True,
    )
    return {"connection": np.array(names), **columns}, panel
