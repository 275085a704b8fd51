"""RDS: database instances, their storage and read replicas, what they may do and what they cost."""

from awsnb.aws.rds.deployment import RDS, Bill, Deployment
from awsnb.aws.rds.replicas import check_replicas, copying_usd_month, replica_usd_hour

__all__ = [
    "RDS",
    "Bill",
    "Deployment",
    "check_replicas",
    "copying_usd_month",
    "replica_usd_hour",
]
