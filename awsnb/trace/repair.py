"""From samples as they came to back-to-back segments, with a note on each change.

Samples are sorted, put on a grid of the metric's period, and every period without one becomes a
segment without a datapoint. CloudWatch keeps old data only by 5 minutes, then by the hour, so a
file can hold stretches of several periods, each with a grid of its own.
"""

from collections.abc import Callable
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.model import TraceError, span

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

SHORT_RUN, LONG_RUN = 4, 12  # equal spacings in a row that are a period, not a string of gaps
MOST_EMPTY, MANY_SEGMENTS = 20, 1_000_000  # periods per sample, in a trace of so many
FREQUENT = 0.1  # share of the spacings from which one of them may be the period


def repaired(
    seconds: Ints, value: Floats, place: Callable[[int], str]
) -> tuple[datetime, Floats, Floats, list[str]]:
    """Start, durations and values of the segments, and what was repaired.

    `place` says where in the file the i-th sample stands.
    """
    seconds, value, place, notes = _in_order(seconds, value, place)
    if seconds.size < 2:
        raise TraceError("all samples have the same time, at least 2 different times are needed")
    grid, period = _on_grid(seconds)
    room = np.append(np.diff(grid), period[-1])
    _refuse_misplaced(room, period, place)
    moved = np.abs(grid - seconds)
    notes += [
        _note((moved > 0).sum(), "time", f"off the grid moved by up to {span(moved.max())}"),
        *_period_notes(grid, period),
        _note(np.isnan(value).sum(), "blank value", "read as no datapoint"),
        _gap_note(grid, room, period),
    ]
    start = datetime.fromtimestamp(int(grid[0]), UTC)
    return start, *_segments(room, period, value), list(filter(None, notes))


def _in_order(
    seconds: Ints, value: Floats, place: Callable[[int], str]
) -> tuple[Ints, Floats, Callable[[int], str], list[str]]:
    """Samples by time, one for each; of a repeated time, the last that holds a number stands."""
    if (np.diff(seconds) > 0).all():
        return seconds, value, place, []
    order = np.lexsort((np.isfinite(value), seconds))
    by_time = seconds[order], value[order]
    _refuse_several_series(*by_time, lambda i: place(int(order[i])))
    late = seconds < np.maximum.accumulate(seconds)
    notes = [_note(late.sum(), "row", "out of order, sorted"), *_repeat_notes(*by_time)]
    kept = order[np.append(np.diff(by_time[0]) > 0, True)]
    return seconds[kept], value[kept], lambda i: place(int(kept[i])), notes


def _refuse_several_series(seconds: Ints, value: Floats, place: Callable[[int], str]) -> None:
    """Refuse several values at one time, unless it is a single one that was corrected."""
    rivals = np.flatnonzero((np.diff(seconds) == 0) & (np.abs(np.diff(value)) > 0))
    if rivals.size > 1:
        raise TraceError(
            f"{place(int(rivals[0]) + 1)}: {rivals.size:,} samples stand at the time of another "
            "with another value, as where several series share one file, or local time over "
            "a change of summer time: export one series, or a column that names them, in UTC"
        )


def _on_grid(seconds: Ints) -> tuple[Ints, Ints]:
    """Each time moved to where it belongs, and the period that starts there."""
    grid, periods = np.empty_like(seconds), np.empty_like(seconds)
    stretches = _stretches(np.diff(seconds))
    ends = [*(first for first, _ in stretches[1:]), seconds.size]
    for (first, period), end in zip(stretches, ends, strict=True):
        part = seconds[first:end]
        phases, counts = np.unique(part % period, return_counts=True)
        phase = phases[np.argmax(counts)]
        grid[first:end] = phase + period * np.rint((part - phase) / period)
        periods[first:end] = period
    return grid, periods


