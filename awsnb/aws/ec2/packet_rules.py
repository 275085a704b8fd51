"""Security groups and network ACLs: rules as text, and which of them decides over a packet.

A security group has allow rules and remembers connections: an answer passes without a rule. A
network ACL is read by number, the first rule that matches decides, and it remembers nothing.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from itertools import pairwise
from typing import NamedTuple, TypeVar

from awsnb.aws.prices import EC2
from awsnb.scenario import ScenarioError, shown

IN, OUT = "in", "out"
ALL = "all"
PROTOCOLS = ("tcp", "udp", "icmp", ALL)
LAST_PORT = 65_535
GROUP_FORM = "in or out, a protocol, a port, an address block or sg-NAME: in tcp 22 203.0.113.0/24"
ACL_FORM = "in or out, a number, allow or deny, a protocol, a port, an address block: " \
    "in 100 allow tcp 22 203.0.113.0/24"  # fmt: skip

Rule = TypeVar("Rule", bound="GroupRule | AclRule")


class Ports(NamedTuple):
    """A protocol and a range of its ports."""

    protocol: str
    first: int
    last: int

    def match(self, protocol: str, port: int) -> bool:
        """Whether a packet to this port is meant."""
        return self.protocol in (ALL, protocol) and self.first <= port <= self.last


@dataclass(frozen=True)
class GroupRule:
    """A rule of a security group: what it names is allowed."""

    direction: str
    ports: Ports
    peer: str
    text: str


@dataclass(frozen=True)
class AclRule:
    """A rule of a network ACL."""

    direction: str
    number: int
    allows: bool
    ports: Ports
    block: IPv4Network
    text: str


def is_peer(peer: str, address: str, groups: Iterable[str]) -> bool:
    """Say whether a security group's rule means an interface, by its address or its groups.

    Parameters
    ----------
    peer : str
        An address block such as ``"203.0.113.0/24"``, or the name of a group.
    address : str
        The interface's address.
    groups : iterable of str
        The groups that it carries; none outside the VPC.
    """
    if "/" in peer:
        return IPv4Address(address) in IPv4Network(peer)
    return peer in groups


def group_rule(
    rules: Iterable[GroupRule], direction: str, port: int, address: str, groups: Iterable[str]
) -> GroupRule | None:
    """Find a rule of a security group that allows a new TCP connection; None if none does."""
    carried = tuple(groups)
    fit = (
        rule
        for rule in rules
        if rule.direction == direction
        and rule.ports.match("tcp", port)
        and is_peer(rule.peer, address, carried)
    )
    return next(fit, None)


def acl_rule(rules: Iterable[AclRule], direction: str, port: int, address: str) -> AclRule | None:
    """Find the rule of a network ACL that decides over a TCP packet; None: the last, which denies.

    Parameters
    ----------
    rules : iterable of AclRule
        In any order: the lowest number decides.
    direction : {"in", "out"}
        Into the subnet or out of it.
    port : int
        Where the packet goes to.
    address : str
        The other end: the source of what comes in, the target of what goes out.
    """
    at = IPv4Address(address)
    fit = (
        rule
        for rule in rules
        if rule.direction == direction and rule.ports.match("tcp", port) and at in rule.block
    )
    return min(fit, key=lambda rule: rule.number, default=None)


def acl_pieces(
    rules: Iterable[AclRule], direction: str, ports: tuple[int, int], address: str
) -> list[tuple[int, int, AclRule | None]]:
    """Cut a range of ports into pieces that one rule decides: first port, last port, the rule."""
    known = list(rules)
    first, last = ports
    edges = {first, last + 1}
    for rule in known:
        edges |= {edge for edge in (rule.ports.first, rule.ports.last + 1) if first < edge <= last}
    cuts = sorted(edges)
    return [
        (low, high - 1, acl_rule(known, direction, low, address)) for low, high in pairwise(cuts)
    ]


def read_group(text: str, field: str) -> list[GroupRule]:
    """Read the rules of a security group, one a line.

    Raises
    ------
    ScenarioError
        If a line is no rule; it names the line.
    """
    return _read(text, field, _group_line)


def read_acl(text: str, field: str) -> list[AclRule]:
    """Read the rules of a network ACL, one a line.

    Raises
    ------
    ScenarioError
        If a line is no rule, or a direction has a number twice; it names the line.
    """
    rules = _read(text, field, _acl_line)
    seen: set[tuple[str, int]] = set()
    for rule in rules:
        if (key := (rule.direction, rule.number)) in seen:
            raise ScenarioError(
                f"{field}: rule {rule.number} stands twice for {rule.direction}: AWS allows a "
                "number once a direction (EC2 API Reference: CreateNetworkAclEntry).",
                field=field,
            )
        seen.add(key)
    return rules


def _read(text: str, field: str, parse: Callable[[list[str], str], Rule]) -> list[Rule]:
    rules = []
    for number, line in enumerate(text.splitlines(), start=1):
        words = line.partition("#")[0].split()
        if not words:
            continue
        try:
            rules.append(parse(words, " ".join(words)))
        except ValueError as problem:
            raise ScenarioError(
                f"{field}, line {number}: {shown(line.strip())}: {problem}.",
                field=field,
                line=number,
                column=1,
            ) from None
    return rules


def _group_line(words: list[str], text: str) -> GroupRule:
    if "deny" in words:
        raise ValueError("a security group has allow rules only (VPC User Guide, security groups)")
    if len(words) != 4:
        raise ValueError(f"a rule is {GROUP_FORM}")
    direction, protocol, port, peer = words
    peer = peer if peer.startswith("sg-") else str(_block(peer))
    return GroupRule(_direction(direction), _ports(protocol, port), peer, text)


def _acl_line(words: list[str], text: str) -> AclRule:
    if len(words) != 6:
        raise ValueError(f"a rule is {ACL_FORM}")
    direction, number, verdict, protocol, port, block = words
    most = EC2.value("network_acl", "max_rule_number")
    if not number.isdecimal() or not 1 <= int(number) <= most:
        raise ValueError(f"a rule's number is from 1 to {most:,}")
    if verdict not in ("allow", "deny"):
        raise ValueError("a rule of a network ACL allows or denies")
    if block.startswith("sg-"):
        raise ValueError("a network ACL names address blocks, never security groups")
    ports = _ports(protocol, port)
    known = _direction(direction), int(number), verdict == "allow", ports, _block(block), text
    return AclRule(*known)


def _direction(word: str) -> str:
    if word not in (IN, OUT):
        raise ValueError("a rule begins with in or out")
    return word


def _ports(protocol: str, port: str) -> Ports:
    if protocol not in PROTOCOLS:
        raise ValueError(f"the protocol is one of {', '.join(PROTOCOLS)}")
    if port == ALL:
        return Ports(protocol, 0, LAST_PORT)
    first, _, last = port.partition("-")
    ends = [int(end) for end in (first, last or first) if end.isdecimal() and len(end) <= 5]
    if protocol not in ("tcp", "udp") or len(ends) != 2 or not ends[0] <= ends[1] <= LAST_PORT:
        raise ValueError("the port is all, or with tcp or udp one such as 22 or 1024-65535")
    return Ports(protocol, ends[0], ends[1])


def _block(text: str) -> IPv4Network:
    """Read an address block; as at AWS, bits beyond its prefix are dropped."""
    try:
        if "/" in text:
            return IPv4Network(text, strict=False)
    except ValueError:
        pass
    raise ValueError("the address block is IPv4 with its prefix length, such as 203.0.113.0/24")
