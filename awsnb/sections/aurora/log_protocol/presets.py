"""Situations that teach what a quorum keeps."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "The writer crashes",
        "Record 2 is complete on three segments, one short of the four: its commit waits. Move the "
        "step on, and see what recovery makes of it, and of record 3, half a transaction.",
        {"sequence": "a crash in the middle", "step": 11},
    ),
    Preset(
        "A zone and one more copy are gone",
        "Zone A is down and B1 is destroyed. Three copies are left: enough to recover from, one "
        "short of a write. Move the step on, and see what ends the wait.",
        {"sequence": "a zone and one more", "step": 14},
    ),
    Preset(
        "Two writers",
        "A new writer is open, and the old one still sends its record 2. See what each segment "
        "says to it, and which number the new writer gives its first record.",
        {"sequence": "the old writer is not dead", "step": 8},
    ),
    Preset(
        "Quorums that do not meet",
        "What if three copies were enough for a write? The commit at 1 is acknowledged, and the "
        "writer has crashed. Move one step on: recovery asks the other three.",
        {"sequence": "quorums that don't meet", "step": 11},
    ),
)
