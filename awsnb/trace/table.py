"""CSV: a table with a header, long or wide, or what the CloudWatch console downloads."""

import csv
import re
from array import array
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, partial
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from awsnb.trace import plain_table
from awsnb.trace.cells import (
    NO_DATAPOINT,
    PLAIN,
    Style,
    number,
    refuse_parted_thousands,
    shown,
    style_of,
    time,
)
from awsnb.trace.file import TextFile
from awsnb.trace.label import STATISTIC_WORDS, Label, read_label
from awsnb.trace.metrics import known
from awsnb.trace.model import TraceError
from awsnb.trace.series import Samples, Series, fold

TIME_NAMES = (
    *("timestamp", "timestamps", "@timestamp", "timestamp (utc)"),
    *("datetime", "date/time", "time", "time (utc)", "date"),
)
VALUE_NAMES = {"value", *STATISTIC_WORDS}
ROW_NUMBERS = {"", "#", "row", "index", "unnamed: 0"}  # what pandas and others number rows by
NO_KEYS = {"unit", "period", *ROW_NUMBERS, *TIME_NAMES}
CONSOLE_HEADS = {"id", "label", "full label", "statuscode"}  # in the first cells of leading rows
SEPARATOR_TOLD = re.compile(r"sep=([,;\t|])\r?\n", re.IGNORECASE)  # a first line for Excel
SAMPLE_ROWS = 500  # rows that tell what a column holds

Row = tuple[int, list[str]]  # with the number of the line it ends on


@dataclass(frozen=True)
class Table:
    """A CSV file, and which of its columns hold what."""

    file: TextFile
    delimiter: str
    first_row: int  # the first one with samples
    skipped_lines: int  # those before it
    labels: list[str]
    time_at: int
    value_at: list[int]
    key_at: list[int]
    unit_at: int | None
    style: Style
    progress: bool | None = None

    def rows(self) -> Iterator[Row]:
        """Read each row with samples."""
        return islice(_rows(self.file, self.delimiter), self.first_row, None)

    @cached_property
    def keys(self) -> tuple[NDArray[np.int64], list[tuple[str, ...]]]:
        """Which series each row belongs to, and what each series is called."""
        columns = [*self.key_at, *([] if self.unit_at is None else [self.unit_at])]
        numbers: dict[tuple[str, ...], int] = {}
        codes = [
            numbers.setdefault(tuple(row[at].strip() for at in columns), len(numbers))
            for _, row in self.rows()
        ]
        return np.array(codes, dtype=np.int64), list(numbers)

    def samples(self, value_at: int, codes: frozenset[int] | None) -> Samples:
        """Read one series: those of a column's cells whose row belongs to it."""
        quick = plain_table.samples(self, value_at) if self.style == PLAIN else None
        if quick is None:
            return _samples(self, value_at, codes)
        return quick if codes is None else _part(quick, np.isin(self.keys[0], list(codes)))


def table_series(file: TextFile, progress: bool | None = None) -> list[Series]:
    """Every series of a CSV file; a progress bar on stderr is for large ones."""
    head = file.head().lstrip()
    told = SEPARATOR_TOLD.match(head)
    delimiter = told[1] if told else max(",;\t|", key=head.splitlines()[0].count)
    rows = _first_rows(file, delimiter)
    header = [fold(cell) for cell in rows[0][1]]
    time_at = next((header.index(name) for name in TIME_NAMES if name in header), None)
    if time_at is None:
        return _console(file, delimiter, rows, progress)
    return _with_header(file, delimiter, rows, header, time_at, progress)


def _first_rows(file: TextFile, delimiter: str) -> list[Row]:
    """Those that tell what the columns hold; a first line that is no header is refused as such."""
    try:
        rows = list(islice(_rows(file, delimiter), SAMPLE_ROWS))
    except TraceError:
        first = next(_rows(file, delimiter))
        if not {*TIME_NAMES, *CONSOLE_HEADS} & set(map(fold, first[1])):
            raise _no_time_column(first) from None
        raise
    if not rows:
        raise TraceError("the file is empty")
    return rows


