"""Fields by which a scenario says how its trace is to be read.

Where a view folds one, it says so: `group` and `advanced`, as `awsnb.scenario.field` takes them.
"""

from typing import Any

from awsnb.scenario import field


def metric(more: str = "; left out, the only one.", **folded: Any) -> Any:
    """Which series of the trace is the load; `more` ends the sentence that says so."""
    return field(
        "",
        label="Metric",
        control=False,
        option=True,
        reads="trace",
        meaning=f"Which series of the trace, by name, Id, label or resource{more}",
        **folded,
    )


def trace_unit(**folded: Any) -> Any:
    """What the trace counts."""
    return field(
        "as the file says",
        label="Unit of the trace",
        control=False,
        reads="trace",
        meaning="What the trace counts, per period or per second, if the file doesn't say.",
        **folded,
    )


def load_factor(low: float = 0.01, high: float = 100) -> Any:
    """By how much the load is larger than the trace or the built-in one."""
    return field(
        1.0,
        label="Load factor",
        unit="x",
        low=low,
        high=high,
        log=True,
        group="Load",
        advanced=True,
        meaning="Multiplies the load: 2 is twice the traffic.",
    )
