"""The recording's requests, replayed on a redis-server of this machine."""

import importlib.util
import os
from types import ModuleType
from typing import Any

from awsnb._paths import data_dir


def replayed(policy: str) -> dict[str, Any] | None:
    """Replay the recording's requests on a redis-server of this machine; None if there is none.

    Takes five seconds. Needs a checkout: the client is a tool of the repository. A static build
    has none either, so that it says the same everywhere.

    Returns
    -------
    dict or None
        Hit ratios and server version, as a row of ``data/recorded/redis_hit_ratio.csv``.
    """
    tool = None if os.environ.get("AWSNB_STATIC") in ("1", "site") else _tool()
    if tool is None or tool.SERVER is None:
        return None
    from awsnb.mechanisms import eviction

    key, ttl_s = tool.trace()
    found = tool.record(policy, key, ttl_s)
    exact = eviction.hit_ratio(eviction.lru(key, found.capacity).outcome)[0]
    return {
        "policy": policy,
        "redis_hit_ratio": found.hit.mean(),
        "model_hit_ratio": tool.model_hit_ratio(policy, key, ttl_s, found),
        "exact_lru_hit_ratio": exact,
        "server_version": found.version,
        "recorded": "just now",
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
