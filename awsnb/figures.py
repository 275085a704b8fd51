"""Figures: a result in, a plotly figure out.

They know the shapes of results, not the services that made them. A figure carries its alt text
in ``figure.layout.meta["alt"]``; colours differ in lightness and lines in dash or width, so that
they can be told apart in grey, and the background is clear, so that they suit light and dark.
"""

import json
import math
import os
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from awsnb.results import Comparison, Curve, Option, Panel, Result

Times = npt.NDArray[np.datetime64]
Floats = npt.NDArray[np.float32]

BINS = 600  # a longer series is drawn as the least and the greatest value of so many bins
PANEL_HEIGHT = 160
KEPT_HEIGHT = 20  # of a kept result's line in the legend
PICTURE_WIDTH = 860
MIDTONE = "#808895"

KEPT_STYLES: tuple[dict[str, Any], ...] = (
    {"color": "#d55e00", "dash": "dash", "width": 1.8},
    {"color": "#b565a7", "dash": "dot", "width": 2.2},
    {"color": "#00966c", "dash": "dashdot", "width": 1.8},
)
ROLE_STYLES: dict[str, dict[str, Any]] = {
    "demand": {"color": MIDTONE, "dash": "solid", "width": 1},
    "served": {"color": "#1f7fc4", "dash": "solid", "width": 2.4},
    "first": {"color": "#1f7fc4", "dash": "solid", "width": 2.4},
    "second": {"color": "#e08a00", "dash": "dash", "width": 2},
    "third": {"color": "#5aa9a0", "dash": "dot", "width": 2.4},
}
RATES = ("demand", "served")  # the roles that hold for a whole sample, drawn as steps

_AXIS = {
    "gridcolor": "rgba(128,136,149,0.3)",
    "linecolor": MIDTONE,
    "zeroline": False,
    "title": {"standoff": 6, "font": {"size": 12}},
}
_LEGEND = {
    "orientation": "h",
    "x": 1,
    "xanchor": "right",
    "yanchor": "bottom",
    "font": {"size": 11},
    "bgcolor": "rgba(0,0,0,0)",
}
THEME: dict[str, Any] = {
    "layout": {
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"color": MIDTONE, "size": 12},
        "margin": {"l": 62, "r": 18, "t": 30, "b": 58},
        "xaxis": _AXIS,
        "yaxis": _AXIS,
        "hoverlabel": {"align": "left"},
    }
}


class _Line(NamedTuple):
    """A curve to draw: whose, where, and its rank (0 is the result, 1.. the kept ones)."""

    result: Result
    panel: Panel
    curve: Curve
    rank: int


