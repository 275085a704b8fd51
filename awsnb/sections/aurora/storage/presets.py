"""Situations that teach when a bill for storage shrinks, and where growth ends."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Deleted rows stay on the bill",
        "After half a year three fifths of the rows are deleted, and the bill does not move: the "
        "space is free inside the tables, not outside. Let tables be dropped instead.",
        {"freed_by": "deleted rows"},
    ),
    Preset(
        "Towards the largest volume",
        "Storage grows by itself, far beyond what RDS has, up to a limit. Look for the day when it "
        "is full, and how much finds no room after it. Then set As of to 2023-06.",
        {
            "size_gib": 50 * 1024,
            "growth_gib_per_day": 200.0,
            "days": 1200,
            "freed_by": "nothing",
        },
    ),
)
