"""The simulated fleet against closed forms, where they apply: Erlang's, and the binomial."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.queueing import Balancer, Target
from awsnb.services.elb.alb import AlbScenario
from awsnb.services.elb.told import theory_ms
from awsnb.services.elb.traffic import Run

if TYPE_CHECKING:
    import pandas as pd

LOADS_PCT = (40, 60, 80)
SEEDS = range(1, 9)
CONNECTIONS = (8, 40, 400)
DICE_SEEDS = 2000
SLOWER = np.array([2.0, 100.0])  # the median, and one request in a hundred


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

    rows = []
    for which, algorithm in enumerate(("weighted_random", "least_outstanding_requests")):
        for load in LOADS_PCT:
            fleet = AlbScenario(
                algorithm=algorithm,  # type: ignore[arg-type]
                event="none",
                duration_s=900,
                requests_per_s=160 * load / 100,
            )
            expected = theory_ms(fleet, SLOWER)[which]
            runs = [Run.of(fleet.replace(seed=seed)).percentile_ms(50, 99) for seed in SEEDS]
            simulated = np.mean(runs, axis=0)
            off = 100 * (simulated / expected - 1)
            cells = [
                cell
                for one, many, away in zip(expected, simulated, off, strict=True)
                for cell in (f"{one:.0f} ms", f"{many:.0f} ms", f"{away:+.1f} %")
            ]
            rows.append((algorithm, f"{load} %", *cells))
    columns = ["algorithm", "load", "median, M/M/c", "median, simulated", "off",
               "p99, M/M/c", "p99, simulated", "off "]  # fmt: skip
    return pd.DataFrame(rows, columns=columns).set_index(["algorithm", "load"])


def against_binomial() -> "pd.DataFrame":
    """Compare how the flow hash spreads connections with throwing dice.

    Returns
    -------
    pandas.DataFrame
        One row a number of connections, on four targets and over 2,000 seeds: how far a target's
        share is off a quarter (standard deviation, in points), and how often it gets no
        connection at all, by the binomial distribution and simulated.
    """
    import pandas as pd

    # connections are hashed by their number: the first 8 of 400 go where 8 alone would
    to_first = np.array([_flow_targets(max(CONNECTIONS), seed) == 0 for seed in range(DICE_SEEDS)])
    rows = []
    for connections in CONNECTIONS:
        share = to_first[:, :connections].sum(axis=1) / connections
        rows.append(
            (
                f"{connections:,}",
                f"{100 * np.sqrt(3 / 16 / connections):.2f}",
                f"{100 * np.sqrt(np.mean((share - 0.25) ** 2)):.2f}",
                f"{100 * 0.75**connections:.2f} %",
                f"{100 * np.mean(share == 0):.2f} %",
            )
        )
    columns = ["spread, binomial", "spread, simulated", "none, binomial", "none, simulated"]
    return pd.DataFrame(rows, columns=["connections", *columns]).set_index("connections")


def _flow_targets(connections: int, seed: int) -> NDArray[np.int16]:
    """Return the target that each connection is sent to, of four."""
    arrival, work = np.arange(connections, dtype=np.float64), np.zeros(connections)
    balancer = Balancer([Target()] * 4, "flow hash", seed=seed)
    return balancer.serve(arrival, work, np.arange(connections)).target
