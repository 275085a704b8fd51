"""`import awsnb` costs next to nothing: each heavy library comes with the name that needs it."""

import json
import subprocess
import sys

HEAVY = {"IPython", "anywidget", "ipywidgets", "nbformat", "numba", "pandas", "plotly", "pydantic"}


def modules_after(statement: str) -> set[str]:
    code = f"{statement}\nimport json, sys\nprint(json.dumps(sorted(sys.modules)))"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return set(json.loads(run.stdout))


def test_import_awsnb_imports_nothing_heavy() -> None:
    assert HEAVY & modules_after("import awsnb") == set()
    assert {*HEAVY, "numpy"} & modules_after(
        "from awsnb import mechanisms; dir(mechanisms)"
    ) == set()


def test_dir_of_awsnb_imports_nothing_heavy_and_lists_names_that_exist() -> None:
    assert HEAVY & modules_after("import awsnb; dir(awsnb)") == set()
    import awsnb

    assert [name for name in dir(awsnb) if not hasattr(awsnb, name)] == []
