"""Situations that teach what a quorum keeps."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "The writer crashes",
        "Record 2 is complete on three segments, one short of the four: its commit waits. Move the "
        "step on, and see what recovery makes of it, and of record 3, half a transaction.",
        {"sequence": "a crash in the middle", "step": 11},
    ),
)
