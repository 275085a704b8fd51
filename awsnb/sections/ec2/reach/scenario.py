"""What can be asked: who opens a TCP connection, and the rules that its packets meet."""

from functools import cached_property
from ipaddress import AddressValueError, IPv4Address, IPv4Network
from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.ec2.packet_rules import AclRule, GroupRule, read_acl, read_group
from awsnb.aws.prices import EC2
from awsnb.scenario import Scenario, ScenarioError, field, shown

VPC, SUBNET = IPv4Network("10.0.0.0/16"), IPv4Network("10.0.1.0/24")
INSTANCE = "10.0.1.20"
PORTS = {"SSH": 22, "HTTP": 80, "HTTPS": 443}
TO, FROM = "to the instance", "from the instance"
INTERNET, NAT, NOWHERE = "internet gateway", "NAT gateway", "none"
SYSTEMS = {"Linux": "linux", "Windows": "windows", "NAT gateway": "nat_gateway"}
GROUP = """in tcp 22 203.0.113.7/32
in tcp 80 0.0.0.0/0
out all all 0.0.0.0/0"""
ACL = """in 100 allow all all 0.0.0.0/0
out 100 allow all all 0.0.0.0/0"""


class ReachScenario(Scenario):
    """A TCP connection between an instance in a VPC and another host."""

    direction: Literal["to the instance", "from the instance"] = field(
        TO,
        label="Connection",
        group="Connection",
        advanced=True,
        meaning="Who opens it: the other host, or the instance.",
    )
    other: str = field(
        "203.0.113.7",
        label="Other host",
        meaning=f"Its IPv4 address. The VPC is {VPC}, the instance is {INSTANCE} in {SUBNET}.",
    )
    service: Literal["SSH", "HTTP", "HTTPS"] = field(
        "SSH", label="Service", meaning="What is asked for: port 22, 80 or 443."
    )
    security_group: str = field(
        GROUP, label="Security group", lines=4,
        meaning="Rules of the instance's group, one a line: in tcp 22 203.0.113.0/24. A peer may "
        "be another group: sg-bastion.",
    )  # fmt: skip
    network_acl: str = field(
        ACL, label="Network ACL", lines=4,
        meaning="Rules of the subnet's ACL, one a line: in 100 allow tcp 22 0.0.0.0/0. What no "
        "rule names is denied.",
    )  # fmt: skip
    route: Literal["internet gateway", "NAT gateway", "none"] = field(
        INTERNET, label="Default route",
        meaning="Where the subnet's route table sends 0.0.0.0/0.",
    )  # fmt: skip
    public_address: bool = field(
        True, label="Public address", meaning="Whether the instance has a public IPv4 address."
    )
    listening: bool = field(
        True, label="A program listens", only_when={"direction": (TO,)},
        group="Connection", advanced=True,
        meaning="Whether a program on the instance answers on the port.",
    )  # fmt: skip
    system: Literal["Linux", "Windows", "NAT gateway"] = field(
        "Linux", label="Opened by", group="Other host", advanced=True,
        meaning="System that opens the connection: it chooses the port that answers go to.",
    )  # fmt: skip
    other_groups: str = field(
        "", label="Its groups", group="Other host", advanced=True,
        meaning="Security groups of a host in the VPC, such as sg-bastion; several with spaces.",
    )  # fmt: skip

    @cached_property
    def group_rules(self) -> list[GroupRule]:
        """The security group's rules."""
        return read_group(self.security_group, "security_group")

    @cached_property
    def acl_rules(self) -> list[AclRule]:
        """The network ACL's rules."""
        return read_acl(self.network_acl, "network_acl")

    @property
    def port(self) -> int:
        """The service's port."""
        return PORTS[self.service]

    @property
    def groups(self) -> tuple[str, ...]:
        """Security groups of the other host, by which rules can know it."""
        return tuple(self.other_groups.split()) if self.is_inside else ()

    @property
    def answer_ports(self) -> tuple[int, int]:
        """First and last port that an answer may go to."""
        system = SYSTEMS[self.system]
        first, last = (EC2.value("ephemeral_ports", f"{system}_{end}") for end in ("first", "last"))
        return first, last

    @property
    def is_inside(self) -> bool:
        """Whether the other host is in the VPC."""
        return IPv4Address(self.other) in VPC

    @property
    def is_neighbour(self) -> bool:
        """Whether it is in the same subnet, where no network ACL is passed."""
        return IPv4Address(self.other) in SUBNET

    @property
    def text(self) -> str:
        """The connection in a few words."""
        if self.direction == TO:
            return f"{self.service} from {self.other} to the instance"
        return f"{self.service} from the instance to {self.other}"

    @model_validator(mode="after")
    def _refuse_what_is_no_rule(self) -> Self:
        try:
            IPv4Address(self.other)
        except AddressValueError:
            raise ScenarioError(
                f"other = {shown(self.other)}: must be an IPv4 address, such as 203.0.113.7.",
                field="other",
            ) from None
        if self.other == INSTANCE:
            raise ScenarioError(
                f"other = {self.other}: is the instance itself; name another host.", field="other"
            )
        read_group(self.security_group, "security_group")
        read_acl(self.network_acl, "network_acl")
        return self
