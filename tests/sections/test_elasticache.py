import itertools

import numpy as np
import pytest

from awsnb import theory
from awsnb.aws.elasticache import ELASTICACHE
from awsnb.mechanisms import eviction, stays
from awsnb.mechanisms.popularity import zipf_weights
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.elasticache import memory as memories
from awsnb.sections.elasticache import sample as samples
from awsnb.sections.elasticache import truth
from awsnb.sections.elasticache.durability import loss_windows
from awsnb.sections.elasticache.load import Requests, requests, weights
from awsnb.sections.elasticache.presets import PRESETS
from awsnb.sections.elasticache.scenario import CacheScenario
from awsnb.sections.elasticache.simulate import simulate
from awsnb.sections.elasticache.truth import beside_redis, measured_errors, recorded

CACHE = section("elasticache").view()


def summary(**values):
    return CACHE.simulate(CacheScenario(**values)).summary


def preset(name):
    return next(one for one in PRESETS if one.name == name).values


# --- what AWS refuses


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"engine": "memcached", "policy": "allkeys-lru"}, "memcached evicts by memcached-lru"),
        ({"policy": "segmented-lru"}, "its maxmemory-policy is one of noeviction, allkeys-lru"),
        ({"policy": "allkeys-lur"}, "Did you mean allkeys-lru?"),
        ({"engine": "memcached", "replicas": 1}, "node-based memcached has none"),
        ({"engine": "memcached", "renew_ttl": True}, "on valkey and redis-oss"),
        ({"replicas": 6}, "from 0 to 5 replicas"),
        ({"node_type": "serverless", "shards": 2}, "a serverless cache has no nodes to choose"),
        ({"node_type": "serverless", "replicas": 1}, "a serverless cache has no nodes"),
        ({"node_type": "cache.t2.micro"}, "node_type = 'cache.t2.micro': must be one of"),
        ({"item_size_kib": 1025.0}, "from 0.1 to 1,024 KiB"),
    ],
)
def test_what_aws_refuses_is_refused_with_its_rule(values, rule):
    with pytest.raises(ScenarioError) as caught:
        CacheScenario(**values)
    assert rule in str(caught.value)


# --- memory and prices, by hand


@pytest.mark.parametrize(
    ("values", "items"),
    [
        # 536,870,912 x 0.75 / (256 x 1024 + 100)
        ({}, 1535),
        # (512 - 100) x 2^20 / (256 x 1024 + 100)
        ({"engine": "memcached"}, 1647),
        ({"shards": 3}, 4605),
        ({"shards": 4}, 5000),
        ({"node_type": "cache.t4g.small"}, 4207),
        ({"node_type": "serverless"}, 5000),
        ({"keys": 1000}, 1000),
    ],
)
def test_items_that_fit(values, items):
    assert CacheScenario(**values).capacity == items


@pytest.mark.parametrize(
    ("values", "usd"),
    [
        ({}, 0.0128 * 730),
        ({"engine": "redis-oss"}, 0.016 * 730),
        ({"engine": "memcached"}, 0.016 * 730),
        ({"node_type": "cache.r7g.large", "shards": 2, "replicas": 2}, 6 * 0.1752 * 730),
        # no data: the least that is metered, and one unit for each request of up to a KB
        (
            {"node_type": "serverless", "item_size_kib": 0.5},
            730 * 0.1 * 0.084 + 100 * 3600 * 730 / 1e6 * 0.0023,
        ),
        (
            {"node_type": "serverless", "engine": "redis-oss", "item_size_kib": 10.0},
            730 * 1.0 * 0.125 + 10.24 * 100 * 3600 * 730 / 1e6 * 0.0034,
        ),
    ],
)
def test_prices_are_those_worked_out_by_hand(values, usd):
    assert CacheScenario(**values).cost_usd_month(items_held=0) == pytest.approx(usd)


def test_serverless_bills_the_items_held():
    cache = CacheScenario(node_type="serverless")
    more = cache.cost_usd_month(2000) - cache.cost_usd_month(1000)
    assert more == pytest.approx(1000 * cache.cache.item_bytes / 1e9 * 0.084 * 730)


