"""Situations that teach what a quorum keeps."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "The writer crashes",
        "Move the step. Record 3 is half a transaction on two segments: see what recovery does "
        "with it, and that the commits at 1 and 2 survive.",
        {"sequence": "a crash in the middle", "step": 11},
    ),
)
