"""Session affinity: each session is tied to a target, until it ends or its tie does.

Times and lengths are in minutes. A *tie* is a part of a session that needs one target, from its
first request on. A *binding* is a tie, or what is left of it, on the target that serves it.
"""

from collections.abc import Callable, Iterable, Sequence
from heapq import heapify, heappop, heappush
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.random_streams import generator

__all__ = [
    "Bindings",
    "Choose",
    "Epoch",
    "Sessions",
    "Ties",
    "at_random",
    "bind",
    "cut_every",
    "cut_in_gaps",
    "held",
    "in_turn",
    "least_loaded",
    "population",
    "with_one_address",
]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
SURE = 40.0  # expected requests in a pause, with which it comes in one case of 10^17


class Sessions(NamedTuple):
    """Sessions by start: when they start and end, and how many requests a minute each sends."""

    start_min: Floats
    end_min: Floats
    per_min: Floats


class Ties(NamedTuple):
    """Ties, those of a session in a row: whose each is, from when, until when."""

    session: Ints
    start_min: Floats
    end_min: Floats


class Bindings(NamedTuple):
    """Which tie is on which target, when, and whether it lost a target before."""

    tie: Ints
    target: Ints
    start_min: Floats
    end_min: Floats
    orphan: NDArray[np.bool_]


class Epoch(NamedTuple):
    """From when on which targets, by number, take sessions."""

    start_min: float
    targets: Ints


Choose = Callable[[Bindings, Bindings, Floats, Epoch], Ints]
"""Chooses targets: of new bindings, by start; beside those that live, with the load of each tie."""


def population(
    live: float, mean_min: float, length_cv: float, per_min: float, weight_cv: float,
    until_min: float, seed: int,
) -> Sessions:  # fmt: skip
    """Draw sessions that come at random, at a rate that is as if for ever the same.

    Parameters
    ----------
    live : float
        Sessions at any time, on average.
    mean_min, length_cv : float
        How long one lasts, lognormal: the mean, and the standard deviation by the mean.
    per_min, weight_cv : float
        Requests a minute of one, lognormal: the same.
    until_min : float
        When the run ends. It begins at 0, with sessions that started before.
    seed : int
        Of all draws.

    Returns
    -------
    Sessions
    """
    draws = generator(seed, "sessions")
    before, later = draws.poisson([live, live * until_min / mean_min])
    begun = _lognormal(mean_min, length_cv, before, draws, biased=True)
    age_min = begun * draws.random(before)
    start = np.concatenate([-age_min, until_min * draws.random(later)])
    length = np.concatenate([begun, _lognormal(mean_min, length_cv, later, draws)])
    order = np.argsort(start)
    weights = _lognormal(per_min, weight_cv, start.size, generator(seed, "weights"))
    return Sessions(start[order], (start + length)[order], weights)


def _lognormal(
    mean: float, cv: float, size: int, draws: np.random.Generator, biased: bool = False
) -> Floats:
    """Draw lengths; `biased`, as an observer at one moment finds them: the longer, the more."""
    sigma2 = np.log1p(cv**2)
    centre = np.log(mean) + (sigma2 / 2 if biased else -sigma2 / 2)
    return np.exp(centre + np.sqrt(sigma2) * draws.standard_normal(size))


def cut_every(sessions: Sessions, period_min: float) -> Ties:
    """Cut sessions in ties of a fixed length: the tie is not renewed by requests.

    Parameters
    ----------
    sessions : Sessions
        What is to be cut.
    period_min : float
        How long a tie lasts.

    Returns
    -------
    Ties
    """
    length = sessions.end_min - sessions.start_min
    pieces = np.maximum(np.ceil(length / period_min).astype(np.int64), 1)
    whose = np.repeat(np.arange(pieces.size), pieces)
    nth = np.arange(whose.size) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start, until = (sessions.start_min[whose] + (nth + k) * period_min for k in (0, 1))
    return Ties(whose, start, np.minimum(until, sessions.end_min[whose]))


