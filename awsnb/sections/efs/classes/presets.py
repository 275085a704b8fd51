"""Situations that teach when tiering pays."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Old home directories",
        "Most files were not read for months. See what the first month costs to move them, and "
        "how much every later month saves.",
        {"files": "home directories", "ia_after": "30 days"},
    ),
    Preset(
        "Back when read, too often",
        "Every file is read once in about six weeks, and pays to move each time. Switch moving "
        "back off and compare.",
        {"files": "media library", "ia_after": "7 days", "move_back": True, "reads_a_year": 9.0},
    ),
    Preset(
        "Many small files",
        "A million files far smaller than what AWS bills at the least. Compare the bill with that"
        " of Standard.",
        {"files": "many small files", "ia_after": "30 days", "reads_a_year": 0.0},
    ),
    Preset(
        "Archive, and left there",
        "Reads do not bring a file back, so it ages on in Infrequent Access and ends in Archive, "
        "where a read costs three times as much.",
        {"files": "media library", "ia_after": "30 days", "archive_after": "90 days"},
    ),
    Preset(
        "Archive, and back too soon",
        "A file that leaves Archive within 90 days is billed for the rest of them.",
        {
            "files": "media library",
            "ia_after": "7 days",
            "archive_after": "14 days",
            "move_back": True,
            "reads_a_year": 6.0,
        },
    ),
)
