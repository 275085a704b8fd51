"""Answers for a page that has no kernel: an Explorer is asked everything that the page can ask.

All cores ask. What is answered is kept in a file until the page is whole, so that work that was
stopped goes on where it was.
"""

import errno
import json
import pickle
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from awsnb._cores import cores
from awsnb.explorer import Explorer
from awsnb.figures.lines import compared
from awsnb.site.stops import Question, Values

TASK = 24  # questions that a worker is given at once
WORTH_WORKERS = 200  # questions: starting workers costs about as much
LEFT_OUT = ("of", "drawn", "kept", "code", "alt")  # what the page says by itself


@dataclass(frozen=True)
class Start:
    """The Explorer to ask: where it begins decides which situations it has.

    Parameters
    ----------
    slug : str
        Its section.
    view, situation : str
        Where it begins.
    values : tuple of (str, object)
        What is asked there.
    """

    slug: str
    view: str
    situation: str
    values: tuple[tuple[str, Any], ...]

    @classmethod
    def of(cls, explorer: Explorer) -> "Start":
        """Return the start of an Explorer as it stands."""
        values = tuple(explorer.values.items())
        return cls(explorer.section.slug, explorer.view, explorer.situation, values)

    def explorer(self) -> Explorer:
        """Make the Explorer."""
        made = Explorer(self.slug, view=self.view)
        listed = [one["name"] for one in _view(made.form, self.view)["situations"]]
        begun = self.situation if self.situation in listed else ""
        made.close()
        return Explorer(self.slug, begun, view=self.view, **dict(self.values))


@dataclass(frozen=True)
class Answer:
    """What an Explorer has said: JSON texts, and packed columns of the plots and the scene."""

    words: str
    panels: str
    scene: str
    columns: tuple[bytes, ...]
    scene_columns: tuple[bytes, ...]


def ask(explorer: Explorer, question: Question) -> Answer:
    """Ask an Explorer a question, as its page does."""
    home = _situation(explorer.form, question)["values"]
    explorer.view, explorer.situation = question.view, question.situation
    explorer.values = home | dict(question.changes)
    explorer.asked += 1
    return answer_of(explorer)


def answer_of(explorer: Explorer) -> Answer:
    """Return what an Explorer says; of a question that can't be answered, why."""
    said = explorer.answer
    if said["trouble"]:
        words = {key: said[key] for key in ("trouble", "place", "hidden")}
        return Answer(_json(words), "", "null", (), ())
    words = {key: value for key, value in said.items() if key not in LEFT_OUT}
    words["label"] = explorer.result.label
    words["compare"] = {
        panel.title: [curve.label for curve in compared(panel)] for panel in explorer.result.panels
    }
    count = 1 + max(
        (
            line["slot"]
            for panel in json.loads(explorer.panels)["panels"]
            for line in panel["lines"]
        ),
        default=-1,
    )
    moved = _scene_columns(json.loads(explorer.scene))
    return Answer(
        _json(words),
        explorer.panels,
        explorer.scene,
        tuple(bytes(getattr(explorer, f"y{slot}")) for slot in range(count)),
        tuple(bytes(getattr(explorer, f"s{slot}")) for slot in range(moved)),
    )


def _scene_columns(scene: Mapping[str, Any] | None) -> int:
    if scene is None:
        return 0
    places = [place[key] for place in scene["places"] for key in ("level", "count")]
    rates = [flow["rate"] for flow in scene["flows"]]
    read = [curve["values"] for curve in scene["curves"]]
    return 1 + max(slot for slot in [scene["moments"], *places, *rates, *read] if slot is not None)


def answers(
    start: Start,
    questions: Sequence[Question],
    kept: "Kept | None" = None,
    done: Callable[[int], Any] = lambda count: None,
) -> dict[Question, Answer]:
    """Answer questions, on all cores if they are many.

    Parameters
    ----------
    start : Start
        The Explorer to ask.
    questions : sequence of Question
        What to ask it.
    kept : Kept, optional
        Where answers are kept as they come, and looked up first.
    done : callable, optional
        Is told how many more are done.

    Returns
    -------
    dict of Question to Answer
    """
    found = kept.read(questions) if kept else {}
    done(len(found))
    todo = [question for question in questions if question not in found]
    for part in _answered(start, todo):
        found |= part
        if kept:
            kept.write(part)
        done(len(part))
    return {question: found[question] for question in questions}


def _answered(start: Start, todo: list[Question]) -> Iterator[dict[Question, Answer]]:
    tasks = [todo[first : first + TASK] for first in range(0, len(todo), TASK)]
    if len(todo) < WORTH_WORKERS or cores() == 1:
        yield from (_task(start, task) for task in tasks)
        return
    futures = [_workers().submit(_task, start, task) for task in tasks]
    try:
        for future in as_completed(futures):
            yield future.result()
    finally:
        for future in futures:
            future.cancel()


@cache
def _workers() -> ProcessPoolExecutor:
    """Start workers: they serve all pages."""
    return ProcessPoolExecutor(cores(), mp_context=get_context("spawn"))


def _task(start: Start, questions: Sequence[Question]) -> dict[Question, Answer]:
    explorer = _explorer(start)
    return {question: ask(explorer, question) for question in questions}


@lru_cache(maxsize=1)
def _explorer(start: Start) -> Explorer:
    return start.explorer()


class Kept:
    """Answers in a file, by what they are made of, until the page that needs them is whole.

    What comes together is kept together, deflated: neighbours share most of what they say.
    """

    def __init__(self, file: Path, made_of: str) -> None:
        self._made_of = made_of
        self._path = str(file)
        with self._named():
            self._file = sqlite3.connect(file)
            self._file.execute("create table if not exists kept (made_of text, answers blob)")

    def read(self, questions: Sequence[Question]) -> dict[Question, Answer]:
        """Return the answers that are there."""
        wanted = "select answers from kept where made_of = ?"
        with self._named():
            rows = self._file.execute(wanted, [self._made_of]).fetchall()
        found: dict[Question, Answer] = {}
        for (answers,) in rows:
            found |= pickle.loads(zlib.decompress(answers))
        return {one: found[one] for one in questions if one in found}

    def write(self, found: Mapping[Question, Answer]) -> None:
        """Keep answers."""
        answers = zlib.compress(pickle.dumps(found))
        with self._named(), self._file:
            self._file.execute("insert into kept values (?, ?)", [self._made_of, answers])

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @contextmanager
    def _named(self) -> Iterator[None]:
        """Say of which file it was that the database refused something."""
        try:
            yield
        except sqlite3.Error as problem:
            raise OSError(errno.EIO, str(problem), self._path) from None


def _view(form: Mapping[str, Any], name: str) -> Values:
    found: Values = next(view for view in form["views"] if view["name"] == name)
    return found


def _situation(form: Mapping[str, Any], question: Question) -> Values:
    situations = _view(form, question.view)["situations"]
    found: Values = next(one for one in situations if one["name"] == question.situation)
    return found


def _json(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))
