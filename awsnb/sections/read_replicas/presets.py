"""Situations that teach what makes a replica late, and which rule hides it from whom."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A report stops replay",
        "A long query runs on one of three replicas. Compare the slowest replica with the others.",
        {"replicas": 3, "query_s": 30.0},
    ),
    Preset(
        "Long MySQL transaction",
        "A minute of changes arrives at its commit. Every replica is late, not one.",
        {"engine": "MySQL", "transaction_s": 60.0},
    ),
    Preset(
        "A burst of writes",
        "For a minute there are four times as many writes. See how long the lag lasts after it.",
        {"burst": 4.0, "query_s": 0.0},
    ),
    Preset(
        "More writes than replay",
        "The writes of one busy source. Add replicas and see whether it helps.",
        {"writes_per_s": 1100.0, "query_s": 0.0, "reads_per_s": 1000.0},
    ),
    Preset(
        "Source after a write",
        "Each user reads from the source for five seconds after a write. Make the users slower.",
        {"routing": "source after a write"},
    ),
    Preset(
        "Wait for the write",
        "A read waits until its replica has the write. See the price: the longest waits.",
        {"routing": "wait for the write"},
    ),
    Preset(
        "An idle source",
        "Hardly anything is written. Compare what ReplicaLag shows with the delay of a write.",
        {"writes_per_s": 0.01, "query_s": 0.0},
    ),
    Preset(
        "A chain to another Region",
        "Replicas of a replica, far away. One level replays a transaction, then the next.",
        {
            "engine": "MySQL",
            "transaction_s": 30.0,
            "levels": 2,
            "way_ms": 80.0,
            "other_region": True,
        },
    ),
)
