"""The model against a real redis-server on loopback: hit ratios, stale keys, hash slots."""

import csv
import time
from datetime import date

import numpy as np
import pytest
from record_redis import (
    COLUMNS,
    RECORDED,
    SAMPLING,
    SERVER,
    free_port,
    model_hit_ratio,
    record,
    redis_server,
    trace,
)

from awsnb.mechanisms.caching import hash_slot
from awsnb.mechanisms.eviction import hit_ratio, lru
from awsnb.mechanisms.keystore import POLICIES, ExpiryCycle, replay

needs_redis = pytest.mark.skipif(SERVER is None, reason="redis-server is not installed")
CYCLE = ExpiryCycle(interval_s=0.1, keys=20, stale_percent=10, rounds=10_000)


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
    n = 20_000
    ttl_s = np.round(np.random.default_rng(0).uniform(0.5, 4.0, n), 3)
    commands = [("SET", f"key:{k}", "x", "PX", round(1000 * t)) for k, t in enumerate(ttl_s)]
    set_s, watch_s, held = [], [], []
    with redis_server() as redis:
        for start in range(0, n, 500):
            set_s += [time.time()] * 500
            redis.pipeline(commands[start : start + 500])
        while time.time() < set_s[-1] + 6.0:
            watch_s.append(time.time())
            held.append(redis("DBSIZE"))
            time.sleep(0.1)
    model = replay(
        np.arange(n), n, "noeviction", time_s=set_s, ttl_s=ttl_s,
        sampling=SAMPLING, cycle=CYCLE, watch_s=watch_s,
    )  # fmt: skip
    over = np.add(set_s, ttl_s) <= np.array(watch_s)[:, None]
    stale = np.array(held) - n + over.sum(axis=1)
    # thousands are held too long, in waves that depend on the order of the server's table
    assert stale.max() > 0.2 * n
    assert model.stale.max() == pytest.approx(stale.max(), rel=0.25)
    assert model.stale.mean() == pytest.approx(stale.mean(), rel=0.25)
    assert np.mean(np.abs(model.held - held)) < 0.05 * n
    assert held[-1] == 0 and model.held[-1] < 0.01 * n


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
