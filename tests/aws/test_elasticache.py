from dataclasses import replace

import pytest

from awsnb.aws.elasticache import ELASTICACHE, NODE_TYPES, OF_THE_ENGINE, SERVERLESS, Cache
from awsnb.scenario import ScenarioError

SMALL = Cache("valkey", "cache.t4g.micro", OF_THE_ENGINE, shards=1, replicas=0, item_size_kib=256.0)


@pytest.mark.parametrize(
    ("changes", "items"),
    [
        ({}, 1535),  # 536,870,912 x 0.75 / (256 x 1024 + 100)
        ({"engine": "memcached"}, 1647),  # (512 - 100) x 2^20 / (256 x 1024 + 100)
        ({"node_type": "cache.t4g.small"}, 4207),
        ({"node_type": SERVERLESS}, None),
    ],
)
def test_items_that_fit_by_hand(changes, items):
    assert replace(SMALL, **changes).shard_items == items


@pytest.mark.parametrize(
    ("changes", "usd"),
    [
        ({}, 0.0128 * 730),
        ({"engine": "redis-oss"}, 0.016 * 730),
        ({"node_type": "cache.r7g.large", "shards": 2, "replicas": 2}, 6 * 0.1752 * 730),
        # no data: the least that is metered, and one unit for each request of up to a KB
        (
            {"node_type": SERVERLESS, "item_size_kib": 0.5},
            730 * 0.1 * 0.084 + 100 * 3600 * 730 / 1e6 * 0.0023,
        ),
    ],
)
def test_prices_by_hand(changes, usd):
    cache = replace(SMALL, **changes)
    assert cache.cost_usd_month(items_held=0, requests_per_s=100) == pytest.approx(usd)


def test_valkey_is_a_fifth_cheaper_than_redis():
    discount_pct = ELASTICACHE.value("engines", "valkey_discount_nodes")
    for node in NODE_TYPES:
        valkey, redis = (ELASTICACHE.value(node, f"{name}_price") for name in ("valkey", "redis"))
        assert valkey / redis == pytest.approx(1 - discount_pct / 100)


def test_the_engines_default_policy():
    assert SMALL.evicts == "volatile-lru"
    assert replace(SMALL, engine="memcached").evicts == "memcached-lru"


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"engine": "memcached", "policy": "allkeys-lru"}, "policy"),
        ({"policy": "segmented-lru"}, "policy"),
        ({"engine": "memcached", "replicas": 1}, "replicas"),
        ({"engine": "memcached", "item_size_kib": 2048.0}, "item_size_kib"),
        ({"node_type": SERVERLESS, "shards": 2}, "shards"),
        ({"node_type": SERVERLESS, "replicas": 1}, "replicas"),
    ],
)
def test_a_refusal_names_its_field(changes, field):
    with pytest.raises(ScenarioError) as caught:
        replace(SMALL, **changes).check()
    assert caught.value.field == field
    assert str(caught.value).startswith((f"{field} = ", "shards = "))
