"""The figure of a comparison: what each alternative costs a month."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from awsnb.figures.theme import MIDTONE, THEME
from awsnb.results import Comparison, Option


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
        },
        "yaxis": {
            "autorange": "reversed",
            "automargin": True,
            "categoryorder": "array",
            "categoryarray": [option.label for option in options],
        },
    }
    return go.Figure({"data": bars, "layout": layout})


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
    words = ["no price" if cost is None else f"{cost:,.2f} USD"]
    if best:
        words[0] += " ★ best"
    if not option.holds:
        words = [*words[cost is None :], "does not hold"]
    text = ", ".join(words)
    return f"<b>{text}</b>" if best else text
