"""The model against a real memcached on loopback: hit ratios with the segmented LRU and without."""

import csv
from datetime import date

import numpy as np
import pytest
from record_memcached import (
    COLUMNS,
    HOT_SHARE,
    RECORDED,
    REST_S,
    SERVER,
    WARM_SHARE,
    model_hit_ratio,
    record,
)
from record_redis import trace

from awsnb import facts
from awsnb.mechanisms.eviction import hit_ratio, lru, segmented_lru

needs_memcached = pytest.mark.skipif(SERVER is None, reason="memcached is not installed")


@needs_memcached
@pytest.mark.parametrize("mode", ["segmented", "plain"])
def test_the_hit_ratio_is_within_half_a_point_of_memcached(mode):
    key, _ = trace()
    found = record(mode, key)
    assert 1000 < found.capacity < 4000
    assert model_hit_ratio(mode, key, found) == pytest.approx(found.hit.mean(), abs=0.005)


def test_the_settings_are_the_facts():
    known = facts.load("elasticache")
    assert known.value("memcached", "lru_rest") == REST_S
    assert known.value("memcached", "lru_hot_share") == 100 * HOT_SHARE
    assert known.value("memcached", "lru_warm_share") == 100 * WARM_SHARE


def test_the_recorded_comparison_holds_and_says_where_it_is_from():
    with RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert [row["mode"] for row in rows] == ["segmented", "plain", "plain"]
    key, _ = trace()
    for row in rows:
        date.fromisoformat(row["recorded"])
        own, model, exact = (
            float(row[f"{name}_hit_ratio"]) for name in ("memcached", "model", "exact_lru")
        )
        assert model == pytest.approx(own, abs=0.005)
        assert abs(exact - own) > 0.005  # an exact LRU would not do for either
        capacity = int(row["capacity_keys"])
        assert exact == pytest.approx(hit_ratio(lru(key, capacity).outcome)[0], abs=1e-4)
    segmented = segmented_lru(
        key, int(rows[0]["capacity_keys"]), hot_share=HOT_SHARE, warm_share=WARM_SHARE
    )
    fast = lru(key, int(rows[1]["capacity_keys"]), time_s=np.zeros(key.size), rest_s=REST_S)
    for row, done in zip(rows, (segmented, fast), strict=False):
        assert float(row["model_hit_ratio"]) == pytest.approx(hit_ratio(done.outcome)[0], abs=1e-4)
