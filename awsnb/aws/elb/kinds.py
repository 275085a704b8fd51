"""The four kinds of load balancer: the traffic that each takes, and what it offers."""

from awsnb.aws.elb.limits import ELB

KINDS = ("alb", "nlb", "gwlb", "clb")


def takes(kind: str) -> tuple[str, ...]:
    """Traffic that a kind has a listener for."""
    return _listed(kind, "traffic")


def offers(kind: str) -> tuple[str, ...]:
    """Needs that a kind meets, by AWS's table of features."""
    return _listed(kind, "offers")


def added_before(front: str, kind: str) -> tuple[str, ...]:
    """Needs that one load balancer adds before another; none where it can't stand there."""
    if front == "gwlb":
        return _listed("gwlb", "offers_before_others")
    return _listed("nlb", "offers_before_alb") if (front, kind) == ("nlb", "alb") else ()


def all_offered() -> tuple[str, ...]:
    """Every need that some kind meets."""
    return tuple(dict.fromkeys(need for kind in KINDS for need in offers(kind)))


def nlb_listener(traffic: str) -> str:
    """The listener of an NLB for a kind of traffic: HTTP comes over TCP, HTTPS over TLS."""
    return {"HTTP": "TCP", "HTTPS": "TLS"}.get(traffic, traffic)


def _listed(kind: str, key: str) -> tuple[str, ...]:
    return tuple(ELB.value(kind, key).split("; "))
