"""What tests share: report pages, each made once, and how baked answers are compared."""

import json
import re
import shlex
from collections.abc import Callable
from contextlib import chdir
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import nbformat
import numpy as np
import pytest
from typer.testing import CliRunner

from awsnb import figures
from awsnb.cli import app
from awsnb.page import packed
from awsnb.sections import Section, section
from awsnb.site import coding

README = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
TRACE = """timestamp,VolumeWriteBytes Sum
2026-03-02T00:00:00Z,3000000
2026-03-02T00:05:00Z,45000000000
2026-03-02T00:10:00Z,3000000
2026-03-02T00:15:00Z,3000000
"""
ANN = {"UserName": "ann", "Arn": "arn:aws:iam::111122223333:user/ann"}
DETAILS = {"UserDetailList": [ANN], "GroupDetailList": [], "RoleDetailList": [], "Policies": []}
FILES = {  # those that the README's commands name
    "volume.csv": TRACE,
    "requests.csv": "principal,action,resource\nann,s3:ListAllMyBuckets,*\n",
    "policies/authorization-details.json": json.dumps(DETAILS),
}


class Report(NamedTuple):
    command: str
    output: str
    file: Path
    page: str
    notebook: Any


@pytest.fixture(scope="session")
def report_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Report]:
    """Give the report of a section's view: of its first, if none is named, with its notebook."""

    @cache
    def made(command: str, with_notebook: bool) -> Report:
        folder = tmp_path_factory.mktemp("report")
        for name, text in FILES.items():
            (folder / name).parent.mkdir(exist_ok=True)
            (folder / name).write_text(text)
        with chdir(folder):
            words = [*shlex.split(command)[1:], *(["--ipynb", "page.ipynb"] * with_notebook)]
            answer = CliRunner().invoke(app, words)
        assert answer.exit_code == 0, answer.output
        (file,) = folder.glob("*.html")
        kept = folder / "page.ipynb"
        notebook = nbformat.read(kept, as_version=4) if with_notebook else None
        return Report(command, answer.output, file, file.read_text("utf-8"), notebook)

    def of(slug: str, view: str = "") -> Report:
        first = section(slug).views[0].name
        return made(command_of(slug, view or first), view in ("", first))

    return of


def command_of(slug: str, view: str) -> str:
    """Return what the README types, or else the view's first preset that is not its defaults."""
    views = section(slug).views
    readmes = re.search(rf"^awsnb report {slug} .*", README, re.MULTILINE)
    if readmes and view == views[0].name:
        return readmes[0]
    presets = section(slug).view(view).presets
    values = next((preset.values for preset in presets if preset.values), {})
    fields = [word for name, value in values.items() for word in ("-p", f"{name}={value}")]
    return shlex.join(["awsnb", "report", slug, view, "-o", "report.html", *fields])


@pytest.fixture
def compare_baked() -> Callable[..., None]:
    """Compare an answer of a book with the model: words equal, curves within a step."""
    return _compare_baked


def _compare_baked(asked: Section, book: dict[str, Any], columns: list[bytes], number: int) -> None:
    name, situation, changes = book["asked"][number]
    words, panels, scene, ys, moving = book["answers"][number]
    told, room = book["words"][words], asked.view(name)
    view = next(one for one in book["form"]["views"] if one["name"] == name)
    home = next(one["values"] for one in view["situations"] if one["name"] == situation)
    specs, values = room.scenario.fields(), home | changes
    applied = {k: v if specs[k].applies(values) else specs[k].default for k, v in values.items()}
    if told.get("trouble"):
        with pytest.raises(ValueError, match=r"\w"):
            room.simulate(room.scenario(**applied))
        return
    result = room.simulate(room.scenario(**applied))
    headlines = [(one.label, one.text) for one in result.numbers if one.headline]
    assert told["why"] == result.why
    assert [(one["label"], one["text"]) for one in told["numbers"]] == headlines
    drawn = figures.curves(result)
    picture = figures.panels(result, drawn)
    assert book["panels"][panels] == json.loads(json.dumps(picture))
    for (_, y), log, column in zip(drawn, figures.slots(picture), ys, strict=True):
        _within_a_step(packed(y.ravel(), log), columns[column])
    if book["scenes"][scene] is not None:
        moved, curves = figures.moving(result)
        assert book["scenes"][scene] == json.loads(json.dumps(moved))
        for curve, column in zip(curves, moving, strict=True):
            _within_a_step(packed(*curve), columns[column])


def _within_a_step(exact: bytes, baked: bytes) -> None:
    assert exact[: coding.HEAD] == baked[: coding.HEAD]
    steps, ours = (np.frombuffer(one[coding.HEAD :], "<u2").astype(int) for one in (exact, baked))
    assert np.abs(steps - ours).max(initial=0) <= coding.COARSER
