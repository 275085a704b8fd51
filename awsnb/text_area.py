"""A text of many lines, set in one width, that can mark where in it a problem lies."""

from importlib.resources import files
from typing import Any

import anywidget
import traitlets

_browser = files("awsnb") / "browser"


class TextArea(anywidget.AnyWidget):
    """A labelled text box that follows every key and grows with its text.

    While the kernel is busy keys are not queued: it is sent the newest text when it is free.

    Attributes
    ----------
    value : str
        The text.
    description, tooltip : str
        Its label, and what it means.
    lines : int
        The least number of lines it is high.
    place : list of int
        Line, or line and column, of a problem, from 1; empty if there is none.
    """

    _esm = (_browser / "text_area.js").read_text("utf-8")

    value = traitlets.Unicode().tag(sync=True, echo_update=False)
    description = traitlets.Unicode().tag(sync=True)
    tooltip = traitlets.Unicode().tag(sync=True)
    lines = traitlets.Int(4).tag(sync=True)
    place: Any = traitlets.List(traitlets.Int()).tag(sync=True)
