"""A replica that follows: it may fall behind, be read too early, and be promoted too soon.

The log is a fluid. The primary produces it at a rate that is constant within an interval; a stage,
the network or the replay, passes it on as fast as it can, in order. What it can't pass on waits.
The backlog follows from interval to interval by Lindley's recursion; lag is how long ago the
primary wrote what the stage passes on just now. Stages stand in a row: what one passes on is what
the next is offered.

Nothing is drawn at random here: bring the produced log as a pattern, a trace, or a draw.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import allocating_kernel

__all__ = [
    "Replay",
    "replay",
    "stale_share",
]


class Replay(NamedTuple):
    """What a stage did with the log, at the ends of n intervals.

    Attributes
    ----------
    passed : ndarray of float, shape (n,)
        Log passed on within the interval.
    backlog : ndarray of float, shape (n,)
        Log offered and not yet passed on. On failover, behind the network, this is what is lost.
    lag_s : ndarray of float, shape (n,)
        Age of the oldest log that waits, s; 0 where none does.
    delay_s : ndarray of float, shape (n,)
        How long log that is written just now will take to get through, s; ``inf`` if it doesn't
        within the intervals.
    """

    passed: NDArray[np.float64]
    backlog: NDArray[np.float64]
    lag_s: NDArray[np.float64]
    delay_s: NDArray[np.float64]


def replay(duration_s: ArrayLike, produced: ArrayLike, rate_per_s: ArrayLike) -> Replay:
    """Pass a log on at a finite rate.

    Parameters
    ----------
    duration_s : array_like of float, shape (n,)
        Length of each interval, above 0.
    produced : array_like of float, shape (n,)
        Log offered in each interval, at an even rate; any unit.
    rate_per_s : float or array_like of float, shape (n,)
        The most that can be passed on per second, in that unit; 0 while it is interrupted.

    Returns
    -------
    Replay

    Raises
    ------
    ValueError
        If the arrays differ in length or hold what can't be.

    Notes
    -----
    What is produced is passed on or waits: the sums agree to rounding.

    Examples
    --------
    10 s at twice the rate leave 10 s worth of log. What is passed on then was written 5 s ago,
    and what is written then needs 10 s.

    >>> stage = replay([10, 30], [20, 0], 1)
    >>> stage.backlog.tolist(), stage.lag_s.tolist(), float(stage.delay_s[0])
    ([10.0, 0.0], [5.0, 0.0], 10.0)
    """
    duration, offered = np.array(duration_s, np.float64), np.array(produced, np.float64)
    rate = np.asarray(rate_per_s, dtype=np.float64)
    if duration.ndim != 1 or duration.shape != offered.shape:
        raise ValueError(
            f"duration_s and produced must be equally long and one-dimensional, not "
            f"{duration.shape} and {offered.shape}."
        )
    if rate.shape not in ((), duration.shape):
        raise ValueError(f"rate_per_s must be one number or {duration.size}, not {rate.shape}.")
    rate = np.broadcast_to(rate, duration.shape).copy()
    if not (np.all(duration > 0) and np.all(duration < np.inf)):
        raise ValueError("duration_s must be finite and above 0 s everywhere.")
    for name, values in (("produced", offered), ("rate_per_s", rate)):
        if not (np.all(values >= 0) and np.all(values < np.inf)):
            raise ValueError(f"{name} must be finite and 0 or more everywhere.")
    return Replay(*_replay(duration, offered, rate))


def stale_share(delay_s: ArrayLike, written: ArrayLike, after_s: ArrayLike) -> NDArray[np.float64]:
    """Share of writes that a read on the replica misses, by how long after the write it comes.

    Parameters
    ----------
    delay_s : array_like of float, shape (n,)
        How long what was written last in each interval takes to be visible: of `replay`, plus the
        way there.
    written : array_like of float, shape (n,)
        How much was written in each interval. All of an interval counts as its last.
    after_s : array_like of float
        Time from the write to the read.

    Returns
    -------
    ndarray of float, of the shape of `after_s`

    Raises
    ------
    ValueError
        If the arrays differ in length, or nothing is written.

    Examples
    --------
    >>> stale_share([0.0, 2.0, 4.0], [1, 1, 2], [0, 1, 3, 5]).tolist()
    [0.75, 0.75, 0.5, 0.0]
    """
    delay, weight = np.asarray(delay_s, dtype=np.float64), np.asarray(written, dtype=np.float64)
    if delay.shape != weight.shape or delay.ndim != 1 or not weight.sum() > 0:
        raise ValueError("delay_s and written must be equally long, and something be written.")
    order = np.argsort(delay, kind="stable")
    seen = np.concatenate([[0.0], np.cumsum(weight[order])])
    place = np.searchsorted(delay[order], np.asarray(after_s, dtype=np.float64), side="right")
    return 1 - seen[place] / seen[-1]


@allocating_kernel
def _replay(duration, offered, rate):  # type: ignore[no-untyped-def]
    n = duration.size
    passed, backlog, lag, delay = np.empty(n), np.empty(n), np.empty(n), np.empty(n)
    waiting = 0.0
    for i in range(n):
        backlog[i] = max(0.0, waiting + (offered[i] - rate[i] * duration[i]))
        passed[i] = waiting + offered[i] - backlog[i]
        waiting = backlog[i]

    # how old: the place in the log that is passed on now, in the interval `first` of its writing
    first, before, start, until, now = 0, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        until += offered[i]
        now += duration[i]
        place = until - backlog[i]
        while first < i and before + offered[first] <= place:
            before += offered[first]
            start += duration[first]
            first += 1
        lag[i] = 0.0
        if backlog[i] > 0.0:
            share = (place - before) / offered[first] if offered[first] > 0.0 else 0.0
            lag[i] = now - start - duration[first] * min(max(share, 0.0), 1.0)

    # how long: what can be passed on from now on makes up for the backlog in interval `last`
    last, able, end, until, now = -1, 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        until += rate[i] * duration[i]
        now += duration[i]
        while last + 1 < n and (last < i or able < until + backlog[i]):
            last += 1
            able += rate[last] * duration[last]
            end += duration[last]
        over = able - (until + backlog[i])
        delay[i] = np.inf
        if over >= 0.0:
            delay[i] = end - now - (over / rate[last] if over > 0.0 else 0.0)
    return passed, backlog, lag, delay
