"""Settings that pytest's own configuration has no words for."""

import os
import shutil
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from nbval.plugin import IPyNbFile

SANITIZE = Path(__file__).parent / "tests" / "notebooks" / "sanitize.cfg"
DRAWINGS = ("application/vnd.plotly.v1+json", "image/svg+xml")

read_notebook = IPyNbFile.__init__

ALWAYS: dict[str, Any] = {"deadline": None, "derandomize": False, "print_blob": True}
hypothesis.settings.register_profile("default", max_examples=30, **ALWAYS)
hypothesis.settings.register_profile("nightly", max_examples=400, **ALWAYS)
hypothesis.settings.load_profile("nightly" if os.environ.get("AWSNB_NIGHTLY") else "default")


def pytest_configure(config: pytest.Config) -> None:
    """Find the sanitize file from any folder; give parallel workers a numba cache each."""
    config.option.nbval_sanitize_with = str(SANITIZE)
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and getattr(config, "cache", None):
        _own_numba_cache(config.cache.mkdir(f"numba-{worker}"))


def _own_numba_cache(folder: Path) -> None:
    """Begin with what is compiled. Two workers that add to one cache overwrite each other's."""
    compiled = os.environ.get("NUMBA_CACHE_DIR")
    if compiled:
        shutil.copytree(compiled, folder, dirs_exist_ok=True)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def _compare_texts_only(notebook: Any, *args: Any, **kwargs: Any) -> None:
    read_notebook(notebook, *args, **kwargs)
    notebook.skip_compare += DRAWINGS


IPyNbFile.__init__ = _compare_texts_only
