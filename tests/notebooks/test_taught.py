"""Every fact of the course notes is taught, and what has changed stands under *What changed*.

`taught.csv` has a row for each numbered fact of a section: what the notes say, the erratum if it
no longer holds (or never did), and the words that teach it.
"""

import csv
import re
from pathlib import Path
from typing import Any

import build_notebooks
import nbformat
import pytest

from awsnb.sections import SECTIONS

with open(Path(__file__).with_name("taught.csv"), encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
NOTES = {"aurora": range(334, 373), "elasticache": range(373, 419)}
# true, or true of what the paragraph before says; the erratum says more and stands in the table
HOLDS_AS_FAR_AS_IT_GOES = {"F337", "F348", "F369"}


def prose(slug: str) -> list[str]:
    (path,) = (section.notebook for section in SECTIONS if section.slug == slug)
    notebook = nbformat.read(build_notebooks.NOTEBOOKS / path.name, as_version=4)
    return [re.sub(r"\s+", " ", text) for text in map(read, notebook.cells)]


def read(cell: Any) -> str:
    """Return what a reader sees of a cell's words: its prose, or the steps that it lists."""
    if cell.cell_type == "markdown":
        return str(cell.source)
    if not cell.source.startswith("lessons.steps("):
        return ""
    return "".join(output.data["text/plain"] for output in cell.outputs)


PROSE = {slug: prose(slug) for slug in NOTES}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["note"])
def test_a_fact_of_the_notes_is_taught(row):
    text = PROSE[row["section"]]
    changed = [cell for cell in text if "### What changed" in cell]
    bound = row["erratum"] and row["note"] not in HOLDS_AS_FAR_AS_IT_GOES
    assert any(row["taught"] in cell for cell in (changed if bound else text))


@pytest.mark.parametrize("section", NOTES)
def test_every_number_has_its_row_and_no_two_say_the_same(section):
    mine = [row for row in ROWS if row["section"] == section]
    assert [int(row["note"].removeprefix("F")) for row in mine] == list(NOTES[section])
    assert len({row["taught"] for row in mine}) == len(mine)
    assert min(len(row["taught"]) for row in mine) >= 15
