"""Exercises: an answer of the reader's, compared with what the model says."""

import html
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import Any

from awsnb.lessons import record

GROUPED = re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?")
WITHIN = 0.01  # how far off an answer may be where the model's is no whole number
SIX_DIGITS = 5e-6  # a share: as exactly as `Exercise.said` writes a number
POINT = "A decimal takes a point."


@dataclass(frozen=True)
class Exercise:
    """A question that the reader answers with the model at hand.

    Parameters
    ----------
    name : str
        Its name.
    truth : object
        The model's answer: a number, or a text.
    unit : str, optional
        Unit of a number.
    choices : tuple of str, optional
        What may be answered, where it is a word.
    within : float, optional
        How far off a number may be, as a share of the larger of the two: if left out, 1 % where
        the model's is no whole number, since nobody writes all of its digits, else nothing.
    hint : str, optional
        Given with a wrong answer.
    """

    name: str
    truth: Any
    unit: str = ""
    choices: tuple[str, ...] = ()
    within: float | None = None
    hint: str = ""

    @property
    def is_number(self) -> bool:
        """Whether a number is asked for."""
        return isinstance(self.truth, Real)

    @property
    def is_fraction(self) -> bool:
        """Whether a number is asked for that is not whole."""
        return self.is_number and not float(self.truth).is_integer()

    @property
    def is_closed(self) -> bool:
        """Whether a page can tell a right answer: a number, or one of several words."""
        return self.is_number or bool(self.choices)

    @property
    def tolerance(self) -> float:
        """How far off a number may be, as a share of the larger of the two."""
        if self.within is not None:
            return max(self.within, SIX_DIGITS)
        return WITHIN if self.is_fraction else SIX_DIGITS

    @property
    def wanted(self) -> str:
        """What kind of answer is asked for, in words."""
        if self.is_number:
            return f"a number ({self.unit})" if self.unit else "a number"
        return " or ".join(map(repr, self.choices)) if self.choices else "a text"

    def read(self, answer: Any) -> float | str | None:
        """Read an answer, a number also from a text such as ``"1,600 GiB"``; None if it is none."""
        if self.is_number:
            return _number(answer, self.unit)
        text = str(answer).strip()
        listed = text.lower() in map(str.lower, self.choices)
        return text if listed or not self.choices else None

    def advice(self, answer: Any) -> str:
        """Say how to write a number whose comma is none between thousands."""
        return f" {POINT}" if self.is_number and "," in str(answer) else ""

    def is_right(self, given: float | str) -> bool:
        """Whether an answer that was read agrees with the model's."""
        if isinstance(given, float):
            return math.isclose(given, self.truth, rel_tol=self.tolerance)
        return given.lower() == str(self.truth).lower()

    @property
    def praise(self) -> str:
        """What a right answer is told."""
        truth = float(f"{self.truth:.4g}") if self.is_fraction else self.truth
        return f"{self.name}: right. The model says {self.said(truth)}."

    def wrong(self, given: str, off: str = "not it") -> str:
        """Return what a wrong answer is told: how it is off, and the hint, but not the truth."""
        return f"{self.name}: {given} is {off}. {self.hint}".strip()

    def said(self, value: Any) -> str:
        """Write a value with its unit."""
        number = str(value)
        if isinstance(value, Real):
            number = f"{value:,.0f}" if abs(float(value)) >= 1e6 else f"{value:,g}"
        return f"{number} {self.unit}".strip()


@dataclass(frozen=True)
class Checked:
    """What to say to an answer, and the exercise that it answers."""

    text: str
    exercise: Exercise

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
    within: float | None = None,
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
        How far off a number may be, as a share of the larger of the two: if left out, 1 % where
        the model's is no whole number, else nothing.
    hint : str, optional
        Given with a wrong answer.

    Returns
    -------
    Checked
        What to tell the reader; it never gives the answer away.
    """
    asked = Exercise(exercise, truth, unit, tuple(dict.fromkeys(choices)), within, hint)
    record.ask("exercises", exercise)
    return Checked(_told(asked, answer), asked)


def _told(asked: Exercise, answer: Any) -> str:
    if answer is None:
        return f"{asked.name}: not answered yet. Put {asked.wanted} in place of None."
    given = asked.read(answer)
    if given is None:
        return f"{asked.name}: {answer!r} is not {asked.wanted}.{asked.advice(answer)}"
    if asked.is_right(given):
        record.answer("exercises", asked.name, True)
        return asked.praise
    return asked.wrong(asked.said(given), _off(given, asked.truth))


def _number(answer: Any, unit: str) -> float | None:
    if isinstance(answer, Real) and not isinstance(answer, bool):
        return float(answer)
    text = str(answer).strip().removesuffix(unit).strip()
    try:
        return float(text.replace(",", "") if GROUPED.fullmatch(text) else text)
    except ValueError:
        return None


def _off(given: float | str, truth: Any) -> str:
    if isinstance(given, str) or math.isnan(given):
        return "not it"
    return "too low" if given < truth else "too high"
