"""Colours, dashes and patterns, and the one plotly template."""

from typing import Any

MIDTONE = "#808895"
FAINT = "rgba(128,136,149,0.18)"

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
    "fourth": {"color": "#a0527e", "dash": "longdash", "width": 1.8},
    "fifth": {"color": "#8a7a3c", "dash": "longdashdot", "width": 1.8},
    "theory": {"color": MIDTONE, "dash": "dashdot", "width": 1.5},
}
AGAIN = {"dash": "dot"}  # of a line whose role another of its panel has
PATTERNS = {"second": "/", "third": ".", "fourth": "x", "fifth": "-"}  # of bars, by role
RATES = ("demand", "served")  # the roles that hold for a whole sample, drawn as steps
THEORY_ON_HEAT = {"color": "#d6002a", "width": 2.4}  # seen on dark blue and on yellow
COLORS = "Cividis"  # of heat maps: as light in grey as in colour

CONFIG = {"displaylogo": False, "showSendToCloud": False}
"""Of every plotly figure: no button that could send data away."""

_AXIS = {
    "gridcolor": "rgba(128,136,149,0.3)",
    "linecolor": MIDTONE,
    "zeroline": False,
    "ticks": "",
    "title": {"standoff": 6, "font": {"size": 12}},
}
LEGEND = {
    "orientation": "h",
    "traceorder": "normal",
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
