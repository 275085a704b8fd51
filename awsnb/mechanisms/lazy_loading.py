"""Blocks that are fetched when they are first read, or by and by in the background.

Reads fall on all blocks alike. The first read of a block fetches it. As long as reads fetch more
than the background rate, they use it up; when they fetch less, the rest of the rate loads other
blocks. So the cold share first falls like exp(-reads t / blocks), and from background / reads on in
a straight line. Mean values of many blocks, in closed form.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["Loading"]


class Loading(NamedTuple):
    """A volume whose blocks are still elsewhere.

    Attributes
    ----------
    blocks : float
        How many there are to be fetched.
    reads : float
        Reads a second, each of one block at random.
    background : float
        Blocks fetched a second at least.
    """

    blocks: float
    reads: float
    background: float

    @property
    def turn_share(self) -> float:
        """The cold share from which on the background fetches more than the reads."""
        return min(self.background / self.reads, 1.0) if self.reads else 1.0

    @property
    def turn_s(self) -> float:
        """When that share is reached, seconds."""
        if not self.turn_share:
            return math.inf
        return self.blocks / self.reads * -math.log(self.turn_share) if self.turn_share < 1 else 0.0

    @property
    def warm_s(self) -> float:
        """When the last block is there, seconds; infinite if nothing fetches it for sure."""
        if not self.blocks:
            return 0.0
        if not self.background:
            return math.inf
        return self.turn_s + self.turn_share * self.blocks / self.background

    @property
    def slow_reads(self) -> float:
        """Reads that have to wait for their block, in all."""
        if not self.background:
            return self.blocks if self.reads else 0.0
        waited_s = self.turn_share**2 * self.blocks / (2 * self.background)
        return self.blocks * (1 - self.turn_share) + self.reads * waited_s

    def cold_share(self, time_s: ArrayLike) -> NDArray[np.float64]:
        """Return the share of the blocks, and so of the reads, that is still cold.

        Parameters
        ----------
        time_s : array_like of float
            Seconds since the volume was made.

        Returns
        -------
        numpy.ndarray
            0 to 1, as many as times.
        """
        time_s = np.asarray(time_s, dtype=np.float64)
        if not self.blocks:
            return np.zeros_like(time_s)
        with np.errstate(over="ignore"):  # of a block's smallest part all is read at once
            return self._cold_share(time_s)

    def _cold_share(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        by_reads = np.exp(-self.reads * time_s / self.blocks)
        if math.isinf(self.turn_s):
            return by_reads
        later = self.turn_share - self.background * (time_s - self.turn_s) / self.blocks
        return np.where(time_s < self.turn_s, by_reads, np.maximum(later, 0.0))
