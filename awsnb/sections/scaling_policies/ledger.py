"""Why has it not scaled yet, and why did it? The alarms minute by minute, and the changes."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.mechanisms.control_loop import Entry, activities, entry, explain
from awsnb.scenario import ScenarioError
from awsnb.sections.scaling_policies.control import METRIC
from awsnb.sections.scaling_policies.scenario import REQUESTS, PolicyScenario
from awsnb.sections.scaling_policies.simulate import Outcome, Signal, simulate
from awsnb.words import counted

if TYPE_CHECKING:
    import pandas as pd


def ledger(
    scenario: PolicyScenario, rows: int = 12, before: int = 1, side: str = "out", metric: str = ""
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
    metric : str, optional
        Of which of the watched metrics; left out, of the one that was answered, or of the first.

    Returns
    -------
    pandas.DataFrame
        One row a decision.

    Raises
    ------
    ScenarioError
        If the policy has no such alarm.
    """
    import pandas as pd

    outcome = simulate(scenario)
    alarm = _alarm(outcome, side, metric)
    signal = outcome.signals[outcome.watches[alarm]]
    first = max(0, _first(outcome, signal, side) - before)
    lines = []
    for period in range(first, min(first + rows, outcome.times.size)):
        row = _in_minutes(entry(outcome.scaling, period, alarm))
        lines.append(
            {
                "time": f"{outcome.clock(row.at_s):%H:%M}",
                f"{signal.name} seen": "-" if np.isnan(row.value) else _seen(signal, row.value),
                "breaching": f"{row.breaching} of {row.alarm.periods}",
                "wanted": row.after,
                "in service": int(outcome.in_service[period]),
                "waiting": f"{outcome.scaling.backlog[period]:,.0f}",
                "why": explain(row),
            }
        )
    return pd.DataFrame(lines).set_index("time")


def _alarm(outcome: Outcome, side: str, metric: str) -> int:
    """Find the alarm of a metric that scales out, or in."""
    scenario, alarms = outcome.scenario, outcome.scaling.alarms
    if not alarms:
        raise ScenarioError(
            f"policy = {scenario.policy}: it has no alarms to list.", field="policy"
        )
    names = [outcome.signals[watched].name for watched in outcome.watches]
    if metric and metric not in names:
        raise ScenarioError(
            f"metric = {metric!r}: the group watches {scenario.metrics}.", field="metrics"
        )
    if side == "in" and not scenario.scale_in:
        raise ScenarioError("scale_in = False: no alarm scales in.", field="scale_in")
    answered = None if side == "in" else outcome.answered_by
    if not metric:
        metric = names[0] if answered is None else names[answered]
    return next(
        i for i, alarm in enumerate(alarms) if names[i] == metric and alarm.above == (side == "out")
    )


def _in_minutes(row: Entry) -> Entry:
    """Count requests by the minute, as AWS does."""
    if row.alarm.metric != METRIC[REQUESTS]:
        return row
    alarm = row.alarm._replace(threshold=60 * row.alarm.threshold)
    return row._replace(value=60 * row.value, alarm=alarm)


def _seen(signal: Signal, number: float) -> str:
    return f"{number:,.0f}" if signal.name == REQUESTS else f"{number:.0f} %"


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


def _first(outcome: Outcome, signal: Signal, side: str) -> int:
    """The decision that sees the first breach of an alarm."""
    if outcome.breach is None:
        return 0
    lag = 1 + outcome.lag
    if side == "out":
        return outcome.breach + lag
    after = np.flatnonzero(signal.below[outcome.breach :])
    return outcome.breach + lag + (int(after[0]) if after.size else 0)
