"""Replication: writes at risk in a crash, backlog, and what replicas can serve."""

import numpy as np
from numpy.typing import ArrayLike, NDArray


def loss_window_s(every_s: float, takes_s: float = 0.0) -> tuple[float, float]:
    """How far back acknowledged writes are lost in a crash, on average and at worst, s.

    For writes that are made safe every `every_s`, which takes `takes_s`.

    Parameters
    ----------
    every_s : float
        From one time that writes are made safe to the next, s.
    takes_s : float
        How long that takes, s.

    Returns
    -------
    mean_s, worst_s : float
        In seconds.

    Examples
    --------
    >>> loss_window_s(1.0)
    (0.5, 1.0)
    """
    return every_s / 2 + takes_s, every_s + takes_s


def on_off_backlog_tail(
    backlog: ArrayLike, rate_per_s: float, replay_per_s: float, on_s: float, off_s: float
) -> NDArray[np.float64]:
    """Share of time in which more than a backlog waits, of bursts at random. Exact.

    The source is on for exponential times of mean `on_s`, when it produces `rate_per_s`, more than
    is replayed, and off for `off_s`. Anick, Mitra and Sondhi (1982), for one source.

    Parameters
    ----------
    backlog : array_like of float
        In the unit of what is produced.
    rate_per_s : float
        Produced per second while on.
    replay_per_s : float
        Replayed per second, between the mean and the peak production.
    on_s : float
        Mean, s.
    off_s : float
        Mean, s.

    Returns
    -------
    ndarray of float, of the shape of `backlog`
        0 to 1.

    Raises
    ------
    ValueError
        If replay is not above the mean and below the peak production.

    Examples
    --------
    >>> float(on_off_backlog_tail(0, rate_per_s=2, replay_per_s=1, on_s=1, off_s=3))
    0.5
    """
    load = rate_per_s * on_s / (on_s + off_s) / replay_per_s
    if not load < 1 < rate_per_s / replay_per_s:
        raise ValueError("replay_per_s must be above the mean and below the peak production.")
    decay = 1 / (on_s * (rate_per_s - replay_per_s)) - 1 / (off_s * replay_per_s)
    return load * np.exp(-decay * np.asarray(backlog, dtype=np.float64))


def read_capacity(replicas: int, writes: float, replay_cost: float, read_cost: float) -> float:
    """Reads per second that replicas serve which must also replay every write.

    Each has one unit of work per second; a write costs `replay_cost` of it on every replica, a
    read `read_cost` on one. Replicas add reads, never room for writes.

    Parameters
    ----------
    replicas : int
        How many serve reads.
    writes : float
        Per second.
    replay_cost : float
        Seconds of work a write.
    read_cost : float
        Seconds of work a read, above 0.

    Returns
    -------
    float
        Reads per second.

    Examples
    --------
    >>> read_capacity(3, writes=500, replay_cost=0.001, read_cost=0.0005)
    3000.0
    """
    return replicas * max(0.0, 1 - writes * replay_cost) / read_cost
