"""The figure of a result: its panels one above the other."""

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from awsnb.figures.axes import Axis, rows_axis, value_axis, value_range, x_axis
from awsnb.figures.lines import Line, Points, curves, lines_of, panels_of
from awsnb.figures.theme import FAINT, LEGEND, MIDTONE, THEME
from awsnb.figures.traces import filled, trace_of
from awsnb.results import Panel, Result

# pixels
PANEL = 132
HEAT = 220
HEAT_ROW = 24
GAP = 40
TITLE = 26  # of a horizontal axis
MARGIN = {"l": 62, "r": 18, "t": 30}
KEPT = 20  # of a kept result's line in the legend
LETTER = 6.2
TYPICAL_WIDTH = 620  # of a plot, to judge whether labels meet
LABEL_ROWS = 3
ON_CURVES = {"bgcolor": "#566173", "font": {"size": 10, "color": "#ffffff"}}  # in both themes
LEGEND_ROW = 18
NARROW = 440  # of a plot on which heading and legend must not meet


class _Plot(NamedTuple):
    """A panel in its place: its lines by their ordinals, its axes, its top and height in pixels."""

    panel: Panel
    ordinals: list[int]
    lines: list[Line]
    points: list[Points]
    axis: Axis
    x: str
    y: str
    top: float
    height: float

    @property
    def heat(self) -> Line | None:
        """The heat map, if it is one."""
        return next((line for line in self.lines if line.shape == "heat"), None)


def draw(result: Result, kept: Sequence[Result] = ()) -> go.Figure:
    """Draw a result, one panel above the other.

    Parameters
    ----------
    result : Result
        The result to draw.
    kept : sequence of Result, optional
        Up to three others, of which the curves that compare are drawn too.

    Returns
    -------
    plotly.graph_objects.Figure
    """
    drawn = curves(result, kept)
    figure = skeleton(result, drawn, kept)
    traces = [filled(trace, y) for trace, (_, y) in zip(figure["data"], drawn, strict=True)]
    made = go.Figure({"data": traces, "layout": figure["layout"]})
    made._drawn_from = (result, *kept)
    return made


def drawn_from(figure: go.Figure) -> tuple[Result, ...]:
    """Return the result that `draw` drew, and those kept beside it; none for another figure."""
    return getattr(figure, "_drawn_from", ())


