"""RDS: database instances, their storage, its autoscaling, and what they cost."""

from awsnb.aws.rds.deployment import RDS, Bill, Deployment

__all__ = ["RDS", "Bill", "Deployment"]
