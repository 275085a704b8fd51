"""A cluster in a few words, by what is asked of it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from awsnb.services.aurora.cluster import AuroraScenario


def describe(cluster: "AuroraScenario") -> str:
    """Say what the scenario's view is of."""
    return _TEXTS[cluster.view](cluster)


def counted(count: int, what: str) -> str:
    """Say how many: ``1 reader``, ``2 readers``."""
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def _latency(cluster: "AuroraScenario") -> str:
    trouble = "" if cluster.zone_trouble == "none" else f", zone A {cluster.zone_trouble}"
    return f"writes by {cluster.design}{trouble}"


def _availability(cluster: "AuroraScenario") -> str:
    return f"{cluster.design}, segments of {cluster.segment_gb:g} GB"


def _protocol(cluster: "AuroraScenario") -> str:
    return f"{cluster.story}, step {cluster.step}"


def _failover(cluster: "AuroraScenario") -> str:
    kept = f" for {cluster.address_kept_s:g} s" if cluster.client == "keeps addresses" else ""
    return f"failover with {counted(cluster.readers, 'reader')}, client: {cluster.client}{kept}"


def _scaling(cluster: "AuroraScenario") -> str:
    target = (
        f"{cluster.cpu_target_pct:g} % CPU"
        if cluster.scaling_metric == "CPU"
        else f"{cluster.connections_target:,} connections a reader"
    )
    return f"{cluster.min_readers} to {cluster.max_readers} readers at {target}"


def _storage(cluster: "AuroraScenario") -> str:
    kept = cluster.freed_by == "nothing" or cluster.freed_day >= cluster.days
    freed = "" if kept else f", {cluster.freed_by} on day {cluster.freed_day:,}"
    return f"{cluster.size_gib:,} GiB and {cluster.growth_gib_per_day:g} a day{freed}"


def _backtrack(cluster: "AuroraScenario") -> str:
    if not cluster.backtrack_h:
        return "backtrack off"
    return f"{cluster.backtrack_h:g} h of backtrack at {cluster.changes_per_s:,g} changes/s"


def _cost(cluster: "AuroraScenario") -> str:
    return (
        f"{cluster.engine} {cluster.storage}, {counted(1 + cluster.readers, 'instance')} "
        f"{cluster.instance_class}, {cluster.size_gib:,} GiB, {cluster.io_per_s:,g} I/O/s"
    )


_TEXTS: Mapping[str, Callable[["AuroraScenario"], str]] = {
    "write latency": _latency,
    "availability": _availability,
    "log protocol": _protocol,
    "failover": _failover,
    "reader scaling": _scaling,
    "storage": _storage,
    "backtrack": _backtrack,
    "cost": _cost,
}
