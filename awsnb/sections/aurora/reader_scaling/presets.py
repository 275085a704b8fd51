"""Situations that teach how soon a policy follows."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Readers follow the day",
        "Target tracking adds readers in the morning and takes them away at night, at little more "
        "than half the price of the peak's number always. Then scale on connections.",
        {},
    ),
    Preset(
        "A flash crowd",
        "From noon on five times the reads, and at 100 % CPU can't tell how much is missing. Scale "
        "on connections, then raise the fewest readers.",
        {"reads": "flash crowd"},
    ),
)
