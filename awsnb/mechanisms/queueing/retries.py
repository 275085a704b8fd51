"""Clients that lose patience, and clients that try again.

A failed request is sent anew after a pause, which doubles each time. One that a client no longer
waits for has failed to the client alone: its target doesn't know, and works on. At one instant,
first attempts come before retries, and retries in the order of the attempts that failed.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.queueing.balancer import Balancer
from awsnb.mechanisms.queueing.outcome import GIVEN_UP, OK, Outcome

Array = NDArray[np.float64]
Integers = NDArray[np.int64]


class Clients(NamedTuple):
    """What clients do about requests that fail.

    Attributes
    ----------
    retries : int
        How often they send one again.
    patience_s : float
        How long they wait for an answer, s; ``inf`` for ever.
    pause_s : float
        From a failure to the first retry, s; above 0.
    """

    retries: int = 0
    patience_s: float = np.inf
    pause_s: float = 1.0


class Served(NamedTuple):
    """What became of requests, and of each time they were sent.

    Attributes
    ----------
    requests : Outcome
        As clients see it: from the first attempt to the answer, or to when they gave up.
    attempts : Outcome
        As targets see it, in order of arrival.
    request : ndarray of int
        Which request each attempt was.
    """

    requests: Outcome
    attempts: Outcome
    request: Integers


def serve(
    balancer: Balancer,
    arrival_s: Array,
    work_s: Array,
    clients: Clients,
    zone: Integers | None = None,
) -> Served:
    """Serve requests, and the retries that come of them.

    Parameters
    ----------
    balancer : Balancer
    arrival_s, work_s : ndarray of float, shape (n,)
        When each request is first sent, in order, and its service time at speed 1, s.
    clients : Clients
    zone : ndarray of int, shape (n,), optional
        Of the balancer's node it comes to, each time.

    Returns
    -------
    Served

    Raises
    ------
    ValueError
        If the clients can't be.
    """
    if not (clients.retries >= 0 and clients.patience_s > 0 and 0 < clients.pause_s < np.inf):
        raise ValueError(
            f"{clients}: retries must be 0 or more, patience_s above 0 s, pause_s finite and above."
        )
    first = _Due(arrival_s, np.arange(arrival_s.size))
    retries = _Due(np.empty(0), np.empty(0, np.int64))
    parts, requests, tries = [], [], np.zeros(arrival_s.size, np.int64)
    # a retry comes a pause after its failure at the least, so never into the part that it is from
    part_s = clients.pause_s if clients.retries else np.inf
    while first.at_s.size or retries.at_s.size:
        end_s = part_s + min([*first.at_s[:1], *retries.at_s[:1]])
        (fresh, first), (ripe, retries) = first.split(end_s), retries.split(end_s)
        now = fresh.merged(ripe)
        zones = None if zone is None else zone[now.request]
        part = balancer.serve(now.at_s, work_s[now.request], zone=zones)
        parts.append(part)
        requests.append(now.request)
        retries = retries.merged(_retries(part, now.request, clients, tries))
    attempts = Outcome(*map(np.concatenate, zip(*parts, strict=True)))
    request = np.concatenate(requests)
    return Served(_as_clients_see_it(arrival_s, attempts, request, clients), attempts, request)


class _Due(NamedTuple):
    """Attempts to come, in order."""

    at_s: Array
    request: Integers

    def split(self, before_s: float) -> tuple["_Due", "_Due"]:
        """Those before a time, and the others."""
        cut = int(np.searchsorted(self.at_s, before_s))
        return _Due(self.at_s[:cut], self.request[:cut]), _Due(self.at_s[cut:], self.request[cut:])

    def merged(self, other: "_Due") -> "_Due":
        """Both in order, as ours are already; at one instant ours come first."""
        if not other.at_s.size:
            return self
        at_s = np.concatenate((self.at_s, other.at_s))
        order = np.argsort(at_s, kind="stable")
        return _Due(at_s[order], np.concatenate((self.request, other.request))[order])


def _retries(part: Outcome, request: Integers, clients: Clients, tries: Integers) -> _Due:
    """The attempts that follow from those that failed; counts them."""
    known_s = np.minimum(part.end_s, part.arrival_s + clients.patience_s)
    failed = (part.status != OK) | (part.end_s > known_s)
    again = failed & (tries[request] < clients.retries)
    request = request[again]
    pause_s = clients.pause_s * 2.0 ** tries[request]
    tries[request] += 1
    return _Due(known_s[again] + pause_s, request)


def _as_clients_see_it(
    arrival_s: Array, attempts: Outcome, request: Integers, clients: Clients
) -> Outcome:
    last = np.empty(arrival_s.size, np.int64)
    last[request] = np.arange(request.size)  # of several, the last remains
    until_s = attempts.arrival_s[last] + clients.patience_s
    late = attempts.end_s[last] > until_s
    return Outcome(
        arrival_s,
        np.minimum(attempts.start_s[last], until_s),
        np.minimum(attempts.end_s[last], until_s),
        attempts.target[last],
        np.where(late, np.int8(GIVEN_UP), attempts.status[last]),
    )
