"""What a chain of incremental snapshots holds, and what taking one away frees.

A snapshot stores the blocks that changed since the one before it, and refers to that one for the
rest. So a version of a block, once written, is held by every snapshot from the first that saw it
until the first that saw it overwritten. That is all a chain is: ``versions[first, end]`` counts
the versions of which snapshot `first` is the first holder and snapshot `end` no longer one, with
`end` equal to the number of snapshots if the version is still there. A version is stored while any
snapshot between the two is kept. Nothing else needs a block map, however large the volume.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["alone", "even_changes", "full", "observed_changes", "stored", "stored_in_windows"]

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]


def even_changes(snapshots: int, size: float, changed_share: float) -> Floats:
    """Return the versions expected where each block is equally likely to change.

    Parameters
    ----------
    snapshots : int
        How many snapshots are taken.
    size : float
        Data on the volume, in any unit; all of it is written before the first snapshot.
    changed_share : float
        The share of the data that differs from one snapshot to the next, 0 to 1.

    Returns
    -------
    numpy.ndarray, shape (snapshots, snapshots + 1)
        In the unit of `size`: versions live for a geometric number of snapshots.
    """
    first = np.arange(snapshots)[:, np.newaxis]
    end = np.arange(snapshots + 1)
    born = np.where(first == 0, 1.0, changed_share)
    over = np.where(end == snapshots, 1.0, changed_share)
    survived = (1.0 - changed_share) ** np.maximum(end - first - 1, 0)
    return np.where(end > first, size * born * survived * over, 0.0)


def observed_changes(changed: Sequence[ArrayLike], gone: Sequence[ArrayLike] = ()) -> Floats:
    """Return the versions of a chain of which the changed blocks are known.

    Parameters
    ----------
    changed : sequence of array_like of int
        The blocks that each snapshot stores, each at most once; of the first, all that it has.
    gone : sequence of array_like of int, optional
        The blocks that the one before has and this snapshot no longer, by snapshot.

    Returns
    -------
    numpy.ndarray, shape (n, n + 1)
        Versions, counted in blocks.
    """
    lists = [np.asarray(blocks, dtype=np.int64) for blocks in changed]
    versions = np.zeros((len(lists), len(lists) + 1))
    last = np.full(1 + max((int(each.max(initial=-1)) for each in lists), default=-1), -1)
    for snapshot, blocks in enumerate(lists):
        left = np.asarray(gone[snapshot] if gone else [], dtype=np.int64)
        left = left[left < len(last)]
        before = last[np.union1d(blocks, left)]
        versions[:, snapshot] = np.bincount(before[before >= 0], minlength=len(lists))
        last[left] = -1
        last[blocks] = snapshot
    versions[:, -1] = np.bincount(last[last >= 0], minlength=len(lists))
    return versions


def full(versions: Floats) -> Floats:
    """Return all that each snapshot restores: its own blocks and those it refers to.

    Parameters
    ----------
    versions : numpy.ndarray, shape (n, n + 1)

    Returns
    -------
    numpy.ndarray, shape (n,)
        In the unit of `versions`.
    """
    count = len(versions)
    arrived = np.cumsum(versions.sum(axis=1))
    gone = np.cumsum(versions.sum(axis=0))[:count]
    return arrived - gone


def stored(versions: Floats, kept: Bools) -> float:
    """Return what must be stored so that every kept snapshot can be restored.

    Parameters
    ----------
    versions : numpy.ndarray, shape (n, n + 1)
    kept : numpy.ndarray of bool, shape (n,)
        The snapshots that are kept.

    Returns
    -------
    float
        In the unit of `versions`.
    """
    return float(versions[_holders(versions, kept) > 0].sum())


def alone(versions: Floats, kept: Bools) -> Floats:
    """Return what each kept snapshot alone holds, which deleting it would free.

    Parameters
    ----------
    versions : numpy.ndarray, shape (n, n + 1)
    kept : numpy.ndarray of bool, shape (n,)
        The snapshots that are kept.

    Returns
    -------
    numpy.ndarray, shape (n,)
        In the unit of `versions`.
    """
    first, end = np.nonzero((_holders(versions, kept) == 1) & (versions > 0))
    earlier = np.concatenate(([0], np.cumsum(kept)))
    holder = np.flatnonzero(kept)[earlier[first]]
    freed = np.bincount(holder, versions[first, end], minlength=len(versions))
    return freed.astype(np.float64)


def stored_in_windows(versions: Floats, first: ArrayLike, last: ArrayLike) -> Floats:
    """Return what is stored at moments when an unbroken run of snapshots is kept.

    Parameters
    ----------
    versions : numpy.ndarray, shape (n, n + 1)
    first, last : array_like of int, shape (moments,)
        The first and the last snapshot that are kept; the last is the newest taken so far. Where
        the first comes after the last, none is.

    Returns
    -------
    numpy.ndarray, shape (moments,)
    """
    first, last = np.asarray(first), np.asarray(last)
    by_end = np.cumsum(versions[:, ::-1], axis=1)[:, ::-1]
    held = np.cumsum(by_end, axis=0)[last, np.minimum(first, last) + 1]
    return np.where(first <= last, held, 0.0)


def _holders(versions: Floats, kept: Bools) -> NDArray[np.int64]:
    """Count the kept snapshots that hold each version, shape (n, n + 1); 0 where end <= first."""
    earlier = np.concatenate(([0], np.cumsum(kept)))
    return np.maximum(earlier[np.newaxis, :] - earlier[:-1, np.newaxis], 0)
