"""Aurora: quorums, the log, failover, readers that come and go, storage and the bill."""

from collections.abc import Callable, Mapping

from awsnb.results import Result
from awsnb.services.aurora.availability import quorum_table, simulate_availability
from awsnb.services.aurora.backtrack import simulate_backtrack
from awsnb.services.aurora.cluster import (
    AVAILABILITY,
    BACKTRACK,
    COST,
    FAILOVER,
    LATENCY,
    PROTOCOL,
    SCALING,
    STORAGE,
    AuroraScenario,
)
from awsnb.services.aurora.cost import simulate_cost
from awsnb.services.aurora.failover import simulate_failover
from awsnb.services.aurora.latency import simulate_latency
from awsnb.services.aurora.options import compare_aurora
from awsnb.services.aurora.presets import AURORA_PRESETS
from awsnb.services.aurora.protocol import simulate_protocol
from awsnb.services.aurora.published import measured_errors, published_cases
from awsnb.services.aurora.readers import simulate_readers
from awsnb.services.aurora.volume import simulate_storage

__all__ = [
    "AURORA_PRESETS",
    "AuroraScenario",
    "compare_aurora",
    "measured_errors",
    "published_cases",
    "quorum_table",
    "simulate_aurora",
]

_VIEWS: Mapping[str, Callable[[AuroraScenario], Result]] = {
    LATENCY: simulate_latency,
    AVAILABILITY: simulate_availability,
    PROTOCOL: simulate_protocol,
    FAILOVER: simulate_failover,
    SCALING: simulate_readers,
    STORAGE: simulate_storage,
    BACKTRACK: simulate_backtrack,
    COST: simulate_cost,
}


def simulate_aurora(cluster: AuroraScenario) -> Result:
    """Look at a cluster in the scenario's view."""
    return _VIEWS[cluster.view](cluster)
