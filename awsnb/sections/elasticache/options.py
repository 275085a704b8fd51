"""Which node, policy or serverless would reach the hit ratio wanted, and for how much."""

from typing import Any

from awsnb.aws.elasticache import NODE_TYPES, OF_THE_ENGINE, PLAIN, SEGMENTED, SERVERLESS
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.scenario import ScenarioError
from awsnb.sections.elasticache import expected
from awsnb.sections.elasticache.scenario import CacheScenario
from awsnb.sections.elasticache.simulate import simulate
from awsnb.words import span, usd

OTHER_POLICIES = ("allkeys-lru", "allkeys-lfu")


def compare(scenario: CacheScenario) -> Comparison:
    """Set the cache beside other policies on its node, other nodes, and serverless.

    Parameters
    ----------
    scenario : CacheScenario
        The cache as asked for. All see the same requests.

    Returns
    -------
    Comparison
        One holds if its hit ratio once warm, and from the loss of a node on if one is lost, is at
        least the one wanted and no store was refused; `best` is the cheapest that does.
    """
    options = [_option("as asked: ", scenario)]
    options += [_option("", other) for other in _alternatives(scenario)]
    best = cheapest(options)
    return Comparison(
        title=f"Caches for a hit ratio of {scenario.target_hit_pct:g} % on this load",
        why=_verdict(scenario, options[0], best),
        options=tuple(options),
        best=best,
    )


def _alternatives(scenario: CacheScenario) -> list[CacheScenario]:
    policies = (PLAIN, SEGMENTED) if scenario.engine == "memcached" else OTHER_POLICIES
    changes: list[dict[str, Any]] = [
        {"policy": policy} for policy in policies if policy != scenario.evicts
    ]
    if scenario.node_type == SERVERLESS:
        changes = []
    asked = {"node_type": scenario.node_type, "replicas": scenario.replicas}
    nodes = [{"node_type": node, "replicas": _copies(scenario)} for node in _nodes(scenario)]
    changes += [change for change in nodes if change != asked]
    if scenario.node_type != SERVERLESS:
        changes.append(
            {"node_type": SERVERLESS, "shards": 1, "replicas": 0, "policy": OF_THE_ENGINE}
        )
    found = []
    for change in changes:
        try:
            found.append(scenario.replace(**change))
        except ScenarioError:
            continue
    return found


def _copies(scenario: CacheScenario) -> int:
    """Replicas of the nodes that are compared: at least one if a node is lost, where there are."""
    is_lost = scenario.node_loss_at_min is not None and scenario.engine != "memcached"
    return max(scenario.replicas, int(is_lost))


def _nodes(scenario: CacheScenario) -> list[str]:
    """Nodes by price, the newest of each size, up to the first that holds every item."""
    nodes = []
    for node in NODE_TYPES:
        if ".t3." in node:
            continue
        nodes.append(node)
        try:
            if scenario.replace(node_type=node).capacity >= scenario.keys:
                break
        except ScenarioError:
            continue
    return nodes


def _option(prefix: str, scenario: CacheScenario) -> Option:
    outcome = simulate(scenario)
    hit, load = outcome.warm_hit_pct, float(outcome.queries.mean())
    refused, cost = outcome.real(outcome.misses["no_room"]), outcome.cost_usd_month
    after = outcome.after_loss_hit_pct
    least = hit if after is None else min(hit, after)
    return Option(
        label=prefix + scenario.text,
        scenario=scenario,
        holds=least >= scenario.target_hit_pct and not refused,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("warm_hit_pct", "hit ratio once warm", hit, f"{hit:.1f} %"),
            *_after_loss(after),
            Number("queries_per_s", "database queries", load, f"{load:,.1f} a second"),
            Number("stale_pct", "stale reads", outcome.stale_pct, f"{outcome.stale_pct:.2f} %"),
        ),
        remark=f"{refused:,} stores refused" if refused else "",
    )


def _after_loss(hit_pct: float | None) -> list[Number]:
    if hit_pct is None:
        return []
    return [Number("after_loss_hit_pct", "from the loss on", hit_pct, f"{hit_pct:.1f} %")]


def _verdict(scenario: CacheScenario, asked: Option, best: Option | None) -> str:
    if best is None:
        limit = expected.by_ttl(scenario)
        if limit < scenario.target_hit_pct:
            return (
                f"None reaches it: with a TTL of {scenario.ttl_s:,} s no cache gets beyond about "
                f"{limit:.0f} % on this load, whatever its size. A longer TTL would."
            )
        span_s = scenario.sample.duration_s
        return f"None of these reaches it on this load within {span(span_s)}."
    cost = usd(best.cost_usd_month or 0.0)
    if best is asked:
        return f"The cache asked for reaches it at {cost} a month; none that does is cheaper."
    reached = "which reaches it too" if asked.holds else "which does not reach it"
    return f"Cheapest that reaches it: {best.price_beside(asked, 'cache')}, {reached}."
