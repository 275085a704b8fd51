"""EFS: file systems as they can be configured, what caps them, and what they cost."""

from awsnb.aws.efs.classes import Policy, StorageBill, billed_bytes
from awsnb.aws.efs.throughput import EFS, MODES, FileSystem, Io, limits

__all__ = [
    "EFS",
    "MODES",
    "FileSystem",
    "Io",
    "Policy",
    "StorageBill",
    "billed_bytes",
    "limits",
]
