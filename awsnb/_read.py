"""Files that are read: recordings of real systems, and a reader's file until it changes."""

import csv
from pathlib import Path

from awsnb._paths import data_dir


def recorded(name: str) -> list[dict[str, str]]:
    """Return the rows of a recording, `data/recorded/NAME.csv`."""
    path = data_dir() / "recorded" / f"{name}.csv"
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def state(file: Path) -> tuple[Path, int, int]:
    """Return what a cached reader is called with, so that it reads again only what has changed.

    Returns
    -------
    place : Path
        The file, resolved.
    modified_ns, size : int
        When it was written, and its bytes.

    Raises
    ------
    OSError
        If it is not there, or may not be looked at.
    ValueError
        If the name can't be one, as with a NUL byte.
    """
    about = file.stat()
    return file.resolve(), about.st_mtime_ns, about.st_size
