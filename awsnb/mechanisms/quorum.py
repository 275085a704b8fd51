"""How long a write waits for its quorum: the k-th fastest of n copies that share their zones.

The logarithm of a copy's latency is a sum: its zone's median, a normal part that all copies of the
zone share, a normal part of its own, and now and then a slow episode, of the copy or of the whole
zone. A zone that is down answers never. Each write is an independent look at this.

The k-th fastest stays the k-th under a logarithm, so no exponential is ever taken: rows of 1,024
writes are drawn, sorted copy against copy, and counted on a logarithmic scale. Memory is that of a
few rows and the counts, however many writes. Draw number i is a hash of i, so that any part of the
writes can be computed anywhere, in any order; the normals are Box and Muller's, in single
precision and strict IEEE arithmetic, and end at 6.6 standard deviations.

Plainly, and for one write at a time, the kernels do this:

    for each zone: part = zone_sigma * normal; += log(factor) if it is slow; = inf if it is down
    for each copy: x = log(median) + part of its zone + copy_sigma * normal; += log(factor) if slow
    sort x; count the rank-th of them in its bin

Three things differ, and none changes the distribution. A step is taken for a row of writes before
the next step, so that the processor works on many at a time. The few that are slow are found by
drawing how far it is to the next, rather than by a draw for each. The normals come two by two.
"""

import math
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import kernel

__all__ = [
    "ROW",
    "Copies",
    "Waits",
    "latencies",
    "waits",
]

ROW = 1024
"""Writes that are drawn together; a part of a run starts at a multiple of it."""

_REACH = 6.7  # standard deviations: no normal here is further out


class Copies(NamedTuple):
    """Where the copies are, and how they answer. Zones are counted from 0.

    Attributes
    ----------
    per_zone : sequence of int, shape (z,)
        Copies in each zone.
    median : sequence of float, shape (z,)
        Median latency of each zone's copies without trouble; its unit is the answer's.
    zone_sigma, copy_sigma : float
        Standard deviation of the logarithm of the zone's part and of the copy's own.
    slow_share, slow_factor : float
        Chance that a copy is slow at a write, and how many times slower it is then.
    zone_slow_share, zone_slow_factor : float
        The same for a whole zone.
    zone_down_share : float
        Chance that none of a zone's copies answers.
    """

    per_zone: tuple[int, ...]
    median: tuple[float, ...]
    zone_sigma: float
    copy_sigma: float
    slow_share: float = 0.0
    slow_factor: float = 1.0
    zone_slow_share: float = 0.0
    zone_slow_factor: float = 1.0
    zone_down_share: float = 0.0


class Waits(NamedTuple):
    """How long writes waited, as counts on a logarithmic scale.

    The counts of runs over different writes add up, and so do those in `never`.

    Attributes
    ----------
    ranks : ndarray of int, shape (r,)
        The answers waited for: 4 is the fourth fastest copy.
    edges : ndarray of float, shape (b + 1,)
        Bounds of the bins.
    counts : ndarray of int, shape (r, b)
        Writes in each bin.
    never : ndarray of int, shape (r,)
        Writes that fewer copies answered.
    """

    ranks: NDArray[np.int64]
    edges: NDArray[np.float64]
    counts: NDArray[np.int64]
    never: NDArray[np.int64]

    def quantile(self, q: ArrayLike) -> NDArray[np.float64]:
        """Latency that a share `q` of the writes doesn't exceed, shape (r, ...).

        Within a bin the logarithm is taken as uniform. ``inf`` where the quorum was not reached.
        """
        q = np.asarray(q, dtype=np.float64)
        log_edges, answers = np.log(self.edges), []
        for counts, never in zip(self.counts, self.never, strict=True):
            below = np.concatenate([[0], np.cumsum(counts)])
            wanted = q * (below[-1] + never)
            filled = np.concatenate([[True], counts > 0])  # an empty bin has no quantile
            at = np.exp(np.interp(wanted, below[filled], log_edges[filled]))
            answers.append(np.where(wanted > below[-1], np.inf, at))
        return np.array(answers)

    def exceeding(self, latency: ArrayLike) -> NDArray[np.float64]:
        """Share of the writes that took longer than `latency`, shape (r, ...)."""
        x = np.log(np.asarray(latency, dtype=np.float64))
        answers = []
        for counts, never in zip(self.counts, self.never, strict=True):
            below = np.concatenate([[0], np.cumsum(counts)])
            at_most = np.interp(x, np.log(self.edges), below)
            answers.append(1 - at_most / (below[-1] + never))
        return np.array(answers)