def timeline(result: Result, kept: Sequence[Result] = ()) -> go.Figure:
    """Draw a result over time, one panel above the other.

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
    for trace, (_, y) in zip(figure["data"], drawn, strict=True):
        trace["y"] = y
    return go.Figure(figure)


def curves(result: Result, kept: Sequence[Result] = ()) -> list[tuple[Times, Floats]]:
    """Return the points of each line of `timeline`, in the order of its traces.

    A series of more than ``2 * BINS`` samples becomes the least and the greatest value of each
    of `BINS` equal spans of time, so that extremes survive and x depends on nothing but time.
    """
    lines = _lines(result, kept)
    points: list[tuple[Times, Floats]] = []
    for rank, one in [*enumerate(kept, start=1), (0, result)]:
        columns = [one.data[line.curve.column] for line in lines if line.rank == rank]
        x, ys = _thinned(one.data["time"], columns)
        points += [(x, y) for y in ys]
    return points


def skeleton(
    result: Result, drawn: Sequence[tuple[Times, Floats]], kept: Sequence[Result] = ()
) -> dict[str, Any]:
    """Return `timeline` as a plain dictionary, all but its y values: what seldom changes.

    `drawn` are the points that `curves` returned.
    """
    lines = _lines(result, kept)
    panels = _panels((result, *kept), lines)
    names = {title: "y" if i == 0 else f"y{i + 1}" for i, title in enumerate(panels)}
    legends = {title: f"legend{i + 2}" for i, title in enumerate(panels)}
    traces = [
        _trace(line)
        | {"yaxis": names[line.panel.title]}
        | {"legend": "legend" if line.rank else legends[line.panel.title]}
        | _x(x)
        for line, (x, _) in zip(lines, drawn, strict=True)
    ]
    layout: dict[str, Any] = {
        "template": THEME,
        "height": PANEL_HEIGHT * len(panels) + 88 + KEPT_HEIGHT * len(kept),
        "margin": {"b": 58 + KEPT_HEIGHT * len(kept)},
        "hovermode": "x unified",
        "hoversubplots": "axis",
        "uirevision": "same",
        "legend": {"x": 0, "y": 0, "yref": "container", "yanchor": "bottom", "tracegroupgap": 0},
        "meta": {"alt": f"{result.label}. {result.why}"},
        "annotations": [],
        "xaxis": _time_axis(drawn, bottom=list(names.values())[-1]),
    }
    gap = 0.25 / len(panels)
    share = (1 + gap) / len(panels)
    for i, (title, panel) in enumerate(panels.items()):
        ys = [y for line, (_, y) in zip(lines, drawn, strict=True) if line.panel.title == title]
        top = 1 - i * share
        bottom = max(top - share + gap, 0.0)
        layout["yaxis" + names[title][1:]] = _value_axis(panel, ys) | {"domain": [bottom, top]}
        layout[f"legend{i + 2}"] = _LEGEND | {"y": top}
        layout["annotations"].append(_heading(title, top))
    return {"data": traces, "layout": layout}


def comparison(compared: Comparison) -> go.Figure:
    """Draw what each option of a comparison costs a month, the cheapest on top."""
    options = sorted(compared.options, key=_cost)
    dearest = max([option.cost_usd_month or 0.0 for option in options], default=0.0) or 1.0
    bars = [
        _bars([o for o in options if o.holds], compared.best, "holds the load", "#1f7fc4", ""),
        _bars([o for o in options if not o.holds], None, "does not hold it", MIDTONE, "/"),
    ]
    layout = {
        "template": THEME,
        "height": 34 * len(options) + 120,
        "barmode": "overlay",
        "bargap": 0.3,
        "margin": {"t": 40},
        "legend": {"orientation": "h", "x": 0, "y": 1, "yref": "container", "yanchor": "top"},
        "meta": {"alt": f"{compared.title}. {compared.why}"},
        "xaxis": {
            "title": {"text": "USD a month"},
            "range": [0, dearest * 1.45],
            "tickprefix": "$",
        },
        "yaxis": {
            "autorange": "reversed",
            "automargin": True,
            "categoryorder": "array",
            "categoryarray": [option.label for option in options],
        },
    }
    return go.Figure({"data": bars, "layout": layout})


def show(figure: go.Figure, alt: str | None = None) -> None:
    """Display a figure in a notebook, with its alt text and, in a static build, a picture.

    Parameters
    ----------
    figure : plotly.graph_objects.Figure
        The figure.
    alt : str, optional
        What it shows, in words; the figure's own alt text if not given.
    """
    from IPython.display import display

    words = alt if alt is not None else (figure.layout.meta or {}).get("alt", "Figure")
    bundle = {
        "application/vnd.plotly.v1+json": json.loads(figure.to_json()),
        "text/plain": words,
        **picture(figure),
    }
    display(bundle, raw=True)


def picture(figure: go.Figure) -> dict[str, bytes]:
    """Return the figure as ``{"image/png": ...}`` in a static build, else nothing.

    A static build is one with ``AWSNB_STATIC=1`` in the environment. Without kaleido and a
    browser for it there is no picture.
    """
    if os.environ.get("AWSNB_STATIC") != "1":
        return {}
    try:
        import kaleido
        from choreographer.errors import ChromeNotFoundError
    except ImportError:
        return {}
    white = go.Figure(figure)
    white.update_layout(paper_bgcolor="white", plot_bgcolor="white", font_color="#333")
    size = {"width": PICTURE_WIDTH, "height": figure.layout.height or 450}
    kaleido.start_sync_server(n=1, silence_warnings=True)
    try:
        png = kaleido.calc_fig_sync(white.to_dict(), opts={"format": "png", "scale": 1, **size})
    except ChromeNotFoundError:
        return {}
    return {"image/png": png}


def _lines(result: Result, kept: Sequence[Result]) -> list[_Line]:
    """List the lines from the bottom one up: those of the kept results, then the result's."""
    others = [
        _Line(one, panel, curve, rank)
        for rank, one in enumerate(kept, start=1)
        for panel in one.panels
        for curve in panel.curves
        if curve.compare
    ]
    own = [_Line(result, panel, curve, 0) for panel in result.panels for curve in panel.curves]
    return others + own


