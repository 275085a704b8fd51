"""AWS's published examples, and a file system that is followed second by second."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.efs import EFS, FileSystem, Io, limits
from awsnb.mechanisms.token_bucket import Bucket, serve
from awsnb.sections.efs.throughput.load import demand
from awsnb.sections.efs.throughput.scenario import ThroughputScenario
from awsnb.sections.efs.throughput.simulate import simulate, start_credit_pct

if TYPE_CHECKING:
    import pandas as pd

DAY_S = 86_400.0
SIZES_GIB = (100, 256, 512, 1024, 1536, 2048, 3072, 4096)
WRITES = Io(1024, read_share=0.0)


def published_examples() -> "pd.DataFrame":
    """Compare the model with the examples that AWS publishes of bursts, metering and a bill.

    Returns
    -------
    pandas.DataFrame
        One row an example: what AWS says, what the model says, in `unit`, and the difference in
        percent.
    """
    import pandas as pd

    rows = [
        *(_row(f"longest burst a day, {gib} GiB", "min/day", f"burst_{gib}_gib", _burst_min(gib))
          for gib in SIZES_GIB),
        _row("new file system's credit at 100 MiB/s", "h", "initial_burst", _initial_h()),
        _row("30 MiB/s read and 30 written", "MiB/s", "metered", 60 * Io(1024, 0.5).metered_mib),
        _row("100 GB for 15 days, 250 GB for 16", "USD", "usd", _march_usd(), "billing"),
    ]  # fmt: skip
    columns = ["example", "unit", "AWS", "model", "difference in %"]
    return pd.DataFrame(rows, columns=columns).set_index("example")


def second_by_second(scenario: ThroughputScenario) -> "pd.DataFrame":
    """Compare the model with bursting mode followed in steps of one second.

    Parameters
    ----------
    scenario : ThroughputScenario
        A file system in bursting mode of which nothing but the credit holds the load back.

    Returns
    -------
    pandas.DataFrame
        MiB served and credit left at the end, by both, and the difference in percent.
    """
    import pandas as pd

    outcome = simulate(scenario)
    served, credit = stepped(scenario)
    rows = [
        _compared("data served", "GiB", served / 1024, float(outcome.service.served.sum()) / 1024),
        _compared("credit at the end", "GiB", credit / 1024, outcome.service.level[-1, 0] / 1024),
    ]
    columns = ["what", "unit", "in steps of 1 s", "model", "difference in %"]
    return pd.DataFrame(rows, columns=columns).set_index("what")


def stepped(scenario: ThroughputScenario) -> tuple[float, float]:
    """Follow bursting mode in steps of a second; return MiB served and metered MiB of credit."""
    load, system, cost = demand(scenario), scenario.system, scenario.io.metered_mib
    most = system.most_credit_mib
    credit, queue, served = most * start_credit_pct(scenario, load) / 100, 0.0, 0.0
    seconds = np.rint(load.trace.duration_s).astype(int)
    for arriving in np.repeat(load.asked_mibps, seconds).tolist():
        queue += arriving
        may = min(system.burst_mibps, system.baseline_mibps + credit) / cost
        done = min(queue, may)
        queue, served = queue - done, served + done
        credit = min(credit + system.baseline_mibps - done * cost, most)
    return served, credit


def _row(
    example: str, unit: str, key: str, model: float, subject: str = "bursting"
) -> tuple[object, ...]:
    return _compared(example, unit, float(EFS.value(subject, f"example_{key}")), model)


def _compared(what: str, unit: str, truth: float, model: float) -> tuple[object, ...]:
    apart = 100 * (model - truth) / (truth or 1.0)
    return what, unit, round(truth, 2), round(model, 2), round(apart, 2)


def _burst_min(gib: int) -> float:
    """How long a day's credit lasts at the burst rate, after a rest for the day's remainder."""
    system = FileSystem("bursting", gib)
    burst_s = 60.0 * EFS.value("bursting", f"example_burst_{gib}_gib")
    bucket = _bucket(system, 0.0)
    service = serve([DAY_S - burst_s, DAY_S], [0.0, system.burst_mibps], [bucket])
    return (DAY_S - float(service.throttled_s[1])) / 60


def _initial_h() -> float:
    """How long the first credit lasts at 100 MiB/s, if next to nothing is earned."""
    system = FileSystem("bursting", 1)
    bucket = _bucket(system, 100.0)._replace(baseline=1e-9)
    service = serve([DAY_S], [system.burst_mibps], [bucket])
    return (DAY_S - float(service.throttled_s[0])) / 3600


def _bucket(system: FileSystem, credit_pct: float) -> Bucket:
    return limits(system, WRITES, 1, None, credit_pct)[0].bucket


def _march_usd() -> float:
    """Price of a March with two sizes: the mean of the two, by their days."""
    gib = (100 * 15 + 250 * 16) / 31
    return FileSystem("bursting", gib).usd_month(0.0, 0.0)
