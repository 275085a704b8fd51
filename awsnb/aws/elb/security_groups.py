"""Security groups in a chain: who may open a connection to whom."""

from collections.abc import Mapping
from typing import NamedTuple

from awsnb.aws.ec2.packet_rules import is_peer


class Inbound(NamedTuple):
    """A rule that lets traffic in.

    Attributes
    ----------
    port : int
    source : str
        A CIDR block, or the name of a group: then whatever carries that group may come.
    """

    port: int
    source: str


def reaches(
    source_ip: str,
    source_groups: tuple[str, ...],
    port: int,
    target_groups: tuple[str, ...],
    groups: Mapping[str, tuple[Inbound, ...]],
) -> bool:
    """Say whether a connection is let in; what no rule allows is refused.

    Parameters
    ----------
    source_ip : str
        Where it comes from.
    source_groups : tuple of str
        Groups of the network interface it comes from; none for a client on the internet.
    port : int
        Where it goes to.
    target_groups : tuple of str
        Groups of the interface it goes to. Any of them may let it in.
    groups : mapping of str to tuple of Inbound

    Examples
    --------
    >>> groups = {"alb": (Inbound(80, "0.0.0.0/0"),), "web": (Inbound(80, "alb"),)}
    >>> reaches("203.0.113.7", (), 80, ("alb",), groups)  # a visitor to the load balancer
    True
    >>> reaches("203.0.113.7", (), 80, ("web",), groups)  # a visitor straight to an instance
    False
    >>> reaches("10.0.0.5", ("alb",), 80, ("web",), groups)  # the load balancer to an instance
    True
    """
    return any(
        rule.port == port and is_peer(rule.source, source_ip, source_groups)
        for name in target_groups
        for rule in groups[name]
    )
