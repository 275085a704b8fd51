"""Files that are read: recordings of real systems, and a reader's file until it changes."""

import csv
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from awsnb._paths import data_dir
from awsnb.scenario import ScenarioError

SECONDS = {"h": 3600.0, "min": 60.0, "s": 1.0, "ms": 0.001, "us": 0.000001, "": 1.0}
PART = re.compile(r"(\d+(?:\.\d+)?)\s*(h|min|s|ms|us|)(?=\s|$)")


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


def seconds_of(text: str) -> float | None:
    """Read a duration, s, such as ``42``, ``12.5s``, ``850 ms`` or ``1min 3.2s``; else None.

    Examples
    --------
    >>> seconds_of("1min 3.5s"), seconds_of("850 ms"), seconds_of("soon")
    (63.5, 0.85, None)
    """
    if not text or PART.sub("", text).strip():
        return None
    return sum(float(count) * SECONDS[unit] for count, unit in PART.findall(text))


@contextmanager
def reading(refusal: Callable[[str], Exception], no_text: str) -> Iterator[None]:
    """Turn what goes wrong while a reader's file is read into a refusal.

    Parameters
    ----------
    refusal : callable
        Makes the error from the problem in words.
    no_text : str
        The problem if a name can't be one, or the file's bytes are no text.
    """
    try:
        yield
    except OSError as error:
        raise refusal(f"can't be read: {(error.strerror or 'unknown error').lower()}") from None
    except ScenarioError:
        raise
    except ValueError:
        raise refusal(no_text) from None
