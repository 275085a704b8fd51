import json
import threading
from types import SimpleNamespace

import numpy as np
import pytest

from awsnb.lessons import (
    Paper,
    Plot,
    check,
    course,
    estimate,
    get_ready,
    loading,
    nearest,
    predict,
    progress,
    record,
    sketch,
    steps,
)
from awsnb.lessons.course import CHAPTERS
from awsnb.lessons.predictions import SURE, Card
from awsnb.lessons.progress import Tallies
from awsnb.lessons.steps import Checklist
from awsnb.results import Curve, Panel, Result
from awsnb.scenario import Scenario

WIDGET = "application/vnd.jupyter.widget-view+json"


@pytest.fixture(autouse=True)
def kept(monkeypatch, tmp_path):
    """The file in which this reader's work is kept."""
    file = tmp_path / "progress.json"
    monkeypatch.setenv("AWSNB_PROGRESS", str(file))
    monkeypatch.delenv("AWSNB_STATIC", raising=False)
    record.begin("tanks")
    return file


def ask(answer="gp2", **more):
    return predict("Which runs <dry>?", ("gp2", "gp3 & more"), answer, "It has a bucket.", **more)


def commit(card, guess, sure="certain"):
    """Do what the page does when the reader commits."""
    card.set_state({"committed": {"guess": guess, "sure": sure}})


def done(kind="exercises"):
    return {name: bool(entry) for name, entry in record.asked(kind).items()}


def everything_sent(card):
    return json.dumps({key: value for key, value in card.get_state().items() if key[0] != "_"})


# --- predictions


def test_an_answer_that_is_no_choice_is_a_drifted_lesson():
    with pytest.raises(ValueError, match="the model's answer 'st1' is not among the choices"):
        ask("st1")
    with pytest.raises(ValueError, match="the model's answer 200 is not between 1 and 100"):
        estimate("How long?", 1, 100, 200, "So.")
    assert done("predictions") == {}


def test_choices_may_be_numbers():
    prediction = predict("How long?", (10, 30, 100), 30, "So it is.")
    assert prediction.choices == ("10", "30", "100")
    assert prediction.is_right("30") and not prediction.is_right("10")


def test_the_page_has_no_answer_before_the_reader_commits():
    card = Card(ask(headline="The old one runs dry.", setting="Two volumes."))
    sent = everything_sent(card)
    assert "bucket" not in sent and "old one" not in sent
    assert card.verdict == {}
    commit(card, "gp3 & more", "a guess")
    assert card.verdict == {
        "right": False,
        "answer": "gp2",
        "said": "gp2",
        "guessed": "gp3 & more",
        "headline": "The old one runs dry.",
        "because": "It has a bucket.",
        "plot": None,
    }


def test_no_static_form_has_the_answer():
    bundle, _ = ask(headline="Dry.")._repr_mimebundle_()
    assert WIDGET in bundle
    assert bundle["text/plain"] == "Predict: Which runs <dry>? gp2 / gp3 & more"
    page = bundle["text/html"]
    assert "Which runs &lt;dry&gt;?" in page and "<li>gp3 &amp; more</li>" in page
    assert not any(word in page + bundle["text/plain"] for word in ("bucket", "Dry", "model says"))


@pytest.mark.parametrize(
    ("guess", "right"), [(20.0, True), (45.0, True), (19.0, False), (46, False)]
)
def test_a_number_is_right_within_a_ratio(guess, right):
    prediction = estimate("How long?", 1, 100, 30.0, "So.", unit="min")
    assert prediction.is_right(guess) == right
    verdict = prediction.verdict(guess)
    assert verdict["said"] == "30 min" and verdict["headline"] == "30 min."


def test_what_was_committed_is_kept_and_comes_back(kept):
    card = Card(ask())
    commit(card, "gp3 & more", "fairly sure")
    entry = {"guess": "gp3 & more", "sure": "fairly sure", "right": False}
    stored = json.loads(kept.read_text())
    assert stored == {"tanks": {"predictions": {"Which runs <dry>?": entry}}}
    record.begin("tanks")
    again = Card(ask())
    assert again.committed == {"guess": "gp3 & more", "sure": "fairly sure"}
    assert again.verdict["because"] == "It has a bucket."
    record.begin("others")
    assert Card(ask()).verdict == {}


def test_a_commitment_is_final():
    card = Card(ask())
    commit(card, "gp3 & more")
    commit(card, "gp2")
    assert not card.verdict["right"]
    assert record.asked("predictions")["Which runs <dry>?"]["guess"] == "gp3 & more"


