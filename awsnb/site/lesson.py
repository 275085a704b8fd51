"""A section's notebook as a page to read: code folded, predictions first, the Explorer alive."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from awsnb.explorer import Explorer
from awsnb.lessons import Checked, Prediction
from awsnb.lessons.course import MINUTES, Size, chapter_of
from awsnb.sections import SECTIONS, Section
from awsnb.site import cells, parts, shell
from awsnb.site.notebook import Cell, Notebook
from awsnb.site.parts import escaped
from awsnb.words import counted

HEADING = re.compile(r"^(#+) (.*)", re.MULTILINE)
TITLE = re.compile(r'<h2[^>]*id="([^"]*)"[^>]*>(.*?)</h2>', re.DOTALL)
TAG = re.compile(r"<[^>]*>")
IN_A_CELL = re.compile(r"(?:(?<=\. )|^)(?=[^.]*your answer)[^.\n]*`None`[^.]*\. ?", re.MULTILINE)
FIXED = (
    '<p class="small muted">This part is for the notebook, whose command stands at the top. The '
    "page shows it for the values in the code below.</p>"
)
LESSON_CALL = re.compile(r"lessons\.(predict|estimate|sketch|check|steps|progress)\(")

Alive = Callable[[Explorer], str]


@dataclass(frozen=True)
class Lesson:
    """A section's notebook, run and made ready to be read.

    Parameters
    ----------
    section : Section
        The section.
    size : Size
        How long its notebook takes, and how much it asks.
    asked : int
        How many questions the page can tell right answers to.
    opening : str
        What stands before the predictions and with them, as HTML.
    rest : str
        What opens after them, as HTML.
    """

    section: Section
    size: Size
    asked: int
    opening: str
    rest: str

    @property
    def html(self) -> str:
        """The page."""
        title = self.section.title
        chapter = escaped(chapter_of(self.section))
        bar = (
            f'<a href="index.html"><b>awsnb</b></a><span class="muted">{chapter}</span>'
            '<search><input id="search" type="search" placeholder="Search" '
            'aria-label="Search this page" autocomplete="off"></search>'
        )
        main = (
            f'<article><p class="kicker">Section {self.section.number}</p><h1>{escaped(title)}</h1>'
            f'<p class="question">{escaped(self.section.question)}</p>{self._facts()}{self.opening}'
            f'<div class="rest">{self.rest}</div>{_neighbours(self.section)}</article>'
            f"{self._rail()}"
        )
        return shell.page(f"{title} · awsnb", self.section.slug, main, bar)

    @property
    def words(self) -> list[tuple[str, str]]:
        """What it says under each heading, to be searched."""
        parted = TITLE.split(self.opening + self.rest)
        headed = [("", parted[0]), *zip(parted[2::3], parted[3::3], strict=True)]
        return [(_plain(title), _plain(_without_data(text))) for title, text in headed]

    def _facts(self) -> str:
        told = [
            f"{self.size.minutes} minutes" if self.size.minutes else "",
            counted(self.size.predictions, "prediction"),
            counted(self.size.exercises, "exercise"),
        ]
        said = "".join(f"<span>{one}</span>" for one in told if one)
        command = f"<span>to run and change it: <code>awsnb lab {self.section.slug}</code></span>"
        return f'<div class="facts-of">{said}{command}</div>'

    def _rail(self) -> str:
        found = TITLE.findall(self.opening + self.rest)
        links = "".join(f'<li><a href="#{name}">{_plain(title)}</a></li>' for name, title in found)
        return f'<ul class="rail">{links}</ul>'


def lesson(section: Section, alive: Alive) -> Lesson:
    """Run a section's notebook and make its page.

    Parameters
    ----------
    section : Section
        The section.
    alive : callable
        Makes an Explorer's part of the page.

    Raises
    ------
    awsnb.site.cells.CellError
        If a cell fails.
    """
    notebook = Notebook.read(section.notebook)
    ran = {one.cell: one for one in _run(notebook.code)}
    told = [ran.get(cell, cell) for cell in notebook.cells]
    asked = [i for i, one in enumerate(told) if isinstance(getattr(one, "value", None), Prediction)]
    until = asked[-1] + 1 if asked else 1
    return Lesson(
        section,
        size=Size.of(section),
        asked=sum(map(_is_question, ran.values())),
        opening=_first(notebook.cells[0].source) + _told(told[1:until], alive),
        rest=_told(told[until:], alive),
    )


def _run(code: list[Cell]) -> list[cells.Ran]:
    """Run the code, but for the calls at AWS: what they showed is stored, and needs no extra."""
    walks = [cells.Ran(cell, None, "", cell.stored) for cell in code if cell.is_at_aws]
    return [*cells.run([cell for cell in code if not cell.is_at_aws], kind="site"), *walks]


def _is_question(ran: cells.Ran) -> bool:
    value = ran.value
    return isinstance(value, Prediction) or (
        isinstance(value, Checked) and value.exercise.is_closed
    )


def _first(source: str) -> str:
    """Return what the first cell says besides the title, the question and its links."""
    paragraphs = re.sub(r"<!--.*?-->", "", MINUTES.sub("", source)).split("\n\n")
    kept = [text for text in paragraphs if not text.lstrip().startswith(("# ", "**", "["))]
    return parts.markdown("\n\n".join(kept))


def _told(told: Sequence[Cell | cells.Ran], alive: Alive) -> str:
    return "".join(_folding(list(_pieces(told, alive))))


@dataclass(frozen=True)
class _Piece:
    """A piece of a page: a heading's level if it begins with one, and whether that is folded."""

    html: str
    level: int = 0
    title: str = ""
    is_folded: bool = False


