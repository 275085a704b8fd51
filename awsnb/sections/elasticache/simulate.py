"""What happens: what hit, what missed and why, and what the database did."""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elasticache import ELASTICACHE
from awsnb.mechanisms import caching, stays
from awsnb.mechanisms.caching import HIT, WROTE, Origin, Outage, Served
from awsnb.mechanisms.eviction import key_count
from awsnb.sections.elasticache import expected, memory
from awsnb.sections.elasticache.load import SCAN_AT, Requests, requests
from awsnb.sections.elasticache.memory import STEPS
from awsnb.sections.elasticache.sample import Sample
from awsnb.sections.elasticache.scenario import CacheScenario

NEVER = Outage(1e17, 1e18)
ALWAYS = Outage(-1.0, np.inf)
CAUSES = {
    stays.COLD: "cold",
    stays.EVICTED: "evicted",
    stays.TOO_OLD: "expired",
    stays.NO_ROOM: "no_room",
    memory.OUT_OF_REACH: "out_of_reach",
    stays.FOUND: "loading",
}


def simulate(scenario: CacheScenario) -> "Outcome":
    """Serve a run of requests through a cache that starts empty, or filled by a batch.

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
    def sample(self) -> Sample:
        """What was simulated of the run."""
        return self.scenario.sample

    @property
    def end_s(self) -> float:
        """When what is simulated ends, s."""
        return self.sample.duration_s

    @property
    def step_s(self) -> float:
        """Length of a step, s."""
        return self.end_s / STEPS

    @cached_property
    def warm_hit_pct(self) -> float:
        """Hit ratio of reads in the last third of the run, or of what comes before a loss, %."""
        end_s = min(self.kept.down_s, self.end_s)
        return self._hit_pct_between(end_s * 2 / 3, end_s)

    @cached_property
    def after_loss_hit_pct(self) -> float | None:
        """Hit ratio of reads from the loss of a node on, %; None without a loss."""
        if self.kept.down_s == np.inf:
            return None
        return self._hit_pct_between(self.kept.down_s, np.inf)

    @property
    def scan_min(self) -> tuple[float, float]:
        """When the scan starts and ends, min."""
        start = SCAN_AT * self.end_s
        length = self.scenario.keys / self.scenario.requests_per_s
        return start / 60, min(start + length, self.end_s) / 60

    @property
    def around_scan_hit_pct(self) -> tuple[float, float]:
        """Hit ratio of reads in a tenth of the run before the scan, and in one after it, %."""
        start, end = (60 * minute for minute in self.scan_min)
        tenth = self.end_s / 10
        before = self._hit_pct_between(start - tenth, start)
        return before, self._hit_pct_between(end, end + tenth)

    @cached_property
    def is_stampede(self) -> bool:
        """Whether most misses are reads of an item whose load is under way already."""
        scenario = self.scenario
        may_be = scenario.strategy != "invalidate" and not scenario.coalesce
        return may_be and 2 * self.misses["loading"] > sum(self.misses.values())

    def _hit_pct_between(self, start_s: float, end_s: float) -> float:
        part = slice(*np.searchsorted(self.asked.time_s, (start_s, end_s)))
        return percent_of(int(self.hits[part].sum()), int(self.reads[part].sum()))

    @cached_property
    def misses(self) -> dict[str, int]:
        """Reads of the sample that missed, by cause."""
        count = np.bincount(self.kept.why[self.reads & ~self.hits], minlength=len(CAUSES))
        return {name: int(count[code]) for code, name in CAUSES.items()}

    def real(self, count: float) -> int:
        """How many there are, of so many in the sample."""
        return round(count * self.sample.each)

    @cached_property
    def queries(self) -> NDArray[np.float64]:
        """Database queries per second, in each step; buffered writes go out evenly."""
        asked = self.per_s(self.served.origin_s > 0)
        buffered = self.served.flushed * self.sample.each / self.end_s
        return np.asarray(asked + buffered, dtype=np.float64)

    def queries_within(self, start_s: float, end_s: float) -> float:
        """Database queries per second between two moments, s; what is buffered not counted."""
        time_s = self.asked.time_s[self.served.origin_s > 0]
        count = np.count_nonzero((time_s >= start_s) & (time_s < end_s))
        return float(count * self.sample.each / (end_s - start_s))

    @cached_property
    def asked_per_s(self) -> NDArray[np.float64]:
        """Requests of the application per second, in each step."""
        return self._rate(np.diff(self._begins))

    def per_s(self, which: NDArray[np.bool_]) -> NDArray[np.float64]:
        """Some of the requests per second, in each step."""
        return self._rate(self.by_step(which))

    def _rate(self, count: NDArray[np.int64]) -> NDArray[np.float64]:
        return np.asarray(count * (self.sample.each * STEPS / self.end_s), dtype=np.float64)

    @cached_property
    def held(self) -> NDArray[np.float64]:
        """Items in memory at the end of each step."""
        return np.asarray(self.kept.held * self.sample.each, dtype=np.float64)

    @cached_property
    def expiry_s(self) -> tuple[float, float]:
        """From when to when the items of a batch, or those stored first, expire; else infinite."""
        if not self.scenario.has_ttl:
            return np.inf, np.inf
        spread = self.scenario.ttl_s * self.scenario.ttl_jitter_pct / 100
        return self.scenario.ttl_s - spread, self.scenario.ttl_s + spread

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
        return self.scenario.cost_usd_month(self.real(self.kept.held[-1]))

    @cached_property
    def sizes(self) -> expected.Sizes:
        """Hit ratios by the size of the cache."""
        return expected.by_size(self.scenario)

    @property
    def doubt(self) -> str:
        """Why the closed forms do not hold; "" where they do."""
        return expected.doubt(self.scenario)

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
        step = (self.asked.time_s * (STEPS / self.end_s)).astype(np.int64)
        return np.minimum(step, STEPS - 1)

    @cached_property
    def _begins(self) -> NDArray[np.int64]:
        """The request that each step begins with, and their number."""
        return np.searchsorted(self.step, np.arange(STEPS + 1))

    def by_step(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Count requests in each step."""
        parts = pairwise(self._begins.tolist())
        return np.array([np.count_nonzero(which[begin:end]) for begin, end in parts])


