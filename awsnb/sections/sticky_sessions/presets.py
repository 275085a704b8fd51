"""Situations that teach what a tie costs."""

from awsnb.scenario import Preset
from awsnb.sections.sticky_sessions.scenario import ADDRESS, CLASSIC, DURATION, LEAST, STORE

PRESETS = (
    Preset(
        "Short stickiness duration",
        "Three minutes without a request end the tie. Count the sessions that move.",
        {"stickiness": DURATION, "duration_s": 180},
    ),
    Preset(
        "A CLB's ten minutes",
        "Another cookie of ten minutes. See what it does to busy sessions, and to balance.",
        {"stickiness": CLASSIC, "duration_s": 600},
    ),
    Preset(
        "An office behind one NAT",
        "Look for the target that the office is on, before and after the scale-out.",
        {"stickiness": ADDRESS},
    ),
    Preset(
        "Least outstanding requests",
        "New sessions go to the target with the least to do. Compare how the added ones fill.",
        {"routing": LEAST},
    ),
    Preset(
        "Long, heavy sessions",
        "A few sessions do most of the work, and they are long. Watch the added targets wait.",
        {
            "session_min": 120.0,
            "length_spread_pct": 300.0,
            "weight_spread_pct": 500.0,
            "live_sessions": 200,
        },
    ),
    Preset(
        "Sessions in ElastiCache",
        "Nothing is tied. What does the death of target 1 take now?",
        {"stickiness": STORE},
    ),
)
