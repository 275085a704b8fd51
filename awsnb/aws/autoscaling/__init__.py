"""Auto Scaling: alarms of target tracking, health checks, terminations, mixes, refreshes."""

from awsnb.aws.autoscaling.activities import History, cause_text, read_history
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
from awsnb.aws.autoscaling.health import at_once, default_check, found, new_targets
from awsnb.aws.autoscaling.purchase import default_mix, mixed_usd_month, on_demand_count
from awsnb.aws.autoscaling.refresh import bounds, refresh_fact, stops
from awsnb.aws.autoscaling.refreshes import OwnRefresh, read_refreshes
from awsnb.aws.autoscaling.termination import POLICIES, Member, steps

__all__ = [
    "APPLICATION",
    "ASG",
    "EC2_GROUPS",
    "MONITORING",
    "POLICIES",
    "History",
    "Member",
    "Monitoring",
    "OwnRefresh",
    "Scaler",
    "alarm_minutes",
    "at_once",
    "bounds",
    "cause_text",
    "default_check",
    "default_mix",
    "default_or",
    "found",
    "group_usd_month",
    "low_share_pct",
    "mixed_usd_month",
    "new_targets",
    "on_demand_count",
    "read_history",
    "read_refreshes",
    "refresh_fact",
    "sensor",
    "steps",
    "stops",
    "tracking_alarms",
]
