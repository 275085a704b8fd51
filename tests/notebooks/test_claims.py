"""Every claim of the course notes is taught, and every erratum stands under *What changed*.

`data/claims.csv` names the cell that teaches a claim and the words of it, which were chosen by
reading the notebook: a sentence that is taken out takes its claim's proof with it.
"""

import re
from functools import cache
from typing import Any

import build_notebooks
import nbformat
import pytest

from awsnb import claims, lessons
from awsnb.sections import GUIDE

READY = [section.slug for section in GUIDE if section.ready]
TAUGHT = [row for row in claims.load() if row.section in READY]
each_ready = pytest.mark.parametrize("slug", READY)


@cache
def cells(slug: str) -> dict[str, str]:
    """Return what a reader sees of a notebook's words, cell by cell."""
    return {cell.id: re.sub(r"\s+", " ", words(cell)) for cell in notebook(slug).cells}


def notebook(slug: str) -> Any:
    (path,) = (section.notebook for section in GUIDE if section.slug == slug)
    return nbformat.read(build_notebooks.NOTEBOOKS / path.name, as_version=4)


def words(cell: Any) -> str:
    if cell.cell_type == "markdown":
        return str(cell.source)
    if not cell.source.startswith("lessons.steps("):
        return ""
    return "".join(output.data["text/plain"] for output in cell.outputs)


@pytest.mark.parametrize("row", TAUGHT, ids=lambda row: row.id)
def test_a_claim_is_taught_by_the_cell_that_its_row_names(row):
    assert len(row.taught) >= 12
    assert row.taught in cells(row.section)[row.cell]


@pytest.mark.parametrize("row", [row for row in TAUGHT if row.is_erratum], ids=lambda row: row.id)
def test_an_erratum_is_a_row_of_what_changed(row):
    assert row.cell == "changed"
    (changed,) = (cell for cell in notebook(row.section).cells if cell.id == "changed")
    table = [line for line in changed.source.splitlines() if line.startswith("| ")]
    assert sum(row.taught in line for line in table) == 1


@each_ready
def test_no_two_facts_are_taught_by_the_same_words(slug):
    for kind in (False, True):
        taught = [row.taught for row in claims.of(slug) if row.is_erratum is kind]
        assert len(set(taught)) == len(taught)


@each_ready
def test_cells_are_named_by_hand_so_that_a_build_keeps_their_names(slug):
    named = {row.cell for row in claims.of(slug)}
    assert not [one for one in named if build_notebooks.MACHINE_MADE_ID.fullmatch(one)]


def test_the_last_notebook_shows_the_ledger_as_it_is():
    shown = nbformat.read(build_notebooks.NOTEBOOKS / "27-claims.ipynb", as_version=4)
    (output,) = (output for cell in shown.cells for output in cell.get("outputs", ()))
    assert output.data["text/html"] == lessons.ledger()._repr_html_(), (
        "run python tools/build_notebooks.py 27-claims"
    )


def test_a_section_without_a_notebook_teaches_nothing_yet():
    coming = [row for row in claims.load() if row.section not in READY]
    assert [row.id for row in coming if row.cell or row.taught] == []
