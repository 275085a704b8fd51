"""What can be asked: one cache in front of one database, under one load."""

import math
from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.elasticache import (
    ELASTICACHE,
    EXACT,
    NODE_TYPES,
    OF_THE_ENGINE,
    PLAIN,
    REDIS_POLICIES,
    SEGMENTED,
    SERVERLESS,
    Cache,
    Engine,
)
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.sections.elasticache.sample import Sample, sample
from awsnb.words import span

STEADY, SCAN, DRIFT, LOOP = "steady", "with a scan", "drifting", "loop"


class CacheScenario(Scenario):
    """One ElastiCache cache in front of one database, under one load."""

    engine: Engine = field(
        "valkey", label="Engine", meaning="Sets the price, the policies and the usable memory."
    )
    policy: str = field(
        OF_THE_ENGINE,
        label="Eviction policy",
        choices=(OF_THE_ENGINE, *REDIS_POLICIES, PLAIN, SEGMENTED, EXACT),
        meaning="What goes when memory is full. memcached-lru and segmented-lru are Memcached's; "
        "exact-lru is for comparison: no engine has it.",
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
        group="Nodes",
        advanced=True,
        meaning="Nodes that divide the keys among them, by hash slot.",
    )
    replicas: int = field(
        0,
        label="Number of replicas",
        unit="replicas",
        low=0,
        high=ELASTICACHE.value("replication", "replicas_max"),
        group="Nodes",
        advanced=True,
        meaning="Copies of each shard, one of which takes over when its primary is lost.",
    )
    keys: int = field(
        5_000,
        label="Number of keys",
        unit="keys",
        group="Items",
        advanced=True,
        low=100,
        high=5_000_000,
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
        group="Items",
        advanced=True,
        meaning="Size of each item.",
    )
    zipf_alpha: float = field(
        0.9,
        label="Skew of popularity",
        low=0,
        high=2,
        group="Items",
        advanced=True,
        meaning="Zipf exponent: 0 is all alike, near 1 a web site, more is a few hot keys.",
    )
    workload: Literal["steady", "with a scan", "drifting", "loop"] = field(
        "steady",
        label="Pattern",
        group="Load",
        advanced=True,
        meaning="The same keys stay popular; or all keys are read once in between; or other keys "
        "become popular; or the keys are read in turn.",
    )
    requests_per_s: int = field(
        100, label="Requests", unit="per s", low=1, high=100_000, log=True, meaning="On average."
    )
    duration_min: int = field(
        10,
        label="Length of the run",
        unit="min",
        low=1,
        high=1440,
        log=True,
        group="Load",
        advanced=True,
        meaning="Of a run that starts now, with an empty cache unless a batch fills it.",
    )
    filled: bool = field(
        False,
        label="Filled by a batch",
        group="Load",
        advanced=True,
        meaning="A batch stores every item at the start, all at once.",
    )
    write_share_pct: float = field(
        5.0,
        label="Writes",
        unit="%",
        low=0,
        high=90,
        group="Load",
        advanced=True,
        meaning="Share of requests that write.",
    )
    strategy: Literal["lazy", "invalidate", "write-through", "write-behind"] = field(
        "lazy",
        label="Strategy",
        group="Load",
        advanced=True,
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
        only_when={"has_ttl": (True,)},
        meaning="Time to live of an item.",
    )
    ttl_jitter_pct: float = field(
        10.0,
        label="TTL jitter",
        unit="%",
        low=0,
        high=90,
        group="Time to live",
        advanced=True,
        only_when={"has_ttl": (True,)},
        meaning="Spread of the TTL, up and down.",
    )
    renew_ttl: bool = field(
        False,
        label="Reads renew the TTL",
        group="Time to live",
        advanced=True,
        only_when={"has_ttl": (True,)},
        meaning="As a session store does; Valkey and Redis OSS.",
    )
    origin_latency_ms: float = field(
        20.0,
        label="Database latency",
        unit="ms",
        low=1,
        high=2000,
        log=True,
        group="Database",
        advanced=True,
        meaning="Of one query that does not wait.",
    )
    origin_workers: int = field(
        8,
        label="Database at once",
        unit="queries",
        low=0,
        high=500,
        group="Database",
        advanced=True,
        meaning="Queries the database works on at once; others wait. 0 is any number.",
    )
    coalesce: bool = field(
        False,
        label="Coalesce misses",
        group="Database",
        advanced=True,
        meaning="Requests wait for a load of their key under way.",
    )
    node_loss_at_min: float | None = field(
        None,
        label="A node is lost at",
        unit="min",
        low=0.01,
        high=1439,
        group="Nodes",
        advanced=True,
        unset="never",
        meaning="The primary of the first shard, so many minutes after the start.",
    )
    target_hit_pct: float = field(
        80.0,
        label="Hit ratio wanted",
        unit="%",
        low=1,
        high=99.9,
        group="Goal",
        advanced=True,
        meaning="Of reads, once the cache is warm: what an alternative must reach.",
    )
    seed: int = field(
        1,
        label="Seed",
        low=0,
        high=9999,
        group="Load",
        advanced=True,
        meaning="Of everything that is drawn.",
    )

    @property
    def cache(self) -> Cache:
        """The cache, as AWS sells it."""
        return Cache(
            self.engine,
            self.node_type,
            self.policy,
            self.shards,
            self.replicas,
            self.item_size_kib,
        )

    @property
    def evicts(self) -> str:
        """The eviction policy, with ElastiCache's default filled in."""
        return self.cache.evicts

    @property
    def life_s(self) -> float:
        """Time to live of an item; infinite without a TTL."""
        return float(self.ttl_s) if self.has_ttl else math.inf

    @property
    def shard_capacity(self) -> int:
        """Items that fit on one shard, of those there are."""
        fit = self.cache.shard_items
        return self.keys if fit is None else min(fit, self.keys)

    @property
    def capacity(self) -> int:
        """Items that fit, of those there are."""
        return min(self.shard_capacity * self.shards, self.keys)

    @property
    def sample(self) -> Sample:
        """What is simulated of the run."""
        return sample(self.keys, self.shard_capacity, self.requests_per_s, 60.0 * self.duration_min)

    @property
    def touches_per_s(self) -> float:
        """Requests that store or read in the cache: with lazy strategies the reads alone."""
        if self.strategy in ("lazy", "invalidate"):
            return self.requests_per_s * (1 - self.write_share_pct / 100)
        return self.requests_per_s

    def cost_usd_month(self, items_held: int) -> float:
        """Price of the cache while it holds so many items, USD a month."""
        return self.cache.cost_usd_month(items_held, self.requests_per_s)

    @property
    def text(self) -> str:
        """The cache in a few words."""
        return f"{self.cache.text}, {self.strategy}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self.cache.check()
        if self.engine == "memcached" and self.renew_ttl:
            raise ScenarioError(
                "renew_ttl = True: this lab models it on valkey and redis-oss.", field="renew_ttl"
            )
        self._refuse_a_loss_after_the_end()
        return self

    def _refuse_a_loss_after_the_end(self) -> None:
        if self.node_loss_at_min is None or self.node_type not in (*NODE_TYPES, SERVERLESS):
            return  # an unknown node is refused elsewhere
        seen_s = self.sample.duration_s
        if 60 * self.node_loss_at_min < seen_s:
            return
        what = (
            f"the run ends after {span(seen_s)}; make duration_min longer"
            if seen_s == 60 * self.duration_min
            else f"of so few items at so high a rate only the first {span(seen_s)} are simulated; "
            "ask for fewer requests or more keys"
        )
        raise ScenarioError(
            f"node_loss_at_min = {self.node_loss_at_min:g}: {what}.", field="node_loss_at_min"
        )
