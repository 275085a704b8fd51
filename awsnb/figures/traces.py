"""Traces: what plotly draws for a curve, all but its values, and the values in plotly's shape."""

from typing import Any

import numpy as np
from plotly.colors import sample_colorscale

from awsnb.figures.axes import log_ticks, unit_title
from awsnb.figures.lines import Array, Line, compared
from awsnb.figures.theme import (
    AGAIN,
    COLORS,
    FAINT,
    KEPT_STYLES,
    PATTERNS,
    ROLE_STYLES,
    THEORY_ON_HEAT,
)
from awsnb.results import Curve, Panel

BAR_WIDTH = 26  # pixels of the dash that marks theory on a bar


def trace_of(line: Line, x: Array, span: tuple[float, float]) -> dict[str, Any]:
    """Describe a curve's trace, all but its values.

    Parameters
    ----------
    line : Line
        The curve.
    x : ndarray
        What it is drawn against.
    span : tuple of float
        The values between which a heat map has its colours.

    Returns
    -------
    dict
        The trace, without its axes and legend.
    """
    if line.shape == "heat":
        return _heat(line, span) | _along(x)
    make = {"bars": _bars, "dashes": _dashes, "line": _line}[line.shape]
    return _named(line) | make(line, style_of(line)) | _along(x)


def style_of(line: Line) -> dict[str, Any]:
    """Return colour, dash and width: a kept result's own, else the role's."""
    style = KEPT_STYLES[(line.rank - 1) % 3] if line.rank else ROLE_STYLES[line.curve.role]
    if not line.rank and line.curve != _first_of_its_role(line):
        style = style | AGAIN
    return style | THEORY_ON_HEAT if line.panel.kind == "heat" else style


def _first_of_its_role(line: Line) -> Curve:
    return next(curve for curve in line.panel.curves if curve.role == line.curve.role)


def filled(trace: dict[str, Any], values: Array) -> dict[str, Any]:
    """Return a trace with its values. What a heat map's colours stand for is in its words."""
    if trace["type"] != "heatmap":
        return trace | {"y": values}
    levels, log = trace["meta"]["levels"], trace["meta"]["log"]
    if levels:
        names = dict(enumerate(levels))
        text = [[names.get(code, "") for code in row] for row in values.tolist()]
        return trace | {"z": values, "text": text}
    if log:
        positive = values > 0
        z = np.log10(values, out=np.full_like(values, np.nan), where=positive)
        return trace | {"z": z, "customdata": values}
    return trace | {"z": values}


def _named(line: Line) -> dict[str, Any]:
    what = f"{line.curve.label}: " if line.rank else ""
    unit = "" if line.panel.kind == "heat" else f" {line.panel.unit}".rstrip()
    trace: dict[str, Any] = {
        "name": line.result.label if line.rank else line.curve.label,
        "hovertemplate": what + "%{y:,.4~r}" + unit,
        "legendrank": 1000 + line.rank,
    }
    if not line.rank:
        return trace | {"showlegend": len(line.panel.curves) > 1}
    panels = [panel for panel in line.result.panels if panel.kind != "heat"]
    first = next(curve for panel in panels for curve in compared(panel))
    return trace | {"legendgroup": f"kept {line.rank}", "showlegend": line.curve is first}


def _line(line: Line, style: dict[str, Any]) -> dict[str, Any]:
    shape = "hv" if line.steps else "linear"
    trace = {"type": "scatter", "mode": "lines", "line": style | {"shape": shape}}
    if line.curve.role == "demand" and not line.rank:
        trace |= {"fill": "tozeroy", "fillcolor": FAINT}
    return trace


def _bars(line: Line, style: dict[str, Any]) -> dict[str, Any]:
    pattern = {
        "shape": PATTERNS.get(line.curve.role, ""),
        "fgcolor": "rgba(255,255,255,0.75)",
        "size": 6,
        "fillmode": "overlay",
    }
    side = f"{line.rank}" if line.panel.stacked else f"{line.rank} {line.curve.column}"
    return {
        "type": "bar",
        "offsetgroup": side,
        "marker": {"color": style["color"], "pattern": pattern},
    }


def _dashes(line: Line, style: dict[str, Any]) -> dict[str, Any]:
    marker = {"symbol": "line-ew-open", "size": BAR_WIDTH, "color": style["color"]}
    return {"type": "scatter", "mode": "markers", "marker": marker | {"line": {"width": 2.5}}}


def _heat(line: Line, span: tuple[float, float]) -> dict[str, Any]:
    panel = line.panel
    rows = line.result.data[panel.rows]
    value = "%{text}" if panel.levels else "%{customdata:,.4~r}" if panel.log else "%{z:,.4~r}"
    unit = "" if panel.levels else f" {panel.unit}".rstrip()
    gap = 1 if panel.levels and line.y.shape[1] <= 80 else 0
    return {
        "type": "heatmap",
        "name": line.curve.label,
        "y": [_short(row) for row in rows],
        "hovertemplate": "%{y}: " + value + unit + "<extra></extra>",
        "meta": {"levels": list(panel.levels), "log": panel.log},
        "xgap": gap,
        "ygap": gap,
        **_colors(panel, span),
    }


def _colors(panel: Panel, span: tuple[float, float]) -> dict[str, Any]:
    bar: dict[str, Any] = {
        "thickness": 12,
        "outlinewidth": 0,
        "x": 1.01,
        "ypad": 0,
        "ticks": "",
        "tickfont": {"size": 11},
    }
    if panel.levels:
        count = len(panel.levels)
        shares = np.linspace(0, 1, count + 1)
        colors = sample_colorscale(COLORS, list(np.linspace(0, 1, max(count, 2))))
        steps = [
            [float(end), colors[i]] for i in range(count) for end in (shares[i], shares[i + 1])
        ]
        bar |= {"tickmode": "array", "tickvals": list(range(count)), "ticktext": list(panel.levels)}
        return {"colorscale": steps, "zmin": -0.5, "zmax": count - 0.5, "colorbar": bar}
    bar["title"] = {"text": unit_title(panel), "side": "right"}
    if not panel.log:
        return {"colorscale": COLORS, "zmin": span[0], "zmax": span[1], "colorbar": bar}
    low, high = (float(np.log10(end)) for end in span)
    ticks = log_ticks(panel.unit, low, high)
    if ticks:
        ticks["tickvals"] = [float(np.log10(value)) for value in ticks["tickvals"]]
    return {"colorscale": COLORS, "zmin": low, "zmax": high, "colorbar": bar | ticks}


def _along(x: Array) -> dict[str, Any]:
    """Say where the points lie: by first and step where they are equally spaced."""
    if x.dtype.kind in "OUS":
        return {"x": [str(name) for name in x]}
    date = x.dtype.kind == "M"
    numbers = x.astype(np.int64) if date else x.astype(float)
    steps = np.diff(numbers)
    if len(steps) and steps[0] and np.allclose(steps, steps[0], rtol=1e-6, atol=0):
        step = int(steps[0]) if date else float(steps[0])
        return {"x0": str(x[0]) if date else float(x[0]), "dx": step}
    return {"x": numbers.tolist() if date else [_short(number) for number in numbers]}


def _short(value: Any) -> Any:
    """Return a number in seven digits, a name as it is."""
    return str(value) if isinstance(value, str) else float(f"{value:.7g}")
