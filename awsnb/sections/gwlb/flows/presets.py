"""Situations that teach what becomes of flows."""

from awsnb.scenario import Preset
from awsnb.sections.gwlb.flows.scenario import DEREGISTERED, NONE, SHARED

PRESETS = (
    Preset(
        "Nothing fails",
        "All appliances work. Watch connections that are quiet for a while.",
        {"event": NONE, "pause_s": 90.0},
    ),
    Preset(
        "A keep-alive of five minutes",
        "The same, with a packet after 300 s of silence. Then take 400 s.",
        {"event": NONE, "pause_s": 90.0, "keep_alive_s": 300.0},
    ),
    Preset(
        "Rebalance, own state",
        "The flows of appliance 1 are hashed anew. Does that save the connections?",
        {"target_failover": "rebalance", "pause_s": 20.0},
    ),
    Preset(
        "Rebalance, shared state",
        "All appliances know all connections. Compare with each its own.",
        {"target_failover": "rebalance", "state": SHARED, "pause_s": 20.0},
    ),
    Preset(
        "A reset when it fails",
        "Off as AWS has it, and on here. Compare how soon half of the clients are told.",
        {"reset_on_failure": True, "pause_s": 20.0},
    ),
    Preset(
        "A pair of hosts is a flow",
        "2-tuple: see how many are cut off as the hour ends.",
        {"stickiness": "2-tuple", "pause_s": 20.0},
    ),
    Preset(
        "An appliance is drained",
        "It is deregistered, and switched off after the delay. Move the mean life.",
        {"event": DEREGISTERED, "pause_s": 20.0, "life_min": 10.0},
    ),
    Preset(
        "One appliance a zone",
        "Cross-zone is off, as AWS has it. Switch it on.",
        {"per_zone": 1, "pause_s": 20.0},
    ),
    Preset(
        "Answers by another endpoint",
        "A route table sends a tenth of the answers through the other zone.",
        {"event": NONE, "asymmetric_pct": 10.0, "pause_s": 20.0},
    ),
)
