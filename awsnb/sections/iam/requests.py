"""Requests from a CSV file, with the answers that are expected of them."""

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from awsnb.aws.iam.files import read_text
from awsnb.mechanisms.authorization import JsonError, read_json
from awsnb.mechanisms.authorization.principal import shown
from awsnb.scenario import ScenarioError, closest

REQUIRED = ("principal", "action", "resource")
EXPECTED = "expected"
ANSWERS = {"allow": True, "allowed": True, "deny": False, "denied": False}


class Question(NamedTuple):
    """A request; its `context` is the scenario's if it has none of its own.

    `stated` are the keys that the request states, also by their absence, in small letters.
    """

    principal: str
    action: str
    resource: str
    context: dict[str, Any] | None = None
    stated: frozenset[str] = frozenset()


class Asked(NamedTuple):
    """A row of a file of requests; `expected` is None where the file says nothing of it."""

    line: int
    principal: str
    action: str
    resource: str
    context: dict[str, Any]
    expected: bool | None
    stated: frozenset[str] = frozenset()

    @property
    def question(self) -> Question:
        """What is asked."""
        return Question(self.principal, self.action, self.resource, self.context, self.stated)


def read_requests(file: Path) -> list[Asked]:
    """Read requests from a CSV file.

    Parameters
    ----------
    file : Path
        With the columns ``principal``, ``action`` and ``resource``; if it has ``expected``, that
        is ``allow`` or ``deny``. Any other column is a context key, absent where it is empty; a
        value that is a JSON list has several values.

    Raises
    ------
    ScenarioError
        If it can't be read; it names file, line and column.
    """
    text = read_text(file, f"requests = {shown(str(file))}")
    try:
        reader = csv.reader(io.StringIO(text, newline=""), strict=True)
        columns = [column.strip() for column in next(reader, [])]
        with _in_line(file.name, 1):
            _check_columns(columns)
        found = [_row(file.name, reader.line_num, columns, cells) for cells in reader if cells]
    except csv.Error as error:
        line = reader.line_num
        raise ScenarioError(f"requests: {file.name}, line {line}: no CSV: {error}.") from None
    if not found:
        raise ScenarioError(f"requests: {file.name} has no request below its heading.")
    return found


@contextmanager
def _in_line(name: str, line: int) -> Iterator[None]:
    try:
        yield
    except ScenarioError as error:
        raise ScenarioError(f"requests: {name}, line {line}: {error}") from None


def _check_columns(columns: list[str]) -> None:
    if len(columns) == 1 and ";" in columns[0]:
        raise ScenarioError("its columns stand apart by semicolons: export it with commas.")
    for name in REQUIRED:
        if name not in columns:
            raise ScenarioError(f"no column {name!r}." + closest(name, columns))
    small = [column.lower() for column in columns]
    for place, column in enumerate(small, start=1):
        if small.index(column) < place - 1:
            raise ScenarioError(f"column {place}: {columns[place - 1]!r} stands there twice.")
        if ":" not in column and column not in (*REQUIRED, EXPECTED):
            raise ScenarioError(
                f"column {place}: {columns[place - 1]!r} is no condition key, as aws:SourceIp, nor "
                f"{', '.join((*REQUIRED, EXPECTED))}." + closest(column, (*REQUIRED, EXPECTED))
            )


def _row(name: str, line: int, columns: list[str], cells: list[str]) -> Asked:
    with _in_line(name, line):
        if len(cells) != len(columns):
            raise ScenarioError(
                f"not as many cells as the heading: {len(cells)}, not {len(columns)}."
            )
        return _asked(line, dict(zip(columns, map(str.strip, cells), strict=True)))


def _asked(line: int, cells: dict[str, str]) -> Asked:
    for column in REQUIRED:
        if not cells[column]:
            raise ScenarioError(f"{column} is empty.")
    answer = cells.pop(EXPECTED, "").lower()
    if answer and answer not in ANSWERS:
        raise ScenarioError(f"expected = {shown(answer)}: must be allow or deny.")
    who, action, resource = (cells.pop(column) for column in REQUIRED)
    if ":" not in action:
        raise ScenarioError(f"action = {shown(action)}: must be service:Name.")
    context = {key: _values(key, cell) for key, cell in cells.items() if cell}
    stated = frozenset(key.lower() for key in cells)
    return Asked(line, who, action, resource, context, ANSWERS.get(answer), stated)


def _values(column: str, cell: str) -> Any:
    """The value of a cell, or those of the JSON list in it."""
    if not cell.startswith("["):
        return cell
    try:
        found = read_json(cell)
    except JsonError as error:
        raise ScenarioError(f"{column}: its list is {error}") from None
    if not all(isinstance(each, str | int | float | bool) for each in found):
        raise ScenarioError(f"{column}: its list must hold texts, numbers, true or false.")
    return found