# --- the model


def test_the_same_seed_gives_the_same_bits_and_another_does_not():
    one, again = CACHE.simulate(CacheScenario()), CACHE.simulate(CacheScenario())
    for column, values in one.data.items():
        np.testing.assert_array_equal(values, again.data[column])
    assert one.summary == again.summary
    assert summary(seed=2)["hit_pct"] != one.summary["hit_pct"]


def test_one_slider_leaves_the_other_draws_alone():
    asked = requests(CacheScenario())
    fewer_writes = requests(CacheScenario(write_share_pct=1.0))
    np.testing.assert_array_equal(asked.key, fewer_writes.key)
    np.testing.assert_array_equal(asked.time_s, fewer_writes.time_s)
    assert np.all(asked.is_write[fewer_writes.is_write])


@pytest.mark.parametrize("keys", [500, 5000, 50_000])
def test_an_exact_lru_is_as_che_expects(keys):
    found = summary(
        policy="exact-lru", has_ttl=False, write_share_pct=0.0, requests_per_s=400, keys=keys,
        item_size_kib=1.25e6 / keys if keys > 2000 else 512.0,
    )  # fmt: skip
    assert found["warm_hit_pct"] == pytest.approx(found["expected_hit_pct"], abs=1.5)


@pytest.mark.parametrize("requests_per_s", [50, 100, 400])
def test_memcacheds_lru_is_as_its_closed_form_and_worse_than_an_exact_one(requests_per_s):
    """It moves an item at most once a minute: the busier, the more like first in, first out."""
    load = {"engine": "memcached", "has_ttl": False, "write_share_pct": 0.0, "zipf_alpha": 0.8}
    load["requests_per_s"] = requests_per_s
    plain, exact = summary(**load), summary(**load, policy="exact-lru")
    assert plain["warm_hit_pct"] == pytest.approx(plain["expected_hit_pct"], abs=1.5)
    assert exact["expected_hit_pct"] > plain["expected_hit_pct"] + 1


@pytest.mark.parametrize("ttl_s", [5, 30, 120])
def test_expiry_alone_is_as_its_closed_form(ttl_s):
    found = summary(
        node_type="serverless", ttl_s=ttl_s, ttl_jitter_pct=0.0, write_share_pct=0.0,
        origin_latency_ms=1.0,
    )  # fmt: skip
    assert found["warm_hit_pct"] == pytest.approx(found["expected_hit_pct"], abs=1.0)


def test_misses_are_explained_and_each_query_has_a_miss():
    for values in [one.values for one in PRESETS]:
        run = simulate(CacheScenario(**values))
        misses = int(np.sum(run.reads & ~run.hits))
        assert sum(run.misses.values()) == misses
        asked = int(np.sum((run.served.origin_s > 0) & run.reads))
        waited = int(np.sum(run.served.outcome == 2))
        assert asked + waited == misses


def naive_lru(keys, capacity):
    """Why each request misses, by an LRU list."""
    held, seen, why = [], set(), []
    for key in keys:
        if key in held:
            why.append(stays.FOUND)
            held.remove(key)
        else:
            why.append(stays.EVICTED if key in seen else stays.COLD)
            if len(held) == capacity:
                held.pop(0)
        held.append(key)
        seen.add(key)
    return why


def test_reasons_and_lives_are_those_of_a_naive_lru():
    rng = np.random.default_rng(3)
    cache = CacheScenario(policy="exact-lru", has_ttl=False, keys=100, item_size_kib=1024.0)
    key = rng.integers(0, 60, 3000).astype(np.uint32)
    asked = Requests(key, np.sort(rng.uniform(0, 600, 3000)), np.zeros(3000, bool))
    small = 20
    done = eviction.lru(key, small)
    why, life_s = memories._explain(cache, key, asked.time_s, np.full(3000, np.inf), done)
    assert why.tolist() == naive_lru(key.tolist(), small)
    # a stored value is there as long as it lives, and no longer
    for i in np.flatnonzero(why != stays.FOUND):
        later = np.flatnonzero(key[i + 1 :] == key[i]) + i + 1
        for one in itertools.takewhile(lambda j: why[j] == stays.FOUND, later):
            assert asked.time_s[one] < asked.time_s[i] + life_s[i]
        missed = [j for j in later if why[j] != stays.FOUND]
        if missed:
            assert asked.time_s[missed[0]] > asked.time_s[i] + life_s[i]


