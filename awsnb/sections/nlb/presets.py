"""Situations that teach how connections spread, and what becomes of them."""

from awsnb.scenario import Preset

PRESETS = (
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
        "A new UDP target group closes what is left when the delay is over, 60 s after target 1 is "
        "deregistered. Change the listener to TCP: then it keeps what it has.",
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