def _panels(results: Sequence[Result], lines: Sequence[_Line]) -> dict[str, Panel]:
    """Return the panels that have lines, by title, in the order in which results name them."""
    panels: dict[str, Panel] = {}
    for one in results:
        for panel in one.panels:
            panels.setdefault(panel.title, panel)
    drawn = {line.panel.title for line in lines}
    return {title: panel for title, panel in panels.items() if title in drawn}


def _thinned(time: Times, columns: Sequence[Any]) -> tuple[Times, list[Floats]]:
    time = time.astype("datetime64[ms]")
    if len(time) <= 2 * BINS:
        return time, [np.asarray(column, np.float32) for column in columns]
    grid = _grid(time)
    starts = np.searchsorted(time, grid[::2])
    held = np.append(np.diff(starts), 1) == 0
    return grid, [_extremes(np.asarray(column), starts, held) for column in columns]


def _grid(time: Times) -> Times:
    """Return two equally spaced times a bin, a whole number of milliseconds apart."""
    span = int((time[-1] - time[0]).astype(np.int64))
    step = max(span // (2 * BINS), 1)
    return time[0] + np.arange(2 * BINS) * np.timedelta64(step, "ms")


def _extremes(
    values: npt.NDArray[Any], starts: npt.NDArray[np.int64], held: npt.NDArray[np.bool_]
) -> Floats:
    """Return each bin's least and greatest value, in the order in which the bin rises or falls.

    A bin in which no sample starts holds the value of the sample before.
    """
    least, greatest = np.fmin.reduceat(values, starts), np.fmax.reduceat(values, starts)
    ends = np.append(starts[1:], len(values)) - 1
    least[held] = greatest[held] = values[starts[held] - 1]
    falls = values[ends] < values[starts]
    pairs = np.empty((len(starts), 2), np.float32)
    pairs[:, 0] = np.where(falls, greatest, least)
    pairs[:, 1] = np.where(falls, least, greatest)
    return pairs.ravel()


def _x(x: Times) -> dict[str, Any]:
    """Say where the points lie: by first and step where they are equally spaced."""
    milliseconds = x.astype(np.int64)
    steps = np.unique(np.diff(milliseconds))
    if len(steps) == 1:
        return {"x0": str(x[0]), "dx": int(steps[0])}
    return {"x": milliseconds.tolist()}


def _trace(line: _Line) -> dict[str, Any]:
    style = KEPT_STYLES[(line.rank - 1) % 3] if line.rank else ROLE_STYLES[line.curve.role]
    unit = f" {line.panel.unit}".rstrip()
    what = f"{line.curve.label}: " if line.rank else ""
    trace: dict[str, Any] = {
        "type": "scatter",
        "mode": "lines",
        "name": line.result.label if line.rank else line.curve.label,
        "line": style | {"shape": "hv" if line.curve.role in RATES else "linear"},
        "xaxis": "x",
        "hovertemplate": what + "%{y:,.4~r}" + unit,
        "legendrank": 1000 + line.rank,
    }
    if line.curve.role == "demand" and not line.rank:
        trace |= {"fill": "tozeroy", "fillcolor": "rgba(128,136,149,0.18)"}
    if line.rank:
        first = next(c for panel in line.result.panels for c in panel.curves if c.compare)
        trace |= {"legendgroup": f"kept {line.rank}", "showlegend": line.curve is first}
    else:
        trace["showlegend"] = len(line.panel.curves) > 1
    return trace


def _time_axis(drawn: Sequence[tuple[Times, Floats]], bottom: str) -> dict[str, Any]:
    ends = [str(min(x[0] for x, _ in drawn)), str(max(x[-1] for x, _ in drawn))]
    return {
        "type": "date",
        "anchor": bottom,
        "range": ends,
        "uirevision": " ".join(ends),
        "title": {"text": "Time (UTC)"},
        "tickformatstops": [
            {"dtickrange": [None, 60_000], "value": "%H:%M:%S\n%-d %b"},
            {"dtickrange": [60_000, 86_400_000], "value": "%H:%M\n%-d %b"},
            {"dtickrange": [86_400_000, None], "value": "%-d %b\n%Y"},
        ],
        "showspikes": True,
        "spikemode": "across",
        "spikethickness": 1,
        "spikecolor": MIDTONE,
        "spikedash": "solid",
    }


def _value_axis(panel: Panel, ys: Sequence[Floats]) -> dict[str, Any]:
    """Fix the range at round values, so that the axis stands still while the curves move."""
    axis: dict[str, Any] = {"title": {"text": panel.unit}}
    if panel.log:
        first, last = _decades(ys)
        return axis | {
            "type": "log",
            "range": [first - 0.1, last],
            "dtick": math.ceil((last - first) / 5),
            "exponentformat": "SI",
        }
    low, high = panel.limits or (0.0, _round_above(_greatest(ys)))
    pad = 0.03 * (high - low)
    return axis | {"range": [low - pad, high + pad], "tickformat": "~s", "nticks": 5}


def _greatest(ys: Sequence[Floats]) -> float:
    return max((float(np.fmax.reduce(y, initial=0.0)) for y in ys), default=0.0)


def _round_above(value: float) -> float:
    """Return the next round number above a value; 1 above nothing."""
    if not 0 < value < math.inf:
        return 1.0
    decade = 10.0 ** math.floor(math.log10(value))
    return decade * next(
        step for step in (1, 1.25, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12.5) if step * decade >= value
    )


def _decades(ys: Sequence[Floats]) -> tuple[int, int]:
    positive = [y[(y > 0) & np.isfinite(y)] for y in ys]
    logs = [math.log10(end) for y in positive if len(y) for end in (y.min(), y.max())]
    if not logs:
        return 0, 1
    low = math.floor(min(logs))
    return low, max(math.ceil(max(logs)), low + 1)


def _heading(title: str, top: float) -> dict[str, Any]:
    return {
        "text": f"<b>{title}</b>",
        "x": 0,
        "xref": "paper",
        "xanchor": "left",
        "y": top,
        "yref": "paper",
        "yanchor": "bottom",
        "showarrow": False,
    }


def _bars(
    options: Sequence[Option], best: Option | None, name: str, color: str, pattern: str
) -> go.Bar:
    return go.Bar(
        orientation="h",
        name=name,
        x=[option.cost_usd_month or 0.0 for option in options],
        y=[option.label for option in options],
        text=[_price(option, option is best) for option in options],
        textposition="outside",
        cliponaxis=False,
        marker={
            "color": [color if option.holds else "rgba(0,0,0,0)" for option in options],
            "line": {"color": color, "width": 1.5},
            "pattern": {"shape": pattern, "fgcolor": color, "size": 6, "fillmode": "overlay"},
        },
        hovertext=[option.remark for option in options],
        hovertemplate="%{y}: %{text}<br>%{hovertext}<extra></extra>",
    )


def _cost(option: Option) -> float:
    return math.inf if option.cost_usd_month is None else option.cost_usd_month


def _price(option: Option, best: bool) -> str:
    cost = option.cost_usd_month
    words = ["no price" if cost is None else f"${cost:,.2f}"]
    if best:
        words[0] += " ★ best"
    if not option.holds:
        words = [*words[cost is None :], "does not hold"]
    text = ", ".join(words)
    return f"<b>{text}</b>" if best else text