def test_a_larger_node_never_hits_less():
    hits = [
        summary(policy="exact-lru", node_type=node, has_ttl=False)["hit_pct"]
        for node in ("cache.t4g.micro", "cache.t4g.small", "cache.t4g.medium")
    ]
    assert hits == sorted(hits)


def test_more_samples_of_the_trace_do_not_beat_the_most_popular_keys():
    data = CACHE.simulate(CacheScenario()).data
    assert np.all(data["che_hit_pct"] <= data["most_hit_pct"] + 1e-9)
    assert np.all(data["lru_hit_pct"] <= data["most_hit_pct"] + 2.0)


def test_without_a_ttl_the_default_policy_refuses_and_allkeys_does_not():
    frozen, other = (
        summary(has_ttl=False, workload="drifting", policy=policy)
        for policy in ("volatile-lru", "allkeys-lru")
    )
    assert frozen["no_room_pct"] > 50 and frozen["evictions_per_s"] == 0
    assert other["no_room_pct"] == 0
    assert other["warm_hit_pct"] > frozen["warm_hit_pct"] + 20


def test_strategies_differ_in_staleness_and_in_queries():
    found = {
        strategy: summary(strategy=strategy, write_share_pct=20.0)
        for strategy in ("lazy", "invalidate", "write-through", "write-behind")
    }
    assert found["lazy"]["stale_pct"] > 40
    for strategy in ("invalidate", "write-through", "write-behind"):
        assert found[strategy]["stale_pct"] < 1
    assert found["write-behind"]["queries_per_s"] < found["write-through"]["queries_per_s"]
    assert found["invalidate"]["hit_pct"] < found["write-through"]["hit_pct"]


def test_coalescing_makes_one_load_of_a_stampede():
    hot = {**preset("A stampede on hot items")}
    alone, together = summary(**hot), summary(**hot, coalesce=True)
    assert together["queries_per_s"] < alone["queries_per_s"] / 3
    one = {"keys": 100, "zipf_alpha": 2.0, "ttl_s": 20, "ttl_jitter_pct": 0.0,
           "requests_per_s": 400, "origin_latency_ms": 1000.0, "origin_workers": 0,
           "write_share_pct": 0.0}  # fmt: skip
    run = simulate(CacheScenario(**one))
    first = run.asked.key == 0
    loads = np.sum(first & (run.served.outcome == 0))
    rate = first.sum() / 600
    stampedes = 600 / (20 + 1)
    assert loads / stampedes == pytest.approx(theory.stampede_size(rate, 1.0), rel=0.1)


def test_a_lost_node_comes_back_empty_and_a_replica_does_not():
    loss = {"node_loss_at_min": 3.0, "origin_workers": 0, "ttl_s": 3600}
    alone, replicated, sharded = (
        simulate(CacheScenario(**loss, **more)) for more in ({}, {"replicas": 1}, {"shards": 3})
    )
    back = 180 + ELASTICACHE.value("replication", "replacement_time")
    away = (alone.asked.time_s > 181) & (alone.asked.time_s < back) & alone.reads
    assert not alone.hits[away].any()
    assert replicated.hits[away].mean() > 0.6
    assert alone.hits[away].mean() < sharded.hits[away].mean()
    third = 100 * (sharded.kept.shard == 0).mean()
    assert third == pytest.approx(33.3, abs=3)
    soon = (alone.asked.time_s > back) & (alone.asked.time_s < back + 2) & alone.reads
    assert alone.hits[soon].mean() < 0.4


def test_write_behind_loses_what_it_had_not_written():
    found = summary(
        strategy="write-behind", write_share_pct=50.0, node_loss_at_min=3.01, requests_per_s=400
    )
    assert 0 < found["lost_writes"] < 400
    through = summary(
        strategy="write-through", write_share_pct=50.0, node_loss_at_min=3.01, requests_per_s=400
    )
    assert through["lost_writes"] == 0


