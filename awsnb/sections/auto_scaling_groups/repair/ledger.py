"""The activity history of a run, in AWS's words."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from awsnb.aws.autoscaling import cause_text
from awsnb.sections.auto_scaling_groups.repair.scenario import RepairScenario
from awsnb.sections.auto_scaling_groups.repair.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

BEGIN = datetime(2026, 11, 28, 12)
"""A day and an hour for the run's beginning; any would do."""


def ledger(scenario: RepairScenario, rows: int = 12) -> "pd.DataFrame":
    """List the launches and terminations, as describe-scaling-activities gives them.

    Parameters
    ----------
    scenario : RepairScenario
    rows : int
        Activities to list, from the first.

    Returns
    -------
    pandas.DataFrame
        One row an activity: when, what, and its cause.
    """
    import pandas as pd

    lines = []
    for one in simulate(scenario).run.activities[:rows]:
        at = f"{BEGIN + timedelta(seconds=one.at_s):%Y-%m-%dT%H:%M:%SZ}"
        verb = "Launching a new EC2 instance" if one.launches else "Terminating EC2 instance"
        cause = f"At {at} {cause_text(one, scenario.desired)}"
        lines.append((at, f"{verb}: i-{one.number:04d}", cause))
    return pd.DataFrame(lines, columns=["StartTime", "Description", "Cause"]).set_index("StartTime")
