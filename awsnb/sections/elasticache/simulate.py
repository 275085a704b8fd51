"""What happens: what hit, what missed and why, and what the database did."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elasticache import ELASTICACHE
from awsnb.mechanisms import caching
from awsnb.mechanisms.caching import HIT, WROTE, Origin, Outage, Served
from awsnb.sections.elasticache import expected, memory
from awsnb.sections.elasticache.load import DURATION_S, Requests, requests
from awsnb.sections.elasticache.scenario import CacheScenario

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


def simulate(scenario: CacheScenario) -> "Outcome":
    """Serve ten minutes of requests through a cache that starts empty.

    Parameters
    ----------
    scenario : CacheScenario
        The cache, its database and its load.

    Returns
    -------
    Outcome
        What memory kept, and how each request was served.
    """
    asked = requests(scenario)
    kept = memory.remember(scenario, asked)
    return Outcome(scenario, asked, kept, _serve(scenario, asked, kept))


@dataclass(frozen=True)
class Outcome:
    """Requests served through a cache."""

    scenario: CacheScenario
    asked: Requests
    kept: memory.Memory
    served: Served

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
    def hit_pct(self) -> float:
        """Hit ratio of all reads, %."""
        return percent_of(int(self.hits.sum()), int(self.reads.sum()))

    @cached_property
    def latency_ms(self) -> NDArray[np.float64]:
        """Latency of each read."""
        return np.asarray(1000 * self.served.latency_s[self.reads], dtype=np.float64)

    @cached_property
    def cost_usd_month(self) -> float:
        """The cache for a month, USD."""
        return self.scenario.cost_usd_month(self.kept.held)

    @cached_property
    def sizes(self) -> expected.Sizes:
        """Hit ratios by the size of the cache."""
        return expected.by_size(self.scenario)

    @property
    def is_expected(self) -> bool:
        """Whether requests are as the closed forms have them."""
        return expected.applies(self.scenario)

    @cached_property
    def expected_hit_pct(self) -> float:
        """Hit ratio once warm by the closed forms, %."""
        return expected.once_warm(self.scenario)

    def expected_warming_pct(self, minute: NDArray[np.float64]) -> NDArray[np.float64]:
        """Hit ratio so many minutes after an empty start by the closed forms, %."""
        return expected.warming(self.scenario, minute)

    @cached_property
    def expired_from_pct(self) -> float | None:
        """Share of the keys, %, from which on the TTL decides rather than the size."""
        beyond = np.flatnonzero(self.sizes.che > expected.by_ttl(self.scenario))
        return float(expected.SHARES_PCT[beyond[0]]) if beyond.size else None

    @cached_property
    def step(self) -> NDArray[np.int64]:
        """The step that each request falls into."""
        step = (self.asked.time_s * (STEPS / DURATION_S)).astype(np.int64)
        return np.minimum(step, STEPS - 1)

    def by_step(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count requests in each step."""
        return np.bincount(self.step[which], minlength=STEPS)


def _serve(scenario: CacheScenario, asked: Requests, kept: memory.Memory) -> Served:
    """Serve the requests; node 0 is the lost one, 1 what nobody reaches, 2 the others."""
    key, keys = asked.key.astype(np.int64), scenario.keys
    lost = kept.down_s < np.inf
    node = np.where((kept.shard == 0) & lost, 0, 2)
    outage = NEVER
    if lost and scenario.replicas:  # the replica still has the items once it has taken over
        key = np.where(kept.why == memory.OUT_OF_REACH, key + keys, key)
    elif lost:
        outage = Outage(kept.down_s, kept.up_s)
    return caching.serve(
        key,
        asked.time_s,
        Origin(
            scenario.origin_latency_ms / 1000,
            scenario.origin_latency_ms / 1000,
            scenario.origin_workers,
        ),
        strategy=scenario.strategy,
        is_write=asked.is_write,
        ttl_s=kept.life_s,
        trip_s=ELASTICACHE.value("latency", "cache_trip") / 1000,
        coalesce=scenario.coalesce,
        node=np.concatenate([node, np.ones(keys, np.int64)])[: int(key.max()) + 1],
        outages=(outage, ALWAYS),
    )


def percent_of(part: float, whole: float) -> float:
    """A part of a whole, %; 0 of nothing."""
    return 100 * float(part) / float(whole) if whole else 0.0
