"""Predictions: a question to commit to, and only then what the model says.

Nothing that a page is sent before the reader has committed holds the answer.
"""

import html
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
import traitlets

from awsnb.lessons import record
from awsnb.lessons.sketches import Paper
from awsnb.page import module, style
from awsnb.results import Curve, Result
from awsnb.widgets import NotebookWidget
from awsnb.words import capital

Guess = str | float | list[float]
YOUR_GUESS = "your guess"
SURE = ("a guess", "fairly sure", "certain")
WELL_JUDGED = (0.4, 0.7, 0.95)
"""How often somebody who judges well is right at each level of sureness."""


@dataclass(frozen=True)
class Plot:
    """A panel of a result, on which a guess has its place.

    Parameters
    ----------
    result : Result
        What the model says.
    panel : str
        The title of one of its panels of lines.
    at : callable
        A guess in, its place out: in the panel's unit, or on its x axis if `across`.
    across : bool, optional
        Whether the guess is a place on the x axis.
    """

    result: Result
    panel: str
    at: Callable[[Any], Any]
    across: bool = False

    def with_guess(self, guess: str | float) -> Result:
        """Return the result as the panel alone, the guess drawn on it."""
        panel = self.result.panel(self.panel)
        place = self.at(guess)
        if self.across:
            events = (*panel.events, (place, f"{YOUR_GUESS}: {guess}"))
            return replace(self.result, panels=(replace(panel, events=events),))
        level = np.full(len(self.result.data[panel.x]), float(place))
        curves = (*panel.curves, Curve("guess", YOUR_GUESS, "theory"))
        data = {**self.result.data, "guess": level}
        return replace(self.result, data=data, panels=(replace(panel, curves=curves),))

    def drawn(self, guess: str | float) -> dict[str, Any]:
        """Return what the page draws: the picture, its values, and its words."""
        from awsnb import figures

        shown = self.with_guess(guess)
        points = figures.curves(shown, ())
        values = [[None if math.isnan(v) else v for v in y.ravel().tolist()] for _, y in points]
        words = f"{self.panel}: {shown.label}. {YOUR_GUESS}: {guess}."
        return {"picture": figures.panels(shown, points), "values": values, "alt": words}


@dataclass(frozen=True)
class Prediction:
    """A question to commit to before its answer is shown.

    Parameters
    ----------
    question : str
        Ends with a question mark.
    setting : str
        At most two sentences that set the scene.
    choices : tuple of str
        What may be said; empty where a number is asked for.
    answer : str, float or list of float
        One of the choices, the number, or the curve.
    headline, because : str
        What happens, in a few words, and why.
    low, high : float
        Between which numbers to guess.
    unit : str
        Of the number.
    within : float
        The largest ratio between a guess and the number that still counts as right.
    plot : Plot, optional
        Where the guess is drawn once it is committed.
    paper : Paper, optional
        Where a curve is drawn.
    whole : bool
        Whether the number is a count, so that guesses are whole.
    """

    question: str
    setting: str
    choices: tuple[str, ...]
    answer: Guess
    headline: str
    because: str
    low: float = 0.0
    high: float = 0.0
    unit: str = ""
    within: float = 1.0
    plot: Plot | None = None
    paper: Paper | None = None
    whole: bool = False

    @property
    def kind(self) -> Literal["choice", "number", "sketch"]:
        """Whether one of several answers, a number or a curve is asked for."""
        if self.paper:
            return "sketch"
        return "choice" if self.choices else "number"

    def is_right(self, guess: Guess) -> bool:
        """Whether a guess agrees with the model."""
        if self.paper and isinstance(guess, list):
            return self.paper.is_right(guess)
        if isinstance(guess, float | int) and isinstance(self.answer, float):
            return max(guess / self.answer, self.answer / guess) <= self.within
        return guess == self.answer

    def verdict(self, guess: Guess) -> dict[str, Any]:
        """Return what a reader who said `guess` is told."""
        return {
            "right": self.is_right(guess),
            "answer": self.answer,
            "said": self._number(self.answer),
            "guessed": self._number(guess),
            "headline": self.headline,
            "because": self.because,
            "plot": self._drawn(guess),
        }

    def _drawn(self, guess: Guess) -> dict[str, Any] | None:
        if self.paper:
            return self.paper.revealed()
        return self.plot.drawn(guess) if self.plot and not isinstance(guess, list) else None

    def _number(self, value: Guess) -> str:
        if isinstance(value, list):
            return "a curve"
        return value if isinstance(value, str) else f"{value:,.3g} {self.unit}".strip()

    def __str__(self) -> str:
        drawn = f"a curve: {self.paper.panel}" if self.paper else f"a number ({self.unit})"
        asked = " / ".join(self.choices) or drawn
        return " ".join(filter(None, ["Predict:", self.setting, self.question, asked]))

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return Card(self)._repr_mimebundle_()

    @property
    def page(self) -> str:
        """The question as a page without a kernel shows it: the answer is not in it."""
        listed = "".join(f"<li>{html.escape(choice)}</li>" for choice in self.choices)
        setting = f"<p>{html.escape(self.setting)}</p>" if self.setting else ""
        return (
            f"{setting}<p><strong>Predict:</strong> {html.escape(self.question)}</p>"
            f"<ul>{listed}</ul><p>Run this cell to commit to an answer.</p>"
        )


