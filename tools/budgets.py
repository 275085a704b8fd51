"""What a notebook asks of its reader: words, lines of code, questions and minutes.

Parts under a heading that is folded count for nothing, nor does what stands in `<details>`.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from awsnb.sections import SECTIONS

FOLDED = "jp-MarkdownHeadingCollapsed"
WORDS_A_MINUTE = 180
MINUTES = {"predictions": 1, "exercises": 3, "explorers": 2, "views": 1, "situations": 0.5}
HEADING = re.compile(r"^(#+) ", re.MULTILINE)
NAMED = re.compile(r"\*([^*]+)\*")
UNREAD = re.compile(r"<details>.*?</details>|<!--.*?-->|```.*?```|\]\([^)]*\)", re.DOTALL)
CLAIM = re.compile(r"(<!-- minutes -->).*?(<!-- /minutes -->)", re.DOTALL)


@dataclass(frozen=True)
class Budget:
    """What a notebook asks of its reader.

    An Explorer takes a while to find one's way in. Each further view and each situation that the
    text above it names, as in ``*A flash crowd*``, takes a while of its own.
    """

    words_before_explorer: int
    words: int
    code_lines: int
    predictions: int
    exercises: int
    explorers: int
    views: int
    situations: int

    @property
    def minutes(self) -> int:
        """How long it takes: reading, and a while for each thing to do."""
        doing = sum(getattr(self, kind) * each for kind, each in MINUTES.items())
        return round(self.words / WORDS_A_MINUTE + doing)


def measure(notebook: Any) -> Budget:
    """Count what a reader of a notebook sees."""
    cells = list(_unfolded(notebook.cells))
    code = [cell.source for cell in cells if cell.cell_type == "code"]
    views, situations = _sent_to(cells)
    explorer = next((i for i, cell in enumerate(cells) if "Explorer(" in cell.source), len(cells))
    return Budget(
        words_before_explorer=sum(map(_words, cells[:explorer])),
        words=sum(map(_words, cells)),
        code_lines=sum(_lines(cell) for cell in cells if cell.cell_type == "code"),
        predictions=_calls(code, r"lessons\.(predict|estimate|sketch)\("),
        exercises=_calls(code, r"lessons\.check\("),
        explorers=_calls(code, r"^Explorer\("),
        views=views,
        situations=situations,
    )


def claim(notebook: Any) -> None:
    """Write the minutes where the first cell has a place for them."""
    first = notebook.cells[0]
    minutes = f"About {measure(notebook).minutes} minutes."
    first.source = CLAIM.sub(rf"\g<1>{minutes}\g<2>", first.source)


def _unfolded(cells: list[Any]) -> Iterator[Any]:
    level = 0  # of the folded heading that we are under
    for cell in cells:
        heading = HEADING.match(cell.source) if cell.cell_type == "markdown" else None
        if heading and len(heading[1]) <= (level or 9):
            level = len(heading[1]) if cell.metadata.get(FOLDED) else 0
        if not level:
            yield cell


def _sent_to(cells: list[Any]) -> tuple[int, int]:
    """Count the views and situations that the text above the Explorer sends its reader to."""
    texts = [cell.source for cell in cells if cell.source.startswith("## Explore")]
    named = {" ".join(name.split()) for name in NAMED.findall("".join(texts))}
    slug = next(iter(re.findall(r'section\("([\w-]+)"\)', "".join(c.source for c in cells))), "")
    views = next((one.views for one in SECTIONS if one.slug == slug), ())
    situations = {preset.name for view in views for preset in view.presets}
    return len(named & {view.name for view in views}), len(named & situations)


def _words(cell: Any) -> int:
    text = UNREAD.sub(" ", cell.source) if cell.cell_type == "markdown" else ""
    return len(re.findall(r"[A-Za-z0-9][\w'.,%-]*", text))


def _lines(cell: Any) -> int:
    hidden = cell.metadata.get("jupyter", {}).get("source_hidden", False)
    return 0 if hidden else len([line for line in cell.source.splitlines() if line.strip()])


def _calls(sources: list[str], pattern: str) -> int:
    return sum(len(re.findall(pattern, source, re.MULTILINE)) for source in sources)
