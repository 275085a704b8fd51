"""A MemoryDB cluster as AWS sells it: nodes by the hour, and writes by the gigabyte."""

from typing import Literal

from awsnb import facts

MEMORYDB = facts.load("memorydb")
NODE_TYPE = "db.r7g.large"

Engine = Literal["valkey", "redis-oss"]


def node_usd_hour(engine: Engine) -> float:
    """Price of a `NODE_TYPE` node, us-east-1, USD an hour."""
    redis: float = MEMORYDB.value(NODE_TYPE, "redis_price")
    off_pct = MEMORYDB.value("price", "valkey_discount") if engine == "valkey" else 0
    return redis * (1 - off_pct / 100)


def data_written_usd(engine: Engine, written_gb: float) -> float:
    """Price of the data that is written in a month, us-east-1, USD.

    Parameters
    ----------
    engine : {"valkey", "redis-oss"}
        On Valkey the first terabytes of a month are free.
    written_gb : float
        GB of 10^9 bytes.

    Returns
    -------
    float
        In USD.
    """
    if engine == "redis-oss":
        return written_gb * float(MEMORYDB.value("price", "data_written_redis"))
    free_gb = 1000 * MEMORYDB.value("price", "data_written_valkey_free")
    return max(0.0, written_gb - free_gb) * float(MEMORYDB.value("price", "data_written_valkey"))


def shard_writes_per_s(value_bytes: float) -> float:
    """Most writes that a shard takes in each second: its primary's limit, or its log's bandwidth.

    As measured for the paper on the largest nodes (Taleb et al., SIGMOD 2024).
    """
    by_log = MEMORYDB.value("throughput", "write_bandwidth_per_shard") * 1e6 / value_bytes
    return min(float(MEMORYDB.value("throughput", "write_only_max")), by_log)
