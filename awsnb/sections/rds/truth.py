"""What the models are compared with: AWS's rule second by second, draws, and closed forms."""

import itertools
import math
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from awsnb import _read, theory
from awsnb.aws.ebs import Io
from awsnb.aws.rds import RDS
from awsnb.aws.rds.storage import Storage
from awsnb.sections.rds.luck.scenario import CLUSTER, DEPLOYMENTS, PAIR, SINGLE, LuckScenario
from awsnb.sections.rds.luck.simulate import YEAR_H, downtime
from awsnb.sections.rds.luck.simulate import simulate as simulate_luck
from awsnb.sections.rds.storage.load import demand
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.sections.rds.storage.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

ONE = "one standby"
ARRANGEMENTS = {ONE: (1, 1), "the faster of two": (1, 2), "both standbys": (2, 2)}
PERCENTILES = (10, 50, 90, 95)


def storage_second_by_second(scenario: StorageScenario) -> "pd.DataFrame":
    """Compare the storage with AWS's rule followed in steps of a second.

    Parameters
    ----------
    scenario : StorageScenario
        A volume with autoscaling.

    Returns
    -------
    pandas.DataFrame
        Changes, allocated storage at the end and the time that it is full, by both.
    """
    import pandas as pd

    outcome = simulate(scenario)
    changes, full_s = stepped(scenario)
    last_s, size = changes[-1] if changes else (0, scenario.size_gib)
    modelled = outcome.growth.changed_s
    rows = [
        ("changes", "", len(changes), len(modelled)),
        ("last change", "min", last_s / 60, modelled[-1] / 60 if modelled else 0.0),
        ("allocated at the end", "GiB", size, outcome.last_gib),
        ("full", "min", full_s / 60, outcome.full_s / 60),
    ]
    table = pd.DataFrame(rows, columns=["what", "unit", "in steps of 1 s", "model"])
    return table.set_index("what").round(2)


