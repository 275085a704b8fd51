"""What a reader waits for before anything is computed: the import, and the first plot."""

import time

import pytest

WALL = time.perf_counter

FIRST_PLOT = """
from awsnb import figures, section
ebs = section("ebs-volume-types")
figures.draw(ebs.simulate(ebs.scenario()))
"""
PEER_PLOT = "import numpy, pandas, plotly.graph_objects, pydantic"


def test_import_awsnb_against_import_numpy(against, python):
    assert python("import awsnb, sys; print('numpy' in sys.modules)").strip() == "False"
    against(
        "import awsnb / import numpy",
        lambda: python("import awsnb"),
        lambda: python("import numpy"),
        clock=WALL,
    )


def test_import_awsnb_against_starting_python(against, python):
    against(
        "import awsnb / Python alone",
        lambda: python("import awsnb"),
        lambda: python(""),
        clock=WALL,
    )


@pytest.fixture
def warm(tmp_path, python):
    folder = str(tmp_path / "warm")
    python(FIRST_PLOT, NUMBA_CACHE_DIR=folder)
    compiled = "import awsnb._jit as j\nprint(j.cache_misses())"
    assert python(FIRST_PLOT + compiled, NUMBA_CACHE_DIR=folder).strip() == "0"
    return folder


def test_first_plot_warm_against_cold(against, python, tmp_path, warm):
    colds = (str(tmp_path / f"cold-{i}") for i in range(100))
    against(
        "first plot, warm numba cache / cold",
        lambda: python(FIRST_PLOT, NUMBA_CACHE_DIR=warm),
        lambda: python(FIRST_PLOT, NUMBA_CACHE_DIR=next(colds)),
        rounds=5,
        clock=WALL,
    )


def test_first_plot_warm_against_importing_its_libraries(against, python, warm):
    against(
        "first plot, warm / importing NumPy, pandas, plotly and pydantic",
        lambda: python(FIRST_PLOT, NUMBA_CACHE_DIR=warm),
        lambda: python(PEER_PLOT),
        rounds=5,
        clock=WALL,
    )


def test_first_plot_warm_against_without_the_compiler(against, python, warm):
    against(
        "first plot, warm / kernels as plain Python",
        lambda: python(FIRST_PLOT, NUMBA_CACHE_DIR=warm),
        lambda: python(FIRST_PLOT, AWSNB_DISABLE_JIT="1"),
        rounds=5,
        clock=WALL,
    )
