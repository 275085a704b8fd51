"""What a figure draws: whose curves, in which panels, through which points."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from awsnb.figures.theme import RATES
from awsnb.results import Curve, Panel, Result

Array = npt.NDArray[Any]
Floats = npt.NDArray[np.float32]
Points = tuple[Array, Array]

SAMPLED = ("time", "second", "minute", "hour")  # columns of when a sample begins
BINS = 500  # a longer line is drawn as the least and the greatest value of so many bins


class Line(NamedTuple):
    """A curve to draw: whose, where, and its rank (0 is the result, 1.. the kept ones)."""

    result: Result
    panel: Panel
    curve: Curve
    rank: int

    @property
    def x(self) -> Array:
        """What it is drawn against."""
        return self.result.data[self.panel.x]

    @property
    def y(self) -> Array:
        """Its values."""
        return self.result.data[self.curve.column]

    @property
    def theory(self) -> bool:
        """Whether it is what a closed form says."""
        return self.curve.role == "theory"

    @property
    def steps(self) -> bool:
        """Whether each value holds until the next: what was counted in samples of time."""
        sampled = self.curve.role in RATES or self.panel.x in SAMPLED
        return self.shape == "line" and sampled

    @property
    def shape(self) -> str:
        """How it is drawn: "line", "bars", "dashes" over bars, or "heat"."""
        if self.panel.kind == "bars":
            return "dashes" if self.theory else "bars"
        return "heat" if self.y.ndim == 2 else "line"


def lines_of(result: Result, kept: Sequence[Result]) -> list[Line]:
    """List what is drawn, from the bottom up: the kept results, the result, theory."""
    others = [
        Line(one, panel, curve, rank)
        for rank, one in enumerate(kept, start=1)
        for panel in one.panels
        for curve in compared(panel)
    ]
    own = [Line(result, panel, curve, 0) for panel in result.panels for curve in panel.curves]
    return sorted(others + own, key=lambda line: line.theory)


def compared(panel: Panel) -> list[Curve]:
    """List the curves of a kept result's panel that are drawn; a heat map has no room for two."""
    if panel.kind == "heat":
        return []
    own = [curve for curve in panel.curves if curve.role not in ("demand", "theory")]
    return [curve for curve in panel.curves if curve.compare] or own[:1]


def panels_of(results: Sequence[Result], lines: Sequence[Line]) -> dict[str, Panel]:
    """Return the panels that have lines, by title, in the order in which results name them."""
    panels: dict[str, Panel] = {}
    for one in results:
        for panel in one.panels:
            panels.setdefault(panel.title, panel)
    drawn = {line.panel.title for line in lines}
    return {title: panel for title, panel in panels.items() if title in drawn}


def curves(result: Result, kept: Sequence[Result] = ()) -> list[Points]:
    """Return the points of each trace of `draw`, in their order.

    A line of more than ``2 * BINS`` points along a growing x becomes the least and the greatest
    value of each of `BINS` equal spans of x, so that extremes survive and the x that is drawn
    depends on nothing but x. The y of a heat map is a matrix, of which each row becomes the
    greatest value of each span, drawn in its middle.
    """
    spans: dict[tuple[int, str], _Spans | None] = {}
    points = []
    for line in lines_of(result, kept):
        key = line.rank, line.panel.x
        if key not in spans:
            spans[key] = _Spans.of(line.x, line.panel.x_log)
        points.append(_points(line, spans[key]))
    return points


def is_thinned(line: Line) -> bool:
    """Say whether fewer points of a line are drawn than it has samples."""
    return line.shape == "line" and _Spans.of(line.x, line.panel.x_log) is not None


class _Spans(NamedTuple):
    """Equal spans of a long x: two drawn points in each, and the first sample of each."""

    grid: Array
    starts: npt.NDArray[np.int64]
    held: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, x: Array, log: bool) -> "_Spans | None":
        """Return the spans of an x that is long and grows, else None."""
        if len(x) <= 2 * BINS or x.dtype.kind in "OUS" or (x[1:] < x[:-1]).any():
            return None
        if x.dtype.kind == "M":
            x = x.astype("datetime64[ms]")
            grid = _times(x)
        else:
            ends = float(x[0]), float(x[-1])
            grid = (np.geomspace if log and ends[0] > 0 else np.linspace)(*ends, 2 * BINS + 1)[:-1]
        starts = np.searchsorted(x, grid[::2])
        return cls(grid, starts, np.append(np.diff(starts), 1) == 0)


def _times(time: Array) -> Array:
    """Return two equally spaced times a span, a whole number of milliseconds apart."""
    span = int((time[-1] - time[0]).astype(np.int64))
    step = max(span // (2 * BINS), 1)
    return time[0] + np.arange(2 * BINS) * np.timedelta64(step, "ms")


def _points(line: Line, spans: _Spans | None) -> Points:
    if spans is not None and line.shape == "line":
        return spans.grid, _extremes(line.y, spans.starts, spans.held)
    if spans is not None and line.shape == "heat":
        return spans.grid[1::2], _greatest(line.y, spans.starts, spans.held)
    x = line.x.astype("datetime64[ms]") if line.x.dtype.kind == "M" else line.x
    return x, np.asarray(line.y, np.float32)


def _extremes(values: Array, starts: npt.NDArray[np.int64], held: npt.NDArray[np.bool_]) -> Floats:
    """Return each span's least and greatest value, in the order in which it rises or falls.

    A span in which no sample starts holds the value of the sample before.
    """
    least, greatest = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    ends = np.append(starts[1:], len(values)) - 1
    least[held] = greatest[held] = values[starts[held] - 1]
    falls = values[ends] < values[starts]
    pairs = np.empty((len(starts), 2), np.float32)
    pairs[:, 0] = np.where(falls, greatest, least)
    pairs[:, 1] = np.where(falls, least, greatest)
    return pairs.ravel()


def _greatest(rows: Array, starts: npt.NDArray[np.int64], held: npt.NDArray[np.bool_]) -> Floats:
    """Return each row's greatest value in each span; one without a sample holds the one before."""
    greatest = np.fmax.reduceat(rows, starts, axis=1).astype(np.float32)
    greatest[:, held] = rows[:, starts[held] - 1]
    return greatest
