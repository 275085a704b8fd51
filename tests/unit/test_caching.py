import heapq
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import theory
from awsnb.mechanisms import caching, popularity
from awsnb.mechanisms.caching import (
    HASH_SLOTS,
    HIT,
    LOADED,
    STRATEGIES,
    WAITED,
    WROTE,
    Origin,
    Outage,
    durable_at,
    hash_slot,
    lost_writes,
    serve,
    slot_node,
    under_way,
)

INF = float("inf")
DATABASE = Origin(read_s=0.1, write_s=0.2, workers=0)

# --- the naive twin: every event in a queue, the cache a dictionary


def twin(key, time_s, is_write, ttl_s, origin, strategy, trip_s, coalesce, flush_s, node, outages):
    events = [(t, 2, i, None) for i, t in enumerate(time_s)]
    for n, (down_s, up_s) in enumerate(outages):
        events += [(down_s, 0, n, "down"), (up_s, 0, n, "up")]
    heapq.heapify(events)
    cache, loads, buffered, away = {}, {}, {}, set()
    latest, at_origin = dict.fromkeys(key, 0), dict.fromkeys(key, 0)
    free_at = [0.0] * origin.workers
    rows, flushed, lost, last = [], 0, 0, time_s[-1] if time_s else 0

    def ask(now, takes_s):
        if not free_at:
            return takes_s
        done = max(now, heapq.heappop(free_at)) + takes_s
        heapq.heappush(free_at, done)
        return done - now

    heapq.heapify(free_at)
    while events:
        now, _, i, what = heapq.heappop(events)
        if now > last:
            break
        if what == "down":
            away.add(i)
            cache = {k: copy for k, copy in cache.items() if node[k] != i}
            lost += sum(writes for k, writes in buffered.items() if node[k] == i)
            buffered = {k: writes for k, writes in buffered.items() if node[k] != i}
        elif what == "up":
            away.discard(i)
        elif what == "flush":
            if i in buffered:
                del buffered[i]
                at_origin[i] = latest[i]
                flushed += 1
        elif what and what[0] == "arrives":
            if loads.get(i) == what:
                del loads[i]
                _, version, asked, life, _ = what
                if node[i] not in away and not (i in cache and now < cache[i][2]):
                    cache[i] = (version, asked, now + life)
        elif is_write[i]:
            k = key[i]
            reachable = node[k] not in away
            latest[k] += 1
            if strategy == "write-behind" and reachable:
                if k not in buffered:
                    flush_at = (math.floor(now / flush_s) + 1) * flush_s
                    heapq.heappush(events, (flush_at, 1, k, "flush"))
                buffered[k] = buffered.get(k, 0) + 1
                delay = trip_s
                spent = 0
            else:
                at_origin[k] = latest[k]
                spent = ask(now, origin.write_s)
                delay = spent + (trip_s if strategy != "lazy" and reachable else 0)
            if reachable and strategy == "invalidate":
                cache.pop(k, None)
            elif reachable and strategy.startswith("write"):
                cache[k] = (latest[k], now, now + ttl_s[i])
            rows.append((WROTE, delay, spent, 0, 0))
        else:
            k = key[i]
            reachable = node[k] not in away
            if reachable and k in cache and now < cache[k][2]:
                version, true_at, _ = cache[k]
                rows.append((HIT, trip_s, 0, now - true_at, latest[k] - version))
            elif reachable and coalesce and k in loads:
                _, version, asked, _, arrives = loads[k]
                delay = max(arrives - now, trip_s)
                rows.append((WAITED, delay, 0, arrives - asked, latest[k] - version))
            else:
                spent = ask(now, origin.read_s)
                delay = spent + (2 * trip_s if reachable else 0)
                rows.append((LOADED, delay, spent, delay, latest[k] - at_origin[k]))
                if reachable and now + delay < loads.get(k, (0, 0, 0, 0, INF))[-1]:
                    loads[k] = ("arrives", at_origin[k], now, ttl_s[i], now + delay)
                    heapq.heappush(events, (now + delay, 1, k, loads[k]))
    return np.array(rows, dtype=float).reshape(-1, 5), flushed, lost


