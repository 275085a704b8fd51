"""The model against closed forms, on loads for which these hold."""

from typing import TYPE_CHECKING

from awsnb.services.elasticache.cache import CacheScenario
from awsnb.services.elasticache.told import simulate_cache

if TYPE_CHECKING:
    import pandas as pd

COLD_MIN = 0.25


def measured_errors() -> "pd.DataFrame":
    """Compare hit ratios once warm, and from a cold start, with what closed forms expect.

    Returns
    -------
    pandas.DataFrame
        One row a case: the closed form and the simulation, %, and the difference in points.
    """
    full = CacheScenario(has_ttl=False, write_share_pct=0.0, requests_per_s=400)
    roomy = CacheScenario(node_type="serverless", ttl_s=30, ttl_jitter_pct=0.0, write_share_pct=0.0)
    cases = {
        "exact LRU, by Che": full.replace(policy="exact-lru"),
        "Memcached's LRU": full.replace(engine="memcached"),
        "random eviction": full.replace(policy="allkeys-random"),
        "expiry alone": roomy,
        "sessions: reads renew the TTL": roomy.replace(renew_ttl=True),
    }
    rows = []
    for case, cache in cases.items():
        summary = simulate_cache(cache).summary
        rows.append((case, summary["expected_hit_pct"], summary["warm_hit_pct"]))
    cold = simulate_cache(roomy).data
    first = cold["minute"] < COLD_MIN
    rows.append(
        (
            f"the first {60 * COLD_MIN:.0f} s",
            float(cold["expected_hit_pct"][first].mean()),
            float(cold["hit_pct"][first].mean()),
        )
    )
    return _frame(rows)


def _frame(rows: list[tuple[str, float, float]]) -> "pd.DataFrame":
    import pandas as pd

    found = [(case, round(one, 1), round(two, 1), round(two - one, 1)) for case, one, two in rows]
    columns = ["case", "closed form, % hit", "simulated, % hit", "difference, points"]
    return pd.DataFrame(found, columns=columns).set_index("case")
