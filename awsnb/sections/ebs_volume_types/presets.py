"""Situations that teach what tells the volume types apart."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "A nightly batch on gp2",
        "Watch the credit: 5.4 million I/Os of it carry the batch for half an hour, then 300 IOPS "
        "must do. Move the size until the batch fits.",
        {"volume_type": "gp2", "size_gib": 100, "workload": "nightly-batch"},
    ),
    Preset(
        "The same batch on gp3",
        "No bucket: 3,000 IOPS at all times. Compare it with gp2, in time and in price.",
        {"volume_type": "gp3", "size_gib": 100, "workload": "nightly-batch"},
    ),
    Preset(
        "A boot storm on a small disk",
        "Three storms in a night, and one bucket. See what the third of them meets.",
        {"volume_type": "gp2", "size_gib": 20, "workload": "boot-storm"},
    ),
    Preset(
        "Large I/O meets the other limit",
        "At 256 KiB an I/O, 125 MiB/s are used up at 500 IOPS. Raise the throughput, not the IOPS.",
        {
            "volume_type": "gp3",
            "size_gib": 500,
            "workload": "oltp-day",
            "io_size_kib": 256,
            "provisioned_iops": 3000,
            "provisioned_throughput_mibps": 125,
        },
    ),
    Preset(
        "The instance is the bottleneck",
        "The volume could do 16,000 IOPS. The t3.medium's own bucket is what runs dry.",
        {
            "volume_type": "io2",
            "size_gib": 200,
            "provisioned_iops": 16000,
            "instance_type": "t3.medium",
            "workload": "oltp-day",
            "load_factor": 3.0,
        },
    ),
    Preset(
        "Random I/O on a hard disk",
        "Every random I/O costs st1 a whole MiB of credit, whatever its size. Switch the access to "
        "sequential.",
        {"volume_type": "st1", "size_gib": 2048, "workload": "steady", "access": "random"},
    ),
    Preset(
        "One I/O at a time",
        "At queue depth 1 and 1 ms an I/O nobody gets past 1,000 IOPS: paying for more changes "
        "nothing, more depth does.",
        {
            "volume_type": "gp3",
            "size_gib": 100,
            "workload": "boot-storm",
            "overload": "closed loop",
            "queue_depth": 1,
        },
    ),
)
