"""Settings that pytest's own configuration has no words for."""

import ast
import os
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from nbval.plugin import IPyNbFile

ROOT = Path(__file__).parent
MECHANISMS = ROOT / "awsnb" / "mechanisms"
SANITIZE = ROOT / "tests" / "notebooks" / "sanitize.cfg"
KERNEL = re.compile(r"^@(allocating_)?kernel$", re.MULTILINE)
SHOWN = ("application/vnd.plotly.v1+json", "image/svg+xml", "text/html")

read_notebook = IPyNbFile.__init__

ALWAYS: dict[str, Any] = {"deadline": None, "derandomize": False, "print_blob": True}
hypothesis.settings.register_profile("default", max_examples=30, **ALWAYS)
hypothesis.settings.register_profile("nightly", max_examples=400, **ALWAYS)
hypothesis.settings.load_profile("nightly" if os.environ.get("AWSNB_NIGHTLY") else "default")


def pytest_configure(config: pytest.Config) -> None:
    """Find the sanitize file from any folder; give parallel workers a numba cache each."""
    config.option.nbval_sanitize_with = str(SANITIZE)
    os.environ["AWSNB_PROGRESS"] = "off"  # what a contributor has predicted is not under test
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker and getattr(config, "cache", None):
        _own_numba_cache(config.cache.mkdir(f"numba-{worker}"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests of kernels and of no section: they run once more with the compiler off.

    Leave out the walk-throughs: `test_at_aws` runs them all in one process.
    """
    items[:] = [item for item in items if "at-aws" not in _tags(item)]
    for item in items:
        if item.path.suffix == ".py" and _is_of_kernels(item.path):
            item.add_marker("kernels")


def _tags(item: pytest.Item) -> list[str]:
    """Return the tags of a notebook's cell."""
    cell = getattr(item, "cell", None)
    return list(cell.metadata.get("tags", [])) if cell else []


@cache
def _is_of_kernels(file: Path) -> bool:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    names = [f"{node.module}.{alias.name}" for node in imports for alias in node.names]
    with_kernels = any(name.startswith(_kernels()) for name in names)
    return with_kernels and not any(name.startswith("awsnb.sections") for name in names)


@cache
def _kernels() -> tuple[str, ...]:
    """Name the modules that hold kernels, a folder by its package."""
    files = [file for file in MECHANISMS.rglob("*.py") if KERNEL.search(file.read_text("utf-8"))]
    names = {file.relative_to(MECHANISMS).parts[0].removesuffix(".py") for file in files}
    return tuple(f"awsnb.mechanisms.{name}" for name in names)


def _own_numba_cache(folder: Path) -> None:
    """Begin with what is compiled. Two workers that add to one cache overwrite each other's."""
    compiled = os.environ.get("NUMBA_CACHE_DIR")
    if compiled:
        shutil.copytree(compiled, folder, dirs_exist_ok=True)
    os.environ["NUMBA_CACHE_DIR"] = str(folder)


def _compare_texts_only(notebook: Any, *args: Any, **kwargs: Any) -> None:
    read_notebook(notebook, *args, **kwargs)
    notebook.skip_compare += SHOWN


IPyNbFile.__init__ = _compare_texts_only
