"""CSV: a table with a header, or what the CloudWatch console downloads from a graph."""

import csv
import io
from collections.abc import Iterator

from awsnb.trace.cells import Sample, sample
from awsnb.trace.column import STATISTICS, Column, fold, split_label
from awsnb.trace.model import TraceError

TIME_NAMES = ("timestamp", "timestamps", "datetime", "time", "date")
VALUE_NAMES = {"value", *map(str.casefold, STATISTICS)}

Rows = list[tuple[int, tuple[str, ...]]]


def csv_columns(text: str) -> list[Column]:
    """Every metric of a CSV file."""
    rows = list(_rows(text))
    if not rows:
        raise TraceError("the file is empty")
    header = [fold(cell) for cell in rows[0][1]]
    time_at = next((header.index(name) for name in TIME_NAMES if name in header), None)
    return _console(rows) if time_at is None else _table(rows, time_at)


def _rows(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Each row that is not blank, with the number of the line it ends on."""
    delimiter = max(",;\t", key=text.lstrip().splitlines()[0].count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    width = 0
    try:
        for row in filter(any, reader):
            line, width = reader.line_num, width or len(row)
            if len(row) != width:
                raise TraceError(f"line {line}: {len(row)} fields where {width} are needed")
            yield line, tuple(row)
    except csv.Error as problem:
        raise TraceError(f"line {reader.line_num}: not a CSV row ({problem})") from None


def _table(rows: Rows, time_at: int) -> list[Column]:
    """One row per time under a header that names the columns."""
    (line, row), *rows = rows
    labels = [cell.strip() for cell in row]
    header = [fold(label) for label in labels]
    others = [i for i, name in enumerate(header) if name not in ("", "unit", *TIME_NAMES)]
    if not others:
        raise TraceError(f"line {line}: no value column beside {labels[time_at]!r}")
    units = {row[header.index("unit")].strip() for _, row in rows} if "unit" in header else set()
    columns = []
    for i in [i for i in others if header[i] in VALUE_NAMES] or others:
        samples = _samples(rows, time_at, i, (repr(labels[time_at]), repr(labels[i])))
        columns.append(Column((labels[i],), samples, *split_label(labels[i]), units))
    return columns


def _samples(rows: Rows, time_at: int, value_at: int, labels: tuple[str, str]) -> Iterator[Sample]:
    time_label, label = labels
    for line, row in rows:
        where = f"line {line}, column"
        yield sample(row[time_at], row[value_at], f"{where} {time_label}", f"{where} {label}")


def _console(rows: Rows) -> list[Column]:
    """Leading rows Id, Label, StatusCode, ... that tell of each column, then one row per time."""
    first = next((i for i, (_, row) in enumerate(rows) if row[0].strip()[:1].isdigit()), len(rows))
    heads = {fold(row[0]): row for _, row in rows[:first]}
    if not {"id", "label"} & heads.keys():
        line, row = rows[0]
        raise TraceError(
            f"line {line}: no time column in {', '.join(map(repr, row))}; allowed: a header with "
            "a column named timestamp or time, or the leading Id and Label rows of a CSV "
            "downloaded from the CloudWatch console"
        )
    return [_console_column(heads, rows[first:], at) for at in range(1, len(rows[0][1]))]


def _console_column(heads: dict[str, tuple[str, ...]], rows: Rows, at: int) -> Column:
    name, label, full, status = (
        heads[key][at].strip() if key in heads else ""
        for key in ("id", "label", "full label", "statuscode")
    )
    label = label or full or name
    metric, statistic = split_label(label)
    # a full label reads 'us-east-1:AWS/EBS VolumeId:vol-1 VolumeReadOps Sum 300'
    statistic = statistic or split_label(full.rpartition(" ")[0])[1]
    samples = _samples(rows, 0, at, ("1 (the time)", repr(label)))
    return Column((name, label, metric), samples, metric, statistic, status=status)