REQUESTS = st.lists(st.tuples(st.integers(0, 4), st.booleans(), st.integers(1, 400)), max_size=100)


@given(
    REQUESTS,
    st.sampled_from(sorted(STRATEGIES)),
    st.booleans(),
    st.sampled_from([0, 1, 2]),
    st.sampled_from([0.3, 1.7, INF]),
    st.sampled_from([(), ((2.03, 4.57),), ((1.03, 1.57), (3.01, 9.53))]),
    st.integers(0, 99),
)
def test_serving_is_the_event_queue_to_the_last_request(
    requests, strategy, coalesce, workers, ttl_s, outages, seed
):
    rng = np.random.default_rng(seed)
    key = [k for k, _, _ in requests]
    is_write = [write for _, write, _ in requests]
    # no two events ever fall together: what comes first would be a matter of taste
    time_s = np.cumsum([gap / 4000 + rng.random() / 1000 for _, _, gap in requests])
    node = rng.integers(0, 2, 5)
    ours = serve(
        np.array(key, dtype=int), time_s, Origin(0.11, 0.07, workers), strategy=strategy,
        is_write=np.array(is_write, dtype=bool), ttl_s=ttl_s, trip_s=0.01, coalesce=coalesce,
        flush_s=0.5, node=node[: max(key, default=-1) + 1],
        outages=tuple(Outage(*outage) for outage in outages),
    )  # fmt: skip
    rows, flushed, lost = twin(
        key, time_s.tolist(), is_write, [ttl_s] * len(key), Origin(0.11, 0.07, workers),
        strategy, 0.01, coalesce, 0.5, node, outages,
    )  # fmt: skip
    assert ours.outcome.tolist() == rows[:, 0].tolist()
    assert ours.latency_s == pytest.approx(rows[:, 1], abs=1e-12)
    assert ours.origin_s == pytest.approx(rows[:, 2], abs=1e-12)
    assert ours.age_s == pytest.approx(rows[:, 3], abs=1e-12)
    assert ours.behind.tolist() == rows[:, 4].tolist()
    assert (ours.flushed, ours.lost) == (flushed, lost)


# --- closed forms


def hot_key(rate_per_s, seconds, seed=0):
    rng = np.random.default_rng(seed)
    return np.cumsum(rng.exponential(1 / rate_per_s, int(rate_per_s * seconds)))


@pytest.mark.statistical
def test_a_stampede_has_the_size_of_the_closed_form_and_coalescing_makes_it_one():
    time_s = hot_key(rate_per_s=500, seconds=400)
    alone = serve(np.zeros(time_s.size, int), time_s, DATABASE, ttl_s=1.0)
    together = serve(np.zeros(time_s.size, int), time_s, DATABASE, ttl_s=1.0, coalesce=True)
    episodes = np.sum(together.outcome == LOADED)
    stampede = np.sum(alone.outcome == LOADED) / episodes
    assert stampede == pytest.approx(theory.stampede_size(500, DATABASE.read_s), rel=0.02)
    assert np.array_equal(alone.outcome == HIT, together.outcome == HIT)
    at_once = under_way(time_s, together.origin_s, time_s)
    assert at_once.max() <= 1


def test_a_ttl_without_loading_time_meets_its_closed_form():
    weights = popularity.zipf_weights(300, 0.9)
    key, time_s = popularity.draw(weights, 200_000, seed=0), hot_key(1000, 200)
    found = serve(key, time_s, Origin(0.0, 0.0, 0), ttl_s=1.5)
    hits = np.mean(found.outcome == HIT)
    assert hits == pytest.approx(theory.ttl_hit_ratio(1000 * weights, 1.5), abs=0.005)


def test_few_workers_are_a_queue_without_waiting_only_if_they_are_never_all_busy():
    key, time_s = np.arange(2000), hot_key(100, 20)
    unlimited = serve(key, time_s, DATABASE)
    assert np.array_equal(serve(key, time_s, DATABASE._replace(workers=99)).latency_s,
                          unlimited.latency_s)  # fmt: skip
    one = serve(key, time_s, Origin(0.002, 0.0, 1)).origin_s
    # M/D/1: the wait is rho x service / (2 (1 - rho))
    assert one.mean() - 0.002 == pytest.approx(0.2 * 0.002 / (2 * 0.8), rel=0.15)


