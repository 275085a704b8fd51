"""Figures: a result in, a plotly figure out.

They know the shapes of results, not the services that made them. A figure carries its alt text
in ``figure.layout.meta["alt"]``; colours differ in lightness and lines in dash or width, so that
they can be told apart in grey, and the background is clear, so that they suit light and dark.
"""

from awsnb.figures.lines import BINS, curves
from awsnb.figures.moving import moving
from awsnb.figures.panels import panels, slots
from awsnb.figures.prices import comparison
from awsnb.figures.shown import LIVE, picture, show
from awsnb.figures.stack import draw, drawn_from, skeleton
from awsnb.figures.theme import CONFIG, KEPT_STYLES, MIDTONE, ROLE_STYLES

__all__ = [
    "BINS",
    "CONFIG",
    "KEPT_STYLES",
    "LIVE",
    "MIDTONE",
    "ROLE_STYLES",
    "comparison",
    "curves",
    "draw",
    "drawn_from",
    "moving",
    "panels",
    "picture",
    "show",
    "skeleton",
    "slots",
]
