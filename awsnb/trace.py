"""CloudWatch metrics as files: read what people have, say what was repaired, refuse the rest.

A trace is one metric as a row of back-to-back segments. CloudWatch stamps a datapoint with the
*start* of its period, so a segment runs from its timestamp for its duration.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

MAX_ROWS = 2_000_000
MAX_BYTES = 256 * 1024 * 1024
MIN_RUN = 12  # equal spacings in a row that make a period of their own, not a string of gaps,
FEW_ROWS_RUN = 4  # or, in a short file, a quarter of it and at least this many
FREQUENT_SHARE = 0.1  # a finer spacing this frequent is the period, and the usual one is gaps
CROWDED_SHARE = 0.05  # more rows than this share falling into one period: the period is wrong
SAME_TIME_S = 5e-4

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
NAIVE_EPOCH = EPOCH.replace(tzinfo=None)
EPOCH_SECONDS = (1e8, 1e11)
EPOCH_MILLISECONDS = (1e11, 1e14)
EPOCH_TEXT = re.compile(r"[0-9]+(\.[0-9]+)?([eE]\+?[0-9]{1,2})?")
NO_DATAPOINT = {"", "nan", "null", "none", "n/a", "na", "-"}
TIME_NAMES = {"timestamp", "timestamps", "time", "datetime", "date", "date time"}
STATISTICS = {
    "sum": "Sum",
    "average": "Average",
    "avg": "Average",
    "mean": "Average",
    "maximum": "Maximum",
    "max": "Maximum",
    "minimum": "Minimum",
    "min": "Minimum",
    "samplecount": "SampleCount",
    "sample count": "SampleCount",
}
VALUE_NAMES = {"value", "values", *STATISTICS}
CONSOLE_ROWS = {"id", "label"}
ALLOWED_TIMES = (
    "allowed: ISO 8601 such as 2024-03-01T17:34:00Z or 2024-03-01T17:34:00+02:00, "
    "2024-03-01 17:34:00, 2024/03/01 17:34:00, or Unix time in seconds or milliseconds"
)
ALLOWED_NUMBERS = 'allowed: 1234.5, "1,234.5", 1.2e6, or blank for no datapoint'


class TraceError(ValueError):
    """A file that cannot be read as a trace; the message names the file and the place in it."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One metric over time, as segments that follow each other without holes.

    Attributes
    ----------
    start : datetime
        Start of the first segment, UTC.
    duration_s : float64 array
        Length of each segment, seconds.
    value : float64 array
        One number per segment, in the metric's own unit and as in the file: a total or a mean
        over the segment, as `statistic` says. NaN where CloudWatch holds no datapoint.
    metric, statistic, unit : str
        As far as the file tells, else empty.
    source : str
        Name of the file.
    repairs : tuple of str
        What was changed on the way in, one plain sentence each.
    """

    start: datetime
    duration_s: Floats
    value: Floats
    metric: str = ""
    statistic: str = ""
    unit: str = ""
    source: str = ""
    repairs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("duration_s", "value"):
            array = np.array(getattr(self, name), dtype=np.float64)
            array.setflags(write=False)
            object.__setattr__(self, name, array)
        if self.value.ndim != 1 or self.value.shape != self.duration_s.shape or not self.value.size:
            raise TraceError("a trace needs one duration per value, and at least one of each")
        if not (np.isfinite(self.duration_s).all() and (self.duration_s > 0).all()):
            raise TraceError("every duration_s must be a number of seconds above 0")
        if self.start.utcoffset() is None:
            raise TraceError("start needs a time zone")

    @property
    def period_s(self) -> float:
        """The usual length of a segment, seconds."""
        lengths, counts = np.unique(self.duration_s, return_counts=True)
        return float(lengths[np.argmax(counts)])

    @property
    def end(self) -> datetime:
        """End of the last segment, UTC."""
        return self.start + timedelta(seconds=float(self.duration_s.sum()))

    def times(self) -> npt.NDArray[np.datetime64]:
        """Start of each segment, UTC, as ``datetime64[ms]``."""
        offsets = np.concatenate(([0.0], np.cumsum(self.duration_s[:-1])))
        start = np.datetime64(self.start.astimezone(UTC).replace(tzinfo=None), "ms")
        return start + np.rint(offsets * 1000).astype("timedelta64[ms]")

    def describe(self) -> str:
        """One sentence: how many samples, at which period, from when to when, and the repairs."""
        count = int(np.isfinite(self.value).sum())
        repairs = f"; repaired: {'; '.join(self.repairs)}" if self.repairs else ""
        return (
            f"{count:,} samples at {_span(self.period_s)} "
            f"from {self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC{repairs}"
        )

    def __str__(self) -> str:
        return self.describe()


def read_cloudwatch(path: str | Path, metric: str | None = None) -> Trace:
    """Read one metric from a CloudWatch export.

    The format is recognised by content, never by the file's extension:

    - a CSV with a header: one time column (timestamp, time, date, ...) and a value column (value,
      Sum, Average, Maximum, ..., or the only other one), in any order and case, delimited by
      comma, semicolon or tab. A header such as ``VolumeReadOps Sum`` names metric and statistic;
      a ``Unit`` column gives the unit; other columns are ignored.
    - the CSV that the CloudWatch console downloads from a graph: leading rows ``Id``,
      ``StatusCode``, ``Messages``, ``Full label``, ``Label`` (any of them, in any order), then one
      row per timestamp and one column per metric.
    - the JSON of ``aws cloudwatch get-metric-data``: whole, as ``--query MetricDataResults``
      leaves it, or several pages in one file (as a list, or one after the other).
    - the JSON of ``aws cloudwatch get-metric-statistics``.

    Text is UTF-8, or UTF-16 with a byte order mark. A time without a zone is read as UTC. Two rows
    with the same time: the later one in the file stands, because a metric that is published again
    replaces the older datapoint; a blank never replaces a number. Every change is told in
    `Trace.repairs`.

    The period is the most common spacing, or a frequent finer one that divides it. Where a spacing
    holds for a dozen rows (a quarter of a short file) and then another does, as in old data that
    CloudWatch keeps only by 5 minutes or by the hour, each segment carries the period of its own
    stretch.

    Parameters
    ----------
    path : str or Path
        The file.
    metric : str, optional
        Which metric, where the file holds several: a column's name, or a result's Id or Label.

    Raises
    ------
    TraceError
        Where the file cannot be read as one metric; names the file, the place and what is allowed.
    """
    path = Path(path)
    try:
        text = _text(path)
        columns = _json_columns(text) if text.lstrip()[:1] in ("{", "[") else _csv_columns(text)
        return _trace(_choose(columns, metric), path.name)
    except TraceError as problem:
        raise TraceError(f"{path}: {problem}") from None


# --- the file's text


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise TraceError(f"larger than {MAX_BYTES // 2**20} MB: cut it into shorter stretches")
        data = path.read_bytes()
    except OSError as problem:
        raise TraceError(f"cannot be read: {problem.strerror}") from None
    text = _decode(data)
    if not text.strip():
        raise TraceError("the file is empty")
    return text


def _decode(data: bytes) -> str:
    wide = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        raise TraceError(
            f"line {line}: not text (byte 0x{data[problem.start]:02x}); "
            "allowed: UTF-8, or UTF-16 with a byte order mark"
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TraceError(
            f"line {line}: not text (a zero byte); allowed: UTF-8, or UTF-16 with a byte order mark"
        )
    return text


# --- what every format comes down to


class _Row(NamedTuple):
    time: object
    value: object
    place: str  # with {} where the name of the column or field goes


@dataclass
class _Column:
    """One metric of a file, as raw cells that know their place."""

    names: tuple[str, ...]
    metric: str = ""
    statistic: str = ""
    unit: str = ""
    rows: list[_Row] = field(default_factory=list)
    fields: tuple[str, str] = ("Timestamp", "Value")
    notes: tuple[str, ...] = ()

    def answers_to(self, name: str) -> bool:
        return _fold(name) in map(_fold, self.names)

    def __str__(self) -> str:
        return " = ".join(dict.fromkeys(filter(None, self.names)))


def _fold(name: str) -> str:
    return " ".join(name.casefold().split())


def _choose(columns: Sequence[_Column], metric: str | None) -> _Column:
    found = [c for c in columns if metric is None or c.answers_to(metric)]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(map(str, columns))
    if metric is None:
        raise TraceError(f"holds {len(columns)} metrics: name one with metric=. They are: {listed}")
    problem = "more than one" if found else "no"
    raise TraceError(f"{problem} metric is named {metric!r}. The file holds: {listed}")


def _split_label(label: str) -> tuple[str, str]:
    """Metric and statistic of a header such as 'VolumeReadOps Sum', 'Sum' or 'value'."""
    words = label.split()
    if _fold(label) in STATISTICS:
        return "", STATISTICS[_fold(label)]
    if _fold(label) in VALUE_NAMES:
        return "", ""
    if len(words) > 1 and _statistic(words[-1]):
        return " ".join(words[:-1]), _statistic(words[-1])
    return label, ""


def _statistic(word: str) -> str:
    if re.fullmatch(r"p\d{1,2}(\.\d+)?", word):
        return word
    return STATISTICS.get(word.casefold(), "")


def _status_note(status: str) -> tuple[str, ...]:
    if status in ("", "Complete"):
        return ()
    return (f"CloudWatch marked this metric {status}: datapoints may be missing",)


def _message_note(message: str) -> tuple[str, ...]:
    return (f"CloudWatch's message: {message}",) if message else ()


# --- CSV


def _csv_columns(text: str) -> list[_Column]:
    rows = list(_csv_rows(text))
    if not rows:
        raise TraceError("the file is empty")
    if any(_fold(cell) in TIME_NAMES for cell in rows[0][1]):
        return _headed_columns(rows)
    return _console_columns(rows)


def _csv_rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Each row that is not blank, with the number of the line it ends on."""
    if text.count("\n") > MAX_ROWS:
        raise TraceError(f"more than {MAX_ROWS:,} lines: cut the file into shorter stretches")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text))
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                yield reader.line_num, [cell.strip() for cell in row]
    except csv.Error as problem:
        raise TraceError(f"line {reader.line_num}: not a CSV row ({problem})") from None


