"""The course at a glance: what to begin with, how long each section takes, and what is done."""

import html
import json
import re
from dataclasses import dataclass
from pathlib import Path

from awsnb.lessons import record
from awsnb.sections import SECTIONS, Section

FIRST = "ebs-volume-types"
CHAPTERS = (
    ("Identity, storage and compute", range(1, 9)),
    ("Load balancing", range(9, 17)),
    ("Scaling", range(17, 20)),
    ("Databases", range(20, 26)),
    ("The whole course", range(26, 27)),
)
QUESTIONS = {
    "predictions": re.compile(r"lessons\.(?:predict|estimate|sketch)\("),
    "exercises": re.compile(r"lessons\.check\("),
}
CELL = "text-align:left;vertical-align:top"
MINUTES = re.compile(r"About (\d+) minutes\.")


@dataclass(frozen=True)
class Size:
    """How long a section's notebook takes, 0 if it does not say, and how much it asks."""

    minutes: int
    predictions: int
    exercises: int

    @classmethod
    def of(cls, section: Section) -> "Size":
        """Read it from the notebook."""
        cells = json.loads(section.notebook.read_text(encoding="utf-8"))["cells"]
        text = "\n".join("".join(cell["source"]) for cell in cells)
        minutes = MINUTES.search(text)
        counts = {kind: len(pattern.findall(text)) for kind, pattern in QUESTIONS.items()}
        return cls(int(minutes[1]) if minutes else 0, **counts)


@dataclass(frozen=True)
class Lesson:
    """A written section: how long its notebook takes, how much it asks, and how much is done."""

    section: Section
    minutes: int
    asked: int
    done: int

    @property
    def is_done(self) -> bool:
        """Whether all that it asks is answered."""
        return 0 < self.asked <= self.done

    @property
    def state(self) -> str:
        """What is done of it, in a few words."""
        if not self.done:
            return f"{self.minutes} min" if self.minutes else "not begun"
        return "done" if self.is_done else f"{self.done} of {self.asked} answered"


@dataclass(frozen=True)
class Course:
    """The written sections."""

    lessons: tuple[Lesson, ...]

    @property
    def next(self) -> Lesson:
        """What to open now: what was begun, else what to begin with, else what is not done."""
        begun = [one for one in self.lessons if 0 < one.done < one.asked]
        first = [one for one in self.lessons if one.section.slug == FIRST and not one.done]
        left = [one for one in self.lessons if not one.done]
        return [*begun, *first, *left, *self.lessons][0]

    def __repr__(self) -> str:
        begin = "Go on with" if self.next.done else "Begin with"
        rows = [f"{one.section.number:>2} {one.section.title}: {one.state}" for one in self.lessons]
        return "\n".join([f"{begin} {self.next.section.title}, {self.next.state}.", *rows])

    def _repr_html_(self) -> str:
        begin = "Go on with" if self.next.done else "Begin with"
        rows = "".join(self._chapter(title, numbers) for title, numbers in CHAPTERS)
        return (
            f"<p style='font-size:1.2em'>{begin} <strong>{_link(self.next)}</strong>, "
            f"{self.next.state}.</p><table>{rows}</table>"
        )

    def _chapter(self, title: str, numbers: range) -> str:
        own = [one for one in self.lessons if one.section.number in numbers]
        minutes = sum(one.minutes for one in own)
        done = f"{sum(one.is_done for one in own)} of {len(own)} done"
        links = " · ".join(f"{one.section.number}&nbsp;{_link(one)} {_short(one)}" for one in own)
        return (
            f"<tr><td style='{CELL}'><strong>{title}</strong><br>{minutes} min, {done}</td>"
            f"<td style='{CELL}'>{links}</td></tr>"
        )


def chapter_of(section: Section) -> str:
    """Return the chapter that a section belongs to."""
    return next(title for title, numbers in CHAPTERS if section.number in numbers)


def course(folder: Path = Path()) -> Course:
    """Say what to begin with, how long each section takes, and what is done of it.

    Parameters
    ----------
    folder : Path, optional
        Where the notebooks are, and beside them what is kept: if left out, the working folder.

    Returns
    -------
    Course
        It says itself in text and as a table with links.
    """
    kept = record.read(folder)
    return Course(tuple(_lesson(one, kept) for one in SECTIONS if one.ready))


def _lesson(section: Section, kept: dict[str, dict[str, dict[str, object]]]) -> Lesson:
    size = Size.of(section)
    answered = kept.get(section.slug, {})
    asked = size.predictions + size.exercises
    done = sum(len(answered.get(kind, {})) for kind in QUESTIONS)
    return Lesson(section, size.minutes, asked, done)


def _short(one: Lesson) -> str:
    return f"<strong>{one.state}</strong>" if one.done else ""


def _link(one: Lesson) -> str:
    return f'<a href="{one.section.notebook.name}">{html.escape(one.section.title)}</a>'
