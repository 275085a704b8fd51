"""Let real processes write to one file, and record what is lost: data/recorded/two_writers.csv.

    python tools/record_writers.py

`in_order` makes processes take their steps in a given order, one system call a step. `at_will`
lets them run as they like.
"""

import csv
import fcntl
import multiprocessing
import os
import platform
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import combinations
from multiprocessing.connection import Connection
from pathlib import Path

RECORDED = Path(__file__).parent.parent / "data" / "recorded" / "two_writers.csv"
SIZE = 8  # bytes of a block
FORK = multiprocessing.get_context("fork")


def orders_of_two(steps: int) -> Iterator[list[int]]:
    """List every order of two writers with so many steps each."""
    for first in combinations(range(2 * steps), steps):
        yield [0 if at in first else 1 for at in range(2 * steps)]


def in_order(orders: Sequence[Sequence[int]], updates: int, blocks: int) -> list[list[int]]:
    """Return the blocks as two processes leave them after each order."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "volume"
        pipes = [_start(path, writer, updates, blocks) for writer in (0, 1)]
        left = []
        for order in orders:
            path.write_bytes(bytes(SIZE * blocks))
            for writer in order:
                pipes[writer].send("step")
                pipes[writer].recv()
            data = path.read_bytes()
            left.append([_number(data[SIZE * b : SIZE * (b + 1)]) for b in range(blocks)])
        for pipe in pipes:
            pipe.send("stop")
    return left


def at_will(updates: int, *, locked: bool) -> int:
    """Return how far two processes come that each add 1 to a block so many times."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "volume"
        path.write_bytes(bytes(SIZE))
        both = [FORK.Process(target=_add, args=(path, updates, locked)) for _ in (0, 1)]
        for process in both:
            process.start()
        for process in both:
            process.join()
        return _number(path.read_bytes())


def _start(path: Path, writer: int, updates: int, blocks: int) -> Connection:
    path.touch()
    ours, theirs = FORK.Pipe()
    FORK.Process(target=_obey, args=(path, theirs, writer, updates, blocks), daemon=True).start()
    return ours


def _obey(path: Path, pipe: Connection, writer: int, updates: int, blocks: int) -> None:
    """Take one step for each message: read the blocks, then write them, update after update."""
    file, step, pages = os.open(path, os.O_RDWR), 0, [0] * blocks
    while pipe.recv() == "step":
        update, within = divmod(step, 2 * blocks)
        block = within % blocks
        if within < blocks:
            pages[block] = _number(os.pread(file, SIZE, SIZE * block))
        else:
            bit = 1 << (writer * updates + update)
            os.pwrite(file, _bytes(pages[block] | bit), SIZE * block)
        step = (step + 1) % (2 * blocks * updates)
        pipe.send("done")


def _add(path: Path, updates: int, locked: bool) -> None:
    file = os.open(path, os.O_RDWR)
    for _ in range(updates):
        if locked:
            fcntl.lockf(file, fcntl.LOCK_EX)
        os.pwrite(file, _bytes(_number(os.pread(file, SIZE, 0)) + 1), 0)
        if locked:
            fcntl.lockf(file, fcntl.LOCK_UN)


def _number(data: bytes) -> int:
    return int.from_bytes(data, "little")


def _bytes(number: int) -> bytes:
    return number.to_bytes(SIZE, "little")


def main() -> None:
    """Record every order of a few cases, and two runs at will."""
    today, system = f"{datetime.now(UTC):%Y-%m-%d}", platform.system()
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(
            ["case", "blocks", "updates", "orders", "losing_orders", "lost", "system", "recorded"]
        )
        for case, updates, blocks in (("counter", 3, 1), ("directory", 2, 2)):
            orders = list(orders_of_two(2 * blocks * updates))
            lost = [_lost(left, updates) for left in in_order(orders, updates, blocks)]
            losing = sum(number > 0 for number in lost)
            rows.writerow([case, blocks, updates, len(orders), losing, sum(lost), system, today])
        for case, locked in (("at will", False), ("at will, locked", True)):
            lost_at_will = 2 * 100_000 - at_will(100_000, locked=locked)
            rows.writerow([case, 1, 100_000, 1, int(lost_at_will > 0), lost_at_will, system, today])


def _lost(left: list[int], updates: int) -> int:
    held = left[0]
    for block in left:
        held &= block
    return 2 * updates - held.bit_count()


if __name__ == "__main__":
    main()
