"""What happens: the volume grows with the data, and shrinks if space is really given back."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.aurora import max_size_gib, storage_usd_gib_month
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds import RDS
from awsnb.aws.rds.deployment import MAX_SIZE_GIB
from awsnb.sections.aurora.storage.scenario import DELETED, DROPPED, StorageScenario

POINTS = 25
Floats = NDArray[np.float64]


def simulate(scenario: StorageScenario) -> "Outcome":
    """Follow the data and the space that is billed for it, day by day.

    Parameters
    ----------
    scenario : StorageScenario
        The volume, its growth and its clean-up.

    Returns
    -------
    Outcome
        Days, and data and billed space on each.
    """
    cleaned: dict[str, float] = {}
    if scenario.is_freed:
        ways = (space(scenario.replace(freed_by=way)) for way in (DROPPED, DELETED))
        cleaned = {outcome.scenario.freed_by: outcome.storage_usd for outcome in ways}
    return space(scenario, cleaned)


@dataclass(frozen=True)
class Outcome:
    """A volume over time: straight lines between the days.

    Attributes
    ----------
    day : ndarray, shape (n,)
        Days from now; that of a clean-up is there twice, before it and after.
    data_gib, billed_gib : ndarray, shape (n,)
        Data, and space that is billed for it.
    cleaned_usd : mapping of str to float
        By kind of clean-up: what the storage would cost in the whole time; empty without one.
    """

    scenario: StorageScenario
    day: Floats
    data_gib: Floats
    billed_gib: Floats
    cleaned_usd: Mapping[str, float]

    @property
    def aurora_usd_month(self) -> Floats:
        """What a month costs at each day's size, USD."""
        return self.billed_gib * storage_usd_gib_month(self.scenario.storage)

    @property
    def rds_usd_month(self) -> Floats:
        """The same for an RDS pair's volume, as large as the data ever was; nan if too large."""
        size = np.maximum.accumulate(self.data_gib)
        usd = size * RDS.value("gp3", "storage_price_multi_az")
        return np.where(size <= MAX_SIZE_GIB, usd, np.nan)

    @property
    def storage_usd(self) -> float:
        """What the storage costs in the whole time, USD."""
        return self._bill_usd(self.aurora_usd_month)

    @property
    def rds_storage_usd(self) -> float:
        """The same on RDS; nan if no volume there is as large."""
        return self._bill_usd(self.rds_usd_month)

    @property
    def full_day(self) -> float | None:
        """The day on which the volume is as large as it can be; None if it is not in this time."""
        full = self.day[self.billed_gib >= max_size_gib(self.scenario.on)]
        return float(full[0]) if full.size else None

    @property
    def full_day_at_this_rate(self) -> float:
        """The day on which it would be full if growth went on as at the end."""
        room = max_size_gib(self.scenario.on) - float(self.data_gib[-1])
        return self.scenario.days + room / self.scenario.growth_gib_per_day

    @property
    def refused_gib(self) -> float:
        """Data that comes while the volume is full, and finds no room."""
        if self.full_day is None:
            return 0.0
        jumps = np.diff(self.day) == 0
        removed = -float(np.diff(self.data_gib)[jumps].sum())
        came = self.scenario.size_gib + self.scenario.growth_gib_per_day * self.scenario.days
        return max(came - removed - float(self.data_gib[-1]), 0.0)

    @property
    def last_gib(self) -> float:
        """Billed at the end."""
        return float(self.billed_gib[-1])

    @property
    def free_inside_gib(self) -> float:
        """Billed at the end, though there is no data in it."""
        return self.last_gib - float(self.data_gib[-1])

    @property
    def before_clean_up_gib(self) -> float:
        """Billed just before the clean-up."""
        return float(self.billed_gib[np.searchsorted(self.day, self.scenario.freed_day)])

    def _bill_usd(self, usd_month: Floats) -> float:
        return average(self.day, usd_month) * self.scenario.days * 24 / HOURS_A_MONTH


def space(scenario: StorageScenario, cleaned_usd: Mapping[str, float] | None = None) -> Outcome:
    """Follow data and billed space, GiB."""
    rate, most = scenario.growth_gib_per_day, float(max_size_gib(scenario.on))
    until = scenario.freed_day if scenario.is_freed else scenario.days
    day, data = _grown(scenario.size_gib, rate, until, (most,))
    if scenario.is_freed:
        left = data[-1] * (1 - scenario.freed_pct / 100)
        later, more = _grown(left, rate, scenario.days - until, (most, data[-1]))
        day, data = np.r_[day, until + later], np.r_[data, more]
    billed = np.maximum.accumulate(data) if scenario.freed_by == DELETED else data
    return Outcome(scenario, day, data, billed, cleaned_usd or {})


def average(day: Floats, value: Floats) -> float:
    """Mean over the days of what runs straight between them."""
    return float(np.trapezoid(value, day) / (day[-1] - day[0]))


def _grown(
    size: float, rate: float, days: float, corners: tuple[float, ...]
) -> tuple[Floats, Floats]:
    """Grow up to the first corner, the limit; the days on which a corner is met are among those."""
    met = [(corner - size) / rate for corner in corners]
    within = [day for day in met if 0 < day < days]
    day = np.sort(np.r_[np.linspace(0, days, POINTS), within])
    return day, np.minimum(size + rate * day, corners[0])
