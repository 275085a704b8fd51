"""Settings that pytest's own configuration has no words for."""

import os
from pathlib import Path
from typing import Any

import pytest
from nbval.plugin import IPyNbFile

SANITIZE = Path(__file__).parent / "tests" / "notebooks" / "sanitize.cfg"
DRAWINGS = ("application/vnd.plotly.v1+json", "image/svg+xml")

read_notebook = IPyNbFile.__init__


def pytest_configure(config: pytest.Config) -> None:
    """Find the sanitize file from any folder; give parallel workers a numba cache each."""
    config.option.nbval_sanitize_with = str(SANITIZE)
    os.environ["AWSNB_PROGRESS"] = "off"  # what a contributor has predicted is not under test
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and getattr(config, "cache", None):
        os.environ["NUMBA_CACHE_DIR"] = str(config.cache.mkdir(f"numba-{worker}"))


def _compare_texts_only(notebook: Any, *args: Any, **kwargs: Any) -> None:
    read_notebook(notebook, *args, **kwargs)
    notebook.skip_compare += DRAWINGS


IPyNbFile.__init__ = _compare_texts_only
