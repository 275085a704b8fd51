"""Situations that teach how connections spread, and what becomes of them."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Eight connections",
        "Each connection is given to one of four targets. Raise the number of connections and "
        "watch the shares meet.",
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
        "spread over the others. Shorten the interval; the timeout must stay below it.",
        {"connections": 4000, "event": "hang", "cross_zone": True},
    ),
    Preset(
        "Three targets in two zones",
        "Cross-zone is off by default here: target 2 has zone b, and half of the clients, to "
        "itself. Switch it on, and see what the crossing costs.",
        {"connections": 4000, "targets": 3, "event": "none", "requests_per_s": 84.0},
    ),
    Preset(
        "UDP is closed when drained",
        "Target 1 of a new UDP target group is deregistered with a delay of 60 s. See what "
        "becomes of its flows, then change the listener to TCP.",
        {
            "listener": "UDP",
            "connections": 400,
            "event": "deregister",
            "event_at_s": 30,
            "deregistration_delay_s": 60,
            "cross_zone": True,
        },
    ),
    Preset(
        "TCP is drained",
        "Target 1 is deregistered, and the delay runs out. See what it still serves. Have "
        "connections closed when drained, or let them last 30 s.",
        {
            "connections": 400,
            "event": "deregister",
            "event_at_s": 30,
            "deregistration_delay_s": 60,
            "cross_zone": True,
        },
    ),
)
