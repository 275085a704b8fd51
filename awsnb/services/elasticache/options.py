"""Which node, policy or serverless would reach the hit ratio wanted, and for how much."""

from typing import Any

from awsnb.results import Comparison, Number, Option
from awsnb.scenario import ScenarioError
from awsnb.services.elasticache import expected
from awsnb.services.elasticache.cache import (
    LIKE_REDIS,
    NODE_TYPES,
    OF_THE_ENGINE,
    PLAIN,
    SEGMENTED,
    SERVERLESS,
    CacheScenario,
)
from awsnb.services.elasticache.run import Run

OTHER_POLICIES = ("allkeys-lru", "allkeys-lfu")


def compare_caches(cache: CacheScenario) -> Comparison:
    """Set the cache beside other policies on its node, other nodes, and serverless.

    Parameters
    ----------
    cache : CacheScenario
        The cache as asked for. All see the same requests.

    Returns
    -------
    Comparison
        One holds if its hit ratio once warm is at least the one wanted and no store was refused;
        `best` is the cheapest that does.
    """
    options = [_option("as asked: ", cache)]
    options += [_option("", other) for other in _alternatives(cache)]
    holding = [option for option in options if option.holds]
    best = min(holding, key=lambda option: option.cost_usd_month or 0.0, default=None)
    return Comparison(
        title=f"Caches for a hit ratio of {cache.target_hit_pct:g} % on this load",
        why=_verdict(cache, options[0], best),
        options=tuple(options),
        best=best,
    )


def _alternatives(cache: CacheScenario) -> list[CacheScenario]:
    policies = OTHER_POLICIES if cache.engine in LIKE_REDIS else (PLAIN, SEGMENTED)
    changes: list[dict[str, Any]] = [
        {"policy": policy} for policy in policies if policy != cache.evicts
    ]
    if cache.node_type == SERVERLESS:
        changes = []
    changes += [{"node_type": node} for node in _nodes(cache) if node != cache.node_type]
    if cache.node_type != SERVERLESS:
        changes.append(
            {"node_type": SERVERLESS, "shards": 1, "replicas": 0, "policy": OF_THE_ENGINE}
        )
    found = []
    for change in changes:
        try:
            found.append(cache.replace(**change))
        except ScenarioError:
            continue
    return found


def _nodes(cache: CacheScenario) -> list[str]:
    """Nodes by price, the newest of each size, up to the first that holds every item."""
    nodes = []
    for node in NODE_TYPES:
        if ".t3." in node:
            continue
        nodes.append(node)
        try:
            if cache.replace(node_type=node).capacity >= cache.keys:
                break
        except ScenarioError:
            continue
    return nodes


def _option(prefix: str, cache: CacheScenario) -> Option:
    run = Run.of(cache)
    hit, load = run.warm_hit_pct, float(run.queries.mean())
    refused, cost = run.misses["no_room"], cache.cost_usd_month(run.kept.held)
    return Option(
        label=prefix + cache.text,
        scenario=cache,
        holds=hit >= cache.target_hit_pct and not refused,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("warm_hit_pct", "hit ratio once warm", hit, f"{hit:.1f} %"),
            Number("queries_per_s", "database queries", load, f"{load:,.1f} a second"),
            Number("stale_pct", "stale reads", run.stale_pct, f"{run.stale_pct:.2f} %"),
        ),
        remark=f"{refused:,} stores refused" if refused else "",
    )


def _verdict(cache: CacheScenario, asked: Option, best: Option | None) -> str:
    if best is None:
        limit = expected.by_ttl(cache)
        if limit < cache.target_hit_pct:
            return (
                f"None reaches it: with a TTL of {cache.ttl_s:,} s no cache gets beyond about "
                f"{limit:.0f} % on this load, whatever its size. A longer TTL would."
            )
        return "None of these reaches it on this load within ten minutes."
    cost = best.cost_usd_month or 0.0
    if best is asked:
        return (
            f"The cache asked for reaches it at {cost:,.2f} USD a month; none that does is cheaper."
        )
    reached = "which reaches it too" if asked.holds else "which does not reach it"
    change = cost - (asked.cost_usd_month or 0.0)
    apart = f"{abs(change):,.2f} USD {'more' if change > 0 else 'less'} than the cache asked for"
    if abs(change) < 0.005:
        apart = "the price of the cache asked for"
    return f"Cheapest that reaches it: {best.label} at {cost:,.2f} USD a month, {apart}, {reached}."
