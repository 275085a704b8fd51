"""What happens: how late replicas are, which reads are stale, who is overloaded."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb import theory
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds import copying_usd_month, replica_usd_hour
from awsnb.mechanisms.replication import stale_share
from awsnb.sections.read_replicas.lag import Lag, lag_of
from awsnb.sections.read_replicas.scenario import (
    ANY,
    PINNED,
    POSTGRESQL,
    WAITING,
    ReplicaScenario,
)

Array = NDArray[np.float64]

AGES_S = np.geomspace(0.001, 600, 180)
MOST_NEEDED = 1000


@dataclass(frozen=True, eq=False)
class Outcome:
    """What readers see, and what the instances have to do.

    Attributes
    ----------
    lag : Lag
        How late the replicas are.
    stale_pct : float
        Reads of own writes that miss them, under the routing rule.
    wait_p99_s : float
        How long a reader lets the replica catch up, 99th percentile; ``inf`` if it does not.
    worst_s : float
        The longest delay of a write on any replica; ``inf`` if it is not shown.
    replicas_needed : int or None
        Replicas that the reads need beside the replay; None if no number is enough.
    source_busy_pct, replica_busy_pct : float
        Work asked of the source and of the slowest replica, of what it can do.
    slot_full_h : float or None
        Until the log kept for a stopped replica fills the source; None but for PostgreSQL.
    usd_month : float or None
        Replicas and the log's way to another Region; None if the class has no price on file.
    """

    scenario: ReplicaScenario
    lag: Lag
    stale_pct: float
    wait_p99_s: float
    worst_s: float
    replicas_needed: int | None
    source_busy_pct: float
    replica_busy_pct: float
    slot_full_h: float | None
    usd_month: float | None

    @property
    def holds(self) -> bool:
        """Whether so few reads are stale as is accepted, and nobody is overloaded."""
        busiest = max(self.source_busy_pct, self.replica_busy_pct)
        return self.stale_pct <= self.scenario.accepted_pct and busiest <= 100


def simulate(scenario: ReplicaScenario) -> Outcome:
    """Read from replicas that follow a source.

    Parameters
    ----------
    scenario : ReplicaScenario

    Returns
    -------
    Outcome

    Raises
    ------
    TraceError
        If the file is no ReplicaLag.
    """
    return served(scenario, lag_of(scenario))


def served(one: ReplicaScenario, lag: Lag) -> Outcome:
    """Read from replicas whose lag is known."""
    several = one.replicas > 1 and not lag.trace
    late = (lag.slowest_s, lag.others_s) if several else (lag.slowest_s,)
    return Outcome(
        scenario=one,
        lag=lag,
        stale_pct=100 * float(stale(one, lag, one.after_s)),
        wait_p99_s=wait_p99_s(one, lag) if one.routing == WAITING else 0.0,
        worst_s=float(max(np.max(delay) for delay in late)),
        replicas_needed=replicas_needed(one),
        source_busy_pct=_busy_pct(one, one.reads_per_s * one.to_source_share, 1.0),
        replica_busy_pct=_busy_pct(one, one.reads_each, one.slow_pct / 100),
        slot_full_h=_slot_full_h(one),
        usd_month=_usd_month(one),
    )


def on_replicas(one: ReplicaScenario, lag: Lag, after_s: ArrayLike) -> Array:
    """Share of reads so long after the write that miss it on a replica, over all replicas."""
    slowest = stale_share(lag.slowest_s, lag.weight, after_s)
    others = stale_share(lag.others_s, lag.weight, after_s)
    return (slowest + (one.replicas - 1) * others) / one.replicas


def stale(one: ReplicaScenario, lag: Lag, after_s: ArrayLike) -> Array:
    """Share of reads of own writes that miss them under the reader's routing rule."""
    missed = on_replicas(one, lag, after_s)
    if one.routing == ANY:
        return missed
    if one.routing == PINNED:
        return np.where(np.asarray(after_s) < one.pinned_s, 0.0, missed)
    return np.zeros_like(missed)


def wait_p99_s(one: ReplicaScenario, lag: Lag) -> float:
    """How long reads wait for their own write on the replica that they meet, 99th percentile, s."""
    delays = np.concatenate([lag.slowest_s, lag.others_s])
    weights = np.concatenate([lag.weight, (one.replicas - 1) * lag.weight])
    late = np.quantile(delays, 0.99, weights=weights, method="inverted_cdf")
    return max(float(late) - one.after_s, 0.0)


def replicas_needed(one: ReplicaScenario) -> int | None:
    """Count the replicas that the reads need, each of which replays all writes as well."""
    each = theory.read_capacity(1, one.writes_per_s, 1 / one.writes_max, 1 / one.reads_max)
    if not each:
        return None
    to_replicas = one.reads_per_s * (1 - one.to_source_share)
    needed = math.ceil(to_replicas / each * (1 - 1e-12))
    return needed if needed <= MOST_NEEDED else None


def capacity(one: ReplicaScenario, replicas: ArrayLike) -> Array:
    """Reads per second that so many replicas serve beside their replay."""
    each = theory.read_capacity(1, one.writes_per_s, 1 / one.writes_max, 1 / one.reads_max)
    return each * np.asarray(replicas, dtype=np.float64)


def _busy_pct(one: ReplicaScenario, reads_per_s: float, speed: float) -> float:
    work = one.writes_per_s / one.writes_max + reads_per_s / one.reads_max
    return 100 * work / speed


def _slot_full_h(one: ReplicaScenario) -> float | None:
    if one.engine != POSTGRESQL:
        return None
    return one.free_gib * 2**20 / (one.log_kib * one.writes_per_s) / 3600


def _usd_month(one: ReplicaScenario) -> float | None:
    hour = replica_usd_hour(one.engine, one.instance_class)
    if hour is None:
        return None
    instances = one.replicas + one.levels - 1
    kib_per_s = one.log_kib * one.writes_per_s
    copied = copying_usd_month(kib_per_s, other_region=one.other_region)
    return instances * HOURS_A_MONTH * hour + one.replicas * copied
