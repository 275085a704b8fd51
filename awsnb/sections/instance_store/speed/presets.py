"""Situations that teach which limit EBS meets first."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Writes on i4i",
        "A cache writes 25,000 blocks a second. See what is the limit of each way.",
        {"instance_type": "i4i.large", "wanted_iops": 25_000, "operation": "writes"},
    ),
    Preset(
        "The largest instance",
        "Here the instance lets more through to EBS than one gp3 volume can do.",
        {"instance_type": "i4i.32xlarge", "wanted_iops": 1_000_000},
    ),
)
