"""Situations that teach what storage autoscaling can do, and what it can't."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A batch at night",
        "The batch frees its space each morning. Does the storage give it back?",
        {"batch_gib": 120.0, "growth_gib_per_day": 0.2},
    ),
    Preset(
        "It grew just before the batch",
        "At 01:30 it grows by 10 GiB; at 02:00 the batch wants 60. Look at what it waits for.",
        {"size_gib": 100, "data_gib": 89.9, "growth_gib_per_day": 1.6, "batch_gib": 60.0,
         "batch_h": 1.0, "days": 2},
    ),
    Preset(
        "The same, by the rule of 2023",
        "Then six hours had to pass. Compare how long writes fail.",
        {"size_gib": 100, "data_gib": 89.9, "growth_gib_per_day": 1.6, "batch_gib": 60.0,
         "batch_h": 1.0, "days": 2, "as_of": "2023-06"},
    ),
    Preset(
        "A maximum 10 % above",
        "AWS accepts this maximum. Count how often autoscaling acts.",
        {"size_gib": 200, "maximum_gib": 220, "growth_gib_per_day": 1.0},
    ),
    Preset(
        "A migration in one day",
        "Data come at 800 GiB a day. Which part of the rule sets the size of each step?",
        {"size_gib": 100, "data_gib": 10.0, "maximum_gib": 4000, "growth_gib_per_day": 800.0,
         "days": 2},
    ),
)  # fmt: skip
