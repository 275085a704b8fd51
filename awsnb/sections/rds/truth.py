"""What the models are compared with: AWS's rule, written out and followed second by second."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.rds import RDS
from awsnb.sections.rds.storage.load import demand
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.sections.rds.storage.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd


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
        if low_s <= 300 or now < look_at or scenario.maximum_gib is None:
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