def test_the_loss_window_is_half_an_interval_on_average_and_one_at_worst():
    written_s = np.arange(0, 100, 0.001)
    crash_s = np.random.default_rng(0).uniform(10, 90, 20_000)
    lost = lost_writes(written_s, durable_at(written_s, every_s=1.0, takes_s=0.01), crash_s)
    mean, worst = theory.loss_window_s(1.0, 0.01)
    assert lost.mean() / 1000 == pytest.approx(mean, rel=0.02)
    assert lost.max() <= 1000 * worst + 1
    assert lost_writes(written_s, durable_at(written_s), crash_s).max() == 0


# --- what must hold


def mixed(n=20_000, keys=200, writes=0.1, seed=0):
    rng = np.random.default_rng(seed)
    key = popularity.draw(popularity.zipf_weights(keys, 1.0), n, seed)
    return key, np.cumsum(rng.exponential(0.002, n)), rng.random(n) < writes


def test_who_can_be_stale_and_who_cannot():
    key, time_s, is_write = mixed()
    stale = {
        strategy: np.mean(
            serve(key, time_s, Origin(0, 0, 0), strategy=strategy, is_write=is_write, ttl_s=5.0)
            .behind > 0
        )
        for strategy in STRATEGIES
    }  # fmt: skip
    assert stale["lazy"] > 0.01
    assert stale["invalidate"] == stale["write-through"] == 0


def test_a_lazy_copy_is_never_older_than_its_ttl_and_the_time_to_load_it():
    key, time_s, is_write = mixed()
    found = serve(key, time_s, DATABASE, is_write=is_write, ttl_s=5.0)
    assert found.age_s.max() <= 5.0 + DATABASE.read_s + 1e-9


def test_write_behind_spares_the_origin_writes_and_loses_what_a_failure_finds():
    key, time_s, is_write = mixed(writes=0.5)
    one = {"strategy": "write-behind", "is_write": is_write, "flush_s": 1.0}
    calm = serve(key, time_s, DATABASE, **one)
    assert calm.lost == 0
    assert 0 < calm.flushed < is_write.sum() / 2
    struck = serve(key, time_s, DATABASE, **one, outages=(Outage(10.5, 11.0),))
    recent = is_write & (time_s > 10.0) & (time_s <= 10.5)
    assert struck.lost == recent.sum()


def test_half_of_the_keys_are_cold_after_one_of_two_nodes_was_lost():
    key, time_s, _ = mixed(n=40_000, keys=400)
    node = slot_node([hash_slot(f"user:{k}") for k in range(400)], 2)
    found = serve(key, time_s, DATABASE, node=node, outages=(Outage(40.0, 45.0),))
    away = (time_s >= 40.0) & (time_s < 45.0)
    assert np.all(found.outcome[away & (node[key] == 0)] == LOADED)
    assert np.mean(found.outcome[away & (node[key] == 1)] == HIT) > 0.9
    after = (time_s >= 45.0) & (time_s < 46.0) & (node[key] == 0)
    assert np.mean(found.outcome[after] == HIT) < 0.8


def test_twice_as_fast_in_all_halves_every_time():
    key, time_s, is_write = mixed(n=3000)
    slow = serve(key, time_s, Origin(0.25, 0.125, 3), is_write=is_write, ttl_s=2.0, coalesce=True)
    fast = serve(
        key, time_s / 2, Origin(0.125, 0.0625, 3), is_write=is_write, ttl_s=1.0, coalesce=True
    )
    assert np.array_equal(slow.outcome, fast.outcome)
    assert np.array_equal(slow.latency_s, 2 * fast.latency_s)
    assert np.array_equal(slow.age_s, 2 * fast.age_s)


