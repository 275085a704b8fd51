"""Target group health: when a zone leaves DNS, and when a node sends to unhealthy targets too."""

from typing import NamedTuple

from awsnb.aws.elb.limits import ELB


class Thresholds(NamedTuple):
    """How many targets must be healthy, in percent of those that a node may send to.

    The least count of one target, AWS's default, holds beside both.

    Attributes
    ----------
    dns_failover_pct : float
        With fewer, the zone's address leaves DNS. 0 is off.
    routing_failover_pct : float
        With fewer, nodes send to all targets, unhealthy ones too. 0 is off.
    """

    dns_failover_pct: float = 0.0
    routing_failover_pct: float = 0.0

    def dns_failover(self, healthy: int, targets: int) -> bool:
        """Whether so few healthy ones of so many targets take the address out of DNS."""
        return _breached(healthy, targets, "dns_failover_min", self.dns_failover_pct)

    def routing_failover(self, healthy: int, targets: int) -> bool:
        """Whether so few healthy ones of so many targets make nodes send to all."""
        return _breached(healthy, targets, "routing_failover_min", self.routing_failover_pct)


def _breached(healthy: int, targets: int, least: str, pct: float) -> bool:
    """Whether the count or the percentage is missed: either is enough."""
    too_few: bool = healthy < ELB.value("target_group_health", least)
    return too_few or 100 * healthy < pct * targets
