"""What is done of a lesson: counts, and how sure and how right the predictions were."""

import html
from dataclasses import dataclass
from typing import Any

import traitlets

from awsnb.lessons import record
from awsnb.lessons.predictions import SURE, WELL_JUDGED
from awsnb.page import module, style
from awsnb.widgets import NotebookWidget


@dataclass(frozen=True)
class Tally:
    """How many predictions were made at one level of sureness, and how many were right."""

    sure: str
    made: int
    right: int


@dataclass(frozen=True)
class Progress:
    """What is done of a lesson."""

    done: tuple[tuple[str, int, int], ...]
    tallies: tuple[Tally, ...]

    @property
    def text(self) -> str:
        """The counts, as a sentence."""
        counts = [f"{done} of {asked} {kind}" for kind, done, asked in self.done]
        return f"Done: {' and '.join(counts)}."

    def __repr__(self) -> str:
        levels = [
            f"{one.sure}: right {one.right} of {one.made}" for one in self.tallies if one.made
        ]
        return "\n".join([self.text, *levels])

    def _repr_mimebundle_(self, **_: Any) -> Any:
        return Tallies(self)._repr_mimebundle_()


class Tallies(NotebookWidget):
    """The live form: the counts, a small chart, and a button to start over."""

    _esm = module("alive", "keys", "progress")
    _css = style("lesson")

    text = traitlets.Unicode().tag(sync=True)
    rows: Any = traitlets.List().tag(sync=True)
    forgotten = traitlets.Bool(False).tag(sync=True)

    def __init__(self, shown: Progress) -> None:
        self._words = repr(shown)
        super().__init__(text=shown.text, rows=_rows(shown))
        record.listen(self._recount)

    def static_bundle(self) -> dict[str, Any]:
        """Return the counts in words."""
        return {"text/plain": self._words, "text/html": f"<p>{html.escape(self._words)}</p>"}

    @traitlets.observe("forgotten")
    def _start_over(self, change: Any) -> None:
        if change.new:
            record.start_over()

    def _recount(self) -> None:
        now = progress()
        self.text, self.rows = now.text, _rows(now)


def progress() -> Progress:
    """Say how much of this lesson is done, and how well its reader knew it beforehand."""
    counts = []
    for kind in record.KINDS[:2]:
        entries = record.asked(kind).values()
        counts.append((kind, sum(map(bool, entries)), len(entries)))
    made = [entry for entry in record.asked("predictions").values() if entry]
    return Progress(tuple(counts), tuple(_tally(sure, made) for sure in SURE))


def _tally(sure: str, made: list[dict[str, Any]]) -> Tally:
    mine = [entry for entry in made if entry["sure"] == sure]
    return Tally(sure, len(mine), sum(entry["right"] for entry in mine))


def _rows(shown: Progress) -> list[list[Any]]:
    return [
        [one.sure, one.made, one.right, share]
        for one, share in zip(shown.tallies, WELL_JUDGED, strict=True)
    ]