class Card(NotebookWidget):
    """The live form of a prediction; `committed` is what the reader said and how sure."""

    _esm = module("alive", "keys", "text", "scale", "path", "plot", "sketch", "prediction")
    _css = style("explorer") + style("lesson")

    asked: Any = traitlets.Dict().tag(sync=True)
    committed: Any = traitlets.Dict().tag(sync=True)
    verdict: Any = traitlets.Dict().tag(sync=True)

    def __init__(self, prediction: Prediction) -> None:
        self._prediction = prediction
        before = record.ask("predictions", prediction.question)
        number = list(record.asked("predictions")).index(prediction.question) + 1
        super().__init__(
            asked={
                "number": number,
                "kind": prediction.kind,
                "setting": prediction.setting,
                "question": prediction.question,
                "choices": prediction.choices,
                "low": prediction.low,
                "high": prediction.high,
                "unit": prediction.unit,
                "whole": prediction.whole,
                "sure": SURE,
                "paper": prediction.paper.empty() if prediction.paper else None,
            },
            committed={key: before[key] for key in ("guess", "sure")} if before else {},
            verdict=prediction.verdict(before["guess"]) if before else {},
        )

    def static_bundle(self) -> dict[str, Any]:
        """Return the question in words."""
        return {"text/plain": str(self._prediction), "text/html": self._prediction.page}

    @traitlets.observe("committed")
    def _commit(self, change: Any) -> None:
        said = change.new
        if not said or self.verdict or said.get("sure") not in SURE:
            return
        right = self._prediction.is_right(said["guess"])
        record.answer("predictions", self._prediction.question, {**said, "right": right})
        self.verdict = self._prediction.verdict(said["guess"])


def predict(
    question: str,
    choices: Sequence[Any],
    answer: Any,
    because: str,
    *,
    setting: str = "",
    headline: str = "",
    plot: Plot | None = None,
) -> Prediction:
    """Ask for one of several answers; the model's stays hidden until the reader commits to one.

    Parameters
    ----------
    question : str
        Ends with a question mark.
    choices : sequence
        What the reader may say.
    answer : object
        One of `choices`, as the model computed it.
    because : str
        Computed sentences that explain the answer.
    setting : str, optional
        At most two sentences that set the scene.
    headline : str, optional
        What happens, in a few words; the answer itself if left out.
    plot : Plot, optional
        A panel that shows what happens, and where on it a guess lies.

    Raises
    ------
    ValueError
        If `answer` is not among `choices`: the model and the lesson have drifted apart.
    """
    texts = tuple(map(str, choices))
    if str(answer) not in texts:
        raise ValueError(f"the model's answer {answer!r} is not among the choices {texts}.")
    said = headline or capital(f"{answer}.")
    return Prediction(question, setting, texts, str(answer), said, because, plot=plot)


def estimate(
    question: str,
    low: float,
    high: float,
    answer: float,
    because: str,
    *,
    unit: str = "",
    within: float = 1.5,
    setting: str = "",
    headline: str = "",
    plot: Plot | None = None,
) -> Prediction:
    """Ask for a number between two bounds, on a logarithmic slider.

    Parameters
    ----------
    question : str
        Ends with a question mark.
    low, high : float
        Ends of the slider, in `unit`; above 0.
    answer : float
        The model's, between them. If it is an int, guesses are whole too.
    because : str
        Computed sentences that explain the answer.
    unit : str, optional
        Of the number.
    within : float, optional
        The largest ratio between guess and answer that still counts as right.
    setting, headline : str, optional
    plot : Plot, optional
        As for `predict`.

    Raises
    ------
    ValueError
        If `answer` lies outside: the model and the lesson have drifted apart.
    """
    if not 0 < low <= answer <= high:
        raise ValueError(f"the model's answer {answer!r} is not between {low!r} and {high!r}.")
    said = headline or f"{answer:,.3g} {unit}".strip() + "."
    return Prediction(
        question, setting, (), float(answer), said, because, low, high, unit, within, plot,
        whole=isinstance(answer, int),
    )  # fmt: skip


def sketch(
    question: str,
    paper: Paper,
    headline: str,
    because: str,
    *,
    setting: str = "",
) -> Prediction:
    """Ask for a curve; the reader draws it, and the model's is drawn on it afterwards.

    Parameters
    ----------
    question : str
        Ends with a question mark.
    paper : Paper
        The panel to draw on, and the curve that is asked for.
    headline, because : str
        What happens, in a few words, and computed sentences that explain it.
    setting : str, optional
        As for `predict`.

    Raises
    ------
    ValueError
        If the model's curve leaves the paper: the model and the lesson have drifted apart.
    """
    answer = paper.answer
    if not all(0 <= value <= paper.high for value in answer):
        raise ValueError(f"the model's curve is not between 0 and {paper.high!r} everywhere.")
    return Prediction(question, setting, (), answer, headline, because, paper=paper)


def nearest(value: float, choices: Sequence[float]) -> float:
    """Return the choice that is closest to a value, in ratio."""
    return min(choices, key=lambda choice: abs(math.log(choice / value)))
