"""Copies fail and are rebuilt, zones fail and come back: and at times there is no quorum.

A copy is reachable while it is whole and its zone is up. All lifetimes are exponential; copies are
rebuilt at the same time, none waiting for another, and a zone's outage doesn't harm its copies.
Equal zones are interchangeable, so a state says how many zones are up with how many whole copies
each. Six copies in three zones make 56 states, and linear algebra gives exact answers in
milliseconds. The simulation knows nothing of states: every copy and every zone has its own clock,
and the earliest rings. So it can also do what a chain can't, a repair that takes a fixed time.

Left out: a copy that has no other left to be rebuilt from comes back all the same; that moment is
what `mean_time_to_loss` with a quorum of 1 is about.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import allocating_kernel, kernel

__all__ = [
    "Chain",
    "Histories",
    "Lifetimes",
    "chain",
    "loss_probability",
    "mean_time_to_loss",
    "repair_window_s",
    "simulate",
    "steady_state",
    "survives",
    "unavailability",
]

_STATES = 2000  # a chain's matrices grow with the square


class Lifetimes(NamedTuple):
    """Mean times of a copy and of a zone, all in the same unit; ``inf`` is never.

    Attributes
    ----------
    copy_up, copy_down : float
        From whole to failed; from failed to rebuilt.
    zone_up, zone_down : float
        From up to down, and back.
    """

    copy_up: float
    copy_down: float
    zone_up: float = math.inf
    zone_down: float = 1.0


class Chain(NamedTuple):
    """The states of copies and zones, and the rates between them (s states, z zones).

    Attributes
    ----------
    states : list of tuple
        Per zone its copies, whether it is up (1 or 0) and how many copies are whole, in any order
        of equal zones. The first state has everything up.
    rates : ndarray of float, shape (s, s)
        From row to column; 0 on the diagonal.
    reachable : ndarray of int, shape (s,)
        Whole copies in zones that are up.
    """

    states: list[tuple[tuple[int, int, int], ...]]
    rates: NDArray[np.float64]
    reachable: NDArray[np.int64]


class Histories(NamedTuple):
    """What befell each simulated history (r histories, q quorums), in the lifetimes' unit.

    Attributes
    ----------
    lost : ndarray of float, shape (r, q)
        Time without the quorum.
    first_loss : ndarray of float, shape (r, q)
        When the quorum was first lost; ``inf`` if never.
    losses : ndarray of int, shape (r, q)
        How often it was lost.
    events : ndarray of int, shape (r,)
        Failures and returns in all.
    """

    lost: NDArray[np.float64]
    first_loss: NDArray[np.float64]
    losses: NDArray[np.int64]
    events: NDArray[np.int64]


def repair_window_s(copy_bytes: float, bytes_per_s: float) -> float:
    """How long a lost copy stays lost: its size over the bandwidth it is copied with, s.

    Parameters
    ----------
    copy_bytes : float
        Above 0.
    bytes_per_s : float
        Above 0.

    Returns
    -------
    float
        In seconds.

    Raises
    ------
    ValueError
        If one of them is not above 0.

    Examples
    --------
    >>> repair_window_s(10e9, 10e9 / 8)  # 10 GB at 10 Gb/s
    8.0
    """
    if not (copy_bytes > 0 and bytes_per_s > 0):
        raise ValueError("copy_bytes and bytes_per_s must be above 0.")
    return copy_bytes / bytes_per_s


def survives(per_zone: Sequence[int], quorum: int, zones: int = 1, copies: int = 0) -> bool:
    """Whether the quorum is left after any loss of so many zones and so many copies besides.

    Parameters
    ----------
    per_zone : sequence of int, shape (z,)
        Copies in each zone.
    quorum : int
        Reachable copies needed, from 1 to all.
    zones : int
        Zones that are lost.
    copies : int
        Copies lost besides, in other zones.

    Returns
    -------
    bool

    Raises
    ------
    ValueError
        If the copies or the quorum can't be.

    Examples
    --------
    "AZ+1": six copies in three zones can still be read, three of six; three copies, two of three,
    cannot.

    >>> survives((2, 2, 2), 3, zones=1, copies=1), survives((1, 1, 1), 2, zones=1, copies=1)
    (True, False)
    """
    _check(per_zone, quorum)
    for gone in combinations(range(len(per_zone)), zones):
        left = sum(count for zone, count in enumerate(per_zone) if zone not in gone)
        if left - copies < quorum:
            return False
    return True


def chain(per_zone: Sequence[int], lifetimes: Lifetimes) -> Chain:
    """Build the Markov chain, from the state in which all is up.

    Parameters
    ----------
    per_zone : sequence of int, shape (z,)
        Copies in each zone.
    lifetimes : Lifetimes

    Returns
    -------
    Chain

    Raises
    ------
    ValueError
        If an argument is out of its range, or the states are too many for linear algebra: copies
        that are spread evenly need the fewest.
    """
    _check(per_zone, 1)
    _check_lifetimes(lifetimes)
    states = [tuple(sorted((copies, 1, copies) for copies in per_zone))]
    number = {states[0]: 0}
    moves: list[tuple[int, int, float]] = []
    for state in states:  # which grows as states are found
        for after, rate in _moves(state, lifetimes):
            if after not in number:
                if len(states) == _STATES:
                    raise ValueError(f"per_zone = {list(per_zone)}: more than {_STATES} states.")
                number[after] = len(states)
                states.append(after)
            moves.append((number[state], number[after], rate))
    rates = np.zeros((len(states), len(states)))
    for before, to, rate in moves:
        rates[before, to] += rate
    reachable = [sum(up * whole for _, up, whole in state) for state in states]
    return Chain(states, rates, np.array(reachable))


def _moves(
    state: tuple[tuple[int, int, int], ...], lifetimes: Lifetimes
) -> Iterator[tuple[tuple[tuple[int, int, int], ...], float]]:
    for i, (copies, up, whole) in enumerate(state):
        for next_up, next_whole, rate in (
            (up, whole - 1, whole / lifetimes.copy_up),
            (up, whole + 1, (copies - whole) / lifetimes.copy_down),
            (1 - up, whole, 1 / (lifetimes.zone_up if up else lifetimes.zone_down)),
        ):
            if rate > 0:
                zone = (copies, next_up, next_whole)
                yield tuple(sorted((*state[:i], zone, *state[i + 1 :]))), rate


def steady_state(rates: NDArray[np.float64]) -> NDArray[np.float64]:
    """Share of time in each state of a chain in which every state reaches every other.

    By elimination without a subtraction (Grassmann, Taksar and Heyman, 1985), so that a share of
    1e-15 has as many good digits as one of 0.5.

    Parameters
    ----------
    rates : ndarray of float, shape (s, s)
        From row to column; the diagonal is not looked at.

    Returns
    -------
    ndarray of float, shape (s,)

    Examples
    --------
    >>> steady_state(np.array([[0.0, 1.0], [3.0, 0.0]])).tolist()
    [0.75, 0.25]
    """
    r = np.array(rates, dtype=np.float64)
    np.fill_diagonal(r, 0.0)
    for last in range(r.shape[0] - 1, 0, -1):
        r[:last, last] /= r[last, :last].sum()
        r[:last, :last] += np.outer(r[:last, last], r[last, :last])
    share = np.ones(r.shape[0])
    for state in range(1, r.shape[0]):
        share[state] = share[:state] @ r[:state, state]
    return share / share.sum()


def unavailability(chain: Chain, quorum: int) -> float:
    """Share of time in which fewer copies than the quorum are reachable.

    Parameters
    ----------
    chain : Chain
        Of `chain`.
    quorum : int
        Reachable copies needed, from 1 to all.

    Returns
    -------
    float
        0 to 1.

    Raises
    ------
    ValueError
        If the quorum can't be, or the chain has no steady state.

    Examples
    --------
    >>> three = chain((1, 1, 1), Lifetimes(copy_up=99, copy_down=1))
    >>> round(unavailability(three, 2), 8)
    0.000298
    """
    _check_quorum(chain, quorum)
    if not (chain.rates.sum(axis=1) > 0).all():
        raise ValueError(
            "there is no steady state: copies or zones never come back, or never fail."
        )
    return float(steady_state(chain.rates)[chain.reachable < quorum].sum())


def mean_time_to_loss(chain: Chain, quorum: int) -> float:
    """Mean time until fewer copies than the quorum are reachable, with everything up at first.

    ``inf`` if that never comes.

    Parameters
    ----------
    chain : Chain
        Of `chain`.
    quorum : int
        Reachable copies needed, from 1 to all.

    Returns
    -------
    float
        In the lifetimes' unit.

    Raises
    ------
    ValueError
        If the quorum can't be.

    Examples
    --------
    >>> pair = chain((2,), Lifetimes(copy_up=100, copy_down=1))
    >>> round(mean_time_to_loss(pair, 1), 9)  # (3 x 100 + 100**2 / 1) / 2
    5150.0
    """
    left, lost = _lumped(chain, quorum)
    if not lost.any():
        return math.inf
    # send each loss back to the start: then a loss is a cycle's end, and rare is no trouble
    unit = float(chain.rates.max())
    cycle = np.block([[left, lost[:, None]], [np.zeros((1, lost.size)), np.zeros((1, 1))]])
    cycle[-1, 0] = unit
    share = steady_state(cycle)
    return float(share[:-1].sum() / share[-1] / unit)


def loss_probability(chain: Chain, quorum: int, within: float) -> float:
    """Chance that the quorum is lost at least once within a time, with everything up at first.

    Parameters
    ----------
    chain : Chain
        Of `chain`.
    quorum : int
        Reachable copies needed, from 1 to all.
    within : float
        0 or more, in the lifetimes' unit.

    Returns
    -------
    float

    Raises
    ------
    ValueError
        If the quorum or the time can't be.

    Examples
    --------
    >>> one = chain((1,), Lifetimes(copy_up=100, copy_down=1))
    >>> round(loss_probability(one, 1, within=100), 6)  # 1 - 1/e
    0.632121
    """
    if not 0 <= within < math.inf:
        raise ValueError(f"within = {within}: must be 0 or more, and finite.")
    left, lost = _lumped(chain, quorum)
    if not lost.any():
        return 0.0
    rates = np.block([[left, lost[:, None]], [np.zeros((1, lost.size + 1))]])
    leaving = rates.sum(axis=1)
    # a step in which few chains move once, then twice as long, and again; all terms are positive,
    # whence a chance of 1e-15 has as many good digits as one of 0.5
    moves = within * leaving.max()
    doublings = max(0, math.frexp(16 * moves)[1])
    moves /= 2**doublings
    hop = rates / leaving.max() + np.diag(1 - leaving / leaving.max())
    power, after = np.eye(leaving.size), np.eye(leaving.size)
    for count in range(1, 12):
        power = power @ hop * (moves / count)
        after = after + power
    after /= after.sum(axis=1, keepdims=True)
    for _ in range(doublings):
        after = after @ after
        after /= after.sum(axis=1, keepdims=True)
    return float(after[0, -1])


def _lumped(chain: Chain, quorum: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rates among the states with a quorum, and from each of them to a loss."""
    _check_quorum(chain, quorum)
    has = chain.reachable >= quorum
    return chain.rates[np.ix_(has, has)], chain.rates[np.ix_(has, ~has)].sum(axis=1)


