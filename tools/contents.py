"""The contents: the index's chapters with a picture a section, neighbours, the README's list.

A picture's name holds a digest of what it is made from, so that a check can tell whether the index
is as it should be without drawing anything.
"""

import base64
import hashlib
import re
import shutil
from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from awsnb.lessons.course import CHAPTERS, Size
from awsnb.sections import SECTIONS, Section

CELL = "contents"  # the id of the index's cell
COLUMNS = 4
SIZE = (192, 108)  # of a picture, in pixels
COLORS = {  # that stand on white and on black
    "accent": "#2680c2",
    "kept": "#a3638f",
    "bad": "#d0601a",
    "asked": "#80889566",
    "edge": "#808895",
    "panel": "none",
}
VARIABLE = re.compile(r"var\(--([a-z]+)\)")


def fill(index: Any) -> None:
    """Write the contents, with their pictures, into an index notebook."""
    cell = contents_cell(index)
    cell.source = table()
    drawn = render({picture_name(one): svg(one) for one in SECTIONS if one.ready})
    cell.attachments = {
        name: {"image/png": base64.b64encode(png).decode()} for name, png in drawn.items()
    }


def is_current(index: Any) -> bool:
    """Whether the contents are what `fill` would write, the pictures judged by their names."""
    cell = contents_cell(index)
    names = {picture_name(one) for one in SECTIONS if one.ready}
    return cell.source == table() and cell.get("attachments", {}).keys() == names


def contents_cell(index: Any) -> Any:
    """Return the index's cell of contents."""
    return next(cell for cell in index.cells if cell.id == CELL)


def table() -> str:
    """Write the contents as Markdown: a table of cards for each chapter."""
    return "\n\n".join(_chapter(title, numbers) for title, numbers in CHAPTERS)


def _chapter(title: str, numbers: range) -> str:
    cards = [_card(one) for one in SECTIONS if one.number in numbers]
    cards += [""] * (-len(cards) % COLUMNS)
    rows = [cards[at : at + COLUMNS] for at in range(0, len(cards), COLUMNS)]
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([f"## {title}", "", "| " * COLUMNS + "|", "| :-- " * COLUMNS + "|", *lines])


def _card(one: Section) -> str:
    if not one.ready:
        return f"{one.number}. *{one.title}*<br>{one.question}<br>to come"
    file = one.notebook.name
    picture = f"[![{one.title}](attachment:{picture_name(one)})]({file})"
    title = f"**[{one.number}. {one.title}]({file})**"
    return f"{picture}<br>{title}<br>{one.question}<br>*{Size.of(one).minutes} min*"


def svg(one: Section) -> str:
    """Return a section's picture, in colours that stand on any ground."""
    text = (files("awsnb.site") / "pictures" / f"{one.slug}.svg").read_text("utf-8")
    return VARIABLE.sub(lambda found: COLORS[found[1]], text)


def picture_name(one: Section) -> str:
    """Return the name of the picture, by what it is made from."""
    return f"{one.slug}-{hashlib.sha256(svg(one).encode()).hexdigest()[:8]}.png"


def render(pictures: Mapping[str, str]) -> dict[str, bytes]:
    """Draw pictures by Chromium, on no ground."""
    from playwright.sync_api import sync_playwright

    width, height = SIZE
    page_style = f"<style>body{{margin:0}}svg{{width:{width}px;height:{height}px}}</style>"
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": width, "height": height})
        drawn = {}
        for name, text in pictures.items():
            page.set_content(page_style + text)
            drawn[name] = page.screenshot(omit_background=True)
        browser.close()
    return drawn


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
    """List the written sections, a line a chapter."""
    lines = []
    for chapter, numbers in CHAPTERS:
        written = [one for one in SECTIONS if one.number in numbers and one.ready]
        links = " · ".join(f"[{one.title}](notebooks/{one.notebook.name})" for one in written)
        lines.append(f"- **{chapter}**: {links}")
    claims = "[The last notebook](notebooks/27-claims.ipynb) says which claims of the course hold."
    return "\n".join([*lines, "", claims])
