"""Situations that teach why segments are small."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Large segments, slow repair",
        "A terabyte at 1 Gb/s takes two hours and more to copy. Move the segment to 10 GB: the "
        "window for the next failure shrinks with it, and no disk got any better.",
        {"segment_gb": 1000.0, "repair_gbps": 1.0},
    ),
)
