"""Situations that teach what a chain holds."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A year of daily snapshots",
        "Nobody deletes. See what one day adds, and what all restore points would cost as full "
        "copies.",
        {"days": 365},
    ),
    Preset(
        "A rule that keeps a month",
        "From day 31 on, as much is freed as is stored.",
        {"days": 365, "keep_days": 30},
    ),
    Preset(
        "Delete one in the middle",
        "Compare what the snapshot of day 15 had stored with what is freed.",
        {"delete": "15"},
    ),
    Preset(
        "Delete all but the last",
        "One restore point is left. It still needs a full set of blocks.",
        {"delete": "1-29"},
    ),
    Preset(
        "Archive a daily snapshot",
        "The archive takes a full copy, and the other snapshots keep their blocks.",
        {"archive": "15"},
    ),
    Preset(
        "Archive quarterly snapshots",
        "In a quarter most blocks change. See whether the archive pays now.",
        {"days": 361, "every_days": 90, "archive": "1,91,181,271"},
    ),
    Preset(
        "Deleted, but in the bin",
        "A recycle bin makes a mistake good. Look at the bill on the day of the deletion.",
        {"delete": "1-29", "bin_days": 7},
    ),
    Preset(
        "A copy in another Region",
        "Each snapshot is stored twice, and what changed is sent once.",
        {"keep_days": 30, "days": 60, "copy_region": True},
    ),
)
