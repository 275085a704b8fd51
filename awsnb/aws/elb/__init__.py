"""Elastic Load Balancing: health checks, limits of rules, bills, paths, security groups."""

from awsnb.aws.elb.bill import Bill, alb_bill, nlb_bill, targets_usd_month
from awsnb.aws.elb.health_checks import HealthCheck
from awsnb.aws.elb.limits import ELB, rule_limits
from awsnb.aws.elb.path import Budget, budget
from awsnb.aws.elb.security_groups import Inbound, reaches

__all__ = [
    "ELB",
    "Bill",
    "Budget",
    "HealthCheck",
    "Inbound",
    "alb_bill",
    "budget",
    "nlb_bill",
    "reaches",
    "rule_limits",
    "targets_usd_month",
]