def test_nothing_is_revealed_without_saying_how_sure():
    card = Card(ask())
    commit(card, "gp2", sure=None)
    assert card.verdict == {} and done("predictions") == {"Which runs <dry>?": False}


def made_up():
    return Result(
        Scenario(),
        "a tank",
        "It runs dry.",
        (),
        {"min": np.arange(4.0), "left": np.array([9.0, 6.0, 3.0, np.nan])},
        (
            Panel("Left", "l", (Curve("left", "left", "served"),), x="min"),
            Panel("Other", "l", (Curve("left", "left", "served"),), x="min"),
        ),
    )


def test_a_guess_is_drawn_on_the_panel_as_a_level():
    drawn = Plot(made_up(), "Left", float).drawn("4")
    (panel,) = drawn["picture"]["panels"]
    assert [line["label"] for line in panel["lines"]] == ["left", "your guess"]
    assert drawn["values"] == [[9.0, 6.0, 3.0, None], [4.0] * 4]
    assert "your guess: 4" in drawn["alt"]


def test_a_guess_may_be_a_place_along_the_axis():
    drawn = Plot(made_up(), "Left", {"soon": 1.0}.get, across=True).drawn("soon")
    assert drawn["picture"]["panels"][0]["events"] == [[1.0, "your guess: soon"]]


def test_the_plot_waits_for_the_guess_too():
    card = Card(estimate("How long?", 1, 9, 3, "So.", plot=Plot(made_up(), "Left", float)))
    assert "plot" not in everything_sent(card)
    commit(card, 4.0)
    assert card.verdict["plot"]["values"][1] == [4.0] * 4


def paper(**more):
    """A tank that runs out evenly over a hundred minutes, drawn beside what comes in."""
    minutes = np.arange(101.0)
    curves = (Curve("left", "left", "served"), Curve("in", "comes in", "demand"))
    panel = Panel("Left", "l", curves, x="min", events=((60.0, "nearly dry"),))
    data = {"min": minutes, "left": 100 - minutes, "in": 0 * minutes + 7}
    result = Result(Scenario(), "a tank", "It runs dry.", (), data, (panel,))
    return Paper(result, "Left", "left", 100, **more)


def test_a_sketch_is_asked_for_without_the_models_curve():
    card = Card(sketch("How does it go?", paper(known=("in",)), "Down.", "So."))
    asked = card.asked["paper"]
    (panel,) = asked["picture"]["panels"]
    assert [line["label"] for line in panel["lines"]] == ["comes in", "your sketch"]
    assert panel["events"] == [] and panel["y"]["high"] == 100 == asked["high"]
    known, drawn = asked["values"]
    assert set(known) == {7.0} and set(drawn) == {None}
    assert "Down" not in everything_sent(card)


@pytest.mark.parametrize(("off", "right"), [(0, True), (9, True), (11, False)])
def test_a_sketch_is_right_if_it_is_near_on_average(kept, off, right):
    asked = sketch("How does it go?", paper(), "Down.", "So.")
    card = Card(asked)
    drawn = [100 * (1 - i / 48) + off for i in range(49)]
    commit(card, drawn)
    assert card.verdict["right"] == right
    assert json.loads(kept.read_text())["tanks"]["predictions"]["How does it go?"]["guess"] == drawn
    (panel,) = card.verdict["plot"]["picture"]["panels"]
    assert [text for _, text in panel["events"]] == ["nearly dry"]
    record.begin("tanks")
    assert Card(asked).verdict == card.verdict


def test_a_curve_that_leaves_the_paper_is_a_drifted_lesson():
    with pytest.raises(ValueError, match="is not between 0 and 100 everywhere"):
        sketch("How does it go?", Paper(made_up(), "Left", "left", 100), "Down.", "So.")


def test_predictions_are_numbered_in_their_order():
    assert Card(ask()).asked["number"] == 1
    assert Card(estimate("How long?", 1, 100, 30, "So.")).asked["number"] == 2
    assert Card(ask()).asked["number"] == 1


@pytest.mark.parametrize(("value", "choice"), [(28, 30), (3, 10), (60, 100), (17, 10), (18, 30)])
def test_nearest_is_by_ratio(value, choice):
    assert nearest(value, (10, 30, 100)) == choice


# --- what is kept


@pytest.mark.parametrize("text", ["", "{", "[]", "\x00"])
def test_a_file_that_cannot_be_read_is_as_none(kept, text):
    kept.write_text(text)
    assert Card(ask()).verdict == {}