def test_sessions_live_as_long_as_they_are_used():
    idle = summary(**preset("A session store"))
    fixed = summary(**{**preset("A session store"), "renew_ttl": False})
    assert idle["expired_pct"] <= fixed["expired_pct"] + 0.5
    roomy = summary(**{**preset("A session store"), "node_type": "cache.t4g.small"})
    assert idle["evicted_pct"] > 30 and roomy["evicted_pct"] == 0


def test_the_errors_that_the_notebook_prints_are_small():
    off = measured_errors()["difference, points"].abs()
    assert off.size == 6 and off.max() < 2


def test_loss_windows_are_the_closed_forms():
    table = loss_windows(writes_per_s=100)
    assert table["writes lost, worst"].to_numpy() == pytest.approx(
        100 * table["worst s"].to_numpy(), abs=2
    )
    assert table["writes lost, mean"].to_numpy() == pytest.approx(
        100 * table["mean s"].to_numpy(), rel=0.05, abs=1
    )


def test_the_recorded_redis_is_within_a_point_and_drawn_where_none_runs(monkeypatch):
    table = recorded()
    assert table["model off by, points"].abs().max() <= 1.0
    monkeypatch.setattr(truth, "replayed", lambda policy: None)
    result = beside_redis(CacheScenario())
    assert "Nothing was replayed" in result.why
    assert len(result.data["policy"]) == len(table)


# --- words


def test_the_result_says_itself():
    result = CACHE.simulate(CacheScenario())
    assert result.label == "valkey on cache.t4g.micro, volatile-lru, lazy"
    assert " % of the reads hit. Of the misses: " in result.why
    assert [number.name for number in result.numbers if number.headline] == [
        "warm_hit_pct", "queries_per_s", "stale_pct", "cost_usd_month",
    ]  # fmt: skip
    assert "$" not in str(result)
    for panel in result.panels:
        for curve in panel.curves:
            assert result.data[curve.column].shape == result.data[panel.x].shape


def test_theory_is_marked_where_it_fails():
    def doubts(**values):
        return [panel.doubtful for panel in CACHE.simulate(CacheScenario(**values)).panels]

    assert doubts(has_ttl=False) == [(), (), (), ()]
    assert doubts(ttl_s=30)[3][0][2] == "the TTL decides"
    assert doubts(workload="loop")[0][0][2] == "requests are not independent"
    assert doubts(node_loss_at_min=5.0)[0][0][:2] == (5.0, 10.0)


# --- compare and presets


@pytest.mark.parametrize("engine", ["valkey", "memcached"])
def test_what_a_comparison_claims_holds_when_simulated(engine):
    asked = CacheScenario(engine=engine)
    comparison = CACHE.compare(asked)
    assert comparison.options[0].label == f"as asked: {asked.text}"
    for option in comparison.options:
        found = CACHE.simulate(option.scenario).summary
        holds = found["warm_hit_pct"] >= asked.target_hit_pct and not found["no_room_pct"]
        assert option.holds == holds
        assert option.cost_usd_month == found["cost_usd_month"]
    holding = [option.cost_usd_month for option in comparison.options if option.holds]
    assert comparison.best.cost_usd_month == min(holding)


def test_a_ttl_that_is_too_short_is_named():
    comparison = CACHE.compare(CacheScenario(ttl_s=10, target_hit_pct=90.0))
    assert comparison.best is None
    assert "A longer TTL would." in comparison.why


