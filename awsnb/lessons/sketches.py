"""Sketches: a curve that the reader draws before seeing the model's."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from awsnb.results import Curve, Panel, Result

YOUR_SKETCH = "your sketch"
PLACES = 49  # at which a sketch has a value, equally far apart


@dataclass(frozen=True)
class Paper:
    """A panel of a result without the curve that is asked for.

    Parameters
    ----------
    result : Result
        What the model says.
    panel : str
        The title of one of its panels of lines.
    column : str
        The panel's curve that is asked for.
    high : float
        Where the paper ends above, in the panel's unit; below it ends at 0.
    known : tuple of str
        Columns of the panel's curves that help to draw it.
    within : float
        The largest mean distance from the model's curve that counts as right, as a share of
        `high`.
    """

    result: Result
    panel: str
    column: str
    high: float
    known: tuple[str, ...] = ()
    within: float = 0.1

    @cached_property
    def _at(self) -> npt.NDArray[np.int64]:
        """The samples at which a sketch has its values."""
        count = len(self.result.data[self._panel.x])
        return np.linspace(0, count - 1, PLACES).round().astype(np.int64)

    @property
    def _panel(self) -> Panel:
        return replace(self.result.panel(self.panel), limits=(0.0, self.high))

    @property
    def answer(self) -> list[float]:
        """The model's values where a sketch has its own, in the panel's unit."""
        values: list[float] = self.result.data[self.column][self._at].astype(float).tolist()
        return values

    def is_right(self, drawn: Sequence[float]) -> bool:
        """Whether a sketch is near the model's curve."""
        off = np.abs(np.subtract(drawn, self.answer)).mean()
        return bool(off <= self.within * self.high)

    def empty(self) -> dict[str, Any]:
        """Return what the page draws before: the known curves, and one without values."""
        panel = self._panel
        columns = {panel.x, *self.known}
        data = {name: self.result.data[name][self._at] for name in columns}
        curves = [curve for curve in panel.curves if curve.column in self.known]
        blank = replace(
            panel,
            curves=(*curves, Curve("sketch", YOUR_SKETCH, "theory")),
            events=(),
            doubtful=(),
        )
        told = _drawn(self.result, blank, {**data, "sketch": np.full(PLACES, np.nan)})
        told["picture"]["panels"][0]["lines"][-1]["shape"] = "line"
        return told | {"alt": "Empty: draw.", "high": self.high, "within": self.within}

    def revealed(self) -> dict[str, Any]:
        """Return what the page draws afterwards, below the sketch."""
        words = f"{self.panel}: {self.result.label}. Your sketch is drawn on it."
        return _drawn(self.result, self._panel, dict(self.result.data)) | {"alt": words}


def _drawn(result: Result, panel: Panel, data: dict[str, Any]) -> dict[str, Any]:
    from awsnb import figures

    shown = replace(result, data=data, panels=(panel,), scene=None)
    points = figures.curves(shown, ())
    values = [[None if math.isnan(v) else v for v in y.ravel().tolist()] for _, y in points]
    return {"picture": figures.panels(shown, points), "values": values}