def waits(
    copies: Copies,
    ranks: ArrayLike,
    writes: int,
    seed: int = 0,
    *,
    first: int = 0,
    bin_width: float = 0.005,
) -> Waits:
    """Draw writes and count how long the `ranks`-th fastest copy took.

    Parameters
    ----------
    copies : Copies
    ranks : array_like of int, shape (r,)
        Answers to wait for, each from 1 to the number of copies: ``[4, 3]`` is a write quorum of
        four and a read quorum of three, of the same draws.
    writes : int
        How many, above 0.
    seed : int
        Of all draws. Shares and factors don't shift other draws: moved, the rest stays put.
    first : int
        Number of the first write, a multiple of `ROW`: parts of a run add up to the whole.
    bin_width : float
        Of the logarithm: 0.005 is half a percent.

    Returns
    -------
    Waits

    Raises
    ------
    ValueError
        If an argument is out of its range.

    Examples
    --------
    Six copies in three zones. A copy in a hundred is ten times slower: who waits for all six often
    waits for it, who waits for four hardly ever does.

    >>> six = Copies((2, 2, 2), (1.0, 1.0, 1.0), 0.1, 0.2, slow_share=0.01, slow_factor=10)
    >>> waits(six, [4, 6], 100_000).quantile(0.99).round(1).tolist()
    [1.4, 12.3]
    """
    model = _model(copies, seed)
    rank = np.array(ranks, dtype=np.int64, ndmin=1)
    n = model.base.size
    if not (rank.ndim == 1 and rank.size and rank.min() >= 1 and rank.max() <= n):
        raise ValueError(
            f"ranks = {rank.tolist()}: each must be from 1 to the number of copies, {n}."
        )
    if not 1e-4 <= bin_width <= 1:
        raise ValueError(f"bin_width = {bin_width}: must be from 0.0001 to 1.")
    _check_part(writes, first)
    reach = _REACH * (copies.zone_sigma + copies.copy_sigma)
    low = math.log(min(copies.median)) - reach - bin_width
    high = math.log(max(copies.median)) + reach + model.copy_slow + model.zone_slow + bin_width
    bins = math.ceil((high - low) / bin_width)
    counts = np.zeros((rank.size, bins + 1), np.int64)
    with np.errstate(over="ignore"):  # in plain Python a hash warns that it wraps
        _count(
            model, rank, first, writes, np.float32(low), np.float32(1 / bin_width), counts,
            *_buffers(model),
        )  # fmt: skip
    edges = np.exp(low + bin_width * np.arange(bins + 1))
    return Waits(rank, edges, counts[:, :-1], counts[:, -1].copy())


def latencies(copies: Copies, writes: int, seed: int = 0, *, first: int = 0) -> NDArray[np.float64]:
    """Return what `waits` draws: every copy's latency at every write.

    Parameters
    ----------
    copies, writes, seed, first
        As for `waits`.

    Returns
    -------
    ndarray of float, shape (n, writes)
        By copies, zone after zone; ``inf`` in a zone that is down.
    """
    model = _model(copies, seed)
    _check_part(writes, first)
    return np.exp(_logarithms(model, writes, first).astype(np.float64))


class _Model(NamedTuple):
    """What the kernels need to know. Logarithms in single precision, as they are added there."""

    base: NDArray[np.float32]  # by copies
    zone: NDArray[np.int64]  # by copies
    zones: int
    zone_sigma: np.float32
    copy_sigma: np.float32
    copy_slow: np.float32
    zone_slow: np.float32
    copy_slow_gap: float  # mean number of draws from one to the next, see _strike
    zone_slow_gap: float
    zone_down_gap: float
    normal_key: np.uint64
    copy_slow_key: np.uint64
    zone_slow_key: np.uint64
    zone_down_key: np.uint64


def _model(copies: Copies, seed: int) -> _Model:
    _check_copies(copies)
    zones = len(copies.per_zone)
    zone = np.repeat(np.arange(zones), copies.per_zone)
    median = np.asarray(copies.median, dtype=np.float64)
    keys = np.random.SeedSequence(seed).generate_state(4, np.uint64)
    return _Model(
        np.log(median)[zone].astype(np.float32),
        zone,
        zones,
        np.float32(copies.zone_sigma),
        np.float32(copies.copy_sigma),
        np.float32(math.log(copies.slow_factor)),
        np.float32(math.log(copies.zone_slow_factor)),
        _gap(copies.slow_share),
        _gap(copies.zone_slow_share),
        _gap(copies.zone_down_share),
        *keys,
    )


