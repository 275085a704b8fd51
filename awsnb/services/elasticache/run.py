"""What a cache does for an application and its database, and why it misses."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms import caching
from awsnb.mechanisms.caching import HIT, WROTE, Origin, Outage, Served
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.elasticache import expected, memory
from awsnb.services.elasticache.cache import FACTS, SERVERLESS, CacheScenario
from awsnb.services.elasticache.load import DURATION_S, MINUTES, Requests, requests
from awsnb.words import milliseconds

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
CAUSE_WORDS = {
    "cold": "first requests of an item",
    "evicted": "evicted for others",
    "expired": "expired by TTL",
    "no_room": "refused for want of room",
    "out_of_reach": "on the lost node",
    "loading": "being loaded or dropped by a write",
}


def simulate_cache(cache: CacheScenario) -> Result:
    """Serve ten minutes of requests through a cache that starts empty.

    Parameters
    ----------
    cache : CacheScenario
        The cache, its database and its load.

    Returns
    -------
    Result
        By time (``minute``): hit ratio of reads (%), requests and database queries per second, mean
        read latency (ms). By size (``size_pct`` of the keys): hit ratio of an exact LRU, simulated
        and by Che's approximation.
    """
    return Run.of(cache).result()


@dataclass(frozen=True)
class Run:
    """Requests served through a cache, and what there is to say of it."""

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
        return _percent(int(np.sum(self.hits & late)), int(np.sum(self.reads & late)))

    @cached_property
    def misses(self) -> dict[str, int]:
        """Reads that missed, by cause."""
        why = self.kept.why[self.reads & ~self.hits]
        return {name: int(np.sum(why == code)) for code, name in CAUSES.items()}

    @cached_property
    def queries(self) -> NDArray[np.float64]:
        """Database queries per second, in each step; buffered writes go out evenly."""
        share = STEPS / DURATION_S
        asked = self._by_step(self.served.origin_s > 0) * share
        return np.asarray(asked + self.served.flushed / DURATION_S, dtype=np.float64)

    @cached_property
    def stale_pct(self) -> float:
        """Reads that got a value older than the last write, %."""
        return _percent(int(np.sum(self.served.behind[self.reads] > 0)), int(np.sum(self.reads)))

    def result(self) -> Result:
        """The run as a result."""
        cache, reads = self.cache, self.reads
        per_step = np.maximum(self._by_step(reads), 1)
        minute = np.arange(STEPS) * MINUTES / STEPS
        middle = minute + MINUTES / STEPS / 2
        latency_s = np.bincount(self._step[reads], self.served.latency_s[reads], STEPS)
        sizes = expected.by_size(cache)
        data = {
            "minute": minute,
            "hit_pct": 100 * self._by_step(self.hits) / per_step,
            "expected_hit_pct": expected.warming(cache, middle),
            "requests_per_s": self._by_step(reads | ~reads) * STEPS / DURATION_S,
            "queries_per_s": self.queries,
            "latency_ms": 1000 * latency_s / per_step,
            "database_ms": np.full(STEPS, cache.origin_latency_ms),
            "size_pct": expected.SHARES_PCT,
            "lru_hit_pct": sizes.simulated,
            "che_hit_pct": sizes.che,
            "most_hit_pct": sizes.most,
        }
        return Result(
            scenario=cache,
            label=cache.text,
            why=self.why(),
            numbers=self.numbers(),
            data=data,
            panels=_panels(self, sizes),
            notes=_notes(cache),
        )

    def why(self) -> str:
        """What happened and why, in a few computed sentences."""
        hit = _percent(self.hits.sum(), self.reads.sum())
        told = [f"{hit:.1f} % of the reads hit."]
        missed = sum(self.misses.values())
        causes = sorted(self.misses.items(), key=lambda one: -one[1])
        parts = [
            f"{_percent(count, missed):.0f} % {CAUSE_WORDS[name]}"
            for name, count in causes[:3]
            if count >= 0.005 * missed and count
        ]
        if parts:
            told.append(f"Of the misses: {', '.join(parts)}.")
        return " ".join([*told, *self._trouble()])

    def _trouble(self) -> list[str]:
        cache = self.cache
        most = cache.origin_workers * 1000 / cache.origin_latency_ms
        if self.misses["no_room"]:
            return [
                f"Memory is full and {cache.evicts} has nothing it may evict: "
                f"{self.misses['no_room']:,} stores failed with OOM."
            ]
        if self.kept.down_s < np.inf:
            lost = max(int(self.kept.down_s * STEPS / DURATION_S), 1)
            before, worst = self.queries[:lost][-12:].mean(), self.queries[lost:].max()
            able = f"; it can do {most:,.0f}" if most and worst > most else ""
            return [
                f"Losing the node raised what is asked of the database from {before:,.0f} to "
                f"{worst:,.0f} queries a second{able}."
            ]
        if most and self.queries.max() > most * 0.99:
            return [f"The database, good for {most:,.0f} queries a second, is the bottleneck."]
        return []

    def numbers(self) -> tuple[Number, ...]:
        """The answers, the most asked-for first."""
        cache, reads = self.cache, self.reads
        hit = _percent(self.hits.sum(), reads.sum())
        latency_ms = 1000 * self.served.latency_s[reads]
        mean, p99 = float(latency_ms.mean()), float(np.percentile(latency_ms, 99))
        load, peak = float(self.queries.mean()), float(self.queries.max())
        cost = cache.cost_usd_month(self.kept.held)
        theory = expected.once_warm(cache)
        missed = sum(self.misses.values())
        return (
            Number("warm_hit_pct", "Hit ratio once warm", self.warm_hit_pct,
                   f"{self.warm_hit_pct:.1f} %", headline=True),
            Number("queries_per_s", "Database queries", load, f"{load:,.1f} a second",
                   headline=True),
            Number("cost_usd_month", "Cache per month", cost, f"{cost:,.2f} USD", headline=True),
            Number("hit_pct", "Hit ratio of all reads", hit, f"{hit:.1f} %"),
            Number("expected_hit_pct", "Expected once warm", theory,
                   f"{theory:.1f} %" if expected.applies(cache) else f"{theory:.1f} % (doubtful)"),
            Number("capacity_items", "Items that fit", cache.capacity,
                   f"{cache.capacity:,} of {cache.keys:,}"),
            *(
                Number(f"{name}_pct", f"Misses: {words}", _percent(self.misses[name], missed),
                       f"{_percent(self.misses[name], missed):.1f} %")
                for name, words in CAUSE_WORDS.items()
            ),
            Number("evictions_per_s", "Evictions", self.kept.evictions / DURATION_S,
                   f"{self.kept.evictions / DURATION_S:,.1f} a second"),
            Number("peak_queries_per_s", "Database queries, busiest 5 s", peak,
                   f"{peak:,.0f} a second"),
            Number("mean_latency_ms", "Mean read latency", mean, milliseconds(mean)),
            Number("p99_latency_ms", "p99 read latency", p99, milliseconds(p99)),
            Number("stale_pct", "Stale reads", self.stale_pct, f"{self.stale_pct:.2f} %"),
            Number("lost_writes", "Writes lost", self.served.lost, f"{self.served.lost:,}"),
        )  # fmt: skip

    @cached_property
    def _step(self) -> NDArray[np.int64]:
        step = (self.asked.time_s * (STEPS / DURATION_S)).astype(np.int64)
        return np.minimum(step, STEPS - 1)

    def _by_step(self, which: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(self._step[which], minlength=STEPS)


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


def _percent(part: float, whole: float) -> float:
    return 100 * float(part) / float(whole) if whole else 0.0


def _panels(run: Run, sizes: expected.Sizes) -> tuple[Panel, ...]:
    cache, end = run.cache, float(MINUTES)
    events: tuple[tuple[float, str], ...] = ()
    doubtful: tuple[tuple[float, float, str], ...] = ()
    if run.kept.down_s < np.inf:
        down = run.kept.down_s / 60
        events = ((down, "node lost"), (min(run.kept.up_s / 60, end), "back"))
        doubtful = ((down, end, "after the loss"),)
    if not expected.applies(cache):
        doubtful = ((0.0, end, "requests are not independent"),)
    when = "minutes from the start"
    size = max(100 * cache.capacity / cache.keys, expected.SHARES_PCT[0])
    return (
        Panel(
            "Hit ratio of reads", "%",
            (
                Curve("hit_pct", "this cache", "served", compare=True),
                Curve("expected_hit_pct", "closed form", "theory"),
            ),
            limits=(0.0, 100.0), events=events, doubtful=doubtful, x="minute", x_title=when,
        ),
        Panel(
            "Load on the database", "per second",
            (
                Curve("requests_per_s", "requests of the application", "demand"),
                Curve("queries_per_s", "queries to the database", "served", compare=True),
            ),
            events=events, x="minute", x_title=when,
        ),
        Panel(
            "Mean read latency", "ms",
            (
                Curve("latency_ms", "with the cache", "served", compare=True),
                Curve("database_ms", "database alone", "theory"),
            ),
            log=True, events=events, x="minute", x_title=when,
        ),
        Panel(
            "Hit ratio by cache size, without a TTL", "%",
            (
                Curve("lru_hit_pct", "exact LRU", "first"),
                Curve("most_hit_pct", "the most popular keys held", "second"),
                Curve("che_hit_pct", "LRU by Che", "theory"),
            ),
            limits=(0.0, 100.0), x="size_pct", x_title="cache size, % of the keys", x_log=True,
            events=((min(size, 95.0), f"yours: {run.warm_hit_pct:.0f} %"),),
            doubtful=_doubtful_sizes(cache, sizes),
        ),
    )  # fmt: skip


def _doubtful_sizes(
    cache: CacheScenario, sizes: expected.Sizes
) -> tuple[tuple[float, float, str], ...]:
    last = float(expected.SHARES_PCT[-1])
    if not expected.applies(cache):
        return ((float(expected.SHARES_PCT[0]), last, "requests are not independent"),)
    beyond = np.flatnonzero(sizes.che > expected.by_ttl(cache))
    if beyond.size:
        return ((float(expected.SHARES_PCT[beyond[0]]), last, "the TTL decides"),)
    return ()


def _notes(cache: CacheScenario) -> tuple[str, ...]:
    trip, item = FACTS.get("latency", "cache_trip"), FACTS.get("memory", "overhead_per_item")
    notes = [
        f"A trip to the cache takes {trip.value:g} ms, and an item {item.value:g} bytes beside its "
        "own: both are assumed, AWS publishes neither.",
        "Memory is decided as if loads took no time, then latencies are added.",
        "Once warm is the last third of the ten minutes.",
    ]
    if cache.node_type == SERVERLESS:
        notes.append("Serverless is taken to hold every item that has not expired.")
    if cache.node_loss_at_min:
        notes.append(
            f"The lost node's keys are out of reach for {cache.failover_s:g} s: assumed, AWS says "
            "seconds for a promotion and gives no number for a replacement."
        )
    if cache.engine == "memcached" and cache.has_ttl:
        notes.append("On memcached an expired item takes room until it is read or evicted.")
    price = FACTS.get("cache.t4g.micro", "valkey_price")
    notes.append(f"Prices: {price.region}, as of {price.as_of}, without backups and data transfer.")
    return tuple(notes)
