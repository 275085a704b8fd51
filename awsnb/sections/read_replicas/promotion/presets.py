"""Situations that teach what promotion loses, and what it takes."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Far away, and it fails",
        "The same batch, and a network delay of 80 ms. Compare what is lost with the near replica.",
        {"place": "another Region"},
    ),
    Preset(
        "A slow network",
        "10 MiB/s to another Region. Watch what waits at the source when the batch ends.",
        {"place": "another Region", "carries_mibps": 10.0},
    ),
    Preset(
        "The Region is gone",
        "The replica stands in it. Move it.",
        {"happens": "its Region fails"},
    ),
    Preset(
        "A move, by the book",
        "Writes stop, the lag is waited for, then promotion. Compare loss and stop.",
        {"happens": "a planned move"},
    ),
    Preset(
        "A move, too early",
        "Promoted while clients still write to the source. Nobody sees an error.",
        {"happens": "promoted too soon"},
    ),
    Preset(
        "A chain to another Region",
        "MySQL over two levels. The first sends on only what it has replayed. Then try PostgreSQL.",
        {
            "engine": "MySQL",
            "place": "another Region",
            "levels": 2,
            "happens": "its Region fails",
        },
    ),
)
