"""Instance refresh: how many instances it may take, where it stops, and what it can't replace."""

import math

from awsnb.aws.autoscaling.defaults import ASG

WAIT, IGNORE, REPLACE = HELD = ("Wait", "Ignore", "Replace")
"""What becomes of protected and standby instances; AWS calls the last Refresh, or Terminate."""


def refresh_fact(key: str) -> float:
    """A number that AWS states of an instance refresh."""
    return float(ASG.value("refresh", key))


def bounds(desired: int, min_pct: float, max_pct: float) -> tuple[int, int]:
    """Say how many instances are ready at least, and there at most.

    Parameters
    ----------
    desired : int
        The group's desired capacity.
    min_pct, max_pct : float
        Minimum and maximum healthy percentage.

    Returns
    -------
    floor, ceiling : int
        The minimum rounded up, the maximum down. Where that leaves no room, one instance is
        replaced at a time: launched first at a minimum of 100 %, ended first below it (see
        ``data/autoscaling.csv``, ``refresh,no_room``).

    Examples
    --------
    >>> bounds(10, 80, 100), bounds(10, 90, 120), bounds(10, 100, 100), bounds(4, 90, 100)
    ((8, 10), (9, 12), (10, 11), (3, 4))
    """
    floor, ceiling = math.ceil(desired * min_pct / 100), math.floor(desired * max_pct / 100)
    if ceiling > floor:
        return floor, ceiling
    return (floor, ceiling + 1) if min_pct == 100 else (floor - 1, ceiling)


def stops(desired: int, checkpoints_pct: tuple[int, ...]) -> tuple[int, ...]:
    """Numbers of new instances at which a refresh pauses, and at the last of which it ends.

    Examples
    --------
    Ten instances as AWS's guide has them; of two, the first is 50 %, above two checkpoints:

    >>> stops(10, (20, 50)), stops(2, (10, 40, 100)), stops(3, ())
    ((2, 5), (1, 2), (3,))
    """
    counts = {math.ceil(desired * pct / 100) for pct in checkpoints_pct or (100,)}
    return tuple(sorted(counts))
