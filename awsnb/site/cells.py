"""Cells of a notebook, run in this process: what each shows, and what its last line is."""

import ast
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from awsnb.site.notebook import Cell, Notebook


class CellError(RuntimeError):
    """A cell that failed. `ran` is what the cells before it, and it, have shown."""

    def __init__(self, message: str, ran: "list[Ran]") -> None:
        super().__init__(message)
        self.ran = ran


@dataclass(frozen=True)
class Ran:
    """A cell that was run.

    Parameters
    ----------
    cell : Cell
        The cell.
    value : object
        What its last line is; None if that shows nothing.
    printed : str
        What it has printed.
    shown : tuple of mapping
        What it displayed, by MIME type, in order.
    """

    cell: Cell
    value: Any
    printed: str
    shown: tuple[Mapping[str, Any], ...]


def run(
    cells: Sequence[Cell], parameters: Mapping[str, Any] | None = None, kind: str = "page"
) -> list[Ran]:
    """Run cells of code, as in a notebook that has no others.

    Parameters
    ----------
    cells : sequence of Cell
        Cells of code, in order.
    parameters : mapping, optional
        Variables that take the place of those of the cell tagged ``parameters``.
    kind : {"page", "site"}, optional
        What is made of them; a site is the same on every machine.

    Returns
    -------
    list of Ran
        One a cell.

    Raises
    ------
    CellError
        If a cell fails; the cells after it are not run.
    """
    ran: list[Ran] = []
    with static(kind), _shell() as shell:
        shell.user_ns.update(parameters or {})
        for cell in cells:
            ran.append(_run(shell, cell, ran))
            if cell.is_parameters:
                shell.user_ns.update(parameters or {})
    return ran


def needed(code: Sequence[Cell], wanted: Sequence[Cell]) -> list[Cell]:
    """Choose, of a notebook's cells of code, those wanted and those that give them names."""
    chosen: list[Cell] = []
    names: set[str] = set()
    for cell in reversed(code):
        given, taken = _names(cell.source)
        if cell.is_parameters or given & names or cell in wanted:
            chosen.append(cell)
            names |= taken
    return chosen[::-1]


def _names(source: str) -> tuple[set[str], set[str]]:
    """Return the names that a source gives, and all that it names."""
    try:
        tree = ast.parse(source)
    except SyntaxError:  # a magic: IPython knows
        return set(), set()
    given: set[str] = set()
    taken: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Name):
            (taken if isinstance(node.ctx, ast.Load) else given).add(node.id)
        elif isinstance(node, ast.alias):
            given.add((node.asname or node.name).partition(".")[0])
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            given.add(node.name)
    return given, taken


def _run(shell: Any, cell: Cell, before: list[Ran]) -> Ran:
    from IPython.utils.capture import capture_output

    with capture_output() as captured:
        answer = shell.run_cell(cell.source, store_history=False)
    error = answer.error_before_exec or answer.error_in_exec
    shown = tuple(output.data for output in captured.outputs)
    ran = Ran(cell, None if error else answer.result, "" if error else captured.stdout, shown)
    if error:
        why = f"{type(error).__name__}: {error}".rstrip(".")
        raise CellError(f"Cell [{len(before) + 1}] failed: {why}.", [*before, ran]) from error
    return ran


def _say_nothing(*_: Any, **__: Any) -> None:
    """Stand in for what prints to a terminal."""


@contextmanager
def _shell() -> Iterator[Any]:
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=settings)
    for name in ("showtraceback", "showsyntaxerror"):  # the error is returned
        setattr(shell, name, _say_nothing)
    for name in ("write_output_prompt", "write_format_data", "finish_displayhook"):
        setattr(shell.displayhook, name, _say_nothing)
    try:
        yield shell
    finally:
        InteractiveShell.clear_instance()


@contextmanager
def static(kind: str) -> Iterator[None]:
    """Let notebooks know what is made of them: a ``report`` by a kernel, a ``page``, a ``site``."""
    before = os.environ.get("AWSNB_STATIC")
    os.environ["AWSNB_STATIC"] = kind
    try:
        yield
    finally:
        if before is None:
            del os.environ["AWSNB_STATIC"]
        else:
            os.environ["AWSNB_STATIC"] = before


def written(notebook: Notebook, ran: Sequence[Ran]) -> str:
    """Write a notebook with what its cells have shown, as text."""
    said = {notebook.cells.index(one.cell): _texts(one) for one in ran}
    return notebook.with_outputs(said)


def _texts(ran: Ran) -> list[str]:
    shown = [data.get("text/plain", "") for data in ran.shown]
    texts = [ran.printed, *shown, "" if ran.value is None else repr(ran.value)]
    return [text for text in texts if text.strip()]
