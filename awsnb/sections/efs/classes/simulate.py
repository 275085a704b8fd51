"""What happens: cold files age, move, are read, and are billed, day by day for a year.

Files of the same age since their last access in Standard are in the same class, so that the bytes
of each age are all that is followed. Each day the same share of the cold bytes is read: what comes
out is the expected value over all the ways in which the reads may fall.
"""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.aws.efs import EFS, Policy, StorageBill, billed_bytes
from awsnb.sections.efs.classes.files import Files, files_of
from awsnb.sections.efs.classes.scenario import ClassesScenario

YEAR_DAYS = 365
MONTHS = 12
GIB = 2.0**30
KIB = 1024
RATES_A_YEAR = np.concatenate(([0.0], np.geomspace(0.1, 365.0, 24)))
PARTS = ("standard", "ia", "archive", "tiering", "access", "early")
Floats = NDArray[np.float64]


def simulate(scenario: ClassesScenario) -> "Outcome":
    """Follow the files of a scenario through a year.

    Parameters
    ----------
    scenario : ClassesScenario
        The files, how often they are read, and the lifecycle policy.

    Returns
    -------
    Outcome
        The bill and the classes day by day, and the bill by how often files are read.

    Raises
    ------
    ScenarioError
        If the listing can't be read.
    """
    return follow(scenario, Stock.of(files_of(scenario), scenario.busy_days))


@dataclass(frozen=True, eq=False)
class Stock:
    """Files as one file system bills them, before the year begins.

    Attributes
    ----------
    always_gib : float
        GiB that never leave Standard: files in daily use, and the metadata of all.
    idle_days : ndarray of float, shape (n,)
        Days since the last access of each cold file.
    cold_gib : ndarray of float, shape (2, n)
        GiB that each cold file is billed for in Standard, and in a colder class.
    note : str
        Where the files are from.
    """

    always_gib: float
    idle_days: Floats
    cold_gib: Floats
    note: str

    @classmethod
    def of(cls, files: Files, busy_days: int) -> "Stock":
        """Tell the files in daily use from the cold ones."""
        billed = np.array(billed_bytes(files.size_bytes)) / GIB
        cold = files.idle_days > busy_days
        metadata = files.size_bytes.size * EFS.value("objects", "metadata") * KIB / GIB
        always = float(billed[0, ~cold].sum()) + metadata
        return cls(always, files.idle_days[cold], billed[:, cold], files.note)

    @property
    def gib(self) -> float:
        """All that is stored, GiB."""
        return self.always_gib + float(self.cold_gib[0].sum())


def follow(scenario: ClassesScenario, stock: Stock) -> "Outcome":
    """Follow files that are read already."""
    rates = np.concatenate(([scenario.reads_a_year], RATES_A_YEAR))
    policy = scenario.policy
    other = Policy(policy.ia_days, policy.archive_days, not policy.move_back)
    bill = StorageBill(scenario.mode)
    usd, stored = year(stock, rates, policy, bill)
    other_usd, _ = year(stock, rates, other, bill)
    return Outcome(
        scenario, stock, usd[:, :, 0], stored[:, :, 0], _a_month(usd), _a_month(other_usd)
    )


def _a_month(usd: Floats) -> Floats:
    return usd.sum(axis=(0, 1)) / MONTHS


def year(
    stock: Stock, reads_a_year: ArrayLike, policy: Policy, bill: StorageBill
) -> tuple[Floats, Floats]:
    """Follow files through a year, for several rates of reading at once.

    Parameters
    ----------
    stock : Stock
        The files, which all lie in Standard when the policy comes into force.
    reads_a_year : array_like of float, shape (k,)
        Reads of each cold file.
    policy : Policy
        The lifecycle policy.
    bill : StorageBill
        The prices.

    Returns
    -------
    usd : ndarray of float, shape (365, 6, k)
        The bill of each day by `PARTS`.
    stored_gib : ndarray of float, shape (365, 3, k)
        GiB in each class, as they are, not as they are billed.
    """
    read = 1 - np.exp(-np.asarray(reads_a_year, dtype=np.float64) / YEAR_DAYS)
    place = _classes(policy)
    gib = np.repeat(_by_age(stock, place, policy)[:, :, None], read.size, axis=2)
    left_days = _days_left(place, policy)
    usd = np.zeros((YEAR_DAYS, len(PARTS), read.size))
    stored = np.zeros((YEAR_DAYS, 3, read.size))
    month = YEAR_DAYS / MONTHS
    gib = _settle(gib, place, usd[0], bill)
    for day in range(YEAR_DAYS):
        stored[day] = _sum_by(place, gib[0])
        usd[day, :3] += _sum_by(place, gib[np.minimum(place, 1), np.arange(place.size)])
        usd[day, 0] += stock.always_gib
        usd[day, :3] *= bill.usd_gib_month[:, None] / month
        hit = gib * read
        usd[day, 4] = bill.access_usd_gib[place] @ hit[0]
        returns = (place == 0) | policy.move_back
        back = hit * returns[:, None]
        usd[day, 5] = left_days @ back[1] * bill.usd_gib_month[2] / month
        usd[day, 3] += bill.tiering_usd_gib[0] * back[0][place > 0].sum(axis=0)
        if day + 1 < YEAR_DAYS:
            gib = _older(gib - back, back.sum(axis=1), place, usd[day + 1], bill)
    stored[:, 0] += stock.always_gib
    return usd, stored


