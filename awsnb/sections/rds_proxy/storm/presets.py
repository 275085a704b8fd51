"""Situations that teach."""

from awsnb.scenario import Preset

PROXIED = {"through": "RDS Proxy"}

PRESETS = (
    Preset(
        "A thousand, directly",
        "Compare the limit with the number of functions. Then lower the functions to 800.",
        {},
    ),
    Preset(
        "A thousand, by a proxy",
        "One knob differs: sessions wait, and nobody is refused. Then make the pool smaller.",
        PROXIED,
    ),
    Preset(
        "Eight hundred, directly",
        "Also one knob. Look at how long the database is busy with opening connections.",
        {"functions": 800},
    ),
    Preset(
        "A tenth of them pinned",
        "Each pinned session keeps its connection. Read the last plot at this share.",
        {**PROXIED, "pinned_pct": 10.0},
    ),
    Preset(
        "All of them pinned",
        "The proxy is still there. Compare with the way without it.",
        {**PROXIED, "pinned_pct": 100.0},
    ),
    Preset(
        "A pool of ten per cent",
        "A tenth of the connections. Compare when the last function has answered.",
        {**PROXIED, "max_connections_pct": 10},
    ),
    Preset(
        "Long transactions",
        "Each lasts two seconds, and the pool is tiny. The borrow timeout is 120 s.",
        {**PROXIED, "max_connections_pct": 1, "held_ms": 2000.0},
    ),
    Preset(
        "Two thousand",
        "Lambda does not start them all at once. See when the last one wakes.",
        {**PROXIED, "functions": 2000},
    ),
)
