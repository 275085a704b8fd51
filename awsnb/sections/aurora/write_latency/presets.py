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
        "Zone A takes ten times as long to answer. 4 of 6 can do without it, but then needs all of "
        "the other four. Raise the slow answers: p99.9 comes to zone A's time. Then try 3 of 4.",
        {"zone_trouble": "slow", "slow_copy_pct": 0.1},
    ),
    Preset(
        "Zones are slow together",
        "The theory takes copies to be slow independently of each other. In the shaded part a "
        "zone's copies are slow together, and there the theory is wrong.",
        {"zone_slow_pct": 1.0, "slow_copy_pct": 0.5},
    ),
)
