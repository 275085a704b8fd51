"""Files of an account: what can't be read is refused before it is, in one sentence."""

from pathlib import Path
from typing import Any

from awsnb.mechanisms.authorization import JsonError, read_json
from awsnb.scenario import ScenarioError

MOST_BYTES = 200_000_000
"""More than the largest export that AWS's quotas leave room for."""

_MARKS = {b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


def read_text(file: Path, where: str) -> str:
    """Read a text file: UTF-8, or UTF-16 with a byte order mark, as PowerShell writes it.

    Raises
    ------
    ScenarioError
        If it is no regular file, too large, or no text.
    """
    try:
        if file.exists() and not file.is_file():
            raise ScenarioError(f"{where}: can't be read: it is not a regular file.")
        size = file.stat().st_size
        if size > MOST_BYTES:
            raise ScenarioError(f"{where}: {size:,} bytes; {MOST_BYTES:,} can be read at most.")
        found = file.read_bytes()
        return found.decode(_MARKS.get(found[:2], "utf-8-sig"))
    except OSError as error:
        raise ScenarioError(f"{where}: can't be read: {error.strerror}.") from None
    except ValueError as error:  # no text of this encoding, or no name of a file
        raise ScenarioError(f"{where}: can't be read: {error}.") from None


def json_in(file: Path) -> Any:
    """Read a JSON file of an account's folder; an error names file, line and column."""
    text = read_text(file, f"policies: {file.name}")
    try:
        return read_json(text)
    except JsonError as error:
        raise ScenarioError(f"policies: {file.name}: {error}") from None
