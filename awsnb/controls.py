"""Controls: what sets one field of a scenario, made from nothing but its `FieldSpec`."""

import math
from importlib.resources import files
from typing import Any

import anywidget
import numpy as np
import traitlets

from awsnb.scenario import FieldSpec, ScenarioError

STOPS = 160  # about as many places as a hand can find on a slider

_KINDS = {"path": "text"}  # a path that a control sets is typed like any text

_browser = files("awsnb") / "browser"


class Control(anywidget.AnyWidget):
    """A labelled control of one field; numbers have a slider and a box to type into.

    While the kernel is busy moves are not queued: it is sent the newest value when it is free.

    Parameters
    ----------
    spec : FieldSpec
        The field.
    value : object
        Where to begin.

    Attributes
    ----------
    value : object
        What is asked for. None stands for the default that AWS gives; text that is no value of
        the field stays text, for the scenario to refuse.
    shown : bool
        Whether the reader sees it.
    problem : str
        Why the question that it asks can't be answered; it stands below the control.
    wrong : bool
        Whether the problem is this field's own.
    place : list of int
        Line, or line and column, of the problem in a text of many lines, from 1.
    suggestions : list of str
        What a text may well be: offered in a menu, to which anything else can be added.
    """

    _esm = (_browser / "control.js").read_text("utf-8")

    # the page has what it sent: an echo would only delay the answer
    value = traitlets.Any().tag(sync=True, echo_update=False)
    shown = traitlets.Bool(True).tag(sync=True)
    problem = traitlets.Unicode().tag(sync=True)
    wrong = traitlets.Bool(False).tag(sync=True)
    place: Any = traitlets.List(traitlets.Int()).tag(sync=True)
    suggestions: Any = traitlets.List(traitlets.Unicode()).tag(sync=True)
    field = traitlets.Dict().tag(sync=True)

    def __init__(self, spec: FieldSpec, value: Any) -> None:
        self.spec = spec
        self.stops = slider_stops(spec)
        super().__init__(value=value, field=self._described())

    def accept(self) -> None:
        """Take what was said of a problem away."""
        self.problem, self.wrong, self.place = "", False, []

    def _described(self) -> dict[str, Any]:
        """Return what the page needs to know of the field."""
        spec = self.spec
        return {
            "name": spec.name,
            "kind": "choice" if menu_options(spec) else _KINDS.get(spec.kind, spec.kind),
            "label": spec.label,
            "unit": "" if spec.unit.lower() in spec.label.lower().split() else spec.unit,
            "meaning": spec.meaning,
            "optional": spec.default is None,
            "options": menu_options(spec),
            "stops": self.stops,
            "lines": spec.lines,
        }

    @traitlets.validate("value")
    def _parsed(self, proposal: Any) -> Any:
        """Read a number that was typed; text that is none stays as it stands."""
        value = proposal["value"]
        if self.spec.kind not in ("int", "float") or not isinstance(value, str):
            return value
        try:
            return self.spec.parse(value) if value.strip() else self.spec.default
        except ScenarioError:
            return value


def menu_options(spec: FieldSpec) -> list[tuple[str, Any]]:
    """List what a menu offers, as text and value; nothing for a field that has no menu."""
    if spec.kind == "choice":
        options: list[tuple[str, Any]] = [(choice, choice) for choice in spec.choices]
    elif spec.kind == "bool" and spec.default is None:
        options = [("yes", True), ("no", False)]
    else:
        return []
    return [("default", None), *options] if spec.default is None else options


def slider_stops(spec: FieldSpec) -> list[int] | list[float]:
    """List the values that a field's slider stops at: at most three digits, ends exact.

    They are equally spaced, or equally far apart in proportion if the field is logarithmic.
    """
    if spec.kind not in ("int", "float") or spec.low is None or spec.high is None:
        return []
    low, high = spec.low, spec.high
    if spec.log and low > 0:
        inner = [_three_digits(value) for value in np.geomspace(low, high, STOPS)]
    else:
        step = _round_step((high - low) / STOPS, whole=spec.kind == "int")
        inner = [round(low + step * i, 10) for i in range(math.ceil((high - low) / step))]
    within = [low, *(value for value in inner if low < value < high), high]
    if spec.kind == "int":
        return sorted({round(value) for value in within})
    return sorted({float(value) for value in within})


def _three_digits(value: float) -> float:
    return float(f"{value:.3g}")


def _round_step(step: float, whole: bool) -> float:
    decade = 10.0 ** math.floor(math.log10(step))
    rounded = next(n * decade for n in (1, 2, 5, 10) if n * decade >= step * 0.999)
    return max(rounded, 1.0) if whole else rounded
