"""What can be asked: writes to an in-memory store, how they are made safe, and what then fails."""

from typing import Final, Literal, Self

from pydantic import model_validator

from awsnb.aws.elasticache import ELASTICACHE
from awsnb.aws.memorydb import MEMORYDB
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.trace.fields import metric
from awsnb.words import a_second, are, counted

ASYNC: Final = "async replicas"
WAIT: Final = "WAIT for replicas"
SYNC: Final = "ElastiCache sync"
MEMORY_DB: Final = "MemoryDB"
AOF: Final = "AOF of your own"
DESIGNS = (ASYNC, WAIT, SYNC, MEMORY_DB, AOF)

PRIMARY: Final = "primary"
OTHER: Final = "primary and best"
ZONE: Final = "primary's zone"
ZONES: Final = "two zones"
NODES: Final = "all nodes"
FAILURES = (PRIMARY, OTHER, ZONE, ZONES, NODES)


class MemoryDbScenario(Scenario):
    """A store on shards of a primary and replicas, to which writes come at an even rate."""

    design: Literal[
        "async replicas", "WAIT for replicas", "ElastiCache sync", "MemoryDB", "AOF of your own"
    ] = field(
        MEMORY_DB,
        label="Design",
        meaning="What a write waits for before it is acknowledged: nothing, replicas, a log over "
        "zones (ElastiCache sync and MemoryDB), or your own server's append-only file (AOF).",
    )
    failure: Literal["primary", "primary and best", "primary's zone", "two zones", "all nodes"] = (
        field(
            PRIMARY,
            label="What fails",
            meaning="Lost for good: the primary's node; the same, while the best replica is out of "
            "reach; the primary's zone; that and another zone; or every node's memory.",
        )
    )
    writes_per_s: float = field(
        5000.0,
        label="Writes",
        unit="writes/s",
        low=1,
        high=1_000_000,
        log=True,
        meaning="Over all shards, at an even rate.",
    )
    value_kib: float = field(
        1.0,
        label="Size of a write",
        unit="KiB",
        low=0.01,
        high=1024,
        log=True,
        meaning="Key and value together.",
    )
    replicas: int = field(
        2,
        label="Replicas",
        unit="a shard",
        low=1,
        high=ELASTICACHE.value("replication", "replicas_max"),
        meaning="Of each primary, spread over the other zones first.",
    )
    wait_for: int = field(
        1,
        label="WAIT for",
        unit="replicas",
        low=1,
        high=ELASTICACHE.value("replication", "replicas_max"),
        meaning="How many replicas a client that sends WAIT waits for.",
    )
    trace: str = field(
        "",
        label="Export of SetTypeCmds",
        path=True,
        meaning="Path of a CloudWatch export of SetTypeCmds (Sum) of one primary, of MemoryDB or "
        "ElastiCache; it replaces the writes. NetworkBytesIn may stand beside it.",
    )
    metric: str = metric()
    shards: int = field(
        1,
        label="Shards",
        unit="shards",
        low=1,
        high=100,
        group="Cluster",
        advanced=True,
        meaning="That divide the keys among them; one of them fails.",
    )
    engine: Literal["valkey", "redis-oss"] = field(
        "valkey",
        label="Engine",
        group="Cluster",
        advanced=True,
        meaning="Sets the price of nodes and, on MemoryDB, of data written.",
    )
    behind_ms: float = field(
        1000.0 * ELASTICACHE.value("replication", "lag"),
        label="Other replicas behind",
        unit="ms",
        low=0,
        high=60_000,
        group="Replicas",
        advanced=True,
        meaning="One replica keeps up; how far the others are behind, beyond their trip.",
    )
    slow_zone: float = field(
        1.0,
        label="A log zone is slower",
        unit="times",
        low=1,
        high=100,
        log=True,
        group="Log",
        advanced=True,
        meaning="How many times slower one of the log's zones answers.",
    )
    fsync: Literal["always", "everysec", "no"] = field(
        "always",
        label="appendfsync",
        group="Your own server",
        advanced=True,
        meaning="When the append-only file is synced to its gp3 volume.",
    )
    restart_s: float = field(
        float(ELASTICACHE.value("replication", "replacement_time")),
        label="A new node takes",
        unit="s",
        low=1,
        high=86_400,
        log=True,
        group="Your own server",
        advanced=True,
        meaning="From the failure until a new node has read the log or the file.",
    )
    sync_usd_gb: float | None = field(
        None,
        label="Sync writes cost",
        unit="USD/GB",
        low=0,
        high=10,
        group="Prices",
        advanced=True,
        unset="not known",
        meaning="What ElastiCache asks for data written with sync durability: see its price page.",
    )

    @property
    def shard_per_s(self) -> float:
        """Writes to one shard, a second."""
        return self.writes_per_s / self.shards

    @property
    def failures(self) -> tuple[str, ...]:
        """What can fail with so many replicas."""
        return tuple(one for one in FAILURES if one != OTHER or self.replicas > 1)

    @property
    def text(self) -> str:
        """The store in a few words."""
        writes = "writes of a file" if self.trace else a_second(self.writes_per_s, "write")
        return f"{self.design}, {counted(self.shards, 'shard')}, {writes}; fails: {self.failure}"

    @model_validator(mode="after")
    def _refuse_what_cannot_be(self) -> Self:
        if self.wait_for > self.replicas:
            raise ScenarioError(
                f"wait_for = {self.wait_for}: there {are(self.replicas)} only "
                f"{counted(self.replicas, 'replica')} to wait for; use 1 to {self.replicas}.",
                field="wait_for",
            )
        if self.failure == OTHER and self.replicas == 1:
            raise ScenarioError(
                f"failure = {OTHER!r}: with replicas = 1 there is no second one; use 2 or more.",
                field="failure",
            )
        if self.design == SYNC and self.engine != "valkey":
            fact = MEMORYDB.get("elasticache_sync", "engine_version")
            raise ScenarioError(
                f"engine = {self.engine!r}: ElastiCache has durability on {fact.value} alone "
                f"({fact.source}).",
                field="engine",
            )
        return self
