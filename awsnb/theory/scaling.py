"""Scaling: where target tracking rests, how soon it acts, and when it swings."""

import math


def instances_needed(load_per_s: float, capacity_per_s: float, target: float) -> int:
    """Fewest instances whose utilisation is not above the target, in %.

    Where target tracking comes to rest after scaling out.

    Parameters
    ----------
    load_per_s : float
        Work that arrives per second.
    capacity_per_s : float
        Work an instance can do per second.
    target : float
        Utilisation, %.

    Returns
    -------
    int
        Instances.

    Examples
    --------
    >>> instances_needed(load_per_s=600, capacity_per_s=100, target=50)
    12
    """
    return math.ceil(100 * load_per_s / (capacity_per_s * target) - 1e-9)


def idle_band(instances: int, target: float, low: float) -> tuple[float, float]:
    """Loads, in instances kept busy, at which target tracking leaves the group as it is.

    Between the threshold that scales in and the target, both in %.

    Parameters
    ----------
    instances : int
        In service.
    target : float
        Utilisation, %.
    low : float
        Utilisation below which it scales in, %.

    Returns
    -------
    low, high : float
        In instances kept busy.

    Examples
    --------
    >>> idle_band(10, target=50, low=35)
    (3.5, 5.0)
    """
    return instances * low / 100, instances * target / 100


def scale_out_s(
    datapoints: int, period_s: float, boot_s: float, delay_s: float = 0.0, into_s: float = 0.0
) -> float:
    """How long after a jump of the load the new instances serve, s.

    The alarm needs whole periods above its threshold, their last datapoint takes `delay_s`, then
    instances boot. A jump `into_s` after a period's start that leaves that period's mean below the
    threshold wastes the rest of it.

    Parameters
    ----------
    datapoints : int
        That the alarm needs.
    period_s : float
        Of the metric, s.
    boot_s : float
        From launch until an instance serves, s.
    delay_s : float
        From a period's end until its datapoint is seen, s.
    into_s : float
        How far into a period the jump falls, s; 0 is its start.

    Returns
    -------
    float
        In seconds.

    Examples
    --------
    >>> scale_out_s(3, 60, boot_s=90)
    270.0
    >>> scale_out_s(3, 300, boot_s=90.0, delay_s=60, into_s=200)
    1150.0
    """
    return (-into_s % period_s) + datapoints * period_s + delay_s + boot_s


def scale_out_rounds(instances: int, needed: int, target: float) -> int:
    """How often target tracking scales out until as many are there, from a saturated group.

    At 100 % the metric no longer tells how much is missing, so that each round asks for no more
    than 100 / target times as many instances, rounded up; the next one waits until they are warm.

    Parameters
    ----------
    instances : int
        At first, 1 or more.
    needed : int
        In the end.
    target : float
        Utilisation, above 0 and below 100 %.

    Returns
    -------
    int
        Rounds.

    Raises
    ------
    ValueError
        If there is no instance, or the target is not above 0 and below 100 %.

    Examples
    --------
    >>> scale_out_rounds(1, 3, target=40), scale_out_rounds(2, 40, target=50)
    (1, 5)
    """
    if not (instances >= 1 and 0 < target < 100):
        raise ValueError("scale_out_rounds needs instances >= 1, and a target below 100 %.")
    rounds = 0
    while instances < needed:
        instances, rounds = math.ceil(instances * 100 / target - 1e-9), rounds + 1
    return rounds


def stable_gain(delay_periods: int) -> float:
    """Largest gain at which a delayed integrator settles: x[k+1] = x[k] - gain * x[k-delay].

    2 sin(pi / (2 (2 delay + 1))): Levin and May (1976), for the delayed logistic map about its
    fixed point.

    Target tracking near its target is such a loop of gain 1 in the logarithm of the capacity, if it
    acts on one datapoint, in both directions, counts new instances at once and is not rounded. So
    it settles if each datapoint shows the last decision; one that shows it a period late is on the
    edge; later ones make it swing ever wider. Warm-up, and alarms of several datapoints, hold
    decisions back until the metric has caught up: that is what makes the loop stable.

    Parameters
    ----------
    delay_periods : int
        0 or more.

    Returns
    -------
    float
        0 to 2.

    Examples
    --------
    >>> [round(stable_gain(d), 3) for d in range(3)]
    [2.0, 1.0, 0.618]
    """
    return 2 * math.sin(math.pi / (2 * (2 * delay_periods + 1)))
