"""How a cache's copy of a key ends, and why a request finds none.

The requests of a key fall into stays. A stay begins with a request that does not hit, and goes on
until the key is evicted, or is too old for the next request.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._jit import kernel
from awsnb.mechanisms.eviction import HIT, NOTHING, REFUSED, Replay, dense_keys, key_count

__all__ = ["COLD", "EVICTED", "FOUND", "NO_ROOM", "TOO_OLD", "Stays", "stays"]

COLD, EVICTED, TOO_OLD, NO_ROOM, FOUND = range(5)
"""Why a cache has no copy of a key for a request; `FOUND` if it has."""


class Stays(NamedTuple):
    """What is known, in the end, of the copy that each of n requests finds or stores.

    Attributes
    ----------
    why : ndarray of int8, shape (n,)
        `COLD` .. `FOUND`, of the request.
    evicted_at : ndarray of int32, shape (n,)
        The request that has the copy evicted; n if none has.
    last : ndarray of int32, shape (n,)
        The last request of the stay.
    """

    why: NDArray[np.int8]
    evicted_at: NDArray[np.int32]
    last: NDArray[np.int32]


def stays(key: ArrayLike, replay: Replay) -> Stays:
    """Tell the stays of a trace that was replayed through a cache.

    Parameters
    ----------
    key : array_like of int, shape (n,)
        The key of each request, dense from 0.
    replay : Replay
        What became of each. What has expired may be found so, or be gone before.

    Returns
    -------
    Stays

    Raises
    ------
    ValueError
        If a key is out of bounds, or the replay is one of more or fewer requests.

    Examples
    --------
    >>> from awsnb.mechanisms.eviction import lru
    >>> trace = [0, 1, 0, 2, 1]
    >>> told = stays(trace, lru(trace, capacity=2))
    >>> told.why.tolist()  # the second 1 was evicted for 2
    [0, 0, 4, 0, 1]
    >>> told.evicted_at.tolist(), told.last.tolist()
    ([4, 3, 4, 5, 5], [2, 1, 2, 3, 4])
    """
    ids = dense_keys(key)
    n = ids.size
    if not replay.outcome.shape == replay.evicted.shape == (n,):
        raise ValueError(f"replay must be one of {n} requests, as key is.")
    begun, began = np.full(key_count(ids), NOTHING, np.int32), np.empty(n, np.int32)
    told = Stays(np.empty(n, np.int8), np.full(n, n, np.int32), np.empty(n, np.int32))
    _stays(ids, replay.outcome, replay.evicted, begun, began, *told)
    return told


@kernel
def _stays(ids, outcome, evicted, begun, began, why, evicted_at, last):  # type: ignore[no-untyped-def]
    # evicted_at and last are first told of the requests that begin stays, then of all
    n = ids.size
    for i in range(n):
        key = ids[i]
        if evicted[i] != NOTHING:
            evicted_at[begun[evicted[i]]] = i
        why[i] = FOUND
        if outcome[i] != HIT:
            before = begun[key]
            if outcome[i] == REFUSED:
                why[i] = NO_ROOM
            elif before == NOTHING:
                why[i] = COLD
            else:
                why[i] = EVICTED if evicted_at[before] < n else TOO_OLD
            begun[key] = i
        began[i] = begun[key]
        last[began[i]] = i
    for i in range(n):
        evicted_at[i], last[i] = evicted_at[began[i]], last[began[i]]
