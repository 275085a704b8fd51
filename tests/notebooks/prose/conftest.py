"""What a section's notebook says, for the tests of its numbers."""

import re

import build_notebooks
import nbformat
import pytest


@pytest.fixture(scope="module")
def prose(request: pytest.FixtureRequest) -> str:
    """Return prose and code of the notebook that the test file is named after, as one line."""
    slug = request.path.stem.removeprefix("test_").replace("_", "-")
    (path,) = build_notebooks.NOTEBOOKS.glob(f"[0-9][0-9]-{slug}.ipynb")
    text = "\n".join(cell.source for cell in nbformat.read(path, as_version=4).cells)
    return re.sub(r"\s+", " ", text)
