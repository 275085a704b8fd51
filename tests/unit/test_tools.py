"""The tools that keep the notebooks, the lock and the launch links in order."""

import re
from pathlib import Path

import budgets
import build_notebooks
import contents
import links
import lock
import nbformat
import pytest
import skeleton
import yaml
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output
from packaging.requirements import Requirement

from awsnb.sections import SECTIONS

PINS = dict(
    line.split("==")
    for line in (lock.ROOT / "requirements.lock").read_text().splitlines()
    if not line.startswith("#")
)


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def notebook_with(*cells):
    return new_notebook(cells=list(cells), metadata={"widgets": {"state": {}}})


def test_normalising_drops_what_varies_and_is_stable() -> None:
    cell = new_code_cell(
        "slider  \n",
        id="0123abcd",
        metadata={"tags": ["report"], "execution": {"iopub.execute_input": "now"}},
        outputs=[
            new_output(
                "display_data", data={build_notebooks.WIDGET_VIEW: {}, "text/plain": "Slider"}
            )
        ],
    )
    once = build_notebooks.dumps(notebook_with(new_markdown_cell("# T", id="title"), cell))
    stored = nbformat.reads(once, as_version=4)
    assert build_notebooks.dumps(stored) == once
    assert set(stored.metadata) == {"kernelspec", "language_info"}
    assert [one.id for one in stored.cells] == ["title", "cell-02"]
    assert stored.cells[1].metadata == {"tags": ["report"]}
    assert stored.cells[1].source == "slider"
    assert stored.cells[1].outputs[0].data == {"text/plain": "Slider"}


def test_a_failing_cell_is_named_in_one_line_and_nothing_is_stored(tmp_path: Path) -> None:
    path = tmp_path / "bad.ipynb"
    nbformat.write(notebook_with(new_markdown_cell("# T"), new_code_cell("1 / 0")), path)
    before = path.read_bytes()
    with pytest.raises(build_notebooks.BuildError) as caught:
        build_notebooks.build(path)
    assert str(caught.value) == "bad.ipynb, cell 2: ZeroDivisionError: division by zero"
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_heavy_notebook_is_refused_and_its_heaviest_cell_named() -> None:
    heavy = new_code_cell(outputs=[new_output("stream", text="x" * 400_000)])
    text = build_notebooks.dumps(notebook_with(new_markdown_cell("# T"), heavy))
    with pytest.raises(build_notebooks.BuildError, match="heaviest cell is 2"):
        build_notebooks.check_size("heavy.ipynb", text)


def test_every_dependency_is_pinned_at_a_version_it_allows() -> None:
    pins = {canonical(name): version for name, version in PINS.items()}
    for line in lock.requirements():
        wanted = Requirement(line)
        assert canonical(wanted.name) in pins, f"{line}: run tools/lock.py"
        assert pins[canonical(wanted.name)] in wanted.specifier, f"{line}: run tools/lock.py"


def test_lock_holds_pins_alone() -> None:
    for name, version in PINS.items():
        assert re.fullmatch(r"[a-z0-9._-]+", name) and re.fullmatch(r"[0-9a-z.]+", version)


def test_launch_links_are_in_step_with_the_one_setting() -> None:
    address = links.repository()
    for path in links.files():
        assert links.linked(path, address) == path.read_text(encoding="utf-8"), (
            f"{path.name}: run python tools/links.py"
        )


def test_no_link_leads_to_binder_while_there_is_no_address() -> None:
    if links.repository():
        pytest.skip("an address is set")
    assert not any("mybinder.org" in path.read_text("utf-8") for path in links.files())


def test_an_address_makes_a_badge_in_the_readme_and_a_link_in_a_notebook(tmp_path: Path) -> None:
    markers = f"{links.OPENING}\nold\n{links.CLOSING}\n"
    readme, notebook = tmp_path / "README.md", tmp_path / "04-x.ipynb"
    readme.write_text(markers)
    nbformat.write(notebook_with(new_markdown_cell(markers)), notebook)
    assert "v2/gh/me/awsnb/HEAD?urlpath=lab/tree/notebooks/00-index.ipynb" in links.linked(
        readme, "me/awsnb"
    )
    assert "notebooks/04-x.ipynb" in links.linked(notebook, "me/awsnb")
    once = links.linked(readme, "me/awsnb")
    readme.write_text(once)
    assert links.linked(readme, "me/awsnb") == once
    assert links.linked(readme, "") == markers.replace("old\n", "")


def test_a_file_without_markers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# awsnb\n")
    with pytest.raises(ValueError, match=r"README\.md has no"):
        links.linked(tmp_path / "README.md", "")


def test_binder_uses_a_python_that_the_package_supports() -> None:
    runtime = (lock.ROOT / "binder" / "runtime.txt").read_text().strip().removeprefix("python-")
    assert runtime in Requirement(f"python{lock.project()['requires-python']}").specifier


