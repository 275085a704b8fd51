"""Record how often a real Memcached hits: `python tools/record_memcached.py` (17 minutes).

It writes data/recorded/memcached_hit_ratio.csv. The same Zipf trace as Redis' goes through a server
with the segmented LRU ("modern", the default of the project) and through one without ("no_modern",
the default on ElastiCache), which moves an item that is hit at most once a minute. So the second
is asked twice: in seconds, within which nothing moves, and in a quarter of an hour.

The model replays each trace at the times that were measured, with as many keys as the server held.
"""

import csv
import datetime
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import numpy as np
from record_redis import ALPHA, KEYS, REQUESTS, SEED, Recording, connect, free_port, trace

from awsnb.mechanisms import eviction

SERVER = shutil.which("memcached")
RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "memcached_hit_ratio.csv"
COLUMNS = [
    "mode", "keys", "alpha", "requests", "seconds", "capacity_keys", "memcached_hit_ratio",
    "model_hit_ratio", "exact_lru_hit_ratio", "server", "server_version", "recorded", "seed",
]  # fmt: skip
MODES = {"segmented": "modern", "plain": "no_modern"}
VALUE, MEMORY_MB = b"x" * 15_000, 32
HOT_SHARE, WARM_SHARE, REST_S = 0.2, 0.4, 60.0
SLOWLY_PER_S = 40.0


class Memcached:
    """The least of a client: read a key, store it, read a counter."""

    def __init__(self, port: int) -> None:
        self.socket = connect(port)
        self.replies: BinaryIO = self.socket.makefile("rb")

    def read_through(self, key: int) -> bool:
        """Ask for a key, and store it if it is not there."""
        self.socket.sendall(b"get key:%07d\r\n" % key)
        if self.replies.readline() != b"END\r\n":
            self.replies.read(len(VALUE) + 2)
            self.replies.readline()
            return True
        self.socket.sendall(b"set key:%07d 0 0 %d\r\n%s\r\n" % (key, len(VALUE), VALUE))
        if self.replies.readline() != b"STORED\r\n":
            raise RuntimeError("memcached did not store an item")
        return False

    def stats(self) -> dict[str, str]:
        """All counters by name."""
        self.socket.sendall(b"stats\r\n")
        found = {}
        while (line := self.replies.readline()) != b"END\r\n":
            _, name, value = line.decode().split(None, 2)
            found[name] = value.strip()
        return found


@contextmanager
def memcached(mode: str) -> Iterator[Memcached]:
    """Run a server of its own on a free loopback port."""
    assert SERVER, "memcached is not installed"
    port = free_port()
    command = [SERVER, "-u", "nobody", "-l", "127.0.0.1", "-p", str(port), "-U", "0", "-t", "1"]
    process = subprocess.Popen([*command, "-m", str(MEMORY_MB), "-o", MODES[mode]])
    try:
        yield Memcached(port)
    finally:
        process.terminate()
        process.wait(10)


def record(mode: str, key: np.ndarray, per_s: float = np.inf) -> Recording:
    """Replay a trace, at so many requests per second at most."""
    hit, time_s = [], []
    with memcached(mode) as server:
        begin = time.monotonic()
        for i, k in enumerate(key.tolist()):
            time.sleep(max(0.0, begin + i / per_s - time.monotonic()))
            time_s.append(time.time())
            hit.append(server.read_through(k))
        stats = server.stats()
    return Recording(stats["version"], np.array(time_s), np.array(hit), int(stats["curr_items"]))


def model_hit_ratio(mode: str, key: np.ndarray, found: Recording) -> float:
    """Hit ratio of the model on the same trace, at the same times, with as many keys."""
    if mode == "segmented":
        shares = {"hot_share": HOT_SHARE, "warm_share": WARM_SHARE}
        done = eviction.segmented_lru(key, found.capacity, **shares)
    else:
        done = eviction.lru(key, found.capacity, time_s=found.time_s, rest_s=REST_S)
    return float(eviction.hit_ratio(done.outcome)[0])


def main() -> None:
    """Record both modes fast, and the plain one slowly."""
    key, _ = trace()
    rows: list[list[object]] = [[*COLUMNS]]
    for mode, per_s in (("segmented", np.inf), ("plain", np.inf), ("plain", SLOWLY_PER_S)):
        found = record(mode, key, per_s)
        ratios = (
            found.hit.mean(),
            model_hit_ratio(mode, key, found),
            eviction.hit_ratio(eviction.lru(key, found.capacity).outcome)[0],
        )
        rows.append(
            [mode, KEYS, ALPHA, REQUESTS, f"{np.ptp(found.time_s):.1f}", found.capacity]
            + [f"{ratio:.4f}" for ratio in ratios]
            + ["memcached", found.version, datetime.date.today().isoformat(), SEED]
        )
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
