"""Situations that teach when a commitment pays, and what an interruption costs."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Office hours",
        "Ten hours a day. Look for the hours at which the straight line meets the level ones.",
        {"purchase": "on demand", "hours": 10.0},
    ),
    Preset(
        "Round the clock",
        "A server that never stops. Compare the levels at the right end.",
        {"purchase": "on demand", "hours": 24.0, "months": 36},
    ),
    Preset(
        "A project that ends early",
        "Three years are reserved, and after fourteen months nobody needs it.",
        {"purchase": "reserved 3 years", "hours": 24.0, "months": 14},
    ),
    Preset(
        "A batch that may stop",
        "Its work is saved every hour. See how much is done twice.",
        {"purchase": "spot", "hours": 24.0, "may_stop": True, "reclaimed_pct": 20.0},
    ),
    Preset(
        "A month of work, never saved",
        "The same price an hour. One reclaim undoes everything.",
        {"purchase": "spot", "hours": 24.0, "may_stop": True, "reclaimed_pct": 90.0,
         "saved_h": 720.0},
    ),
)  # fmt: skip