def _delimiter(text: str) -> str:
    first = re.sub(r'"[^"]*"', "", text.lstrip().splitlines()[0])
    return max(",;\t", key=first.count)


def _headed_columns(rows: list[tuple[int, list[str]]]) -> list[_Column]:
    line, header = rows[0]
    folded = [_fold(cell) for cell in header]
    time_at = _time_column(line, header)
    others = [i for i, name in enumerate(folded) if i != time_at and name not in ("", "unit")]
    if not others:
        raise TraceError(f"line {line}: no value column beside {header[time_at]!r}")
    usual = [i for i in others if folded[i] in VALUE_NAMES]
    unit = _unit(rows[1:], folded.index("unit")) if "unit" in folded else ""
    columns = []
    for i in usual or others:
        name, statistic = _split_label(header[i])
        cells = _csv_cells(rows[1:], time_at, i)
        fields = (repr(header[time_at]), repr(header[i]))
        columns.append(_Column((header[i], name), name, statistic, unit, cells, fields))
    return columns


def _time_column(line: int, header: list[str]) -> int:
    found = [i for i, cell in enumerate(header) if _fold(cell) in TIME_NAMES]
    best = [i for i in found if _fold(header[i]).startswith("timestamp")] or found
    if len(best) > 1:
        listed = ", ".join(repr(header[i]) for i in best)
        raise TraceError(f"line {line}: {len(best)} time columns ({listed}), one is needed")
    return best[0]


