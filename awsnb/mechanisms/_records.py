"""State that kernels read and write by name: arrays of records.

``slots[k].ends`` is one number, in a kernel and in plain Python; ``slots["ends"]`` a whole column,
outside of kernels. They are ordinary arrays, which numba takes in sooner than `numpy.recarray`.
"""

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray


def layout(**kinds: str) -> np.dtype:
    """Lay out a record: the names of its fields by their type.

    Examples
    --------
    >>> layout(int64="slot", float64="since until").names
    ('slot', 'since', 'until')
    """
    fields = [(name, kind) for kind, names in kinds.items() for name in names.split()]
    # in plain Python five times as fast as `numpy.record`
    record = type("Record", (np.void,), {name: _field(name) for name, _ in fields})
    return np.dtype((record, fields))


def _field(name: str) -> property:
    def write(record: np.void, value: float) -> None:
        record[name] = value

    return property(itemgetter(name), write)


def records(kind: np.dtype, shape: int | tuple[int, ...]) -> NDArray:
    """Make room for so many records, all zero."""
    return np.zeros(shape, kind)


def records_of(kind: np.dtype, rows: Sequence[Mapping[str, Any]]) -> NDArray:
    """Write down records by their fields; a field left out is 0.

    Examples
    --------
    >>> records_of(layout(int64="slot", float64="since until"), [{"slot": 3, "until": 9}])["until"]
    array([9.])
    """
    blank: dict[str, Any] = dict.fromkeys(kind.names or (), 0)
    return np.array([tuple({**blank, **row}.values()) for row in rows], dtype=kind)
