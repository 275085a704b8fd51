"""Cross-zone load balancing: where it is set, and who pays for a gigabyte that crosses zones."""

from typing import Literal, NamedTuple

from awsnb.aws.elb.kinds import KINDS
from awsnb.aws.elb.limits import ELB
from awsnb.scenario import ScenarioError

Charged = Literal["yes", "no", "disputed"]
DEFAULT, ON, OFF = "default", "on", "off"
AS_BALANCER = "as load balancer"
BALANCER, TARGET_GROUP = "load balancer", "target group"
CLIENT_TO_NODE, NODE_TO_TARGET = "client_to_node", "node_to_target"


class CrossZone(NamedTuple):
    """Both switches of cross-zone load balancing.

    Attributes
    ----------
    kind : str
        The load balancer, one of `KINDS`.
    at_balancer : {"default", "on", "off"}
        Its own attribute; the default is what AWS sets when an API call makes it.
    at_target_group : {"as load balancer", "on", "off"}
        The target group's attribute, which decides where it is set.
    """

    kind: str
    at_balancer: str = DEFAULT
    at_target_group: str = AS_BALANCER

    @property
    def on(self) -> bool:
        """Whether a node sends to the targets of all zones."""
        if self.at_target_group != AS_BALANCER:
            return self.at_target_group == ON
        if self.at_balancer != DEFAULT:
            return self.at_balancer == ON
        default: bool = ELB.value(self.kind, "cross_zone_default")
        return default

    def switched(self, on: bool) -> "CrossZone":
        """Return the settings that turn it on or off where this kind lets one."""
        word = ON if on else OFF
        if TARGET_GROUP in set_at(self.kind):
            return CrossZone(self.kind, at_target_group=word)
        return CrossZone(self.kind, at_balancer=word)

    def check(self) -> None:
        """Refuse a switch that a kind does not have.

        Raises
        ------
        ScenarioError
            With AWS's rule and its source.
        """
        fact = ELB.get(self.kind, "cross_zone_set_at")
        if self.at_target_group != AS_BALANCER and TARGET_GROUP not in set_at(self.kind):
            raise ScenarioError(
                f"at_target_group = {self.at_target_group!r}: {NAMES[self.kind]} sets it only at "
                f"the load balancer ({fact.source}); take {AS_BALANCER!r}.",
                field="at_target_group",
            )
        if self.at_balancer == OFF and BALANCER not in set_at(self.kind):
            raise ScenarioError(
                f"at_balancer = {OFF!r}: {NAMES[self.kind]} always has it on at the load balancer "
                f"({fact.source}); set at_target_group = {OFF!r}.",
                field="at_balancer",
            )


NAMES = dict(zip(KINDS, ("an ALB", "an NLB", "a GWLB", "a CLB"), strict=True))


def set_at(kind: str) -> tuple[str, ...]:
    """Where a kind lets one turn it off or on."""
    return tuple(ELB.value(kind, "cross_zone_set_at").split("; "))


def charged(kind: str, leg: str) -> Charged:
    """Whether bytes that cross zones on a leg are charged.

    Parameters
    ----------
    kind : str
        One of `KINDS`.
    leg : {"client_to_node", "node_to_target"}
        Between a client in the VPC and a node, or between a node and a target.

    Returns
    -------
    str
        ``"disputed"`` where AWS's own pages disagree.
    """
    answer: Charged = ELB.value(kind, f"charged_{leg}")
    return answer


def end_usd_gb() -> float:
    """What each end of a crossing pays for a gigabyte, in either direction, USD."""
    return float(ELB.value("nlb", "cross_zone_price"))
