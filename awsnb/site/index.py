"""The index of the pages: one thing to begin with, then the chapters, with what is to come."""

import html
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from awsnb.lessons.course import CHAPTERS, FIRST
from awsnb.sections import SECTIONS, Section
from awsnb.site import parts, shell
from awsnb.site.lesson import Lesson
from awsnb.site.parts import escaped
from awsnb.words import counted, span

SAID = (
    "AWS you can push until it breaks. Say what you expect, then move the model until you see why."
)
LEDGER = (
    '<p class="ledger">The lessons correct the course notes of 2023. '
    '<a href="claims.html">Every claim of theirs</a> says whether it still holds.</p>'
)


def index(lessons: Mapping[Section, Lesson]) -> str:
    """Write the index of lessons.

    Parameters
    ----------
    lessons : mapping of Section to Lesson
        Those that have a page; the other sections are to come.

    Returns
    -------
    str
        HTML that loads nothing.
    """
    start = next((one for one in lessons if one.slug == FIRST), next(iter(lessons)))
    chapters = [Chapter.of(title, numbers, lessons) for title, numbers in CHAPTERS]
    words = [
        [_page(section), " · ".join(filter(None, [section.title, title])), html.unescape(text)]
        for section, lesson in lessons.items()
        for title, text in lesson.words
    ]
    data = json.dumps(words, ensure_ascii=False).replace("</", "<\\/")
    main = (
        f'<h1>awsnb</h1><p class="muted">{SAID}</p>'
        f'<div class="first">{_hero(start, lessons[start])}{_overview(chapters)}</div>'
        f"{''.join(map(_chapter, chapters))}{LEDGER}"
        f'<script type="application/json" id="words">{data}</script>'
    )
    bar = (
        "<b>awsnb</b>"
        '<search><input id="search" type="search" placeholder="Search" '
        'aria-label="Search all pages" autocomplete="off"></search>'
    )
    return shell.page("awsnb", "index", main, bar)


def _hero(section: Section, lesson: Lesson) -> str:
    return (
        f'<section class="hero" aria-label="Start here" data-section="{section.slug}">'
        f'{_picture(section)}<div><p class="kicker">Start here</p><h2>{escaped(section.title)}</h2>'
        f'<p class="muted">{escaped(section.question)}</p>'
        f'<div class="row"><a class="button main" href="{_page(section)}">Open</a>'
        f'<span class="small muted">{_said(lesson)}</span></div></div></section>'
    )


def _said(lesson: Lesson) -> str:
    return f"{_minutes(lesson)} · {counted(lesson.size.predictions, 'prediction')}"


@dataclass(frozen=True)
class Chapter:
    """A chapter of the course: its sections, each with its lesson if that has a page."""

    title: str
    lessons: dict[Section, Lesson | None]

    @classmethod
    def of(cls, title: str, numbers: range, lessons: Mapping[Section, Lesson]) -> "Chapter":
        """Gather a chapter's sections."""
        own = [section for section in SECTIONS if section.number in numbers]
        return cls(title, {section: lessons.get(section) for section in own})

    @property
    def name(self) -> str:
        """What its part of the page is linked by."""
        return self.title.replace(",", "").replace(" ", "-").lower()

    @property
    def took(self) -> str:
        """How long its lessons take; empty if none is there."""
        written = [lesson for lesson in self.lessons.values() if lesson]
        minutes = sum(lesson.size.minutes for lesson in written)
        return f"{counted(len(written), 'section')}, {span(60 * minutes)}" if written else ""


def _overview(chapters: Sequence[Chapter]) -> str:
    """List the chapters, each with how long it takes; the page's program adds what is done."""
    rows = "".join(
        f'<li><a href="#{one.name}">{escaped(one.title)}</a>'
        f'<span class="small muted">{one.took}</span><progress value="0" hidden></progress></li>'
        for one in chapters
    )
    return f'<nav class="chapters" aria-label="Chapters"><ul>{rows}</ul></nav>'


def _chapter(chapter: Chapter) -> str:
    tiles = "".join(_card(section, lesson) for section, lesson in chapter.lessons.items())
    return (
        f'<section class="chapter" id="{chapter.name}"><header><h2>{escaped(chapter.title)}</h2>'
        f'<span class="small muted minutes-of">{chapter.took}</span></header>'
        f'<div class="tiles">{tiles}</div></section>'
    )


def _card(section: Section, lesson: Lesson | None) -> str:
    absent = "not among these pages" if section.ready else "in the making"
    said = _minutes(lesson) if lesson else absent
    inside = (
        f"{_picture(section)}<h3><i>{section.number}</i>{escaped(section.title)}</h3>"
        f'<p class="minutes">{said}</p><p class="question-of">{escaped(section.question)}</p>'
    )
    if lesson is None:
        return f'<div class="tile soon">{inside}</div>'
    data = f'data-section="{section.slug}" data-asked="{lesson.asked}" data-said="{_said(lesson)}"'
    title = f'data-title="{escaped(section.title)}"'
    return f'<a class="tile" href="{_page(section)}" {data} {title}>{inside}</a>'


def _minutes(lesson: Lesson) -> str:
    return f"{lesson.size.minutes} min" if lesson.size.minutes else "ready"


def _page(section: Section) -> str:
    return parts.page_name(section.notebook.stem)


def _picture(section: Section) -> str:
    return (files("awsnb.site") / "pictures" / f"{section.slug}.svg").read_text("utf-8")
