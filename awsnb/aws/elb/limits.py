"""What AWS says of its load balancers, and what it allows in a listener rule."""

from awsnb import facts
from awsnb.mechanisms.listener_rules import Limits

ELB = facts.load("elb")


def rule_limits() -> Limits:
    """What AWS allows in a listener rule."""
    keys = (
        "max_match_evaluations_per_condition",
        "max_match_evaluations_per_rule",
        "max_wildcards_per_rule",
        "max_pattern_length",
        "max_priority",
        "max_groups_per_action",
        "max_weight",
    )
    return Limits(*(ELB.value("alb", key) for key in keys))
