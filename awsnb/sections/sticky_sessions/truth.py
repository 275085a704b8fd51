"""What the model is compared with: balls in bins, renewal theory, and a real HAProxy's cookies."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read, theory
from awsnb.mechanisms import affinity

if TYPE_CHECKING:
    import pandas as pd

RUNS = 300


def closed_forms() -> "pd.DataFrame":
    """Compare means of many runs with closed forms.

    Returns
    -------
    pandas.DataFrame
        One row a quantity: the exact value, the model's over `RUNS` runs, and how far apart, %.
    """
    import pandas as pd

    young = 1 - theory.lognormal_residual_tail([15.0, 60.0], 30.0, 1.5)
    rows = [
        ("100 sessions on 4 targets: fullest", theory.most_sessions(4, 100), _fullest(4, 100)),
        ("30 sessions on 6 targets: fullest", theory.most_sessions(6, 30), _fullest(6, 30)),
        ("share of live sessions younger than 15 min", young[0], _younger(15)),
        ("share of live sessions younger than 60 min", young[1], _younger(60)),
    ]
    table = pd.DataFrame(rows, columns=["quantity", "exact", "model"]).set_index("quantity")
    table["apart, %"] = (100 * (table["model"] / table["exact"] - 1)).round(1)
    return table.round({"exact": 3, "model": 3})


def _fullest(targets: int, sessions: int) -> float:
    """Sessions on the fullest target, on average over runs, as the mechanism binds them."""
    ties = affinity.Ties(np.arange(sessions), np.zeros(sessions), np.ones(sessions))
    epochs, load = [affinity.Epoch(0.0, np.arange(targets))], np.ones(sessions)
    most = [
        np.bincount(affinity.bind(ties, load, epochs, affinity.at_random(seed)).target).max()
        for seed in range(RUNS)
    ]
    return float(np.mean(most))


def _younger(since_min: float) -> float:
    """Share of live sessions that began lately, over runs: 30 min long on average, CV 1.5."""
    at_min, begun, live = 100.0, 0, 0
    for seed in range(RUNS // 10):
        run = affinity.population(600, 30.0, 1.5, 1.0, 0.0, at_min, seed)
        there = run.end_min > at_min
        live += int(there.sum())
        begun += int((run.start_min[there] > at_min - since_min).sum())
    return begun / live


def recorded() -> "pd.DataFrame":
    """Compare where a real HAProxy's cookies led sessions with where the model binds them.

    Returns
    -------
    pandas.DataFrame
        One row a moment: sessions by server, HAProxy's and the model's.
    """
    import pandas as pd

    found = _read.recorded("haproxy_sticky")
    model = [" ".join(map(str, counts)) for counts in by_moment()]
    rows = [(row["moment"], row["by_server"], ours) for row, ours in zip(found, model, strict=True)]
    return pd.DataFrame(rows, columns=["moment", "HAProxy", "model"]).set_index("moment")


FIRST, MORE, LAST = 24, 12, 8  # sessions that begin at 0, 2 and 5 min


def by_moment() -> list[list[int]]:
    """Bind the recording's sessions: four servers, of which the last joins, and the first dies."""
    start = np.repeat([0.0, 2.0, 5.0], [FIRST, MORE, LAST])
    ties = affinity.Ties(np.arange(start.size), start, np.full(start.size, 9.0))
    there = {0.0: [0, 1, 2], 1.0: [0, 1, 2, 3], 3.0: [1, 2, 3], 4.0: [0, 1, 2, 3]}
    epochs = [affinity.Epoch(at, np.array(known)) for at, known in there.items()]
    bound = affinity.bind(ties, np.ones(start.size), epochs, affinity.in_turn)
    times = np.array([0.5, 1.5, 2.5, 3.5, 4.5, 5.5])
    held = affinity.held(bound, np.ones(start.size), 4, times)
    return [[int(count) for count in column] for column in held.T]