def test_where_nothing_can_be_written_the_lesson_goes_on(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("AWSNB_PROGRESS", str(tmp_path / "file" / "progress.json"))
    card = Card(ask())
    commit(card, "gp2")
    assert card.verdict["right"]


@pytest.mark.parametrize(("name", "value"), [("AWSNB_PROGRESS", "off"), ("AWSNB_STATIC", "1")])
def test_nothing_is_kept_of_a_build(kept, monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    commit(Card(ask()), "gp2")
    assert not kept.exists()


def test_starting_over_forgets_this_section_alone(kept):
    commit(Card(ask()), "gp2")
    record.begin("others")
    commit(Card(ask()), "gp2")
    tallies = Tallies(progress())
    tallies.set_state({"forgotten": True})
    assert list(json.loads(kept.read_text())) == ["tanks"]
    assert tallies.text == "Done: 0 of 1 predictions and 0 of 0 exercises."


# --- steps


def test_what_is_ticked_stays_ticked_and_can_be_taken_back(kept):
    shown = steps("Call `CreateVolume` with <Size>.", "Wait.")
    assert str(shown) == "- Call `CreateVolume` with <Size>.\n- Wait."
    live = Checklist(shown)
    assert live.steps[0] == "Call <code>CreateVolume</code> with &lt;Size&gt;."
    live.set_state({"done": [False, True]})
    assert Checklist(shown).done == [False, True]
    record.begin("tanks")
    assert Checklist(shown).done == [False, True]
    live.set_state({"done": [False, False]})
    record.begin("tanks")
    assert Checklist(shown).done == [False, False]


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
        ("100", 100, 0.0, True),
        ("1,600", 1600, 0.0, True),
        ("-1,600,000.5", -1600000.5, 0.0, True),
        (43.8, 372.3 - 328.5, 0.0, True),
        (43.81, 372.3 - 328.5, 0.0, False),
        (0.333333, 1 / 3, 0.0, True),
        ("gp2", "gp2", 0.0, True),
        ("7.3", 7.28178, None, True),
        ("7.2", 7.28178, None, False),
        ("1,526", 1525.87890625, None, True),
        (43.8, 43.80000000000001, None, True),
        (330.5, 330, None, False),
        (" GP2 ", "gp2", 0.0, True),
        ("gp3", "gp2", 0.0, False),
        (2, "gp2", 0.0, False),
    ],
)
def test_an_answer_is_right_when_it_agrees(answer, truth, within, right):
    checked = check("E1", answer, truth, within=within)
    assert ("right" in checked.text) == right
    assert done() == {"E1": right}


@pytest.mark.parametrize("answer", ["15,9", "1,60", "1600,0", "1,6000", (15, 9)])
def test_a_decimal_comma_is_refused_and_not_read_as_another_number(answer):
    told = check("E1", answer, 159, unit="h").text
    assert told == f"E1: {answer!r} is not a number (h). A decimal takes a point."


def test_a_right_answer_shows_the_models():
    checked = check("E1", 1590, 1600.0, unit="s", within=0.01)
    assert repr(checked) == "E1: right. The model says 1,600 s."


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (50, "E1: 50 s is too low. Mind the bucket."),
        (np.int64(2000), "E1: 2,000 s is too high. Mind the bucket."),
        (float("nan"), "E1: nan s is not it. Mind the bucket."),
        ("long", "E1: 'long' is not a number (s)."),
        (True, "E1: True is not a number (s)."),
    ],
)
def test_a_wrong_answer_says_which_way_and_hints_but_does_not_tell(answer, text):
    checked = check("E1", answer, 1600, unit="s", hint="Mind the bucket.")
    assert checked.text == text
    assert "1,600" not in checked.text


@pytest.mark.parametrize("answer", ["7.3", "7.3 h", " 7.3h ", "+7.3"])
def test_a_number_may_bear_its_unit_and_a_fraction_is_told_in_four_digits(answer):
    assert check("E1", answer, 7.28178, unit="h").text == "E1: right. The model says 7.282 h."


def test_no_answer_yet_is_no_wrong_answer():
    checked = check("E1", None, 1600)
    assert checked.text == "E1: not answered yet. Put a number in place of None."
    assert done() == {"E1": False}


def test_a_word_is_one_of_those_that_may_be_said():
    asked = {"choices": ("volume", "instance")}
    assert check("E1", None, "volume", **asked).text.endswith(
        "Put 'volume' or 'instance' in place of None."
    )
    assert (
        check("E1", "disk", "volume", **asked).text == "E1: 'disk' is not 'volume' or 'instance'."
    )
    assert check("E1", "Instance ", "volume", **asked).text == "E1: Instance is not it."
    assert "right" in check("E1", " VOLUME", "volume", **asked).text


def test_what_was_right_stays_done():
    check("E1", 5, 5)
    check("E1", 6, 5)
    assert done() == {"E1": True}


