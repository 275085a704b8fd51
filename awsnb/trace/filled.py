"""What the values themselves tell: a counter that only rises, a total that is repeated."""

import numpy as np

from awsnb.trace.series import Floats

COUNTS = 10  # rises in a row that are a counter's rather than chance
HARDLY = 0.01  # rise over a file, as a share, that no load has for so long without a fall
RUNS = 6  # values in a row, all repeated as often, that are a tool's doing
DISTINCT = 0.5  # share of them that are not the same again, as steps of a made-up load are


def counts_on(value: Floats) -> bool:
    """Say whether every value is above the one before, as a counter's are."""
    held = value[np.isfinite(value)]
    return held.size > COUNTS and bool((np.diff(held) > 0).all())


def hardly_rises(value: Floats) -> bool:
    """Say whether values rise by a small share of what they are."""
    low, high = np.nanmin(value), np.nanmax(value)
    return bool(high - low < HARDLY * high)


def filled_every(value: Floats) -> int:
    """How often each value is repeated, where a longer period was put on a finer grid; else 0.

    Examples
    --------
    >>> filled_every(np.repeat([3.0, 5, 4, 6, 2, 7, 1, 8], 5)), filled_every(np.array([3.0, 3, 5]))
    (5, 0)
    """
    ends = np.flatnonzero(np.append(value[1:] != value[:-1], True))
    lengths = np.diff(ends)[:-1]  # without the first run and the last, which may be cut
    if lengths.size < RUNS or np.unique(value[ends]).size < DISTINCT * ends.size:
        return 0
    every = int(np.gcd.reduce(lengths))
    return every if every > 1 else 0
