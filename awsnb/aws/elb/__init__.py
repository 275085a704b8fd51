"""Elastic Load Balancing: health checks, limits, bills, paths, security groups, access logs."""

from awsnb.aws.elb.access_log import Durations, read_durations
from awsnb.aws.elb.bill import Bill, alb_bill, nlb_bill, targets_usd_month
from awsnb.aws.elb.health_checks import HealthCheck
from awsnb.aws.elb.limits import ELB, rule_limits
from awsnb.aws.elb.path import Budget, budget
from awsnb.aws.elb.security_groups import Inbound, reaches

__all__ = [
    "ELB",
    "Bill",
    "Budget",
    "Durations",
    "HealthCheck",
    "Inbound",
    "alb_bill",
    "budget",
    "nlb_bill",
    "reaches",
    "read_durations",
    "rule_limits",
    "targets_usd_month",
]
