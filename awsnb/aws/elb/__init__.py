"""Elastic Load Balancing: kinds, health checks, limits, bills, paths, security groups, logs."""

from awsnb.aws.elb.access_log import Counts, Durations, read_counts, read_durations
from awsnb.aws.elb.bill import (
    Bill,
    alb_bill,
    clb_bill,
    gwlb_bill,
    nlb_bill,
    targets_usd_month,
)
from awsnb.aws.elb.cross_zone import CrossZone, charged, end_usd_gb
from awsnb.aws.elb.health_checks import HealthCheck
from awsnb.aws.elb.kinds import KINDS, added_before, all_offered, nlb_listener, offers, takes
from awsnb.aws.elb.limits import ELB, rule_limits
from awsnb.aws.elb.path import Budget, budget
from awsnb.aws.elb.security_groups import Inbound, reaches
from awsnb.aws.elb.target_group_health import Thresholds

__all__ = [
    "ELB",
    "KINDS",
    "Bill",
    "Budget",
    "Counts",
    "CrossZone",
    "Durations",
    "HealthCheck",
    "Inbound",
    "Thresholds",
    "added_before",
    "alb_bill",
    "all_offered",
    "budget",
    "charged",
    "clb_bill",
    "end_usd_gb",
    "gwlb_bill",
    "nlb_bill",
    "nlb_listener",
    "offers",
    "reaches",
    "read_counts",
    "read_durations",
    "rule_limits",
    "takes",
    "targets_usd_month",
]
