"""Situations that teach what crossing zones gives, and what it costs."""

from awsnb.scenario import Preset
from awsnb.sections.cross_zone.scenario import INSIDE

PRESETS = (
    Preset(
        "The same, switched on",
        "Compare what a target in zone A gets with cross-zone off. Then read who pays.",
        {"at_balancer": "on"},
    ),
    Preset(
        "The same behind an ALB",
        "Its default is on. Look at the bytes that cross and at the bill.",
        {"balancer": "alb"},
    ),
    Preset(
        "Clients inside the VPC",
        "A request may cross twice: to the node, and on to the target.",
        {"at_balancer": "on", "clients": INSIDE},
    ),
    Preset(
        "DNS keeps clients at home",
        "Five targets in each zone, and each client is sent to the node of its own zone.",
        {"targets_a": 5, "targets_b": 5, "clients": INSIDE, "affinity": "own zone"},
    ),
    Preset(
        "Clients keep an old address",
        "Most clients still use zone A's address. See whether targets of an ALB get more there.",
        {"balancer": "alb", "targets_a": 5, "targets_b": 5, "to_node_a_pct": 80.0},
    ),
    Preset(
        "Zone A is lost",
        "Two zones of four. Is one enough for all requests? Move the requests.",
        {"targets_a": 4, "targets_b": 4, "zone_a_lost": True},
    ),
)