def cut_in_gaps(sessions: Sessions, longest_min: float, seed: int) -> Ties:
    """Cut sessions where no request comes for longer than a tie lasts; each request renews it.

    Requests of a session come at random. A new tie begins with the request after the gap.

    Parameters
    ----------
    sessions : Sessions
        What is to be cut.
    longest_min : float
        How long a tie lasts after a request.
    seed : int
        Of the requests.

    Returns
    -------
    Ties
    """
    may = np.flatnonzero(sessions.per_min * longest_min < SURE)
    whose, at, gap = _requests(sessions, may, generator(seed, "requests"))
    late = gap > longest_min
    session = np.concatenate([np.arange(sessions.start_min.size), whose[late]])
    start = np.concatenate([sessions.start_min, at[late]])
    order = np.lexsort((start, session))
    session, start = session[order], start[order]
    last = np.append(session[1:] != session[:-1], True)
    end = np.where(last, sessions.end_min[session], np.append(start[1:], 0.0))
    return Ties(session, start, end)


def _requests(
    sessions: Sessions, some: Ints, draws: np.random.Generator
) -> tuple[Ints, Floats, Floats]:
    """Draw requests of some sessions at random: whose, when, how long after the one before.

    Exponential spacings by their sum are the spacings of uniform points (Devroye 1986, V.2.2).
    """
    length = sessions.end_min[some] - sessions.start_min[some]
    spaces = draws.poisson(sessions.per_min[some] * length) + 1
    spacing = draws.standard_exponential(int(spaces.sum()))
    first = np.cumsum(spaces) - spaces
    whole = np.add.reduceat(spacing, first) if spacing.size else spacing
    of = np.repeat(np.arange(some.size), spaces)
    gap = spacing * (length / whole)[of]
    passed = np.cumsum(gap)
    at = passed - np.repeat(passed[first] - gap[first], spaces) + sessions.start_min[some][of]
    inner = np.ones(of.size, bool)
    inner[first + spaces - 1] = False  # the last space leads to the end, not to a request
    return some[of][inner], at[inner], gap[inner]


def bind(ties: Ties, load: Floats, epochs: Sequence[Epoch], choose: Choose) -> Bindings:
    """Bind ties to targets: a live tie stays where it is, unless its target goes.

    Parameters
    ----------
    ties : Ties
        What is to be bound.
    load : ndarray of float, shape (ties,)
        Requests a minute of each.
    epochs : sequence of Epoch
        In order of time. All ties that start before the second begins belong to the first.
    choose : callable
        How a target is chosen: `in_turn`, `at_random` or `least_loaded`.

    Returns
    -------
    Bindings
        By tie and start. Where a target goes, a tie's binding ends and an orphan one begins.
    """
    done = _none()
    by_start = np.argsort(ties.start_min, kind="stable")
    begins = [-np.inf, *(epoch.start_min for epoch in epochs[1:]), np.inf]
    cuts = np.searchsorted(ties.start_min[by_start], begins)
    for epoch, first, last in zip(epochs, cuts, cuts[1:], strict=False):
        gone = (done.end_min > epoch.start_min) & ~np.isin(done.target, epoch.targets)
        new = _joined(_orphans(done, gone, epoch.start_min), _fresh(ties, by_start[first:last]))
        done.end_min[gone] = epoch.start_min
        living = _taken(done, done.end_min > epoch.start_min)
        done = _joined(done, new._replace(target=choose(new, living, load, epoch)))
    return _taken(done, np.lexsort((done.start_min, done.tie)))


def _none() -> Bindings:
    numbers, times = np.empty(0, np.int64), np.empty(0)
    return Bindings(numbers, numbers, times, times, np.empty(0, bool))


def _fresh(ties: Ties, which: Ints) -> Bindings:
    unbound = np.full(which.size, -1)
    start, end = ties.start_min[which], ties.end_min[which]
    return Bindings(which, unbound, start, end, np.zeros(which.size, bool))


def _orphans(done: Bindings, gone: NDArray[np.bool_], at_min: float) -> Bindings:
    count = int(gone.sum())
    start, lost = np.full(count, at_min), np.ones(count, bool)
    return Bindings(done.tie[gone], np.full(count, -1), start, done.end_min[gone], lost)


def _joined(one: Bindings, other: Bindings) -> Bindings:
    pairs: Iterable[Any] = zip(one, other, strict=True)
    return Bindings(*(np.concatenate(pair) for pair in pairs))


def _taken(bindings: Bindings, which: Any) -> Bindings:
    parts: Iterable[Any] = bindings
    return Bindings(*(part[which] for part in parts))


