"""Situations that teach how to choose."""

from awsnb.scenario import Preset

PRESETS = (
    Preset(
        "Shops behind one name",
        "Paths lead to different services. One kind reads them; see what the others lack.",
        {"need": "rules on path or host", "rules": 40},
    ),
    Preset(
        "A partner's firewall",
        "The partner lets fixed addresses through, and paths must be read: what no kind does "
        "alone, a pair does. Look at both bills.",
        {"need": "rules on path or host", "need_too": "fixed IP addresses"},
    ),
    Preset(
        "Short connections",
        "A connection a request, and little in it. Look at which dimension is paid for, and who "
        "has no such dimension.",
        {"requests_per_connection": 1.0, "kb_per_request": 2.0, "requests_per_s": 500.0},
    ),
    Preset(
        "Devices that stay connected",
        "Each sends little and stays connected for an hour: active connections are paid for. "
        "Change to TCP, and let TLS end at the target.",
        {
            "traffic": "TLS",
            "requests_per_connection": 60.0,
            "connection_s": 3600.0,
            "kb_per_request": 1.0,
            "requests_per_s": 1000.0,
        },
    ),
    Preset(
        "A game over UDP",
        "One kind has a listener for it.",
        {"traffic": "UDP", "kb_per_request": 0.5, "requests_per_s": 2000.0},
    ),
    Preset(
        "A firewall for everything",
        "Appliances inspect all packets. See what of the bill is the endpoints'.",
        {"traffic": "all IP", "need": "third-party appliances", "requests_per_s": 1000.0},
    ),
    Preset(
        "Tickets go on sale",
        "Traffic jumps from nothing to 30 Gbit/s. A load balancer scales its own nodes, in time.",
        {"traffic": "TCP", "need": "fixed IP addresses", "peak_gbps": 30.0},
    ),
)