def test_html_is_escaped():
    assert check("a < b", 5, 5)._repr_html_().startswith("<p>a &lt; b: right.")


def test_a_choice_is_named_once():
    said = check("E1", None, "small", choices=("small", "small", "large")).text
    assert said.endswith("Put 'small' or 'large' in place of None.")


# --- progress


def test_progress_counts_and_says_how_well_one_knew():
    assert repr(progress()) == "Done: 0 of 0 predictions and 0 of 0 exercises."
    commit(Card(ask()), "gp3 & more", "certain")
    commit(Card(estimate("How long?", 1, 100, 30, "So.")), 29.0, "certain")
    Card(predict("And then?", ("yes", "no"), "no", "So."))
    check("E1", None, 5)
    check("E2", 4, 5)
    check("E3", 5, 5)
    said = progress()
    assert said.text == "Done: 2 of 3 predictions and 1 of 3 exercises."
    assert repr(said).endswith("certain: right 1 of 2")
    assert [row[:3] for row in Tallies(said).rows] == [
        [SURE[0], 0, 0],
        [SURE[1], 0, 0],
        [SURE[2], 2, 1],
    ]


def test_progress_that_is_shown_follows_what_is_answered():
    card = Card(ask())
    shown = Tallies(progress())
    commit(card, "gp3 & more", "certain")
    check("E3", 5, 5)
    assert shown.text == "Done: 1 of 1 predictions and 1 of 1 exercises."
    assert shown.rows[2][:3] == [SURE[2], 1, 0]


# --- the course


def test_the_course_begins_with_one_section_and_goes_on_with_what_was_begun():
    at_first = course()
    assert at_first.next.section.slug == "ebs-volume-types"
    assert repr(at_first).startswith(f"Begin with EBS volume types, {at_first.next.minutes} min.")
    assert at_first.next.minutes > 5 and at_first.next.asked == 7
    record.begin("iam")
    commit(Card(ask()), "gp2")
    assert repr(course()).startswith("Go on with Identity and Access Management, 1 of ")
    assert '<a href="01-iam.ipynb">' in course()._repr_html_()


def test_what_is_done_is_said_and_something_else_is_next():
    record.begin("ebs-volume-types")
    for number in range(7):
        record.ask("exercises", f"E{number}")
        record.answer("exercises", f"E{number}", True)
    assert course().next.section.slug != "ebs-volume-types"
    assert "4 EBS volume types: done" in repr(course())
    shown = course()._repr_html_()
    assert "min, 1 of 8 done" in shown and shown.count(" done<") == len(CHAPTERS)


@pytest.mark.parametrize(("compiled", "says"), [(0, "ready"), (3, "Compiled 3 kernels in 2 s.")])
def test_getting_ready_says_whether_anything_was_compiled(compiled, says, monkeypatch):
    shown = []
    monkeypatch.setattr("IPython.display.display", lambda data, **_: shown.append(data))
    labels = []
    monkeypatch.setattr("ipywidgets.HTML", lambda text: labels.append(Label(text)) or labels[-1])
    loading.load_in_background(
        SimpleNamespace(slug="tanks", warm_up=lambda: (2.2, compiled))
    ).join()
    assert says in labels[0].value
    assert shown[0]["text/plain"] == loading.IN_BACKGROUND


def test_what_takes_longer_is_said_to_be_compiled(monkeypatch):
    monkeypatch.setattr("IPython.display.display", lambda *_, **__: None)
    labels = []
    monkeypatch.setattr("ipywidgets.HTML", lambda text: labels.append(Label(text)) or labels[-1])
    monkeypatch.setattr(loading, "SOON_S", 0.0)
    go_on = threading.Event()
    section = SimpleNamespace(slug="tanks", warm_up=lambda: (0.0, int(go_on.wait(20))))
    thread = loading.load_in_background(section)
    assert labels[0].told.wait(20)
    assert labels[0].value == loading.COMPILING
    go_on.set()
    thread.join()
    assert labels[0].value.startswith("Compiled 1 kernel in")


def test_a_lesson_begins_with_what_was_done_of_it_before(monkeypatch):
    monkeypatch.setattr(loading, "load_in_background", lambda section: None)
    commit(Card(ask()), "gp2")
    assert get_ready(SimpleNamespace(slug="others")) is None
    assert Card(ask()).verdict == {}
    get_ready(SimpleNamespace(slug="tanks"))
    assert Card(ask()).verdict["right"]


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


@pytest.mark.parametrize(("answer", "whole"), [(12, True), (22.5, False)])
def test_a_count_is_guessed_in_whole_numbers(answer, whole):
    assert Card(estimate("How many?", 1, 100, answer, "So.")).asked["whole"] is whole
