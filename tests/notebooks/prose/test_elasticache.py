"""The numbers that ElastiCache's notebook states are those of the facts and of the models."""

import pytest

from awsnb import facts
from awsnb.sections import section

CACHE = section("elasticache").view()


def stated(subject, key, on=None):
    return facts.load("elasticache").value(subject, key, on)


def summary(**values):
    return CACHE.simulate(CACHE.scenario(**values)).summary


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("(3 on ElastiCache", stated("eviction", "maxmemory_samples") == 3),
        ("5 in the open-source default", stated("eviction", "maxmemory_samples_open_source") == 5),
        ("The default on ElastiCache is `volatile-lru`",
         stated("eviction", "default_policy") == "volatile-lru"),
        ("a sweep finds it, ten times a second", stated("expire", "hz") == 10),
        ("16,384 *hash slots*", stated("cluster", "slots") == 16_384),
        ("up to 5 replicas per shard", stated("replication", "replicas_max") == 5),
        ("Valkey 20 % below Redis OSS", stated("engines", "valkey_discount_nodes") == 20),
        ("20 % (nodes) to 33 % (serverless) cheaper",
         stated("engines", "valkey_discount_serverless") == 33),
        ("keep 25 % of a node's memory back", stated("memory", "reserved_memory") == 25),
        ("may lose up to 10 seconds", stated("durability", "async_loss_max") == 10),
        ("lag of one second is an assumption", stated("replication", "lag") == 1),
        ("then stores: three trips", stated("strategy", "miss_trips") == 3),
        ("*and* the cache: two trips", stated("strategy", "write_through_trips") == 2),
        ("copies in three zones", stated("serverless", "zones") == 3),
        ("one for each KB that a request moves", stated("serverless", "ecpu_per_kb") == 1),
        ("before 2026-10 it was fixed at creation",
         not stated("durability", "changeable", "2026-06")),
        ("a hit moves an item at most once a minute", stated("memcached", "lru_rest") == 60),
        ("only while more than one in ten", stated("expire", "acceptable_stale") == 10),
        ("takes twenty keys at a time", stated("expire", "keys_per_loop") == 20),
        ("can be changed on a cluster that exists", stated("durability", "changeable")),
        ("where it is switched on", stated("memcached", "no_modern")),
        ("has 0.5 GiB, 25 % of which", stated("cache.t4g.micro", "maxmemory") == 2**29),
        ("six times the memory", 6 <= stated("cache.t4g.medium", "maxmemory") / 2**29 < 6.5),
    ],
)  # fmt: skip
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_worked_answers_say_what_the_model_says(prose):
    small = summary(keys=10_000)
    assert f"{small['capacity_items']:,} items of 256 KiB fit" in prose
    larger = summary(keys=10_000, node_type="cache.t4g.small")
    assert f"three times as many: {larger['warm_hit_pct']:.0f} % of the reads hit" in prose
    assert 2.5 < larger["capacity_items"] / small["capacity_items"] < 3
    medium = summary(keys=10_000, node_type="cache.t4g.medium")["capacity_items"]
    assert "The one after it holds nearly all" in prose and 9_000 < medium < 10_000
    assert "About three in ten, although only one request in twenty writes" in prose
    assert summary(ttl_s=60)["stale_pct"] == pytest.approx(30, abs=2)
    for strategy in ("write-through", "invalidate"):
        assert summary(ttl_s=60, strategy=strategy)["stale_pct"] < 1
    assert "All 250, and a little more" in prose
    loss = next(one for one in CACHE.presets if one.name == "The only node is lost").values
    peak = summary(**{**loss, "origin_workers": 0, "requests_per_s": 250})["peak_queries_per_s"]
    assert 250 <= peak < 275


def test_what_a_sweep_does_is_what_was_recorded(prose):
    assert "until its 25 ms are over" in prose
    assert "25 ms" in facts.load("elasticache").get("expire", "max_loops").note
    assert "some 1,000 to 1,500 keys more" in prose
