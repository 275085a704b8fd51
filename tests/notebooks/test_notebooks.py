"""Every notebook: stored as it should be, true to its section."""

import ast
import re
from pathlib import Path
from typing import Any

import budgets
import build_notebooks
import nbformat
import pytest
from skeleton import is_parameter

from awsnb.cli import OTHER_NOTEBOOKS
from awsnb.sections import SECTIONS, Section

NOTEBOOKS = sorted(build_notebooks.NOTEBOOKS.glob("*.ipynb"))
READY = [section for section in SECTIONS if section.ready]
SMALL = "gwlb", "sticky-sessions", "cross-zone", "tls-certificates", "connection-draining"
SMALL_MINUTES = 16
LONG = (  # over twenty minutes, with a thousand words of facts each
    "iam",
    "ec2",
    "ebs",
    "efs",
    "alb",
    "scaling-policies",
    "rds",
    "read-replicas",
    "aurora",
    "elasticache",
)
LONG_MINUTES = 23
MINUTES = 20
LINE = 115  # letters of a parameter: more don't fit beside JupyterLab's list of files
TWO_EXERCISES = *SMALL, "instance-refresh"  # which has five facts, and three predictions
NOT_COMPARED = {"nbval-ignore-output", "nbval-skip"}

MARKDOWN_LINK = re.compile(r"(!?)\[([^\]]*)\]\(\s*<?([^)>\s]+)")
HTML_IMAGE = re.compile(r"<img\b[^>]*>", re.IGNORECASE)
HTML_TARGET = re.compile(r"""\b(?:src|href)\s*=\s*["']([^"']+)""", re.IGNORECASE)
FENCED = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)

ASKED = re.compile(r"lessons\.(predict|estimate|sketch)\(")

each_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
each_section = pytest.mark.parametrize("section", READY, ids=lambda section: section.slug)


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def code_cells(path: Path) -> list[Any]:
    return [cell for cell in read(path).cells if cell.cell_type == "code"]


def prose(path: Path) -> str:
    """Return the notebook's markdown, code spans left out."""
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "markdown"]
    return FENCED.sub("", "\n\n".join(cells))


def said(cell: Any) -> str:
    """Return the text a code cell left, whatever it drew."""
    texts = [output.get("text", "") for output in cell.outputs]
    texts += [output.get("data", {}).get("text/plain", "") for output in cell.outputs]
    return "".join(texts).strip()


def tags(cell: Any) -> set[str]:
    return set(cell.metadata.get("tags", ()))


def ends_in_expression(cell: Any) -> bool:
    source = "\n".join(line for line in cell.source.splitlines() if not line.startswith("%"))
    statements = ast.parse(source).body
    return bool(statements) and isinstance(statements[-1], ast.Expr)


def anchors(path: Path) -> set[str]:
    headings = re.findall(r"^#+\s+(.+?)\s*$", prose(path), re.MULTILINE)
    return {heading.replace(" ", "-").lower() for heading in headings}


def test_every_section_that_is_ready_has_a_notebook() -> None:
    assert [section.slug for section in READY if not section.notebook.is_file()] == []


def test_every_numbered_notebook_is_of_a_section_the_index_or_the_claims() -> None:
    known = {section.notebook.name for section in READY} | set(OTHER_NOTEBOOKS.values())
    assert [path.name for path in NOTEBOOKS if path.name not in known] == []


def test_titles_are_there_and_unique() -> None:
    titles = {}
    for path in NOTEBOOKS:
        first = read(path).cells[0]
        assert first.cell_type == "markdown" and first.source.startswith("# "), path.name
        titles[path.name] = first.source.splitlines()[0]
    assert len(set(titles.values())) == len(titles)


@each_notebook
def test_is_stored_normalised_and_small(path: Path) -> None:
    build_notebooks.check(path)
    assert path.stat().st_size < build_notebooks.LIMIT_BYTES


@each_section
def test_asks_no_more_of_its_reader_than_it_may(section: Section) -> None:
    notebook = read(section.notebook)
    asked = budgets.measure(notebook)
    assert asked.words_before_explorer <= 250
    assert asked.words <= 1300
    assert asked.code_lines <= 60
    assert 2 <= asked.predictions <= 4
    assert asked.exercises >= (2 if section.slug in TWO_EXERCISES else 3)
    small, long = section.slug in SMALL, section.slug in LONG
    assert asked.minutes <= (SMALL_MINUTES if small else LONG_MINUTES if long else MINUTES)
    assert asked.views + asked.situations >= 1
    assert f"About {asked.minutes} minutes." in notebook.cells[0].source


@each_section
def test_parameters_are_a_line_each_that_says_what_else_can_be_chosen(section: Section) -> None:
    (cell,) = [cell for cell in code_cells(section.notebook) if "parameters" in tags(cell)]
    specs = section.scenario.fields()
    for line in cell.source.splitlines():
        said, _, remark = line.partition("  # ")
        assert said[0].isalpha() and remark, line
        assert len(remark) <= LINE - min(len(said), 60), line
        spec = specs.get(said.partition(":")[0])
        others = [str(one) for one in spec.choices if one != spec.default] if spec else []
        assert not others or any(other in remark for other in others), line


@each_section
def test_a_folded_prediction_begins_with_its_name_alone(section: Section) -> None:
    asked = [cell for cell in code_cells(section.notebook) if ASKED.search(cell.source)]
    for number, cell in enumerate(asked, start=1):  # JupyterLab shows the first line
        first = cell.source.partition("\n")[0]
        assert first == f"# Prediction {number}: open it after you have committed"


