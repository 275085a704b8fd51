"""RDS: database instances on gp3, what they may do and cost, and the connections to them."""

from awsnb.aws.rds.connections import (
    default_max_connections,
    instance_usd_month,
    lambda_starts_s,
    proxy_usd_month,
)
from awsnb.aws.rds.deployment import RDS, Bill, Deployment

__all__ = [
    "RDS",
    "Bill",
    "Deployment",
    "default_max_connections",
    "instance_usd_month",
    "lambda_starts_s",
    "proxy_usd_month",
]
