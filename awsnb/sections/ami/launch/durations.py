"""Measured times of a stage: one a line, or as systemd-analyze or cloud-init write them."""

import re
from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb._read import reading, seconds_of, state
from awsnb.scenario import ScenarioError, shown
from awsnb.trace import TraceError
from awsnb.trace.file import text_file

MOST_BYTES = 10_000_000
LONGEST_S = 86_400.0
WRITTEN_BY = (
    re.compile(r"Total Time:\s*(?P<time>[\d.]+) seconds"),  # cloud-init analyze show
    re.compile(r"Startup finished in .*= (?P<time>[^=]+?)\.?\s*$"),  # systemd-analyze
    re.compile(r"(?P<time>.*)"),
)


def read_durations(path: str) -> NDArray[np.float64]:
    """Read measured times, s.

    Raises
    ------
    ScenarioError
        If the file can't be read, or a line of it is no duration.
    """
    with reading(_refusal, "is no file of text"):
        file = Path(path)
        if not file.is_file():
            raise _refusal(f"{shown(path)} is no file")
        place, modified_ns, size = state(file)
        if size > MOST_BYTES:
            raise _refusal("is larger than 10 MB")
        return _read(place, modified_ns, size)


@lru_cache(maxsize=4)
def _read(file: Path, modified_ns: int, size: int) -> NDArray[np.float64]:
    """Read a file once for each time that it was written."""
    try:
        text = text_file(file).whole()
    except TraceError as problem:
        raise _refusal(str(problem)) from None
    numbered = enumerate(text.splitlines(), 1)
    lines = [(number, line.strip()) for number, line in numbered if line.strip()]
    for pattern in WRITTEN_BY:
        found = [
            (number, match["time"]) for number, line in lines if (match := pattern.search(line))
        ]
        if found:
            return np.array([_seconds(number, text) for number, text in found])
    raise _refusal("holds no durations")


def _seconds(number: int, text: str) -> float:
    length_s = seconds_of(text)
    if length_s is None:
        raise _refusal(f"line {number}, {shown(text)}, is no duration", number)
    if length_s > LONGEST_S:
        raise _refusal(f"line {number} is longer than a day", number)
    return length_s


def _refusal(problem: str, line: int | None = None) -> ScenarioError:
    return ScenarioError(
        f"measured: {problem}. Write one duration a line, such as 42, 42.5s or 1min 3s, or what "
        "systemd-analyze or cloud-init analyze show prints.",
        field="measured",
        line=line,
    )
