"""The book of an Explorer: all that its page can say, in a given number of bytes.

It takes as many stops of each control as fit. The moving picture takes the most room: where it
leaves too few stops, it stands for the situations alone.
"""

import json
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from awsnb.explorer import Explorer
from awsnb.site import coding
from awsnb.site.bake import Answer, Kept, Start, answers
from awsnb.site.stops import STOPS, Question, Reach
from awsnb.view import View

ENOUGH = 8  # stops that a moving picture must leave
MOST_QUESTIONS = 2_000  # so that a page is baked in a minute or so


def write(
    explorer: Explorer,
    limit_bytes: int,
    kept: Kept | None = None,
    bar: Any = None,
    situations: Sequence[str] = (),
) -> bytes:
    """Write the book of an Explorer.

    Parameters
    ----------
    explorer : Explorer
        As it begins.
    limit_bytes : int
        How long the book may be.
    kept : Kept, optional
        Where answers are kept until the page is whole.
    bar : tqdm.tqdm, optional
        A progress bar to move.
    situations : sequence of str, optional
        The situations of its view to begin from, if it is that view alone and not all of them.

    Returns
    -------
    bytes
        What `coding.written` writes.
    """
    start = Start.of(explorer)
    views = [_of_situations(view, situations) for view in explorer.form["views"]]
    if situations:
        views = [view for view in views if view["name"] == explorer.view]
    rooms = {view["name"]: explorer.section.view(view["name"]) for view in views}

    found: dict[Question, Answer] = {}
    idle: set[str] = set()

    def reaches(most: int) -> list[Reach]:
        return [
            _reach(rooms[one["name"]], one, _offers(explorer, one), most, idle) for one in views
        ]

    def bound(most: int, scenes: bool) -> bytes:
        reached = reaches(most)
        asked = [question for reach in reached for question in reach.questions()]
        found.update(_more(start, asked, found, kept, bar))
        return _bound(explorer, start, reached, {one: found[one] for one in asked}, scenes)

    book = _within(limit_bytes, reaches, bound)
    if situations:
        idle |= _idle(found)
    return _within(limit_bytes, reaches, bound) if idle else book


def _reach(
    room: View[Any, Any],
    view: dict[str, Any],
    offers: Mapping[str, list[str]],
    most: int,
    idle: Collection[str],
) -> Reach:
    return Reach.of(view, room.scenario.fields(), offers, min(most, room.stops), idle)


def _within(
    limit_bytes: int, reaches: Callable[[int], list[Reach]], bound: Callable[[int, bool], bytes]
) -> bytes:
    """Bind as many stops as fit; with moving pictures, if these leave enough of them."""
    count = sum(len(reach.questions()) for reach in reaches(STOPS[-1]))
    for scenes in (True, False):
        shortest = bound(STOPS[-1], scenes)
        most_questions = min(limit_bytes * count / len(shortest), MOST_QUESTIONS)
        for most in _fitting(reaches, most_questions):
            if scenes and most < ENOUGH:
                break
            book = bound(most, scenes)
            if len(book) <= limit_bytes:
                return book
    return shortest


def _more(
    start: Start,
    asked: Sequence[Question],
    found: Mapping[Question, Answer],
    kept: Kept | None,
    bar: Any,
) -> dict[Question, Answer]:
    """Answer the questions that have no answer yet."""
    todo = [question for question in asked if question not in found]
    if bar is not None:
        bar.total, bar.n = len(asked), len(asked) - len(todo)
    return answers(start, todo, kept, bar.update if bar is not None else lambda _: None)


def _fitting(reaches: Callable[[int], list[Reach]], most_questions: float) -> list[int]:
    """List numbers of stops, largest first, whose questions are not too many, as it seems."""
    return [
        most
        for most in STOPS
        if sum(len(reach.questions()) for reach in reaches(most)) <= most_questions
    ]


