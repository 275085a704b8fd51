import threading
from types import SimpleNamespace

import ipywidgets
import numpy as np
import pytest

from awsnb import lessons
from awsnb.lessons import Checked, check, nearest, predict, progress


@pytest.fixture(autouse=True)
def fresh(monkeypatch):
    monkeypatch.setattr(lessons, "_PREDICTIONS", {})
    monkeypatch.setattr(lessons, "_EXERCISES", {})


def ask(answer="gp2"):
    return predict("Which runs <dry>?", ("gp2", "gp3 & more"), answer, "It has a bucket.")


def form_of(prediction):
    """The parts of the live form: question, choices, button, answer."""
    return lessons._form(prediction).children


def done():
    return lessons._PREDICTIONS | lessons._EXERCISES


# --- predictions


def test_an_answer_that_is_no_choice_is_a_drifted_lesson():
    with pytest.raises(ValueError, match="the model's answer 'st1' is not among the choices"):
        ask("st1")
    assert done() == {}


def test_choices_may_be_numbers():
    prediction = predict("How long?", (10, 30, 100), 30, "So it is.")
    assert prediction.choices == ("10", "30", "100")
    assert prediction.told("30").startswith("Right.")


def test_the_verdict_waits_for_the_guess():
    prediction = ask()
    assert prediction.told("gp2") == "Right. The model says: gp2. It has a bucket."
    assert prediction.told("gp3 & more") == (
        "You said: gp3 & more. The model says: gp2. It has a bucket."
    )


def test_the_static_form_asks_and_hides_the_answer_in_details():
    bundle, _ = ask()._repr_mimebundle_()
    assert bundle["text/plain"] == "Predict: Which runs <dry>? gp2 / gp3 & more"
    shown, hidden = bundle["text/html"].split("<details>")
    assert "Which runs &lt;dry&gt;?" in shown and "<li>gp3 &amp; more</li>" in shown
    assert "The model says: gp2" not in shown and "It has a bucket." not in shown
    assert "The model says: gp2. It has a bucket." in hidden
    assert "application/vnd.jupyter.widget-view+json" in bundle


def test_the_live_form_reveals_only_after_a_commitment():
    question, choices, commit, answer = form_of(ask())
    assert "&lt;dry&gt;" in question.value
    assert isinstance(choices, ipywidgets.RadioButtons)
    assert choices.value is None and commit.disabled and answer.value == ""
    choices.value = "gp3 & more"
    assert not commit.disabled and answer.value == ""
    commit.click()
    assert answer.value == "<p>You said: gp3 &amp; more. The model says: gp2. It has a bucket.</p>"
    assert commit.disabled and choices.disabled


def test_taking_a_choice_back_takes_the_button_back():
    _, choices, commit, _ = form_of(ask())
    choices.value = "gp2"
    choices.value = None
    assert commit.disabled


def test_a_commitment_counts_as_done_right_or_wrong():
    prediction = ask()
    assert done() == {prediction.question: False}
    _, choices, commit, _ = form_of(prediction)
    choices.value = "gp3 & more"
    commit.click()
    assert done() == {prediction.question: True}
    ask()
    assert done() == {prediction.question: True}


@pytest.mark.parametrize(("value", "choice"), [(28, 30), (3, 10), (60, 100), (17, 10), (18, 30)])
def test_nearest_is_by_ratio(value, choice):
    assert nearest(value, (10, 30, 100)) == choice


# --- exercises


@pytest.mark.parametrize(
    ("answer", "truth", "within", "right"),
    [
        (100, 100, 0.0, True),
        (100.0, 100, 0.0, True),
        (np.int64(100), 100, 0.0, True),
        (np.float32(100), 100, 0.0, True),
        (101, 100, 0.0, False),
        (101, 100, 0.02, True),
        (97, 100, 0.02, False),
        (float("nan"), 100, 0.5, False),
        ("100", 100, 0.0, False),
        ("gp2", "gp2", 0.0, True),
        (" GP2 ", "gp2", 0.0, True),
        ("gp3", "gp2", 0.0, False),
        (2, "gp2", 0.0, False),
    ],
)
def test_an_answer_is_right_when_it_agrees(answer, truth, within, right):
    checked = check("E1", answer, truth, within=within)
    assert ("right" in checked.text) == right
    assert done() == {"E1": right}


def test_a_right_answer_shows_the_models():
    checked = check("E1", 1590, 1600.0, unit="s", within=0.01)
    assert repr(checked) == "E1: right. The model says 1,600 s."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (50, "E1: 50 s is too low. Mind the bucket."),
        (np.int64(2000), "E1: 2,000 s is too high. Mind the bucket."),
        (float("nan"), "E1: nan s is not it. Mind the bucket."),
        ("long", "E1: long s is not it. Mind the bucket."),
    ],
)
def test_a_wrong_answer_says_which_way_and_hints_but_does_not_tell(answer, text):
    checked = check("E1", answer, 1600, unit="s", hint="Mind the bucket.")
    assert checked.text == text
    assert "1,600" not in checked.text


def test_no_answer_yet_is_no_wrong_answer():
    checked = check("E1", None, 1600)
    assert checked.text == "E1: not answered yet. Put your answer in place of None."
    assert done() == {"E1": False}


def test_what_was_right_stays_done():
    check("E1", 5, 5)
    check("E1", 6, 5)
    assert done() == {"E1": True}


def test_html_is_escaped():
    assert Checked("a < b")._repr_html_() == "<p>a &lt; b</p>"


# --- progress


def test_progress_counts_predictions_and_exercises():
    assert progress().text.startswith("Done: 0 of 0")
    ask().told("gp2")
    predict("And then?", ("yes", "no"), "no", "So.")
    check("E1", None, 5)
    check("E2", 4, 5)
    check("E3", 5, 5)
    assert "1 of 2 predictions" in progress().text
    assert "1 of 3 exercises" in progress().text


@pytest.mark.parametrize(("compiled", "says"), [(0, "ready"), (3, "Compiled 3 kernels in 2 s.")])
def test_getting_ready_says_whether_anything_was_compiled(compiled, says, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    labels = []
    monkeypatch.setattr("ipywidgets.HTML", lambda text: labels.append(Label(text)) or labels[-1])
    lessons.get_ready(SimpleNamespace(warm_up=lambda: (2.2, compiled))).join()
    assert says in labels[0].value
    assert shown[0]["text/plain"] == lessons.IN_BACKGROUND


def test_what_takes_longer_is_said_to_be_compiled(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    labels = []
    monkeypatch.setattr("ipywidgets.HTML", lambda text: labels.append(Label(text)) or labels[-1])
    monkeypatch.setattr(lessons, "SOON_S", 0.0)
    go_on = threading.Event()
    section = SimpleNamespace(warm_up=lambda: (0.0, int(go_on.wait(20))))
    loading = lessons.get_ready(section)
    assert labels[0].told.wait(20)
    assert labels[0].value == lessons.COMPILING
    go_on.set()
    loading.join()
    assert labels[0].value.startswith("Compiled 1 kernel in")


class Label:
    """A label that notes when it is written to."""

    def __init__(self, text):
        self.told = threading.Event()
        self._value = text

    @property
    def value(self):
        return self._value

    @value.setter
    def value(self, text):
        self._value = text
        self.told.set()

    def _repr_mimebundle_(self):
        return {}
