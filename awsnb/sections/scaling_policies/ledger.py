"""Why has it not scaled yet, and why did it? The alarms minute by minute, and the changes."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.mechanisms.control_loop import activities, entry, explain
from awsnb.scenario import ScenarioError
from awsnb.sections.scaling_policies.scenario import PolicyScenario
from awsnb.sections.scaling_policies.simulate import Outcome, simulate
from awsnb.words import counted

if TYPE_CHECKING:
    import pandas as pd


def ledger(
    scenario: PolicyScenario, rows: int = 12, before: int = 1, side: str = "out"
) -> "pd.DataFrame":
    """List what an alarm saw and did about the first breach.

    Parameters
    ----------
    scenario : PolicyScenario
        With a policy that has alarms.
    rows : int
        Decisions to list.
    before : int
        How many of them are before the breach.
    side : {"out", "in"}
        The alarm that scales out, from the first breach of the target; or the one that scales in,
        from the first breach of its threshold after that.

    Returns
    -------
    pandas.DataFrame
        One row a decision.

    Raises
    ------
    ScenarioError
        If the policy has no alarms.
    """
    import pandas as pd

    outcome = simulate(scenario)
    if not outcome.scaling.alarms:
        raise ScenarioError(
            f"policy = {scenario.policy}: it has no alarms to list.", field="policy"
        )
    alarm = next(i for i, a in enumerate(outcome.scaling.alarms) if a.above == (side == "out"))
    first = max(0, _first(outcome, side) - before)
    lines = []
    for period in range(first, min(first + rows, outcome.times.size)):
        row = entry(outcome.scaling, period, alarm)
        lines.append(
            {
                "time": f"{outcome.clock(row.at_s):%H:%M}",
                "CPU seen": "-" if np.isnan(row.value) else f"{row.value:.0f} %",
                "breaching": f"{row.breaching} of {row.alarm.periods}",
                "wanted": row.after,
                "in service": int(outcome.in_service[period]),
                "waiting": f"{outcome.scaling.backlog[period]:,.0f}",
                "why": explain(row),
            }
        )
    return pd.DataFrame(lines).set_index("time")


def history(scenario: PolicyScenario, rows: int = 20) -> "pd.DataFrame":
    """List the changes of the desired capacity, as a group's activity history gives their cause.

    Parameters
    ----------
    scenario : PolicyScenario
    rows : int
        Changes to list, from the first.

    Returns
    -------
    pandas.DataFrame
        One row a change.
    """
    import pandas as pd

    outcome = simulate(scenario)
    lines = []
    for change in activities(outcome.scaling)[:rows]:
        count = abs(change.after - change.before)
        grows = change.after > change.before
        verb = "Launching" if grows else "Terminating"
        what = f"an alarm in state ALARM triggered policy {change.cause}"
        if change.cause not in outcome.scaling.names:
            what = f"{change.cause} took effect"
        lines.append(
            {
                "time": f"{outcome.clock(change.at_s):%H:%M}",
                "activity": f"{verb} {counted(count, 'instance')}",
                "cause": f"{what}, changing the desired capacity from {change.before} to "
                f"{change.after}.",
            }
        )
    return pd.DataFrame(lines, columns=["time", "activity", "cause"]).set_index("time")


def _first(outcome: Outcome, side: str) -> int:
    if outcome.breach is None:
        return 0
    lag = 1 + int(outcome.scaling.sensor.delay_s // outcome.period_s)
    if side == "out":
        return outcome.breach + lag
    low = outcome.scenario.low_pct
    after = np.flatnonzero(outcome.cpu_pct[outcome.breach :] < low)
    return outcome.breach + lag + (int(after[0]) if after.size else 0)
