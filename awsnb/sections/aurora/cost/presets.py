"""Situations that teach what the money is for."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A busy database",
        "At 4,000 I/O a second the I/O is the bill. See where the lines cross. Then let RDS have a "
        "peak of five times the average: it must be provisioned for it.",
        {"io_per_s": 4000.0},
    ),
)
