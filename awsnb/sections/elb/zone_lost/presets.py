"""Situations that teach what the loss of a zone does."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Every client keeps to DNS",
        "Nobody caches an address longer than its minute. See how much of the failure is left.",
        {"long_pct": 0.0},
    ),
    Preset(
        "Clients that never ask again",
        "Half of the requests come from programs that keep an address for a day.",
        {"long_pct": 50.0, "cache_min": 1440.0},
    ),
    Preset(
        "No spare targets",
        "With four targets a zone, two zones are left to do the work of three. Look at the load.",
        {"targets_per_zone": 4, "long_pct": 0.0},
    ),
    Preset(
        "Six of ten die: cross-zone on",
        "Two zones with ten targets each, both thresholds at 50 %. Switch cross-zone off: the "
        "same four healthy targets mean something else.",
        {
            "event": "targets die", "dead_targets": 6, "targets_per_zone": 10, "zones": 2,
            "dns_failover_pct": 50.0, "routing_failover_pct": 50.0,
        },
    ),
    Preset(
        "Six of ten die: cross-zone off",
        "AWS's own example: the zone leaves DNS. See where a request goes that still comes.",
        {
            "event": "targets die", "dead_targets": 6, "targets_per_zone": 10, "zones": 2,
            "dns_failover_pct": 50.0, "routing_failover_pct": 50.0, "cross_zone": False,
        },
    ),
    Preset(
        "Errors that no check sees",
        "Targets answer errors and pass their checks. Only somebody who looks can help: move the "
        "zonal shift.",
        {"event": "targets fail unseen", "zonal_shift_min": 10.0},
    ),
    Preset(
        "Gone for a short while",
        "The zone is back after three minutes. See when its targets are.",
        {"lasts_min": 3.0, "targets_per_zone": 4},
    ),
)  # fmt: skip
