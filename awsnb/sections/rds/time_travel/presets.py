"""Situations that teach what a restore to a point in time is, and is not."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Noticed at once",
        "Somebody saw it within a minute. Why can't the restore start then?",
        {"noticed_min": 1.0},
    ),
    Preset(
        "Only the table comes back",
        "The old database goes on. Compare what is lost.",
        {"way": "copy the table"},
    ),
    Preset(
        "Just before the backup",
        "A day of logs must be replayed. Move the accident behind the backup window.",
        {"accident": "02:55", "busy_pct": 80.0},
    ),
    Preset(
        "Noticed after eight days",
        "Nobody used the table for a week. Raise the retention.",
        {"noticed_min": 11520.0},
    ),
    Preset(
        "Backups are off",
        "A retention of 0 days saves a little storage.",
        {"retention_days": 0},
    ),
)
