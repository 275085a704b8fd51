"""The index lists what there is."""

import re

import build_notebooks
import nbformat

from awsnb.sections import SECTIONS


def prose(name):
    notebook = nbformat.read(build_notebooks.NOTEBOOKS / f"{name}.ipynb", as_version=4)
    text = "\n".join(cell.source for cell in notebook.cells)
    return re.sub(r"\s+", " ", text)


def test_the_index_lists_every_section_and_links_those_that_are_written():
    index = prose("00-index")
    for entry in SECTIONS:
        link = f"**[{entry.number}. {entry.title}]({entry.notebook.name})**<br>"
        later = re.search(rf"[:;] {entry.number} {re.escape(entry.title)}[;.]", index)
        assert (link + entry.question in index) == entry.ready
        assert bool(later) != entry.ready
