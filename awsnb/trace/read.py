"""Read a CloudWatch export: recognise the format, choose the metric, repair, say so."""

import codecs
from datetime import UTC, tzinfo
from pathlib import Path

import numpy as np

from awsnb.trace.column import Column, choose
from awsnb.trace.csv_export import csv_columns
from awsnb.trace.json_export import json_columns
from awsnb.trace.model import Trace, TraceError
from awsnb.trace.repair import repaired


def read_cloudwatch(path: str | Path, metric: str | None = None) -> Trace:
    """Read one metric from a CloudWatch export.

    The content tells the format, not the file's extension:

    - a CSV with a header: a time column (timestamp, time, date, ...) and a value column (value,
      Sum, Average, ..., or the only other one). A header such as ``VolumeReadOps Sum`` names
      metric and statistic, a column ``Unit`` the unit. Comma, semicolon or tab between them.
    - the CSV that the CloudWatch console downloads from a graph.
    - the JSON of ``aws cloudwatch get-metric-data`` (also of ``--query MetricDataResults``) or
      ``get-metric-statistics``.

    Text is UTF-8, or UTF-16 with a byte order mark. Times are read to the second, in UTC where
    they have no zone. Of two samples with the same time the later one in the file stands, but a
    blank never replaces a number. Every change is told in `Trace.repairs`.

    The period is the most common spacing, or a frequent finer one that divides it. Where another
    spacing holds for a dozen rows (a quarter of a short file), the period changes.

    Parameters
    ----------
    path : str or Path
        The file.
    metric : str, optional
        Which metric, where the file holds several: a column's name, or a result's Id or Label.

    Returns
    -------
    Trace
        The metric, and what was repaired.

    Raises
    ------
    TraceError
        Where the file cannot be read as one metric; names the file, the place and what is allowed.

    Examples
    --------
    >>> trace = read_cloudwatch("data/workloads/boot-storm.csv")
    >>> print(trace)
    240 samples at 1 min from 2024-03-04 00:00 to 2024-03-04 04:00 UTC
    >>> print("busiest minute:", round(trace.value.max() / 60), "IOPS")
    busiest minute: 2922 IOPS
    """
    path = Path(path)
    try:
        text = _text(path)
        columns = json_columns(text) if text.lstrip()[0] in "{[" else csv_columns(text)
        return _trace(choose(columns, metric), path.name)
    except TraceError as problem:
        raise TraceError(f"{path}: {problem}") from None


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as problem:
        raise TraceError(f"cannot be read: {problem.strerror}") from None
    wide = data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    try:
        text = data.decode("utf-16" if wide else "utf-8-sig")
    except UnicodeDecodeError as problem:
        line, byte = data.count(b"\n", 0, problem.start) + 1, data[problem.start]
        raise TraceError(
            f"line {line}: not text (byte 0x{byte:02x}); "
            "allowed: UTF-8, or UTF-16 with a byte order mark"
        ) from None
    if not text.strip():
        raise TraceError("the file is empty")
    return text


def _trace(column: Column, source: str) -> Trace:
    if len(column.units) > 1:
        raise TraceError(f"mixed units ({', '.join(sorted(column.units))}), one is needed")
    samples = list(column.samples)
    value = np.array([value for _, _, value, _ in samples])
    notes = _notes(column.status, {zone for _, zone, _, _ in samples})
    if (count := np.isfinite(value).sum()) < 2:
        reason = "; ".join(("at least 2 are needed", *notes))
        raise TraceError(f"{count} samples of {column}, {reason}")
    seconds = np.rint([time for time, _, _, _ in samples]).astype(np.int64)
    places = [place for _, _, _, place in samples]
    start, duration_s, value, repairs = repaired(seconds, value, places)
    unit = "".join(column.units).removeprefix("None")
    about = (column.metric, column.statistic, unit, source)
    return Trace(start, duration_s, value, *about, (*notes, *repairs))


def _notes(status: str, zones: set[tzinfo | None]) -> list[str]:
    notes = []
    if status not in ("", "Complete"):
        notes.append(f"CloudWatch marked this metric {status}: datapoints may be missing")
    if None in zones:
        notes.append("times without a zone read as UTC")
    if zones - {None, UTC}:
        notes.append("times in another zone converted to UTC")
    return notes
