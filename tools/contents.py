"""The contents: a picture and a question for each written section, neighbours, what is to come.

A picture is the top of what the section's notebook shows as its Explorer, made smaller. Its name
holds a digest of that picture, so that a check can tell whether it is still the notebook's own.
"""

import base64
import hashlib
import io
import re
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
from PIL import Image

from awsnb.sections import SECTIONS, Section

CELL = "contents"  # the id of the index's cell
WIDTH = 320  # of a picture, in pixels
TALLEST = 600  # of what is shown of a notebook's picture, before it is made smaller
GAP = 10  # rows of background between panels
COLORS = 48
EXPLORER = re.compile(r"^Explorer\(", re.MULTILINE)


class Shown(NamedTuple):
    """What a notebook's Explorer shows: a PNG, and the words that stand for it."""

    png: bytes
    words: str

    def name(self, section: Section) -> str:
        """The name of the picture made from it."""
        return f"{section.slug}-{hashlib.sha256(self.png).hexdigest()[:8]}.png"


def fill(index: Any) -> None:
    """Write the contents, with their pictures, into an index notebook."""
    cell = contents_cell(index)
    shown = {section: explorer_of(section.notebook) for section in SECTIONS if section.ready}
    cell.source = table(shown)
    cell.attachments = {
        one.name(section): {"image/png": base64.b64encode(thumbnail(one.png)).decode()}
        for section, one in shown.items()
    }


def is_current(index: Any) -> bool:
    """Whether the contents are what `fill` would write, the pictures judged by their names."""
    cell = contents_cell(index)
    shown = {section: explorer_of(section.notebook) for section in SECTIONS if section.ready}
    names = {one.name(section) for section, one in shown.items()}
    return cell.source == table(shown) and cell.get("attachments", {}).keys() == names


def contents_cell(index: Any) -> Any:
    """Return the index's cell of contents."""
    return next(cell for cell in index.cells if cell.id == CELL)


def explorer_of(notebook: Path) -> Shown:
    """Return what a built notebook shows as its Explorer."""
    for cell in nbformat.read(notebook, as_version=4).cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if EXPLORER.search(cell.source) and "image/png" in data:
                _, label, *words = [line for line in data["text/plain"].splitlines() if line]
                return Shown(base64.b64decode(data["image/png"]), f"{label}. {words[0]}")
    raise ValueError(f"{notebook.name} shows no picture of its Explorer: build it first")


def table(shown: dict[Section, Shown]) -> str:
    """Write the contents as Markdown: a card for each written section, two in a row."""
    cards = [_card(section, one) for section, one in shown.items()]
    cards += [""] * (len(cards) % 2)
    rows = [f"| {left} | {right} |" for left, right in zip(cards[::2], cards[1::2], strict=True)]
    later = [f"{one.number} {one.title}" for one in SECTIONS if not one.ready]
    to_come = f"Still to come, by their numbers in the guide: {'; '.join(later)}."
    return "\n".join(["## Sections", "", "| | |", "| :-- | :-- |", *rows, "", to_come])


def _card(section: Section, one: Shown) -> str:
    file = section.notebook.name
    picture = f"[![{_alt(one.words)}](attachment:{one.name(section)})]({file})"
    title = f"**[{section.number}. {section.title}]({file})**"
    return f"{picture}<br>{title}<br>{section.question}"


def neighbours(section: Section) -> str:
    """Link the index, and the sections before and after."""
    at = SECTIONS.index(section)
    around = {"previous": at - 1, "next": at + 1}
    places = {word: place for word, place in around.items() if 0 <= place < len(SECTIONS)}
    links = [f"{word}: {_link(SECTIONS[place])}" for word, place in places.items()]
    return " · ".join(["[Index](00-index.ipynb)", *links])


def _link(one: Section) -> str:
    return f"[{one.title}]({one.notebook.name})" if one.ready else f"*{one.title}* (to come)"


def sections_text() -> str:
    """Say which sections are written."""
    titles = [f"[{one.title}](notebooks/{one.notebook.name})" for one in SECTIONS if one.ready]
    rest = "" if len(titles) == len(SECTIONS) else f" `awsnb list` shows all {len(SECTIONS)}."
    return f"Written so far: {', '.join(titles[:-1])} and {titles[-1]}.{rest}"


def thumbnail(png: bytes) -> bytes:
    """Return the upper panels of a figure as a small PNG of few colours; all are of one size."""
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    cut = picture.crop((0, 0, picture.width, last_gap(np.asarray(picture))))
    small = cut.resize((WIDTH, round(cut.height * WIDTH / cut.width)), Image.Resampling.LANCZOS)
    card = Image.new("RGB", (WIDTH, TALLEST * WIDTH // picture.width), small.getpixel((0, 0)))
    card.paste(small)
    file = io.BytesIO()
    card.quantize(COLORS).save(file, "PNG", optimize=True)
    return file.getvalue()


def last_gap(pixels: "np.ndarray[Any, Any]") -> int:
    """Return where to cut a picture, so that no panel is cut: all of it if it is not too tall."""
    if len(pixels) <= TALLEST:
        return len(pixels)
    blank = (pixels == pixels[0, 0]).all(axis=(1, 2))
    gaps = [row for row in range(TALLEST // 2, TALLEST) if blank[row - GAP : row].all()]
    return gaps[-1] if gaps else TALLEST


def _alt(words: str) -> str:
    """Return alternative text: the first two sentences, without what Markdown would take."""
    sentences = re.split(r"(?<=[.]) (?=[A-Z])", words)
    return re.sub(r"[\[\]|*_`]", " ", " ".join(sentences[:2]))