def _no_time_column(first: Row) -> TraceError:
    line, row = first
    return TraceError(
        f"line {line}: no time column in {', '.join(map(shown, row[:8]))}; allowed: a header "
        "with a column named timestamp or time, nothing above it, or the leading Id and Label rows "
        "of a CSV downloaded from the CloudWatch console"
    )


def _rows(file: TextFile, delimiter: str) -> Iterator[Row]:
    """Each row that is not blank."""
    with file.open() as text:
        reader = csv.reader(text, delimiter=delimiter)
        width = 0
        try:
            for row in filter(any, reader):
                line = reader.line_num
                if line == 1 and row[0].casefold() == "sep=":
                    continue
                width = width or len(row)
                if len(row) != width:
                    wanted = f"{width} are needed, as in the first line"
                    raise TraceError(f"line {line}: {len(row)} fields where {wanted}")
                yield line, row
        except csv.Error as problem:
            raise TraceError(f"line {reader.line_num}: not a CSV row ({problem})") from None


def _with_header(
    file: TextFile,
    delimiter: str,
    rows: list[Row],
    header: list[str],
    time_at: int,
    progress: bool | None,
) -> list[Series]:
    """One row per time, or per series and time, under a header that names the columns."""
    line, labels = rows[0]
    others = [at for at, name in enumerate(header) if name not in NO_KEYS]
    body = [row for _, row in rows[1:]]
    values = [at for at in others if header[at] in VALUE_NAMES] or [
        at for at in others if not _is_text([row[at] for row in body])
    ]
    if not values:
        raise TraceError(f"line {line}: no value column beside {shown(labels[time_at].strip())}")
    refuse_parted_thousands([row[at] for at in values for row in body], delimiter)
    table = Table(
        file,
        delimiter,
        1,
        line,
        [label.strip() for label in labels],
        time_at,
        values,
        [at for at in others if at not in values],
        header.index("unit") if "unit" in header else None,
        style_of([row[time_at] for row in body], [row[at] for at in values for row in body]),
        progress,
    )
    return _long(table) if table.key_at or table.unit_at is not None else _wide(table)


def _is_text(cells: Sequence[str]) -> bool:
    told = [cell.strip() for cell in cells if cell.strip().casefold() not in NO_DATAPOINT]
    numeric = sum(cell[0].isdigit() or cell[0] in "+-." for cell in told)
    return 2 * numeric < len(told)


def _wide(table: Table) -> list[Series]:
    return [
        Series(
            (table.labels[at],),
            read_label(table.labels[at]),
            partial(table.samples, at, None),
            notes=table.style.notes(),
        )
        for at in table.value_at
    ]


def _long(table: Table) -> list[Series]:
    """One series for each value that the columns beside time and value take."""
    codes, keys = table.keys
    naming = [
        place
        for place in range(len(table.key_at))
        if 1 < len({key[place] for key in keys}) <= codes.size / 2
    ]
    members: dict[tuple[str, ...], list[int]] = {}
    for code, key in enumerate(keys):
        members.setdefault(tuple(key[place] for place in naming), []).append(code)
    constant = [p for p in range(len(table.key_at)) if len({key[p] for key in keys}) == 1]
    about = " ".join(keys[0][place] for place in constant) if keys else ""
    return [
        _long_series(table, at, name, about, None if len(members) == 1 else frozenset(of), keys)
        for name, of in members.items()
        for at in table.value_at
    ]


def _long_series(
    table: Table,
    at: int,
    name: tuple[str, ...],
    about: str,
    codes: frozenset[int] | None,
    keys: list[tuple[str, ...]],
) -> Series:
    column = table.labels[at]
    words = [*filter(None, (*name, about))]
    label = read_label(" ".join((*words, "" if fold(column) == "value" else column)))
    if not _names_a_metric(label):
        label = read_label(column)._replace(resource=" ".join(words))
    label = label._replace(namespace=label.namespace or _namespace(table, codes, keys))
    text = " ".join(name)
    names = (f"{text} {column}", text) if len(table.value_at) > 1 and text else (text or column,)
    units = frozenset(key[-1] for code, key in enumerate(keys) if codes is None or code in codes)
    told = units if table.unit_at is not None else frozenset()
    return Series(names, label, partial(table.samples, at, codes), told, table.style.notes())


