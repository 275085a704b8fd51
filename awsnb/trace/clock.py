"""Local time over both changes of summer time, and a coarse metric on a fine grid.

A time without a zone may be local. Where summer time begins, the clock skips an hour, or a tool
crowds the samples of that hour at its end; where it ends, an hour comes twice. All of it happens
early on a Sunday of spring or autumn, which tells it from a gap or a second series.
"""

from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.model import TraceError, span
from awsnb.trace.series import Floats

HOUR_S = 3600
SPRING, AUTUMN = (3, 4, 9, 10), (3, 4, 9, 10, 11)  # months in either hemisphere
RARE = 0.01  # share of the spacings below which gaps of an hour are no habit of the metric
REGULAR = 0.9  # share of the spacings that make a coarser period
CYCLES = 4  # values that make a coarser period sure
ADVICE = "export the times in UTC"


def unbroken(seconds: Floats, value: Floats) -> tuple[Floats, list[str]]:
    """Times as they would be on a clock that is never changed, and what was read so.

    Raises
    ------
    TraceError
        Where the hour that comes twice can't be told apart.
    """
    if seconds.size < 3:
        return seconds, []
    falling = np.diff(seconds)
    if (falling < 0).sum() > (falling > 0).sum():  # newest first
        turned, notes = unbroken(seconds[::-1], value[::-1])
        return turned[::-1], notes
    usual = _usual(falling)
    seconds, notes = _spread_crowds(seconds, usual)
    for change in (_hour_twice, _hour_skipped):
        seconds, more = change(seconds, value, usual)
        notes += more
    return seconds, notes


def coarser(seconds: Floats, value: Floats) -> tuple[NDArray[np.int64], list[str]]:
    """Rows without the blanks that are only the fine grid on which a coarse metric was exported."""
    held = np.isfinite(value)
    if every := _every(seconds, held):
        return np.flatnonzero(held), [f"a value {every} only: read as a metric of that period"]
    every = _every(seconds, value != 0) if held.all() else ""
    filled = "if 0 only fills a finer grid than the metric's, export it with its own period"
    return np.arange(value.size), [f"a value above 0 {every} only: {filled}"] if every else []


def _every(seconds: Floats, held: NDArray[np.bool_]) -> str:
    """Say that rows are regular on a grid that is finer, such as 'every 5 min', or nothing."""
    if held.sum() < CYCLES or 2 * held.sum() > held.size:
        return ""
    fine, coarse = _usual(np.diff(np.sort(seconds))), np.diff(np.sort(seconds[held]))
    every = coarse.min()
    if every < 2 * fine or (coarse == every).mean() < REGULAR or (coarse % every).any():
        return ""
    return f"every {span(every)} on a grid of {span(fine)}"


def _usual(spacing: Floats) -> float:
    """The most common spacing."""
    values, counts = np.unique(spacing[:20_000][spacing[:20_000] > 0], return_counts=True)
    return float(values[np.argmax(counts)]) if values.size else 0.0


def _changes_at(second: float, months: tuple[int, ...]) -> bool:
    moment = datetime.fromtimestamp(second, UTC)
    return moment.weekday() == 6 and moment.month in months and moment.hour < 5


def _day(second: float) -> str:
    return f"{datetime.fromtimestamp(second, UTC):%H:%M on %Y-%m-%d}"


def _spread_crowds(seconds: Floats, usual: float) -> tuple[Floats, list[str]]:
    """Samples crowded at the end of the hour that does not exist, one period apart before it."""
    still = np.diff(seconds, prepend=np.nan, append=np.nan) == 0
    first = np.flatnonzero(still[1:] & ~still[:-1])
    last = np.flatnonzero(~still[1:] & still[:-1])
    notes = []
    for begin, end in zip(first.tolist(), last.tolist(), strict=True):
        count = end - begin + 1
        if begin == 0 or end + 1 == seconds.size or not _changes_at(seconds[begin], SPRING):
            continue
        if seconds[end + 1] - seconds[begin - 1] == (count + 1) * usual:
            at = _day(seconds[begin])
            seconds = seconds.copy()
            seconds[begin : end + 1] = seconds[begin - 1] + usual * np.arange(1, count + 1)
            notes.append(
                f"{count} samples stood at {at}, where summer time begins in local time: read "
                f"{span(usual)} apart before it"
            )
    return seconds, notes


def _hour_twice(seconds: Floats, value: Floats, usual: float) -> tuple[Floats, list[str]]:
    """What follows the end of summer time, an hour later."""
    step = np.diff(seconds)
    back = np.flatnonzero(step == usual - HOUR_S) if usual <= HOUR_S else np.empty(0, np.int64)
    notes = []
    for i in back.tolist():
        differ = usual < HOUR_S or value[i] != value[i + 1]
        if differ and _changes_at(seconds[i + 1], AUTUMN):
            notes.append(
                f"the hour from {_day(seconds[i + 1])} comes twice, as where summer time ends in "
                "local time: times after it read an hour later"
            )
            seconds = seconds.copy()
            seconds[i + 1 :] += HOUR_S
    _refuse_mixed_hour(seconds, value)
    return seconds, notes


def _refuse_mixed_hour(seconds: Floats, value: Floats) -> None:
    """Refuse an hour whose times all come twice, in turn: which is the later one is not told."""
    twice = np.flatnonzero((np.diff(seconds) == 0) & (np.abs(np.diff(value)) > 0))
    if np.unique(seconds[twice]).size < 2:
        return
    begin, end = seconds[twice[0]], seconds[twice[-1]]
    if end - begin < HOUR_S and _changes_at(begin, AUTUMN):
        raise TraceError(
            f"the times from {_day(begin)} come twice, in turn: local time where summer time ends, "
            f"which can't be told apart; {ADVICE}"
        )


def _hour_skipped(seconds: Floats, value: Floats, usual: float) -> tuple[Floats, list[str]]:
    """What follows the beginning of summer time, an hour earlier."""
    skips = np.flatnonzero(np.diff(seconds) == usual + HOUR_S)
    if usual > HOUR_S or skips.size > max(1.0, RARE * seconds.size):
        return seconds, []
    notes = []
    for i in skips.tolist():
        if _changes_at(seconds[i], SPRING):
            notes.append(
                f"no sample for an hour from {_day(seconds[i] + usual)}, as where summer time "
                "begins in local time: times after it read an hour earlier"
            )
            seconds = seconds.copy()
            seconds[i + 1 :] -= HOUR_S
    return seconds, notes
