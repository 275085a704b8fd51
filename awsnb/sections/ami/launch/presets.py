"""Situations that teach what a launch is made of."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Everything in the image",
        "User data has nothing left to do. See which stage is the longest now.",
        {"approach": "golden image"},
    ),
    Preset(
        "Image and quick checks",
        "The same image, asked every 5 s. Compare the requests that wait, not the seconds alone.",
        {"approach": "golden image", "check_interval_s": 5},
    ),
    Preset(
        "Instances that wait, stopped",
        "Look at the second plot: the launches come in two groups. What parts them?",
        {"approach": "warm pool"},
    ),
    Preset(
        "A heavy image",
        "40 GiB are baked in, and a quarter of it is read at the start.",
        {"approach": "golden image", "software_gib": 40.0},
    ),
    Preset(
        "A heavy image, fast restore",
        "The same with the blocks ready. Compare the time, then the price.",
        {"approach": "golden image", "software_gib": 40.0, "loading": "fast restore"},
    ),
    Preset(
        "The load grows slowly",
        "Half an hour instead of five minutes. How much does the launch matter now?",
        {"ramp_min": 30.0},
    ),
)
