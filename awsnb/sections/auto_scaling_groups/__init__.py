"""Section 17, Auto Scaling groups: repair, Spot pools, and who goes first."""

from awsnb.sections.auto_scaling_groups import repair, spot_pools, termination

VIEWS = (repair.VIEW, spot_pools.VIEW, termination.VIEW)
