"""A balance that was measured beside a load: credit left, at the ends of the load's samples."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.model import Trace, TraceError, refusal
from awsnb.trace.read import read_cloudwatch


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
        The balance in the file's unit, NaN where none was measured.

    Raises
    ------
    TraceError
        Where the file can't be read, holds no balance of that name, or none of the load's time.
    """
    balance = _series_of(path, metric)
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


def _series_of(path: str | Path, metric: str) -> Trace:
    try:
        return read_cloudwatch(path, metric)
    except TraceError as problem:
        raise TraceError(f"{problem} Please export {metric} (Average) of one resource.") from None
