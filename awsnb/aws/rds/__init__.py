"""RDS: database instances, their replicas and the connections to them: limits and prices."""

from awsnb.aws.rds.connections import (
    default_max_connections,
    instance_usd_month,
    lambda_starts_s,
    proxy_usd_month,
)
from awsnb.aws.rds.deployment import RDS, Bill, Deployment
from awsnb.aws.rds.replicas import check_replicas, copying_usd_month, replica_usd_hour

__all__ = [
    "RDS",
    "Bill",
    "Deployment",
    "check_replicas",
    "copying_usd_month",
    "default_max_connections",
    "instance_usd_month",
    "lambda_starts_s",
    "proxy_usd_month",
    "replica_usd_hour",
]
