"""Token buckets in a row: work is served while every bucket on its way lets it through.

A bucket earns tokens at its baseline rate up to its capacity. While it holds any, work may draw on
it as fast as its burst rate; empty, it lets through just what it earns. Demand is constant within a
segment, so rates change only when a segment ends, a bucket runs empty, or the backlog drains or
fills: the kernel steps from one such event to the next, exactly. Its cost follows the number of
events, never the number of seconds.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import allocating_kernel

__all__ = [
    "NOT_THROTTLED",
    "Bucket",
    "Service",
    "serve",
]

NOT_THROTTLED = -1


class Bucket(NamedTuple):
    """One limit on the way. Rates are in tokens per second.

    `cost` is the tokens a unit of work takes. A bucket of capacity 0 is a plain cap at `baseline`.
    """

    cost: float
    baseline: float
    burst: float
    capacity: float
    level: float


class Service(NamedTuple):
    """What was served, per segment of the demand (n segments, k buckets).

    Attributes
    ----------
    served, lost : ndarray of float, shape (n,)
        Work done and work turned away in the segment.
    backlog : ndarray of float, shape (n,)
        Work waiting at the segment's end.
    waiting : ndarray of float, shape (n,)
        Integral of the backlog over the segment: work x seconds.
    throttled_s : ndarray of float, shape (n,)
        Seconds in which work waited or was turned away.
    level : ndarray of float, shape (n, k)
        Tokens held at the segment's end.
    limiter : ndarray of int, shape (n,)
        What held the work back last: bucket i empty is i, bucket i at its burst rate is k + i,
        `NOT_THROTTLED` is nothing.
    overflow : ndarray of float, shape (k,)
        Tokens earned in vain, by a full bucket, over all segments.
    """

    served: NDArray[np.float64]
    lost: NDArray[np.float64]
    backlog: NDArray[np.float64]
    waiting: NDArray[np.float64]
    throttled_s: NDArray[np.float64]
    level: NDArray[np.float64]
    limiter: NDArray[np.int16]
    overflow: NDArray[np.float64]

    @property
    def longest(self) -> tuple[int, bool]:
        """The bucket that held work back for the longest, and whether at its burst rate."""
        held, buckets = self.limiter >= 0, self.level.shape[1]
        seconds = np.bincount(self.limiter[held], self.throttled_s[held], minlength=2 * buckets)
        at_burst, index = divmod(int(seconds.argmax()), buckets)
        return index, bool(at_burst)


def serve(
    duration_s: ArrayLike,
    demand_per_s: ArrayLike,
    buckets: list[Bucket],
    backlog_limit: float = np.inf,
) -> Service:
    """Serve piecewise-constant demand through a row of token buckets.

    Parameters
    ----------
    duration_s, demand_per_s : array_like of float, shape (n,)
        Length of each segment, above 0, and the work that arrives in it per second, 0 or more.
    buckets : list of Bucket
        The limits, in any order; all bind at once. At least one.
    backlog_limit : float
        Work that may wait: ``inf`` queues all of it (an open loop), 0 turns away what can't be
        served at once, N stops a closed loop of N workers.

    Returns
    -------
    Service

    Raises
    ------
    ValueError
        If the arrays differ in length or hold what can't be, or a bucket does.

    Notes
    -----
    Of each bucket, tokens earned = cost x served + overflow + change of level; of the work, offered
    = served + lost + change of backlog. Both hold to rounding.

    Examples
    --------
    A full bucket of 5,400,000 credits, drained at 3,000 a second, refilled at 300, lasts 2,000 s:

    >>> gp2_100_gib = Bucket(cost=1, baseline=300, burst=3000, capacity=5.4e6, level=5.4e6)
    >>> service = serve([3600], [3000], [gp2_100_gib])
    >>> float(service.throttled_s[0])
    1600.0
    """
    duration, demand = _read_only(duration_s), _read_only(demand_per_s)
    table = np.array(buckets, dtype=np.float64)
    _check(duration, demand, table, backlog_limit)
    cost, baseline, burst, capacity, level = table.T.copy()
    out, limiter, overflow = _serve(
        duration, demand, cost, baseline, burst, capacity, level, float(backlog_limit)
    )
    served, lost, backlog, waiting, throttled_s = out[:5]
    return Service(served, lost, backlog, waiting, throttled_s, out[5:].T, limiter, overflow)


def _read_only(values: ArrayLike) -> NDArray[np.float64]:
    """See the values as float64 that can't be written: one type, so that one compilation serves."""
    array = np.ascontiguousarray(values, dtype=np.float64).view()
    array.flags.writeable = False
    return array