def _stretches(spacing: Ints) -> list[tuple[int, int]]:
    """First sample and period of each stretch of the trace that has one period."""
    starts = np.flatnonzero(np.diff(spacing, prepend=0))
    lengths = np.diff(np.append(starts, spacing.size))
    firsts = starts[lengths >= np.clip(spacing.size // 4, SHORT_RUN, LONG_RUN)]
    changes = firsts[np.diff(spacing[firsts], prepend=0) != 0]
    if changes.size < 2:
        return [(0, _period(spacing))]
    return list(zip([0, *changes[1:].tolist()], spacing[changes].tolist(), strict=True))


def _period(spacing: Ints) -> int:
    """The most common spacing, or a frequent finer one that divides it: the rest is gaps.

    Where none is frequent, as in a metric that is rarely published: what divides them all.
    """
    values, counts = np.unique(spacing, return_counts=True)
    often = max(FREQUENT * spacing.size, 2 if spacing.size > 2 else 1)
    frequent = values[counts >= often]
    if frequent.size:
        usual = values[np.argmax(counts)]
        return int(frequent[usual % frequent == 0].min())
    period = int(np.gcd.reduce(values))
    if period < 60:
        raise TraceError("no regular period: no spacing of the times is common, nor whole minutes")
    return period


def _refuse_misplaced(room: Ints, period: Ints, place: Callable[[int], str]) -> None:
    gap, close = room - period, np.flatnonzero(room <= 0)
    if close.size:
        raise TraceError(
            f"{place(close[0] + 1)}: closer than a period ({span(period[close[0]])}) to the "
            f"sample before it, one of {close.size:,}; allowed: one sample per period"
        )
    longest = np.argmax(gap)
    if 2 * gap[longest] > room.sum():
        raise TraceError(
            f"{place(int(longest) + 1)}: comes {span(gap[longest])} after the end of the one "
            "before, longer than the rest of the trace: is its time right?"
        )
    pieces = int((room // period).sum())
    if pieces > MOST_EMPTY * room.size and pieces > MANY_SEGMENTS:
        raise TraceError(
            f"{room.size:,} samples at {span(period[0])} in {span(float(room.sum()))} are nearly "
            "all gaps: export a longer period"
        )


def _segments(room: Ints, period: Ints, value: Floats) -> tuple[Floats, Floats]:
    """Cut the room from each sample to the next into periods; the first holds the sample."""
    if (room == period).all():
        return period.astype(np.float64), value
    pieces = -(-room // period)
    sample = np.repeat(np.arange(room.size), pieces)
    piece = np.arange(sample.size) - (np.cumsum(pieces) - pieces)[sample]
    duration = np.minimum(period[sample], room[sample] - piece * period[sample])
    return duration.astype(np.float64), np.where(piece == 0, value[sample], np.nan)


def _repeat_notes(seconds: Ints, value: Floats) -> tuple[str, str]:
    repeats = np.diff(seconds) == 0
    replaced = repeats & (np.abs(np.diff(value)) > 0)
    return (
        _note((repeats & ~replaced).sum(), "repeated sample", "dropped"),
        _note(
            replaced.sum(), "sample", "replaced by a later one of the same time and another value"
        ),
    )


def _period_notes(grid: Ints, period: Ints) -> list[str]:
    return [
        f"the period changes from {span(period[i - 1])} to {span(period[i])} at {_clock(grid[i])}"
        for i in np.flatnonzero(np.diff(period)) + 1
    ]


def _gap_note(grid: Ints, room: Ints, period: Ints) -> str:
    gap = np.maximum(room - period, 0)
    longest = np.argmax(gap)
    where = f"the longest {span(gap[longest])} after {_clock(grid[longest])}"
    gaps = _count((gap > 0).sum(), "gap")
    return _note((-(-gap // period)).sum(), "missing period", f"in {gaps}, {where}")


def _note(number: int, noun: str, what: str) -> str:
    return f"{_count(number, noun)} {what}" if number else ""


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _clock(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M}"
