"""Situations that teach what a group finds, and how it repairs."""

from awsnb.aws.autoscaling.health import HANGS, HOST, SPOT, TERMINATED, TYPES, ZONE
from awsnb.scenario import Preset
from awsnb.sections.auto_scaling_groups.repair.scenario import BALANCED_ONLY, CREATED, STOPPED

EC2_ALONE, WITH_ELB = TYPES[0], TYPES[1]

PRESETS = (
    Preset(
        "The notes' experiment",
        "Two instances, one terminated by hand. See what is launched, and when it serves.",
        {"event": TERMINATED, "checks": EC2_ALONE, "desired": 2, "minimum": 2, "maximum": 2,
         "zones": 2},
    ),
    Preset(
        "A hung application",
        "The instance runs, its application does not answer. Turn ELB's checks on.",
        {"event": HANGS, "checks": EC2_ALONE},
    ),
    Preset(
        "Grace left out",
        "The API's default grace period, and a boot of two minutes. See how many are launched.",
        {"event": TERMINATED, "grace_s": 0},
    ),
    Preset(
        "A hook in place of grace",
        "The same boot and no grace, with a launch hook that waits for the application.",
        {"event": TERMINATED, "grace_s": 0, "hook": True},
    ),
    Preset(
        "A slow boot",
        "Ten minutes of boot. Compare the time to boot with the time until it serves.",
        {"event": TERMINATED, "boot_s": 600, "grace_s": 900},
    ),
    Preset(
        "A slow boot, a warm pool",
        "The same boot, with two stopped instances that wait.",
        {"event": TERMINATED, "boot_s": 600, "grace_s": 900, "warm_pool": STOPPED},
    ),
    Preset(
        "A zone for 30 minutes",
        "What is lost is replaced in the other zones. See what happens when the zone is back.",
        {"event": ZONE},
    ),
    Preset(
        "A zone, balanced-only",
        "The same outage, and a group that must not launch in other zones.",
        {"event": ZONE, "distribution": BALANCED_ONLY},
    ),
    Preset(
        "A lost zone, and a policy",
        "A policy keeps 50 %. It acts while the repair takes its turns.",
        {"event": ZONE, "target_pct": 50.0, "maximum": 12},
    ),
    Preset(
        "Spot takes three",
        "Nine of twelve instances are Spot, in three pools. One pool is taken back.",
        {"event": SPOT, "desired": 12, "maximum": 15, "on_demand_base": 3, "on_demand_pct": 0,
         "types": 1},
    ),
    Preset(
        "Spot, rebalanced",
        "The same pool, with Capacity Rebalancing: what do two minutes of notice save?",
        {"event": SPOT, "desired": 12, "maximum": 15, "on_demand_base": 3, "on_demand_pct": 0,
         "types": 1, "capacity_rebalance": True},
    ),
    Preset(
        "A new group without grace",
        "Six instances are launched, and none is ready when its first checks fail.",
        {"event": CREATED, "grace_s": 0},
    ),
    Preset(
        "Three impaired hosts",
        "They still run. See how many are replaced at a time.",
        {"event": HOST, "affected": 3, "checks": WITH_ELB},
    ),
)  # fmt: skip
