"""Servers, when they serve, and which flows keep to one of them."""

from typing import NamedTuple

import numpy as np

MOST_REGISTRATIONS = 1 << 13


class Target(NamedTuple):
    """A server.

    Attributes
    ----------
    workers : int
        Requests it serves at once.
    speed : float
        Service time is the request's work / speed.
    weight : float
        Share of requests it is to get, relative to the others; above 0.
    zone : int
        0 or more. Zones are pools of their own if requests arrive by zone, and nothing otherwise.
    queue_limit : float
        Requests that may wait; ``inf`` for all.
    """

    workers: int = 1
    speed: float = 1.0
    weight: float = 1.0
    zone: int = 0
    queue_limit: float = np.inf


class Registration(NamedTuple):
    """A target registered for a time, in which it serves. It starts idle; a return is a new one.

    Attributes
    ----------
    target : int
        Position in the list of targets.
    opens_s, closes_s : float
        In rotation from, and until; s.
    ends_s : float
        What is in flight then is lost, s. Before `closes_s`: it fails, and gets requests in vain
        until that is detected. After: it drains.
    slow_start_s : float
        Its weight grows from 0 over that long, as long as some other target is past its own.
    stall_s : float
        How long a request takes to fail at a dead target, s: 0 refuses, more hangs.

    Examples
    --------
    Dead at 60 s, out of rotation after two failed checks 10 s apart, back at 120 s:

    >>> before = Registration(0).fail(60, detected_after_s=20)
    >>> after = Registration(0, opens_s=120, slow_start_s=30)
    """

    target: int
    opens_s: float = 0.0
    closes_s: float = np.inf
    ends_s: float = np.inf
    slow_start_s: float = 0.0
    stall_s: float = 0.0

    def fail(self, at_s: float, detected_after_s: float, stall_s: float = 0.0) -> "Registration":
        """Die at a time; leave rotation when health checks have found out."""
        return self._replace(ends_s=at_s, closes_s=at_s + detected_after_s, stall_s=stall_s)

    def deregister(self, at_s: float, delay_s: float) -> "Registration":
        """Leave rotation at a time; cut off what is still in flight after the delay."""
        return self._replace(closes_s=at_s, ends_s=at_s + delay_s)


class Sticky(NamedTuple):
    """Whether a flow (a client, a connection) keeps its target.

    Attributes
    ----------
    duration_s : float
        For how long, s.
    renewed : bool
        From its last request on, like an idle timeout, rather than from when it was bound.
    while_draining : bool
        Whether it stays with a target that drains: a connection does, a cookie does not.
    """

    duration_s: float
    renewed: bool = False
    while_draining: bool = False


NOT_STICKY = Sticky(0.0)


def check(targets: list[Target], registrations: list[Registration], sticky: Sticky) -> None:
    """Refuse what cannot be.

    Raises
    ------
    ValueError
        Naming what, and what is allowed.
    """
    if not targets or not registrations:
        raise ValueError("targets and registrations must hold at least one each.")
    for target in targets:
        if not (target.workers >= 1 and target.workers == int(target.workers)):
            raise ValueError(
                f"workers = {target.workers}: a target needs a whole number, at least 1."
            )
        if not (0 < target.speed < np.inf and 0 < target.weight < np.inf):
            raise ValueError(f"{target}: speed and weight must be finite and above 0.")
        if not (target.zone >= 0 and target.queue_limit >= 0):
            raise ValueError(f"{target}: zone and queue_limit must be 0 or more.")
    for one in registrations:
        if not 0 <= one.target < len(targets):
            raise ValueError(f"{one}: there are targets 0 to {len(targets) - 1}.")
        if not (0 <= one.opens_s < min(one.closes_s, one.ends_s)):
            raise ValueError(f"{one}: must open at 0 s or later, before it closes and ends.")
        if not (0 <= one.slow_start_s < np.inf and 0 <= one.stall_s < np.inf):
            raise ValueError(f"{one}: slow_start_s and stall_s must be finite and 0 s or more.")
    if len(registrations) > MOST_REGISTRATIONS:
        raise ValueError(
            f"{len(registrations)} registrations: at most {MOST_REGISTRATIONS} can be kept apart."
        )
    if not sticky.duration_s >= 0:
        raise ValueError(f"duration_s = {sticky.duration_s}: must be 0 s or more.")
