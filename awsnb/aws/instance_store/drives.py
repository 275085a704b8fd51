"""The drives of an instance type: how many, how large, and how fast together."""

from typing import Literal

from awsnb import facts
from awsnb.aws.ebs.limits import INSTANCE_TYPES

INSTANCE_STORE = facts.load("instance_store")
STORE_TYPES = tuple(
    sorted(
        (name for name in INSTANCE_TYPES if INSTANCE_STORE.has(name, "read_iops")),
        key=lambda name: (name.split(".")[0], INSTANCE_STORE.value(name, "read_iops")),
    )
)
GIB_PER_GB = 1e9 / 2**30


def size_gib(instance_type: str) -> int:
    """Size of an instance's store, all drives together, in whole GiB."""
    drives, each_gb = (INSTANCE_STORE.value(instance_type, k) for k in ("devices", "device_size"))
    return int(drives * each_gb * GIB_PER_GB)


def iops(instance_type: str, operation: Literal["reads", "writes"]) -> int:
    """Random I/Os of 4 KiB a second that AWS states for an instance's store, all drives."""
    return int(INSTANCE_STORE.value(instance_type, f"{operation[:-1]}_iops"))