def _unit(rows: list[tuple[int, list[str]]], at: int) -> str:
    units = {row[at]: line for line, row in rows if len(row) > at}
    if len(units) > 1:
        raise TraceError(f"line {max(units.values())}: mixed units ({', '.join(sorted(units))})")
    return next(iter(units), "")


def _csv_cells(rows: list[tuple[int, list[str]]], time_at: int, value_at: int) -> list[_Row]:
    width = max(time_at, value_at) + 1
    for line, row in rows:
        if len(row) < width:
            raise TraceError(f"line {line}: {len(row)} fields where {width} are needed")
    return [_Row(row[time_at], row[value_at], f"line {line}, column {{}}") for line, row in rows]


def _console_columns(rows: list[tuple[int, list[str]]]) -> list[_Column]:
    split = next((i for i, (_, row) in enumerate(rows) if _looks_like_time(row[0])), len(rows))
    heads = {_fold(row[0]): row for _, row in rows[:split]}
    if not CONSOLE_ROWS & heads.keys():
        line, row = rows[0]
        raise TraceError(
            f"line {line}: no time column in {', '.join(map(repr, row))}; allowed: a header with "
            "a column named timestamp or time, or the leading Id and Label rows of a CSV "
            "downloaded from the CloudWatch console"
        )
    width = max(len(row) for row in heads.values())
    return [_console_column(heads, rows[split:], i) for i in range(1, width)]


