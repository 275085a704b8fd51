"""Where in a text an error lies: the line and column of the element that it names."""

import json
import re
from pathlib import Path

from awsnb.aws.iam.files import read_text
from awsnb.scenario import ScenarioError

_POLICY = re.compile(r": policies\.([^:]+):")
_JSON = re.compile(r"at line (\d+), column (\d+)")
_NAMED = re.compile(r"(?:policies|users|roles|groups|visitors|watch)\.([\w:/-]*\w)")
_INLINE = re.compile(r"\.policies\[(\d+)\]")
_BETWEEN = re.compile(r"[\s,]*")
_STATEMENT = re.compile(r"Statement\[(\d+)\][^,:]*(?:, (\w+))?")


def placed(error: ScenarioError, text: str, field: str = "") -> ScenarioError:
    """The error, with its field, and its line and column in the text if they can be found."""
    if error.field:
        return error
    said = str(error)
    at = _JSON.search(said) if text else None
    if at:
        return ScenarioError(said, field=field, line=int(at[1]), column=int(at[2]))
    place = _find(said, text) if text else -1
    if place < 0:
        return ScenarioError(said, field=field)
    before = text[:place]
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    return ScenarioError(said, field=field, line=line, column=column)


def placed_in(folder: Path, account: str, error: ScenarioError) -> ScenarioError:
    """The error, with the file of the folder and the place in it if they can be found.

    A policy may stand in a file of its own name, everything else in the account's.
    """
    named = _POLICY.search(str(error))
    file = folder / f"{named[1]}.json" if named else folder / account
    if not file.is_file():
        return error
    found = placed(error, read_text(file, file.name))
    if not found.line:
        return error
    return ScenarioError(f"{error} See {file.name}, line {found.line}, column {found.column}.")


def _find(said: str, text: str) -> int:
    """Find where the element stands that an error names; -1 if nowhere."""
    place = 0
    for name in _NAMED.findall(said):
        place = max(text.find(f'"{name}":', place), place)
    inline, found = _INLINE.search(said), _STATEMENT.search(said)
    if inline:
        place = _element(text, "policies", place, int(inline[1]))
    if not found:
        return place or -1
    place = _element(text, "Statement", place, int(found[1]))
    return max(text.find(f'"{found[2]}"', place), place) if found[2] else place


def _element(text: str, key: str, start: int, index: int) -> int:
    """Find where the element of an index begins, in the next list under a key."""
    opening = re.compile(rf'"{key}"\s*:\s*(\[?)\s*').search(text, start)
    if not opening:
        return start
    place = opening.end()
    try:
        for _ in range(index if opening[1] else 0):
            place = json.JSONDecoder().raw_decode(text, place)[1]
            between = _BETWEEN.match(text, place)
            place = between.end() if between else place
    except ValueError:  # it is another list than the one meant
        return start
    return place
