"""What a load balancer costs: by the hour, and by its most used capacity dimension."""

from typing import NamedTuple

from awsnb import facts

ELB = facts.load("elb")

DIMENSIONS = {
    "new_connections": "new connections",
    "active_connections": "active connections",
    "processed_bytes": "processed bytes",
    "rule_evaluations": "rule evaluations",
}


class Bill(NamedTuple):
    """A month of a load balancer, us-east-1.

    Attributes
    ----------
    units : dict of str to float
        Capacity units (LCU or NLCU) that each dimension comes to by itself.
    hour_usd, unit_usd : float
        Price of an hour, and of a unit for an hour.
    crossing_usd_month : float
        For data that crosses zones, where that is charged.
    """

    units: dict[str, float]
    hour_usd: float
    unit_usd: float
    crossing_usd_month: float = 0.0

    @property
    def dimension(self) -> str:
        """The dimension that is paid for: the largest."""
        return max(self.units, key=lambda name: self.units[name])

    @property
    def billed_units(self) -> float:
        """Units that are paid for."""
        return self.units[self.dimension]

    @property
    def usd_month(self) -> float:
        """All parts, USD a month."""
        hourly = self.hour_usd + self.billed_units * self.unit_usd
        return ELB.value("elb", "hours_per_month") * hourly + self.crossing_usd_month


def bill(balancer: str, unit: str, used: dict[str, float]) -> Bill:
    """Work out a month's bill.

    Parameters
    ----------
    balancer : str
        ``"alb"`` or ``"nlb"``: whose prices.
    unit : str
        Whose capacity units: ``"lcu"``, ``"nlcu_tcp"``, ``"nlcu_udp"`` or ``"nlcu_tls"``.
    used : dict of str to float
        What is used of each of `DIMENSIONS`.
    """
    units = {DIMENSIONS[key]: amount / ELB.value(unit, key) for key, amount in used.items()}
    return Bill(units, ELB.value(balancer, "hour_price"), ELB.value(balancer, "unit_price"))


def targets_usd_month(targets: int) -> float:
    """What the targets cost, USD a month."""
    return targets * ELB.value("target", "hour_price") * ELB.value("elb", "hours_per_month")