def simulate(
    per_zone: Sequence[int],
    lifetimes: Lifetimes,
    quorums: ArrayLike,
    within: float,
    histories: int,
    seed: int = 0,
    *,
    fixed_repair: bool = False,
    first: int = 0,
) -> Histories:
    """Simulate histories of copies and zones, each from the state in which all is up.

    Parameters
    ----------
    per_zone : sequence of int, shape (z,)
        Copies in each zone.
    lifetimes : Lifetimes
    quorums : array_like of int, shape (q,)
        Reachable copies needed, each from 1 to the number of copies.
    within : float
        Length of a history, in the lifetimes' unit.
    histories : int
    seed : int
        Every copy and every zone of every history has a stream of its own: change one mean time,
        and the others' draws stay.
    fixed_repair : bool
        Whether a copy's repair takes exactly `copy_down`, rather than that on average.
    first : int
        Number of the first history: parts of a run, put together, are the whole.

    Returns
    -------
    Histories

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    >>> pair = simulate((2,), Lifetimes(copy_up=100, copy_down=1), [1], within=1e5, histories=50)
    >>> bool(abs(pair.losses.mean() - 1e5 / 5150) < 3)
    True
    """
    needed = np.array(quorums, dtype=np.int64, ndmin=1)
    for quorum in needed:
        _check(per_zone, int(quorum))
    _check_lifetimes(lifetimes)
    if not 0 < within < math.inf:
        raise ValueError(f"within = {within}: must be above 0, and finite.")
    if not (1 <= histories <= 2**31 and 0 <= first <= 2**31):
        raise ValueError(f"histories = {histories}: must be from 1 to 2**31, first from 0.")
    zones = len(per_zone)
    zone_of = np.concatenate([np.repeat(np.arange(zones), per_zone), np.arange(zones)])
    mean = np.empty((zone_of.size, 2))  # time to stay down, time to stay up
    mean[:-zones] = lifetimes.copy_down, lifetimes.copy_up
    mean[-zones:] = lifetimes.zone_down, lifetimes.zone_up
    lost, first_loss = np.empty((2, histories, needed.size))
    losses, events = np.empty((histories, needed.size), np.int64), np.empty(histories, np.int64)
    key = np.random.SeedSequence(seed).generate_state(1, np.uint64)[0]
    with np.errstate(over="ignore"):  # in plain Python a hash warns that it wraps
        _simulate(
            zone_of, mean, zones, needed, float(within), bool(fixed_repair), key, int(first),
            lost, first_loss, losses, events,
        )  # fmt: skip
    return Histories(lost, first_loss, losses, events)


