"""The quick way to read a large plain table: by pandas, in pieces, with a progress bar."""

import re
import sys
from collections.abc import Iterator
from datetime import tzinfo
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.cells import NO_DATAPOINT, UNIX_FINER, UNIX_SECONDS, shown, time
from awsnb.trace.series import Floats, Samples

if TYPE_CHECKING:
    from awsnb.trace.table import Table

PLAIN_BYTES = 1_000_000  # a smaller file is read cell by cell as quickly
BAR_BYTES = 50_000_000
CHUNK_ROWS = 200_000
SPARE = 8  # bytes by which a time may be longer than the first, to be seen as such
CLOCK = re.compile(r"\d{4}([-/])\d\d\1\d\d(?:[ T]\d\d:\d\d(?::\d\d)?)?")
SEPARATORS = {4: b"-/", 7: b"-/", 10: b"T ", 13: b":", 16: b":"}
BLANKS = ["NaN", *(form(word) for word in NO_DATAPOINT for form in (str, str.upper, str.title))]


class Form(NamedTuple):
    """How the times of a plain table are written: as many characters each, one zone."""

    length: int
    clock: int  # characters up to the zone; 0 for Unix time
    rest: bytes
    offset_s: float
    zone: tzinfo | None


def samples(table: "Table", value_at: int) -> Samples | None:
    """Read a column; None where any cell is not plain, so that it is read with more care.

    Plain are numbers or blanks, and times that are all ISO 8601 in one form and zone, or Unix.
    """
    lines = _even_lines(table) if table.file.size >= PLAIN_BYTES else None
    if lines is None:
        return None
    try:
        _, first = next(table.rows(), (0, [""] * len(table.labels)))
        form = _form(first[table.time_at])
        pieces = [
            _piece(chunk, table.time_at, value_at, form)
            for chunk in _chunks(table, value_at, form, lines)
        ]
    except (ValueError, OverflowError):  # neither pandas nor numpy names the place
        return None
    seconds, value = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
    return Samples(seconds, value, frozenset({form.zone}), lambda i: _place(table, i))


def _place(table: "Table", i: int) -> str:
    line, _ = next(islice(table.rows(), i, None))
    return f"line {line}, column {shown(table.labels[table.time_at])}"


def _even_lines(table: "Table") -> int | None:
    """Count the lines; None where some have more or fewer cells, which pandas would pad."""
    lines, delimiters, last = 0, 0, "\n"
    with table.file.open() as text:
        for block in iter(lambda: text.read(1 << 20), ""):
            lines += block.count("\n")
            delimiters += block.count(table.delimiter)
            last = block[-1]
    lines += last != "\n"
    return lines if delimiters == (len(table.labels) - 1) * lines else None


def _form(first: str) -> Form:
    """Take the form of the first time; ValueError where it is not plain."""
    seconds, zone = time(first, "the first time")
    clock = CLOCK.match(first)
    length = len(first.encode())
    if clock is None:
        return Form(length, 0, b"", 0.0, zone)
    written = np.datetime64(clock[0].replace("/", "-")).astype("datetime64[ms]").astype(float) / 1e3
    return Form(length, clock.end(), first[clock.end() :].encode(), seconds - written, zone)


def _piece(chunk: Any, time_at: int, value_at: int, form: Form) -> tuple[Floats, Floats]:
    value = chunk[value_at].to_numpy()
    cells = chunk[time_at].to_numpy().astype(f"S{form.length + SPARE}")
    seconds = _clock_seconds(cells, form) if form.clock else _unix_seconds(cells)
    low, high = UNIX_SECONDS
    if np.isinf(value).any() or not ((low <= seconds) & (seconds < high)).all():
        raise ValueError("not plain")
    return seconds, value


def _clock_seconds(cells: NDArray[np.bytes_], form: Form) -> Floats:
    letters = np.ascontiguousarray(cells).view(np.uint8).reshape(cells.size, -1).copy()
    rest = np.frombuffer(form.rest, np.uint8)
    same_rest = (letters[:, form.clock : form.length] == rest).all()
    if not same_rest or letters[:, form.length :].any():
        raise ValueError("not plain")
    for at in range(form.clock):
        allowed = SEPARATORS.get(at, b"0123456789")
        if not np.isin(letters[:, at], list(allowed)).all():
            raise ValueError("not plain")
        if at in SEPARATORS:
            letters[:, at] = allowed[0]
    clock = np.ascontiguousarray(letters[:, : form.clock]).view(f"S{form.clock}").ravel()
    return clock.astype(f"U{form.clock}").astype("datetime64[s]").astype(np.float64) + form.offset_s


def _unix_seconds(cells: NDArray[np.bytes_]) -> Floats:
    seconds = cells.astype(np.float64)
    for _ in range(UNIX_FINER):
        seconds = np.where(seconds < UNIX_SECONDS[1], seconds, seconds / 1000)
    return seconds


def _chunks(table: "Table", value_at: int, form: Form, lines: int) -> Iterator[Any]:
    import pandas as pd

    with (
        table.file.open() as text,
        _bar(table, lines) as bar,
        pd.read_csv(
            text,
            sep=table.delimiter,
            header=None,
            skiprows=table.skipped_lines,
            dtype=_types(table, value_at, form),
            keep_default_na=False,
            na_values={value_at: BLANKS},  # type: ignore[dict-item]
            chunksize=CHUNK_ROWS,
        ) as chunks,
    ):
        for chunk in chunks:
            bar.update(len(chunk))
            yield chunk


def _types(table: "Table", value_at: int, form: Form) -> dict[int, np.dtype[Any]]:
    """Text of a fixed width is read fast; of the columns beside, one letter is enough."""
    columns = {at: np.dtype("S1") for at in range(len(table.labels))}
    times = {table.time_at: np.dtype(f"S{form.length + SPARE}")}
    return columns | times | {value_at: np.dtype(float)}


def _bar(table: "Table", lines: int) -> Any:
    from tqdm import tqdm

    shown = table.progress
    if shown is None:
        shown = table.file.size > BAR_BYTES and sys.stderr.isatty()
    name = table.file.path.name
    return tqdm(desc=name, total=lines, unit=" rows", disable=not shown, file=sys.stderr)