def skeleton(
    result: Result, drawn: Sequence[Points], kept: Sequence[Result] = ()
) -> dict[str, Any]:
    """Return `draw` as a plain dictionary, all but its values: what seldom changes.

    `drawn` are the points that `curves` returned.
    """
    lines = lines_of(result, kept)
    plots = list(_placed(panels_of((result, *kept), lines), lines, drawn))
    last = plots[-1]
    total = last.top + last.height
    bottom = TITLE + last.axis.label_height + KEPT * len(kept)
    layout: dict[str, Any] = {
        "template": THEME,
        "height": round(MARGIN["t"] + total + bottom + 4),
        "margin": MARGIN | {"b": bottom + 4, "r": _right(plots)},
        "barmode": "stack",
        "bargap": 0.3,
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "uirevision": "same",
        "legend": {"x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "tracegroupgap": 0},
        "meta": {"alt": f"{result.label}. {result.why}"},
        "annotations": [],
        "shapes": [],
    }
    traces: dict[int, dict[str, Any]] = {}
    for number, plot in enumerate(plots, start=2):
        domain = [1 - (plot.top + plot.height) / total, 1 - plot.top / total]
        legend = f"legend{number}"
        layout[_key("x", plot.x)] = layout.get(_key("x", plot.x), x_axis(plot.panel, plot.axis))
        layout[_key("x", plot.x)]["anchor"] = plot.y
        layout[_key("y", plot.y)] = _vertical(plot) | {"domain": domain, "anchor": plot.x}
        layout[legend] = LEGEND | {"y": domain[1]}
        layout["annotations"] += [_heading(plot.panel, domain[1]), *_labels(plot)]
        layout["shapes"] += [*_doubts(plot), *_event_lines(plot)]
        traces |= {
            i: _trace(plot, line, points, domain, legend)
            for i, line, points in zip(plot.ordinals, plot.lines, plot.points, strict=True)
        }
    return {"data": [traces[i] for i in range(len(lines))], "layout": layout}


def _placed(
    panels: dict[str, Panel], lines: Sequence[Line], drawn: Sequence[Points]
) -> Iterator[_Plot]:
    """Put the panels below each other; those in a row with the same x share an axis."""
    top, number = 0.0, 0
    for ordinal, (_, group) in enumerate(groupby(panels.values(), lambda panel: panel.x), start=1):
        together = list(group)
        own = {panel.title: [i for i, line in enumerate(lines) if line.panel.title == panel.title]
               for panel in together}  # fmt: skip
        axis = Axis.of(
            [drawn[i][0] for indices in own.values() for i in indices],
            together[0].x_log,
            cells=any(panel.kind != "lines" for panel in together),
        )
        for panel in together:
            number += 1
            top += LEGEND_ROW * _crowded(panel)
            mine = own[panel.title]
            plot = _Plot(
                panel, mine, [lines[i] for i in mine], [drawn[i] for i in mine], axis,
                _name("x", ordinal), _name("y", number), top, 0.0,
            )  # fmt: skip
            height = _height(plot)
            yield plot._replace(height=height)
            top += height + GAP
        top += TITLE + axis.label_height


def _height(plot: _Plot) -> float:
    if plot.heat is None:
        return PANEL
    rows = plot.heat.result.data[plot.panel.rows]
    return float(np.clip(HEAT_ROW * len(rows), PANEL, HEAT))


def _trace(
    plot: _Plot, line: Line, points: Points, domain: list[float], legend: str
) -> dict[str, Any]:
    span = value_range(plot.panel, [line], [points]) if line.shape == "heat" else (0.0, 1.0)
    trace = trace_of(line, points[0], span) | {"xaxis": plot.x, "yaxis": plot.y}
    if line.shape == "heat":
        place = {"y": sum(domain) / 2, "len": domain[1] - domain[0]}
        return trace | {"colorbar": trace["colorbar"] | place}
    return trace | {"legend": "legend" if line.rank else legend}


def _vertical(plot: _Plot) -> dict[str, Any]:
    if plot.heat is not None:
        return rows_axis(plot.panel, plot.heat.result.data[plot.panel.rows])
    return value_axis(plot.panel, plot.lines, plot.points)


def _right(plots: Sequence[_Plot]) -> int:
    """Return the margin that the widest scale of colours needs."""
    heats = [plot.panel for plot in plots if plot.heat is not None]
    letters = [max([len(name) for name in panel.levels], default=9) for panel in heats]
    return max([round(30 + LETTER * count) for count in letters], default=MARGIN["r"])


def _crowded(panel: Panel) -> bool:
    """Say whether the legend needs the line below the heading for itself."""
    names = [curve.label for curve in panel.curves]
    letters = len(panel.title) * 1.1 + sum(len(name) for name in names)
    return len(names) > 1 and LETTER * letters + 40 * len(names) > NARROW


def _heading(panel: Panel, top: float) -> dict[str, Any]:
    return {
        "text": f"<b>{panel.title}</b>",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": top,
        "yref": "paper",
        "yanchor": "bottom",
        "yshift": LEGEND_ROW * _crowded(panel),
        "showarrow": False,
    }


def _event_lines(plot: _Plot) -> list[dict[str, Any]]:
    line = {"color": MIDTONE, "width": 1, "dash": "dot"}
    return [_across(plot, x, x) | {"type": "line", "line": line} for x, _ in plot.panel.events]


def _labels(plot: _Plot) -> Iterator[dict[str, Any]]:
    """Write events beside their lines, in rows so that they don't meet; without room, a point."""
    taken = [-1.0] * LABEL_ROWS
    for x, text in sorted(plot.panel.events, key=lambda event: plot.axis.at(event[0])):
        left, width, anchor = _beside(plot, x, text)
        row = next((row for row, end in enumerate(taken) if end <= left), LABEL_ROWS)
        known = {"y": 1 - 16 * row / plot.height, "yanchor": "top", "hovertext": text}
        if row == LABEL_ROWS:
            yield _label(plot, x, "•", "center") | known
        else:
            taken[row] = left + width
            yield _label(plot, x, text, anchor) | known | ON_CURVES
    for start, end, why in plot.panel.doubtful:
        anchor = _beside(plot, start, why)[2]
        x = end if anchor == "right" else start
        free = {"y": 0, "yanchor": "bottom"} if plot.panel.events else {"y": 1, "yanchor": "top"}
        yield _label(plot, x, why, anchor) | free


def _beside(plot: _Plot, x: Any, text: str) -> tuple[float, float, str]:
    """Return where a label begins and how wide it is, as shares of the axis, and its anchor."""
    start, width = plot.axis.fraction(x), (LETTER * len(text) + 8) / TYPICAL_WIDTH
    return (start, width, "left") if start + width <= 1 else (start - width, width, "right")


def _label(plot: _Plot, x: Any, text: str, anchor: str) -> dict[str, Any]:
    place = _value(plot, x)
    return {
        "text": text,
        "x": float(np.log10(place)) if plot.axis.type == "log" else place,
        "xref": plot.x,
        "xanchor": anchor,
        "yref": f"{plot.y} domain",
        "showarrow": False,
        "font": {"size": 10},
        "borderpad": 1,
    }


def _doubts(plot: _Plot) -> list[dict[str, Any]]:
    shading = {"type": "rect", "fillcolor": FAINT, "line": {"width": 0}, "layer": "below"}
    return [_across(plot, start, end) | shading for start, end, _ in plot.panel.doubtful]


def _across(plot: _Plot, start: Any, end: Any) -> dict[str, Any]:
    """Place a shape from the bottom of a plot to its top."""
    ends = {"x0": _value(plot, start), "x1": _value(plot, end)}
    return ends | {"xref": plot.x, "y0": 0, "y1": 1, "yref": f"{plot.y} domain"}


def _value(plot: _Plot, x: Any) -> Any:
    """Return an x as shapes have it, no further out than the axis."""
    if plot.axis.type == "category":
        return str(x)
    inside = float(np.clip(plot.axis.at(x), plot.axis.low, plot.axis.high))
    if plot.axis.type == "date":
        return str(np.datetime64(round(inside), "ms"))
    return 10**inside if plot.axis.type == "log" else inside


def _name(letter: str, ordinal: int) -> str:
    return letter if ordinal == 1 else f"{letter}{ordinal}"


def _key(letter: str, name: str) -> str:
    return f"{letter}axis{name[1:]}"
