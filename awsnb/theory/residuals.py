"""Residual lives: how much longer lasts what is under way at a random moment.

A random moment falls into a long life more often than into a short one. So what is under way is
length-biased, and its residual life has the equilibrium distribution: the chance that it exceeds t
is the mean of (X - t)+ divided by the mean of X (Cox, *Renewal Theory*, 1962, chapter 5).
"""

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


def equal_residual_tail(seconds: ArrayLike, mean_s: float) -> Array:
    """Chance that the residual of lives that are all alike is longer.

    Parameters
    ----------
    seconds : array_like of float
        0 or more, s.
    mean_s : float
        The life, s.

    Returns
    -------
    ndarray of float
        0 to 1, as many as `seconds`.

    Examples
    --------
    >>> equal_residual_tail([0.0, 0.5, 2.0], mean_s=1.0).tolist()
    [1.0, 0.5, 0.0]
    """
    return np.maximum(1 - np.asarray(seconds, dtype=np.float64) / mean_s, 0.0)


def exponential_residual_tail(seconds: ArrayLike, mean_s: float) -> Array:
    """Chance that the residual of an exponential life is longer: as that of the whole life.

    Parameters
    ----------
    seconds : array_like of float
        0 or more, s.
    mean_s : float
        Mean life, s.

    Returns
    -------
    ndarray of float
        0 to 1, as many as `seconds`.

    Examples
    --------
    >>> exponential_residual_tail([0.0, 1.0], mean_s=1.0).round(3).tolist()
    [1.0, 0.368]
    """
    return np.exp(-np.asarray(seconds, dtype=np.float64) / mean_s)


def lognormal_residual_tail(seconds: ArrayLike, mean_s: float, cv: float) -> Array:
    """Chance that the residual of a lognormal life is longer.

    Parameters
    ----------
    seconds : array_like of float
        0 or more, s.
    mean_s : float
        Mean life, s.
    cv : float
        Standard deviation / mean, above 0.

    Returns
    -------
    ndarray of float
        0 to 1, as many as `seconds`.

    Examples
    --------
    >>> lognormal_residual_tail([0.0, 1.0], mean_s=1.0, cv=1.0).round(3).tolist()
    [1.0, 0.323]
    """
    above, biased = _above(seconds, mean_s, cv), _above(seconds, mean_s * (1 + cv**2), cv)
    return np.maximum(biased - np.asarray(seconds, dtype=np.float64) / mean_s * above, 0.0)


def lognormal_tail(seconds: ArrayLike, mean_s: float, cv: float) -> Array:
    """Chance that a whole lognormal life is longer.

    Parameters
    ----------
    seconds : array_like of float
        0 or more, s.
    mean_s : float
        Mean life, s.
    cv : float
        Standard deviation / mean, above 0.

    Returns
    -------
    ndarray of float
        0 to 1, as many as `seconds`.
    """
    return _above(seconds, mean_s, cv)


def pareto_residual_tail(seconds: ArrayLike, mean_s: float, shape: float) -> Array:
    """Chance that the residual of a Pareto life is longer: it falls as t^(1 - shape) alone.

    Parameters
    ----------
    seconds : array_like of float
        0 or more, s.
    mean_s : float
        Mean life, s.
    shape : float
        Above 1.

    Returns
    -------
    ndarray of float
        0 to 1, as many as `seconds`.

    Examples
    --------
    >>> pareto_residual_tail([0.0, 100.0], mean_s=1.0, shape=1.5).round(4).tolist()
    [1.0, 0.0385]
    """
    after, least = np.asarray(seconds, dtype=np.float64), mean_s * (shape - 1) / shape
    beyond = (least / np.maximum(after, least)) ** (shape - 1) / shape
    return np.where(after < least, 1 - after / mean_s, beyond)


def sample_residual_tail(seconds: ArrayLike, life_s: ArrayLike) -> Array:
    """Chance that the residual of lives as in a sample is longer.

    Parameters
    ----------
    seconds : array_like of float
        0 or more, s.
    life_s : array_like of float, shape (n,)
        The sample, above 0, s.

    Returns
    -------
    ndarray of float
        0 to 1, as many as `seconds`.

    Examples
    --------
    >>> sample_residual_tail([0.0, 1.0, 9.0], life_s=[1.0, 1.0, 8.0]).tolist()
    [1.0, 0.7, 0.0]
    """
    after, lives = np.asarray(seconds, dtype=np.float64), np.sort(np.asarray(life_s, np.float64))
    above = np.concatenate((np.cumsum(lives[::-1])[::-1], [0.0]))  # sum of the lives from i on
    first = np.searchsorted(lives, after, side="right")
    tail = (above[first] - after * (lives.size - first)) / above[0]
    return np.clip(tail, 0.0, 1.0)


def _above(seconds: ArrayLike, mean_s: float, cv: float) -> Array:
    """Chance that a lognormal life of this mean is longer than so many seconds."""
    after, log_variance = np.asarray(seconds, dtype=np.float64), math.log1p(cv**2)
    with np.errstate(divide="ignore"):
        score = (np.log(after / mean_s) + log_variance / 2) / math.sqrt(log_variance)
    return _normal_tail(score)


def _normal_tail(score: Array) -> Array:
    return np.array([math.erfc(one / math.sqrt(2)) / 2 for one in score.ravel()]).reshape(
        score.shape
    )