def _gap(share: float) -> float:
    if share in (0.0, 1.0):
        return math.inf if share == 0.0 else 0.0
    return -1 / math.log1p(-share)


def _check_copies(copies: Copies) -> None:
    counts, medians = list(copies.per_zone), list(copies.median)
    if not counts or len(counts) != len(medians):
        raise ValueError(
            f"per_zone and median must be equally long, at least 1, not {len(counts)} and "
            f"{len(medians)}."
        )
    if min(counts) < 0 or not 1 <= sum(counts) <= 100:
        raise ValueError(f"per_zone = {counts}: needs 1 to 100 copies in all.")
    if not all(0 < median < math.inf for median in medians):
        raise ValueError(f"median = {medians}: must be finite and above 0 in each zone.")
    for name in ("zone_sigma", "copy_sigma"):
        if not 0 <= getattr(copies, name) <= 3:
            raise ValueError(f"{name} = {getattr(copies, name)}: must be from 0 to 3.")
    for name in ("slow_share", "zone_slow_share", "zone_down_share"):
        if not 0 <= getattr(copies, name) <= 1:
            raise ValueError(f"{name} = {getattr(copies, name)}: must be from 0 to 1.")
    for name in ("slow_factor", "zone_slow_factor"):
        if not 1 <= getattr(copies, name) <= 1e6:
            raise ValueError(f"{name} = {getattr(copies, name)}: must be from 1 to 1,000,000.")


def _check_part(writes: int, first: int) -> None:
    if not 1 <= writes <= 2**40:
        raise ValueError(f"writes = {writes}: must be from 1 to 2**40.")
    if not 0 <= first <= 2**40 or first % ROW:
        raise ValueError(f"first = {first}: must be a multiple of {ROW} from 0 to 2**40.")


def _logarithms(model: _Model, writes: int, first: int) -> NDArray[np.float32]:
    x, work = _buffers(model)
    out = np.empty((model.base.size, writes), np.float32)
    with np.errstate(over="ignore"):
        for done in range(0, writes, ROW):
            part = out[:, done : done + ROW]
            _draw(model, first + done, x, work)
            part[:] = x[model.zones : model.zones + model.base.size, : part.shape[1]]
    return out


def _buffers(model: _Model) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    pairs = (model.zones + model.base.size + 1) // 2
    return np.empty((2 * pairs, ROW), np.float32), np.empty((4, ROW), np.float32)