def _check(duration: NDArray, demand: NDArray, table: NDArray, backlog_limit: float) -> None:
    if duration.ndim != 1 or duration.shape != demand.shape:
        raise ValueError(
            f"duration_s and demand_per_s must be equally long and one-dimensional, "
            f"not {duration.shape} and {demand.shape}."
        )
    if duration.size and not (duration.min() > 0 and duration.max() < np.inf):  # NaN is neither
        raise ValueError("duration_s must be finite and above 0 s everywhere.")
    if demand.size and not (demand.min() >= 0 and demand.max() < np.inf):
        raise ValueError("demand_per_s must be finite and 0 or more everywhere.")
    if not backlog_limit >= 0:
        raise ValueError(f"backlog_limit = {backlog_limit}: must be 0 or more.")
    if table.ndim != 2 or table.shape[1] != 5 or not np.isfinite(table).all():
        raise ValueError("buckets must be a list of at least one Bucket of finite numbers.")
    cost, baseline, burst, capacity, level = table.T
    if not (np.all(cost > 0) and np.all(baseline > 0) and np.all(burst >= baseline)):
        raise ValueError("each bucket needs cost > 0, baseline > 0 and burst >= baseline.")
    if not np.all((level >= 0) & (level <= capacity)):
        raise ValueError("each bucket needs 0 <= level <= capacity.")


@allocating_kernel
def _serve(duration, demand, cost, baseline, burst, capacity, level, backlog_limit):  # type: ignore[no-untyped-def]
    n, k = duration.size, cost.size
    # one block, every element written: memory that is touched first costs more than the arithmetic
    out, limiter, overflow = np.empty((5 + k, n)), np.empty(n, np.int16), np.zeros(k)
    earning, bursting, gain = np.empty(k), np.empty(k), np.empty(k)
    never_held = np.inf
    for j in range(k):
        earning[j], bursting[j] = baseline[j] / cost[j], burst[j] / cost[j]
        never_held = min(never_held, earning[j])
    x, queue = level.copy(), 0.0

    for i in range(n):
        left, arriving = duration[i], demand[i]
        served = lost = waiting = throttled = 0.0
        limit = NOT_THROTTLED
        while left > 0.0:
            # what is let through: all there is, or what the tightest bucket allows
            rate, binding = np.inf if queue > 0.0 else arriving, -1
            if rate > never_held:  # below it no level matters: the processor needn't wait for x
                for j in range(k):
                    let = bursting[j] if x[j] > 0.0 else earning[j]
                    if let < rate:
                        rate, binding = let, j

            # time to the next event: the segment's end, an empty bucket, an empty or a full queue
            step, event = left, -1
            for j in range(k):
                gain[j] = baseline[j] - rate * cost[j]
                if x[j] <= 0.0 and (j == binding or gain[j] < 0.0):
                    gain[j] = 0.0
                elif x[j] + gain[j] * step < 0.0:
                    step, event = x[j] / -gain[j], j
            if binding >= 0:
                growth, turned_away = arriving - rate, 0.0
                if growth > 0.0 and queue >= backlog_limit:
                    growth, turned_away = 0.0, growth
                elif queue + growth * step < 0.0:
                    step, event = queue / -growth, k
                elif queue + growth * step > backlog_limit:
                    step, event = (backlog_limit - queue) / growth, k + 1
                after = queue + growth * step
                if event == k:
                    after = 0.0
                elif event == k + 1:
                    after = backlog_limit
                limit = binding if x[binding] <= 0.0 else k + binding
                lost += turned_away * step
                waiting += 0.5 * (queue + after) * step
                throttled += step
                queue = after

            # go there
            for j in range(k):
                tokens = x[j] + gain[j] * step
                overflow[j] += max(tokens - capacity[j], 0.0)
                x[j] = min(max(tokens, 0.0), capacity[j])
            if 0 <= event < k:
                x[event] = 0.0
            served += rate * step
            left -= step

        out[0, i] = served
        out[1, i] = lost
        out[2, i] = queue
        out[3, i] = waiting
        out[4, i] = throttled
        limiter[i] = limit
        for j in range(k):
            out[5 + j, i] = x[j]
    return out, limiter, overflow
