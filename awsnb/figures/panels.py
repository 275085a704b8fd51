"""The live picture: what the page needs to draw a result by itself, all but its values.

It says the same as the plotly figure of `stack`: the same lines in the same order, the same axes,
events and doubts. Places on an axis are counted as `Axis` counts them.
"""

from collections.abc import Iterator, Sequence
from functools import cache
from itertools import groupby
from typing import Any

import numpy as np
from plotly.colors import sample_colorscale

from awsnb.figures.axes import Axis, log_ticks, unit_along, value_range, word_before
from awsnb.figures.lines import Array, Line, Points, lines_of, panels_of
from awsnb.figures.theme import COLORS
from awsnb.results import Panel, Result

SHADES = 16  # of a scale of colours: between them the page mixes


def panels(result: Result, drawn: Sequence[Points], kept: Sequence[Result] = ()) -> dict[str, Any]:
    """Describe the plots of a result for the page that draws them.

    Parameters
    ----------
    result : Result
        What to draw.
    drawn : sequence of (x, y)
        The points of its lines, as `curves` returns them.
    kept : sequence of Result, optional
        Those that are drawn too.

    Returns
    -------
    dict
        ``xs``, the places of the points, each once; ``axes``, the horizontal ones; ``panels``,
        each with its lines, which name their x, and their values by a number: that of the point.
    """
    lines = lines_of(result, kept)
    told = panels_of((result, *kept), lines)
    xs: list[Any] = []
    axes: list[dict[str, Any]] = []
    described = []
    for _, group in groupby(told.values(), lambda panel: panel.x):
        together = list(group)
        columns = _columns_of(together, lines, drawn)
        cells = any(panel.kind != "lines" for panel in together)
        axis = Axis.of(columns, together[0].x_log, cells)
        axes.append(_across(together[0], axis) | {"whole": _is_whole(axis, columns)})
        known: dict[int, int] = {}
        for panel in together:
            own = [i for i, line in enumerate(lines) if line.panel.title == panel.title]
            for i in own:
                key = id(drawn[i][0])
                if key not in known:
                    known[key] = len(xs)
                    xs.append(places(drawn[i][0], axis))
            x_of = {i: known[id(drawn[i][0])] for i in own}
            described.append(_panel(panel, axis, lines, drawn, x_of) | {"axis": len(axes) - 1})
    return {"xs": xs, "axes": axes, "panels": described}


def _columns_of(
    together: Sequence[Panel], lines: Sequence[Line], drawn: Sequence[Points]
) -> list[Array]:
    titles = {panel.title for panel in together}
    return [xy[0] for line, xy in zip(lines, drawn, strict=True) if line.panel.title in titles]


def _across(first: Panel, axis: Axis) -> dict[str, Any]:
    unit = unit_along(first)
    names = {"key": first.x, "title": first.x_title, "unit": unit}
    return names | {"word": word_before(first.x, first.x_title)} | _described(axis, unit)


def _is_whole(axis: Axis, columns: Sequence[Array]) -> bool:
    """Say whether an axis counts things, of which there is no half."""
    return axis.type == "linear" and all((column == np.rint(column)).all() for column in columns)


def _described(axis: Axis, unit: str) -> dict[str, Any]:
    ends = {"type": axis.type, "low": axis.low, "high": axis.high}
    if axis.type == "category":
        return ends | {"ticks": [[i, name] for i, name in enumerate(axis.categories)]}
    return ends | ({"ticks": _ticks(unit, axis.low, axis.high)} if axis.type == "log" else {})


def _ticks(unit: str, low: float, high: float) -> list[list[Any]]:
    """List places and texts on a logarithmic axis; none where it spans too little for them."""
    ticks = log_ticks(unit, low, high)
    if not ticks:
        return []
    places = np.log10(ticks["tickvals"]).tolist()
    return [[place, text] for place, text in zip(places, ticks["ticktext"], strict=True)]


def places(x: Array, axis: Axis) -> Any:
    """Return where points lie: first, step and count where they are equally spaced."""
    found = axis.places(x)
    steps = np.diff(found)
    if len(steps) and steps[0] and (abs(steps - steps[0]) <= 1e-6 * abs(steps[0])).all():
        return {"first": float(found[0]), "step": float(steps[0]), "count": len(found)}
    return [None if np.isnan(place) else float(f"{place:.9g}") for place in found]


def _panel(
    panel: Panel,
    axis: Axis,
    lines: Sequence[Line],
    drawn: Sequence[Points],
    x_of: dict[int, int],
) -> dict[str, Any]:
    own = [lines[i] for i in x_of]
    heat = next((line for line in own if line.shape == "heat"), None)
    upright = _rows(panel, heat) if heat else _values(panel, own, [drawn[i] for i in x_of])
    return {
        "title": panel.title,
        "unit": panel.unit,
        "stacked": panel.stacked,
        "y": upright,
        "lines": [_line(lines[i], i, x) for i, x in x_of.items()],
        "events": [[_inside(axis, at), text] for at, text in panel.events],
        "doubts": [[_inside(axis, a), _inside(axis, b), why] for a, b, why in panel.doubtful],
    } | ({"colors": _colors(panel, heat)} if heat else {})


def _values(panel: Panel, lines: Sequence[Line], points: Sequence[Points]) -> dict[str, Any]:
    low, high = value_range(panel, lines, points)
    if panel.log:
        low, high = np.log10([low, high]).tolist()
        ticks = {"ticks": _ticks(panel.unit, low, high)}
        return {"type": "log", "low": low, "high": high} | ticks
    return {"type": "linear", "low": low, "high": high}


def _rows(panel: Panel, heat: Line) -> dict[str, Any]:
    rows = heat.result.data[panel.rows]
    axis = Axis.of([rows], panel.rows_log, cells=True)
    described = _described(axis, "") | {
        "title": panel.rows_title,
        "rows": axis.places(rows).tolist(),
    }
    if axis.type == "category":
        return described | {"low": axis.high, "high": axis.low}  # downwards
    return described


def _colors(panel: Panel, heat: Line) -> dict[str, Any]:
    if panel.levels:
        return {"levels": list(panel.levels), "shades": _shades(max(len(panel.levels), 2))}
    return {"shades": _shades(SHADES)} | _values(panel, [heat], [(heat.x, heat.y)])


@cache
def _shades(count: int) -> list[str]:
    return list(sample_colorscale(COLORS, list(np.linspace(0, 1, count))))


def _line(line: Line, slot: int, x: int) -> dict[str, Any]:
    return {
        "slot": slot,
        "x": x,
        "label": line.curve.label,
        "style": f"kept{line.rank}" if line.rank else line.curve.role,
        "rank": line.rank,
        "shape": "steps" if line.steps else line.shape,
    }


def _inside(axis: Axis, x: Any) -> float:
    """Return where an x lies, no further out than the axis."""
    return float(np.clip(axis.at(x), axis.low, axis.high))


def slots(picture: dict[str, Any]) -> Iterator[bool]:
    """Say of each line's values, in their order, whether they are drawn on a logarithmic scale."""
    found = {
        line["slot"]: panel.get("colors", panel["y"]).get("type") == "log"
        for panel in picture["panels"]
        for line in panel["lines"]
    }
    yield from (found[slot] for slot in range(len(found)))
