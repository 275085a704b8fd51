"""A cache as AWS sells it: what is refused, what it holds, what it costs."""

from dataclasses import dataclass
from typing import Literal

from awsnb import facts
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.scenario import ScenarioError

ELASTICACHE = facts.load("elasticache")

Engine = Literal["valkey", "redis-oss", "memcached"]
SERVERLESS = "serverless"
NODE_TYPES = tuple(
    sorted(
        (name for name in ELASTICACHE.subjects() if ELASTICACHE.has(name, "maxmemory")),
        key=lambda name: (ELASTICACHE.value(name, "valkey_price"), name),
    )
)

REDIS_POLICIES = tuple(ELASTICACHE.value("eviction", "policies").split())
PLAIN, SEGMENTED, EXACT = "memcached-lru", "segmented-lru", "exact-lru"
OF_THE_ENGINE = "the engine's default"
"""Eviction policies: Valkey's and Redis's, Memcached's two, one that no engine has, the default."""

MIB = 2**20


@dataclass(frozen=True)
class Cache:
    """One ElastiCache cache.

    Parameters
    ----------
    engine : {"valkey", "redis-oss", "memcached"}
        Sets the price, the policies and the usable memory.
    node_type : str
        One of `NODE_TYPES`, or `SERVERLESS`.
    policy : str
        What goes when memory is full; `OF_THE_ENGINE` for ElastiCache's default.
    shards, replicas : int
        Nodes that divide the keys among them, and copies of each.
    item_size_kib : float
        Size of each item.
    """

    engine: Engine
    node_type: str
    policy: str
    shards: int
    replicas: int
    item_size_kib: float

    @property
    def evicts(self) -> str:
        """The eviction policy, with ElastiCache's default filled in."""
        if self.policy != OF_THE_ENGINE:
            return self.policy
        if self.engine == "memcached":
            return PLAIN
        return str(ELASTICACHE.value("eviction", "default_policy"))

    @property
    def item_bytes(self) -> float:
        """Memory that an item takes, with what the engine adds."""
        return self.item_size_kib * 1024 + ELASTICACHE.value("memory", "overhead_per_item")

    @property
    def node_bytes(self) -> float:
        """Memory for items on one node."""
        if self.engine == "memcached":
            whole = ELASTICACHE.value(self.node_type, "max_cache_memory")
            return float((whole - ELASTICACHE.value("memcached", "connections_overhead")) * MIB)
        kept = 1 - ELASTICACHE.value("memory", "reserved_memory") / 100
        return float(ELASTICACHE.value(self.node_type, "maxmemory") * kept)

    @property
    def shard_items(self) -> int | None:
        """Items that fit on one shard; None for any number, on serverless."""
        return None if self.node_type == SERVERLESS else int(self.node_bytes / self.item_bytes)

    @property
    def nodes(self) -> int:
        """Nodes to pay for; 0 on serverless."""
        return 0 if self.node_type == SERVERLESS else self.shards * (1 + self.replicas)

    @property
    def keeps_copies(self) -> bool:
        """Whether another node has the items of one that is lost: a replica; on serverless always.

        Serverless keeps its data in several zones (ElastiCache User Guide, WhatIs.deployment).
        """
        return self.replicas > 0 or self.node_type == SERVERLESS

    @property
    def failover_s(self) -> float:
        """How long a lost node's keys are out of reach."""
        key = "failover_time" if self.keeps_copies else "replacement_time"
        return float(ELASTICACHE.value("replication", key))

    def cost_usd_month(self, items_held: int, requests_per_s: float) -> float:
        """Price in us-east-1, USD a month: of the nodes, or of the data held and the requests."""
        if self.node_type != SERVERLESS:
            return self.nodes * HOURS_A_MONTH * self._price(self.node_type, "price")
        stored_gb = max(items_held * self.item_bytes / 1e9, self._price(SERVERLESS, "min_data"))
        kilobytes = self.item_size_kib * 1024 / 1000
        per_request = max(1.0, kilobytes * ELASTICACHE.value(SERVERLESS, "ecpu_per_kb"))
        millions = requests_per_s * 3600 * HOURS_A_MONTH * per_request / 1e6
        storage = HOURS_A_MONTH * stored_gb * self._price(SERVERLESS, "storage_price")
        return storage + millions * self._price(SERVERLESS, "ecpu_price")

    @property
    def text(self) -> str:
        """The cache in a few words."""
        if self.node_type == SERVERLESS:
            return f"{self.engine} serverless, {self.evicts}"
        count = f"{self.nodes} x " if self.nodes > 1 else ""
        return f"{self.engine} on {count}{self.node_type}, {self.evicts}"

    def check(self) -> None:
        """Refuse what AWS refuses.

        Raises
        ------
        ScenarioError
            With AWS's rule and its source; the field is named as here.
        """
        self._check_policy()
        if self.engine == "memcached":
            self._check_memcached()
        if self.node_type == SERVERLESS and (self.shards > 1 or self.replicas):
            raise ScenarioError(
                f"shards = {self.shards}, replicas = {self.replicas}: a serverless cache has no "
                f"nodes to choose ({ELASTICACHE.get(SERVERLESS, 'zones').source}).",
                field="shards" if self.shards > 1 else "replicas",
            )

    def _price(self, subject: str, key: str) -> float:
        return float(ELASTICACHE.value(subject, f"{self.engine.removesuffix('-oss')}_{key}"))

    def _check_policy(self) -> None:
        if self.engine == "memcached" and self.policy in REDIS_POLICIES:
            raise ScenarioError(
                f"policy = {self.policy!r}: memcached evicts by {PLAIN}, or {SEGMENTED} with "
                f"no_modern off ({ELASTICACHE.get('memcached', 'no_modern').source}).",
                field="policy",
            )
        if self.engine != "memcached" and self.policy in (PLAIN, SEGMENTED):
            source = ELASTICACHE.get("eviction", "policies").source
            raise ScenarioError(
                f"policy = {self.policy!r}: {self.engine} has none; its maxmemory-policy is one of "
                f"{', '.join(REDIS_POLICIES)} ({source}).",
                field="policy",
            )

    def _check_memcached(self) -> None:
        largest = ELASTICACHE.get("memcached", "max_item_size")
        if self.item_size_kib * 1024 > largest.value:
            raise ScenarioError(
                f"item_size_kib = {self.item_size_kib:,g}: on memcached AWS allows "
                f"{largest.value // 1024:,} KiB by default ({largest.source}).",
                field="item_size_kib",
            )
        if self.replicas and self.node_type != SERVERLESS:
            source = ELASTICACHE.get("memcached", "nodes_max").source
            raise ScenarioError(
                f"replicas = {self.replicas}: node-based memcached has none ({source}).",
                field="replicas",
            )
