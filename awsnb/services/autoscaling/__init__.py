"""EC2 Auto Scaling: policies that follow a load."""

from awsnb.services.autoscaling.ledger import history, ledger
from awsnb.services.autoscaling.options import compare_policies
from awsnb.services.autoscaling.policy import PolicyScenario
from awsnb.services.autoscaling.presets import POLICY_PRESETS
from awsnb.services.autoscaling.published import published_examples, reactions
from awsnb.services.autoscaling.stability import stability_map
from awsnb.services.autoscaling.told import simulate_policy

__all__ = [
    "POLICY_PRESETS",
    "PolicyScenario",
    "compare_policies",
    "history",
    "ledger",
    "published_examples",
    "reactions",
    "simulate_policy",
    "stability_map",
]
