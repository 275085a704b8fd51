"""What became of each request, and what that adds up to."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]

OK, FAILED, LOST, CUT, REJECTED, NO_TARGET, GIVEN_UP = range(7)
"""Outcomes of a request: served; sent to a dead target; in flight when its target died; cut off at
the end of draining; turned away by a full queue; no target in rotation; no longer waited for by its
client."""

PERCENTILES = (50, 90, 99, 99.9)


class Outcome(NamedTuple):
    """What became of each request (n requests).

    Attributes
    ----------
    arrival_s, start_s, end_s : ndarray of float, shape (n,)
        When it came, when its service started, when it departed, however it did; s.
    target : ndarray of int, shape (n,)
        Position in the list of targets, -1 for none.
    status : ndarray of int, shape (n,)
        `OK`, `FAILED`, `LOST`, `CUT`, `REJECTED`, `NO_TARGET` or `GIVEN_UP`.
    """

    arrival_s: Array
    start_s: Array
    end_s: Array
    target: NDArray[np.int16]
    status: NDArray[np.int8]

    def part(self, of: slice) -> "Outcome":
        """Those of some of the requests."""
        arrival, start, end, target, status = self
        return Outcome(arrival[of], start[of], end[of], target[of], status[of])

    @property
    def sojourn_s(self) -> Array:
        """From arrival to departure, s."""
        return self.end_s - self.arrival_s

    @property
    def wait_s(self) -> Array:
        """From arrival to the start of service, s."""
        return self.start_s - self.arrival_s


def percentiles(seconds: ArrayLike, q: ArrayLike = PERCENTILES) -> Array:
    """Percentiles: the least of the times that at least q % of them do not exceed.

    Parameters
    ----------
    seconds : array_like of float, shape (n,)
        In any order, s.
    q : array_like of float, shape (p,)
        0 to 100.

    Returns
    -------
    ndarray of float, shape (p,)
        In seconds; NaN where there are no times.

    Examples
    --------
    >>> percentiles([1.0, 2.0, 3.0, 4.0], [50, 99]).tolist()
    [2.0, 4.0]
    """
    found = np.asarray(seconds, dtype=np.float64)
    rank = np.asarray(q, dtype=np.float64) / 100
    if not found.size:
        return np.full(rank.shape, np.nan)
    return np.asarray(np.quantile(found, rank, method="inverted_cdf"))


def percentiles_over_time(
    arrival_s: Array, seconds: Array, edge_s: ArrayLike, q: ArrayLike = PERCENTILES
) -> Array:
    """Percentiles of the requests that arrive between each two edges.

    Parameters
    ----------
    arrival_s, seconds : ndarray of float, shape (n,)
        In order of arrival; s.
    edge_s : array_like of float, shape (m + 1,)
    q : array_like of float, shape (p,)

    Returns
    -------
    ndarray of float, shape (m, p)
        NaN where nothing arrived.
    """
    cut = np.searchsorted(arrival_s, edge_s)
    return np.array([percentiles(seconds[a:b], q) for a, b in pairwise(cut)])
