"""Situations that teach what a load balancer can and cannot save."""

from awsnb.scenario import Preset

ALB_PRESETS = (
    Preset(
        "A target crashes",
        "A quarter of all requests fails until the health checks have counted to two: a minute, by "
        "default. Shorten the interval to 5 s.",
        {"event": "crash"},
    ),
    Preset(
        "The black hole",
        "A target that refuses at once never has requests outstanding, so it looks the least busy: "
        "it draws most of the traffic. Switch back to round_robin.",
        {"algorithm": "least_outstanding_requests", "event": "crash"},
    ),
    Preset(
        "A target hangs",
        "Now requests pile up at the bad target, and least_outstanding_requests steers around it "
        "before any health check fails. Compare it with round_robin.",
        {"algorithm": "least_outstanding_requests", "event": "hang"},
    ),
    Preset(
        "One failure too many",
        "80 % busy is fine until one of four is gone: the other three face more than they can "
        "serve, and the queue only grows. Add a target.",
        {"requests_per_s": 128.0, "event": "crash", "health_interval_s": 5},
    ),
    Preset(
        "A retry storm",
        "Target 1 is away for a minute. Clients wait 2 s and try again three times: queues fill "
        "with requests that nobody waits for, and stay full when it is back. Set a queue limit, "
        "or take the retries away.",
        {
            "requests_per_s": 128.0,
            "event": "crash",
            "health_interval_s": 5,
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

NLB_PRESETS = (
    Preset(
        "Eight connections",
        "Eight dice, four faces: target 4 gets five of the connections, target 1 none. Raise "
        "the number of connections and watch the shares meet.",
        {"connections": 8, "event": "none", "cross_zone": True},
    ),
    Preset(
        "Thousands of connections",
        "The same load on 4,000 connections: every target has its quarter, within a few percent.",
        {"connections": 4000, "event": "none", "cross_zone": True},
    ),
    Preset(
        "One heavy client",
        "Thousands of connections, but one of them brings 40 % of all requests, to one target. "
        "More targets don't help.",
        {"connections": 4000, "heaviest_pct": 40.0, "event": "none", "cross_zone": True},
    ),
    Preset(
        "A host dies without a word",
        "Its connections are stuck until health checks take it out and reset them; then clients "
        "spread over the others. Shorten the interval.",
        {"connections": 4000, "event": "hang", "cross_zone": True},
    ),
    Preset(
        "Three targets in two zones",
        "Cross-zone is off by default here: target 2 has zone b, and half of the clients, to "
        "itself. Switch it on, and see what the crossing costs.",
        {"connections": 4000, "targets": 3, "event": "none", "requests_per_s": 84.0},
    ),
    Preset(
        "Draining that never ends",
        "Deregistered, and the delay long over, target 1 still serves the connections it has. "
        "Have them closed when drained, or let connections last 30 s.",
        {
            "connections": 400,
            "event": "deregister",
            "event_at_s": 30,
            "deregistration_delay_s": 60,
            "cross_zone": True,
        },
    ),
)
