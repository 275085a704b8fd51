"""Requests from a CSV file, with the answers that are expected of them."""

import csv
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from awsnb.scenario import ScenarioError

REQUIRED = ("principal", "action", "resource")
EXPECTED = "expected"
ANSWERS = {"allow": True, "allowed": True, "deny": False, "denied": False}


class Asked(NamedTuple):
    """A row of a file of requests; `expected` is None where the file says nothing of it."""

    line: int
    principal: str
    action: str
    resource: str
    context: dict[str, Any]
    expected: bool | None


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
    try:
        with file.open(encoding="utf-8-sig", newline="") as text:
            reader = csv.DictReader(text)
            missing = [name for name in REQUIRED if name not in (reader.fieldnames or ())]
            if missing:
                raise ScenarioError(f"requests: {file.name}, line 1: no column {missing[0]!r}.")
            found = [_asked(file.name, reader.line_num, row) for row in reader]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ScenarioError(f"requests = {str(file)!r}: can't be read: {error}.") from None
    if not found:
        raise ScenarioError(f"requests: {file.name} has no request below its heading.")
    return found


def _asked(name: str, line: int, row: Mapping[str, Any]) -> Asked:
    if None in row or None in row.values():
        raise ScenarioError(f"requests: {name}, line {line}: not as many cells as the heading.")
    cells = {column: str(cell).strip() for column, cell in row.items()}
    for column in REQUIRED:
        if not cells[column]:
            raise ScenarioError(f"requests: {name}, line {line}: {column} is empty.")
    answer = cells.pop(EXPECTED, "").lower()
    if answer and answer not in ANSWERS:
        raise ScenarioError(
            f"requests: {name}, line {line}: expected = {answer!r}: must be allow or deny."
        )
    who, action, resource = (cells.pop(column) for column in REQUIRED)
    if ":" not in action:
        raise ScenarioError(
            f"requests: {name}, line {line}: action = {action!r}: must be service:Name."
        )
    context = {key: _values(cell) for key, cell in cells.items() if cell}
    return Asked(line, who, action, resource, context, ANSWERS.get(answer))


def _values(cell: str) -> Any:
    if cell.startswith("["):
        try:
            return json.loads(cell)
        except json.JSONDecodeError:
            return cell
    return cell
