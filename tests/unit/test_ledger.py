"""The ledger of claims as a notebook and a page show it: each row of the file, once, linked."""

import csv
import json
import re
from collections import Counter
from html.parser import HTMLParser

import pytest

from awsnb._paths import data_dir, notebooks_dir
from awsnb.lessons import ledger
from awsnb.sections import GUIDE
from awsnb.site.claims import claims as page
from awsnb.site.lesson import _told
from awsnb.site.notebook import Notebook

READY = [one for one in GUIDE if one.ready]
with open(data_dir() / "claims.csv", encoding="utf-8", newline="") as file:
    ROWS = list(csv.DictReader(file))
SHOWN = {"notebook": ledger()._repr_html_(), "page": page(READY)}
SUFFIX = {"notebook": "ipynb", "page": "html"}

each_shown = pytest.mark.parametrize("shown", SHOWN)


class Read(HTMLParser):
    """Ids, links, and tables as lists of cells."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.rows, self.inside = [], [], [], ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        self.ids += [given["id"]] if "id" in given else []
        self.links += [given["href"]] if tag == "a" and "href" in given else []
        self.inside = tag
        if tag == "tr":
            self.rows.append([])
        elif tag in ("th", "td"):
            self.rows[-1].append("")

    def handle_data(self, data):
        if self.rows and self.rows[-1] and self.inside not in ("summary", "span", "script"):
            self.rows[-1][-1] += data


@each_shown
def test_every_claim_of_the_file_is_shown_once(shown):
    read = Read(SHOWN[shown])
    claimed = [one for one in read.ids if re.fullmatch(r"[EF]\d+", one)]
    assert Counter(claimed) == Counter(row["id"] for row in ROWS)
    said = {cells[0]: cells[1] for cells in read.rows if len(cells) == 4}
    assert {row["id"]: row["claim"] for row in ROWS}.items() <= said.items()


@each_shown
def test_counts_are_those_of_the_file(shown):
    rows = {cells[0]: cells[1:] for cells in Read(SHOWN[shown]).rows if len(cells) == 8}
    heads = rows.pop("section")
    for one in [*GUIDE, None]:
        own = [row for row in ROWS if one is None or row["section"] == one.slug]
        facts = Counter(row["verdict"] for row in own if row["id"].startswith("F"))
        wanted = facts | Counter(facts=facts.total(), errata=len(own) - facts.total())
        name = "all" if one is None else next(name for name in rows if one.title in name)
        assert rows[name] == [str(wanted[head]) for head in heads]
    assert len(rows) == len(GUIDE) + 1


@each_shown
def test_a_claim_links_the_cell_that_teaches_it_and_what_has_none_is_to_come(shown):
    linked = Counter(link for link in Read(SHOWN[shown]).links if "#cell-id=" in link)
    stems = {one.slug: one.notebook.stem for one in READY}
    wanted = Counter(
        f"{stems[row['section']]}.{SUFFIX[shown]}#cell-id={row['cell']}"
        for row in ROWS
        if row["section"] in stems
    )
    assert linked == wanted
    for one in GUIDE:
        assert (f"{one.title} (to come)" in SHOWN[shown]) == (not one.ready)


def test_every_link_of_the_notebook_leads_to_a_cell():
    for link in set(Read(SHOWN["notebook"]).links):
        name, _, cell = link.partition("#cell-id=")
        cells = json.loads((notebooks_dir() / name).read_text(encoding="utf-8"))["cells"]
        assert not cell or cell in [one["id"] for one in cells], link


def test_every_link_within_the_page_leads_to_a_claim():
    read = Read(SHOWN["page"])
    within = {link[1:] for link in read.links if link.startswith("#")}
    assert within == {row["erratum"] for row in ROWS if row["erratum"]}
    assert within <= set(read.ids)


@pytest.mark.parametrize("section", READY, ids=lambda one: one.slug)
def test_a_lesson_has_a_place_for_each_cell_that_a_claim_names(section):
    notebook = Notebook.read(section.notebook)
    places = Counter(re.findall(r'id="cell-id=([^"]+)"', _told(notebook.cells, str)))
    assert places == Counter(cell.id for cell in notebook.cells)
    assert {row["cell"] for row in ROWS if row["section"] == section.slug} <= places.keys()


def test_a_section_that_has_no_page_here_is_not_linked():
    (iam,) = (one for one in READY if one.slug == "iam")
    pages = {link.partition("#")[0] for link in Read(page([iam])).links}
    assert pages == {"", "index.html", "01-iam.html"}
