"""Replay and promotion compared with closed forms, and with recorded PostgreSQL pairs."""

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read, theory
from awsnb.mechanisms.random_streams import generator
from awsnb.mechanisms.replication import replay
from awsnb.sections.read_replicas.promotion.scenario import OTHER, PromotionScenario
from awsnb.sections.read_replicas.promotion.simulate import HOUR_S, simulate

if TYPE_CHECKING:
    import pandas as pd

LOADS, WRITES, STEP_S = (0.5, 0.8, 0.9), 200_000, 0.05
NARROW = PromotionScenario(place=OTHER, carries_mibps=10.0)
SHARES_PCT = (50.0, 90.0, 95.0, 99.0, 100.0)


def queues(seed: int = 1) -> "pd.DataFrame":
    """Compare how long writes wait for replay with Lindley's recursion and Pollaczek-Khinchine.

    Parameters
    ----------
    seed : int
        Of times and sizes of 200,000 writes, which are exponential; replaying one takes 1 s on
        average.

    Returns
    -------
    pandas.DataFrame
        One row a load: mean wait in s, as replayed in steps of 50 ms, by Lindley's recursion over
        the same writes, and in closed form.
    """
    import pandas as pd

    rows = [(f"{load:.0%}", *_waits_s(load, seed)) for load in LOADS]
    columns = ["load", "replay, s", "Lindley, s", "Pollaczek-Khinchine, s"]
    return pd.DataFrame(rows, columns=columns).set_index("load").round(2)


def _waits_s(load: float, seed: int) -> tuple[float, float, float]:
    random = generator(seed, "truth")
    gap_s, size_s = random.exponential(1 / load, WRITES), random.exponential(1.0, WRITES)
    time_s = np.cumsum(gap_s)
    steps = np.bincount((time_s / STEP_S).astype(np.int64), size_s)
    stage = replay(np.full(steps.size, STEP_S), steps, 1.0)
    return (
        float(stage.backlog.mean()),
        lindley_s(gap_s, size_s),
        theory.mg1_wait_s(load, 1.0, 1.0),
    )


def lindley_s(gap_s: np.ndarray, size_s: np.ndarray) -> float:
    """Mean wait by Lindley's recursion, one write after the other, s."""
    wait = total = 0.0
    for gap, before in zip(gap_s[1:], size_s[:-1], strict=True):
        wait = max(wait + before - gap, 0.0)
        total += wait
    return total / gap_s.size


def recorded() -> "pd.DataFrame":
    """Compare the model with a recorded PostgreSQL pair whose replay is stopped three times.

    Returns
    -------
    pandas.DataFrame
        One row a stop: when it began and how long it lasted, the longest lag of the standby and of
        the model, and when each had caught up again, in s.
    """
    import pandas as pd

    rows = _read.recorded("postgres_replay")
    second, held, lag, model = (
        np.array([float(row[name]) for row in rows])
        for name in ("second", "held_up", "lag_s", "model_lag_s")
    )
    begins = np.flatnonzero(np.diff(held, prepend=0.0) > 0)
    spans = [*begins, second.size]
    table = [_stop(second[a:b], held[a:b], lag[a:b], model[a:b]) for a, b in pairwise(spans)]
    columns = [
        "stop begins, s", "lasts, s", "longest lag, s", "the model's, s", "caught up, s",
        "the model, s",
    ]  # fmt: skip
    return pd.DataFrame(table, columns=columns).round(1).set_index("stop begins, s")


def _stop(
    second: np.ndarray, held: np.ndarray, lag_s: np.ndarray, model_s: np.ndarray
) -> tuple[float, ...]:
    lasts = second[held > 0]
    return (
        second[0],
        lasts[-1] - lasts[0],
        lag_s.max(),
        model_s.max(),
        _caught_up(second, held, lag_s),
        _caught_up(second, held, model_s),
    )


def _caught_up(second: np.ndarray, held: np.ndarray, lag_s: np.ndarray) -> float:
    """Find when the lag is under 0.1 s again after the stop."""
    again = (lag_s < 0.1) & (second > second[held > 0][-1])
    return float(second[np.argmax(again)]) if again.any() else float("nan")


def lost_in_closed_form(scenario: PromotionScenario = NARROW) -> "pd.DataFrame":
    """Compare the lost tail with that of a batch which fills a queue at an even rate, and drains.

    Parameters
    ----------
    scenario : PromotionScenario
        Of one level, whose batch is more than the way carries.

    Returns
    -------
    pandas.DataFrame
        By the share of the moments, %: the writes that a promotion then loses at most, by both.
    """
    import pandas as pd

    lost = simulate(scenario).lost_writes
    rows = [
        (f"{pct:g} %", lost_by_formula(scenario, pct / 100), float(np.quantile(lost, pct / 100)))
        for pct in SHARES_PCT
    ]
    columns = ["of the moments", "closed form, writes", "model, writes"]
    return pd.DataFrame(rows, columns=columns).set_index("of the moments").round(0)


def lost_by_formula(scenario: PromotionScenario, share: float) -> float:
    """Return the writes lost at most in a share of the moments: a triangle, and the way."""
    usual, carries = scenario.writes_per_s, 1024 * scenario.carries_mibps / scenario.log_kib
    batch_s = 60 * scenario.batch_min
    highest = (usual * scenario.batch - carries) * batch_s
    lasts_s = batch_s + highest / (carries - usual)
    above = (1 - share) * HOUR_S / lasts_s
    if above >= 1:
        return usual * scenario.way_s
    return highest * (1 - above) + carries * scenario.way_s


def promoted() -> "pd.DataFrame":
    """Compare the lost tail with recorded promotions of PostgreSQL standbys behind a slow way.

    Returns
    -------
    pandas.DataFrame
        One row a way and an end of the source: how many promotions, the rows that were
        acknowledged and are not on the promoted standby, at least and at most, and the model's.
    """
    import pandas as pd

    rows = pd.DataFrame(_read.recorded("postgres_promotion"))
    numbers = rows.astype({"way_ms": float, "written_within_way": int, "lost_writes": int})
    planned = rows["ends"] == "writes are stopped first"
    numbers["model"] = np.where(planned, 0, numbers["written_within_way"])
    groups = numbers.groupby(["ends", "way_ms"], sort=False)
    table = groups.agg(
        promotions=("lost_writes", "size"), least=("lost_writes", "min"),
        most=("lost_writes", "max"), mean=("lost_writes", "mean"), model=("model", "mean"),
    )  # fmt: skip
    table.columns = ["promotions", "lost, least", "lost, most", "lost, mean", "model, at most"]
    return table.round(0).astype(int)
