"""Percentiles of a run too large to keep."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.mechanisms.queueing.outcome import PERCENTILES

Array = NDArray[np.float64]

_FIRST_BIN = int(np.float64(2.0**-30).view(np.int64)) >> 46


class Histogram:
    """Counts of times in bins 1.6 % wide, of a run too large to keep.

    Between 1 ns and some 500 years; what is outside counts at the ends.

    Examples
    --------
    >>> histogram = Histogram()
    >>> histogram.add(np.array([0.1, 0.2, 0.4]))
    >>> histogram.percentiles([50]).round(2).tolist()
    [0.2]
    """

    def __init__(self) -> None:
        self.counts = np.zeros(4096, np.int64)

    def add(self, seconds: Array) -> None:
        """Count these times too."""
        # a float's bits hold its power of 2, then its fraction: 64 equal bins from power to power
        bins = (np.ascontiguousarray(seconds, np.float64).view(np.int64) >> 46) - _FIRST_BIN
        self.counts += np.bincount(np.clip(bins, 0, self.counts.size - 1), minlength=4096)

    def percentiles(self, q: ArrayLike = PERCENTILES) -> Array:
        """Percentiles, s: the middle of the bin that each is in."""
        total = np.cumsum(self.counts)
        bins = np.searchsorted(total, np.maximum(np.asarray(q) / 100 * total[-1], 1))
        return ((bins + _FIRST_BIN << 46) + (1 << 45)).view(np.float64)