def _pieces(told: Sequence[Cell | cells.Ran], alive: Alive) -> Iterator[_Piece]:
    for one, after in pairwise([*told, None]):
        if isinstance(one, cells.Ran):
            yield _Piece(_anchor(one.cell) + _ran(one, alive))
        elif one:
            piece = _text(one)
            asks = isinstance(after, cells.Ran) and after.cell.is_parameters
            html = piece.html.replace("</h2>", f"</h2>{FIXED}") if asks else piece.html
            yield replace(piece, html=_anchor(one) + html)


def _anchor(cell: Cell) -> str:
    """Let a link to the notebook's cell lead to its place on the page."""
    return f'<span id="cell-id={cell.id}"></span>'


def _ran(one: cells.Ran, alive: Alive) -> str:
    if isinstance(one.value, Prediction):
        return parts.prediction(one.value)
    if isinstance(one.value, Explorer):
        return alive(one.value)
    shown = "".join(parts.shown(one))
    return shown + (_code(one.cell) if shown or one.cell.is_parameters else "")


def _text(cell: Cell) -> _Piece:
    heading = HEADING.match(cell.source)
    if heading and cell.is_collapsed:
        below = parts.markdown(cell.source[heading.end() :])
        return _Piece(below, len(heading[1]), heading[2], is_folded=True)
    source = IN_A_CELL.sub("", cell.source)
    return _Piece(parts.markdown(source), len(heading[1]) if heading else 0)


def _folding(pieces: list[_Piece]) -> Iterator[str]:
    """Fold what stands under headings that are folded."""
    inside: list[str] = []
    title, level = "", 0
    for piece in pieces:
        if title and (not piece.level or piece.level > level):
            inside.append(piece.html)
            continue
        if title:
            yield parts.folded(title, "".join(inside))
        title, level = (piece.title, piece.level) if piece.is_folded else ("", 0)
        inside = [piece.html]
        if not title:
            yield piece.html
    if title:
        yield parts.folded(title, "".join(inside))


def _code(cell: Cell) -> str:
    """Fold a cell's code away; not that which would give an answer away."""
    if (cell.is_hidden and not cell.is_at_aws) or LESSON_CALL.search(cell.source):
        return ""
    code = f"<pre><code>{escaped(cell.source)}</code></pre>"
    return f'<details class="code"><summary>The code</summary>{code}</details>'


def _neighbours(section: Section) -> str:
    ready = [one for one in SECTIONS if one.ready]
    at = ready.index(section)
    before = _neighbour("before", ready[at - 1] if at else None)
    after = _neighbour("next", ready[at + 1] if at + 1 < len(ready) else None)
    return f'<div class="neighbours">{before}{after}</div>'


def _neighbour(side: str, section: Section | None) -> str:
    href = parts.page_name(section.notebook.stem) if section else "index.html"
    name = f"{section.number} {section.title}" if section else "All sections"
    return f'<div><span>{side}</span><a href="{href}">{escaped(name)}</a></div>'


def _without_data(text: str) -> str:
    return re.sub(r"<(script|pre)\b.*?</\1>", " ", text, flags=re.DOTALL)


def _plain(text: str) -> str:
    return " ".join(TAG.sub(" ", text).split())
