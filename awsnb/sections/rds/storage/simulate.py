"""What happens: the volume under the rule, and the time in which it is full."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds import RDS
from awsnb.aws.rds.storage_autoscaling import Growth, grow, low_spells
from awsnb.sections.rds.storage.load import Load, demand
from awsnb.sections.rds.storage.scenario import StorageScenario

Floats = NDArray[np.float64]
OFF, MAXIMUM, WAITS = "off", "maximum", "waits"
SUDDEN, PREDICTED, AT_FIRST = "sudden", "predicted", "at first"


@dataclass(frozen=True)
class Outcome:
    """A volume over time."""

    scenario: StorageScenario
    load: Load
    growth: Growth

    @property
    def end_s(self) -> float:
        """When the look ahead ends."""
        return float(self.load.at_s[-1])

    @property
    def last_gib(self) -> int:
        """What is allocated at the end."""
        return self.growth.sizes_gib[-1]

    @property
    def peak_gib(self) -> float:
        """The most that the data ever want."""
        return float(self.load.wanted_gib.max())

    @cached_property
    def full_spells_s(self) -> list[tuple[float, float]]:
        """From when to when the storage is full and writes fail, s."""
        spells: list[tuple[float, float]] = []
        edges = [0.0, *self.growth.changed_s, self.end_s]
        for size, start, end in zip(self.growth.sizes_gib, edges, edges[1:], strict=False):
            begins, ends = low_spells(self.load.at_s, self.load.wanted_gib, size)
            inside = zip(np.maximum(begins, start), np.minimum(ends, end), strict=True)
            spells += [(float(a), float(b)) for a, b in inside if b > a]
        return spells

    @property
    def full_s(self) -> float:
        """Seconds in which the storage is full."""
        return sum(end - start for start, end in self.full_spells_s)

    @property
    def first_full_s(self) -> float | None:
        """When it is first full; None if never."""
        return self.full_spells_s[0][0] if self.full_spells_s else None

    @property
    def mostly_full_s(self) -> float | None:
        """When it is first full at the size at which it is full for longest; None if never."""
        lasts: dict[int, float] = {}
        for start, end in self.full_spells_s:
            size = self.size_at(start)
            lasts[size] = lasts.get(size, 0.0) + end - start
        if not lasts:
            return None
        longest = max(lasts, key=lambda size: lasts[size])
        return next(start for start, _ in self.full_spells_s if self.size_at(start) == longest)

    def size_at(self, at_s: float) -> int:
        """What is allocated at a time, GiB."""
        return self.growth.sizes_gib[len(self.changed_before(at_s))]

    def changed_before(self, at_s: float) -> list[float]:
        """When it grew, up to a time, s."""
        return [changed for changed in self.growth.changed_s if changed <= at_s]

    def why_full(self, at_s: float) -> str:
        """What kept the storage from growing before a time at which it gets full."""
        if not self.scenario.autoscaling:
            return OFF
        rule, size = self.scenario.rule, self.size_at(at_s)
        if rule.next_gib(size, 0.0) is None:
            return MAXIMUM
        if not at_s:
            return AT_FIRST
        if rule.ready_s(self.changed_before(at_s)) > at_s:
            return WAITS
        begins, _ = low_spells(self.load.at_s, self.load.wanted_gib, rule.trigger_gib(size))
        low_s = at_s - float(begins[begins <= at_s].max())
        return SUDDEN if low_s < 60 * rule.number("trigger_duration") else PREDICTED

    @property
    def storage_usd(self) -> float:
        """Price of the storage over the look ahead, Single-AZ in us-east-1, USD."""
        edges = np.array([0.0, *self.growth.changed_s, self.end_s])
        gib_s = float((np.diff(edges) * self.growth.sizes_gib).sum())
        return gib_s / 3600 / HOURS_A_MONTH * RDS.value("gp3", "storage_price_single_az")

    @property
    def usd_month(self) -> float:
        """A month of it on average, USD."""
        return self.storage_usd / (self.end_s / 3600 / HOURS_A_MONTH)

    @property
    def multi_az_usd_month(self) -> float:
        """A month of it on average with that of a standby, USD."""
        single, multi = (RDS.value("gp3", f"storage_price_{zones}_az")
                         for zones in ("single", "multi"))  # fmt: skip
        return self.usd_month * float(multi / single)


def simulate(scenario: StorageScenario) -> Outcome:
    """Follow the storage of a database.

    Parameters
    ----------
    scenario : StorageScenario
        Volume, data and rule.

    Returns
    -------
    Outcome
        When it grows, and when it is full.

    Raises
    ------
    TraceError
        If the trace can't be read, or is no free space.
    """
    return follow(scenario, demand(scenario))


def follow(scenario: StorageScenario, load: Load) -> Outcome:
    """Follow the storage under data that are read already."""
    growth = grow(load.at_s, load.wanted_gib, scenario.size_gib, scenario.rule)
    return Outcome(scenario, load, growth)