def test_the_jit_changes_no_bit(monkeypatch):
    key, time_s, is_write = mixed(n=3000)
    arguments = {
        "is_write": is_write, "ttl_s": 0.7, "trip_s": 0.001, "coalesce": True, "flush_s": 0.5,
        "node": np.arange(200) % 2, "outages": (Outage(2.0, 3.0),),
    }  # fmt: skip
    compiled = caching._serve
    for strategy in STRATEGIES:
        runs = []
        for code in (compiled, getattr(compiled, "py_func", compiled)):
            monkeypatch.setattr(caching, "_serve", code)
            runs.append(serve(key, time_s, Origin(0.02, 0.01, 2), strategy=strategy, **arguments))
        assert all(np.array_equal(a, b) for a, b in zip(*runs, strict=True))


# --- hash slots


@pytest.mark.parametrize(
    ("key", "slot"),
    [
        ("123456789", 0x31C3),  # the check value in the Redis Cluster specification
        ("foo", 12182),  # as CLUSTER KEYSLOT answers
        ("bar", 5061),
        ("hello", 866),
        ("", 0),
        ("foo{bar}", 5061),
        ("{bar}.foo{zap}", 5061),
        (b"{user1000}.following", 3443),
    ],
)
def test_hash_slots_are_the_published_ones(key, slot):
    assert hash_slot(key) == slot


def test_an_empty_or_unclosed_tag_is_no_tag():
    assert hash_slot("foo{}{bar}") != hash_slot("bar")
    assert hash_slot("foo{bar") != hash_slot("bar")
    assert hash_slot("foo{{bar}}zap") == hash_slot("{bar")


def test_slots_are_shared_out_in_equal_ranges():
    node = slot_node(np.arange(HASH_SLOTS), 3)
    assert np.bincount(node).tolist() == [5462, 5461, 5461]
    assert np.all(np.diff(node) >= 0)
    with pytest.raises(ValueError, match="nodes"):
        slot_node(0, 0)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"strategy": "eager"}, "strategy"),
        ({"origin": Origin(-1, 0, 0)}, "read_s"),
        ({"ttl_s": 0}, "ttl_s"),
        ({"trip_s": -1}, "trip_s"),
        ({"flush_s": 0}, "flush_s"),
        ({"node": -1}, "node"),
        ({"outages": (Outage(2, 1),)}, "down_s before up_s"),
        ({"time_s": [1, 0]}, "never decrease"),
    ],
)
def test_a_wrong_argument_is_named_in_one_sentence(change, message):
    right = {"key": [0, 1], "time_s": [0.0, 1.0], "origin": DATABASE}
    with pytest.raises(ValueError, match=message) as error:
        serve(**{**right, **change})
    assert str(error.value).count(". ") == 0 and str(error.value).endswith(".")
    with pytest.raises(ValueError, match="every_s"):
        durable_at([0.0], every_s=-1)


# --- what is stored at the start, and samples


def test_what_is_stored_at_the_start_is_found_until_it_expires():
    database = Origin(read_s=0.1, write_s=0.1, workers=0)
    served = serve([0, 1, 0, 0], [0.0, 0.0, 4.9, 5.0], database, stored_s=[5.0, 0.0])
    assert served.outcome.tolist() == [HIT, LOADED, HIT, LOADED]
    assert served.age_s[2] == 4.9


def test_a_query_of_a_sample_holds_its_worker_as_long_as_all_it_stands_for():
    """An overloaded queue grows as that of all queries; what is no more than a lump is no wait."""
    time_s = np.arange(0, 100, 0.01)
    whole = serve(np.arange(time_s.size), time_s, Origin(0.02, 0.02, 1))
    part = serve(np.arange(time_s.size // 10), time_s[::10], Origin(0.02, 0.02, 1, each=10.0))
    assert part.latency_s[-1] == pytest.approx(whole.latency_s[-1], rel=0.01)
    calm = serve([0, 1], [0.0, 0.05], Origin(0.02, 0.02, 1, each=3.0))
    assert calm.latency_s.tolist() == pytest.approx([0.02, 0.02])


def test_a_sample_has_at_least_one_query_for_one():
    with pytest.raises(ValueError, match="each must be 1 or more"):
        serve([0], [0.0], Origin(0.1, 0.1, 0, each=0.5))
