"""Let Borg keep a chain of backups of one volume, and record what it stores.

    python tools/record_borg.py

Writes data/recorded/borg_chain.csv. Borg cuts the volume into pieces of 512 KiB, as EBS does, and
stores each piece once. Backups are made and deleted; after each step Borg itself says how much it
stores, and of each backup how much that one alone holds.
"""

import csv
import json
import os
import subprocess
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from random import Random

RECORDED = Path(__file__).parent.parent / "data" / "recorded" / "borg_chain.csv"
BLOCK = 512 * 1024
BLOCKS, CHANGED, BACKUPS = 96, 9, 12
DELETED = (3, 4, 8, 0, 11)


class Borg:
    """A repository of Borg's, and the volume that is backed up in it."""

    def __init__(self, folder: Path) -> None:
        self.volume = folder / "volume"
        self.repository = str(folder / "repository")
        quiet = {"BORG_BASE_DIR": str(folder), "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK": "yes"}
        self.environment = os.environ | quiet
        self._run("init", "--encryption=none", self.repository)

    def back_up(self, number: int) -> None:
        """Make a backup of the volume as it is."""
        pieces = ("--chunker-params", f"fixed,{BLOCK}", "--compression", "none")
        self._run("create", *pieces, self._name(number), str(self.volume))

    def delete(self, number: int) -> None:
        """Delete a backup."""
        self._run("delete", self._name(number))

    def stored_blocks(self) -> int:
        """Return how many pieces of the full size the repository stores."""
        told = json.loads(self._run("info", "--json", self.repository))
        return int(told["cache"]["stats"]["unique_size"]) // BLOCK

    def alone_blocks(self, number: int) -> int:
        """Return how many of them no other backup holds."""
        told = json.loads(self._run("info", "--json", self._name(number)))
        return int(told["archives"][0]["stats"]["deduplicated_size"]) // BLOCK

    def _name(self, number: int) -> str:
        return f"{self.repository}::day-{number}"

    def _run(self, *command: str) -> str:
        done = subprocess.run(
            ["borg", *command], env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout


def steps(borg: Borg, random: Random) -> Iterator[list[object]]:
    """Make the backups, then delete some; after each step say what is stored."""
    borg.volume.write_bytes(random.randbytes(BLOCKS * BLOCK))
    for number in range(BACKUPS):
        changed = range(BLOCKS) if not number else sorted(random.sample(range(BLOCKS), CHANGED))
        with borg.volume.open("r+b") as file:
            for block in changed:
                file.seek(block * BLOCK)
                file.write(random.randbytes(BLOCK))
        borg.back_up(number)
        blocks = " ".join(map(str, changed))
        yield ["take", number, blocks, borg.alone_blocks(number), borg.stored_blocks()]
    for number in DELETED:
        alone = borg.alone_blocks(number)
        borg.delete(number)
        yield ["delete", number, "", alone, borg.stored_blocks()]


def main() -> None:
    """Record one chain."""
    version = subprocess.run(["borg", "--version"], check=True, capture_output=True, text=True)
    made = [version.stdout.strip(), f"{datetime.now(UTC):%Y-%m-%d}"]
    with (
        tempfile.TemporaryDirectory() as folder,
        RECORDED.open("w", encoding="utf-8", newline="") as file,
    ):
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["what", "snapshot", "blocks", "alone_blocks", "stored_blocks", "tool", "recorded"]
        )
        rows.writerows([*step, *made] for step in steps(Borg(Path(folder)), Random(3)))


if __name__ == "__main__":
    main()
