"""Elastic Load Balancing: kinds, health checks, limits of rules, bills, paths, security groups."""

from awsnb.aws.elb.bill import (
    Bill,
    alb_bill,
    clb_bill,
    gwlb_bill,
    nlb_bill,
    targets_usd_month,
)
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
    "HealthCheck",
    "Inbound",
    "Thresholds",
    "added_before",
    "alb_bill",
    "all_offered",
    "budget",
    "clb_bill",
    "gwlb_bill",
    "nlb_bill",
    "nlb_listener",
    "offers",
    "reaches",
    "rule_limits",
    "takes",
    "targets_usd_month",
]
