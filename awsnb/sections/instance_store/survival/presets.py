"""Situations that teach where data goes."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Hibernate over night",
        "Memory comes back as it was. See what of the instance store does.",
        {"first": "hibernate and start", "second": "nothing"},
    ),
    Preset(
        "A larger type, then the end",
        "A change of type needs a stop. At the end, see which volume is left.",
        {"first": "change of type", "second": "terminate"},
    ),
    Preset(
        "Power fails, then a drive",
        "Two events, one after the other. See after which of them data is gone.",
        {"first": "power failure", "second": "drive failure"},
    ),
)
