"""Situations that teach what a load balancer can and cannot save."""

from awsnb.scenario import Preset

QUICK = {"health_interval_s": 5, "health_timeout_s": 2}  # the timeout must be below the interval

PRESETS = (
    Preset(
        "A target crashes",
        "A quarter of all requests fails until the health checks have counted to two: a minute, by "
        "default. Shorten the interval to 6 s.",
        {"event": "crash"},
    ),
    Preset(
        "A target refuses at once",
        "Target 1 refuses at once, and the rule prefers whoever has the fewest requests "
        "outstanding. Watch where they go. Switch back to round_robin.",
        {"algorithm": "least_outstanding_requests", "event": "crash"},
    ),
    Preset(
        "A target hangs",
        "Now requests pile up at the bad target, and least_outstanding_requests steers around it "
        "before any health check fails. Compare it with round_robin.",
        {"algorithm": "least_outstanding_requests", "event": "hang"},
    ),
    Preset(
        "Errors that no check sees",
        "Target 1 answers each request with an error, and its health check, which asks for another "
        "page, passes. Nothing takes it out. Let clients try again, and see what is left.",
        {"event": "errors"},
    ),
    Preset(
        "One of four busy targets",
        "Four targets are 80 % busy, and one is lost. Watch the latency for as long as the run "
        "lasts, then add a target.",
        {"requests_per_s": 128.0, "event": "crash", **QUICK},
    ),
    Preset(
        "Clients that try again",
        "Target 1 is away for a minute; clients wait 2 s and try again three times. See what is "
        "left when it is back. Set a queue limit, or take the retries away.",
        {
            "requests_per_s": 128.0,
            "event": "crash",
            **QUICK,
            "returns_at_s": 120,
            "retries": 3,
            "patience_s": 2.0,
        },
    ),
    Preset(
        "An older instance",
        "Target 1 has 60 % of the speed and as many requests as the others: its queue is the p99 "
        "of all. Switch to least_outstanding_requests.",
        {"slow_target_pct": 60.0, "event": "none", "requests_per_s": 100.0},
    ),
    Preset(
        "Three targets in two zones",
        "With cross-zone off, half of the traffic meets the one target of zone b. Switch it on.",
        {"targets": 3, "cross_zone": False, "event": "none", "requests_per_s": 84.0},
    ),
    Preset(
        "Eight targets and two",
        "With cross-zone off, each zone gets half: the two in zone b get 25 % of all requests "
        "each, the eight in zone a 6.25 %. Switch it on.",
        {
            "targets": 10,
            "targets_in_zone_a": 8,
            "cross_zone": False,
            "event": "none",
            "requests_per_s": 150.0,
        },
    ),
    Preset(
        "Draining a long request",
        "Requests of 10 s, and a deregistration delay of 5 s: some are cut off in the middle. "
        "Raise the delay until none is.",
        {
            "event": "deregister",
            "deregistration_delay_s": 5,
            "service_ms": 10_000.0,
            "workers": 64,
            "requests_per_s": 15.0,
            "p99_goal_ms": 60_000.0,
        },
    ),
)