def in_turn(new: Bindings, living: Bindings, load: Floats, epoch: Epoch) -> Ints:
    """Give each new binding to the next target: round robin.

    Parameters
    ----------
    new : Bindings
        Which are to be bound, by start.
    living : Bindings
        Those that live when the epoch begins.
    load : ndarray of float, shape (ties,)
        Requests a minute of each tie.
    epoch : Epoch
        Its targets may be chosen.

    Returns
    -------
    ndarray of int
        The target of each new binding.
    """
    return epoch.targets[np.arange(new.tie.size) % epoch.targets.size]


def at_random(seed: int) -> Choose:
    """Give each new binding to a target at random: balls in bins, as a hash of addresses does.

    Parameters
    ----------
    seed : int
        Of the draws.

    Returns
    -------
    callable
        What `bind` takes.
    """
    draws = generator(seed, "targets")

    def choose(new: Bindings, living: Bindings, load: Floats, epoch: Epoch) -> Ints:
        return draws.choice(epoch.targets, new.tie.size)

    return choose


def with_one_address(others: Choose, together: NDArray[np.bool_], seed: int) -> Choose:
    """Give the ties that are marked to one target, until it goes; choose for the others.

    Parameters
    ----------
    others : callable
        How the other ties' targets are chosen.
    together : ndarray of bool, shape (ties,)
        Which ties come from the one address.
    seed : int
        Of the draw of its target.

    Returns
    -------
    callable
        What `bind` takes.
    """
    draws = generator(seed, "one address")
    home: list[int] = []

    def choose(new: Bindings, living: Bindings, load: Floats, epoch: Epoch) -> Ints:
        if not home or home[-1] not in epoch.targets:
            home.append(int(draws.choice(epoch.targets)))
        return np.where(together[new.tie], home[-1], others(new, living, load, epoch))

    return choose


def least_loaded(new: Bindings, living: Bindings, load: Floats, epoch: Epoch) -> Ints:
    """Give each new binding to the target whose sessions send the fewest requests a minute.

    A tie that ends in this moment still counts, so that what follows it goes elsewhere.

    Parameters
    ----------
    new : Bindings
        Which are to be bound, by start.
    living : Bindings
        Those that live when the epoch begins.
    load : ndarray of float, shape (ties,)
        Requests a minute of each tie.
    epoch : Epoch
        Its targets may be chosen.

    Returns
    -------
    ndarray of int
        The target of each new binding.
    """
    sums = dict.fromkeys(map(int, epoch.targets), 0.0)
    bound = dict.fromkeys(sums, 0)
    ends = list(_rows(living.end_min, living.target, load[living.tie]))
    for _, target, per_min in ends:
        sums[target] += per_min
        bound[target] += 1
    heapify(ends)
    chosen = []
    for start, end, per_min in _rows(new.start_min, new.end_min, load[new.tie]):
        while ends and ends[0][0] < start:
            _, target, ended = heappop(ends)
            bound[target] -= 1
            sums[target] = sums[target] - ended if bound[target] else 0.0  # free of rounding
        chosen.append(min(sums, key=sums.__getitem__))
        sums[chosen[-1]] += per_min
        bound[chosen[-1]] += 1
        heappush(ends, (end, chosen[-1], per_min))
    return np.array(chosen, np.int64)


def _rows(*columns: NDArray[Any]) -> Iterable[tuple[Any, ...]]:
    return zip(*(column.tolist() for column in columns), strict=True)


def held(bindings: Bindings, weight: Floats, targets: int, times_min: Floats) -> Floats:
    """Add up what each target holds at each time.

    Parameters
    ----------
    bindings : Bindings
        Which tie is where, and when.
    weight : ndarray of float, shape (ties,)
        What is added up: requests a minute, or 1 for a count.
    targets : int
        How many there are.
    times_min : ndarray of float, shape (times,)
        Upwards.

    Returns
    -------
    ndarray of float, shape (targets, times)
    """
    change = np.zeros((targets, times_min.size + 1))
    for edge, sign in ((bindings.start_min, 1.0), (bindings.end_min, -1.0)):
        at = np.searchsorted(times_min, edge)
        np.add.at(change, (bindings.target, at), sign * weight[bindings.tie])
    return np.cumsum(change, axis=1)[:, :-1]
