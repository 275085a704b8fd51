"""What a metric showed from time to time: free space, open connections, lag, a balance.

A section that wants one gets it in CloudWatch's own unit, or a refusal. As for loads, what is
known by another name is refused, and what is unknown is never guessed.
"""

from dataclasses import replace
from pathlib import Path

import numpy as np

from awsnb.trace.cells import shown
from awsnb.trace.metrics import KINDS, Metric, known
from awsnb.trace.model import Trace, TraceError, refusal
from awsnb.trace.read import read_cloudwatch
from awsnb.trace.series import Floats
from awsnb.trace.units import unit_of

ADDED_UP = ("Sum", "SampleCount")
LEAST_BYTES = 1e5  # of a level that is not 0: less is in another unit than bytes
LEAST_FREE_BYTES = 1e8  # of free storage, which has gigabytes: less may be megabytes
MOST_PERCENT = 100.5


def read_level(path: str | Path, metric: str, chosen: str = "", *, low: float = 0.0) -> Trace:
    """Read a level in the unit that CloudWatch gives it.

    Parameters
    ----------
    path : str or Path
        A CloudWatch export that holds the metric, alone or beside others.
    metric : str
        The metric's name, such as ``"FreeStorageSpace"``.
    chosen : str, optional
        Which series, where several are of that metric: a label, an Id or a resource.
    low : float, optional
        The least that a value can be, in that unit.

    Returns
    -------
    Trace
        Its values are in the metric's first unit of `data/metrics.csv`.

    Raises
    ------
    TraceError
        Where the file can't be read, or is no such level.
    """
    trace = read_cloudwatch(path, chosen or None, usual=metric)
    return level_of(trace, metric, str(path), low=low)


def level_of(trace: Trace, metric: str, path: str = "", *, low: float = 0.0) -> Trace:
    """Return what was read as a level, as `read_level` does.

    Raises
    ------
    TraceError
        Where it is no such level.
    """
    wanted = known(metric)
    assert wanted is not None
    try:
        _refuse_other(trace, wanted)
        value, notes = trace.value * _scale(trace, wanted), _statistic_note(trace, wanted)
        found = replace(trace, value=value, unit=wanted.units[0], repairs=(*trace.repairs, *notes))
        _refuse_values(trace, found.value, wanted, low)
    except TraceError as problem:
        statistics = [one for one in wanted.statistics if one not in ADDED_UP]
        said = f"{problem}; please export {metric} ({' or '.join(statistics[:2])}) of one resource"
        raise refusal(path or trace.source, said) from None
    return found


def _refuse_other(trace: Trace, wanted: Metric) -> None:
    other = known(trace.metric, trace.namespace)
    if other is None:
        told = " ".join(filter(None, (trace.namespace, trace.metric)))
        but = f", but {shown(told)}" if told else ""
        raise TraceError(
            f"does not say that it is {wanted.metric}{but}: if it is, name the column so"
        )
    if other.metric != wanted.metric:
        raise TraceError(
            f"holds {other.metric}, {KINDS[other.kind]} ({other.measure}){other.elsewhere}"
        )
    if trace.statistic in ADDED_UP:
        raise TraceError(f"holds the {trace.statistic} of {wanted.metric}, which counts samples")
    if trace.statistic and trace.statistic not in wanted.statistics:
        raise TraceError(f"holds the {trace.statistic} of {wanted.metric}, which leaves some out")


def _statistic_note(trace: Trace, wanted: Metric) -> tuple[str, ...]:
    """Say what was read of each period, where it is not what shows the metric best."""
    if trace.statistic in ("", wanted.statistic):
        return ()
    return (f"the {trace.statistic} of each period was read, not the {wanted.statistic}",)


def _scale(trace: Trace, wanted: Metric) -> float:
    """How many of the metric's own unit one of the file's is."""
    own = unit_of(wanted.units[0])
    told = unit_of(trace.unit) if trace.unit else own
    if own is None or told is None or told[:2] != own[:2]:  # what it counts, and whether a rate
        raise TraceError(f"is in {trace.unit}, and {wanted.metric} is in {wanted.units[0]}")
    return told.scale / own.scale


def _refuse_values(trace: Trace, value: Floats, wanted: Metric, low: float) -> None:
    """Refuse values that can't be, and those that must be of another unit."""
    held = value[np.isfinite(value)]
    least, most = held.min(), held.max()
    unit = unit_of(wanted.units[0])
    counts = unit.counts if unit else ""
    if least < low:
        raise TraceError(f"holds {least:g}, below {low:g}, which {wanted.metric} never is")
    if counts == "percent" and most > MOST_PERCENT:
        raise TraceError(f"holds {most:,.4g}, above 100 %")
    if trace.unit:
        return
    if counts == "percent" and 0 < most <= 1 and (held % 1).any():
        raise TraceError(
            f"holds {most:g} at most: if these are fractions of 1, multiply them by 100; if they "
            f"are percent, name the column {wanted.metric} (Percent)"
        )
    least_bytes = LEAST_FREE_BYTES if wanted.measure == "free storage" else LEAST_BYTES
    if counts == "bytes" and 0 < most < least_bytes:
        raise TraceError(
            f"holds {most:,.6g} at most, too few for {wanted.units[0]}: name the unit in the "
            f"header, as in '{wanted.metric} (GB)', or (Bytes) if they are"
        )