def _classes(policy: Policy) -> NDArray[np.int64]:
    """The class of files by age in days since the last access in Standard: 0, 1 or 2."""
    last = max(policy.ia_days or 0, policy.archive_days or 0)
    ages = np.arange(last + EFS.value("archive", "min_duration") + 2)
    place = np.zeros(ages.size, dtype=np.int64)
    if policy.ia_days is not None:
        place[ages >= policy.ia_days] = 1
    if policy.archive_days is not None:
        place[ages >= policy.archive_days] = 2
    return place


def _by_age(stock: Stock, place: NDArray[np.int64], policy: Policy) -> Floats:
    """GiB by age; what is older than the last move is as old as it: it has just moved."""
    ages = np.minimum(stock.idle_days, max(policy.ia_days or 0, policy.archive_days or 0))
    at = ages.astype(np.int64)
    return np.array([np.bincount(at, row, minlength=place.size) for row in stock.cold_gib])


def _days_left(place: NDArray[np.int64], policy: Policy) -> Floats:
    """Days that a file of an age still has to be in Archive, were it to leave now."""
    in_archive = np.arange(place.size) - (policy.archive_days or 0)
    left = EFS.value("archive", "min_duration") - in_archive
    return np.where(place == 2, np.maximum(left, 0), 0).astype(np.float64)


def _sum_by(place: NDArray[np.int64], gib: Floats) -> Floats:
    return np.array([gib[place == each].sum(axis=0) for each in range(3)])


def _settle(gib: Floats, place: NDArray[np.int64], usd: Floats, bill: StorageBill) -> Floats:
    """Move what is old enough on the day the policy comes into force."""
    usd[3] += bill.tiering_usd_gib[place] @ (gib[0] * (place > 0)[:, None])
    return gib


def _older(
    gib: Floats, read: Floats, place: NDArray[np.int64], usd: Floats, bill: StorageBill
) -> Floats:
    """Let a day go by: what was read is new again, the rest moves where it is old enough."""
    after = np.empty_like(gib)
    after[:, 1:] = gib[:, :-1]
    after[:, -1] += gib[:, -1]
    after[:, 0] = read
    for moves in np.flatnonzero(np.diff(place)) + 1:
        usd[3] += bill.tiering_usd_gib[place[moves]] * after[0, moves]
    return after


@dataclass(frozen=True, eq=False)
class Outcome:
    """A year under a lifecycle policy.

    Attributes
    ----------
    usd : ndarray of float, shape (365, 6)
        The bill of each day by `PARTS`.
    stored_gib : ndarray of float, shape (365, 3)
        GiB in Standard, Infrequent Access and Archive.
    usd_by_rate, other_by_rate : ndarray of float, shape (26,)
        Bill a month at the scenario's own reads a year and at `RATES_A_YEAR`, with the policy, and
        with its opposite of moving files back.
    """

    scenario: ClassesScenario
    stock: Stock
    usd: Floats
    stored_gib: Floats
    usd_by_rate: Floats
    other_by_rate: Floats

    @property
    def usd_month(self) -> float:
        """The mean bill, USD a month."""
        return float(self.usd_by_rate[0])

    @property
    def other_usd_month(self) -> float:
        """The mean bill with the opposite of moving files back, USD a month."""
        return float(self.other_by_rate[0])

    @property
    def standard_usd_month(self) -> float:
        """The bill with all files in Standard, USD a month."""
        return float(self.stock.gib * StorageBill(self.scenario.mode).usd_gib_month[0])

    @cached_property
    def break_even_reads(self) -> float | None:
        """Reads a year from which the policy costs more than Standard; None if it never does."""
        dearer = self.usd_by_rate[1:] > self.standard_usd_month * (1 + 1e-9)
        if not dearer.any():
            return None
        first = int(dearer.argmax())
        if first == 0:
            return 0.0
        gap = self.usd_by_rate[first : first + 2] - self.standard_usd_month
        low, high = RATES_A_YEAR[first - 1 : first + 1]
        return float(low + (high - low) * gap[0] / (gap[0] - gap[1]))

    @cached_property
    def parts_usd_month(self) -> dict[str, float]:
        """The mean bill by part, USD a month."""
        return dict(zip(PARTS, (self.usd.sum(axis=0) / MONTHS).tolist(), strict=True))

    @cached_property
    def months_usd(self) -> Floats:
        """The bill of each twelfth of the year by part, shape (12, 6)."""
        ends = np.linspace(0, YEAR_DAYS, MONTHS + 1).round().astype(np.int64)
        return np.array([self.usd[a:b].sum(axis=0) for a, b in zip(ends, ends[1:], strict=False)])
