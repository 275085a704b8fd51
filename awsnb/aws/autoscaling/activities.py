"""Scaling activities: the words that AWS gives for them, and a history of one's own."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from awsnb.aws.autoscaling.cli_output import Output
from awsnb.aws.autoscaling.defaults import ASG
from awsnb.mechanisms.group import Activity

OUTPUT = Output(
    field="activities",
    key="Activities",
    how="Save one with: aws autoscaling describe-scaling-activities --auto-scaling-group-name "
    "NAME.",
)
_CHANGES = {  # of the number in service, by how AWS begins the description
    "Launching a new EC2 instance": 1,
    "Attaching an existing EC2 instance": 1,
    "Moving EC2 instance out of Standby": 1,
    "Terminating EC2 instance": -1,
    "Detaching EC2 instance": -1,
    "Moving EC2 instance to Standby": -1,
}
_NOT_THERE = ("Failed", "Cancelled")
_CAPACITY = re.compile(r"capacity from (\d+) to \d+")


class Step(NamedTuple):
    """A change of the number of instances in service, by a history of one's own.

    Attributes
    ----------
    at_s : float
        Since the start of the first activity.
    change : int
        1 at the end of a launch, -1 at the start of a termination. An instance that is attached
        or leaves standby counts as a launch, one that is detached or goes there as a termination.
    """

    at_s: float
    change: int


class History(NamedTuple):
    """A group's own history.

    Attributes
    ----------
    steps : tuple of Step
        In order.
    began_with : int or None
        How many instances there were at first, if it says.
    more : bool
        Whether the file leaves out older ones, as ``--max-items`` does.
    """

    steps: tuple[Step, ...]
    began_with: int | None
    more: bool = False


def cause_text(activity: Activity, desired: int) -> str:
    """Say an activity's cause, as a group's activity history does, without its time."""
    said = str(ASG.value("activity", activity.cause))
    if activity.cause == "create":
        return f"{said} {desired}."
    if activity.cause in ("start", "shrink"):
        verb = "increasing" if activity.launches else "shrinking"
        return f"{said}, {verb} the capacity from {activity.before} to {activity.after}."
    return f"{said}."


def read_history(path: str) -> History:
    """Read what ``aws autoscaling describe-scaling-activities`` writes; once, until it changes.

    Parameters
    ----------
    path : str
        A JSON file.

    Returns
    -------
    History
        Launches that failed, and instances in a warm pool, count for nothing.

    Raises
    ------
    ScenarioError
        If it is no such file, or holds no launch or termination.
    """
    return _read(*OUTPUT.state(path))


@lru_cache(maxsize=4)
def _read(file: Path, modified_ns: int, size: int) -> History:
    steps, started, (entries, more) = [], [], OUTPUT.listed(file)
    for number, entry in enumerate(_once(entries), start=1):
        change = _change(entry, number)
        if not change:
            continue
        begin, end = OUTPUT.span(
            entry, f"activity {number}", ends="EndTime" in entry and change > 0
        )
        started.append((begin, str(entry.get("Cause", ""))))
        if change < 0 or "EndTime" in entry:
            steps.append((end, change))
    if not steps:
        raise OUTPUT.refusal(
            f"there is no launch and no termination in it that came to an end. {OUTPUT.how}"
        )
    first, cause = min(started)
    known = _CAPACITY.search(cause)
    counted = tuple(Step((at - first).total_seconds(), change) for at, change in sorted(steps))
    return History(counted, int(known.group(1)) if known else None, more)


def _change(entry: Any, number: int) -> int:
    """Return 1 for a launch, -1 for a termination, 0 for what changes nothing in service."""
    if not isinstance(entry, dict) or not isinstance(entry.get("Description"), str):
        raise OUTPUT.refusal(f"activity {number} has no Description. {OUTPUT.how}")
    said = entry["Description"]
    if "into warm pool" in said or entry.get("StatusCode") in _NOT_THERE:
        return 0
    return next((change for begin, change in _CHANGES.items() if said.startswith(begin)), 0)


def _once(entries: list[Any]) -> list[Any]:
    """Leave out what is listed again, as where two answers were put together."""
    seen: dict[str, Any] = {}
    for number, entry in enumerate(entries):
        key = entry.get("ActivityId") if isinstance(entry, dict) else None
        seen.setdefault(str(number if key is None else key), entry)
    return list(seen.values())
