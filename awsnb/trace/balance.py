"""A balance that was measured beside a load: credit left, at the ends of the load's samples."""

import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.level import level_of
from awsnb.trace.model import Trace, TraceError, refusal
from awsnb.trace.read import metrics_of, read_cloudwatch

ID = re.compile(r"\b(?:i|fs|vol)-[0-9a-f]{8,17}\b")


def read_balance(path: str | Path, metric: str, load: Trace) -> NDArray[np.float64]:
    """Read a balance at the end of each sample of a load.

    Parameters
    ----------
    path : str or Path
        A CloudWatch export that holds the balance, alone or beside other metrics.
    metric : str
        The balance's name, such as ``"CPUCreditBalance"``.
    load : Trace
        The load that spent it.

    Returns
    -------
    ndarray of float, shape (n,)
        The balance in CloudWatch's unit, NaN where none was measured.

    Raises
    ------
    TraceError
        Where the file can't be read, is no balance of that name, or none of the load's time or
        resource.
    """
    balance = _series_of(path, metric)
    _refuse_another(path, balance, load)
    held = np.isfinite(balance.value)
    offset_s = (balance.start - load.start).total_seconds()
    at_s = offset_s + np.cumsum(balance.duration_s)
    ends_s = np.cumsum(load.duration_s)
    found = np.interp(ends_s, at_s[held], balance.value[held], left=np.nan, right=np.nan)
    if not np.isfinite(found).any():
        raise refusal(
            path,
            f"is of {balance.start:%Y-%m-%d} to {balance.end:%Y-%m-%d}, and the load of "
            f"{load.start:%Y-%m-%d} to {load.end:%Y-%m-%d}: export both for the same time",
        )
    return found


def _refuse_another(path: str | Path, balance: Trace, load: Trace) -> None:
    """Refuse the balance of another resource than the load's, where both tell an id."""
    own, other = (set(ID.findall(trace.resource)) for trace in (balance, load))
    if own and other and not own & other:
        raise refusal(
            path,
            f"is of {min(own)}, and the load of {min(other)}: export both of one resource",
        )


def read_balances(
    path: str | Path, metrics: Sequence[str], load: Trace
) -> dict[str, NDArray[np.float64]]:
    """Read those of some balances that a file holds, as `read_balance` does.

    Parameters
    ----------
    path : str or Path
        A CloudWatch export that holds at least one of them, alone or beside other metrics.
    metrics : sequence of str
        The balances' names.
    load : Trace
        The load that spent them.

    Returns
    -------
    dict of str to ndarray, shape (n,)
        By name, in CloudWatch's unit; NaN where none was measured.

    Raises
    ------
    TraceError
        As `read_balance`, and where the file holds none of them.
    """
    held = metrics_of(path)
    found = [metric for metric in metrics if metric.casefold() in held]
    if not found:
        raise refusal(path, f"holds none of {', '.join(metrics)}: export one of them (Average)")
    return {metric: read_balance(path, metric, load) for metric in found}


def _series_of(path: str | Path, metric: str) -> Trace:
    try:
        found = read_cloudwatch(path, metric)
    except TraceError as problem:
        raise TraceError(f"{problem} Please export {metric} (Average) of one resource.") from None
    return level_of(found, metric, str(path))
