"""Auto Scaling: the alarms that target tracking makes, its defaults, and the bill of a group."""

from awsnb.aws.autoscaling.alarms import alarm_minutes, low_share_pct, sensor, tracking_alarms
from awsnb.aws.autoscaling.bill import group_usd_month
from awsnb.aws.autoscaling.defaults import (
    APPLICATION,
    ASG,
    EC2_GROUPS,
    MONITORING,
    Monitoring,
    Scaler,
    default_or,
)

__all__ = [
    "APPLICATION",
    "ASG",
    "EC2_GROUPS",
    "MONITORING",
    "Monitoring",
    "Scaler",
    "alarm_minutes",
    "default_or",
    "group_usd_month",
    "low_share_pct",
    "sensor",
    "tracking_alarms",
]
