"""Situations that teach what standbys cost and save."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "No standby",
        "Nothing to wait for at a commit. Look at the year.",
        {"deployment": "Single-AZ"},
    ),
    Preset(
        "Two readable standbys",
        "Compare the rare, slow commits with those of one standby.",
        {"deployment": "Multi-AZ cluster", "slow_pct": 5.0},
    ),
    Preset(
        "One standby is slow",
        "Every answer of it takes twenty times as long. Change to a cluster.",
        {"deployment": "Multi-AZ instance", "standby": "slow"},
    ),
    Preset(
        "The standby is gone",
        "A synchronous standby must answer. What happens to commits?",
        {"deployment": "Multi-AZ instance", "standby": "gone"},
    ),
    Preset(
        "Clients cache DNS for an hour",
        "RDS fails over in a minute or two. When do clients see it?",
        {"deployment": "Multi-AZ instance", "client_dns_s": 3600.0},
    ),
    Preset(
        "A MySQL reader lags",
        "One reader is 5 minutes behind. Change the engine to PostgreSQL.",
        {"deployment": "Multi-AZ cluster", "engine": "mysql", "most_lag_s": 300.0},
    ),
)
