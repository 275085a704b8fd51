"""EC2's instance store: its drives, and what of an instance's data outlives which event."""

from awsnb.aws.instance_store.drives import INSTANCE_STORE, STORE_TYPES, iops, size_gib
from awsnb.aws.instance_store.events import EVENTS, keeps

__all__ = ["EVENTS", "INSTANCE_STORE", "STORE_TYPES", "iops", "keeps", "size_gib"]
