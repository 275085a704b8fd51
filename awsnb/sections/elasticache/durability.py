"""How much of what was acknowledged a crash takes: by how writes are made safe."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import theory
from awsnb.aws.elasticache import ELASTICACHE
from awsnb.mechanisms.caching import durable_at, lost_writes

if TYPE_CHECKING:
    import pandas as pd

SECONDS = 600.0
CRASHES = 2000


def loss_windows(writes_per_s: float = 100.0) -> "pd.DataFrame":
    """Crash a store of steady writes at many moments, for each way to make writes safe.

    Returns
    -------
    pandas.DataFrame
        One row a way: where there is it, the loss window by its closed form, on average and at
        worst (s), and the writes that were lost in the simulation, on average and at worst.
    """
    import pandas as pd

    ways = [
        ("AOF, appendfsync always", "self-managed", 0.0, 0.0),
        ("AOF, appendfsync everysec", "self-managed", _value("aof", "everysec_interval"), 0.0),
        ("AOF, appendfsync no", "self-managed", _value("aof", "no_interval"), 0.0),
        ("replica, asynchronous", "ElastiCache", 0.0, _value("replication", "lag")),
        ("durability async, at its limit", "ElastiCache for Valkey 9", 0.0,
         _value("durability", "async_loss_max")),
        ("durability sync", "ElastiCache for Valkey 9", 0.0, 0.0),
    ]  # fmt: skip
    written = np.arange(0, SECONDS, 1 / writes_per_s)
    crash = np.random.default_rng(0).uniform(SECONDS / 3, SECONDS * 2 / 3, CRASHES)
    rows = []
    for name, where, every_s, takes_s in ways:
        lost = lost_writes(written, durable_at(written, every_s=every_s, takes_s=takes_s), crash)
        mean_s, worst_s = theory.loss_window_s(every_s, takes_s)
        rows.append((name, where, mean_s, worst_s, round(float(lost.mean())), int(lost.max())))
    columns = ["way", "where", "mean s", "worst s", "writes lost, mean", "writes lost, worst"]
    return pd.DataFrame(rows, columns=columns).set_index("way")


def _value(subject: str, key: str) -> float:
    return float(ELASTICACHE.value(subject, key))
