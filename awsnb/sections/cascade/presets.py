"""Situations that teach what acts before the queue, and what acts behind the wrong link."""

from awsnb.scenario import Preset
from awsnb.sections.cascade.scenario import PROXY, REQUESTS, SHALLOW

PRESETS = (
    Preset(
        "A gp3 volume",
        "RDS takes the same price for a GiB of gp3, and there is no bucket. Compare the p99 of the "
        "morning.",
        {"storage_type": "gp3"},
    ),
    Preset(
        "Keys that expire apart",
        "The credits are as spent as before. Watch how long the cache takes, and what the threads "
        "do meanwhile.",
        {"ttl_jitter_pct": 50.0},
    ),
    Preset(
        "RDS Proxy",
        "Watch the threads: do they wait for connections, or for the volume behind them?",
        {"connect": PROXY},
    ),
    Preset(
        "Scaling on requests",
        "The group grows at once. Each instance brings 100 connections: watch what the database "
        "does then.",
        {"scale_on": REQUESTS},
    ),
    Preset(
        "Checks beside the queue",
        "No instance is replaced now. See what the instances do with requests whose clients have "
        "left.",
        {"health_check": SHALLOW},
    ),
    Preset(
        "Three remedies",
        "The check beside the queue, scaling on requests, and a proxy. Take the proxy away again.",
        {"health_check": SHALLOW, "scale_on": REQUESTS, "connect": PROXY},
    ),
    Preset(
        "Fail fast",
        "Ten may wait for the database, twenty in the queue, and few try again. The cause is "
        "still there.",
        {"bulkhead": 10, "queue_limit": 20, "retry_budget_pct": 10.0},
    ),
)