def test_the_presets_show_what_they_promise():
    found = {one.name: CACHE.simulate(CacheScenario(**one.values)) for one in PRESETS}
    numbers = {name: result.summary for name, result in found.items()}
    small = numbers["A small cache for a web site"]
    assert small["warm_hit_pct"] > 2 * 100 * small["capacity_items"] / 5000
    assert numbers["A TTL of half a minute"]["evicted_pct"] == 0
    lost, kept = numbers["The only node is lost"], numbers["The same loss, with a replica"]
    assert lost["peak_queries_per_s"] > 200 and lost["after_loss_hit_pct"] < 30
    assert lost["warm_hit_pct"] > 90 and kept["warm_hit_pct"] > 90
    assert kept["after_loss_hit_pct"] > 80
    assert numbers["A stampede on hot items"]["loading_pct"] > 50
    scan = {**preset("A scan flushes an LRU")}
    after = {
        policy: CACHE.simulate(CacheScenario(**{**scan, "policy": policy})).data["hit_pct"]
        for policy in ("allkeys-lru", "allkeys-lfu")
    }
    assert after["allkeys-lru"][78:90].mean() < after["allkeys-lfu"][78:90].mean()


def test_no_slider_value_breaks_it():
    extremes = [
        {"keys": 100}, {"zipf_alpha": 0.0}, {"zipf_alpha": 2.0}, {"requests_per_s": 10},
        {"write_share_pct": 90.0, "strategy": "write-behind"}, {"ttl_s": 1}, {"ttl_s": 86_400},
        {"node_loss_at_min": 9.0}, {"node_loss_at_min": 0.01}, {"workload": "loop"},
        {"node_loss_at_min": 0.1, "shards": 10}, {"item_size_kib": 1024.0, "shards": 10},
        {"policy": "noeviction"}, {"policy": "volatile-ttl"}, {"policy": "allkeys-random"},
        {"engine": "memcached", "policy": "segmented-lru"}, {"item_size_kib": 0.1},
    ]  # fmt: skip
    for values in extremes:
        result = CACHE.simulate(CacheScenario(**values))
        for column in result.data.values():
            assert np.all(np.isfinite(column)), values


# --- real rates and durations, by a sample of the items

LARGE = {"requests_per_s": 4_000, "keys": 40_000, "item_size_kib": 32.0, "origin_workers": 0}


@pytest.mark.statistical
@pytest.mark.parametrize(
    "values",
    [
        {"policy": "allkeys-lru", "has_ttl": False},
        {"engine": "memcached", "has_ttl": False},
        {"node_type": "serverless", "ttl_s": 30},
        {"strategy": "invalidate", "shards": 3, "write_share_pct": 20.0},
        {"node_loss_at_min": 5.0, "origin_workers": 100},
        {"filled": True, "ttl_s": 300, "ttl_jitter_pct": 0.0, "origin_workers": 40},
    ],
    ids=str,
)
def test_a_sample_says_what_the_whole_run_says(values, monkeypatch):
    """2.4 million requests, all of them and every tenth item."""
    asked = CacheScenario(**{**LARGE, **values})
    part = CACHE.simulate(asked)
    assert asked.sample.each == pytest.approx(10, rel=0.01)
    monkeypatch.setattr(samples, "MOST_REQUESTS", 10**7)
    assert asked.sample.each == 1
    whole = CACHE.simulate(asked)
    off = {"warm_hit_pct": 1, "hit_pct": 1, "stale_pct": 2}
    for name, points in off.items():
        assert part.summary[name] == pytest.approx(whole.summary[name], abs=points), name
    shares = {"cost_usd_month": 0.01, "queries_per_s": 0.04, "peak_queries_per_s": 0.15}
    for name, share in shares.items():
        assert part.summary[name] == pytest.approx(whole.summary[name], rel=share), name
    held = [result.scene.places[1].level[-1] for result in (part, whole)]
    assert held[0] == pytest.approx(held[1], rel=0.04)


@pytest.mark.parametrize("each", [1.5, 1.9, 2.2, 3.7, 7.5])
def test_a_sampled_item_stands_for_as_much_as_the_next_whatever_the_share(each):
    """LRU among all the items, request by request, and by Che's formula over all of them."""
    keys, capacity = 20_000, 6_000
    every = zipf_weights(keys, 0.7)
    sampled = round(keys / each)
    some = weights(keys, 0.7, sampled)
    assert some.sum() == pytest.approx(1) and (np.diff(some) < 0).all()
    of_all = theory.lru_hit_ratio(every, capacity)
    of_some = theory.lru_hit_ratio(some, round(capacity * sampled / keys))
    assert of_some == pytest.approx(of_all, abs=0.001)
    if each == 1.5:
        assert of_some == pytest.approx(lru_of_all(every, capacity), abs=0.01)


