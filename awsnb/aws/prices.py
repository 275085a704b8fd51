"""Hours and prices that many sections count with."""

from awsnb import facts

EC2 = facts.load("ec2")
COMMON = facts.load("common")
HOURS_A_MONTH: float = COMMON.value("month", "hours")
PUBLIC_IPV4_USD_HOUR: float = COMMON.value("public_ipv4", "price")
PRICED_INSTANCES = tuple(name for name in EC2.subjects() if EC2.has(name, "hour_price"))


def instance_usd_hour(instance_type: str) -> float:
    """Price of an EC2 instance on demand, USD an hour: Linux, shared tenancy, us-east-1."""
    return float(EC2.value(instance_type, "hour_price"))
