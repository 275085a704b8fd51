"""What there is to say of a cache under a load: numbers, the reason, the curves."""

import numpy as np

from awsnb.aws.elasticache import ELASTICACHE, SERVERLESS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.elasticache.expected import SHARES_PCT
from awsnb.sections.elasticache.load import DURATION_S, MINUTES
from awsnb.sections.elasticache.scenario import CacheScenario
from awsnb.sections.elasticache.simulate import STEPS, Outcome, percent_of
from awsnb.words import milliseconds, usd

CAUSE_WORDS = {
    "cold": "first requests of an item",
    "evicted": "evicted for others",
    "expired": "expired by TTL",
    "no_room": "refused for want of room",
    "out_of_reach": "on the lost node",
    "loading": "being loaded or dropped by a write",
}


def tell(outcome: Outcome) -> Result:
    """Say what a cache did with a load.

    Returns
    -------
    Result
        By time (``minute``): hit ratio of reads (%), requests and database queries per second, mean
        read latency (ms). By size (``size_pct`` of the keys): hit ratio of an exact LRU, simulated
        and by Che's approximation.
    """
    scenario, reads, sizes = outcome.scenario, outcome.reads, outcome.sizes
    per_step = np.maximum(outcome.by_step(reads), 1)
    minute = np.arange(STEPS) * MINUTES / STEPS
    middle = minute + MINUTES / STEPS / 2
    latency_s = np.bincount(outcome.step[reads], outcome.served.latency_s[reads], STEPS)
    data = {
        "minute": minute,
        "hit_pct": 100 * outcome.by_step(outcome.hits) / per_step,
        "expected_hit_pct": outcome.expected_warming_pct(middle),
        "requests_per_s": outcome.by_step(reads | ~reads) * STEPS / DURATION_S,
        "queries_per_s": outcome.queries,
        "latency_ms": 1000 * latency_s / per_step,
        "database_ms": np.full(STEPS, scenario.origin_latency_ms),
        "size_pct": SHARES_PCT,
        "lru_hit_pct": sizes.simulated,
        "che_hit_pct": sizes.che,
        "most_hit_pct": sizes.most,
    }
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=why(outcome),
        numbers=numbers(outcome),
        data=data,
        panels=_panels(outcome),
        notes=_notes(scenario),
    )


def why(outcome: Outcome) -> str:
    """What happened and why, in a few computed sentences."""
    said = [f"{outcome.hit_pct:.1f} % of the reads hit."]
    missed = sum(outcome.misses.values())
    causes = sorted(outcome.misses.items(), key=lambda one: -one[1])
    parts = [
        f"{percent_of(count, missed):.0f} % {CAUSE_WORDS[name]}"
        for name, count in causes[:3]
        if count >= 0.005 * missed and count
    ]
    if parts:
        said.append(f"Of the misses: {', '.join(parts)}.")
    return " ".join([*said, *_trouble(outcome)])


def _trouble(outcome: Outcome) -> list[str]:
    scenario = outcome.scenario
    most = scenario.origin_workers * 1000 / scenario.origin_latency_ms
    if outcome.misses["no_room"]:
        return [
            f"Memory is full and {scenario.evicts} has nothing it may evict: "
            f"{outcome.misses['no_room']:,} stores failed with OOM."
        ]
    if outcome.kept.down_s < np.inf:
        lost = max(int(outcome.kept.down_s * STEPS / DURATION_S), 1)
        before, worst = outcome.queries[:lost][-12:].mean(), outcome.queries[lost:].max()
        able = f"; it can do {most:,.0f}" if most and worst > most else ""
        return [
            f"Losing the node raised what is asked of the database from {before:,.0f} to "
            f"{worst:,.0f} queries a second{able}."
        ]
    if most and outcome.queries.max() > most * 0.99:
        return [f"The database, good for {most:,.0f} queries a second, is the bottleneck."]
    return []


