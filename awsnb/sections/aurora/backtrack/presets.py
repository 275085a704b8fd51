"""Situations that teach what an undo costs."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "An undo that reaches back a day",
        "A mistake on Friday evening is noticed on Monday morning: 60 hours. Move the window until "
        "it reaches, and read the price; then let the application write ten times as much.",
        {"backtrack_h": 24.0, "noticed_after_h": 60.0},
    ),
)
