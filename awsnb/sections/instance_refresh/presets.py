"""Situations that teach what a refresh takes, and what a bad version costs."""

from awsnb.aws.autoscaling.refresh import IGNORE
from awsnb.scenario import Preset
from awsnb.sections.instance_refresh.scenario import DEAD, FAILS

PRESETS = (
    Preset(
        "AWS's checkpoints",
        "AWS's own example: ten instances, 80 %, checkpoints at 20 and 50 %. See the batches.",
        {"min_healthy_pct": 80, "warm_up_s": 600, "pending_s": 0, "checkpoints": "20, 50",
         "delay_min": 15},
    ),
    Preset(
        "The notes' 70 %",
        "Three in ten may be out at once. See whether seven can carry the load.",
        {"min_healthy_pct": 70},
    ),
    Preset(
        "Launch before terminating",
        "From 100 to 110 %: new instances come first. Compare time and capacity.",
        {"min_healthy_pct": 100, "max_healthy_pct": 110},
    ),
    Preset(
        "All at once, 100 to 200 %",
        "Ten more instances for a few minutes.",
        {"min_healthy_pct": 100, "max_healthy_pct": 200},
    ),
    Preset(
        "A warm-up too short",
        "Instances serve after 5 min, and count as ready after 30 s. ELB's checks are off.",
        {"warm_up_s": 30, "boot_s": 300, "elb_checks": False},
    ),
    Preset(
        "A bad version, no alarm",
        "It passes health checks and fails a fifth of its requests. People notice after an hour.",
        {"version": FAILS},
    ),
    Preset(
        "The same with an alarm",
        "An alarm above 5 % of failed requests, with auto rollback. See when it can go off.",
        {"version": FAILS, "alarm_pct": 5.0, "auto_rollback": True},
    ),
    Preset(
        "The same, tested at 10 %",
        "One instance, a pause, and tests of 10 min.",
        {"version": FAILS, "checkpoints": "10, 100", "verify_min": 10},
    ),
    Preset(
        "A leak, no bake time",
        "It fails 40 min after an instance serves. The alarm is on.",
        {"version": FAILS, "alarm_pct": 5.0, "auto_rollback": True, "fails_after_min": 40,
         "min_healthy_pct": 50, "load_rps": 450},
    ),
    Preset(
        "A leak, an hour of baking",
        "The same, and the refresh waits before it is done.",
        {"version": FAILS, "alarm_pct": 5.0, "auto_rollback": True, "fails_after_min": 40,
         "min_healthy_pct": 50, "load_rps": 450, "bake_min": 60},
    ),
    Preset(
        "It never answers",
        "ELB's checks are on: see how far it comes.",
        {"version": DEAD, "auto_rollback": True},
    ),
    Preset(
        "Never answers, EC2 checks",
        "The same version; the group listens to EC2's checks alone.",
        {"version": DEAD, "auto_rollback": True, "elb_checks": False},
    ),
    Preset(
        "One protected instance",
        "Nine are replaced, and one must not be. Auto rollback is on.",
        {"protected": 1, "auto_rollback": True},
    ),
    Preset(
        "One protected, ignored",
        "The same group, as the console has it.",
        {"protected": 1, "auto_rollback": True, "held": IGNORE},
    ),
    Preset(
        "Refresh, spike, zone lost",
        "A policy keeps 65 % while a roll-out, a spike of 20 % at 10 min and a lost zone at 15 min "
        "meet. Take the policy away.",
        {"min_healthy_pct": 80, "spike_pct": 20, "spike_at_min": 10, "spike_min": 20,
         "zone_lost_min": 15, "desired": 12, "target_pct": 65.0},
    ),
)  # fmt: skip