def lru_of_all(popularity, capacity, requests=150_000):
    """Hit ratio of a dict in order of use, in the second half of the requests."""
    asked = np.random.default_rng(5).choice(popularity.size, requests, p=popularity)
    held, hits = {}, 0
    for place, key in enumerate(asked.tolist()):
        hits += held.pop(key, False) and place >= requests // 2
        held[key] = True
        if len(held) > capacity:
            del held[next(iter(held))]
    return hits / (requests - requests // 2)


@pytest.mark.statistical
def test_a_day_at_100_000_a_second_is_as_the_closed_forms_of_all_its_items():
    """Compared with formulas over two million items, none of them sampled."""
    popularity = zipf_weights(2_000_000, 0.9)
    day = {"requests_per_s": 100_000, "duration_min": 1440, "keys": 2_000_000,
           "item_size_kib": 2.0, "write_share_pct": 0.0, "origin_workers": 0,
           "origin_latency_ms": 1.0}  # fmt: skip
    roomy = simulate(CacheScenario(**day, node_type="cache.r7g.large", ttl_s=60))
    assert roomy.sample.duration_s == 86_400
    expected_pct = 100 * theory.ttl_hit_ratio(100_000 * popularity, 60)
    assert roomy.warm_hit_pct == pytest.approx(expected_pct, abs=2)
    full = CacheScenario(**day, node_type="cache.t4g.medium", policy="exact-lru", has_ttl=False)
    che_pct = 100 * theory.lru_hit_ratio(popularity, full.capacity)
    assert simulate(full).warm_hit_pct == pytest.approx(che_pct, abs=2)


def test_few_items_at_a_high_rate_are_seen_for_as_long_as_it_says():
    result = CACHE.simulate(CacheScenario(requests_per_s=20_000))
    assert 60 < result.summary["simulated_s"] < 600
    assert "of so few items at so high a rate only the first" in result.why.lower()
    assert result.data["requests_per_s"].mean() == pytest.approx(20_000, rel=0.01)
    assert result.data["minute"][-1] * 60 < result.summary["simulated_s"]


@pytest.mark.parametrize(
    ("values", "rule"),
    [
        ({"node_loss_at_min": 10.0}, "the run ends after 10 min; make duration_min longer."),
        ({"node_loss_at_min": 9.0, "requests_per_s": 100_000}, "ask for fewer requests"),
    ],
)
def test_a_loss_after_the_end_is_refused(values, rule):
    with pytest.raises(ScenarioError, match=rule) as refused:
        CacheScenario(**values)
    assert refused.value.field == "node_loss_at_min"


@pytest.mark.parametrize("name", ["ttl_s", "ttl_jitter_pct", "renew_ttl"])
def test_what_is_of_the_ttl_needs_one(name):
    value = True if name == "renew_ttl" else 50
    with pytest.raises(ScenarioError, match=f"{name} = .* does not apply at has_ttl = False"):
        CacheScenario(has_ttl=False, **{name: value})


def test_the_requests_of_any_run_stay_within_the_sample():
    for keys, rate, minutes in itertools.product(
        (100, 5_000, 5_000_000), (1, 400, 100_000), (1, 10, 1440)
    ):
        found = samples.sample(keys, max(keys // 3, 1), rate, 60.0 * minutes)
        assert rate / found.each * found.duration_s <= 1.03 * samples.MOST_REQUESTS
        assert found.keys * found.each == pytest.approx(keys)
        assert found.shard_items >= min(keys // 3, samples.FEWEST_ITEMS) - 1
        assert 0 < found.duration_s <= 60 * minutes


# --- a batch


def test_a_batch_with_one_ttl_expires_together_and_a_jitter_spreads_it():
    asked = CacheScenario(**preset("A batch with one TTL"))
    run, spread = simulate(asked), simulate(asked.replace(ttl_jitter_pct=50.0))
    before = run.asked.time_s < 3600
    assert run.hits[before].all() and run.misses["expired"] > 0
    assert run.queries_within(3600, 3605) > 700 and run.queries_within(3500, 3600) == 0
    assert spread.queries.max() < 60
    at_hour = int(3600 / run.step_s)
    assert run.held[at_hour - 1] == pytest.approx(11_000) and run.held[at_hour] < 11_000


def test_a_batch_that_does_not_fit_evicts_its_own():
    run = simulate(CacheScenario(filled=True, policy="allkeys-lru", has_ttl=False))
    assert run.held[0] == CacheScenario().capacity
    assert run.misses["cold"] == 0 and run.misses["evicted"] > 0


def test_a_ttl_longer_than_the_run_is_said_and_a_shorter_one_is_not():
    long, short = (
        CACHE.simulate(CacheScenario(filled=True, ttl_s=ttl_s)).why for ttl_s in (3600, 300)
    )
    assert "No item is old enough to expire within these 10 min: from 54 min on" in long
    assert "none of that is in these numbers" in long and "old enough" not in short


# --- the loss, and what is compared


def test_a_loss_counts_in_the_comparison_and_a_replica_is_offered():
    comparison = CACHE.compare(CacheScenario(**preset("The only node is lost")))
    asked, best = comparison.options[0], comparison.best
    assert not asked.holds and best.scenario.replicas == 1
    assert asked.numbers[2].name == "after_loss_hit_pct"


def test_serverless_keeps_its_items_when_a_node_is_lost():
    run = simulate(CacheScenario(node_type="serverless", node_loss_at_min=5.0, ttl_s=3600))
    assert run.kept.up_s - run.kept.down_s == ELASTICACHE.value("replication", "failover_time")
    assert run.after_loss_hit_pct > 75 and run.held[-1] > 0


# --- what a situation's sentence says, and does not

SAYS = {
    "A small cache for a web site": (["42 % of the reads got a value older"], ["OOM", "Losing"]),
    "No TTL under the default policy": (["refused for want of room", "OOM"], ["expired"]),
    "A TTL of half a minute": (["78 % expired by TTL"], ["evicted", "OOM"]),
    "The only node is lost": (
        ["on the lost node", "it can do 200", "One read in a thousand took 2.2 min"], ["OOM"],
    ),
    "The same loss, with a replica": (["Losing the node raised"], ["min or longer"]),
    "A stampede on hot items": (["until it is back each read of its item starts another"],
                                ["older than", "Losing"]),
    "A scan flushes an LRU": (["Before the scan 88 %", "after it 78 %"], ["expired"]),
    "Memcached's LRU on a busy cache": (["92 % evicted"], ["expired", "OOM"]),
    "A session store": (["69 % evicted"], ["older than", "expired by TTL"]),
    "A batch with one TTL": (
        ["11,000 items expire at 60 min", "from 0 to 8", "it can do 200"],
        ["evicted", "old enough"],
    ),
    "A day at 100,000 requests a second": (["99.1 % of the reads hit"],
                                           ["evicted", "only the first", "bottleneck"]),
}  # fmt: skip


def test_every_situation_has_its_sentence():
    assert set(SAYS) == {one.name for one in PRESETS}


@pytest.mark.parametrize("name", SAYS)
def test_a_situations_sentence_claims_what_it_must_and_no_more(name):
    why = CACHE.simulate(CacheScenario(**preset(name))).why
    must, never = SAYS[name]
    assert all(words in why for words in must), why
    assert not any(words in why for words in never), why


# --- the moving picture


@pytest.mark.parametrize("one", PRESETS, ids=lambda one: one.name)
def test_the_picture_moves_with_the_numbers(one):
    result = CACHE.simulate(CacheScenario(**one.values))
    places = {place.name: place for place in result.scene.places}
    memory = places["Items in memory"]
    assert 0 < memory.level.max() <= memory.capacity * (1 + 1e-9)
    np.testing.assert_array_equal(places["Database"].count, result.data["queries_per_s"])
    assert all(flow.rate.max() <= flow.full for flow in result.scene.flows)
    assert result.scene.words[0][0] == 0.0
