"""What happens: writes wait for copies, something fails, and the best copy left takes over."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import ceil

import numpy as np

from awsnb import theory
from awsnb.aws.elasticache import ELASTICACHE
from awsnb.aws.memorydb import MEMORYDB, shard_writes_per_s
from awsnb.sections.memorydb.bill import Bill, bill, written_gb
from awsnb.sections.memorydb.copies import (
    LOGGED,
    Copies,
    Floats,
    copies_of,
    log_medians_ms,
    survivors,
    trip_ms,
)
from awsnb.sections.memorydb.load import Writes, writes_of
from awsnb.sections.memorydb.scenario import (
    AOF,
    DESIGNS,
    MEMORY_DB,
    NODES,
    SYNC,
    ZONES,
    MemoryDbScenario,
)

ONE_IN = np.geomspace(2, 1000, 40)
NOTHING, LAST, EVERYTHING = 0, 1, 2


def simulate(scenario: MemoryDbScenario) -> "Outcome":
    """Write to every design, and let the scenario's failure happen.

    Parameters
    ----------
    scenario : MemoryDbScenario

    Returns
    -------
    Outcome

    Raises
    ------
    TraceError
        If the file can't be read, or holds no commands that write.
    """
    writes = writes_of(scenario)
    return Outcome(scenario, {design: run(scenario, design, writes) for design in DESIGNS})


def run(scenario: MemoryDbScenario, design: str, writes: Writes) -> "Run":
    """Write to one design."""
    return Run(scenario, design, copies_of(scenario, design), writes)


@dataclass(frozen=True, eq=False)
class Run:
    """Writes to one design, and what failures take of them."""

    scenario: MemoryDbScenario
    design: str
    copies: Copies
    writes: Writes

    @cached_property
    def latency_ms(self) -> Floats:
        """How long writes take, ms, shape (20000,)."""
        return trip_ms() + self.copies.acknowledged_ms

    def quantile_ms(self, share: float) -> float:
        """Return a quantile of the latency, ms."""
        return float(np.quantile(self.latency_ms, share))

    @property
    def connection_per_s(self) -> float:
        """Writes a second of a connection that sends the next when one is acknowledged."""
        return 1000 / float(self.latency_ms.mean())

    @property
    def shard_limit_per_s(self) -> float | None:
        """Most writes a second to a shard; None where nobody publishes it."""
        size = self.scenario.value_kib * 1024
        if self.design == AOF:
            return None
        if self.design == MEMORY_DB:
            return shard_writes_per_s(size)
        if self.design == SYNC:
            return float(MEMORYDB.value("elasticache_sync", "write_bandwidth") * 2**20 / size)
        return float(MEMORYDB.value("throughput", "redis_write_only_max"))

    @property
    def taken_per_s(self) -> float:
        """Writes a second that a shard takes, at the busiest."""
        return min(self.writes.peak_per_s, self.shard_limit_per_s or np.inf)

    @property
    def keeps_up(self) -> bool:
        """Whether it takes all writes."""
        return self.taken_per_s >= self.writes.peak_per_s

    def window_ms(self, failure: str) -> Floats | None:
        """How far back acknowledged writes are lost, ms, shape (20000,); None for everything."""
        best = survivors(self.copies, self.design, failure)
        return None if best is None else np.maximum(best - self.copies.acknowledged_ms, 0.0)

    def lost(self, failure: str) -> int:
        """Classify what a failure takes: `NOTHING`, the `LAST` writes, `EVERYTHING`."""
        window = self.window_ms(failure)
        if window is None:
            return EVERYTHING
        return LAST if window.any() else NOTHING

    @cached_property
    def lost_writes(self) -> int | None:
        """Acknowledged writes that the scenario's failure takes, on average; None for all."""
        if self._mean_lost is None:
            return None
        return max(1, round(self._mean_lost)) if self._mean_lost else 0

    @cached_property
    def lost_writes_p99(self) -> int | None:
        """Acknowledged writes that it takes at most, 99 times of 100; None for all."""
        window = self.window_ms(self.scenario.failure)
        if window is None:
            return None
        return ceil(float(np.quantile(window, 0.99)) / 1000 * self.taken_per_s)

    @property
    def loses_less_than_one(self) -> bool:
        """Whether the scenario's failure takes writes, and less than one of them on average."""
        return 0 < (self._mean_lost or 0.0) < 1

    @cached_property
    def _mean_lost(self) -> float | None:
        window = self.window_ms(self.scenario.failure)
        return None if window is None else float(window.mean()) / 1000 * self.taken_per_s

    @property
    def unavailable_s(self) -> float | None:
        """How long the shard takes no writes, s; None while a log has no quorum."""
        failure = self.scenario.failure
        if self.design in LOGGED and failure == ZONES:
            return None
        if self.design == AOF or failure == NODES or self.window_ms(failure) is None:
            return self.scenario.restart_s
        if self.design == MEMORY_DB:
            return float(MEMORYDB.value("failover", "time"))
        return float(ELASTICACHE.value("replication", "failover_time"))

    @property
    def written_gb(self) -> float:
        """Data written in a month, GB."""
        mean_per_s = min(self.writes.mean_per_s, self.taken_per_s)
        return written_gb(self.scenario, mean_per_s * self.scenario.shards)

    @property
    def bill(self) -> Bill:
        """The month's bill."""
        return bill(self.scenario, self.design, self.written_gb)

    @property
    def is_safe(self) -> bool:
        """Whether the failure takes nothing, and all writes are taken before it."""
        return self.lost(self.scenario.failure) == NOTHING and self.keeps_up


@dataclass(frozen=True, eq=False)
class Outcome:
    """Writes to every design.

    Attributes
    ----------
    runs : mapping of str to Run
        By design.
    """

    scenario: MemoryDbScenario
    runs: Mapping[str, Run]

    @property
    def asked(self) -> Run:
        """Return the design that was asked about."""
        return self.runs[self.scenario.design]

    @cached_property
    def lost(self) -> np.ndarray:
        """What each failure takes of each design, shape (designs, failures)."""
        failures = self.scenario.failures
        return np.array([[run.lost(one) for one in failures] for run in self.runs.values()])

    @cached_property
    def closed_form_ms(self) -> Floats:
        """Latency that one write in `ONE_IN` to a log exceeds, ms, by order statistics."""
        return log_quantiles_ms(log_medians_ms(self.scenario))


@lru_cache(maxsize=64)
def log_quantiles_ms(medians: tuple[float, ...]) -> Floats:
    """Latency that one write in `ONE_IN` to a log exceeds, ms: trip and second fastest zone.

    The zones' order statistic in closed form, and the trip integrated out by Gauss and Hermite.
    """
    grid = np.geomspace(0.1, 100 * max(medians), 600)
    missed = 1 - theory.quorum_latency_cdf(
        grid,
        MEMORYDB.value("durability", "zones_before_reply"),
        (1,) * len(medians),
        medians,
        0.0,
        MEMORYDB.value("latency", "log_zone_sigma"),
        nodes=1,
    )
    node, weight = np.polynomial.hermite_e.hermegauss(30)
    trip = ELASTICACHE.value("latency", "cache_trip")
    trips = trip * np.exp(MEMORYDB.value("latency", "trip_sigma") * node)
    later = sum(
        share * np.interp(grid - one, grid, missed, left=1.0)
        for one, share in zip(trips, weight / weight.sum(), strict=True)
    )
    rarer = -np.log(np.maximum(np.minimum.accumulate(later), 1e-12))
    return np.exp(np.interp(np.log(ONE_IN), rarer, np.log(grid)))
