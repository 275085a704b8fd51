"""Lessons: get ready, commit to a prediction, see what the model says, check an exercise.

Answers come from the models; none is written down here. Without a kernel, each part stands as text.
"""

import html
import math
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from awsnb.sections import Section

IN_BACKGROUND = "The models load while you read; on a new machine they are compiled first."
LOADING = "Loading the models…"
COMPILING = "Compiling the models, once on this machine: read on, or wait some seconds…"
READY = "The models are ready."
SOON_S = 1.0  # what takes longer is not loading

_PREDICTIONS: dict[str, bool] = {}  # by question: whether it was answered
_EXERCISES: dict[str, bool] = {}  # by name: whether it was solved


@dataclass(frozen=True)
class Prediction:
    """A question to commit to before its answer is shown."""

    question: str
    choices: tuple[str, ...]
    answer: str
    because: str

    @property
    def verdict(self) -> str:
        """The model's answer, and why."""
        return f"The model says: {self.answer}. {self.because}"

    def told(self, guess: str) -> str:
        """What to tell a reader who said `guess`."""
        _PREDICTIONS[self.question] = True
        return f"{'Right.' if guess == self.answer else f'You said: {guess}.'} {self.verdict}"

    def _repr_mimebundle_(self, **_: Any) -> Any:
        listed = "".join(f"<li>{html.escape(choice)}</li>" for choice in self.choices)
        static = {
            "text/plain": f"Predict: {self.question} " + " / ".join(self.choices),
            "text/html": f"<p><strong>Predict:</strong> {html.escape(self.question)}</p>"
            f"<ul>{listed}</ul><details><summary>What the model says</summary>"
            f"{html.escape(self.verdict)}</details>",
        }
        data, metadata = _as_bundle(_form(self)._repr_mimebundle_())
        return {**data, **static}, metadata


def get_ready(section: "Section") -> threading.Thread:
    """Load a section's models while the reader reads, and say so where they must be compiled.

    Parameters
    ----------
    section : Section

    Returns
    -------
    threading.Thread
        It ends when they are ready.
    """
    import ipywidgets
    from IPython.display import display

    said = ipywidgets.HTML(LOADING)
    data, metadata = _as_bundle(said._repr_mimebundle_())
    display({**data, "text/plain": IN_BACKGROUND}, raw=True, metadata=metadata)
    compiling = threading.Timer(SOON_S, setattr, (said, "value", COMPILING))

    def load() -> None:
        compiling.start()
        try:
            seconds, compiled = section.warm_up()
        finally:
            compiling.cancel()
            compiling.join()
        kernels = "1 kernel" if compiled == 1 else f"{compiled} kernels"
        said.value = f"Compiled {kernels} in {seconds:.0f} s." if compiled else READY

    thread = threading.Thread(target=load, daemon=True)
    thread.start()
    return thread


def predict(question: str, choices: Sequence[Any], answer: Any, because: str) -> Prediction:
    """Ask for a prediction; the answer stays hidden until the reader commits to one.

    Parameters
    ----------
    question : str
        Ends with a question mark.
    choices : sequence
        What the reader may say.
    answer : object
        One of `choices`, as the model computed it.
    because : str
        One computed sentence that explains the answer.

    Raises
    ------
    ValueError
        If `answer` is not among `choices`: the model and the lesson have drifted apart.
    """
    texts = tuple(map(str, choices))
    if str(answer) not in texts:
        raise ValueError(f"the model's answer {answer!r} is not among the choices {texts}.")
    _PREDICTIONS.setdefault(question, False)
    return Prediction(question, texts, str(answer), because)


def nearest(value: float, choices: Sequence[float]) -> float:
    """Return the choice that is closest to a value, in ratio."""
    return min(choices, key=lambda choice: abs(math.log(choice / value)))


@dataclass(frozen=True)
class Checked:
    """What to say to an answer."""

    text: str

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return f"<p>{html.escape(self.text)}</p>"


def check(
    exercise: str, answer: Any, truth: Any, *, unit: str = "", within: float = 0.0, hint: str = ""
) -> Checked:
    """Check a reader's answer against what the model says.

    Parameters
    ----------
    exercise : str
        Its name.
    answer : object
        The reader's; None while there is none.
    truth : object
        The model's.
    unit : str
        Unit of a number.
    within : float
        How far off a number may be, as a share of `truth`.
    hint : str
        Given with a wrong answer.
    """
    _EXERCISES.setdefault(exercise, False)
    if answer is None:
        return Checked(f"{exercise}: not answered yet. Put your answer in place of None.")
    if _agrees(answer, truth, within):
        _EXERCISES[exercise] = True
        return Checked(f"{exercise}: right. The model says {_said(truth, unit)}.")
    return Checked(f"{exercise}: {_said(answer, unit)} is {_off(answer, truth)}. {hint}".strip())


def progress() -> Checked:
    """Say how many predictions and exercises are done."""
    kinds = {"predictions": _PREDICTIONS, "exercises": _EXERCISES}
    counts = [f"{sum(done.values())} of {len(done)} {kind}" for kind, done in kinds.items()]
    return Checked(f"Done: {' and '.join(counts)}.")


def _agrees(answer: Any, truth: Any, within: float) -> bool:
    if isinstance(truth, str):
        return str(answer).strip().lower() == truth.lower()
    return isinstance(answer, Real) and math.isclose(answer, truth, rel_tol=within)


def _said(value: Any, unit: str) -> str:
    number = f"{value:,g}" if isinstance(value, Real) else str(value)
    return f"{number} {unit}".strip()


def _off(answer: Any, truth: Any) -> str:
    if isinstance(truth, str) or not isinstance(answer, Real) or math.isnan(answer):
        return "not it"
    return "too low" if answer < truth else "too high"


def _form(prediction: Prediction) -> Any:
    """The live form: choices, a button to commit with, and the answer after it."""
    import ipywidgets

    question = ipywidgets.HTML(f"<strong>Predict:</strong> {html.escape(prediction.question)}")
    choices = ipywidgets.RadioButtons(
        options=prediction.choices, value=None, layout=ipywidgets.Layout(width="auto")
    )
    commit = ipywidgets.Button(description="Commit", disabled=True, button_style="primary")
    answer = ipywidgets.HTML()

    def choose(_: Any) -> None:
        commit.disabled = choices.value is None

    def reveal(_: Any) -> None:
        commit.disabled = choices.disabled = True
        answer.value = f"<p>{html.escape(prediction.told(choices.value))}</p>"

    choices.observe(choose, "value")
    commit.on_click(reveal)
    return ipywidgets.VBox([question, choices, commit, answer])


def _as_bundle(bundle: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    return bundle if isinstance(bundle, tuple) else (bundle or {}, {})
