"""Read a CloudWatch export: recognise the shape, choose the series, repair, say so."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb._read import state
from awsnb.trace.cells import shortened
from awsnb.trace.clock import coarser, unbroken
from awsnb.trace.documents import document_series
from awsnb.trace.file import TextFile, text_file
from awsnb.trace.foreign import refuse_foreign, refuse_log
from awsnb.trace.model import Trace, TraceError, in_a_sentence
from awsnb.trace.repair import repaired
from awsnb.trace.series import Samples, Series, choose, notes_on_zones, usual_statistic
from awsnb.trace.table import table_series
from awsnb.trace.text_export import is_text_output, text_series


def read_cloudwatch(
    path: str | Path,
    metric: str | None = None,
    *,
    usual: str = "",
    progress: bool | None = None,
) -> Trace:
    """Read one metric from a CloudWatch export.

    The content tells the shape, not the file's extension:

    - a CSV with a header: a time column (timestamp, time, date, ...) and a value column (value,
      Sum, Average, ..., or any that holds numbers). A header such as ``VolumeReadOps Sum`` names
      metric and statistic, a column ``Unit`` or ``(MiB)`` or ``/s`` in the header the unit; other
      columns that vary tell several series apart. Comma, semicolon, tab or bar between them.
    - the CSV that the CloudWatch console downloads from a graph.
    - the JSON of ``aws cloudwatch get-metric-data`` or ``get-metric-statistics``, also of
      ``--query Datapoints`` or ``--query '[Timestamps,Values]'``, and their ``--output text``.
    - a metric stream: one JSON object a line.

    Text is UTF-8, or UTF-16 with a byte order mark, and may be gzipped. Times are read to the
    second, in UTC where they have no zone, and over changes of summer time where they show them.
    Of two samples with the same time the later one in the file stands, but a blank never replaces
    a number, and several such times with different values are several series. Every change is
    told in `Trace.repairs`.

    The period is the most common spacing, or a frequent finer one that divides it. Where another
    spacing holds for a dozen rows (a quarter of a short file), the period changes.

    A file is read once, until it changes.

    Parameters
    ----------
    path : str or Path
        The file.
    metric : str, optional
        Which series, where the file holds several: a column's name, a result's Id or Label, a
        resource.
    usual : str, optional
        The metric that is read where the file holds several, and none is named.
    progress : bool, optional
        Show a bar on stderr; if left out, for files above 50 MB on a terminal.

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
    names = (usual.casefold(),) if usual else ()
    return read_parts(path, metric, both_halves=False, usual=names, progress=progress)[0]


def read_parts(
    path: str | Path,
    metric: str | None = None,
    *,
    both_halves: bool = True,
    usual: tuple[str, ...] = (),
    progress: bool | None = None,
) -> tuple[Trace, ...]:
    """Read the series that make up one load: one, or the reads and the writes of a resource."""
    path = Path(path)
    with in_a_sentence(path):
        return _read(*state(path), path.name, metric or None, both_halves, usual, progress)


def metrics_of(path: str | Path) -> frozenset[str]:
    """Return the metrics that a file holds, by their names casefolded; "" for one without."""
    path = Path(path)
    with in_a_sentence(path):
        return _metrics_of(*state(path))


@lru_cache(maxsize=4)
def _metrics_of(path: Path, modified_ns: int, size: int) -> frozenset[str]:
    return frozenset(one.label.metric.casefold() for one in _series(text_file(path), None))


def read_every(path: str | Path) -> tuple[Trace, ...]:
    """Read every metric of an export, each with its usual statistic; once, until it changes.

    Parameters
    ----------
    path : str or Path
        The file; see `read_cloudwatch` for what it may be.

    Returns
    -------
    tuple of Trace
        In the file's order.

    Raises
    ------
    TraceError
        Where the file, or one of its series, can't be read.
    """
    path = Path(path)
    with in_a_sentence(path):
        return _read_every(*state(path), path.name)


@lru_cache(maxsize=4)
def _read_every(path: Path, modified_ns: int, size: int, name: str) -> tuple[Trace, ...]:
    return tuple(_trace(one, name) for one in usual_statistic(_series(text_file(path), None)))


@lru_cache(maxsize=8)
def _read(
    path: Path,
    modified_ns: int,
    size: int,
    name: str,
    metric: str | None,
    both_halves: bool,
    usual: tuple[str, ...],
    progress: bool | None,
) -> tuple[Trace, ...]:
    series = _series(text_file(path), progress)
    return tuple(_trace(one, name) for one in choose(series, metric, both_halves, usual))


def _series(file: TextFile, progress: bool | None) -> Sequence[Series]:
    head = file.head()
    refuse_foreign(head)
    refuse_log(head)
    if head.lstrip()[:1] in ("{", "["):
        return document_series(file)
    return text_series(file) if is_text_output(head) else table_series(file, progress)


def _trace(series: Series, source: str) -> Trace:
    metric, namespace, statistic, resource, _ = series.label
    unit = _unit(series)
    samples = series.samples()
    notes = [*series.notes, *notes_on_zones(samples.zones)]
    if (count := np.isfinite(samples.value).sum()) < 2:
        reason = "; ".join(("at least 2 are needed", *notes))
        raise TraceError(f"{count} sample{'' if count == 1 else 's'} of {series}, {reason}")
    start, duration_s, value, repairs = repaired(*_on_one_clock(samples, notes))
    told = (metric, statistic, unit, source, (*notes, *repairs), namespace, resource)
    return Trace(start, duration_s, value, *told)


def _unit(series: Series) -> str:
    beside = series.label.unit
    units = series.units - {"None", beside and ""} | ({beside} if beside else set())
    if len(units) > 1:
        raise TraceError(f"mixed units ({shortened(', '.join(sorted(units)))}), one is needed")
    return "".join(units)


def _on_one_clock(
    samples: Samples, notes: list[str]
) -> tuple[NDArray[np.int64], NDArray[np.float64], Callable[[int], str]]:
    """Whole seconds on a clock that is never changed, without blanks of a grid too fine."""
    seconds = np.rint(samples.seconds)
    if None in samples.zones:
        seconds, more = unbroken(seconds, samples.value)
        notes += more
    rows, more = coarser(seconds, samples.value)
    notes += more
    if rows.size == seconds.size:
        return seconds.astype(np.int64), samples.value, samples.place
    held = seconds[rows].astype(np.int64), samples.value[rows]
    return *held, lambda i: samples.place(int(rows[i]))
