"""Axes: where they end, so that they stand still while curves move, and what is written on them."""

import math
import re
import textwrap
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from awsnb.figures.lines import Array, Line, Points
from awsnb.figures.theme import MIDTONE
from awsnb.results import Panel

DURATIONS = {  # in milliseconds
    "1 µs": 1e-3, "10 µs": 1e-2, "100 µs": 0.1, "1 ms": 1.0, "10 ms": 10.0, "100 ms": 100.0,
    "1 s": 1e3, "10 s": 1e4, "1 min": 6e4, "10 min": 6e5, "1 h": 3.6e6, "10 h": 3.6e7,
    "1 d": 8.64e7, "10 d": 8.64e8, "100 d": 8.64e9,
}  # fmt: skip
THOUSANDS = ("", "k", "M", "G", "T")
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
MOST_TICKS = 6
MOST_ROWS = 12  # of which each has its tick
LABEL_LINE = 14  # pixels
LABELS_WIDTH = 62  # of all categories together, in letters on the narrowest plot


class Axis(NamedTuple):
    """A horizontal axis, or the rows of a heat map: its type, ends and categories.

    Ends are as plotly counts them: milliseconds, logarithms, numbers of categories.
    """

    type: str
    low: float
    high: float
    categories: tuple[str, ...] = ()

    @classmethod
    def of(cls, columns: Sequence[Array], log: bool, cells: bool) -> "Axis":
        """Span the columns, and half a step more on both sides if they are middles of cells."""
        if columns[0].dtype.kind in "OUS":
            names = tuple(dict.fromkeys(str(name) for column in columns for name in column))
            return cls("category", -0.5, len(names) - 0.5, names)
        date = columns[0].dtype.kind == "M"
        type_ = "date" if date else "log" if log else "linear"
        numbers = [_counted(column, type_) for column in columns]
        low = min(np.nanmin(column) for column in numbers)
        high = max(np.nanmax(column) for column in numbers)
        if cells:
            steps = np.concatenate([np.diff(column) for column in numbers])
            pad = float(np.abs(steps).min(initial=2.0)) / 2
        else:
            pad = 0.0 if high > low else 0.5
        return cls(type_, float(low - pad), float(high + pad))

    def places(self, x: Array) -> Array:
        """Return where values lie, as plotly counts."""
        if self.type == "category":
            return np.array([self.categories.index(str(name)) for name in x], float)
        return _counted(x, self.type)

    def at(self, x: Any) -> float:
        """Return where a value lies, as plotly counts."""
        return float(self.places(np.asarray([x]))[0])

    def fraction(self, x: Any) -> float:
        """Return where a value lies between the ends, from 0 to 1."""
        return (self.at(x) - self.low) / (self.high - self.low)

    @property
    def labels(self) -> list[str]:
        """The categories, broken into lines so that they fit beside each other."""
        width = max(LABELS_WIDTH // max(len(self.categories), 1), 7)
        return [
            "<br>".join(textwrap.wrap(name, width, break_long_words=False))
            for name in self.categories
        ]

    @property
    def label_height(self) -> int:
        """Pixels that tick labels take."""
        if self.type == "date":
            return 2 * LABEL_LINE
        return LABEL_LINE * max([1 + name.count("<br>") for name in self.labels], default=1)


def _counted(x: Array, type_: str) -> Array:
    if type_ == "date":
        return x.astype("datetime64[ms]").astype(np.int64).astype(float)
    numbers = x.astype(float)
    if type_ == "log":
        return np.log10(numbers, out=np.full(len(x), np.nan), where=numbers > 0)
    return numbers


def x_axis(panel: Panel, axis: Axis) -> dict[str, Any]:
    """Describe the horizontal axis that begins with a panel."""
    title = panel.x_title or ("Time (UTC)" if axis.type == "date" else "")
    described: dict[str, Any] = {
        "type": axis.type,
        "range": _ends(axis),
        "title": {"text": title},
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikecolor": MIDTONE,
        "spikedash": "solid",
    }
    described["uirevision"] = " ".join(str(end) for end in described["range"])
    if axis.type == "date":
        described["tickformatstops"] = [
            {"dtickrange": [None, 60_000], "value": "%H:%M:%S\n%-d %b"},
            {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%-d %b"},
            {"dtickrange": [86_400_000, None], "value": "%-d %b\n%Y"},
        ]
    elif axis.type == "category":
        described |= _categories(axis) | {"showgrid": False, "tickangle": 0, "showspikes": False}
        described |= {"ticktext": axis.labels}
    else:
        described["hoverformat"] = ",.4~r"
        if axis.type == "log":
            described |= log_ticks("ms" if panel.x.endswith("_ms") else "", axis.low, axis.high)
    return described


def rows_axis(panel: Panel, rows: Array) -> dict[str, Any]:
    """Describe the vertical axis of a heat map."""
    axis = Axis.of([rows], panel.rows_log, cells=True)
    described: dict[str, Any] = {
        "type": axis.type,
        "range": _ends(axis),
        "title": {"text": panel.rows_title},
        "showgrid": False,
        "automargin": True,
    }
    if axis.type == "category":
        described |= _categories(axis) | {"range": [axis.high, axis.low]}
    elif len(rows) <= MOST_ROWS:
        described |= {"tickvals": rows.tolist(), "ticktext": [f"{row:,.4g}" for row in rows]}
    elif axis.type == "log":
        described |= log_ticks("", axis.low, axis.high)
    return described


def value_axis(panel: Panel, lines: Sequence[Line], points: Sequence[Points]) -> dict[str, Any]:
    """Describe the vertical axis of lines or bars, its range fixed at round values."""
    low, high = value_range(panel, lines, points)
    axis: dict[str, Any] = {"title": {"text": unit_title(panel)}}
    if panel.log:
        ends = [math.log10(low), math.log10(high)]
        below = 0.06 * (ends[1] - ends[0])
        axis |= {"type": "log", "range": [ends[0] - below, ends[1]]}
        return axis | log_ticks(panel.unit, *ends)
    pad = 0.03 * (high - low)
    axis |= {"range": [low - pad, high + pad], "nticks": 5}
    return axis | ({"tickformat": "~s"} if high >= 1000 else {})


UNITS = {
    "second": "s", "minute": "min", "hour": "h",
    "_ms": "ms", "_s": "s", "_min": "min", "_h": "h", "_pct": "%", "_gb": "GB", "_gib": "GiB",
}  # fmt: skip
COUNTED = ("day", "month", "step", "move")


def unit_along(panel: Panel) -> str:
    """Return the unit of a panel's x: what its title ends in, in parentheses, or its name says."""
    written = re.search(r"\((\w+)\)$", panel.x_title)
    return written[1] if written else unit_in_name(panel.x)


def unit_in_name(column: str) -> str:
    """Return the unit that a column's name is, or ends in: ``minute``, ``window_h``.

    There is none in a rate, such as ``io_per_s``.
    """
    if "_per_" in column:
        return ""
    return UNITS.get(column) or UNITS.get(f"_{column.rpartition('_')[2]}", "")


def word_before(column: str, title: str) -> str:
    """Return what is said before a place on an axis without unit: ``step`` 4, ``LSN`` 2."""
    if column in COUNTED:
        return column
    return "" if " " in title or unit_in_name(column) else title


def unit_title(panel: Panel) -> str:
    """Return the unit, unless it is written at each tick."""
    return "" if panel.log and panel.unit == "ms" else panel.unit


def value_range(
    panel: Panel, lines: Sequence[Line], points: Sequence[Points]
) -> tuple[float, float]:
    """Return the values between which a panel is drawn: its limits, or round ones."""
    if panel.limits:
        return panel.limits
    ys = _reaching(panel, lines, points)
    if not panel.log:
        return 0.0, round_above(_greatest(ys))
    positive = [y[(y > 0) & np.isfinite(y)] for y in ys]
    ends = [float(end) for y in positive if y.size for end in (y.min(), y.max())] or [1.0]
    if panel.unit == "ms":
        return _durations_about(min(ends), max(ends))
    low = math.floor(math.log10(min(ends)))
    return 10.0**low, 10.0 ** max(math.ceil(math.log10(max(ends))), low + 1)


def _reaching(panel: Panel, lines: Sequence[Line], points: Sequence[Points]) -> list[Array]:
    """List the values that an axis must reach: of theory, no more than it takes to see it leave."""
    ys = [y for line, (_, y) in zip(lines, points, strict=True) if not line.theory]
    if panel.stacked:
        ranks = sorted({line.rank for line in lines if not line.theory})
        stacks = [
            [y for line, (_, y) in zip(lines, points, strict=True)
             if line.rank == rank and not line.theory]
            for rank in ranks
        ]  # fmt: skip
        ys = [np.nansum(stack, axis=0) for stack in stacks]
    theory = [y for line, (_, y) in zip(lines, points, strict=True) if line.theory]
    most = _greatest(ys) * (10 if panel.log else 1.5) or math.inf
    return ys + [y[y <= most] for y in theory]


def _greatest(ys: Sequence[Array]) -> float:
    return max((float(np.fmax.reduce(y, axis=None, initial=0.0)) for y in ys), default=0.0)


def round_above(value: float) -> float:
    """Return the next round number above a value; 1 above nothing."""
    if not 0 < value < math.inf:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    return decade * next(
        step for step in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12.5) if step * decade >= value
    )


def _durations_about(low: float, high: float) -> tuple[float, float]:
    ticks = list(DURATIONS.values())
    first = max([i for i, tick in enumerate(ticks[:-1]) if tick <= low], default=0)
    last = next((i for i, tick in enumerate(ticks) if tick >= high), len(ticks) - 1)
    return ticks[first], ticks[max(last, first + 1)]


def log_ticks(unit: str, low: float, high: float) -> dict[str, Any]:
    """Choose ticks between two logarithms: durations for milliseconds, else powers of ten."""
    ticks = _every_tick(unit == "ms")
    within = [tick for log, *tick in ticks if low - 1e-6 <= log <= high + 1e-6]
    every = math.ceil(len(within) / MOST_TICKS)
    values, texts = zip(*within[::every], strict=True) if within else ((), ())
    if len(values) < 2:
        return {}
    return {"tickmode": "array", "tickvals": list(values), "ticktext": list(texts)}


@cache
def _every_tick(durations: bool) -> list[tuple[float, float, str]]:
    """List logarithms, values and texts of all the ticks there may be."""
    ticks = [(value, text) for text, value in DURATIONS.items()]
    if not durations:
        ticks = [(10.0**power, _power(power)) for power in range(-9, 15)]
    return [(math.log10(value), value, text) for value, text in ticks]


def _power(power: int) -> str:
    if power < 0:
        return f"{10.0**power:.{-power}f}" if power > -5 else f"10{str(power).translate(RAISED)}"
    thousands, digits = divmod(power, 3)
    return f"{10**digits}{THOUSANDS[thousands]}"


def _ends(axis: Axis) -> list[Any]:
    ends = [axis.low, axis.high]
    if axis.type == "date":
        return [str(np.datetime64(round(end), "ms")) for end in ends]
    return ends


def _categories(axis: Axis) -> dict[str, Any]:
    names = list(axis.categories)
    return {"categoryorder": "array", "categoryarray": names, "tickvals": names}
