"""Controls: what a page needs to know of a scenario's fields, from nothing but `FieldSpec`."""

import math
from typing import Any

import numpy as np

from awsnb.scenario import FieldSpec

STOPS = 160  # about as many places as a hand can find on a slider


def described(spec: FieldSpec) -> dict[str, Any]:
    """Describe a field for the page.

    Parameters
    ----------
    spec : FieldSpec
        The field.

    Returns
    -------
    dict
        ``kind`` says which control it has; ``word`` is what it means to leave the field out, where
        that is a word.
    """
    options = menu_options(spec)
    return {
        "name": spec.name,
        "kind": "choice" if options else spec.kind,
        "label": spec.label,
        "unit": "" if spec.unit.lower() in spec.label.lower().split() else spec.unit,
        "meaning": spec.meaning,
        "optional": spec.default is None,
        "word": spec.unset,
        "options": options,
        "stops": slider_stops(spec),
        "lines": spec.lines,
        "group": spec.group,
        "advanced": spec.advanced,
        "control": spec.control,
    }


def read(spec: FieldSpec, value: Any) -> Any:
    """Read a number that was typed; nothing typed is the default.

    Raises
    ------
    ScenarioError
        If the text is no number.
    """
    if spec.kind not in ("int", "float") or not isinstance(value, str):
        return value
    return spec.parse(value) if value.strip() else spec.default


def menu_options(spec: FieldSpec) -> list[tuple[str, Any]]:
    """List what a menu offers, as text and value; nothing for a field that has no menu."""
    if spec.kind == "choice":
        options: list[tuple[str, Any]] = [(choice, choice) for choice in spec.choices]
    elif spec.kind == "bool" and spec.default is None:
        options = [("yes", True), ("no", False)]
    else:
        return []
    return [(spec.unset or "default", None), *options] if spec.default is None else options


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
