"""Flows in a table of their load balancer: kept while packets come, forgotten after a silence.

Packets of a flow are a Poisson process: its pauses are exponential. A keep-alive packet comes
after so long a pause. All draws are exact, and no packet in a busy stretch is drawn.
"""

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

__all__ = ["expiry", "next_packet", "spread"]


def expiry(
    start_s: Floats, end_s: Floats, pause_s: float, timeout_s: float, rng: np.random.Generator
) -> Floats:
    """Draw when each flow is forgotten: once no packet has come for `timeout_s`.

    From the last packet that is known of, the next `timeout_s` are looked at together. Going back
    from their end, the nearest packet is an exponential pause away; if that lies in a part that
    is known to be silent, there was none. So a flow takes some draws for each timeout that it
    lasts, however many packets it has.

    Parameters
    ----------
    start_s, end_s : ndarray of float, shape (n,)
        First packet of each flow, and when it ends by itself, s.
    pause_s : float
        Mean pause between packets, s.
    timeout_s : float
        Longest silence after which the flow is still known, s.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (n,)
        Seconds; infinite for a flow that ends by itself.

    Notes
    -----
    In an endless flow the mean time to its expiry is ``pause_s * (exp(timeout_s / pause_s) - 1)``,
    the wait for a run without arrivals in a Poisson process (Feller, An Introduction to
    Probability Theory, volume 1, chapter XIII, gives it for coins).
    """
    expires = np.full(start_s.size, np.inf)
    flow = np.flatnonzero(start_s + timeout_s < end_s)
    last, silent_until, end = start_s[flow], start_s[flow], end_s[flow]
    while flow.size:
        until = last + timeout_s
        back = rng.exponential(pause_s, flow.size)
        forgotten = back > until - silent_until
        expires[flow[forgotten]] = until[forgotten]
        last = until - back
        on = ~forgotten & (last + timeout_s < end)
        flow, last, silent_until, end = flow[on], last[on], until[on], end[on]
    return expires


def next_packet(
    at_s: Floats, pause_s: float, keep_alive_s: float, rng: np.random.Generator
) -> Floats:
    """Draw each flow's first packet after a moment that knows nothing of it.

    Parameters
    ----------
    at_s : ndarray of float, shape (n,)
        The moments, s.
    pause_s : float
        Mean pause between packets without keep-alive, s.
    keep_alive_s : float
        Pause after which a keep-alive packet comes, s; infinite for none.
    rng : numpy.random.Generator

    Returns
    -------
    ndarray of float, shape (n,)
        Seconds. The wait is the equilibrium residual of a pause that is cut off at
        `keep_alive_s`: exponential, below `keep_alive_s`.
    """
    reached = -np.expm1(-keep_alive_s / pause_s)
    return at_s - pause_s * np.log1p(-reached * rng.random(at_s.size))


def spread(zone: NDArray[np.int64], of_zone: list[list[int]], place: Floats) -> NDArray[np.int64]:
    """Hash flows onto the targets that each may have: each is as likely.

    Parameters
    ----------
    zone : ndarray of int, shape (n,)
        Zone of each flow.
    of_zone : list of list of int
        Targets that a flow of each zone may have, at least one.
    place : ndarray of float, shape (n,)
        Each flow's hash, from 0 to below 1.

    Returns
    -------
    ndarray of int, shape (n,)
        Target of each flow.
    """
    sizes = np.array([len(targets) for targets in of_zone])
    first = np.cumsum(sizes) - sizes
    among = (place * sizes[zone]).astype(np.int64)
    return np.concatenate([np.array(targets) for targets in of_zone])[first[zone] + among]
