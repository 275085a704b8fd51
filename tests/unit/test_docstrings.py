"""Every exported function says what goes in, what comes out, and what it refuses.

`PACKAGES` may grow: what a module exports is what its ``__all__`` names.
"""

import inspect
import pkgutil
import re
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest

from awsnb import mechanisms, theory

PACKAGES = [
    theory,
    *(getattr(mechanisms, name) for name in mechanisms.__all__),
]


def exported(module: ModuleType) -> Iterator[tuple[str, Callable[..., Any]]]:
    """Functions that a module exports, with their names in full."""
    for name in module.__all__:
        found = getattr(module, name)
        if inspect.isfunction(found):
            yield f"{module.__name__}.{name}", found


FUNCTIONS = dict(pair for module in PACKAGES for pair in exported(module))


def sections(function: Callable[..., Any]) -> dict[str, list[str]]:
    """Lines of each section of a numpydoc docstring, by its heading."""
    found: dict[str, list[str]] = {}
    heading = ""
    lines = inspect.cleandoc(function.__doc__ or "").splitlines()
    for line, below in zip(lines, [*lines[1:], ""], strict=True):
        if re.fullmatch("-{3,}", below) and len(below) == len(line):
            heading = line
            found[heading] = []
        elif heading and not re.fullmatch("-{3,}", line):
            found[heading].append(line)
    return found


def entries(lines: list[str]) -> list[str]:
    """Names that a section of parameters explains: ``a, b : float`` explains two."""
    heads = [line.partition(" : ")[0] for line in lines if line and not line.startswith(" ")]
    return [name.strip(" *") for head in heads for name in head.split(",")]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_its_parameters_are_explained_each_once_in_order(name: str) -> None:
    function = FUNCTIONS[name]
    explained = entries(sections(function).get("Parameters", []))
    assert explained == list(inspect.signature(function).parameters)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_it_returns_is_said(name: str) -> None:
    function = FUNCTIONS[name]
    returns = inspect.signature(function).return_annotation is not None
    assert bool(sections(function).get("Returns")) == returns


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_it_refuses_is_said(name: str) -> None:
    function = FUNCTIONS[name]
    refuses = set(re.findall(r"raise (\w+)\(", inspect.getsource(function)))
    assert refuses <= set(sections(function).get("Raises", []))


def test_every_mechanism_is_exported_and_exports_what_is_there() -> None:
    found = {module.name for module in pkgutil.iter_modules(mechanisms.__path__)}
    assert {name for name in found if not name.startswith("_")} == set(mechanisms.__all__)
    for module in PACKAGES:
        assert [name for name in module.__all__ if not hasattr(module, name)] == []
        assert module.__all__, module.__name__
