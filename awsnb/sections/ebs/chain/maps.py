"""The chain's block map: expected from a rate of change, or read from AWS's own block lists."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb._read import reading
from awsnb.aws.ebs.snapshots import BLOCK_GIB
from awsnb.mechanisms import block_maps
from awsnb.scenario import ScenarioError, shown
from awsnb.sections.ebs.chain.scenario import MOST_DAYS, ChainScenario
from awsnb.trace import TraceError
from awsnb.trace.documents import document_of
from awsnb.trace.file import text_file

HOT_SHARE, HOT_CHANGES = 0.1, 0.9
MOST_BYTES = 300_000_000  # of a list: some two million blocks
MOST_BLOCK = 2**27  # 64 TiB of 512 KiB
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def versions_of(scenario: ChainScenario) -> Floats:
    """Return the versions of the scenario's chain in GiB, shape (n, n + 1).

    Raises
    ------
    ScenarioError
        If the block lists can't be read.
    """
    if scenario.blocks:
        return _read_folder(scenario.blocks) * BLOCK_GIB
    snapshots = 1 + (scenario.days - 1) // scenario.every_days
    total = np.zeros((snapshots, snapshots + 1))
    for size_gib, daily_share in _parts(scenario):
        changed = 1 - (1 - daily_share) ** scenario.every_days
        total += block_maps.even_changes(snapshots, size_gib, changed)
    return total


def _parts(scenario: ChainScenario) -> list[tuple[float, float]]:
    """Return the parts of the volume that change alike: GiB, and the share that a day changes."""
    share, gib = scenario.change_pct / 100, float(scenario.size_gib)
    if scenario.where == "anywhere":
        return [(gib, share)]
    hot = min(share * HOT_CHANGES / HOT_SHARE, 1.0)
    cold = (share - hot * HOT_SHARE) / (1 - HOT_SHARE)
    return [(gib * HOT_SHARE, hot), (gib * (1 - HOT_SHARE), cold)]


def _read_folder(path: str) -> Floats:
    with reading(_refusal, "is no path of a folder"):
        files = sorted(Path(path).glob("*.json"), key=_in_order)
        if not files:
            raise _refusal(f"{shown(path)} is no folder with JSON files")
        if len(files) > MOST_DAYS:
            raise _refusal(f"holds {len(files):,} files; at most {MOST_DAYS} are read")
        about = [(file, file.stat().st_mtime_ns, file.stat().st_size) for file in files]
        return _read(tuple(about))


def _in_order(file: Path) -> list[tuple[str, int]]:
    """Sort numbers in names as numbers: snap-2 before snap-10."""
    return [(text, int(number or 0)) for text, number in re.findall(r"(\D*)(\d*)", file.name)]


@lru_cache(maxsize=2)
def _read(files: tuple[tuple[Path, int, int], ...]) -> Floats:
    """Read a folder once for each time that it was written."""
    listed = [
        _listed(file, size, "ChangedBlocks" if i else "Blocks")
        for i, (file, _, size) in enumerate(files)
    ]
    return block_maps.observed_changes(*zip(*listed, strict=True))


def _listed(file: Path, size: int, key: str) -> tuple[Ints, Ints]:
    """Read the blocks that a snapshot stores, and those that it no longer has."""
    if size > MOST_BYTES:
        raise _refusal(f"{file.name} is larger than 300 MB")
    rows = _rows(file, key)
    try:
        gone = np.array([_is_gone(row) for row in rows], dtype=np.bool_)
        blocks = np.array([row["BlockIndex"] for row in rows], dtype=np.int64)
    except (ValueError, KeyError, TypeError, OverflowError):
        raise _refusal(f"{file.name} is no list of blocks as AWS writes it") from None
    if blocks.size and not 0 <= blocks.min() <= blocks.max() < MOST_BLOCK:
        raise _refusal(f"{file.name} has a BlockIndex that can't be")
    return np.unique(blocks[~gone]), np.unique(blocks[gone])


def _rows(file: Path, key: str) -> list[Any]:
    """Read the list of a file: the first holds all blocks, the others hold changes."""
    try:
        listed = document_of(text_file(file))
    except TraceError as problem:
        raise _refusal(f"{file.name}: {problem}") from None
    if not isinstance(listed, dict) or not isinstance(listed.get(key), list):
        raise _refusal(f"{file.name} has no list of {key}, and files are read in order of name")
    if listed.get("NextToken"):
        raise _refusal(f"{file.name} is incomplete (NextToken): leave --max-items")
    return list(listed[key])


def _is_gone(row: dict[str, Any]) -> bool:
    """Whether only the earlier of the two snapshots has the block (API: ChangedBlock)."""
    return "FirstBlockToken" in row and "SecondBlockToken" not in row


def _refusal(problem: str) -> ScenarioError:
    return ScenarioError(
        f"blocks: {problem}. Write one file a snapshot with aws ebs list-snapshot-blocks (the "
        "first) and list-changed-blocks (the others).",
        field="blocks",
    )
