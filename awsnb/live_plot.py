"""The live plot: a figure in the browser of which only the curves that changed are sent.

plotly.js travels once per kernel, compressed, in a model that is never displayed. Curves travel
as 16-bit steps between their least and greatest value (finer than a screen shows), each in a
trait of its own, so that a page that is loaded again shows what the kernel has.
"""

import gzip
import json
from collections.abc import Sequence
from importlib.resources import files
from typing import Any

import anywidget
import ipywidgets
import numpy as np
import numpy.typing as npt
import traitlets

SLOTS = 32
STEPS = 65_534  # 65,535 stands for no value

_browser = files("awsnb") / "browser"


class PlotlySource(ipywidgets.Widget):
    """plotly.js, compressed, for the plots of one kernel."""

    script = traitlets.Bytes().tag(sync=True)


class LivePlot(anywidget.AnyWidget):
    """A plotly figure that redraws in place.

    Parameters
    ----------
    text : str
        What the plot stands for where no browser runs it.

    Attributes
    ----------
    spec : str
        The figure as JSON, all but its values.
    alt : str
        What the plot shows, in words.
    busy : bool
        Whether a new drawing is being computed; the reader sees it after 150 ms.
    stale : bool
        Whether the drawing no longer belongs to what was asked; it is dimmed.
    """

    _esm = (_browser / "live_plot.js").read_text("utf-8")
    _css = (_browser / "live_plot.css").read_text("utf-8")

    spec = traitlets.Unicode('{"data": [], "layout": {}}').tag(sync=True)
    alt = traitlets.Unicode().tag(sync=True)
    busy = traitlets.Bool(False).tag(sync=True)
    stale = traitlets.Bool(False).tag(sync=True)
    source = traitlets.Unicode().tag(sync=True)

    def __init__(self, text: str = "A live plot", **values: Any) -> None:
        super().__init__(source=_plotly().model_id, **values)
        self.text = text
        self.add_traits(**{f"y{slot}": traitlets.Bytes().tag(sync=True) for slot in range(SLOTS)})

    def draw(self, spec: dict[str, Any], ys: Sequence[npt.NDArray[Any]], alt: str = "") -> None:
        """Draw a figure, sending what differs from the one before.

        Parameters
        ----------
        spec : dict
            The figure without its values.
        ys : sequence of array
            The values of each of its traces, `SLOTS` at most; a matrix for a heat map.
        alt : str, optional
            What it shows, in words.
        """
        logs = [_is_log(trace, spec["layout"]) for trace in spec["data"]]
        with self.hold_sync():
            self.spec = json.dumps(spec)
            self.alt = alt
            self.busy = self.stale = False
            for slot, (y, log) in enumerate(zip(ys, logs, strict=True)):
                self.set_trait(f"y{slot}", packed(y.ravel(), log))

    def __repr__(self) -> str:
        return self.text

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        data, metadata = super()._repr_mimebundle_(**kwargs)  # type: ignore[misc]
        return data | {"text/plain": self.text}, metadata


def packed(y: npt.NDArray[Any], log: bool = False) -> bytes:
    """Pack values as 16-bit steps between the least and the greatest.

    Parameters
    ----------
    y : ndarray of float
        The values; those that are not finite become gaps.
    log : bool, optional
        Whether the steps are equal in the logarithm; values of 0 and less become gaps.

    Returns
    -------
    bytes
        Three float64 (least, greatest, 1 if log), then one uint16 a value, little-endian.
    """
    values = np.asarray(y, np.float64)
    if log:
        values = np.log10(values, out=np.full(len(values), np.nan), where=values > 0)
    finite = np.isfinite(values)
    low = values.min(initial=np.inf, where=finite)
    high = values.max(initial=-np.inf, where=finite)
    if low > high:
        low = high = 0.0
    steps = np.full(len(values), STEPS + 1, "<u2")
    scale = STEPS / (high - low) if high > low else 0.0
    steps[finite] = np.rint((values[finite] - low) * scale)
    return np.array([low, high, log], "<f8").tobytes() + steps.tobytes()


def _is_log(trace: dict[str, Any], layout: dict[str, Any]) -> bool:
    if trace["type"] == "heatmap":
        return bool(trace["meta"]["log"])
    return bool(layout["yaxis" + trace["yaxis"][1:]].get("type") == "log")


_open: list[PlotlySource] = []


def _plotly() -> PlotlySource:
    """Return the kernel's plotly.js, made with the first plot."""
    if not _open or _open[0].comm is None:
        from plotly.offline import get_plotlyjs

        script = gzip.compress(get_plotlyjs().encode(), compresslevel=3)
        _open[:] = [PlotlySource(script=script)]
    return _open[0]