def test_the_index_tells_when_a_section_or_a_picture_has_come_or_gone(monkeypatch) -> None:
    index = nbformat.read(build_notebooks.NOTEBOOKS / build_notebooks.INDEX, as_version=4)
    assert contents.is_current(index)
    monkeypatch.setattr(contents, "COLORS", dict.fromkeys(contents.COLORS, "red"))
    assert not contents.is_current(index)


def test_every_section_has_a_card_and_those_that_are_written_a_link() -> None:
    said = contents.table()
    for one in SECTIONS:
        assert one.title in said and one.question in said
        assert (f"[{one.number}. {one.title}]({one.notebook.name})" in said) == one.ready


def test_the_readme_lists_what_is_written() -> None:
    said = contents.sections_text()
    for one in SECTIONS:
        assert (f"[{one.title}](notebooks/{one.notebook.name})" in said) == one.ready
    readme = (links.ROOT / links.README).read_text("utf-8")
    assert said in readme


def lesson(*cells):
    title = new_markdown_cell("# T\n\nOne two. <!-- minutes --><!-- /minutes -->", id="title")
    return notebook_with(title, *cells)


def test_a_budget_counts_what_a_reader_sees() -> None:
    hidden = {"jupyter": {"source_hidden": True}}
    asked = budgets.measure(
        lesson(
            new_code_cell('lessons.predict("Which?")\nlessons.check("1")', metadata=hidden),
            new_markdown_cell("## Four words [a link](away.html). <details>not this</details>"),
            new_code_cell("Explorer(ebs)\n\n2"),
            new_markdown_cell("## Folded\n\nNot read.", metadata={budgets.FOLDED: True}),
            new_code_cell("not(counted)"),
            new_markdown_cell("### Still folded"),
            new_markdown_cell("## Open\n\nRead again."),
        )
    )
    assert (asked.words_before_explorer, asked.words) == (3 + 4, 3 + 4 + 3)
    assert asked.code_lines == 2
    assert (asked.predictions, asked.exercises, asked.explorers) == (1, 1, 1)
    assert asked.minutes == 6


def test_the_views_and_situations_that_the_reader_is_sent_to_take_their_time() -> None:
    setup = new_code_cell('elb = section("elb")')
    explore = "## Explore\n\nMove *Size*; take *A partner's\nfirewall*, then *a zone is lost*."
    explorer = new_code_cell("Explorer(elb)")
    later = new_markdown_cell("## The idea\n\n*Short connections* count for nothing here.")
    asked = budgets.measure(lesson(setup, new_markdown_cell(explore), explorer, later))
    assert (asked.explorers, asked.views, asked.situations) == (1, 1, 1)
    without = budgets.measure(lesson(setup, new_markdown_cell("## Explore"), explorer, later))
    assert (without.views, without.situations) == (0, 0)
    assert asked.minutes == without.minutes + 2  # a minute and a half, and some words


def test_the_minutes_that_are_claimed_are_those_that_are_computed() -> None:
    notebook = lesson(new_code_cell("Explorer(ebs)"))
    budgets.claim(notebook)
    budgets.claim(notebook)
    assert "One two. <!-- minutes -->About 2 minutes.<!-- /minutes -->" in notebook.cells[0].source


def test_a_new_notebook_has_the_parameters_of_its_section(tmp_path: Path) -> None:
    path = skeleton.write("ebs-volume-types", tmp_path)
    cells = {cell.id: cell for cell in nbformat.read(path, as_version=4).cells}
    assert 'volume_type: str = "gp2"' in cells["parameters"].source.replace("'", '"')
    assert "io_size_kib" not in cells["parameters"].source
    assert cells["title"].source.startswith("# EBS volume types\n\n**Which volume holds my load")
    with pytest.raises(FileExistsError):
        skeleton.write("ebs-volume-types", tmp_path)


def test_the_site_is_published_from_where_it_is_written_to() -> None:
    text = (lock.ROOT / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8")
    job = yaml.safe_load(text)["jobs"]["build"]
    commands = [step["run"] for step in job["steps"] if "run" in step]
    (folder,) = {words[2] for words in map(str.split, commands) if words[:2] == ["awsnb", "site"]}
    given = {
        step["uses"].split("@")[0]: step.get("with", {}) for step in job["steps"] if "uses" in step
    }
    assert given["actions/upload-pages-artifact"]["path"] == folder
    before, after = given["actions/cache/restore"], given["actions/cache/save"]
    assert before["path"] == after["path"] == folder
    assert before["key"] == after["key"] and before["key"].startswith(before["restore-keys"])
    assert all(step.get("timeout-minutes", 0) < job["timeout-minutes"] for step in job["steps"])
    named = [given["actions/setup-python"]["cache-dependency-path"], commands[0].split()[3]]
    assert all((lock.ROOT / name).exists() for name in named)
    assert (
        f"python-{given['actions/setup-python']['python-version']}"
        == (lock.ROOT / "binder" / "runtime.txt").read_text().strip()
    )
    assert "://" not in text  # no registry is named: pip's own is used
