"""The flow hash compared with the binomial distribution, and with a real balancer's hash."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.queueing import Balancer, Target
from awsnb.sections._balancing.truth import recorded

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["against_binomial", "recorded"]

CONNECTIONS = (8, 40, 400)
DICE_SEEDS = 2000


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
