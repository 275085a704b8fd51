"""Situations that teach what a cache does and how it fails."""

from awsnb.scenario import Preset

LOSS = {
    "node_loss_at_min": 5.0,
    "requests_per_s": 300,
    "origin_latency_ms": 40.0,
    "node_type": "cache.t4g.small",
    "ttl_s": 3600,
    "write_share_pct": 1.0,
}

PRESETS = (
    Preset(
        "A small cache for a web site",
        "A third of the items fit. Take a larger node, then less skew, and watch which of them "
        "the hit ratio follows.",
        {},
    ),
    Preset(
        "No TTL under the default policy",
        "No item has a TTL, and memory fills up. Look at why reads miss from then on. Take "
        "allkeys-lru, or give a TTL.",
        {"has_ttl": False, "workload": "drifting"},
    ),
    Preset(
        "A TTL of half a minute",
        "Look at why reads miss. Then take a larger node, and then a longer TTL.",
        {"ttl_s": 30, "node_type": "cache.t4g.small"},
    ),
    Preset(
        "The only node is lost",
        "All 300 reads a second go to the database, which does 200. When the empty node is back, "
        "its loads wait in that queue. Give it a replica.",
        LOSS,
    ),
    Preset(
        "The same loss, with a replica",
        "Seconds instead of minutes, and the items are still there. Without a replica, one shard "
        "of three would have taken a third of them.",
        LOSS | {"replicas": 1},
    ),
    Preset(
        "A stampede on hot items",
        "Few items, a slow query, a short TTL: when a hot item expires, every request loads it "
        "until the first load is back. Tick Coalesce misses.",
        {
            "keys": 200,
            "zipf_alpha": 1.2,
            "requests_per_s": 400,
            "ttl_s": 20,
            "ttl_jitter_pct": 0.0,
            "origin_latency_ms": 1000.0,
            "origin_workers": 0,
            "write_share_pct": 0.0,
        },
    ),
    Preset(
        "A scan flushes an LRU",
        "At six minutes a report reads every item once, and the popular ones are evicted for items "
        "that nobody asks for again. Keep it, and take allkeys-lfu.",
        {"policy": "allkeys-lru", "workload": "with a scan", "has_ttl": False, "zipf_alpha": 1.1},
    ),
    Preset(
        "Memcached's LRU on a busy cache",
        "A hit moves an item at most once a minute, and here most are evicted sooner: first in, "
        "first out. Keep it, take segmented-lru, then exact-lru, which is nobody's.",
        {"engine": "memcached", "has_ttl": False, "requests_per_s": 400},
    ),
    Preset(
        "A session store",
        "Reads renew the TTL, so only idle sessions end. An eviction is a user logged out: choose "
        "a node on which there are none.",
        {
            "keys": 4_000,
            "item_size_kib": 128.0,
            "zipf_alpha": 0.4,
            "write_share_pct": 20.0,
            "strategy": "write-through",
            "renew_ttl": True,
            "ttl_s": 240,
        },
    ),
    Preset(
        "A batch with one TTL",
        "A batch stores 11,000 items with a TTL of an hour. Watch the database an hour later, "
        "then give the TTL a jitter.",
        {
            "keys": 11_000,
            "item_size_kib": 32.0,
            "zipf_alpha": 0.6,
            "requests_per_s": 1_000,
            "duration_min": 90,
            "filled": True,
            "ttl_s": 3600,
            "ttl_jitter_pct": 0.0,
            "write_share_pct": 0.0,
            "origin_latency_ms": 40.0,
        },
    ),
    Preset(
        "A day at 100,000 requests a second",
        "Two million items, all in memory, and 99 % of the reads hit. The one in a hundred that "
        "misses is still a thousand queries a second. Lengthen the TTL, then write less.",
        {
            "keys": 2_000_000,
            "item_size_kib": 2.0,
            "requests_per_s": 100_000,
            "duration_min": 1440,
            "node_type": "cache.r7g.large",
            "ttl_s": 3600,
            "strategy": "invalidate",
            "write_share_pct": 0.5,
            "origin_workers": 0,
            "origin_latency_ms": 10.0,
        },
    ),
)
