"""Situations that teach what six copies and a quorum are for."""

from awsnb.scenario import Preset

AURORA_PRESETS = (
    Preset(
        "Wait for all six",
        "One slow answer in a hundred, six copies: one write in seventeen meets a slow one. Switch "
        "the design to 4 of 6 and see the tail go.",
        {"design": "6 of 6"},
    ),
    Preset(
        "A zone is slow",
        "Zone A answers ten times later. 4 of 6 can do without it, but then needs all of the other "
        "four. Raise the slow answers and see the tail reach zone A; then try 3 of 4.",
        {"zone_trouble": "slow", "slow_copy_pct": 0.1},
    ),
    Preset(
        "Zones are slow together",
        "Theory takes every copy for itself. Where a zone's copies fail together, in the shade, "
        "it is wrong: six copies are not six chances.",
        {"zone_slow_pct": 1.0, "slow_copy_pct": 0.5},
    ),
    Preset(
        "Large segments, slow repair",
        "A terabyte at 1 Gb/s takes two hours and more to copy. Move the segment to 10 GB: the "
        "window for the next failure shrinks with it, and no disk got any better.",
        {"view": "availability", "segment_gb": 1000.0, "repair_gbps": 1.0},
    ),
    Preset(
        "The writer crashes",
        "Move the step. Record 3 is half a transaction on two segments: see what recovery does "
        "with it, and that the commits at 1 and 2 survive.",
        {"view": "log protocol", "story": "a crash in the middle", "step": 11},
    ),
    Preset(
        "The application keeps the address",
        "The cluster is back in half a minute; the application knocks at the old door for up to "
        "ten. Try the proxy.",
        {"view": "failover", "client": "keeps addresses", "address_kept_s": 600.0},
    ),
    Preset(
        "Readers follow the day",
        "Target tracking adds readers in the morning and takes them away at night, at little more "
        "than half the price of the peak's number always. Then scale on connections.",
        {"view": "reader scaling"},
    ),
    Preset(
        "A flash crowd",
        "From noon on five times the reads. At 100 % CPU can't tell how much is missing, so they "
        "come in rounds of twelve minutes. Scale on connections, then raise the fewest readers.",
        {"view": "reader scaling", "reads": "flash crowd"},
    ),
    Preset(
        "Deleted rows stay on the bill",
        "After half a year three fifths of the rows are deleted, and the bill does not move: the "
        "space is free inside the tables, not outside. Let tables be dropped instead.",
        {"view": "storage", "freed_by": "deleted rows"},
    ),
    Preset(
        "Towards the largest volume",
        "Storage grows by itself, far beyond what RDS has, until it doesn't. Look for the day, "
        "then set As of to 2023-06.",
        {
            "view": "storage",
            "size_gib": 50 * 1024,
            "growth_gib_per_day": 200.0,
            "days": 1200,
            "freed_by": "nothing",
        },
    ),
    Preset(
        "An undo that reaches back a day",
        "A mistake on Friday evening is noticed on Monday morning: 60 hours. Move the window until "
        "it reaches, and read the price; then let the application write ten times as much.",
        {"view": "backtrack", "backtrack_h": 24.0, "noticed_after_h": 60.0},
    ),
    Preset(
        "A busy database",
        "At 4,000 I/O a second the I/O is the bill. See where the lines cross. Then let RDS have a "
        "peak of five times the average: it must be provisioned for it.",
        {"view": "cost", "io_per_s": 4000.0},
    ),
)
