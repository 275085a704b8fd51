"""What a run comes to: its numbers, its panels, and in a sentence or two why."""

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.elasticache import expected
from awsnb.services.elasticache.cache import FACTS, SERVERLESS, CacheScenario
from awsnb.services.elasticache.load import DURATION_S, MINUTES
from awsnb.services.elasticache.run import STEPS, Run, percent_of
from awsnb.words import milliseconds

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
    return told(Run.of(cache))


def told(run: Run) -> Result:
    """Put a run into a result."""
    cache, reads = run.cache, run.reads
    per_step = np.maximum(run.by_step(reads), 1)
    minute = np.arange(STEPS) * MINUTES / STEPS
    middle = minute + MINUTES / STEPS / 2
    latency_s = np.bincount(run.step[reads], run.served.latency_s[reads], STEPS)
    sizes = expected.by_size(cache)
    data = {
        "minute": minute,
        "hit_pct": 100 * run.by_step(run.hits) / per_step,
        "expected_hit_pct": expected.warming(cache, middle),
        "requests_per_s": run.by_step(reads | ~reads) * STEPS / DURATION_S,
        "queries_per_s": run.queries,
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
        why=why(run),
        numbers=numbers(run),
        data=data,
        panels=_panels(run, sizes),
        notes=_notes(cache),
    )


def why(run: Run) -> str:
    """What happened and why, in a few computed sentences."""
    hit = percent_of(run.hits.sum(), run.reads.sum())
    said = [f"{hit:.1f} % of the reads hit."]
    missed = sum(run.misses.values())
    causes = sorted(run.misses.items(), key=lambda one: -one[1])
    parts = [
        f"{percent_of(count, missed):.0f} % {CAUSE_WORDS[name]}"
        for name, count in causes[:3]
        if count >= 0.005 * missed and count
    ]
    if parts:
        said.append(f"Of the misses: {', '.join(parts)}.")
    return " ".join([*said, *_trouble(run)])


def _trouble(run: Run) -> list[str]:
    cache = run.cache
    most = cache.origin_workers * 1000 / cache.origin_latency_ms
    if run.misses["no_room"]:
        return [
            f"Memory is full and {cache.evicts} has nothing it may evict: "
            f"{run.misses['no_room']:,} stores failed with OOM."
        ]
    if run.kept.down_s < np.inf:
        lost = max(int(run.kept.down_s * STEPS / DURATION_S), 1)
        before, worst = run.queries[:lost][-12:].mean(), run.queries[lost:].max()
        able = f"; it can do {most:,.0f}" if most and worst > most else ""
        return [
            f"Losing the node raised what is asked of the database from {before:,.0f} to "
            f"{worst:,.0f} queries a second{able}."
        ]
    if most and run.queries.max() > most * 0.99:
        return [f"The database, good for {most:,.0f} queries a second, is the bottleneck."]
    return []


def numbers(run: Run) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    cache, reads = run.cache, run.reads
    hit = percent_of(run.hits.sum(), reads.sum())
    latency_ms = 1000 * run.served.latency_s[reads]
    mean, p99 = float(latency_ms.mean()), float(np.percentile(latency_ms, 99))
    load, peak = float(run.queries.mean()), float(run.queries.max())
    cost = cache.cost_usd_month(run.kept.held)
    theory = expected.once_warm(cache)
    missed = sum(run.misses.values())
    return (
        Number("warm_hit_pct", "Hit ratio once warm", run.warm_hit_pct,
               f"{run.warm_hit_pct:.1f} %", headline=True),
        Number("queries_per_s", "Database queries", load, f"{load:,.1f} a second",
               headline=True),
        Number("cost_usd_month", "Cache per month", cost, f"{cost:,.2f} USD", headline=True),
        Number("hit_pct", "Hit ratio of all reads", hit, f"{hit:.1f} %"),
        Number("expected_hit_pct", "Expected once warm", theory,
               f"{theory:.1f} %" if expected.applies(cache) else f"{theory:.1f} % (doubtful)"),
        Number("capacity_items", "Items that fit", cache.capacity,
               f"{cache.capacity:,} of {cache.keys:,}"),
        *(
            Number(f"{name}_pct", f"Misses: {words}", percent_of(run.misses[name], missed),
                   f"{percent_of(run.misses[name], missed):.1f} %")
            for name, words in CAUSE_WORDS.items()
        ),
        Number("evictions_per_s", "Evictions", run.kept.evictions / DURATION_S,
               f"{run.kept.evictions / DURATION_S:,.1f} a second"),
        Number("peak_queries_per_s", "Database queries, busiest 5 s", peak,
               f"{peak:,.0f} a second"),
        Number("mean_latency_ms", "Mean read latency", mean, milliseconds(mean)),
        Number("p99_latency_ms", "p99 read latency", p99, milliseconds(p99)),
        Number("stale_pct", "Stale reads", run.stale_pct, f"{run.stale_pct:.2f} %"),
        Number("lost_writes", "Writes lost", run.served.lost, f"{run.served.lost:,}"),
    )  # fmt: skip


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
