"""Situations that teach what the money is for."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A busy database",
        "At 4,000 I/O a second, I/O is more than half of the bill. See where the lines cross. Then "
        "set RDS's peak to five times the average: RDS must be provisioned for its peak.",
        {"io_per_s": 4000.0},
    ),
)
