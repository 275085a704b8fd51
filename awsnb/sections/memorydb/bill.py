"""What each design costs in a month, by the data written."""

from typing import NamedTuple

from awsnb.aws.ebs import EBS
from awsnb.aws.elasticache import ELASTICACHE
from awsnb.aws.memorydb import MEMORYDB, data_written_usd, node_usd_hour
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.sections.memorydb.scenario import AOF, MEMORY_DB, SYNC, MemoryDbScenario

HARDWARE = "r7g.large"
VOLUME_GIB = 32  # of gp3: an append-only file and the one that is rewritten, of 16 GiB each


class Bill(NamedTuple):
    """A month, us-east-1, USD; `written_usd` is None where the price is not known."""

    nodes_usd: float
    written_usd: float | None

    @property
    def usd_month(self) -> float | None:
        """The whole, USD; None where the price of data written is not known."""
        return None if self.written_usd is None else self.nodes_usd + self.written_usd


def written_gb(scenario: MemoryDbScenario, per_s: float) -> float:
    """Data written in a month at so many writes a second, GB of 10^9 bytes."""
    return per_s * scenario.value_kib * 1024 * 3600 * HOURS_A_MONTH / 1e9


def bill(scenario: MemoryDbScenario, design: str, gb: float) -> Bill:
    """Price a design at `gb` written in a month."""
    nodes = scenario.shards * (1 + scenario.replicas)
    if design == AOF:
        disk = VOLUME_GIB * EBS.value("gp3", "storage_price")
        server = HOURS_A_MONTH * MEMORYDB.value(HARDWARE, "own_node_price")
        return Bill(scenario.shards * (server + disk), 0.0)
    if design == MEMORY_DB:
        engine = scenario.engine
        return Bill(nodes * HOURS_A_MONTH * node_usd_hour(engine), data_written_usd(engine, gb))
    engine = "valkey" if design == SYNC else scenario.engine
    price = ELASTICACHE.value(f"cache.{HARDWARE}", f"{engine.removesuffix('-oss')}_price")
    return Bill(nodes * HOURS_A_MONTH * price, _sync_usd(scenario, gb) if design == SYNC else 0.0)


def _sync_usd(scenario: MemoryDbScenario, gb: float) -> float | None:
    return None if scenario.sync_usd_gb is None else scenario.sync_usd_gb * gb
