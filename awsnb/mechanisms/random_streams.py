"""Random numbers by purpose: arrivals, service, routing, failures have a stream each.

So one change leaves the other draws as they were, and two policies compare on the same luck.
"""

import zlib

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "generator",
    "stream",
]


def generator(seed: int, role: str | int, scenario: int = 0) -> np.random.Generator:
    """A NumPy generator for one purpose.

    Parameters
    ----------
    seed : int
        The study's seed, 0 or more.
    role : str or int
        What is drawn. The same role draws the same numbers, whatever else is drawn.
    scenario : int
        Replication, 0 or more.

    Returns
    -------
    numpy.random.Generator

    Examples
    --------
    >>> generator(1, "arrivals").random() == generator(1, "arrivals").random()
    True
    >>> generator(1, "arrivals").random() == generator(1, "service").random()
    False
    """
    return np.random.Generator(np.random.SFC64(_key(seed, role, scenario)))


def stream(seed: int, role: str | int, scenario: int = 0) -> NDArray[np.uint64]:
    """The state of a generator of four 64-bit words, for a kernel that draws by itself.

    Parameters
    ----------
    seed : int
        As for `generator`.
    role : str or int
        As for `generator`.
    scenario : int
        As for `generator`.

    Returns
    -------
    ndarray of uint64, shape (4,)

    Examples
    --------
    >>> stream(1, "routing").shape
    (4,)
    """
    return _key(seed, role, scenario).generate_state(4, np.uint64).astype(np.uint64)


def _key(seed: int, role: str | int, scenario: int) -> np.random.SeedSequence:
    number = zlib.crc32(role.encode()) if isinstance(role, str) else role
    return np.random.SeedSequence(seed, spawn_key=(number, scenario))
