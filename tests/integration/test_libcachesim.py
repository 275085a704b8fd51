"""The exact LRU against libCacheSim's: here where it is installed, else as recorded."""

import csv
from datetime import date

import numpy as np
import pytest
from record_libcachesim import COLUMNS, RECORDED, SIZES, libcachesim_hits
from record_redis import trace

from awsnb.mechanisms.eviction import HIT, lru


def hits(size):
    return int(np.sum(lru(trace()[0], size).outcome == HIT))


@pytest.mark.parametrize("size", SIZES)
def test_an_exact_lru_hits_as_often_as_libcachesims(size):
    pytest.importorskip("libcachesim")
    assert hits(size) == libcachesim_hits(trace()[0], size)


def test_the_recorded_hits_are_equal_and_say_where_they_are_from():
    with RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert [int(row["capacity_keys"]) for row in rows] == list(SIZES)
    for row in rows:
        date.fromisoformat(row["recorded"])
        assert int(row["libcachesim_hits"]) == int(row["model_hits"])
        assert int(row["model_hits"]) == hits(int(row["capacity_keys"]))
