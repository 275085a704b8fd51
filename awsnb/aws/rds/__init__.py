"""RDS: database instances on gp3, what they may do and what they cost."""

from awsnb.aws.rds.deployment import RDS, Bill, Deployment

__all__ = ["RDS", "Bill", "Deployment"]
