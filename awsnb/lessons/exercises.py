"""Exercises: an answer of the reader's, compared with what the model says."""

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from awsnb.lessons import record


@dataclass(frozen=True)
class Checked:
    """What to say to an answer."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


def check(
    exercise: str,
    answer: Any,
    truth: Any,
    *,
    unit: str = "",
    choices: Sequence[str] = (),
    within: float = 0.0,
    hint: str = "",
) -> Checked:
    """Check a reader's answer against what the model says.

    Parameters
    ----------
    exercise : str
        Its name.
    answer : object
        The reader's; None while there is none. A number may be written as text.
    truth : object
        The model's: a number, or one of `choices`.
    unit : str, optional
        Unit of a number.
    choices : sequence of str, optional
        What may be answered, where it is a word.
    within : float, optional
        How far off a number may be, as a share of `truth`.
    hint : str, optional
        Given with a wrong answer.

    Returns
    -------
    Checked
        What to tell the reader; it never gives the answer away.
    """
    record.ask("exercises", exercise)
    wanted = _wanted(truth, unit, choices)
    if answer is None:
        return Checked(f"{exercise}: not answered yet. Put {wanted} in place of None.")
    given: Any = _number(answer) if isinstance(truth, Real) else str(answer).strip()
    if given is None or (choices and str(given).lower() not in map(str.lower, choices)):
        return Checked(f"{exercise}: {answer!r} is not {wanted}.")
    if _agrees(given, truth, within):
        record.answer("exercises", exercise, True)
        return Checked(f"{exercise}: right. The model says {_said(truth, unit)}.")
    return Checked(f"{exercise}: {_said(given, unit)} is {_off(given, truth)}. {hint}".strip())


def _wanted(truth: Any, unit: str, choices: Sequence[str]) -> str:
    """Say what kind of answer is asked for."""
    if isinstance(truth, Real):
        return f"a number of {unit}" if unit else "a number"
    return " or ".join(map(repr, choices)) if choices else "a text"


def _number(answer: Any) -> float | None:
    """Read a number, also from a text such as ``"1,600"``; None if it is none."""
    if isinstance(answer, Real) and not isinstance(answer, bool):
        return float(answer)
    try:
        return float(str(answer).replace(",", ""))
    except ValueError:
        return None


def _agrees(answer: Any, truth: Any, within: float) -> bool:
    if isinstance(truth, Real):
        return math.isclose(answer, truth, rel_tol=within)
    return str(answer).lower() == str(truth).lower()


def _said(value: Any, unit: str) -> str:
    number = f"{value:,g}" if isinstance(value, Real) else str(value)
    return f"{number} {unit}".strip()


def _off(answer: Any, truth: Any) -> str:
    if not isinstance(truth, Real) or math.isnan(answer):
        return "not it"
    return "too low" if answer < truth else "too high"
