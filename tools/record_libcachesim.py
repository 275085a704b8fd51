"""Record how often libCacheSim's LRU hits: `python tools/record_libcachesim.py`.

It writes data/recorded/libcachesim_hits.csv: on the same Zipf trace as Redis', for several sizes,
the hits of libCacheSim's exact LRU, and of the model's. They must be equal.

Needs `pip install libcachesim`.
"""

import csv
import datetime
import importlib
import importlib.metadata
import tempfile
from pathlib import Path

import numpy as np
from record_redis import ALPHA, KEYS, REQUESTS, SEED, trace

from awsnb.mechanisms import eviction

RECORDED = Path(__file__).resolve().parent.parent / "data" / "recorded" / "libcachesim_hits.csv"
COLUMNS = [
    "policy", "keys", "alpha", "requests", "capacity_keys", "libcachesim_hits", "model_hits",
    "library_version", "recorded", "seed",
]  # fmt: skip
SIZES = (10, 100, 500, 1500, 4000, 8000)
RECORD = np.dtype([("time", "<u4"), ("id", "<u8"), ("size", "<u4"), ("next", "<i8")])


def libcachesim_hits(key: np.ndarray, capacity: int) -> int:
    """Hits of libCacheSim's LRU, by its binary format: a time, an id and a size each request."""
    library = importlib.import_module("libcachesim")
    record = np.zeros(key.size, RECORD)
    record["time"], record["id"], record["size"] = np.arange(key.size), key + 1, 1
    record["next"] = -1
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trace.oracleGeneral"
        record.tofile(path)
        options = library.ReaderInitParam(ignore_obj_size=True)
        kind = library.TraceType.ORACLE_GENERAL_TRACE
        reader = library.TraceReader(str(path), kind, options)
        missed, _ = library.LRU(cache_size=capacity).process_trace(reader)
    return round((1 - missed) * key.size)


def main() -> None:
    """Record every size."""
    key, _ = trace()
    about = importlib.metadata.version("libcachesim"), datetime.date.today().isoformat(), SEED
    rows: list[list[object]] = [[*COLUMNS]]
    for size in SIZES:
        ours = int(np.sum(eviction.lru(key, size).outcome == eviction.HIT))
        theirs = libcachesim_hits(key, size)
        rows.append(["exact-lru", KEYS, ALPHA, REQUESTS, size, theirs, ours, *about])
    with RECORDED.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows)


if __name__ == "__main__":
    main()
