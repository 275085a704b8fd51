"""Situations that teach what copies that need not answer are worth."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Wait for all six",
        "Each copy is slow at one write in a hundred, and all six must answer. Switch the design "
        "to 4 of 6 and see the tail go.",
        {"design": "6 of 6"},
    ),
    Preset(
        "A zone is slow",
        "Zone A answers ten times later. 4 of 6 can do without it, but then needs all of the other "
        "four. Raise the slow answers and see the tail reach zone A; then try 3 of 4.",
        {"zone_trouble": "slow", "slow_copy_pct": 0.1},
    ),
    Preset(
        "Zones are slow together",
        "Theory takes every copy for itself. Where a zone's copies fail together, in the shade, "
        "it is wrong: six copies are not six chances.",
        {"zone_slow_pct": 1.0, "slow_copy_pct": 0.5},
    ),
)