def _idle(found: Mapping[Question, Answer]) -> set[str]:
    """Name the controls that change nothing or are refused, as a load's are beside a file of it."""
    seen = {question: _seen(answer) for question, answer in found.items()}
    moved, busy = set[str](), set[str]()
    for question, shown in seen.items():
        for name, _ in question.changes:
            moved.add(name)
            others = tuple(change for change in question.changes if change[0] != name)
            if shown and seen.get(replace(question, changes=others)) != shown:
                busy.add(name)
    return moved - busy


def _seen(answer: Answer) -> tuple[Any, ...]:
    """Return what a reader sees of an answer; nothing of a refusal."""
    words = json.loads(answer.words)
    if words.get("trouble"):
        return ()
    drawn = (answer.panels, answer.columns, answer.scene, answer.scene_columns)
    return (words["why"], str(words["numbers"]), *drawn)


def _of_situations(view: dict[str, Any], names: Sequence[str]) -> dict[str, Any]:
    chosen = [one for one in view["situations"] if not names or one["name"] in names]
    return view | {"situations": chosen}


def _offers(explorer: Explorer, view: Mapping[str, Any]) -> dict[str, list[str]]:
    """List what fields of text may be: what any situation offers."""
    scenario = explorer.section.view(view["name"]).scenario
    offers: dict[str, dict[str, None]] = {}
    for situation in view["situations"]:
        for name, texts in scenario(**situation["values"]).suggestions().items():
            offers.setdefault(name, {}).update(dict.fromkeys(texts))
    return {name: list(texts) for name, texts in offers.items()}


def _bound(
    explorer: Explorer,
    start: Start,
    reaches: list[Reach],
    found: Mapping[Question, Answer],
    scenes: bool,
) -> bytes:
    """Write questions and answers, each text and each column once."""
    words, panels, pictures, columns = (coding.Once() for _ in range(4))
    pages, fine = [], set()
    for answer, plain in ((one, not question.changes) for question, one in found.items()):
        moves = answer.scene if scenes or plain else "null"
        moved = [columns.number(one) for one in answer.scene_columns if scenes or plain]
        if moved:
            fine.add(moved[json.loads(moves)["moments"]])
        pages.append(
            [
                words.number(answer.words),
                panels.number(answer.panels),
                pictures.number(moves),
                [columns.number(column) for column in answer.columns],
                moved,
            ]
        )
    book = {
        "form": explorer.form | {"views": [reach.form() for reach in reaches]},
        "start": {"view": start.view, "situation": start.situation},
        "asked": [[one.view, one.situation, dict(one.changes)] for one in found],
        "answers": pages,
        "words": [json.loads(text) for text in words.things],
        "panels": [json.loads(text or "null") for text in panels.things],
        "scenes": [json.loads(text) for text in pictures.things],
        "said": _said(reaches, scenes, found),
    }
    return coding.written(book, columns.things, fine)


def _said(
    reaches: Sequence[Reach], scenes: bool, found: Mapping[Question, Answer]
) -> dict[str, str]:
    """Say, of each view, what can be moved how."""
    any_scene = any(answer.scene != "null" for answer in found.values())
    still = (
        " The moving picture shows the situations as they are." if any_scene and not scenes else ""
    )
    return {reach.view["name"]: _moves(reach) + still for reach in reaches}


def _moves(reach: Reach) -> str:
    names = [reach.specs[name].label for name in reach.together]
    counts = [len(values) for values in reach.stops.values()]
    span = f"{min(counts, default=0)} to {max(counts, default=0)}"
    how = "One control moves at a time"
    if len(names) > 1:
        how = f"{' and '.join(names)} move together, the others one at a time"
    controls = [spec for spec in reach.specs.values() if spec.control]
    fixed = [spec.label for spec in controls if spec.name not in reach.stops]
    stay = f" These stay as they are here: {', '.join(fixed)}." if fixed else ""
    snaps = "A value between two of these goes to the nearer."
    return f"This page answers without a server. {how}, at {span} values each. {snaps}{stay}"
