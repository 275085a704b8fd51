"""The model against a real redis-server on loopback: hit ratios, stale keys, hash slots."""

import csv
from datetime import date

import numpy as np
import pytest
from record_redis import (
    COLUMNS,
    CROWD,
    CYCLE,
    DRAIN,
    DRAIN_COLUMNS,
    MORTALS,
    RECORDED,
    SERVER,
    STALE,
    STALE_COLUMNS,
    free_port,
    model_drain,
    model_held,
    model_hit_ratio,
    record,
    record_stale,
    redis_server,
    trace,
)

from awsnb.aws.elasticache import ELASTICACHE
from awsnb.mechanisms.caching import hash_slot
from awsnb.mechanisms.eviction import hit_ratio, lru
from awsnb.mechanisms.keystore import POLICIES

needs_redis = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed")


@needs_redis
@pytest.mark.parametrize("policy", ["allkeys-lru", "allkeys-lfu", "volatile-ttl"])
def test_the_hit_ratio_is_within_one_point_of_redis(policy):
    """Capacity in keys is the mean number that the server held once it was full."""
    key, ttl_s = trace()
    found = record(policy, key, ttl_s)
    assert 0.8 * 1500 < found.capacity <= 1.1 * 1500
    assert model_hit_ratio(policy, key, ttl_s, found) == pytest.approx(found.hit.mean(), abs=0.01)


@needs_redis
def test_stale_keys_are_held_as_long_as_redis_holds_them():
    """20,000 keys of lives from half a second to four, and nobody asks for them again."""
    found = record_stale()
    held, model = found.held, model_held(found)
    stale, model_stale = held - found.alive, model - found.alive
    # thousands are held too long, in waves that depend on the order of the server's table
    assert stale.max() > 0.2 * MORTALS
    assert model_stale.max() == pytest.approx(stale.max(), rel=0.25)
    assert model_stale.mean() == pytest.approx(stale.mean(), rel=0.25)
    assert np.mean(np.abs(model - held)) < 0.05 * MORTALS
    assert held[-1] == 0 and model[-1] < 0.01 * MORTALS


@needs_redis
def test_hash_slots_are_redis_own():
    names = ["foo", "{user1000}.following", "foo{}{bar}", "foo{{bar}}zap", "a{b", "c}d{e}", "ü{ß}"]
    bus = str(free_port())  # by default 10,000 above the port, which may be out of range
    with redis_server("--cluster-enabled", "yes", "--cluster-port", bus) as redis:
        assert [redis("CLUSTER", "KEYSLOT", name) for name in names] == [*map(hash_slot, names)]


def test_the_recorded_comparison_holds_and_says_where_it_is_from():
    with RECORDED.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == COLUMNS
    assert {row["policy"] for row in rows} == set(POLICIES) - {"noeviction"}
    key, _ = trace()
    for row in rows:
        date.fromisoformat(row["recorded"])
        assert float(row["model_hit_ratio"]) == pytest.approx(
            float(row["redis_hit_ratio"]), abs=0.01
        )
        exact = hit_ratio(lru(key, int(row["capacity_keys"])).outcome)[0]
        assert float(row["exact_lru_hit_ratio"]) == pytest.approx(exact, abs=1e-4)


def test_the_recorded_stale_keys_hold_and_say_where_they_are_from():
    with STALE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == STALE_COLUMNS
    date.fromisoformat(rows[0]["recorded"])
    alive, redis, model = (
        np.array([int(row[f"{name}_keys"]) for row in rows]) for name in ("alive", "redis", "model")
    )
    assert np.all(redis >= alive) and np.all(model >= alive) and redis[-1] == 0
    assert np.mean(np.abs(model - redis)) < 0.05 * MORTALS
    assert (redis - alive).max() > 0.2 * MORTALS


def test_the_recorded_crowd_drains_in_a_few_cycles_as_the_model_does():
    """100,000 keys expire at once: a cycle of redis-server removes tens of thousands, not all."""
    with DRAIN.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == DRAIN_COLUMNS
    date.fromisoformat(rows[0]["recorded"])
    second, redis, model = (
        np.array([float(row[name]) for row in rows])
        for name in ("second", "redis_keys", "model_keys")
    )
    removed = -np.diff(redis, prepend=CROWD)
    cycles = removed[removed > 0.1 * CROWD]
    assert 3 <= cycles.size <= 4 and cycles.min() > 20_000
    assert CYCLE.rounds * CYCLE.keys == pytest.approx(cycles.min(), rel=0.25)
    np.testing.assert_array_equal(model, model_drain(second))
    gone = [float(second[held < 0.02 * CROWD][0]) for held in (redis, model)]
    assert gone[1] == pytest.approx(gone[0], abs=0.1) and 0.2 < gone[0] < 0.35
    assert np.mean(np.abs(model - redis)) < 0.12 * CROWD


def test_the_model_of_the_section_has_the_recordings_cycle():
    facts = ELASTICACHE.value
    assert (facts("expire", "keys_per_loop"), facts("expire", "max_loops")) == (
        CYCLE.keys,
        CYCLE.rounds,
    )