def stepped(scenario: StorageScenario) -> tuple[list[tuple[int, int]], int]:
    """Follow AWS's rule second by second; return the changes (s, GiB) and the seconds full."""
    load, on = demand(scenario), scenario.on
    seconds = np.arange(int(load.at_s[-1]) + 1)
    wanted = np.interp(seconds, load.at_s, load.wanted_gib).tolist()
    optimization_s = scenario.rule.optimization_s
    wait_s = 3600 * RDS.value("storage_autoscaling", "wait_after_modification", on)
    floor = RDS.value("storage_autoscaling", "increment_floor", on)
    size, low_s, full_s, look_at = scenario.size_gib, 0, 0, 0
    used: list[float] = []
    changes: list[tuple[int, int]] = []
    for now, data in enumerate(wanted):
        used.append(min(data, size))
        full_s += data >= size
        low_s = low_s + 1 if size - data <= size / 10 else 0
        if low_s <= 300 or now < look_at or not scenario.autoscaling:
            continue
        if changes and now < changes[-1][0] + max(wait_s, optimization_s):
            continue
        day = [at for at, _ in changes if now < at + 86_400]
        if on is None and len(day) >= 4:
            continue
        hour_ago = used[max(now - 3600, 0)]
        step = max(floor, -(-size // 10), int(np.ceil(7 * (used[now] - hour_ago) - 1e-9)))
        look_at = now + 60
        if size + step < scenario.maximum_gib:
            size, low_s = size + step, 0
            changes.append((now, size))
    return changes, full_s


def commits_drawn(scenario: LuckScenario, draws: int = 1_000_000) -> "pd.DataFrame":
    """Compare commit latency with commits drawn at random, one by one.

    Parameters
    ----------
    scenario : LuckScenario
        A database whose standbys answer.
    draws : int
        How many commits.

    Returns
    -------
    pandas.DataFrame
        By deployment: the median, p99 and p99.9, ms, as drawn and by order statistics.
    """
    import pandas as pd

    outcome, waits = simulate_luck(scenario), drawn_ms(scenario, draws)
    rows = [
        (name, f"p{share:g}", np.percentile(waits[name], share),
         outcome.one_in_ms(100 / (100 - share), name))
        for name in DEPLOYMENTS
        for share in (50.0, 99.0, 99.9)
    ]  # fmt: skip
    table = pd.DataFrame(rows, columns=["deployment", "", "drawn, ms", "model, ms"])
    return table.set_index(["deployment", ""]).round(2)


def drawn_ms(scenario: LuckScenario, draws: int) -> dict[str, np.ndarray]:
    """Draw commits: the slower of the writer and, of the standbys, the one or the faster."""
    random = np.random.default_rng(1)
    local = RDS.value("latency", "local_commit")
    away = local + RDS.value("latency", "zone_round_trip")
    spread = RDS.value("latency", "commit_spread")

    def waits(median: float) -> np.ndarray:
        slow = random.random(draws) < scenario.slow_pct / 100
        late = np.where(slow, scenario.slow_factor, 1.0)
        return median * late * random.lognormal(0.0, spread, draws)

    writer, first, second = waits(local), waits(away), waits(away)
    return {
        SINGLE: writer,
        PAIR: np.maximum(writer, first),
        CLUSTER: np.maximum(writer, np.minimum(first, second)),
    }


def commits_recorded() -> "pd.DataFrame":
    """Compare order statistics with commits of a real PostgreSQL, recorded before two standbys.

    Its standbys answer after times drawn at random. The commits that wait for one of them give the
    median and the spread; from these two numbers the model says how long those take that wait for
    the faster of two, as in a Multi-AZ cluster, or for both.

    Returns
    -------
    pandas.DataFrame
        One row an arrangement: commit latency at the 10th, 50th, 90th and 95th percentile, ms, as
        recorded and by order statistics; and whether a commit ends while one standby is gone.
    """
    import pandas as pd

    rows = _read.recorded("postgres_commits")
    median, spread = _fitted(_quantiles_ms(rows, ONE))
    table = []
    for waits_for, (needed, standbys) in ARRANGEMENTS.items():
        seen = _quantiles_ms(rows, waits_for)
        grid = np.geomspace(0.1, 100 * median, 4000)
        cdf = theory.quorum_latency_cdf(
            grid, needed, (1,) * standbys, (median,) * standbys, 0.0, spread, nodes=1
        )
        model = np.interp(np.array(PERCENTILES) / 100, cdf, grid)
        ends = next(row["ends_with_one_gone"] for row in rows if row["waits_for"] == waits_for)
        both = zip((seen[pct] for pct in PERCENTILES), model, strict=True)
        table.append((waits_for, *itertools.chain(*both), ends))
    columns = [f"p{pct} {who}, ms" for pct in PERCENTILES for who in ("recorded", "model")]
    named = pd.DataFrame(table, columns=["waits for", *columns, "ends with one gone"])
    return named.set_index("waits for").round(1)


def _quantiles_ms(rows: list[dict[str, str]], waits_for: str) -> dict[float, float]:
    """Read the recorded latency, ms, by percentile."""
    return {
        float(row["share_pct"]): float(row["latency_ms"])
        for row in rows
        if row["waits_for"] == waits_for
    }


def _fitted(seen: dict[float, float]) -> tuple[float, float]:
    """Median and spread of the logarithm, from the middle half."""
    quartiles = math.log(seen[75] / seen[25])
    return seen[50], quartiles / (2 * NormalDist().inv_cdf(0.75))


def outages_in_closed_form(scenario: LuckScenario) -> "pd.DataFrame":
    """Compare the time with too few instances with the binomial of independent ones.

    Returns
    -------
    pandas.DataFrame
        Minutes a year by deployment, by both.
    """
    import pandas as pd

    up_h = YEAR_H / scenario.failures_per_year
    down = 1 - up_h / (up_h + scenario.recovery_min / 60)
    if scenario.zone_outages_per_year:
        zone_h = YEAR_H / scenario.zone_outages_per_year
        down = 1 - (1 - down) * zone_h / (zone_h + scenario.zone_outage_h)
    shares = {SINGLE: down, PAIR: down**2, CLUSTER: down**3 + 3 * down**2 * (1 - down)}
    rows = [
        (name, 60 * YEAR_H * share, downtime(scenario, name).outage_min)
        for name, share in shares.items()
    ]
    table = pd.DataFrame(rows, columns=["deployment", "closed form, min", "model, min"])
    return table.set_index("deployment").round(6)


def stripes_as_published() -> "pd.DataFrame":
    """Compare one volume, or four striped ones, with what AWS publishes of RDS storage.

    Returns
    -------
    pandas.DataFrame
        One row a number of RDS's own table: there, and made of EBS volumes here.
    """
    import pandas as pd

    large, most = int(RDS.value("gp3", "large_min_size")), 65_536
    rows = [
        ("gp2, burst from 400 GiB", "IOPS", RDS.value("gp2", "burst_large"),
         _rate("gp2", large, 0)),
        ("gp2, IOPS at most", "IOPS", RDS.value("gp2", "max_iops"), _rate("gp2", most, 0)),
        ("gp2, throughput at most", "MiB/s", RDS.value("gp2", "max_throughput"),
         _rate("gp2", most, 1)),
        *((f"gp3, {size} GiB", unit, RDS.value("gp3", f"included_{what}_{kind}"),
           _rate("gp3", size, index))
          for size, kind in ((large - 1, "small"), (large, "large"))
          for index, (what, unit) in enumerate((("iops", "IOPS"), ("throughput", "MiB/s")))),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["storage", "unit", "AWS", "model"]).set_index("storage")


def _rate(storage_type: str, size_gib: int, index: int) -> float:
    """The most that storage does, of its IOPS (0) or its throughput (1)."""
    return Storage(storage_type, size_gib).limits(Io(16, "random"))[index].bucket.burst
