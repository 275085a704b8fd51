"""A cache as AWS sells it: engine, policy, nodes, what they hold and what they cost."""

import math
from typing import Literal, Self

from pydantic import model_validator

from awsnb import facts
from awsnb.scenario import Scenario, ScenarioError, field

FACTS = facts.load("elasticache")

SERVERLESS = "serverless"
NODE_TYPES = tuple(
    sorted(
        (name for name in FACTS.subjects() if FACTS.has(name, "maxmemory")),
        key=lambda name: (FACTS.value(name, "valkey_price"), name),
    )
)
LIKE_REDIS = ("valkey", "redis-oss")
EXACT, PLAIN, SEGMENTED = "exact-lru", "memcached-lru", "segmented-lru"
OF_THE_ENGINE = "the engine's default"
REDIS_POLICIES = tuple(FACTS.value("eviction", "policies").split())
STEADY, SCAN, DRIFT, LOOP = "steady", "with a scan", "drifting", "loop"
MIB = 2**20


class CacheScenario(Scenario):
    """One ElastiCache cache in front of one database, under one load."""

    engine: Literal["valkey", "redis-oss", "memcached"] = field(
        "valkey", label="Engine", meaning="Sets the price, the policies and the usable memory."
    )
    policy: str = field(
        OF_THE_ENGINE,
        label="Eviction policy",
        choices=(OF_THE_ENGINE, *REDIS_POLICIES, PLAIN, SEGMENTED, EXACT),
        meaning="What goes when memory is full. memcached-lru and segmented-lru are Memcached's; "
        "exact-lru is nobody's, a yardstick.",
    )
    node_type: str = field(
        "cache.t4g.micro",
        label="Node type",
        choices=(*NODE_TYPES, SERVERLESS),
        meaning="Sets the memory of each node; serverless grows with the data.",
    )
    shards: int = field(
        1,
        label="Number of shards",
        unit="shards",
        low=1,
        high=10,
        meaning="Nodes that divide the keys among them, by hash slot.",
    )
    replicas: int = field(
        0,
        label="Number of replicas",
        unit="replicas",
        low=0,
        high=FACTS.value("replication", "replicas_max"),
        meaning="Copies of each shard, one of which takes over when its primary is lost.",
    )
    keys: int = field(
        5_000,
        label="Number of keys",
        unit="keys",
        low=100,
        high=100_000,
        log=True,
        meaning="Different items that are ever asked for.",
    )
    item_size_kib: float = field(
        256.0,
        label="Item size",
        unit="KiB",
        low=0.1,
        high=1024,
        log=True,
        meaning="Size of each item.",
    )
    zipf_alpha: float = field(
        0.9,
        label="Skew of popularity",
        low=0,
        high=2,
        meaning="Zipf exponent: 0 is all alike, near 1 a web site, more is a few hot keys.",
    )
    workload: Literal["steady", "with a scan", "drifting", "loop"] = field(
        "steady",
        label="Load",
        meaning="The same keys stay popular; or all keys are read once in between; or other keys "
        "become popular; or the keys are read in turn.",
    )
    requests_per_s: int = field(
        100, label="Requests", unit="per s", low=10, high=400, log=True, meaning="On average."
    )
    write_share_pct: float = field(
        5.0, label="Writes", unit="%", low=0, high=90, meaning="Share of requests that write."
    )
    strategy: Literal["lazy", "invalidate", "write-through", "write-behind"] = field(
        "lazy",
        label="Strategy",
        meaning="What a write changes: the database; it, and drops the copy; both; the cache, and "
        "the database later.",
    )
    has_ttl: bool = field(
        True, label="Items have a TTL", meaning="Whether what is stored gets a time to live."
    )
    ttl_s: int = field(
        300,
        label="TTL",
        unit="s",
        low=1,
        high=86_400,
        log=True,
        meaning="Time to live of an item, if it has one.",
    )
    ttl_jitter_pct: float = field(
        10.0,
        label="TTL jitter",
        unit="%",
        low=0,
        high=90,
        meaning="Spread of the TTL, up and down.",
    )
    renew_ttl: bool = field(
        False, label="Reads renew the TTL", meaning="As a session store does; Valkey and Redis OSS."
    )
    origin_latency_ms: float = field(
        20.0,
        label="Database latency",
        unit="ms",
        low=1,
        high=2000,
        log=True,
        meaning="Of one query that does not wait.",
    )
    origin_workers: int = field(
        8,
        label="Database at once",
        unit="queries",
        low=0,
        high=500,
        meaning="Queries the database works on at once; others wait. 0 is any number.",
    )
    coalesce: bool = field(
        False, label="Coalesce misses", meaning="Requests wait for a load of their key under way."
    )
    node_loss_at_min: float = field(
        0.0,
        label="A node is lost at",
        unit="min",
        low=0,
        high=9,
        meaning="The primary of the first shard, so many minutes after the start; 0 is never.",
    )
    target_hit_pct: float = field(
        80.0,
        label="Hit ratio wanted",
        unit="%",
        low=1,
        high=99.9,
        meaning="Of reads, once the cache is warm: what an alternative must reach.",
    )
    seed: int = field(1, label="Seed", low=0, high=9999, meaning="Of everything that is drawn.")

    @property
    def evicts(self) -> str:
        """The eviction policy, with ElastiCache's default filled in."""
        if self.policy != OF_THE_ENGINE:
            return self.policy
        return PLAIN if self.engine == "memcached" else FACTS.value("eviction", "default_policy")

    @property
    def life_s(self) -> float:
        """Time to live of an item; infinite without a TTL."""
        return float(self.ttl_s) if self.has_ttl else math.inf

    @property
    def item_bytes(self) -> float:
        """Memory that an item takes, with what the engine adds."""
        return self.item_size_kib * 1024 + FACTS.value("memory", "overhead_per_item")

    @property
    def node_bytes(self) -> float:
        """Memory for items on one node."""
        if self.engine == "memcached":
            whole = FACTS.value(self.node_type, "max_cache_memory")
            return (whole - FACTS.value("memcached", "connections_overhead")) * MIB
        kept = 1 - FACTS.value("memory", "reserved_memory") / 100
        return FACTS.value(self.node_type, "maxmemory") * kept

    @property
    def shard_capacity(self) -> int:
        """Items that fit on one shard; on serverless, all."""
        if self.node_type == SERVERLESS:
            return self.keys
        return min(int(self.node_bytes / self.item_bytes), self.keys)

    @property
    def capacity(self) -> int:
        """Items that fit."""
        return min(self.shard_capacity * self.shards, self.keys)

    @property
    def failover_s(self) -> float:
        """How long the lost node's keys are out of reach."""
        key = "failover_time" if self.replicas else "replacement_time"
        return FACTS.value("replication", key)

    @property
    def nodes(self) -> int:
        """Nodes to pay for; 0 on serverless."""
        return 0 if self.node_type == SERVERLESS else self.shards * (1 + self.replicas)

    def price(self, key: str) -> float:
        """What the engine costs on serverless."""
        return FACTS.value(SERVERLESS, f"{self.engine.removesuffix('-oss')}_{key}")

    def cost_usd_month(self, items_held: int) -> float:
        """Price in us-east-1, USD a month: of the nodes, or of the data held and the requests."""
        hours = FACTS.value("billing", "hours_per_month")
        if self.node_type != SERVERLESS:
            key = f"{self.engine.removesuffix('-oss')}_price"
            return self.nodes * hours * FACTS.value(self.node_type, key)
        stored_gb = max(items_held * self.item_bytes / 1e9, self.price("min_data"))
        kilobytes = self.item_size_kib * 1024 / 1000
        per_request = max(1.0, kilobytes * FACTS.value(SERVERLESS, "ecpu_per_kb"))
        millions = self.requests_per_s * 3600 * hours * per_request / 1e6
        return hours * stored_gb * self.price("storage_price") + millions * self.price("ecpu_price")

    @property
    def text(self) -> str:
        """The cache in a few words."""
        if self.node_type == SERVERLESS:
            return f"{self.engine} serverless, {self.evicts}, {self.strategy}"
        count = f"{self.nodes} x " if self.nodes > 1 else ""
        return f"{self.engine} on {count}{self.node_type}, {self.evicts}, {self.strategy}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self._check_policy()
        if self.engine == "memcached":
            largest = FACTS.get("memcached", "max_item_size")
            if self.item_size_kib * 1024 > largest.value:
                raise ScenarioError(
                    f"item_size_kib = {self.item_size_kib:,g}: on memcached AWS allows "
                    f"{largest.value // 1024:,} KiB by default ({largest.source})."
                )
            if self.replicas and self.node_type != SERVERLESS:
                source = FACTS.get("memcached", "nodes_max").source
                raise ScenarioError(
                    f"replicas = {self.replicas}: node-based memcached has none ({source})."
                )
            if self.renew_ttl:
                raise ScenarioError("renew_ttl = True: this lab models it on valkey and redis-oss.")
        if self.node_type == SERVERLESS and (self.shards > 1 or self.replicas):
            raise ScenarioError(
                f"shards = {self.shards}, replicas = {self.replicas}: a serverless cache has no "
                f"nodes to choose ({FACTS.get(SERVERLESS, 'zones').source})."
            )
        return self

    def _check_policy(self) -> None:
        if self.engine == "memcached" and self.policy in REDIS_POLICIES:
            raise ScenarioError(
                f"policy = {self.policy!r}: memcached evicts by {PLAIN}, or {SEGMENTED} with "
                f"no_modern off ({FACTS.get('memcached', 'no_modern').source})."
            )
        if self.engine != "memcached" and self.policy in (PLAIN, SEGMENTED):
            raise ScenarioError(
                f"policy = {self.policy!r}: {self.engine} has none; its maxmemory-policy is one of "
                f"{', '.join(REDIS_POLICIES)} ({FACTS.get('eviction', 'policies').source})."
            )
