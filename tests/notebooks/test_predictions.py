"""What a reader sees before committing to a prediction does not hold its answer.

Seen before: the text and the other questions above the Explorer, the Explorer as it opens, the
names and notes of its situations, and what later cells say by themselves. The text below the
Explorer teaches, so it may answer. Answers of one common word or a bare number ("none", "9") can't
be searched for.
"""

import re
from collections.abc import Iterator
from functools import cache

import nbformat
import pytest

from awsnb import sections
from awsnb.explorer import Explorer
from awsnb.lessons import Prediction
from awsnb.results import Result
from awsnb.sections import SECTIONS, Section
from awsnb.site import cells
from awsnb.site.notebook import Notebook

READY = [section for section in SECTIONS if section.ready]
CARD = re.compile(r"lessons\.(predict|estimate|check|steps|sketch|progress)\(")
ASKED = re.compile(r"lessons\.(predict|estimate|sketch)\(")
UNITS = {"minute": "min", "hour": "h", "second": "s", "day": "d"}
SHORTEST = 4  # letters and digits that can be searched for
COMMON = {
    "minutes",
    "most",
    "never",
    "none",
    "nothing",
    "bootstrap",
}  # words that also say other things

# the same words, of something else: (section, where, words)
OF_SOMETHING_ELSE = {
    ("alb", "opens", "75 %"): "how busy a target is, not a share of failed requests",
    ("alb", "output comparison", "75 %"): "the same",
    ("alb", "output result", "75 %"): "the same",
    ("aurora", "output comparison", "3 min"): "a durability, in which 3 h 3 min stands",
    ("connection-draining", "draining: Requests all alike", "10 s"): "how long a request takes",
    ("ebs", "output truth", "10 gib"): "AWS's example of three snapshots",
    ("ebs-volume-types", "opens", "2 h"): "of 2 h 35 min until another volume throttles",
    ("ebs-volume-types", "opens", "40 min"): "of a latency of 3 h 40 min",
    ("ebs-volume-types", "output comparison", "40 min"): "the same",
    ("ebs-volume-types", "output result", "2 h"): "of 2 h 35 min, as above",
    ("ebs-volume-types", "output result", "40 min"): "of 3 h 40 min, as above",
    ("elasticache", "output rules", "50 %"): "memory that AWS advises to reserve",
    ("rds", "luck: A MySQL reader lags", "5 min"): "how far a reader is behind",
    ("rds", "output facts", "5 min"): "for how long space must be short",
    ("rds", "output facts-backup", "5 min"): "a fact, at the notebook's end",
    ("sticky-sessions", "opens", "30 min"): "when targets join",
    ("sticky-sessions", "output result", "30 min"): "the same",
    ("sticky-sessions", "output figure", "30 min"): "the same",
}
# what gives a section's predictions away in words that no answer has: each once stood in a note
IN_OTHER_WORDS = {
    "connection-draining": ("closes nothing",),
    "ebs-volume-types": ("how little came back",),
    "elb": ("sent to all",),
    "iam": ("grants nothing", "whose account", "nobody stops"),
    "memorydb": ("two of three zones are enough",),
    "rds": ("ever acts",),
    "read-replicas": ("first replays",),
    "sticky-sessions": ("not renewed",),
}


@cache
def predictions(section: Section) -> list[Prediction]:
    """Run a notebook's predictions, and only what they need."""
    notebook = Notebook.read(section.notebook)
    wanted = [cell for cell in notebook.code if ASKED.search(cell.source)]
    ran = cells.run(cells.needed(notebook.code, wanted))
    return [one.value for one in ran if isinstance(one.value, Prediction)]