def _console_column(
    heads: dict[str, list[str]], rows: list[tuple[int, list[str]]], at: int
) -> _Column:
    def head(name: str) -> str:
        row = heads.get(name, [])
        return row[at] if at < len(row) else ""

    label = head("label") or head("full label") or head("id")
    metric, statistic = _split_label(label)
    return _Column(
        names=(head("id"), label, head("full label"), metric),
        metric=metric,
        statistic=statistic or _full_label_statistic(head("full label")),
        rows=_csv_cells(rows, 0, at),
        fields=("1 (the time)", repr(label)),
        notes=_status_note(head("statuscode")) + _message_note(head("messages")),
    )


def _full_label_statistic(full_label: str) -> str:
    """Find the statistic in 'us-east-1:AWS/EBS VolumeId:vol-1 VolumeReadOps Sum 300'."""
    words = full_label.split()
    return _statistic(words[-2]) if len(words) > 2 and words[-1].isdigit() else ""


# --- JSON


def _json_columns(text: str) -> list[_Column]:
    pages = list(_json_pages(text))
    if any("Datapoints" in page for _, page in pages):
        return _statistics_columns(pages)
    return _data_columns(pages)


def _json_pages(text: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each page of results, with its place: '' where the file is one page."""
    documents = _json_documents(text)
    many = len(documents) > 1
    for number, document in enumerate(documents, 1):
        place = f"page {number}, " if many else ""
        if isinstance(document, dict):
            yield place, document
            continue
        _expect(document, list, f"page {number}", "a page of results")
        if document and all(isinstance(d, dict) and "Timestamps" in d for d in document):
            yield place, {"MetricDataResults": document}
        else:
            for i, page in enumerate(document):
                yield f"{place}[{i}].", _expect(page, dict, f"{place}[{i}]", "a page of results")


def _json_documents(text: str) -> list[Any]:
    decoder, documents, at = json.JSONDecoder(), [], _skip_space(text, 0)
    while at < len(text):
        try:
            document, at = decoder.raw_decode(text, at)
        except json.JSONDecodeError as problem:
            raise TraceError(
                f"line {problem.lineno}, column {problem.colno}: not JSON ({problem.msg})"
            ) from None
        except RecursionError:
            raise TraceError("not CloudWatch's JSON: nested too deeply") from None
        documents.append(document)
        at = _skip_space(text, at)
    return documents


def _expect(thing: Any, kind: type, place: str, wanted: str) -> Any:
    if not isinstance(thing, kind):
        raise TraceError(f"{place}: {json.dumps(thing)[:60]} where {wanted} is needed")
    return thing


def _data_columns(pages: list[tuple[str, dict[str, Any]]]) -> list[_Column]:
    """get-metric-data: one column per Id, its pages joined."""
    columns: dict[str, _Column] = {}
    for page_place, page in pages:
        if "MetricDataResults" not in page:
            raise TraceError(
                f"{page_place or 'top level: '}no MetricDataResults and no Datapoints; allowed: "
                "the JSON of aws cloudwatch get-metric-data or get-metric-statistics"
            )
        where = f"{page_place}MetricDataResults"
        for i, result in enumerate(_expect(page["MetricDataResults"], list, where, "a list")):
            place = f"{where}[{i}]"
            _add_result(columns, _expect(result, dict, place, "a result"), place)
    if not columns:
        raise TraceError("MetricDataResults is empty: no metric in the file")
    return list(columns.values())


def _add_result(columns: dict[str, _Column], result: dict[str, Any], place: str) -> None:
    label, key = str(result.get("Label") or ""), str(result.get("Id") or "")
    metric, statistic = _split_label(label)
    column = columns.setdefault(key or label, _Column((key, label, metric), metric, statistic))
    column.fields = ("Timestamps", "Values")
    column.rows += _result_rows(result, place)
    messages = [
        ": ".join(str(m[k]) for k in ("Code", "Value") if m.get(k))
        for m in _expect(result.get("Messages") or [], list, f"{place}.Messages", "a list")
        if isinstance(m, dict)
    ]
    column.notes = _status_note(str(result.get("StatusCode") or "")) + _message_note(
        ", ".join(messages)
    )


def _result_rows(result: dict[str, Any], place: str) -> list[_Row]:
    times = _expect(result.get("Timestamps"), list, f"{place}.Timestamps", "a list")
    values = _expect(result.get("Values"), list, f"{place}.Values", "a list")
    if len(times) != len(values):
        raise TraceError(f"{place}: {len(times)} Timestamps but {len(values)} Values")
    return [
        _Row(time, value, f"{place}.{{}}[{i}]")
        for i, (time, value) in enumerate(zip(times, values, strict=True))
    ]


def _statistics_columns(pages: list[tuple[str, dict[str, Any]]]) -> list[_Column]:
    """get-metric-statistics: one column per statistic, its pages joined."""
    columns: dict[str, _Column] = {}
    units: dict[str, None] = {}
    for page_place, page in pages:
        points = _expect(page.get("Datapoints"), list, f"{page_place}Datapoints", "a list")
        for i, point in enumerate(points):
            place = f"{page_place}Datapoints[{i}]"
            _expect(point, dict, place, "a datapoint")
            units.setdefault(str(point.get("Unit") or ""))
            if len(units) > 1:
                raise TraceError(f"{place}.Unit: mixed units ({', '.join(units)})")
            _add_point(columns, str(page.get("Label") or ""), point, place)
    if not columns:
        raise TraceError(
            "Datapoints is empty or has no Sum, Average, Maximum, Minimum, SampleCount"
        )
    for column in columns.values():
        column.unit = next(iter(units)).removeprefix("None")
    return list(columns.values())


def _add_point(columns: dict[str, _Column], label: str, point: dict[str, Any], place: str) -> None:
    where = f"{place}.ExtendedStatistics"
    extended = _expect(point.get("ExtendedStatistics") or {}, dict, where, "an object")
    found = {name: point[name] for name in STATISTICS.values() if name in point} | extended
    for name, value in found.items():
        names = (f"{label} {name}".strip(), name, label)
        column = columns.setdefault(f"{label} {name}", _Column(names, label, name))
        column.fields = ("Timestamp", name)
        column.rows.append(_Row(point.get("Timestamp"), value, f"{place}.{{}}"))


def _skip_space(text: str, at: int) -> int:
    found = re.compile(r"\S").search(text, at)
    return found.start() if found else len(text)


# --- cells


Converted = TypeVar("Converted")


def _cells(column: _Column, at: int, convert: Callable[[object], Converted]) -> Iterator[Converted]:
    for row in column.rows:
        try:
            yield convert(row[at])
        except TraceError as problem:
            raise TraceError(f"{row.place.format(column.fields[at])}: {problem}") from None


def _time(cell: object) -> tuple[float, str]:
    """Give seconds since 1970 UTC, and how the zone was given: 'none', 'UTC' or 'other'."""
    text = str(cell).strip()
    seconds, zone = _epoch_time(text) or _iso_time(text)
    if not 0 <= seconds < EPOCH_SECONDS[1]:
        raise TraceError(f"{text!r} is not a time; {ALLOWED_TIMES}")
    return seconds, zone


def _epoch_time(text: str) -> tuple[float, str] | None:
    if text[4:5] in ("-", "/") or not EPOCH_TEXT.fullmatch(text):
        return None
    number = float(text)
    if EPOCH_SECONDS[0] <= number < EPOCH_SECONDS[1]:
        return number, "UTC"
    if EPOCH_MILLISECONDS[0] <= number < EPOCH_MILLISECONDS[1]:
        return number / 1000, "UTC"
    return math.nan, ""


def _iso_time(text: str) -> tuple[float, str]:
    try:
        moment = datetime.fromisoformat(text.replace("/", "-"))
    except ValueError:
        return math.nan, ""
    offset = moment.utcoffset()
    if offset is None:
        return (moment - NAIVE_EPOCH).total_seconds(), "none"
    return (moment - EPOCH).total_seconds(), "other" if offset else "UTC"


def _looks_like_time(text: str) -> bool:
    return not math.isnan((_epoch_time(text) or _iso_time(text))[0])


def _number(cell: object) -> float:
    text = "" if cell is None else str(cell).strip()
    try:
        number = math.nan if "_" in text else float(text)
    except ValueError:
        number = math.nan
    if math.isfinite(number):
        return number
    if text.casefold() in NO_DATAPOINT:
        return math.nan
    if re.fullmatch(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?", text):
        return float(text.replace(",", ""))
    comma = " (a decimal comma?)" if re.fullmatch(r"[+-]?\d+,\d+", text) else ""
    raise TraceError(f"{text!r} is not a finite number{comma}; {ALLOWED_NUMBERS}")


# --- repairs


def _trace(column: _Column, source: str) -> Trace:
    if len(column.rows) > MAX_ROWS:
        raise TraceError(f"more than {MAX_ROWS:,} samples: cut the file into shorter stretches")
    seconds, zones = _times(column)
    value = np.fromiter(_cells(column, 1, _number), dtype=np.float64)
    if np.isfinite(value).sum() < 2:
        where = f" of {column}" if str(column) else ""
        reason = f" ({'; '.join(column.notes)})" if column.notes else ""
        raise TraceError(
            f"{np.isfinite(value).sum()} samples{where}, at least 2 are needed{reason}"
        )
    repairs = [*column.notes, *_zone_notes(zones), *_order_notes(seconds)]
    order = _newest_last(seconds, value)
    start_s, duration_s, value, told = _regular(
        seconds[order], value[order], lambda i: column.rows[order[i]].place.format(column.fields[0])
    )
    return Trace(
        EPOCH + timedelta(seconds=start_s),
        duration_s,
        value,
        column.metric,
        column.statistic,
        column.unit,
        source,
        (*repairs, *told),
    )


def _times(column: _Column) -> tuple[Floats, list[str]]:
    pairs = list(_cells(column, 0, _time))
    return np.array([pair[0] for pair in pairs], dtype=np.float64), [pair[1] for pair in pairs]


def _zone_notes(zones: list[str]) -> list[str]:
    notes = []
    if none := zones.count("none"):
        which = "times have" if none == len(zones) else f"{none:,} of {len(zones):,} times have"
        notes.append(f"{which} no zone, read as UTC")
    if other := zones.count("other"):
        notes.append(f"{_count(other, 'time')} in another zone converted to UTC")
    return notes


def _order_notes(seconds: Floats) -> list[str]:
    steps = np.diff(seconds)
    if (steps >= 0).all():
        return []
    if (steps <= 0).all():
        return ["rows ran from newest to oldest, reversed"]
    late = int((seconds < np.maximum.accumulate(seconds)).sum())
    return [f"{_count(late, 'row')} out of order, sorted"]


def _newest_last(seconds: Floats, value: Floats) -> Ints:
    """Order by time; among equals a blank first, then as in the file."""
    return np.lexsort((np.arange(seconds.size), np.isfinite(value), seconds)).astype(np.int64)


def _regular(
    seconds: Floats, value: Floats, place: Callable[[int], str]
) -> tuple[float, Floats, Floats, list[str]]:
    """Put sorted samples on their grids and fill what is missing with NaN segments."""
    distinct = np.concatenate(([True], np.diff(seconds) > SAME_TIME_S))
    stretches = _stretches(seconds[distinct])
    edges = np.searchsorted(seconds, [seconds[distinct][first] for first, _ in stretches])
    periods = np.array([period for _, period in stretches])
    at = np.searchsorted(edges, np.arange(seconds.size), side="right") - 1
    period = periods[at]
    snapped = _snap(seconds, edges, periods)
    _refuse_crowded(seconds, snapped, period, place)
    _refuse_long_gap(snapped, period, place)
    keep = np.concatenate((np.diff(snapped) > SAME_TIME_S, [True]))
    notes = _repeat_notes(value, keep) + _snap_notes(seconds[keep], snapped[keep])
    notes += _period_notes(snapped[edges], periods)
    blanks = int(np.isnan(value[keep]).sum())
    if blanks:
        notes.append(f"{_count(blanks, 'blank value')} read as no datapoint")
    duration, filled, gaps = _fill(snapped[keep], period[keep], value[keep])
    return float(snapped[0]), duration, filled, notes + gaps


def _stretches(seconds: Floats) -> list[tuple[int, float]]:
    """First sample and period of each stretch of the trace that has one period."""
    if seconds.size < 2:
        raise TraceError("all samples have the same time, at least 2 different times are needed")
    spacing = _whole(np.diff(seconds))
    starts = np.flatnonzero(np.concatenate(([True], np.diff(spacing) != 0)))
    lengths = np.diff(np.append(starts, spacing.size))
    enough = max(FEW_ROWS_RUN, min(MIN_RUN, spacing.size // 4))
    runs = [
        (int(first), float(spacing[first]))
        for first, length in zip(starts, lengths, strict=True)
        if length >= enough
    ]
    merged = [run for i, run in enumerate(runs) if i == 0 or run[1] != runs[i - 1][1]]
    if len(merged) < 2:
        return [(0, _usual(spacing))]
    return [(0, merged[0][1]), *merged[1:]]


def _whole(spacing: Floats) -> Floats:
    """Spacings without their jitter: as they are where most agree, else CloudWatch's periods."""
    _, counts = np.unique(np.rint(spacing), return_counts=True)
    if 2 * counts.max() >= spacing.size:
        return np.asarray(np.maximum(np.rint(spacing), 1), dtype=np.float64)
    short = np.array([1.0, 5.0, 10.0, 20.0, 30.0])
    nearest = short[np.argmin(np.abs(spacing[:, None] - short), axis=1)]
    return np.where(spacing < 45, nearest, 60 * np.maximum(np.rint(spacing / 60), 1))


def _usual(spacing: Floats) -> float:
    """Choose the most common spacing, or a frequent finer one that divides it: the rest is gaps.

    Where nothing is common, as in a metric that CloudWatch holds rarely: the largest period that
    divides every spacing.
    """
    values, counts = np.unique(spacing, return_counts=True)
    if counts.max() < FREQUENT_SHARE * spacing.size:
        return float(np.gcd.reduce(values.astype(np.int64)))
    most = values[counts == counts.max()]
    usual = most[np.argmin(np.abs(most - np.median(spacing)))]
    finer = values[(usual % values == 0) & (counts >= FREQUENT_SHARE * spacing.size)]
    return float(min(finer.min(initial=usual), usual))


def _snap(seconds: Floats, edges: Ints, periods: Floats) -> Floats:
    snapped = np.empty_like(seconds)
    for first, last, period in zip(edges, [*edges[1:], seconds.size], periods, strict=True):
        anchor = _anchor(seconds[first:last], period)
        slots = np.rint((seconds[first:last] - anchor) / period)
        snapped[first:last] = anchor + slots * period
    return np.maximum.accumulate(snapped)


def _anchor(seconds: Floats, period: float) -> float:
    """Where the grid starts within a period: where most samples are, else their mean."""
    phases, counts = np.unique(np.round(seconds % period, 3), return_counts=True)
    if 2 * counts.max() >= seconds.size:
        return float(phases[np.argmax(counts)])
    turn = 2 * np.pi / period
    return float(np.rint(np.angle(np.exp(1j * turn * seconds).mean()) / turn))


def _refuse_crowded(
    seconds: Floats, snapped: Floats, period: Floats, place: Callable[[int], str]
) -> None:
    """Many different times in one period mean that the period was not understood."""
    crowded = (np.diff(snapped) <= SAME_TIME_S) & (np.diff(seconds) > SAME_TIME_S)
    if crowded.sum() > max(1, CROWDED_SHARE * seconds.size):
        at = int(np.flatnonzero(crowded)[0]) + 1
        raise TraceError(
            f"{place(at)}: closer than a period ({_span(period[at])}) to the sample before it, as "
            f"are {crowded.sum() - 1:,} more; allowed: one sample per period"
        )


def _refuse_long_gap(snapped: Floats, period: Floats, place: Callable[[int], str]) -> None:
    gaps = np.diff(snapped) - period[:-1]
    longest = int(np.argmax(gaps))
    rest = snapped[-1] + period[-1] - snapped[0] - gaps[longest]
    if gaps[longest] > rest:
        raise TraceError(
            f"{place(longest + 1)}: comes {_span(gaps[longest])} after the end of the one before, "
            f"longer than the rest of the trace ({_span(rest)}): is its time right?"
        )
    if np.sum(np.diff(snapped) / period[:-1]) > MAX_ROWS:
        raise TraceError(f"more than {MAX_ROWS:,} periods from first to last: cut the file")


def _repeat_notes(value: Floats, keep: npt.NDArray[np.bool_]) -> list[str]:
    winner = value[np.flatnonzero(keep)[np.cumsum(keep) - keep]]
    same = ~keep & ((value == winner) | np.isnan(value))
    notes = []
    if count := int(same.sum()):
        notes.append(f"{_count(count, 'repeated sample')} dropped")
    if count := int((~keep & ~same).sum()):
        notes.append(
            f"{_count(count, 'sample')} replaced by a later one of the same time and another value"
        )
    return notes


def _snap_notes(seconds: Floats, snapped: Floats) -> list[str]:
    moved = np.abs(seconds - snapped)
    count = int((moved > SAME_TIME_S).sum())
    if not count:
        return []
    return [f"{_count(count, 'time')} off the grid moved by up to {_span(float(moved.max()))}"]


def _period_notes(starts: Floats, periods: Floats) -> list[str]:
    return [
        f"the period changes from {_span(before)} to {_span(after)} at {_clock(start)}"
        for before, after, start in zip(periods[:-1], periods[1:], starts[1:], strict=True)
    ]


def _fill(start: Floats, period: Floats, value: Floats) -> tuple[Floats, Floats, list[str]]:
    """Segments without holes: a NaN segment for each missing period."""
    room = np.append(np.diff(start), period[-1])
    duration = np.minimum(period, room)
    missing = np.ceil((room - duration) / period - 1e-6).astype(np.int64)
    at = np.repeat(np.arange(start.size), 1 + missing)
    is_sample = np.concatenate(([True], np.diff(at) > 0))
    durations = np.where(is_sample, duration[at], period[at])
    last = np.cumsum(1 + missing) - 1
    short = missing > 0
    durations[last[short]] = (room - duration - (missing - 1) * period)[short]
    values = np.where(is_sample, value[at], np.nan)
    notes = _cut_notes(duration, period) + _gap_notes(start, room - duration, missing)
    return durations, values, notes


def _cut_notes(duration: Floats, period: Floats) -> list[str]:
    count = int((duration < period - SAME_TIME_S).sum())
    return [f"{_count(count, 'period')} cut short where a finer one begins"] if count else []


def _gap_notes(start: Floats, length: Floats, missing: Ints) -> list[str]:
    if not missing.any():
        return []
    longest = int(np.argmax(length))
    count, gaps = int(missing.sum()), int((missing > 0).sum())
    which = f", the longest {_span(length[longest])} after {_clock(start[longest])}"
    return [f"{_count(count, 'missing period')} in {_count(gaps, 'gap')}{which}"]


# --- words


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _clock(seconds: float) -> str:
    return f"{EPOCH + timedelta(seconds=float(seconds)):%Y-%m-%d %H:%M}"


def _span(seconds: float) -> str:
    """Say a length of time in its two largest units: '5 min', '1 h 30 min'."""
    rest, parts = float(seconds), []
    for name, size in (("d", 86400), ("h", 3600), ("min", 60)):
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:.0f} {name}")
    if rest or not parts:
        parts.append(f"{rest:.3g} s")
    return " ".join(parts[:2])