def numbers(outcome: Outcome) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    scenario = outcome.scenario
    hit, cost, theory = outcome.hit_pct, outcome.cost_usd_month, outcome.expected_hit_pct
    mean, p99 = float(outcome.latency_ms.mean()), float(np.percentile(outcome.latency_ms, 99))
    load, peak = float(outcome.queries.mean()), float(outcome.queries.max())
    missed = sum(outcome.misses.values())
    return (
        Number("warm_hit_pct", "Hit ratio once warm", outcome.warm_hit_pct,
               f"{outcome.warm_hit_pct:.1f} %", headline=True),
        Number("queries_per_s", "Database queries", load, f"{load:,.1f} a second",
               headline=True),
        Number("cost_usd_month", "Cache per month", cost, usd(cost), headline=True),
        Number("hit_pct", "Hit ratio of all reads", hit, f"{hit:.1f} %"),
        Number("expected_hit_pct", "Expected once warm", theory,
               f"{theory:.1f} %" if outcome.is_expected else f"{theory:.1f} % (doubtful)"),
        Number("capacity_items", "Items that fit", scenario.capacity,
               f"{scenario.capacity:,} of {scenario.keys:,}"),
        *(
            Number(f"{name}_pct", f"Misses: {words}", percent_of(outcome.misses[name], missed),
                   f"{percent_of(outcome.misses[name], missed):.1f} %")
            for name, words in CAUSE_WORDS.items()
        ),
        Number("evictions_per_s", "Evictions", outcome.kept.evictions / DURATION_S,
               f"{outcome.kept.evictions / DURATION_S:,.1f} a second"),
        Number("peak_queries_per_s", "Database queries, busiest 5 s", peak,
               f"{peak:,.0f} a second"),
        Number("mean_latency_ms", "Mean read latency", mean, milliseconds(mean)),
        Number("p99_latency_ms", "p99 read latency", p99, milliseconds(p99)),
        Number("stale_pct", "Stale reads", outcome.stale_pct, f"{outcome.stale_pct:.2f} %"),
        Number("lost_writes", "Writes lost", outcome.served.lost, f"{outcome.served.lost:,}"),
    )  # fmt: skip


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    scenario, end = outcome.scenario, float(MINUTES)
    events: tuple[tuple[float, str], ...] = ()
    doubtful: tuple[tuple[float, float, str], ...] = ()
    if outcome.kept.down_s < np.inf:
        down = outcome.kept.down_s / 60
        events = ((down, "node lost"), (min(outcome.kept.up_s / 60, end), "back"))
        doubtful = ((down, end, "after the loss"),)
    if not outcome.is_expected:
        doubtful = ((0.0, end, "requests are not independent"),)
    when = "minutes from the start"
    size = max(100 * scenario.capacity / scenario.keys, SHARES_PCT[0])
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
            events=((min(size, 95.0), f"yours: {outcome.warm_hit_pct:.0f} %"),),
            doubtful=_doubtful_sizes(outcome),
        ),
    )  # fmt: skip


def _doubtful_sizes(outcome: Outcome) -> tuple[tuple[float, float, str], ...]:
    first, last = float(SHARES_PCT[0]), float(SHARES_PCT[-1])
    if not outcome.is_expected:
        return ((first, last, "requests are not independent"),)
    if outcome.expired_from_pct is not None:
        return ((outcome.expired_from_pct, last, "the TTL decides"),)
    return ()


def _notes(scenario: CacheScenario) -> tuple[str, ...]:
    trip, item = (
        ELASTICACHE.get("latency", "cache_trip"),
        ELASTICACHE.get("memory", "overhead_per_item"),
    )
    notes = [
        f"A trip to the cache takes {trip.value:g} ms, and an item {item.value:g} bytes beside its "
        "own: both are assumed, AWS publishes neither.",
        "Memory is decided as if loads took no time, then latencies are added.",
        "Once warm is the last third of the ten minutes.",
    ]
    if scenario.node_type == SERVERLESS:
        notes.append("Serverless is taken to hold every item that has not expired.")
    if scenario.node_loss_at_min:
        notes.append(
            f"The lost node's keys are out of reach for {scenario.cache.failover_s:g} s: assumed, "
            "AWS says seconds for a promotion and gives no number for a replacement."
        )
    if scenario.engine == "memcached" and scenario.has_ttl:
        notes.append("On memcached an expired item takes room until it is read or evicted.")
    price = ELASTICACHE.get("cache.t4g.micro", "valkey_price")
    notes.append(f"Prices: {price.region}, as of {price.as_of}, without backups and data transfer.")
    return tuple(notes)
