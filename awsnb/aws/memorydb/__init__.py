"""MemoryDB: what its log takes in, and what it costs."""

from awsnb.aws.memorydb.cluster import (
    MEMORYDB,
    NODE_TYPE,
    Engine,
    data_written_usd,
    node_usd_hour,
    shard_writes_per_s,
)

__all__ = [
    "MEMORYDB",
    "NODE_TYPE",
    "Engine",
    "data_written_usd",
    "node_usd_hour",
    "shard_writes_per_s",
]
