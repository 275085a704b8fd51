"""Situations that teach what an acknowledgement is worth."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Asynchronous replicas",
        "Fast, since nobody is waited for. Let the primary fail, then all nodes.",
        {"design": "async replicas"},
    ),
    Preset(
        "WAIT, the best takes over",
        "The client waits for a replica. Then let the second one take over.",
        {"design": "WAIT for replicas"},
    ),
    Preset(
        "WAIT, another takes over",
        "A replica acknowledged, another is promoted. Raise WAIT and watch the latency.",
        {"design": "WAIT for replicas", "failure": "primary and best"},
    ),
    Preset(
        "ElastiCache with a log",
        "Sync durability of 2026. Compare it with MemoryDB: latency, loss, price.",
        {"design": "ElastiCache sync", "failure": "all nodes"},
    ),
    Preset(
        "A file, synced each second",
        "Your own server. See the latency, then what the primary takes with it.",
        {"design": "AOF of your own", "fsync": "everysec"},
    ),
    Preset(
        "A file, and its zone fails",
        "Each write is on disk before it is acknowledged. The disk is in one zone.",
        {"design": "AOF of your own", "failure": "primary's zone"},
    ),
    Preset(
        "One slow log zone",
        "One of the three zones answers late. Make it ever slower: how far does p99 go?",
        {"slow_zone": 10.0},
    ),
    Preset(
        "Large writes",
        "Writes of 64 KiB. Find what limits a shard, and what the month costs.",
        {"value_kib": 64.0},
    ),
)
