"""What one request costs its client on the way: round trips, handshakes, hops, processing."""

from typing import NamedTuple

from awsnb.aws.elb.limits import ELB

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
    hop_ms = _hop_ms(crossing)
    each_way_ms = _each_way_ms(balancer)
    through = balancer == NLB_TCP
    trip_ms = rtt_ms + (hop_ms + 2 * each_way_ms if through else 0.0)
    ends_at_nlb = new and balancer == NLB_TLS  # which then connects to the target, once more
    return Budget(
        tcp_ms=ELB.value("path", "tcp_handshake") * trip_ms if new else 0.0,
        tls_ms=_tls_ms(tls, resumed, trip_ms) if new else 0.0,
        exchange_ms=rtt_ms,
        balancer_ms=hop_ms + 2 * each_way_ms + (hop_ms if ends_at_nlb else 0.0),
        target_ms=target_ms,
    )


def _hop_ms(crossing: float) -> float:
    """Round trip from the load balancer to a target, ms."""
    same_ms, cross_ms = (
        ELB.value("path", f"{which}_zone_round_trip") for which in ("same", "cross")
    )
    return float((1 - crossing) * same_ms + crossing * cross_ms)


def _each_way_ms(balancer: str) -> float:
    """What the load balancer itself adds, ms."""
    if balancer == ALB:
        return float(ELB.value("alb", "own_processing_each_way"))
    return float(ELB.value("path", "nlb_processing_each_way"))


def _tls_ms(tls: str, resumed: bool, trip_ms: float) -> float:
    """A TLS handshake over trips of so many ms."""
    if tls == "none":
        return 0.0
    handshake = f"tls_{tls.replace('.', '_')}_{'resumed' if resumed else 'handshake'}"
    return float(ELB.value("path", handshake) * trip_ms + ELB.value("path", "tls_crypto"))
