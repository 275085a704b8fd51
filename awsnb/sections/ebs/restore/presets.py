"""Situations that teach what a new volume waits for."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A database from a snapshot",
        "The volume can be used at once. Watch how long its reads stay slow.",
        {"method": "lazy load"},
    ),
    Preset(
        "The same at a rate paid for",
        "The time can be told beforehand: data divided by the rate.",
        {"method": "provisioned rate", "rate_mibps": 300},
    ),
    Preset(
        "Ten fast volumes of 1 TiB",
        "Fast snapshot restore was enabled a day ago. See how many of the ten find a credit.",
        {"method": "fast snapshot restore", "size_gib": 1024, "volumes": 10},
    ),
    Preset(
        "Ten small ones, a day later",
        "A small snapshot earns more credits, up to ten.",
        {"method": "fast snapshot restore", "size_gib": 100, "volumes": 10},
    ),
    Preset(
        "Enabled a minute too late",
        "Enabling takes an hour for each TiB, and the bucket starts empty.",
        {"method": "fast snapshot restore", "size_gib": 1024, "enabled_h": 1.0},
    ),
    Preset(
        "A clone for a test",
        "No snapshot is needed, and reads are fast from the start, up to a limit.",
        {"method": "clone", "read_iops": 6000, "volume_iops": 8000},
    ),
    Preset(
        "Nobody reads yet",
        "Without reads only the default rate fetches. Give it some, and compare the end.",
        {"method": "lazy load", "read_iops": 0},
    ),
)
