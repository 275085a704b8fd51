"""GENEVE: what a Gateway Load Balancer wraps around each packet, and what that leaves of a link."""

from awsnb.aws.elb.limits import ELB

GENEVE = "geneve"
OPTIONS = {
    "endpoint id": "endpoint_id_data",
    "attachment id": "attachment_id_data",
    "flow cookie": "flow_cookie_data",
}


def headers() -> dict[str, int]:
    """What stands before a packet on its way to an appliance, bytes, in order.

    Returns
    -------
    dict of str to int
        An IPv4, a UDP and a GENEVE header, then three options: each has a header of its own
        (RFC 8926, sections 3.4 and 3.5).
    """
    own = {"outer IPv4": "ipv4_header", "UDP": "udp_header", "GENEVE": "base_header"}
    option_header: int = ELB.value(GENEVE, "option_header")
    options = {name: option_header + ELB.value(GENEVE, key) for name, key in OPTIONS.items()}
    return {name: ELB.value(GENEVE, key) for name, key in own.items()} | options


def wrapping_bytes() -> int:
    """All of that together, bytes."""
    return sum(headers().values())
