"""The files: built-in ones, or a listing that `find` wrote."""

from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb._read import reading, state
from awsnb.scenario import ScenarioError, shown
from awsnb.sections.efs.classes.scenario import ClassesScenario

DAY_S = 86_400.0
MOST_BYTES = 500_000_000  # of a listing: some five million files
COMMAND = "find . -type f -printf '%s %A@ %p\\n'"
LARGEST_BYTES = 2.0**46  # of a file: 64 TiB, above EFS's 47.9
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Files:
    """Files, each with its size and the days since its last access, shape (n,)."""

    size_bytes: Floats
    idle_days: Floats
    note: str


def files_of(scenario: ClassesScenario) -> Files:
    """Read or make the files of a scenario.

    Raises
    ------
    ScenarioError
        If the listing can't be read or is none.
    """
    return read_listing(scenario.listing) if scenario.listing else built_in(scenario.files)


@cache
def built_in(name: str) -> Files:
    """Make the built-in files of a name: the same at every call."""
    count, median_bytes, spread, median_idle_days = {
        "home directories": (20_000, 400e3, 2.2, 120.0),
        "media library": (2_000, 300e6, 1.0, 200.0),
        "many small files": (100_000, 2e3, 0.8, 120.0),
    }[name]
    rng = np.random.default_rng(8)
    sizes = median_bytes * np.exp(spread * rng.standard_normal(count))
    idle = median_idle_days * np.exp(1.8 * rng.standard_normal(count))
    return Files(np.rint(sizes), idle, f"Files: {count:,}, made up for {name!r}.")


def read_listing(path: str) -> Files:
    """Read sizes and last accesses from a listing; ages count from its newest access.

    Raises
    ------
    ScenarioError
        Naming the line that is not as `find` writes it.
    """
    with reading(_refusal, "is no path of a file"):
        file = Path(path)
        if not file.is_file():
            raise _refusal(f"{shown(path)} is no file")
        place, modified_ns, size = state(file)
        if size > MOST_BYTES:
            raise _refusal("is larger than 500 MB: list a part of the files")
        return _read(place, modified_ns, size)


@lru_cache(maxsize=2)
def _read(file: Path, modified_ns: int, size: int) -> Files:
    """Read a file once for each time that it was written."""
    lines = file.read_text(encoding="utf-8", errors="surrogateescape").split("\n")
    rows = [_row(number, line) for number, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise _refusal("holds no files")
    sizes, accessed_s = np.array(rows, dtype=np.float64).T
    idle_days = (accessed_s.max() - accessed_s) / DAY_S
    return Files(sizes, idle_days, _note(idle_days))


def _note(idle_days: Floats) -> str:
    alike = idle_days.size > 1 and not idle_days.any()
    same = " All have the same: are access times kept there?" if alike else ""
    return (
        f"Files: {idle_days.size:,} of the listing. Ages count from the newest access in it.{same} "
        "Where noatime or relatime is set, access times are old or coarse; EFS has its own timer."
    )


def _row(number: int, line: str) -> tuple[float, float]:
    try:
        size, accessed, _ = line.split(" ", 2)
        row = int(size), float(accessed)
    except ValueError:
        raise _refusal(f"line {number} is not as find writes it", number) from None
    if not (0 <= row[0] <= LARGEST_BYTES and 0 <= row[1] < 1e11):
        raise _refusal(f"line {number} has a size or time that can't be", number)
    return row


def _refusal(problem: str, line: int | None = None) -> ScenarioError:
    return ScenarioError(f"listing: {problem}. Write it with {COMMAND} > files.txt.",
                         field="listing", line=line)  # fmt: skip
