"""Section 17, Auto Scaling groups: repair, Spot pools and which are taken, and who goes first."""

from awsnb.sections.auto_scaling_groups import allocation, repair, spot_pools, termination

VIEWS = (repair.VIEW, spot_pools.VIEW, allocation.VIEW, termination.VIEW)
