"""Aurora: what a cluster may be, and what it costs."""

from awsnb.aws.aurora.cluster import Cluster, backtrack_usd_month, storage_usd_gib_month
from awsnb.aws.aurora.limits import AURORA, INSTANCE_CLASSES, max_size_gib, protection_groups

__all__ = [
    "AURORA",
    "INSTANCE_CLASSES",
    "Cluster",
    "backtrack_usd_month",
    "max_size_gib",
    "protection_groups",
    "storage_usd_gib_month",
]
