"""Elastic Load Balancing: targets behind a load balancer, under a load."""

from awsnb.services.elb.alb import AlbScenario, rule_limits
from awsnb.services.elb.closed_forms import against_binomial, against_erlang
from awsnb.services.elb.measured import recorded
from awsnb.services.elb.nlb import NlbScenario, simulate_nlb
from awsnb.services.elb.options import compare_alb, compare_nlb
from awsnb.services.elb.path import budget
from awsnb.services.elb.presets import ALB_PRESETS, NLB_PRESETS
from awsnb.services.elb.run import simulate_alb
from awsnb.services.elb.security_groups import Inbound, reaches

__all__ = [
    "ALB_PRESETS",
    "NLB_PRESETS",
    "AlbScenario",
    "Inbound",
    "NlbScenario",
    "against_binomial",
    "against_erlang",
    "budget",
    "compare_alb",
    "compare_nlb",
    "reaches",
    "recorded",
    "rule_limits",
    "simulate_alb",
    "simulate_nlb",
]