def _serve(scenario: CacheScenario, asked: Requests, kept: memory.Memory) -> Served:
    """Serve the requests; node 0 is the lost one, 1 what nobody reaches, 2 the others."""
    key, keys = asked.key, scenario.sample.keys
    lost = kept.down_s < np.inf
    node = np.where((kept.shard == 0) & lost, 0, 2)
    outage = NEVER
    if lost and scenario.cache.keeps_copies:  # the copy has the items once it has taken over
        key = np.where(kept.why == memory.OUT_OF_REACH, key + keys, key)
    elif lost:
        outage = Outage(kept.down_s, kept.up_s)
    count = key_count(key)
    return caching.serve(
        key,
        asked.time_s,
        Origin(
            scenario.origin_latency_ms / 1000,
            scenario.origin_latency_ms / 1000,
            scenario.origin_workers,
            scenario.sample.each,
        ),
        strategy=scenario.strategy,
        is_write=asked.is_write,
        ttl_s=kept.life_s,
        trip_s=ELASTICACHE.value("latency", "cache_trip") / 1000,
        coalesce=scenario.coalesce,
        node=np.concatenate([node, np.ones(keys, np.int64)])[:count],
        outages=(outage, ALWAYS),
        stored_s=np.append(kept.batch_life_s, np.zeros(keys))[:count],
    )


def database_per_s(scenario: CacheScenario) -> float:
    """Queries per second that the database is good for; 0 for any number."""
    return scenario.origin_workers * 1000 / scenario.origin_latency_ms


def percent_of(part: float, whole: float) -> float:
    """A part of a whole, %; 0 of nothing."""
    return 100 * float(part) / float(whole) if whole else 0.0
