"""Situations that teach what tells the policies apart."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "The notes' experiment",
        "A target of 40 % and stress on one instance: 1 goes to 3 after three datapoints above "
        "40 %. It goes back one by one, and not before fifteen datapoints below 28 %.",
        {"load": "stress", "target_pct": 40.0, "min_size": 1, "max_size": 3, "boot_s": 60,
         "instance_type": "t2.micro"},
    ),
    Preset(
        "A step of four times the load",
        "At 100 %, the CPU can't show more load. Watch how far target tracking goes at each step. "
        "Shorten the warm-up, then the boot time.",
        {},
    ),
    Preset(
        "A ready-made AMI",
        "The same step with a boot of 20 s and a warm-up of 30 s. See how much of the delay is "
        "left, and how far so short a warm-up overshoots.",
        {"boot_s": 20, "warm_up_s": 30},
    ),
    Preset(
        "Simple scaling waits",
        "It adds two instances and pauses for five minutes, whatever the alarm says. Set the "
        "cooldown to 0, or switch to step, which never waits.",
        {"policy": "simple"},
    ),
    Preset(
        "A flash crowd",
        "Ten times the load within five minutes. Try each policy, a lower target and a higher "
        "minimum, and see what each costs.",
        {"load": "flash-crowd", "max_size": 60},
    ),
    Preset(
        "Office hours, foreseen",
        "The first day has no forecast, and target tracking overshoots to the maximum. From the "
        "second on the instances are there before nine. Compare it with target tracking alone.",
        {"policy": "predictive", "load": "office-days", "max_size": 30},
    ),
    Preset(
        "Steps too large for the gap",
        "Four are added when CPU passes 50 %, and leave again below 45 %: on a smooth day the "
        "group never rests. Lower the scale-in threshold, or add fewer.",
        {"policy": "step", "load": "diurnal", "add_instances": 4, "low_side_pct": 90.0,
         "max_size": 30},
    ),
    Preset(
        "An ECS service on a noisy day",
        "Application Auto Scaling scales in below 90 % of the target. Count how often the group "
        "turns, then set the scale-in threshold to 70, as on EC2 groups.",
        {"scaler": "Application Auto Scaling", "load": "diurnal", "noise_pct": 20.0, "boot_s": 30,
         "max_size": 60},
    ),
    Preset(
        "Memory has a say",
        "CPU and memory each have a policy. The group grows for either, and shrinks only when both "
        "agree: an idle instance is at 50 % memory, so it never does. Take the CPU alone.",
        {"metrics": "CPU and memory", "memory_idle_pct": 50.0, "memory_target_pct": 65.0},
    ),
    Preset(
        "Requests for each target",
        "The same step, counted in requests: at 12,000 for each of three instances and a target of "
        "3,000 it is known at once that twelve are needed. Compare the delay with the CPU's.",
        {"metrics": "requests"},
    ),
    Preset(
        "The requests stop",
        "Work for 40 minutes, then none. Without requests there is no datapoint, so the scale-in "
        "alarm sees no low one: step scaling stays. Tell the alarm that a missing datapoint is "
        "breaching. AWS's pages differ here: another one says that zeros are sent.",
        {"policy": "step", "metrics": "requests", "load": "stress", "target_rpm": 2400.0,
         "min_size": 1, "max_size": 6, "boot_s": 60},
    ),
)  # fmt: skip
