"""A group's own instance refreshes, as the command line lists them."""

from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from awsnb.aws.autoscaling.cli_output import Output
from awsnb.scenario import shown

OUTPUT = Output(
    field="refreshes",
    key="InstanceRefreshes",
    how="Save one with: aws autoscaling describe-instance-refreshes --auto-scaling-group-name "
    "NAME.",
)
PREFERENCES = ("MinHealthyPercentage", "MaxHealthyPercentage", "InstanceWarmup")
ENDED = ("Successful", "Failed", "Cancelled", "RollbackSuccessful", "RollbackFailed")


class OwnRefresh(NamedTuple):
    """The newest refresh of a file that came to an end.

    Attributes
    ----------
    took_s : float
        From its start to its end, s.
    status : str
        AWS's word for how it ended.
    complete_pct : int
        How far it came, %.
    preferences : dict of str to int
        Those of `PREFERENCES` that it names.
    ended : int
        Refreshes of the file that came to an end.
    """

    took_s: float
    status: str
    complete_pct: int
    preferences: dict[str, int]
    ended: int


def read_refreshes(path: str) -> OwnRefresh:
    """Read what ``aws autoscaling describe-instance-refreshes`` writes; once, until it changes.

    Parameters
    ----------
    path : str
        A JSON file.

    Returns
    -------
    OwnRefresh

    Raises
    ------
    ScenarioError
        If it is no such file, or holds no refresh that came to an end.
    """
    return _read(*OUTPUT.state(path))


@lru_cache(maxsize=4)
def _read(file: Path, modified_ns: int, size: int) -> OwnRefresh:
    found = [_entry(one, number) for number, one in enumerate(OUTPUT.listed(file).entries, start=1)]
    ended = [one for one in found if one["Status"] in ENDED and "EndTime" in one]
    if not ended:
        raise OUTPUT.refusal(f"no refresh in it came to an end. {OUTPUT.how}")
    times = [(OUTPUT.time(one, "StartTime", _name(one)), i) for i, one in enumerate(ended)]
    entry = ended[max(times)[1]]
    started, end = OUTPUT.span(entry, _name(entry))
    took_s = (end - started).total_seconds()
    kept = entry.get("Preferences")
    kept = kept if isinstance(kept, dict) else {}
    preferences = {name: _number(kept, name, entry) for name in PREFERENCES if name in kept}
    complete = _number(entry, "PercentageComplete", entry) if "PercentageComplete" in entry else 0
    if complete > 100:
        raise OUTPUT.refusal(f"{_name(entry)} has PercentageComplete {complete}, above 100.")
    return OwnRefresh(took_s, entry["Status"], complete, preferences, len(ended))


def _entry(entry: Any, number: int) -> dict[str, Any]:
    if not isinstance(entry, dict) or not isinstance(entry.get("Status"), str):
        raise OUTPUT.refusal(f"refresh {number} has no Status. {OUTPUT.how}")
    return entry


def _name(entry: dict[str, Any]) -> str:
    return f"refresh {shown(entry.get('InstanceRefreshId', 'without an Id'))}"


def _number(found: dict[str, Any], key: str, entry: dict[str, Any]) -> int:
    value = found[key]
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise OUTPUT.refusal(
            f"{_name(entry)} has {key} {shown(value)}; it must be a whole number of 0 or more."
        )
    return value