def _namespace(table: Table, codes: frozenset[int] | None, keys: list[tuple[str, ...]]) -> str:
    """What a column of that name says, where it is none of AWS's either."""
    named = [p for p, at in enumerate(table.key_at) if fold(table.labels[at]) == "namespace"]
    return keys[min(codes or {0})][named[0]] if named and keys else ""


def _names_a_metric(label: Label) -> bool:
    return known(label.metric) is not None


def _samples(table: Table, value_at: int, codes: frozenset[int] | None) -> Samples:
    """Read cell by cell; a refusal names line and column."""
    seconds, values, lines, zones = array("d"), array("d"), array("q"), set()
    time_label, label = shown(table.labels[table.time_at]), shown(table.labels[value_at])
    for i, (line, row) in enumerate(table.rows()):
        if codes is not None and table.keys[0][i] not in codes:
            continue
        second, zone = time(row[table.time_at], f"line {line}, column {time_label}", table.style)
        values.append(number(row[value_at], f"line {line}, column {label}", table.style))
        seconds.append(second)
        zones.add(zone)
        lines.append(line)
    return Samples(
        np.array(seconds, dtype=np.float64),
        np.array(values, dtype=np.float64),
        frozenset(zones),
        lambda i: f"line {lines[i]}, column {time_label}",
    )


def _part(samples: Samples, chosen: NDArray[np.bool_]) -> Samples:
    rows = np.flatnonzero(chosen)
    return Samples(
        samples.seconds[rows],
        samples.value[rows],
        samples.zones,
        lambda i: samples.place(int(rows[i])),
    )


def _console(
    file: TextFile, delimiter: str, rows: list[Row], progress: bool | None
) -> list[Series]:
    """Leading rows Id, Label, StatusCode, ... that tell of each column, then one row per time."""
    first = next((i for i, (_, row) in enumerate(rows) if row[0].strip()[:1].isdigit()), len(rows))
    heads = {fold(row[0]): row for _, row in rows[:first]}
    if not {"id", "label"} & heads.keys():
        raise _no_time_column(rows[0])
    body = [row for _, row in rows[first:]]
    columns = list(range(1, len(rows[0][1])))
    refuse_parted_thousands([row[at] for at in columns for row in body], delimiter)
    style = style_of([row[0] for row in body], [row[at] for at in columns for row in body])
    told = [_told(heads, at) for at in columns]
    labels = ["1 (the time)", *(label for _, label, _, _ in told)]
    skipped = rows[first - 1][0]
    table = Table(file, delimiter, first, skipped, labels, 0, columns, [], None, style, progress)
    return [_console_series(table, at, *told[at - 1]) for at in columns]


def _told(heads: dict[str, list[str]], at: int) -> tuple[str, str, str, str]:
    """Id, label, full label and status of a column."""
    name, label, full, status = (
        heads[key][at].strip() if key in heads else ""
        for key in ("id", "label", "full label", "statuscode")
    )
    return name, label or full or name, full, status


def _console_series(table: Table, at: int, name: str, label: str, full: str, status: str) -> Series:
    told, more = read_label(label), read_label(full)
    if _names_a_metric(more):  # 'us-east-1:AWS/EBS VolumeId:vol-1 VolumeReadOps Sum 300'
        told = more._replace(statistic=told.statistic or more.statistic)
    notes = (*status_notes({status}), *table.style.notes())
    return Series((name, label), told, partial(table.samples, at, None), notes=notes)


def status_notes(statuses: set[str]) -> tuple[str, ...]:
    """What CloudWatch says of a result that is not complete."""
    return tuple(
        f"CloudWatch marked this metric {status}: datapoints may be missing"
        for status in sorted(statuses - {"", "Complete"})
    )
