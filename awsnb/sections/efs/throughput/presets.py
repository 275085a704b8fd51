"""Situations that teach what tells the throughput modes apart."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A new file system, almost empty",
        "For days it is fast: 2.1 TiB of credit came with it. Watch what is left when the credit "
        "is gone, and how long the nightly batch takes then.",
        {"mode": "bursting", "standard_gib": 20, "workload": "nightly-batch"},
    ),
    Preset(
        "The same load, elastic",
        "No credit and no waiting: you pay for each GB that is read or written. Compare the bill.",
        {"mode": "elastic", "standard_gib": 20, "workload": "nightly-batch"},
    ),
    Preset(
        "Provisioned for the peak",
        "Paid for day and night, used for an hour. Move the throughput down until data waits.",
        {
            "mode": "provisioned",
            "standard_gib": 20,
            "provisioned_mibps": 70,
            "workload": "nightly-batch",
        },
    ),
    Preset(
        "Four TiB earn their own speed",
        "The size alone earns 200 MiB/s, and the credit stays full. Nothing else need be paid.",
        {"mode": "bursting", "standard_gib": 4096, "workload": "oltp-day", "load_factor": 3.0},
    ),
    Preset(
        "One client is the limit",
        "The file system could do more. A single client gets no further than its own 500 MiB/s.",
        {
            "mode": "bursting",
            "standard_gib": 16_384,
            "workload": "oltp-day",
            "load_factor": 15.0,
            "clients": 1,
            "read_pct": 100.0,
        },
    ),
    Preset(
        "Build files in one zone",
        "What can be made again need not lie in three zones. Change the kind to Regional and "
        "compare the bill. The notes say what one zone risks.",
        {
            "mode": "elastic",
            "standard_gib": 2000,
            "workload": "oltp-day",
            "kind": "One Zone",
            "read_pct": 20.0,
        },
    ),
    Preset(
        "Small files, one by one",
        "Each file is opened, written and closed, and each step waits for the one before. No mode "
        "helps: raise the queue depth or the number of clients.",
        {
            "mode": "elastic",
            "standard_gib": 100,
            "workload": "steady",
            "file_kib": 4,
            "read_pct": 0.0,
            "clients": 1,
            "queue_depth": 1,
        },
    ),
)
