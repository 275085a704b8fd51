"""Controls: what sets one field of a scenario, made from nothing but its `FieldSpec`."""

import math
from typing import Any

import ipywidgets
import numpy as np
import traitlets

from awsnb.scenario import FieldSpec, ScenarioError
from awsnb.text_area import TextArea

STOPS = 160  # about as many places as a hand can find on a slider
WRONG = "awsnb-wrong"


class Control(ipywidgets.VBox):
    """A labelled control of one field; numbers have a slider and a box to type into.

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
    """

    value = traitlets.Any()

    def __init__(self, spec: FieldSpec, value: Any) -> None:
        self.spec = spec
        self.stops = slider_stops(spec)
        super().__init__(value=value)
        make = {"bool": self._checkbox, "choice": self._menu, "text": self._words}
        self.children = make.get(spec.kind, self._number)()
        self.add_class("awsnb-control")
        self.add_class(f"awsnb-field-{spec.name}")

    @property
    def shown(self) -> bool:
        """Whether the reader sees it."""
        return self.layout.display != "none"

    @shown.setter
    def shown(self, shown: bool) -> None:
        self.layout.display = None if shown else "none"

    @property
    def wrong(self) -> bool:
        """Whether it is marked as what makes the question impossible."""
        return WRONG in self._dom_classes

    @wrong.setter
    def wrong(self, wrong: bool) -> None:
        if wrong != self.wrong:
            (self.add_class if wrong else self.remove_class)(WRONG)

    def point_at(self, line: int | None, column: int | None) -> None:
        """Mark a place in a text of many lines, both from 1; None takes the mark away."""
        if self.spec.lines:
            self._area.place = [number for number in (line, column) if number is not None]

    @property
    def _named(self) -> dict[str, str]:
        label, unit = self.spec.label, self.spec.unit
        named = label if not unit or label.endswith(unit) else f"{label} ({unit})"
        return {"description": named, "tooltip": self.spec.meaning}

    def _checkbox(self) -> tuple[ipywidgets.Widget, ...]:
        return (self._linked(ipywidgets.Checkbox(indent=False, value=self.value, **self._named)),)

    def _menu(self) -> tuple[ipywidgets.Widget, ...]:
        options: list[Any] = list(self.spec.choices)
        if self.spec.default is None:
            options = [("default", None), *((choice, choice) for choice in options)]
        return (
            self._linked(ipywidgets.Dropdown(options=options, value=self.value, **self._named)),
        )

    def _words(self) -> tuple[ipywidgets.Widget, ...]:
        if self.spec.lines:
            self.add_class("awsnb-wide")
            self._area = TextArea(value=self.value, lines=self.spec.lines, **self._named)
            return (self._linked(self._area),)
        box = ipywidgets.Text(value=self.value, continuous_update=False, **self._named)
        box.add_class("awsnb-words")
        return (self._linked(box),)

    def _linked(self, widget: ipywidgets.Widget) -> ipywidgets.Widget:
        traitlets.link((self, "value"), (widget, "value"))
        return widget

    def _number(self) -> tuple[ipywidgets.Widget, ...]:
        self._box = ipywidgets.Text(continuous_update=False, placeholder="default", **self._named)
        self._slider = ipywidgets.IntSlider(
            min=0, max=max(len(self.stops) - 1, 0), readout=False, tooltip=self.spec.meaning
        )
        self._follow()
        self._box.observe(lambda change: self._type(change.new), "value")
        self._slider.observe(lambda change: self._slide(change.new), "value")
        self.observe(lambda change: self._follow(), "value")
        return (self._box, self._slider) if self.stops else (self._box,)

    def _type(self, text: str) -> None:
        """Take a typed value, exactly as it stands."""
        if text == number_text(self.value):
            return
        try:
            self.value = self.spec.parse(text) if text.strip() else self.spec.default
        except ScenarioError:
            self.value = text
        self._follow()

    def _slide(self, stop: int) -> None:
        if stop != self._nearest_stop():
            self.value = self.stops[stop]

    def _follow(self) -> None:
        """Bring the box and the slider to the value."""
        self._box.value = number_text(self.value)
        self._slider.value = self._nearest_stop()

    def _nearest_stop(self) -> int:
        if not self.stops or not isinstance(self.value, int | float):
            return 0
        return int(np.abs(np.array(self.stops) - self.value).argmin())


def number_text(value: Any) -> str:
    """Write a number in full: ``16,384``; nothing for None."""
    if value is None or isinstance(value, str):
        return value or ""
    return f"{value:,}" if isinstance(value, int) else f"{value:,.10g}"


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
