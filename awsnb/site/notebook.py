"""Notebooks as they are stored: read without what checks them, which takes longer than a page."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

PARAMETERS = "parameters"
AT_AWS = "at-aws"
COLLAPSED = "jp-MarkdownHeadingCollapsed"
FOLDED = re.compile(r"#+ (The numbers|How far to trust this)\s*$", re.MULTILINE)


@dataclass(frozen=True, eq=False)
class Cell:
    """A cell of a notebook.

    Parameters
    ----------
    is_code : bool
        Whether it is code, not text.
    source : str
        What stands in it.
    tags : tuple of str
        Its tags.
    id : str
        Its id.
    is_hidden : bool
        Whether its code is hidden from the reader.
    is_collapsed : bool
        Whether it begins with a heading below which all is folded.
    stored : tuple of dict
        What it showed when it was stored, by MIME type.
    """

    is_code: bool
    source: str
    tags: tuple[str, ...] = ()
    id: str = ""
    is_hidden: bool = False
    is_collapsed: bool = False
    stored: tuple[dict[str, Any], ...] = field(default=(), repr=False)

    @property
    def is_parameters(self) -> bool:
        """Whether it holds the notebook's parameters."""
        return PARAMETERS in self.tags

    @property
    def is_at_aws(self) -> bool:
        """Whether it is the walk-through of the steps at AWS, which needs an extra to run."""
        return AT_AWS in self.tags

    @classmethod
    def of(cls, stored: dict[str, Any]) -> "Cell":
        """Make a cell from the JSON of a notebook."""
        metadata = stored["metadata"]
        return cls(
            stored["cell_type"] == "code",
            "".join(stored["source"]),
            tuple(metadata.get("tags", ())),
            stored.get("id", ""),
            bool(metadata.get("jupyter", {}).get("source_hidden")),
            bool(metadata.get(COLLAPSED) or FOLDED.match("".join(stored["source"]))),
            tuple(map(_data, stored.get("outputs", ()))),
        )


def _data(output: dict[str, Any]) -> dict[str, Any]:
    data = output.get("data", {}).items()
    return {kind: "".join(text) for kind, text in data if kind.startswith("text/")}


@dataclass(frozen=True)
class Notebook:
    """A notebook: its cells, and the JSON that it is stored as."""

    cells: list[Cell]
    stored: dict[str, Any] = field(repr=False)

    @classmethod
    def read(cls, file: Path) -> "Notebook":
        """Read a notebook."""
        stored = json.loads(file.read_text(encoding="utf-8"))
        return cls([Cell.of(cell) for cell in stored["cells"]], stored)

    @property
    def code(self) -> list[Cell]:
        """The cells of code."""
        return [cell for cell in self.cells if cell.is_code]

    def with_outputs(self, texts: dict[int, list[str]]) -> str:
        """Write the notebook with texts as what cells have shown, by the cells' numbers."""
        cells = [
            cell | ({"execution_count": None, "outputs": []} if cell["cell_type"] == "code" else {})
            for cell in self.stored["cells"]
        ]
        for count, (number, said) in enumerate(texts.items(), start=1):
            shown = [{"output_type": "stream", "name": "stdout", "text": text} for text in said]
            cells[number] |= {"execution_count": count, "outputs": shown}
        return json.dumps(self.stored | {"cells": cells}, indent=1, ensure_ascii=False) + "\n"
