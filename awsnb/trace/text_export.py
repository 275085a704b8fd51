"""What ``--output text`` writes."""

import re
from functools import partial

from awsnb.trace.documents import MOST_BYTES
from awsnb.trace.file import TextFile
from awsnb.trace.foreign import OUTPUT_JSON
from awsnb.trace.label import read_label
from awsnb.trace.model import TraceError
from awsnb.trace.series import Samples, Series, samples_of
from awsnb.trace.table import status_notes

LINES = re.compile(r"(DATAPOINTS|METRICDATARESULTS|TIMESTAMPS|VALUES|MESSAGES|NEXTTOKEN)(?:\t|$)")

Lines = list[tuple[int, list[str]]]


def is_text_output(head: str) -> bool:
    """Say whether these lines are those of ``--output text``."""
    return any(LINES.match(line) for line in head.splitlines()[:3])


def text_series(file: TextFile) -> list[Series]:
    """Every series of what ``--output text`` writes."""
    if file.size > MOST_BYTES:
        raise TraceError(
            f"holds more than {MOST_BYTES / 1e6:g} MB of text output: export it as CSV"
        )
    lines = [(i + 1, line.split("\t")) for i, line in enumerate(file.whole().splitlines()) if line]
    if any(cells[0] == "METRICDATARESULTS" for _, cells in lines):
        return _metric_data(lines)
    return [_metric_statistics(lines)]


def _metric_statistics(lines: Lines) -> Series:
    """The label, then a line a datapoint: its statistics, time and unit, without their names."""
    label = "" if LINES.match("\t".join(lines[0][1])) else " ".join(lines[0][1])
    points = [(line, cells[1:]) for line, cells in lines if cells[0] == "DATAPOINTS"]
    for line, cells in points:
        if len(cells) not in (2, 3):
            raise TraceError(
                f"line {line}: {len(cells)} cells where value, time and unit are needed; text "
                f"output doesn't name its statistics, so {OUTPUT_JSON}"
            )
    units = frozenset(cells[2] if len(cells) == 3 else "" for _, cells in points)
    return Series((label,), read_label(label), partial(_samples, points, points, 0, 1), units)


def _metric_data(lines: Lines) -> list[Series]:
    """A line for each result, then one for each of its times and for each of its values."""
    results: dict[tuple[str, ...], tuple[Lines, Lines]] = {}
    part: tuple[Lines, Lines] = ([], [])
    for line, (kind, *cells) in lines:
        if kind == "METRICDATARESULTS":
            part = results.setdefault(tuple(cells), ([], []))
        elif kind in ("TIMESTAMPS", "VALUES"):
            part[kind == "VALUES"].extend((line, [cell]) for cell in cells)
    return [_result(about, *of) for about, of in results.items()]


def _result(about: tuple[str, ...], times: Lines, values: Lines) -> Series:
    name, label, status = (*about, "", "", "")[:3]
    if len(times) != len(values):
        raise TraceError(f"{name}: {len(times)} TIMESTAMPS but {len(values)} VALUES")
    samples = partial(_samples, values, times, 0, 0)
    return Series((name, label), read_label(label), samples, notes=status_notes({status}))


def _samples(values: Lines, times: Lines, value_at: int, time_at: int) -> Samples:
    return samples_of(
        (cells[time_at] for _, cells in times),
        (cells[value_at] for _, cells in values),
        lambda i: f"line {times[i][0]}",
        lambda i: f"line {values[i][0]}",
    )
