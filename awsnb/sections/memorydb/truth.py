"""The draws compared with order statistics, and the fit with what the MemoryDB paper publishes."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import theory
from awsnb.aws.memorydb import MEMORYDB
from awsnb.sections.memorydb.copies import copies_of, trip_ms
from awsnb.sections.memorydb.load import writes_of
from awsnb.sections.memorydb.scenario import MEMORY_DB, MemoryDbScenario
from awsnb.sections.memorydb.simulate import Run, run

if TYPE_CHECKING:
    import pandas as pd


def default_run() -> Run:
    """Write to MemoryDB as by default."""
    scenario = MemoryDbScenario()
    return run(scenario, MEMORY_DB, writes_of(scenario))


def order_statistics() -> "pd.DataFrame":
    """Compare the second fastest of three zones, as drawn, with its closed form.

    Returns
    -------
    pandas.DataFrame
        One row a share of the writes: the closed form's latency that they stay within (ms), and
        the share of the drawn writes that do (%).
    """
    import pandas as pd

    median, sigma = (MEMORYDB.value("latency", f"log_zone_{key}") for key in ("median", "sigma"))
    drawn = copies_of(MemoryDbScenario(), MEMORY_DB).acknowledged_ms
    grid = np.geomspace(median / 20, median * 20, 4000)
    cdf = theory.quorum_latency_cdf(grid, 2, (1, 1, 1), (median,) * 3, 0.0, sigma, nodes=1)
    at = [float(np.interp(share, cdf, grid)) for share in (0.5, 0.9, 0.99)]
    rows = {
        "closed form, ms": [round(ms, 2) for ms in at],
        "drawn within it, %": [round(100 * float((drawn <= ms).mean()), 2) for ms in at],
    }
    return pd.DataFrame(rows, index=pd.Index(["50 %", "90 %", "99 %"], name="of the writes"))


def published() -> "pd.DataFrame":
    """Compare the model with the MemoryDB paper's figures (SIGMOD 2024).

    Returns
    -------
    pandas.DataFrame
        One row a figure: published, the model's, the difference in percent, and whether the model
        was fitted to it.
    """
    import pandas as pd

    write = default_run()
    rows = [
        _row("write p50, ms", "write_p50", write.quantile_ms(0.5), "yes"),
        _row("write p99, ms", "write_p99", write.quantile_ms(0.99), "yes"),
        _row("80 % reads, p99, ms", "mixed_p99", mixed_quantile_ms(0.99), "no"),
    ]
    columns = ["figure", "published", "model", "difference in %", "fitted", "confidence"]
    return pd.DataFrame(rows, columns=columns).set_index("figure")


def mixed_quantile_ms(share: float) -> float:
    """Return a quantile of the latency where four of five requests are reads, ms.

    A read waits for its trip alone.
    """
    write = default_run().latency_ms
    both = np.concatenate([np.tile(trip_ms(), 4), write])
    return float(np.quantile(both, share))


def _row(name: str, key: str, model: float, fitted: str) -> tuple[object, ...]:
    fact = MEMORYDB.get("latency", key)
    apart = round(100 * (model / fact.value - 1))
    return name, fact.value, round(model, 2), apart, fitted, fact.confidence
