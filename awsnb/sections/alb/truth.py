"""The simulated fleet compared with Erlang's formula, and with a real balancer."""

from typing import TYPE_CHECKING, Any

import numpy as np

from awsnb.sections._balancing.panels import erlang_ms
from awsnb.sections._balancing.truth import recorded
from awsnb.sections.alb.scenario import AlbScenario
from awsnb.sections.alb.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["against_erlang", "recorded"]

LOADS_PCT = (40, 60, 80)
SEEDS = range(1, 9)
SLOWER = np.array([2.0, 100.0])  # the median, and one request in a hundred
COLUMNS = ["median, M/M/c", "median, simulated", "off", "p99, M/M/c", "p99, simulated", "off "]
ALONE, POOLED = "weighted_random", "least_outstanding_requests"


def against_erlang() -> "pd.DataFrame":
    """Compare simulated latencies with M/M/c.

    Requests spread at random make each target a queue of its own, exactly. Least outstanding
    requests come near one queue for all, which no dispatcher can beat.

    Returns
    -------
    pandas.DataFrame
        One row an algorithm and load: median and p99 by the formula and by eight simulated runs
        of 15 minutes each, ms, and the differences in percent.
    """
    import pandas as pd

    rows = [_row(algorithm, load) for algorithm in (ALONE, POOLED) for load in LOADS_PCT]
    return pd.DataFrame(rows, columns=["algorithm", "load", *COLUMNS]).set_index(
        ["algorithm", "load"]
    )


def _row(algorithm: Any, load_pct: int) -> tuple[str, ...]:
    fleet = AlbScenario(
        algorithm=algorithm, event="none", duration_s=900, requests_per_s=160 * load_pct / 100
    )
    alone_ms, pooled_ms = erlang_ms(fleet, fleet.requests_per_s, SLOWER)
    expected_ms = alone_ms if algorithm == ALONE else pooled_ms
    runs = [simulate(fleet.replace(seed=seed)).percentile_ms(50, 99) for seed in SEEDS]
    cells = [
        (f"{one:.0f} ms", f"{many:.0f} ms", f"{100 * (many / one - 1):+.1f} %")
        for one, many in zip(expected_ms, np.mean(runs, axis=0), strict=True)
    ]
    return (algorithm, f"{load_pct} %", *cells[0], *cells[1])
