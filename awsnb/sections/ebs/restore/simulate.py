"""What happens: blocks that were not fetched yet make reads slow, until all are there."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs.snapshots import BLOCK_GIB, FastRestore
from awsnb.aws.ebs.volume import EBS
from awsnb.mechanisms.lazy_loading import Loading
from awsnb.sections.ebs.restore.scenario import CLONE, FAST, LAZY, RATE, RestoreScenario

POINTS = 241
WARM_MS: float = EBS.value("gp3", "latency_unloaded")
CLONE_IOPS: float = EBS.value("clone", "baseline_iops")
LEAST_SHOWN_S, MOST_SHOWN_S = 60.0, 48 * 3600.0
MIB_PER_BLOCK = BLOCK_GIB * 1024
Floats = NDArray[np.float64]


def simulate(scenario: RestoreScenario) -> "Outcome":
    """Follow the volumes of a scenario until they are fast.

    Parameters
    ----------
    scenario : RestoreScenario
        How they are made, and how they are read.

    Returns
    -------
    Outcome
    """
    return Outcome(scenario)


@dataclass(frozen=True, eq=False)
class Outcome:
    """Volumes that are made at once; of fast snapshot restore, some may have found no credit."""

    scenario: RestoreScenario

    @cached_property
    def fast_restore(self) -> FastRestore:
        """The credits of fast snapshot restore for this snapshot."""
        return FastRestore(self.scenario.size_gib)

    @cached_property
    def filling_h(self) -> float:
        """For how many hours the bucket has filled."""
        return max(self.scenario.enabled_h - self.fast_restore.optimizing_h, 0.0)

    @cached_property
    def credits(self) -> float:
        """Credits in the bucket when the volumes are made."""
        return self.fast_restore.credits_after(self.filling_h)

    @cached_property
    def fast_volumes(self) -> int:
        """Volumes that are initialized from the start."""
        if self.scenario.method != FAST:
            return 0
        return self.fast_restore.fast_volumes(self.scenario.volumes, self.filling_h)

    @property
    def lazy_volumes(self) -> int:
        """Volumes that fetch their blocks."""
        return 0 if self.scenario.method == CLONE else self.scenario.volumes - self.fast_volumes

    @cached_property
    def reads(self) -> float:
        """Reads a second that a volume serves from the start."""
        served = min(self.scenario.read_iops, self.scenario.volume_iops)
        return min(served, CLONE_IOPS) if self.scenario.method == CLONE else served

    @cached_property
    def loading(self) -> Loading:
        """How a volume without credit, or without such help, gets its blocks."""
        scenario = self.scenario
        rate = scenario.rate_mibps if scenario.method == RATE else scenario.default_rate_mibps
        blocks = scenario.data_gib / BLOCK_GIB if self.lazy_volumes else 0.0
        return Loading(blocks, self.reads, rate / MIB_PER_BLOCK)

    @cached_property
    def full_speed_s(self) -> float | None:
        """When the last volume is at full speed, seconds; infinite if never, None if unknown."""
        if self.scenario.method != CLONE:
            return self.loading.warm_s
        held_back = min(self.scenario.read_iops, self.scenario.volume_iops) > CLONE_IOPS
        return None if held_back else 0.0

    @property
    def in_time(self) -> bool:
        """Whether every volume is at full speed within the time asked for."""
        return self.full_speed_s is not None and self.full_speed_s <= 60 * self.scenario.within_min

    @cached_property
    def time_s(self) -> Floats:
        """Times to draw, seconds, shape (POINTS,)."""
        last_s = self.full_speed_s or 0.0
        last_s = MOST_SHOWN_S if math.isinf(last_s) else 1.1 * last_s
        return np.linspace(0.0, min(max(last_s, LEAST_SHOWN_S), MOST_SHOWN_S), POINTS)

    @cached_property
    def cold_share(self) -> Floats:
        """Share of a lazy volume's reads that have to fetch their block, at each time."""
        return self.loading.cold_share(self.time_s)

    @cached_property
    def latency_ms(self) -> Floats:
        """Mean latency of a lazy volume's reads at each time, ms."""
        return WARM_MS + self.cold_share * (self.scenario.first_read_ms - WARM_MS)

    @cached_property
    def one_in_100_slow_s(self) -> float | None:
        """Until when at least one read in a hundred is slow, seconds; None if there are none."""
        slow = np.flatnonzero(self.cold_share >= 0.01)
        return float(self.time_s[slow[-1]]) if slow.size and self.reads else None

    @cached_property
    def usd(self) -> float | None:
        """What the way of making them costs once, USD; None if AWS's fee is not known."""
        if self.scenario.method == FAST:
            return self.fast_restore.usd(self.scenario.enabled_h)
        if self.scenario.method == LAZY:
            return 0.0
        fee = self.scenario.fee_usd_gib
        return None if fee is None else fee * self.scenario.data_gib * self.scenario.volumes
