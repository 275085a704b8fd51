"""What there is to say of a cache under a load: numbers, the reason, the curves, the picture."""

import numpy as np

from awsnb.aws.elasticache import ELASTICACHE, SERVERLESS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.elasticache.expected import SHARES_PCT
from awsnb.sections.elasticache.memory import STEPS
from awsnb.sections.elasticache.scenario import SCAN, CacheScenario
from awsnb.sections.elasticache.scene import happened, scene
from awsnb.sections.elasticache.simulate import Outcome, database_per_s, percent_of
from awsnb.words import counted, milliseconds, span, usd

SOON_S = 5.0
STALE_PCT = 1.0  # of the reads: from here on it is said
STALE_WORDS = {
    "lazy": "write: lazy loading leaves the copy as it was until it expires.",
    "invalidate": "write, from a load that was under way.",
    "write-through": "write, from a load that was under way.",
    "write-behind": "write, which had not reached the database yet.",
}

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
    minute = np.arange(STEPS) * (outcome.end_s / 60) / STEPS
    middle = minute + outcome.step_s / 60 / 2
    latency_s = np.bincount(outcome.step[reads], outcome.served.latency_s[reads], STEPS)
    data = {
        "minute": minute,
        "hit_pct": 100 * outcome.by_step(outcome.hits) / per_step,
        "expected_hit_pct": outcome.expected_warming_pct(middle),
        "requests_per_s": outcome.asked_per_s,
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
        scene=scene(outcome),
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
    return " ".join(filter(None, [*said, _trouble(outcome), _wrong(outcome), _unseen(outcome)]))


def _trouble(outcome: Outcome) -> str:
    """What memory, a loss, a batch or the database did to the reads: the first that is."""
    scenario = outcome.scenario
    most = database_per_s(scenario)
    if outcome.misses["no_room"]:
        return (
            f"Memory is full and {scenario.evicts} has nothing it may evict: "
            f"{outcome.real(outcome.misses['no_room']):,} stores failed with an "
            "out-of-memory error (OOM)."
        )
    if outcome.kept.down_s < np.inf:
        return f"Losing the node raised {_raised(outcome, outcome.kept.down_s)}"
    if scenario.filled and outcome.expiry_s[0] < outcome.end_s:
        start, end = (f"{second / 60:,.4g}" for second in outcome.expiry_s)
        when = f"at {start} min" if start == end else f"between {start} and {end} min"
        return (
            f"The batch's {scenario.keys:,} items expire {when}. That raised "
            f"{_raised(outcome, outcome.expiry_s[0])}"
        )
    if scenario.workload == SCAN:
        before, after = outcome.around_scan_hit_pct
        return (
            f"Before the scan {before:.0f} % of the reads hit, in the first tenth of the run "
            f"after it {after:.0f} %."
        )
    if outcome.is_stampede:
        load = milliseconds(scenario.origin_latency_ms)
        return (
            f"A load takes {load}, and until it is back each read of its item starts another: up "
            f"to {outcome.queries.max():,.0f} queries a second."
        )
    if most and outcome.queries.max() > most * 0.99:
        return f"The database, good for {most:,.0f} queries a second, is the bottleneck."
    return ""


def _raised(outcome: Outcome, at_s: float) -> str:
    """Say what a moment did to the database's load: the mean of the steps before, and the peak."""
    most = database_per_s(outcome.scenario)
    step = max(int(at_s / outcome.step_s), 1)
    before, after = outcome.queries[:step][-12:].mean(), outcome.queries[step:].max()
    worst = max(after, outcome.queries_within(at_s, at_s + SOON_S))
    able = f"; it can do {most:,.0f}" if most and worst > most else ""
    slowest = float(np.percentile(outcome.latency_ms, 99.9))
    slow = f" One read in a thousand took {milliseconds(slowest)} or longer." if able else ""
    return (
        f"what is asked of the database from {before:,.0f} to {worst:,.0f} queries a second{able}."
        f"{slow}"
    )


def _wrong(outcome: Outcome) -> str:
    """What the reads got that was wrong, and what was lost."""
    said = []
    if outcome.stale_pct >= STALE_PCT:
        why = STALE_WORDS[outcome.scenario.strategy]
        said.append(f"{outcome.stale_pct:.0f} % of the reads got a value older than the last {why}")
    if outcome.served.lost:
        lost = outcome.real(outcome.served.lost)
        said.append(f"The lost node took {counted(lost, 'write')} with it that had been answered.")
    return " ".join(said)


def _unseen(outcome: Outcome) -> str:
    """What the run is too short to show."""
    scenario, said = outcome.scenario, []
    seen, asked_s = span(outcome.end_s), 60.0 * scenario.duration_min
    if outcome.end_s < asked_s:
        said.append(
            f"Of so few items at so high a rate only the first {seen} of {span(asked_s)} are "
            "simulated."
        )
    if outcome.end_s <= outcome.expiry_s[0] < np.inf and not scenario.renew_ttl:
        what = f"all {scenario.keys:,} of the batch expire" if scenario.filled else "items expire"
        said.append(
            f"No item is old enough to expire within these {seen}: "
            f"from {span(outcome.expiry_s[0])} on {what}, and none of that is in these numbers."
        )
    return " ".join(said)


def numbers(outcome: Outcome) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    scenario = outcome.scenario
    hit, cost, theory = outcome.hit_pct, outcome.cost_usd_month, outcome.expected_hit_pct
    mean, p99 = float(outcome.latency_ms.mean()), float(np.percentile(outcome.latency_ms, 99))
    load, peak = float(outcome.queries.mean()), float(outcome.queries.max())
    missed = sum(outcome.misses.values())
    evictions = outcome.kept.evictions * outcome.sample.each / outcome.end_s
    after, lost = outcome.after_loss_hit_pct, outcome.real(outcome.served.lost)
    return (
        Number("warm_hit_pct", "Hit ratio once warm", outcome.warm_hit_pct,
               f"{outcome.warm_hit_pct:.1f} %", headline=True),
        Number("queries_per_s", "Database queries", load, f"{load:,.1f} a second",
               headline=True),
        Number("stale_pct", "Stale reads", outcome.stale_pct, f"{outcome.stale_pct:.2f} %",
               headline=True),
        Number("cost_usd_month", "Cache per month", cost, usd(cost), headline=True),
        Number("hit_pct", "Hit ratio of all reads", hit, f"{hit:.1f} %"),
        Number("after_loss_hit_pct", "Hit ratio from the loss on", after,
               "no node is lost" if after is None else f"{after:.1f} %"),
        Number("expected_hit_pct", "Expected once warm", theory,
               f"{theory:.1f} % (doubtful)" if outcome.doubt else f"{theory:.1f} %"),
        Number("capacity_items", "Items that fit", scenario.capacity,
               f"{scenario.capacity:,} of {scenario.keys:,}"),
        *(
            Number(f"{name}_pct", f"Misses: {words}", percent_of(outcome.misses[name], missed),
                   f"{percent_of(outcome.misses[name], missed):.1f} %")
            for name, words in CAUSE_WORDS.items()
        ),
        Number("evictions_per_s", "Evictions", evictions, f"{evictions:,.1f} a second"),
        Number("peak_queries_per_s", f"Database queries, busiest {span(outcome.step_s)}", peak,
               f"{peak:,.0f} a second"),
        Number("mean_latency_ms", "Mean read latency", mean, milliseconds(mean)),
        Number("p99_latency_ms", "p99 read latency", p99, milliseconds(p99)),
        Number("lost_writes", "Writes lost", lost, f"{lost:,}"),
        Number("simulated_s", "Simulated", outcome.end_s, span(outcome.end_s)),
    )  # fmt: skip


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    scenario, end = outcome.scenario, outcome.end_s / 60
    events = tuple(happened(outcome))
    doubtful: tuple[tuple[float, float, str], ...] = ()
    if outcome.kept.down_s < np.inf:
        doubtful = ((outcome.kept.down_s / 60, end, "after the loss"),)
    if outcome.doubt:
        doubtful = ((0.0, end, outcome.doubt),)
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
    if outcome.doubt:
        return ((first, last, outcome.doubt),)
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
        "Once warm is the last third of the run, or of what comes before a node is lost.",
    ]
    sample = scenario.sample
    if sample.each > 1:
        notes.append(
            f"Simulated is a sample: {sample.keys:,} items, each for {sample.each:,.0f} neighbours "
            "in popularity at their mean rate, in a memory and before a database as much smaller; "
            "counts are scaled up. The very hottest item is averaged with its neighbours, short "
            "waits at the database are smoothed, and how an overload ends is only roughly right."
        )
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
