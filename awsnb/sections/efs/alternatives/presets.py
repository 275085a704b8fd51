"""Situations that teach when a GB that costs more is the cheaper place."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A disk with room to grow",
        "One server keeps its files on a volume that was made large. Move 'A volume is full to'"
        ", and see where the lines cross.",
        {"store": "EFS bursting", "stored_gib": 100, "full_pct": 20.0, "instances": 1,
         "read_gib_day": 1.0},
    ),
    Preset(
        "A disk that is nearly full",
        "The same server, tidied up. Here the price of a GB decides.",
        {"store": "EFS bursting", "stored_gib": 100, "full_pct": 90.0, "instances": 1,
         "read_gib_day": 1.0},
    ),
    Preset(
        "Uploads of four web servers",
        "They edit the same files, and a zone may fail. Look at what is left to choose from.",
        {"store": "EFS elastic", "stored_gib": 300, "instances": 4, "zone_loss": True},
    ),
    Preset(
        "A copy on each of ten",
        "Ten servers only read. Each could have a volume of its own: compare ten small volumes "
        "with one file system.",
        {"store": "EBS gp3", "stored_gib": 40, "full_pct": 70.0, "instances": 10,
         "use": "only read", "read_gib_day": 5.0, "written_gib_day": 0.1},
    ),
    Preset(
        "Training data, all day long",
        "Every byte is read again and again, as whole files. See what a price per GB read comes "
        "to.",
        {"store": "EFS elastic", "stored_gib": 1000, "instances": 8, "use": "write whole files",
         "read_gib_day": 1500.0},
    ),
    Preset(
        "Millions of tiny objects",
        "Files of 4 KiB, read all the time. S3 charges for each request, and elastic mode for at "
        "least 32 KiB.",
        {"store": "S3 Standard", "stored_gib": 200, "instances": 2, "use": "only read",
         "read_gib_day": 60.0, "written_gib_day": 0.1, "file_kib": 4},
    ),
)  # fmt: skip
