"""JSON as policies are written in it: read strictly, and every refusal with its place.

A key that stands twice in an object is refused, since readers differ on which of the two counts:
of ``"Effect": "Deny", "Effect": "Allow"`` most keep the last, and a deny is lost.
"""

import json
import math
import re
from typing import Any, NoReturn

MOST_NESTED = 100
"""Brackets within brackets; no policy and no export of AWS's comes near it."""

MOST_DIGITS = 400
"""Of one number; what is longer is no number that a condition compares."""

_TOKEN = re.compile(
    r'(?P<text>"(?:[^"\\]++|\\.)*+")(?P<colon>\s*:)?|(?P<bracket>[{}\[\]])'
    r"|(?P<number>-?[0-9][0-9.eE+-]*)|(?P<constant>NaN|-?Infinity)"
)
_HALF = re.compile("[\ud800-\udfff]")


class JsonError(ValueError):
    """A text that is not JSON to be read here: what is wrong, and in which line and column."""


def read_json(text: str) -> Any:
    """Read a JSON text.

    Parameters
    ----------
    text : str
        A byte order mark before it is passed over.

    Returns
    -------
    dict, list, str, int, float, bool or None
        What the text stands for.

    Raises
    ------
    JsonError
        If it is not JSON, has a key twice in one object, a number that is none or too long, half
        a character, or more than `MOST_NESTED` brackets within each other.

    Examples
    --------
    >>> read_json('{"Effect": "Deny", "Effect": "Allow"}')
    Traceback (most recent call last):
    awsnb.mechanisms.authorization.json_text.JsonError: Effect stands there more than once, again at line 1, column 20.
    """  # noqa: E501
    text = text.removeprefix("\ufeff")
    try:
        found = json.loads(
            text,
            object_pairs_hook=_unique,
            parse_int=_whole,
            parse_float=_finite,
            parse_constant=_refuse,
        )
        _check(found)
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise JsonError(f"not JSON at {place}: {error.msg}.") from None
    except (ValueError, RecursionError):
        raise JsonError(_complaint(text)) from None
    return found


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    return found if len(found) == len(pairs) else _refuse("a key twice")


def _whole(digits: str) -> int:
    return int(digits) if len(digits) <= MOST_DIGITS else _refuse(digits)


def _finite(digits: str) -> float:
    return float(digits) if math.isfinite(float(digits)) else _refuse(digits)


def _refuse(what: str) -> NoReturn:
    """Give up; `_complaint` finds what for, and where."""
    raise ValueError(what)


def _check(found: Any) -> None:
    level = [found]
    for _ in range(MOST_NESTED + 1):
        if any(isinstance(each, str) and _HALF.search(each) for each in level):
            raise ValueError("half a character")
        level = [inner for each in level for inner in _inside(each)]
        if not level:
            return
    raise ValueError("nested too deep")


def _inside(found: Any) -> list[Any]:
    if isinstance(found, dict):
        return [*found, *found.values()]
    return found if isinstance(found, list) else []


def _complaint(text: str) -> str:
    """Say what is wrong with a text that the parser gave up, and where it stands."""
    opened: list[set[str]] = []
    for token in _TOKEN.finditer(text):
        problem = _problem(token, opened)
        if problem:
            before = text[: token.start()]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            return f"{problem} at line {line}, column {column}."
    return "not JSON that can be read."


def _problem(token: re.Match[str], opened: list[set[str]]) -> str:
    """What is wrong with a token, and nothing if it is well; `opened` holds the keys so far."""
    if token["bracket"]:
        return _nest(token["bracket"], opened)
    if token["constant"]:
        return f"{token['constant']} is not a number in JSON,"
    if token["number"]:
        return _number_problem(token["number"])
    written = json.loads(token["text"], strict=False)
    if _HALF.search(written):
        return "a \\u escape is but half of a character,"
    if token["colon"] and written in opened[-1]:
        return f"{written} stands there more than once, again"
    if token["colon"]:
        opened[-1].add(written)
    return ""


def _nest(bracket: str, opened: list[set[str]]) -> str:
    if bracket in "}]":
        opened.pop()
        return ""
    opened.append(set())
    return f"more than {MOST_NESTED} brackets within each other," * (len(opened) > MOST_NESTED)


def _number_problem(digits: str) -> str:
    if len(digits) > MOST_DIGITS:
        return f"a number of {len(digits):,} digits,"
    return "" if math.isfinite(float(digits)) else f"{digits} is too large a number,"
