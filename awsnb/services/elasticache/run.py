"""Requests served through a cache: what hit, what missed and why, and what the database did."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import caching
from awsnb.mechanisms.caching import HIT, WROTE, Origin, Outage, Served
from awsnb.services.elasticache import memory
from awsnb.services.elasticache.cache import FACTS, CacheScenario
from awsnb.services.elasticache.load import DURATION_S, Requests, requests

STEPS = 120
NEVER = Outage(1e17, 1e18)
ALWAYS = Outage(-1.0, np.inf)
CAUSES = {
    memory.COLD: "cold",
    memory.EVICTED: "evicted",
    memory.TOO_OLD: "expired",
    memory.NO_ROOM: "no_room",
    memory.OUT_OF_REACH: "out_of_reach",
    memory.FOUND: "loading",
}


@dataclass(frozen=True)
class Run:
    """Requests served through a cache."""

    cache: CacheScenario
    asked: Requests
    kept: memory.Memory
    served: Served

    @classmethod
    def of(cls, cache: CacheScenario) -> "Run":
        """Decide what memory keeps, then serve the requests."""
        asked = requests(cache)
        kept = memory.remember(cache, asked)
        return cls(cache, asked, kept, _serve(cache, asked, kept))

    @cached_property
    def reads(self) -> NDArray[np.bool_]:
        """Which requests read."""
        return self.served.outcome != WROTE

    @cached_property
    def hits(self) -> NDArray[np.bool_]:
        """Which requests read and hit."""
        return self.served.outcome == HIT

    @cached_property
    def warm_hit_pct(self) -> float:
        """Hit ratio of reads in the last third, %."""
        late = self.asked.time_s >= DURATION_S * 2 / 3
        return percent_of(int(np.sum(self.hits & late)), int(np.sum(self.reads & late)))

    @cached_property
    def misses(self) -> dict[str, int]:
        """Reads that missed, by cause."""
        why = self.kept.why[self.reads & ~self.hits]
        return {name: int(np.sum(why == code)) for code, name in CAUSES.items()}

    @cached_property
    def queries(self) -> NDArray[np.float64]:
        """Database queries per second, in each step; buffered writes go out evenly."""
        share = STEPS / DURATION_S
        asked = self.by_step(self.served.origin_s > 0) * share
        return np.asarray(asked + self.served.flushed / DURATION_S, dtype=np.float64)

    @cached_property
    def stale_pct(self) -> float:
        """Reads that got a value older than the last write, %."""
        return percent_of(int(np.sum(self.served.behind[self.reads] > 0)), int(np.sum(self.reads)))

    @cached_property
    def step(self) -> NDArray[np.int64]:
        """The step that each request falls into."""
        step = (self.asked.time_s * (STEPS / DURATION_S)).astype(np.int64)
        return np.minimum(step, STEPS - 1)

    def by_step(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count requests in each step."""
        return np.bincount(self.step[which], minlength=STEPS)


def _serve(cache: CacheScenario, asked: Requests, kept: memory.Memory) -> Served:
    """Serve the requests; node 0 is the lost one, 1 what nobody reaches, 2 the others."""
    key, keys = asked.key.astype(np.int64), cache.keys
    lost = kept.down_s < np.inf
    node = np.where((kept.shard == 0) & lost, 0, 2)
    outage = NEVER
    if lost and cache.replicas:  # the replica still has the items once it has taken over
        key = np.where(kept.why == memory.OUT_OF_REACH, key + keys, key)
    elif lost:
        outage = Outage(kept.down_s, kept.up_s)
    return caching.serve(
        key,
        asked.time_s,
        Origin(
            cache.origin_latency_ms / 1000, cache.origin_latency_ms / 1000, cache.origin_workers
        ),
        strategy=cache.strategy,
        is_write=asked.is_write,
        ttl_s=kept.life_s,
        trip_s=FACTS.value("latency", "cache_trip") / 1000,
        coalesce=cache.coalesce,
        node=np.concatenate([node, np.ones(keys, np.int64)])[: int(key.max()) + 1],
        outages=(outage, ALWAYS),
    )


def percent_of(part: float, whole: float) -> float:
    """A part of a whole, %; 0 of nothing."""
    return 100 * float(part) / float(whole) if whole else 0.0
