"""The model beside real caches on the same requests: recorded, or replayed here."""

import csv
import importlib.util
import os
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from awsnb._paths import data_dir
from awsnb.results import Curve, Panel, Result, Role
from awsnb.scenario import Scenario
from awsnb.words import span

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = {
    "redis_hit_ratio": "redis-server, %",
    "model_hit_ratio": "model, %",
    "exact_lru_hit_ratio": "exact LRU, %",
}


def recorded() -> "pd.DataFrame":
    """Hit ratios of a redis-server that were recorded for each policy, and the model's."""
    import pandas as pd

    found = [_row(row) for row in _rows("redis_hit_ratio")]
    return pd.DataFrame(found).set_index("policy")


def recorded_memcached() -> "pd.DataFrame":
    """Hit ratios of a Memcached that were recorded, with the segmented LRU and without."""
    import pandas as pd

    found = []
    for row in _rows("memcached_hit_ratio"):
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
        for row in _rows("libcachesim_hits")
    ]
    return pd.DataFrame(found).set_index("keys that fit")


def stale_keys(scenario: Scenario) -> Result:
    """Draw how many keys a redis-server held beyond their lives, as recorded, and the model."""
    rows = _rows("redis_stale_keys")
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


def replayed(policy: str) -> "pd.DataFrame | None":
    """Replay the recording's requests on a redis-server of this machine; None if there is none.

    Takes five seconds. Needs a checkout: the client is a tool of the repository. A static build
    has none either, so that it says the same everywhere.
    """
    import pandas as pd

    tool = None if os.environ.get("AWSNB_STATIC") == "1" else _tool()
    if tool is None or tool.SERVER is None:
        return None
    from awsnb.mechanisms import eviction

    key, ttl_s = tool.trace()
    found = tool.record(policy, key, ttl_s)
    exact = eviction.hit_ratio(eviction.lru(key, found.capacity).outcome)[0]
    row = {
        "policy": policy,
        "redis_hit_ratio": found.hit.mean(),
        "model_hit_ratio": tool.model_hit_ratio(policy, key, ttl_s, found),
        "exact_lru_hit_ratio": exact,
        "server_version": found.version,
        "recorded": "just now",
    }
    return pd.DataFrame([_row(row)]).set_index("policy")


def beside_redis(scenario: Scenario, policy: str = "allkeys-lru") -> Result:
    """Draw the recorded hit ratios beside the model's and, where it can be, one replayed here."""
    import pandas as pd

    table, here = recorded(), replayed(policy)
    told = "Nothing was replayed: no redis-server here, or a page that is stored."
    if here is not None:
        off = float(here["model off by, points"].abs().max())
        told = f"A redis-server on this machine, just now: {off:.1f} points apart on {policy}."
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
        why=f"Recorded, the two are at most {_most_off(recorded()):.1f} points apart. {told}",
        numbers=(),
        data={
            "policy": np.array(table.index, dtype=str),
            **{name: table[title].to_numpy() for name, title in zip(COLUMNS, titles, strict=True)},
        },
        panels=(Panel("Hit ratio on the same requests", "%", curves, kind="bars", x="policy"),),
    )


def _rows(name: str) -> list[dict[str, str]]:
    path = data_dir() / "recorded" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as rows:
        return list(csv.DictReader(rows))


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


def _tool() -> ModuleType | None:
    path = data_dir().parent / "tools" / "record_redis.py"
    if not path.is_file():
        return None
    spec = importlib.util.spec_from_file_location("record_redis", path)
    if spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
