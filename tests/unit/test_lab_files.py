import asyncio
import json

import nbformat
import pytest
from jupyter_server.serverapp import ServerApp
from jupyterlab.labapp import LabApp
from typer.testing import CliRunner

from awsnb.cli import app
from awsnb.lab_files import STATE, VIEW, NotebookFiles

LAYOUT = {"model_name": "LayoutModel", "state": {}}


def card(guess):
    return {"model_name": "AnyModel", "state": {"guess": guess, "layout": "IPY_MODEL_layout1"}}


def notebook(shown, state):
    data = {VIEW: {"model_id": shown}, "text/plain": "in words"}
    cell = nbformat.v4.new_code_cell("1", id="one")
    cell.outputs = [nbformat.v4.new_output("display_data", data)]
    made = nbformat.v4.new_notebook(cells=[cell])
    made.metadata["widgets"] = {STATE: {"state": state, "version_major": 2, "version_minor": 0}}
    return made


@pytest.fixture
def saved(tmp_path):
    """Save notebooks one after another in the same file; return what the file has then."""
    files = NotebookFiles(root_dir=str(tmp_path))

    def save(*notebooks):
        for one in notebooks:
            model = {"type": "notebook", "format": "json", "content": one}
            asyncio.run(files.save(model, "/lesson.ipynb"))
        content = json.loads((tmp_path / "lesson.ipynb").read_text("utf-8"))
        state = content["metadata"]["widgets"][STATE]["state"]
        return state, content["cells"][0]["outputs"][0]["data"]

    return save


def test_a_widget_without_its_kernel_is_kept_with_its_parts(saved):
    whole = {"card1": card("A"), "layout1": LAYOUT, "gone": card("C")}
    state, data = saved(notebook("card1", whole), notebook("card1", {}))
    assert state == {"card1": card("A"), "layout1": LAYOUT}
    assert data[VIEW]["model_id"] == "card1"


def test_what_a_kernel_says_goes_before_what_the_file_had(saved):
    state, _ = saved(
        notebook("card1", {"card1": card("A")}), notebook("card1", {"card1": card("B")})
    )
    assert state == {"card1": card("B")}


def test_a_cell_that_ran_again_leaves_nothing_of_its_earlier_widget(saved):
    state, _ = saved(
        notebook("card1", {"card1": card("A")}), notebook("card2", {"card2": card("B")})
    )
    assert state == {"card2": card("B")}


def test_a_widget_that_was_never_saved_leaves_its_words(saved):
    state, data = saved(notebook("card1", {}))
    assert state == {}
    assert data == {"text/plain": ["in words"]}


def test_lab_saves_so(monkeypatch):
    asked = []
    monkeypatch.setattr(LabApp, "launch_instance", asked.extend)
    assert CliRunner().invoke(app, ["lab", "--no-browser"]).exit_code == 0
    server = ServerApp()
    server.parse_command_line([one for one in asked if "contents_manager" in one])
    assert server.contents_manager_class is NotebookFiles


@pytest.fixture
def opened(tmp_path, monkeypatch):
    """Open a notebook of a cell `course`, by its name; return the data of the cell's output."""
    for name in ("AWSNB_PROGRESS", "AWSNB_STATIC"):
        monkeypatch.delenv(name, raising=False)
    cell = nbformat.v4.new_code_cell("lessons.course()", id="course")
    cell.outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "as stored"})]

    def open_(name):
        nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / name)
        files = NotebookFiles(root_dir=str(tmp_path))
        return asyncio.run(files.get(name))["content"]["cells"][0]["outputs"][0]["data"]

    return open_


def test_the_index_says_what_is_done_by_now_without_its_kernel(opened, tmp_path):
    assert opened("00-index.ipynb")["text/plain"].startswith("Begin with EBS volume types")
    kept = {"cascade": {"exercises": {"Exercise 1": True}}}
    (tmp_path / "awsnb-progress.json").write_text(json.dumps(kept))
    data = opened("00-index.ipynb")
    assert data["text/plain"].startswith("Go on with The cascade, 1 of 6 answered.")
    assert "1 of 6 answered" in data["text/html"]


def test_other_notebooks_are_opened_as_they_are_stored(opened):
    assert opened("26-cascade.ipynb") == {"text/plain": "as stored"}
