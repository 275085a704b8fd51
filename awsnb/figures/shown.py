"""What a notebook shows of a figure."""

import json
import os

import plotly.graph_objects as go

from awsnb.figures.stack import drawn_from
from awsnb.figures.theme import CONFIG

PICTURE_WIDTH = 860
LIVE = "application/vnd.awsnb.result"
"""In a page that draws by itself: the results of a figure, as objects."""


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
    if os.environ.get("AWSNB_STATIC") in ("page", "site"):
        display({LIVE: drawn_from(figure), "text/plain": words}, raw=True)
        return
    bundle = {
        "application/vnd.plotly.v1+json": json.loads(figure.to_json()) | {"config": CONFIG},
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
