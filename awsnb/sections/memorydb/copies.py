"""Where a write is kept besides the primary's memory: in replicas, in a log's zones, in a file."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import EBS
from awsnb.aws.elasticache import ELASTICACHE
from awsnb.aws.memorydb import MEMORYDB
from awsnb.mechanisms import quorum
from awsnb.sections.memorydb.scenario import (
    AOF,
    MEMORY_DB,
    NODES,
    OTHER,
    SYNC,
    WAIT,
    ZONE,
    ZONES,
    MemoryDbScenario,
)

WRITES = 20_000
TRIP_SEED, COPY_SEED = 1, 2
LOGGED = (SYNC, MEMORY_DB)
LOG_ZONES: int = MEMORYDB.value("durability", "log_zones")
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Copies:
    """The copies of a design, and how long after a write each of them has it.

    Attributes
    ----------
    names : tuple of str
        Of the n copies.
    zone : ndarray of int, shape (n,)
        Where each stands; the primary is in zone 0.
    delay_ms : ndarray of float, shape (n, 20000)
        By copies, for as many writes.
    waited_for : int
        Copies that have a write when it is acknowledged.
    """

    names: tuple[str, ...]
    zone: NDArray[np.int64]
    delay_ms: Floats
    waited_for: int

    @cached_property
    def ordered_ms(self) -> Floats:
        """When the first copy has a write, the second and so on, ms, shape (n, 20000)."""
        return np.sort(self.delay_ms, axis=0)

    @property
    def acknowledged_ms(self) -> Floats:
        """How long writes wait for copies, ms, shape (20000,)."""
        if not self.waited_for:
            return np.zeros(self.delay_ms.shape[1])
        waited: Floats = self.ordered_ms[self.waited_for - 1]
        return waited


def copies_of(scenario: MemoryDbScenario, design: str) -> Copies:
    """Draw the copies of a design, for writes of the scenario."""
    if design == AOF:
        return _file(scenario)
    if design in LOGGED:
        return _log(scenario)
    return _replicas(scenario, scenario.wait_for if design == WAIT else 0)


def survivors(copies: Copies, design: str, failure: str) -> Floats | None:
    """Return the delay of the best copy that is left, ms, shape (20000,); None if none is.

    Which of a log's zones is lost is not known: the fastest is taken to be, at the worst.
    """
    if design in LOGGED:
        return copies.ordered_ms[{ZONE: 1, ZONES: 2}.get(failure, 0)]
    lost = {ZONE: (0,), ZONES: (0, 1)}.get(failure, ())
    left = ~np.isin(copies.zone, lost)
    if (failure == NODES and design != AOF) or not left.any():
        return None
    if failure == OTHER and design != AOF:
        return copies.ordered_ms[1]
    best: Floats = copies.delay_ms[left].min(axis=0)
    return best


def trip_ms() -> Floats:
    """Draw the client's trip to the primary and back, ms, shape (20000,)."""
    return _lognormal((ELASTICACHE.value("latency", "cache_trip"),), _trip_sigma(), TRIP_SEED)[0]


def log_medians_ms(scenario: MemoryDbScenario) -> tuple[float, ...]:
    """Median latency of the log's zones, ms; the last may be the slow one."""
    median = MEMORYDB.value("latency", "log_zone_median")
    return (*[median] * (LOG_ZONES - 1), median * scenario.slow_zone)


def _log(scenario: MemoryDbScenario) -> Copies:
    names = tuple(f"Log, zone {'ABC'[zone]}" for zone in range(LOG_ZONES))
    sigma = MEMORYDB.value("latency", "log_zone_sigma")
    delay = _lognormal(log_medians_ms(scenario), sigma, COPY_SEED)
    waits = MEMORYDB.value("durability", "zones_before_reply")
    return Copies(names, np.arange(LOG_ZONES), delay, waits)


def _replicas(scenario: MemoryDbScenario, waited_for: int) -> Copies:
    """One replica keeps up, the others are behind; the first two stand in the other zones."""
    count, trip = scenario.replicas, MEMORYDB.value("latency", "replica_trip")
    delay = _lognormal((trip,) * count, _trip_sigma(), COPY_SEED)
    delay[1:] += scenario.behind_ms
    names = tuple(f"Replica {number}" for number in range(1, count + 1))
    return Copies(names, np.arange(1, count + 1) % LOG_ZONES, delay, waited_for)


def _file(scenario: MemoryDbScenario) -> Copies:
    """A crash falls anywhere between two syncs."""
    if scenario.fsync == "always":
        median = EBS.value("gp3", "latency_unloaded")
        delay = _lognormal((median,), _trip_sigma(), COPY_SEED)
        return Copies(("File",), np.zeros(1, np.int64), delay, 1)
    every_ms = 1000 * ELASTICACHE.value("aof", f"{scenario.fsync}_interval")
    delay = every_ms * (np.arange(WRITES) + 0.5)[None] / WRITES
    return Copies(("File",), np.zeros(1, np.int64), delay, 0)


def _trip_sigma() -> float:
    return float(MEMORYDB.value("latency", "trip_sigma"))


def _lognormal(medians: tuple[float, ...], sigma: float, seed: int) -> Floats:
    where = quorum.Copies((1,) * len(medians), medians, zone_sigma=0.0, copy_sigma=sigma)
    return quorum.latencies(where, WRITES, seed)
