"""A table that is typed into a field of text, a row a line."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from awsnb.scenario import ScenarioError, shown

Row = TypeVar("Row")


class LineError(ValueError):
    """What a line holds, and what was expected in its place."""

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"{shown(found)}; expected {expected}")


def read_lines(
    text: str, field: str, form: str, most: int, read: Callable[[str], Row], unique: str
) -> tuple[Row, ...]:
    """Read the rows, in order; empty lines are none.

    Parameters
    ----------
    text : str
        What was typed.
    field : str
        The field that it was typed into.
    form : str
        What a line holds, for the errors.
    most : int
        Rows at most; at least 1.
    read : callable
        From a line to a row; it raises `LineError`.
    unique : str
        The attribute that no two rows share.

    Returns
    -------
    tuple

    Raises
    ------
    ScenarioError
        If there are too few or too many; with the line, if one is not as it should be.
    """
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if not 1 <= len(lines) <= most:
        raise ScenarioError(
            f"{field} = {shown(text)}: must be 1 to {most} lines of {form}.", field=field
        )
    rows = []
    for number, line in lines:
        with _at(number, field):
            rows.append(read(line))
    names = [getattr(row, unique) for row in rows]
    for (number, _), name in zip(lines, names, strict=True):
        with _at(number, field):
            if names.count(name) > 1:
                raise LineError(name, f"a {unique} that no other line has")
    return tuple(rows)


@contextmanager
def _at(number: int, field: str) -> Iterator[None]:
    try:
        yield
    except LineError as problem:
        said = f"{field}, line {number}: {problem}."
        raise ScenarioError(said, field=field, line=number) from None
