"""How `awsnb lab` opens and saves notebooks.

The index says what is done by now. A widget that has lost its kernel is kept as it was.
"""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jupyter_server.services.contents.largefilemanager import AsyncLargeFileManager

INDEX = "00-index.ipynb"
COURSE = "course"  # the id of the index's cell that says what is done
STATE = "application/vnd.jupyter.widget-state+json"
VIEW = "application/vnd.jupyter.widget-view+json"


class NotebookFiles(AsyncLargeFileManager):
    """Opens the index as it would be now, and saves widgets that no kernel listens to as they were.

    The index needs no kernel to say what to go on with: its cell's output is made as it is opened.

    JupyterLab writes the state of widgets into the notebook only while their kernel listens. After
    a restart, or in a notebook that was opened and not run, one save would take away what they
    show: whoever opens it next would read "model not found" instead of predictions and the
    Explorer.
    """

    async def get(self, path: Any, content: Any = True, *args: Any, **options: Any) -> Any:
        """Open a file, and of the index what is done by now."""
        model = await super().get(path, content, *args, **options)
        if content and model["type"] == "notebook" and model["name"] == INDEX:
            say_what_is_done(model["content"], Path(self._get_os_path(path)).parent)
        return model

    async def save(self, model: dict[str, Any], path: str = "") -> Any:
        """Save a file, and of a notebook all the widgets that it shows."""
        if model.get("type") == "notebook" and _lost(model["content"]):
            exists = await self.file_exists(path)
            before = (await self.get(path, type="notebook"))["content"] if exists else {}
            keep_widgets(model["content"], before)
        return await super().save(model, path)


def say_what_is_done(index: dict[str, Any], folder: Path) -> None:
    """Write what is done of the course into the index's cell, as if it had just run.

    Parameters
    ----------
    index : dict
        The index as JSON, which is changed.
    folder : Path
        Where the index is, and beside it what is kept of its reader's work.
    """
    from awsnb.lessons import course  # not as the server starts: it needs NumPy

    now = course(folder)
    for cell in index["cells"]:
        if cell.get("id") == COURSE and cell["outputs"]:
            cell["outputs"][0]["data"] = {"text/plain": repr(now), "text/html": now._repr_html_()}


def keep_widgets(notebook: dict[str, Any], before: dict[str, Any]) -> None:
    """Give a notebook the widgets that it shows and has lost, from how it was before.

    Where there is no earlier state either, the widget's words are left to stand in its place.

    Parameters
    ----------
    notebook : dict
        The notebook as JSON, which is changed.
    before : dict
        The same notebook as it was last saved; empty, if it never was.
    """
    lost = _lost(notebook)
    earlier = _state(before)
    found = _with_parts(lost & earlier.keys(), earlier)
    if found:
        widgets = notebook["metadata"].setdefault("widgets", {})
        saved = widgets.setdefault(STATE, {"version_major": 2, "version_minor": 0})
        saved["state"] = {one: earlier[one] for one in found} | saved.get("state", {})
    for data in _shown(notebook):
        if data[VIEW]["model_id"] in lost - found and len(data) > 1:
            del data[VIEW]


def _lost(notebook: dict[str, Any]) -> set[str]:
    """Return the ids of the widgets that are shown, and of whose state there is nothing."""
    return {data[VIEW]["model_id"] for data in _shown(notebook)} - _state(notebook).keys()


def _shown(notebook: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for cell in notebook.get("cells", []):
        for output in cell.get("outputs", []):
            if VIEW in output.get("data", {}):
                yield output["data"]


def _state(notebook: dict[str, Any]) -> dict[str, Any]:
    return notebook.get("metadata", {}).get("widgets", {}).get(STATE, {}).get("state", {})


def _with_parts(ids: set[str], state: dict[str, Any]) -> set[str]:
    """Return these ids and those that their states refer to, such as layouts."""
    found: set[str] = set()
    wanted = ids
    while wanted:
        found |= wanted
        named = re.findall(r"IPY_MODEL_(\w+)", json.dumps([state[one] for one in wanted]))
        wanted = (set(named) & state.keys()) - found
    return found