def _check(per_zone: Sequence[int], quorum: int) -> None:
    if not len(per_zone) or min(per_zone) < 0 or not 1 <= sum(per_zone) <= 100:
        raise ValueError(f"per_zone = {list(per_zone)}: needs 1 to 100 copies in all.")
    if not 1 <= quorum <= sum(per_zone):
        raise ValueError(
            f"quorum = {quorum}: must be from 1 to the number of copies, {sum(per_zone)}."
        )


def _check_quorum(chain: Chain, quorum: int) -> None:
    if not 1 <= quorum <= chain.reachable[0]:
        raise ValueError(f"quorum = {quorum}: must be from 1 to {chain.reachable[0]}.")


def _check_lifetimes(lifetimes: Lifetimes) -> None:
    for name, mean in lifetimes._asdict().items():
        if not mean > 0:
            raise ValueError(f"{name} = {mean}: must be above 0.")


_WEYL = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_12, _27, _30, _31 = (np.uint64(bits) for bits in (12, 27, 30, 31))


@allocating_kernel
def _simulate(  # type: ignore[no-untyped-def]
    zone_of, mean, zones, quorums, within, fixed, key, first, lost, first_loss, losses, events
):
    parts = zone_of.size
    copies = parts - zones
    stream, clock, up = np.empty(parts, np.uint64), np.empty(parts), np.empty(parts, np.int64)
    # the next lifetimes wait here: nothing need wait while a logarithm is taken
    ahead = np.empty(parts)
    whole, since = np.empty(zones, np.int64), np.empty(quorums.size)
    for history in range(lost.shape[0]):
        whole[:] = 0
        for part in range(parts):
            stream[part] = _mix(key + _WEYL * np.uint64((first + history) * parts + part))
            up[part], clock[part] = 1, _lifetime(stream, part) * mean[part, 1]
            ahead[part] = _lifetime(stream, part)
            whole[zone_of[part]] += part < copies
        reachable, happened = copies, 0
        for q in range(quorums.size):
            lost[history, q], first_loss[history, q], losses[history, q] = 0.0, np.inf, 0

        while True:
            part, now = int(np.int64(0)), clock[0]  # a literal would compile _lifetime twice
            for other in range(1, parts):
                if clock[other] < now:
                    part, now = other, clock[other]
            if now >= within:
                break
            happened += 1
            up[part] = 1 - up[part]
            turn, zone, before = 2 * up[part] - 1, zone_of[part], reachable
            if part < copies:
                whole[zone] += turn
                reachable += turn * up[copies + zone]
            else:
                reachable += turn * whole[zone]
            stay = 1.0 if fixed and part < copies and turn < 0 else ahead[part]
            clock[part] = now + stay * mean[part, up[part]]
            ahead[part] = _lifetime(stream, part)

            for q in range(quorums.size):
                if before >= quorums[q] > reachable:
                    since[q] = now
                    losses[history, q] += 1
                    first_loss[history, q] = min(first_loss[history, q], now)
                elif reachable >= quorums[q] > before:
                    lost[history, q] += now - since[q]

        events[history] = happened
        for q in range(quorums.size):
            if reachable < quorums[q]:
                lost[history, q] += within - since[q]


@kernel
def _lifetime(stream, part):  # type: ignore[no-untyped-def]
    """Draw an exponential of mean 1 from the part's own stream."""
    stream[part] += _WEYL
    return -math.log((np.float64(_mix(stream[part]) >> _12) + 0.5) * 2.0**-52)


@kernel
def _mix(z):  # type: ignore[no-untyped-def]
    z = (z ^ (z >> _30)) * _MIX1
    z = (z ^ (z >> _27)) * _MIX2
    return z ^ (z >> _31)
