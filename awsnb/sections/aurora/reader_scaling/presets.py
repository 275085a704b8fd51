"""Situations that teach how soon a policy follows."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Readers follow the day",
        "Target tracking adds readers in the morning and removes them at night. That costs little "
        "more than half as much as the peak's number all day. Then scale on connections.",
        {},
    ),
    Preset(
        "A flash crowd",
        "From noon on there are five times as many reads. At 100 %, the CPU does not show how many "
        "readers are missing. Scale on connections, then raise the fewest readers.",
        {"reads": "flash crowd"},
    ),
)
