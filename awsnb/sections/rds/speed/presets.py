"""Situations that teach whether storage or instance binds."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "gp2 and a nightly batch",
        "200 GiB of gp2 earn 600 IOPS. Watch the credit, then make it 400 GiB.",
        {"storage_type": "gp2", "size_gib": 200, "workload": "nightly-batch",
         "instance_class": "db.m6g.2xlarge"},
    ),
    Preset(
        "One GiB less than four volumes",
        "399 GiB of gp3 under spikes. Add one GiB.",
        {"storage_type": "gp3", "size_gib": 399, "workload": "diurnal-spikes",
         "instance_class": "db.m6g.2xlarge"},
    ),
    Preset(
        "Fast storage, small instance",
        "20,000 IOPS of io2 behind a db.m6g.large. Which of the two binds?",
        {"storage_type": "io2", "size_gib": 400, "iops": 20_000, "workload": "oltp-day",
         "instance_class": "db.m6g.large", "load_factor": 8.0},
    ),
    Preset(
        "Large reads on a small class",
        "Few operations of 256 KiB each. Look at the credit in bytes: CloudWatch has it as "
        "EBSByteBalance.",
        {"storage_type": "gp3", "size_gib": 400, "workload": "steady", "io_size_kib": 256,
         "instance_class": "db.m6g.large"},
    ),
)  # fmt: skip
