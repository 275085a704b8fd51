"""The model compared with closed forms, and with real caches on the same requests."""

from typing import TYPE_CHECKING, Any

import numpy as np

from awsnb import _read
from awsnb.results import Curve, Panel, Result, Role
from awsnb.scenario import Scenario
from awsnb.sections.elasticache.replay import replayed
from awsnb.sections.elasticache.scenario import CacheScenario
from awsnb.sections.elasticache.simulate import simulate
from awsnb.sections.elasticache.tell import tell
from awsnb.words import milliseconds, span

if TYPE_CHECKING:
    import pandas as pd

COLD_MIN = 0.25
DRAINED = 0.02  # of the keys left: the rest is gone
COLUMNS = {
    "redis_hit_ratio": "redis-server, %",
    "model_hit_ratio": "model, %",
    "exact_lru_hit_ratio": "exact LRU, %",
}


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
    for case, asked in cases.items():
        outcome = simulate(asked)
        rows.append((case, outcome.expected_hit_pct, outcome.warm_hit_pct))
    cold = tell(simulate(roomy)).data
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


def recorded() -> "pd.DataFrame":
    """Hit ratios of a redis-server that were recorded for each policy, and the model's."""
    import pandas as pd

    found = [_row(row) for row in _read.recorded("redis_hit_ratio")]
    return pd.DataFrame(found).set_index("policy")


def recorded_memcached() -> "pd.DataFrame":
    """Hit ratios of a Memcached that were recorded, with the segmented LRU and without."""
    import pandas as pd

    found = []
    for row in _read.recorded("memcached_hit_ratio"):
        own, model, exact = (
            100 * float(row[f"{name}_hit_ratio"]) for name in ("memcached", "model", "exact_lru")
        )
        found.append(
            {
                "mode": f"{row['mode']}, {span(float(row['seconds']))}",
                "memcached, %": round(own, 2),
                "model, %": round(model, 2),
                "exact LRU, %": round(exact, 2),
                "model off by, points": round(model - own, 2),
                "where": f"memcached {row['server_version']}, {row['recorded']}",
            }
        )
    return pd.DataFrame(found).set_index("mode")


def recorded_lru() -> "pd.DataFrame":
    """Hits of libCacheSim's LRU that were recorded for several sizes, and the model's."""
    import pandas as pd

    found = [
        {
            "keys that fit": int(row["capacity_keys"]),
            "libCacheSim, hits": int(row["libcachesim_hits"]),
            "model, hits": int(row["model_hits"]),
            "where": f"libCacheSim {row['library_version']}, {row['recorded']}",
        }
        for row in _read.recorded("libcachesim_hits")
    ]
    return pd.DataFrame(found).set_index("keys that fit")


def stale_keys(scenario: Scenario) -> Result:
    """Draw how many keys a redis-server held beyond their lives, as recorded, and the model."""
    rows = _read.recorded("redis_stale_keys")
    second = np.array([float(row["second"]) for row in rows])
    alive, redis, model = (
        np.array([int(row[f"{name}_keys"]) for row in rows]) for name in ("alive", "redis", "model")
    )
    most, ours = int((redis - alive).max()), int((model - alive).max())
    off = float(np.mean(np.abs(model - redis)))
    keys = int(rows[0]["keys"])
    return Result(
        scenario=scenario,
        label="Keys held, although nobody asks for them",
        why=f"Of {keys:,} keys with lives of half a second to four, redis-server "
        f"{rows[0]['server_version']} held up to {most:,} too long, the model up to {ours:,}; on "
        f"average the two are {off:,.0f} keys apart, {100 * off / keys:.1f} %.",
        numbers=(),
        data={"second": second, "alive": alive, "redis": redis, "model": model},
        panels=(
            Panel(
                "Keys held",
                "keys",
                (
                    Curve("alive", "still alive", "demand"),
                    Curve("redis", "redis-server holds", "first"),
                    Curve("model", "the model holds", "second"),
                ),
                x="second",
                x_title="seconds from the first key's start",
            ),
        ),
    )


def drained_keys(scenario: Scenario) -> Result:
    """Draw how long a redis-server held keys that expired at once, as recorded, and the model."""
    rows = _read.recorded("redis_drain")
    second, redis, model = (
        np.array([float(row[name]) for row in rows])
        for name in ("second", "redis_keys", "model_keys")
    )
    keys = int(rows[0]["keys"])
    gone = [milliseconds(1000 * second[held < DRAINED * keys][0]) for held in (redis, model)]
    return Result(
        scenario=scenario,
        label="Keys held that expired all at once",
        why=f"Of {keys:,} keys that expired at the same moment, redis-server "
        f"{rows[0]['server_version']} had removed {1 - DRAINED:.0%} after {gone[0]}, the model "
        f"after {gone[1]}.".replace("%", " %"),
        numbers=(),
        data={"second": second, "redis": redis, "model": model},
        panels=(
            Panel(
                "Keys held",
                "keys",
                (
                    Curve("redis", "redis-server holds", "first"),
                    Curve("model", "the model holds", "second"),
                ),
                x="second",
                x_title="seconds from that moment",
            ),
        ),
    )


def beside_redis(scenario: Scenario, policy: str = "allkeys-lru") -> Result:
    """Draw the recorded hit ratios beside the model's and, where it can be, one replayed here."""
    import pandas as pd

    table, row = recorded(), replayed(policy)
    said = "Nothing was replayed: no redis-server here, or a page that is stored."
    if row is not None:
        here = pd.DataFrame([_row(row)]).set_index("policy")
        off = float(here["model off by, points"].abs().max())
        said = f"A redis-server on this machine, just now: {off:.1f} points apart on {policy}."
        table = pd.concat([table, here.rename(index={policy: f"{policy}, just now"})])
    titles = list(COLUMNS.values())
    roles: tuple[Role, ...] = ("first", "second", "third")
    curves = tuple(
        Curve(name, title.removesuffix(", %"), role)
        for name, title, role in zip(COLUMNS, titles, roles, strict=True)
    )
    return Result(
        scenario=scenario,
        label="The model beside a real redis-server",
        why=f"Recorded, the two are at most {_most_off(recorded()):.1f} points apart. {said}",
        numbers=(),
        data={
            "policy": np.array(table.index, dtype=str),
            **{name: table[title].to_numpy() for name, title in zip(COLUMNS, titles, strict=True)},
        },
        panels=(Panel("Hit ratio on the same requests", "%", curves, kind="bars", x="policy"),),
    )


def _most_off(table: "pd.DataFrame") -> float:
    return float(table["model off by, points"].abs().max())


def _row(row: dict[str, Any]) -> dict[str, Any]:
    ratios = {title: round(100 * float(row[name]), 1) for name, title in COLUMNS.items()}
    off = 100 * (float(row["model_hit_ratio"]) - float(row["redis_hit_ratio"]))
    return {
        "policy": row["policy"],
        **ratios,
        "model off by, points": round(off, 1),
        "where": f"redis-server {row['server_version']}, {row['recorded']}",
    }