# Constants of single precision keep the arithmetic in it.
_HALF, _ONE, _TWO = np.float32(0.5), np.float32(1), np.float32(2)
_LOG2 = np.float32(math.log(2))
_T3, _T5, _T7, _T9 = (np.float32(1 / i) for i in (3, 5, 7, 9))
_S3, _S5, _S7, _S9 = (np.float32((-1) ** (i // 2) / math.factorial(i)) for i in (3, 5, 7, 9))
_C2, _C4, _C6, _C8 = (np.float32((-1) ** (i // 2) / math.factorial(i)) for i in (2, 4, 6, 8))

_UNIT = np.float32(2**-31)
_TURN = np.float32(math.pi / 4 * 2**-30)
_CENTRE = np.int32(2**30)
_ROOT_HALF = np.int32(np.sqrt(np.float32(0.5)).view(np.int32))  # as bits
_FRACTION_BITS = np.int32(23)

# David Stafford's thirteenth mixer on a Weyl sequence: the generator known as SplitMix64.
_WEYL = np.uint64(0x9E3779B97F4A7C15)
_MIX1, _MIX2 = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_12, _27, _30, _31, _33 = (np.uint64(bits) for bits in (12, 27, 30, 31, 33))
_LOW31 = np.uint64(2**31 - 1)
_PER_ROW = np.uint64(2**20)  # draws set aside for the episodes of a row


@kernel
def _count(model, ranks, first, writes, low, per_unit, counts, x, work):  # type: ignore[no-untyped-def]
    own, never = x[model.zones : model.zones + model.base.size], np.float32(counts.shape[1] - 1)
    for done in range(0, writes, ROW):
        _draw(model, first + done, x, work)
        _sort(own)
        for r in range(ranks.size):
            row, bins = own[ranks[r] - 1], counts[r]
            for j in range(min(ROW, writes - done)):
                place = (row[j] - low) * per_unit
                bins[np.int64(never if place > never else place)] += 1


@kernel
def _draw(model, write, x, work):  # type: ignore[no-untyped-def]
    """Fill a row of writes: the logarithms of zones, then of copies."""
    pairs, row = x.shape[0] // 2, np.uint64(write // ROW)
    for p in range(pairs):
        start = model.normal_key + _WEYL * np.uint64(write * pairs + p)
        _normals(start, _WEYL * np.uint64(pairs), work, x[2 * p], x[2 * p + 1])

    zones, copies = x[: model.zones], x[model.zones : model.zones + model.base.size]
    for z in range(model.zones):
        for j in range(ROW):
            zones[z, j] *= model.zone_sigma
    _strike(zones, model.zone_slow, model.zone_slow_gap, model.zone_slow_key, row)
    _strike(zones, np.float32(np.inf), model.zone_down_gap, model.zone_down_key, row)
    for i in range(model.base.size):
        base, shared, own = model.base[i], zones[model.zone[i]], copies[i]
        for j in range(ROW):
            own[j] = (base + shared[j]) + model.copy_sigma * own[j]
    _strike(copies, model.copy_slow, model.copy_slow_gap, model.copy_slow_key, row)


@kernel
def _strike(x, shift, gap, key, row):  # type: ignore[no-untyped-def]
    """Add `shift` to a share of `x`, going from one that is struck straight to the next.

    As if a coin were tossed for each, which falls with the chance 1 - exp(-1 / gap): the number of
    coins up to the next is geometric, which is an exponential of mean `gap`, rounded down.
    """
    draw, at = key + _WEYL * (_PER_ROW * row), -1
    while True:
        u = (np.float64(_mix(draw) >> _12) + 0.5) * 2.0**-52
        at += 1 + int(min(-math.log(u) * gap, float(x.size)))
        if at >= x.size:
            return
        x[at // ROW, at % ROW] += shift
        draw += _WEYL


@kernel
def _sort(x):  # type: ignore[no-untyped-def]
    """Sort every column, as ``x.sort(axis=0)`` does, by bubbles.

    Rows are compared whole, which the processor does many at a time.
    """
    for last in range(x.shape[0] - 1, 0, -1):
        for i in range(last):
            upper, lower = x[i], x[i + 1]
            for j in range(x.shape[1]):
                a, b = upper[j], lower[j]
                upper[j] = b if b < a else a
                lower[j] = a if b < a else b


@kernel
def _normals(start, step, work, cosines, sines):  # type: ignore[no-untyped-def]
    """Box and Muller: a radius from one half of a hash, an angle from the other, two normals.

    Plainly ``radius = sqrt(-2 log(u))``, then ``radius cos(a)`` and ``radius sin(a)``. Logarithm,
    sine and cosine are series here, as the processor has none for a row at a time.
    """
    uniform, exponent, fraction, angle = work[0], work[1], work[2], work[3]
    bits, fraction_bits = uniform.view(np.int32), fraction.view(np.int32)
    for j in range(ROW):
        z = _mix(start + np.uint64(j) * step)
        uniform[j] = (np.float32(np.int32(z >> _33)) + _HALF) * _UNIT
        angle[j] = np.float32(np.int32(z & _LOW31) - _CENTRE) * _TURN

    # the uniform is 2**exponent times a fraction from root 1/2 to root 2
    for j in range(ROW):
        power = np.int32((bits[j] - _ROOT_HALF) >> _FRACTION_BITS)
        exponent[j] = np.float32(power)
        fraction_bits[j] = np.int32(bits[j] - np.int32(power << _FRACTION_BITS))

    for j in range(ROW):
        # its logarithm is 2 artanh(t), a series in t
        t = np.divide(fraction[j] - _ONE, fraction[j] + _ONE)
        q = t * t
        artanh = t * (_ONE + q * (_T3 + q * (_T5 + q * (_T7 + q * _T9))))
        radius = np.sqrt(-_TWO * (exponent[j] * _LOG2 + _TWO * artanh))
        # a quarter of the angle, where Taylor's series are short, doubled twice
        a = angle[j]
        q = a * a
        sine = a * (_ONE + q * (_S3 + q * (_S5 + q * (_S7 + q * _S9))))
        cosine = _ONE + q * (_C2 + q * (_C4 + q * (_C6 + q * _C8)))
        double = _TWO * sine * cosine
        cosines[j] = radius * (_ONE - _TWO * double * double)
        sines[j] = radius * (_TWO * double * (_ONE - _TWO * sine * sine))


@kernel
def _mix(z):  # type: ignore[no-untyped-def]
    z = (z ^ (z >> _30)) * _MIX1
    z = (z ^ (z >> _27)) * _MIX2
    return z ^ (z >> _31)
