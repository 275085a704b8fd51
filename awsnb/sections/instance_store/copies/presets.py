"""Situations that teach what copies are good for, and what not."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Replaced every week",
        "A deployment that replaces each instance weekly loses its store each time. See what that "
        "does to two copies, and how many it takes now.",
        {"losses_per_year": 52.0},
    ),
    Preset(
        "Slow repair of large stores",
        "Thirty terabytes at 1 Gb/s take days. Raise the bandwidth and see the window close.",
        {"data_gb": 30_000.0, "copies": 3},
    ),
    Preset(
        "Scattered over the fleet",
        "Every instance repairs a part, so a copy is back sooner; but now any two instances hold "
        "something in common. Compare with groups: how often, and how much at a time.",
        {"placement": "scattered", "instances": 48},
    ),
    Preset(
        "A schedule stops them all",
        "Somebody stops the whole fleet once in ten years. Add copies and see what changes.",
        {"fleet_losses_per_year": 0.1, "copies": 3},
    ),
)
