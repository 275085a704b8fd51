"""What becomes of credit after the load's end: where it still falls, the fall is extrapolated."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["Fall", "fall_of"]

DAY_S = 86_400.0
ROUNDING = 1e-9  # of a bucket: less is no fall
TURN = 0.25  # of the stretch that is looked at: credit that rose for longer falls no more
MOST = 0.5  # of the load: credit that fell for longer is taken to go on falling


class Fall(NamedTuple):
    """Credit that still falls when the load ends.

    Attributes
    ----------
    empty_after_s : float
        Seconds from the load's end until it is empty, at the rate of its last `lately_s`.
    lately_s : float
        Over how long the rate was taken: half of the time since credit last stood highest, in
        whole days where it is longer than one, as loads have days.
    goes_dry : bool
        Whether it is empty if the load goes on for as long as credit has fallen by now; always, if
        it has fallen for most of the load, for then nothing shows that it comes back.
    """

    empty_after_s: float
    lately_s: float
    goes_dry: bool


def fall_of(
    start: float, level: NDArray[np.float64], duration_s: NDArray[np.float64], capacity: float
) -> Fall | None:
    """Extrapolate credit that still falls.

    Parameters
    ----------
    start : float
        Credit before the first segment.
    level, duration_s : ndarray of float, shape (n,)
        Credit after each segment, and the segment's length.
    capacity : float
        What the bucket holds at most, in the unit of `level`.

    Returns
    -------
    Fall or None
        None if the credit doesn't fall.
    """
    before_end_s = np.concatenate((np.cumsum(duration_s[::-1])[::-1], [0.0]))
    level = np.concatenate(([start], level))
    highest = level.size - 1 - int(level[::-1].argmax())
    falling_s, least = float(before_end_s[highest]), ROUNDING * capacity
    since = level[highest:]
    lowest = highest + int((since <= since.min() + least).argmax())
    lately_s = _whole_days(falling_s / 2)
    fallen = float(np.interp(-lately_s, -before_end_s, level) - level[-1])
    turned_s = DAY_S if lately_s >= DAY_S else TURN * lately_s
    if fallen <= least or before_end_s[lowest] > turned_s:
        return None
    empty_after_s = float(level[-1]) * lately_s / fallen
    goes_dry = empty_after_s <= falling_s or falling_s >= MOST * before_end_s[0]
    return Fall(empty_after_s, lately_s, bool(goes_dry))


def _whole_days(length_s: float) -> float:
    return length_s if length_s < DAY_S else length_s // DAY_S * DAY_S
