"""Situations that teach what credit can do, and what it costs when it can't."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Four busy hours a day",
        "The mean decides, not the peak: move the busy hours until the balance no longer comes "
        "back overnight.",
        {"instance_type": "t3.medium", "busy_vcpus": 1.6, "busy_h": 4.0, "quiet_vcpus": 0.1},
    ),
    Preset(
        "Six hours, standard mode",
        "No surplus is billed. Watch the served line drop to the baseline, and how late the work "
        "is.",
        {"mode": "standard", "busy_vcpus": 1.6, "busy_h": 6.0, "quiet_vcpus": 0.1},
    ),
    Preset(
        "Cheap becomes dear",
        "A build server that never rests. Compare its bill with that of the m5.large.",
        {"instance_type": "t3.large", "busy_vcpus": 1.8, "busy_h": 24.0, "quiet_vcpus": 1.8},
    ),
    Preset(
        "The first week of a micro",
        "A new T2 begins with launch credits. See how long they last on the first day. Why does "
        "the second day hold?",
        {
            "instance_type": "t2.micro",
            "mode": "standard",
            "busy_vcpus": 0.8,
            "busy_h": 2.0,
            "quiet_vcpus": 0.02,
        },
    ),
    Preset(
        "Too few vCPUs",
        "Credit buys time on the vCPUs that are there, never more of them.",
        {"instance_type": "t3.micro", "busy_vcpus": 3.0, "busy_h": 1.0, "quiet_vcpus": 0.1},
    ),
)