@each_section
def test_predictions_come_before_anything_that_gives_them_away(section: Section) -> None:
    cells = read(section.notebook).cells
    last = max(i for i, cell in enumerate(cells) if ASKED.search(cell.source))
    first = next(i for i, cell in enumerate(cells) if cell.source.startswith("Explorer("))
    idea = next(i for i, cell in enumerate(cells) if cell.source.startswith("## The idea"))
    assert last < first < idea
    for cell in cells:
        if ASKED.search(cell.source):
            assert cell.metadata.jupyter.source_hidden, cell.id


@each_section
def test_a_cell_shows_its_only_card(section: Section) -> None:
    card = re.compile(r"lessons\.(?:predict|estimate|sketch|check|steps)\(")
    assert [c.id for c in code_cells(section.notebook) if len(card.findall(c.source)) > 1] == []


@each_section
def test_cards_mark_up_nothing_and_steps_at_aws_nothing_but_code(section: Section) -> None:
    for cell in code_cells(section.notebook):
        if re.search(r"lessons\.(predict|estimate|sketch|check|steps)\(", cell.source):
            nodes = ast.walk(ast.parse(cell.source))
            words = [node.value for node in nodes if isinstance(node, ast.Constant)]
            said = FENCED.sub("", "\n".join(word for word in words if isinstance(word, str)))
            assert re.findall(r"\*\w[^*\n]*\*|\]\(", said) == [], cell.id


@each_notebook
def test_was_executed_in_order_without_errors(path: Path) -> None:
    cells = code_cells(path)
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    outputs = [output for cell in cells for output in cell.outputs]
    assert not any(output.output_type == "error" for output in outputs)
    assert [output.text for output in outputs if output.get("name") == "stderr"] == []


@each_notebook
def test_what_a_cell_ends_in_is_said_in_text(path: Path) -> None:
    silent = [cell.id for cell in code_cells(path) if ends_in_expression(cell) and not said(cell)]
    assert silent == []


@each_notebook
def test_something_that_is_said_is_compared(path: Path) -> None:
    cells = code_cells(path)
    assert not cells or any(said(cell) and not tags(cell) & NOT_COMPARED for cell in cells)


@each_notebook
def test_outputs_hold_no_widget_state_and_nothing_of_the_machine(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "application/vnd.jupyter.widget" not in text
    outputs = "".join(said(cell) for cell in code_cells(path))
    assert not re.search(r"0x[0-9a-f]{6,}|/home/|/root/|/tmp/|/Users/", outputs)


@each_notebook
def test_every_picture_says_in_words_what_it_shows(path: Path) -> None:
    for cell in code_cells(path):
        for output in cell.outputs:
            data = output.get("data", {})
            if {"image/png", "image/svg+xml", "application/vnd.plotly.v1+json"} & data.keys():
                assert len(data.get("text/plain", "").split()) > 3, f"no words in {cell.id}"
                assert not data["text/plain"].startswith(("<", "Figure(")), cell.id
    for picture, alt, target in MARKDOWN_LINK.findall(prose(path)):
        assert not picture or alt.strip(), f"no alternative text: {target}"
    for tag in HTML_IMAGE.findall(prose(path)):
        assert re.search(r"""\balt\s*=\s*["'][^"']""", tag), f"no alternative text: {tag}"


@each_notebook
def test_local_links_lead_somewhere(path: Path) -> None:
    text = prose(path)
    targets = [target for _, _, target in MARKDOWN_LINK.findall(text)] + HTML_TARGET.findall(text)
    for target in targets:
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            continue
        name, _, anchor = target.partition("#")
        file = path.parent / name if name else path
        assert file.exists(), f"dead link: {target}"
        if anchor and file.suffix == ".ipynb":
            assert anchor.lower() in anchors(file), f"dead anchor: {target}"


def neighbours(section: Section) -> dict[str, Section]:
    place = SECTIONS.index(section)
    around = {"previous": place - 1, "next": place + 1}
    return {word: SECTIONS[at] for word, at in around.items() if 0 <= at < len(SECTIONS)}


@each_section
def test_links_its_neighbours_and_says_which_are_to_come(section: Section) -> None:
    head = " ".join(read(section.notebook).cells[0].source.split())
    assert "[Index](00-index.ipynb)" in head
    said = dict(re.findall(r"(previous|next): (\[[^\]]*\]\([^)]*\)|\*[^*]*\* \(to come\))", head))
    assert said == {
        word: f"[{one.title}]({one.notebook.name})" if one.ready else f"*{one.title}* (to come)"
        for word, one in neighbours(section).items()
    }


@each_section
def test_parameters_cell_is_the_scenario(section: Section) -> None:
    from papermill import inspect_notebook

    marked = [cell for cell in code_cells(section.notebook) if "parameters" in tags(cell)]
    assert len(marked) == 1
    found = {
        name: ast.literal_eval(one["default"])
        for name, one in inspect_notebook(str(section.notebook)).items()
    }
    every = section.parameters(section.scenario())
    specs = section.scenario.fields()
    fields = {name: every[name] for name in every if name == "view" or is_parameter(specs[name])}
    assert list(found) == list(fields)
    assert {name: (value, type(value)) for name, value in found.items()} == {
        name: (value, type(value)) for name, value in fields.items()
    }
