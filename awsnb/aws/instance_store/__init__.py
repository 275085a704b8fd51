"""EC2's instance store: what of an instance's data outlives which event."""

from awsnb.aws.instance_store.drives import STORE_TYPES, iops, size_gib
from awsnb.aws.instance_store.events import (
    DATA_VOLUME,
    EVENTS,
    INSTANCE_STORE,
    MEMORY,
    ROOT_VOLUME,
    STORE,
    TERMINATE,
    THINGS,
    keeps,
)

__all__ = [
    "DATA_VOLUME",
    "EVENTS",
    "INSTANCE_STORE",
    "MEMORY",
    "ROOT_VOLUME",
    "STORE",
    "STORE_TYPES",
    "TERMINATE",
    "THINGS",
    "iops",
    "keeps",
    "size_gib",
]
