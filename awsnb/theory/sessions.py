"""Sessions placed on targets at random, as balls in bins: how unevenly they lie."""

from math import exp, lgamma, log, sqrt

import numpy as np


def load_cv(targets: int, sessions: float, weight_cv: float) -> float:
    """How uneven the load of a target is, sessions being placed at random. Exact.

    Standard deviation by the mean, for a fixed number of sessions: each weighs w, and lands here
    with probability 1 / n, so that the variance of the sum is N (E[w^2] / n - E[w]^2 / n^2).

    Parameters
    ----------
    targets : int
        Bins, n.
    sessions : float
        Balls, N.
    weight_cv : float
        Standard deviation of a session's weight, by its mean.

    Returns
    -------
    float

    Examples
    --------
    >>> load_cv(4, 300, 0.0)
    0.1
    """
    return sqrt((targets * (1 + weight_cv**2) - 1) / sessions)


def most_sessions(targets: int, sessions: int) -> float:
    """Sessions on the fullest target, on average, each being placed at random. Exact.

    Bins of a multinomial are Poisson variables given their sum: so the chance that none holds more
    than m is a convolution of cut Poisson distributions (Feller, volume 1, section II.5).

    Parameters
    ----------
    targets, sessions : int
        Bins and balls.

    Returns
    -------
    float

    Examples
    --------
    >>> most_sessions(2, 2)  # both on one in half of the cases
    1.5
    """
    mean = sessions / targets
    poisson = np.array([exp(k * log(mean) - mean - lgamma(k + 1)) for k in range(sessions + 1)])
    whole = exp(sessions * log(sessions) - sessions - lgamma(sessions + 1))
    within = [_sum_at(poisson[: most + 1], targets, sessions) / whole for most in range(sessions)]
    return float(round(sum(1 - chance for chance in within), 9))


def _sum_at(part: np.ndarray, count: int, total: int) -> float:
    """Chance that `count` such variables come to `total`."""
    joint = np.ones(1)
    for _ in range(count):
        joint = np.convolve(joint, part)[: total + 1]
    return float(joint[total]) if joint.size > total else 0.0