def seen(section: Section) -> Iterator[tuple[str, str]]:
    """Say what is seen before, each with where."""
    stored = nbformat.read(section.notebook, as_version=4).cells
    first = next(i for i, cell in enumerate(stored) if cell.source.startswith("Explorer("))
    for i, cell in enumerate(stored):
        if cell.cell_type == "markdown" and i < first:
            yield f"text {cell.id}", re.sub(r"<!--.*?-->", "", cell.source)
        elif cell.cell_type == "code" and i != first and not CARD.search(cell.source):
            data = [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
            yield f"output {cell.id}", " ".join(data)
    for view in section.views:
        yield view.name, view.question
        for preset in view.presets:
            yield f"{view.name}: {preset.name}", f"{preset.name}. {preset.watch}"
    explorer = Explorer(section)
    yield "opens", words_of(explorer.result)
    explorer.close()


def words_of(result: Result) -> str:
    numbers = [f"{number.label}: {number.text}" for number in result.numbers]
    panels = [panel.title for panel in result.panels]
    events = [text for panel in result.panels for _, text in panel.events]
    scene = [text for _, text in result.scene.words] if result.scene else []
    return ". ".join([result.why, *numbers, *panels, *events, *scene])


def plain(text: str) -> str:
    """Write as one would compare by eye: no markup, no case, units short."""
    text = re.sub(r"[*_`,]|(?<=\w)-(?=\w)", " ", text.replace("\u00a0", " ")).casefold()
    text = re.sub(r"(?<=\d) (?=\d{3}\b)", "", text)
    for word, short in UNITS.items():
        text = re.sub(rf"(?<=\d) {word}s?\b", f" {short}", text)
    return " ".join(text.split()).strip(" .:")


def told_by(prediction: Prediction) -> set[str]:
    """List the words that would give a prediction away."""
    answer = plain(prediction.verdict(prediction.answer)["said"])
    told = {answer, plain(prediction.headline)}
    return {one for one in told if len(re.sub(r"\W", "", one)) >= SHORTEST} - COMMON | {
        one for one in told if re.fullmatch(r"[\d.]+ \S.*", one) and not one.startswith("1 ")
    }


def holds(text: str, words: str) -> bool:
    return bool(re.search(rf"(?<![\w.]){re.escape(words)}(?!\w|\.\d| min\b)", plain(text)))


def test_no_note_says_it_in_other_words() -> None:
    found = [
        (slug, where, words)
        for slug, given in IN_OTHER_WORDS.items()
        for where, text in seen(sections.section(slug))
        for words in given
        if holds(text, words)
    ]
    assert found == []


def given_away(section: Section) -> set[tuple[str, str]]:
    texts = list(seen(section))
    asked = predictions(section)
    texts += [(f"question {i}", f"{one.setting} {one.question}") for i, one in enumerate(asked)]
    return {
        (where, words)
        for i, prediction in enumerate(asked)
        for words in told_by(prediction)
        for where, text in texts
        if where != f"question {i}" and holds(text, words)
    }


@pytest.mark.parametrize("section", READY, ids=lambda section: section.slug)
def test_nothing_seen_before_gives_a_prediction_away(section: Section) -> None:
    excused = {(where, words) for slug, where, words in OF_SOMETHING_ELSE if slug == section.slug}
    assert given_away(section) == excused


def test_most_answers_can_be_searched_for() -> None:
    asked = [one for section in READY for one in predictions(section)]
    assert sum(bool(told_by(one)) for one in asked) >= 0.8 * len(asked)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("It *never* answers: nothing is left.", "nothing is left"),
        ("The bucket lasts for **40 minutes**.", "40 min"),
        ("1,234 GiB are stored", "1234 gib"),
        ("Moving throttles less, costs less.", plain("throttles less, costs less")),
    ],
)
def test_words_are_found_however_they_are_written(text: str, words: str) -> None:
    assert holds(text, words)


def test_a_situation_that_gives_an_answer_away_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    section = sections.section("ebs-volume-types")
    text = f"{predictions(section)[0].headline} Move the size."
    monkeypatch.setattr(f"{__name__}.seen", lambda _: [("planted", text)])
    assert {where for where, _ in given_away(section)} == {"planted"}
