"""`import awsnb` costs next to nothing: each heavy library comes with the name that needs it."""

import json
import subprocess
import sys

from awsnb.sections import SECTIONS

HEAVY = {
    "IPython", "anywidget", "boto3", "ipywidgets", "moto", "nbformat", "numba", "pandas", "plotly",
    "pydantic",
}  # fmt: skip


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_import_awsnb_imports_nothing_heavy() -> None:
    assert HEAVY & modules_after("import awsnb") == set()
    assert {*HEAVY, "numpy"} & modules_after(
        "from awsnb import mechanisms; dir(mechanisms)"
    ) == set()


def test_import_of_offline_waits_with_the_mock() -> None:
    assert {"boto3", "botocore", "moto"} & modules_after("import awsnb.offline") == set()


def test_dir_of_awsnb_imports_nothing_heavy_and_lists_names_that_exist() -> None:
    assert HEAVY & modules_after("import awsnb; dir(awsnb)") == set()
    import awsnb

    assert [name for name in dir(awsnb) if not hasattr(awsnb, name)] == []


ABSENT = ("boto3", "ipykernel", "jupyterlab", "moto", "nbconvert", "numba", "papermill", "pyarrow")
IN_A_BROWSER = f"""
import sys, threading
class Absent:
    def find_spec(self, name, *_):
        if name.partition(".")[0] in {ABSENT!r}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
sys.meta_path.insert(0, Absent())
def refuse(thread):
    raise RuntimeError("can't start new thread")
threading.Thread.start = refuse
from awsnb import Explorer, figures, lessons, section, show, theory, trace
import awsnb.report, awsnb.site.build, awsnb.sweep
from awsnb.sections import SECTIONS
from importlib import import_module
import_module("awsnb.sections.aurora.write_latency.simulate").WRITES = 5_000  # not 300,000
for part in ("load", "simulate"):
    import_module(f"awsnb.sections.cascade.{{part}}").MINUTES = 15  # not a night
answered = 0
for one in SECTIONS:
    for view in one.views if one.ready else ():
        result = view.simulate(view.scenario())
        figures.draw(result)
        answered += len(result.why) > 40
for slug in ("iam", "ebs-volume-types"):
    found = section(slug)
    lessons.get_ready(found)
    explorer = Explorer(found)
    assert explorer.answer["why"] == found.simulate(found.scenario()).why
print(answered, awsnb.sweep.sweep("ebs-volume-types", {{"size_gib": [100, 500]}}).shape)
"""


def test_every_section_runs_in_a_browser_without_compiler_kernel_and_threads() -> None:
    run = subprocess.run([sys.executable, "-c", IN_A_BROWSER], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr[-2000:]
    views = sum(len(one.views) for one in SECTIONS if one.ready)
    assert run.stdout.splitlines()[-1].startswith(f"{views} (2, ")
