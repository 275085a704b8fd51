"""What a load balancer costs: by the hour, and by its most used capacity dimension."""

from typing import NamedTuple

from awsnb.aws.elb.limits import ELB
from awsnb.aws.prices import HOURS_A_MONTH, PUBLIC_IPV4_USD_HOUR, instance_usd_hour

TARGET = "t3.medium"  # what every target is taken to be
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
        Capacity units (LCU, NLCU, GLCU; a CLB's gigabytes an hour) that each dimension comes to by
        itself.
    hour_usd, unit_usd : float
        Price of an hour, and of a unit for an hour.
    addresses : int
        Public IPv4 addresses, at the least.
    crossing_usd_month : float
        For data that crosses zones, where that is charged.
    endpoints_usd_month : float
        For the endpoints of a Gateway Load Balancer, and the data that passes them.
    """

    units: dict[str, float]
    hour_usd: float
    unit_usd: float
    addresses: int = 0
    crossing_usd_month: float = 0.0
    endpoints_usd_month: float = 0.0

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
        others = self.addresses_usd_month + self.crossing_usd_month + self.endpoints_usd_month
        return HOURS_A_MONTH * hourly + others

    @property
    def addresses_usd_month(self) -> float:
        """What the public IPv4 addresses cost, USD a month."""
        return self.addresses * PUBLIC_IPV4_USD_HOUR * HOURS_A_MONTH


def alb_bill(
    requests_per_s: float,
    kb_per_request: float,
    requests_per_connection: float,
    connection_s: float,
    rules: int,
    public_zones: int = 0,
) -> Bill:
    """Work out a month of an Application Load Balancer.

    Parameters
    ----------
    requests_per_s : float
        Mean over the month.
    kb_per_request : float
        Bytes of a request and its answer, kB.
    requests_per_connection : float
        What a client sends before it connects anew.
    connection_s : float
        How long a client's connection stays open.
    rules : int
        Rules that a request is compared with.
    public_zones : int
        Zones in which it has a public IPv4 address; none if it is internal.
    """
    new_per_s = requests_per_s / requests_per_connection
    charged_rules = max(0, rules - ELB.value("lcu", "free_rules"))
    used = {
        "new_connections": new_per_s,
        "active_connections": new_per_s * connection_s,
        "processed_bytes": _gb_per_h(requests_per_s, kb_per_request),
        "rule_evaluations": requests_per_s * charged_rules,
    }
    return _bill("alb", "lcu", used, public_zones)


def nlb_bill(
    listener: str,
    connections: float,
    connection_s: float,
    requests_per_s: float,
    kb_per_request: float,
    crossing: float = 0.0,
    public_zones: int = 0,
) -> Bill:
    """Work out a month of a Network Load Balancer.

    Parameters
    ----------
    listener : str
        ``"TCP"``, ``"UDP"`` or ``"TLS"``: whose capacity units count.
    connections : float
        Open at any time.
    connection_s : float
        How long each lasts.
    requests_per_s, kb_per_request : float
        Requests over all connections, and the bytes of one and its answer, kB.
    crossing : float
        Share of the data that passes from one zone to another, which is charged at both ends.
    public_zones : int
        Zones in which it has a public IPv4 address; none if it is internal.
    """
    gb_per_h = _gb_per_h(requests_per_s, kb_per_request)
    used = {
        "new_connections": connections / connection_s,
        "active_connections": float(connections),
        "processed_bytes": gb_per_h,
    }
    crossing_gb = gb_per_h * HOURS_A_MONTH * crossing
    ends_usd = 2 * ELB.value("nlb", "cross_zone_price")  # out of one zone and into another
    bill = _bill("nlb", f"nlcu_{listener.lower()}", used, public_zones)
    return bill._replace(crossing_usd_month=crossing_gb * ends_usd)


def clb_bill(requests_per_s: float, kb_per_request: float, public_zones: int = 0) -> Bill:
    """Work out a month of a Classic Load Balancer: its hours, and each gigabyte.

    Parameters
    ----------
    requests_per_s, kb_per_request : float
        Mean over the month, and the bytes of a request and its answer, kB.
    public_zones : int
        Zones in which it has a public IPv4 address; none if it is internal.
    """
    gb_per_h = _gb_per_h(requests_per_s, kb_per_request)
    hour_usd, unit_usd = (ELB.value("clb", f"{per}_price") for per in ("hour", "gb"))
    addresses = public_zones * ELB.value("clb", "public_ipv4_addresses")
    return Bill({DIMENSIONS["processed_bytes"]: gb_per_h}, hour_usd, unit_usd, addresses)


def gwlb_bill(
    requests_per_s: float,
    kb_per_request: float,
    requests_per_connection: float,
    connection_s: float,
    zones: int,
) -> Bill:
    """Work out a month of a Gateway Load Balancer and its endpoints, one of each in a zone.

    Parameters
    ----------
    requests_per_s, kb_per_request : float
        Mean over the month, and the bytes of a request and its answer, kB.
    requests_per_connection : float
        What a client sends before it connects anew.
    connection_s : float
        How long a connection stays open.
    zones : int
        Zones that it is in.
    """
    new_per_s = requests_per_s / requests_per_connection
    gb_per_h = _gb_per_h(requests_per_s, kb_per_request)
    used = {
        "new_connections": new_per_s,
        "active_connections": new_per_s * connection_s,
        "processed_bytes": gb_per_h,
    }
    bill = _bill("gwlb", "glcu", used, 0)
    endpoint_usd_h, endpoint_usd_gb = (
        ELB.value("gwlb", f"endpoint_{per}_price") for per in ("hour", "gb")
    )
    endpoints_usd = HOURS_A_MONTH * (zones * endpoint_usd_h + gb_per_h * endpoint_usd_gb)
    return bill._replace(hour_usd=zones * bill.hour_usd, endpoints_usd_month=endpoints_usd)


def targets_usd_month(targets: int) -> float:
    """What the targets cost, USD a month."""
    return targets * instance_usd_hour(TARGET) * HOURS_A_MONTH


def _gb_per_h(requests_per_s: float, kb_per_request: float) -> float:
    return 3600 * requests_per_s * kb_per_request / 1e6


def _bill(balancer: str, unit: str, used: dict[str, float], public_zones: int) -> Bill:
    units = {DIMENSIONS[key]: amount / ELB.value(unit, key) for key, amount in used.items()}
    hour_usd, unit_usd = (ELB.value(balancer, f"{per}_price") for per in ("hour", "unit"))
    addresses = public_zones * ELB.value(balancer, "public_ipv4_addresses") if public_zones else 0
    return Bill(units, hour_usd, unit_usd, addresses)
