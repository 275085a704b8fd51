"""Answers as bytes: columns of numbers in few steps, shared ones once, all of it deflated.

A column is steps between its least and its greatest value, each written as its distance to the one
before, low bytes apart from high ones. Texts are JSON, each once. `browser/book.js` reads it.
"""

import json
import zlib
from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from awsnb.page import STEPS

COARSER = 14  # 16-bit steps in one of ours: a multiple, so that the page's arithmetic is exact
FINEST = STEPS // COARSER  # 4,681 steps: three digits of each value
HEAD = 24  # bytes of a packed column before its steps


class Once:
    """Things by their number: each is kept once."""

    def __init__(self) -> None:
        self.things: list[Any] = []
        self._numbers: dict[Any, int] = {}

    def number(self, thing: Any) -> int:
        """Return the number of a thing, which is new if it is not known."""
        if thing not in self._numbers:
            self._numbers[thing] = len(self.things)
            self.things.append(thing)
        return self._numbers[thing]


def written(book: dict[str, Any], columns: Sequence[bytes], fine: Collection[int] = ()) -> bytes:
    """Write a book of texts, and columns as `page.packed` packs them.

    Parameters
    ----------
    book : dict
        What JSON can hold.
    columns : sequence of bytes
        Columns, that the book names by their number.
    fine : collection of int
        Those that keep all their steps, such as moments, by which others are looked up.

    Returns
    -------
    bytes
        Four bytes of length, the book deflated, the columns deflated.
    """
    scales = [np.frombuffer(column[:HEAD], "<f8").tolist() for column in columns]
    steps = [_steps(one, 1 if i in fine else COARSER) for i, one in enumerate(columns)]
    named = {"lengths": [len(one) for one in steps], "scales": scales, "fine": sorted(fine)}
    book = book | named
    texts = zlib.compress(json.dumps(book, separators=(",", ":")).encode(), 9)
    apart = [np.diff(one, prepend=np.uint16(0)) for one in steps]  # modulo 65,536
    joined = np.concatenate([*apart, np.empty(0, np.uint16)]).astype("<u2")
    low, high = (joined & 255).astype(np.uint8), (joined >> 8).astype(np.uint8)
    numbers = zlib.compress(low.tobytes() + high.tobytes(), 9)
    return len(texts).to_bytes(4, "little") + texts + numbers


def read(data: bytes) -> tuple[dict[str, Any], list[bytes]]:
    """Read what `written` wrote; the columns come back packed, within a step of what they were."""
    length = int.from_bytes(data[:4], "little")
    book = json.loads(zlib.decompress(data[4 : 4 + length]))
    low, high = np.split(np.frombuffer(zlib.decompress(data[4 + length :]), np.uint8), 2)
    joined = low.astype(np.uint16) | (high.astype(np.uint16) << 8)
    lengths, scales, fine = book.pop("lengths"), book.pop("scales"), set(book.pop("fine"))
    parts = np.split(joined, np.cumsum(lengths)[:-1]) if lengths else []
    return book, [
        np.array(scale, "<f8").tobytes()
        + _packed(np.cumsum(part, dtype=np.uint16), 1 if i in fine else COARSER)
        for i, (scale, part) in enumerate(zip(scales, parts, strict=True))
    ]


def _steps(column: bytes, coarser: int) -> npt.NDArray[np.uint16]:
    steps = np.frombuffer(column[HEAD:], "<u2")
    ours = np.rint(steps / coarser).astype(np.uint16)
    return np.where(steps > STEPS, np.uint16(STEPS // coarser + 1), ours)


def _packed(steps: npt.NDArray[np.uint16], coarser: int) -> bytes:
    theirs = np.minimum(steps.astype(np.uint32) * coarser, STEPS + 1)
    return theirs.astype("<u2").tobytes()
