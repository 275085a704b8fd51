"""Situations that teach what a new volume waits for."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A database from a snapshot",
        "The volume can be used at once. Watch how long its reads stay slow.",
        {"method": "lazy load"},
    ),
    Preset(
        "At a provisioned rate",
        "The time can be told beforehand: data divided by the rate.",
        {"method": "provisioned rate", "rate_mibps": 300},
    ),
    Preset(
        "Ten volumes of 1 TiB",
        "Fast snapshot restore was enabled a day ago. See how many of the ten find a credit.",
        {"method": "fast snapshot restore", "size_gib": 1024, "volumes": 10},
    ),
    Preset(
        "Ten volumes of 100 GiB",
        "The same with a smaller snapshot: compare the credits that it earns.",
        {"method": "fast snapshot restore", "size_gib": 100, "volumes": 10},
    ),
    Preset(
        "Enabled an hour ago",
        "One volume of 1 TiB is made. See what enabling takes, and how the bucket starts.",
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
