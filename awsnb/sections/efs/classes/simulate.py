"""What happens: cold files age, move, are read, and are billed, day by day for a year.

Files of the same age since their last access in Standard are in the same class, so that the bytes
of each age are all that is followed. Each day the same share of the cold bytes is read: what comes
out is the expected value over all the ways in which the reads may fall.
"""

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.aws.efs import EFS, Policy, StorageBill, billed_bytes
from awsnb.sections.efs.classes.files import Files, files_of
from awsnb.sections.efs.classes.scenario import ClassesScenario

YEAR_DAYS = 365
MONTHS = 12
MONTH_DAYS = YEAR_DAYS / MONTHS
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
    bill = scenario.bill
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
    rate = np.asarray(reads_a_year, dtype=np.float64) / YEAR_DAYS
    first = 1 - np.exp(-rate)  # share of the files that are read at least once in a day
    ages = Ages.of(policy)
    gib = np.repeat(ages.place_files(stock)[:, :, None], rate.size, axis=2)
    lies = np.empty((YEAR_DAYS, 2, 3, rate.size))
    moved = np.zeros((YEAR_DAYS + 1, 3, rate.size))
    early_gib_days = np.empty((YEAR_DAYS, rate.size))
    moved[0, 1:] = (ages.is_in @ gib[0])[1:]  # what is old moves at once
    for day in range(YEAR_DAYS):
        lies[day] = ages.is_in @ gib
        back = gib * first * ages.returns[:, None]
        early_gib_days[day] = ages.days_left @ back[1]
        gib = _older(gib - back, back.sum(axis=1))
        for age, to in ages.moves:
            moved[day + 1, to] += gib[0, age]
    lies[:, :, 0] += stock.always_gib
    read = first if policy.move_back else rate  # later reads of a day are in Standard by then
    usd = _billed(lies, moved[:YEAR_DAYS], early_gib_days, read, bill)
    if policy.move_back:
        usd[:, 3] += np.einsum("c,dck->dk", bill.back_usd_gib, lies[:, 0]) * first
    return usd, lies[:, 0]


def _billed(
    lies: Floats, moved: Floats, early_gib_days: Floats, read: Floats, bill: StorageBill
) -> Floats:
    """Price each day: what lies in each class, moves there, is read, leaves Archive early."""
    usd_gib_day = bill.usd_gib_month / MONTH_DAYS
    return np.stack(
        (
            lies[:, 0, 0] * usd_gib_day[0],
            lies[:, 1, 1] * usd_gib_day[1],
            lies[:, 1, 2] * usd_gib_day[2],
            np.einsum("c,dck->dk", bill.tiering_usd_gib, moved),
            np.einsum("c,dck->dk", bill.access_usd_gib, lies[:, 0]) * read,
            early_gib_days * usd_gib_day[2],
        ),
        axis=1,
    )


def _older(gib: Floats, read: Floats) -> Floats:
    """Let a day go by: what moved back or was read in Standard is new, the rest a day older."""
    after = np.empty_like(gib)
    after[:, 1:] = gib[:, :-1]
    after[:, -1] += gib[:, -1]
    after[:, 0] = read
    return after


@dataclass(frozen=True, eq=False)
class Ages:
    """What a policy makes of files by age: days since the last access in Standard.

    Attributes
    ----------
    last : int
        The age of the last move: an older file, when the policy comes into force, moves at once.
    is_in : ndarray of float, shape (3, n)
        1 where files of an age are in a class.
    returns : ndarray of float, shape (n,)
        1 where a read makes the age 0.
    days_left : ndarray of float, shape (n,)
        Days that Archive is still billed for, were the file to leave it now.
    moves : tuple of (int, int)
        At which age files move, and to which class.
    """

    last: int
    is_in: Floats
    returns: Floats
    days_left: Floats
    moves: tuple[tuple[int, int], ...]

    @classmethod
    def of(cls, policy: Policy) -> "Ages":
        """Lay a policy out by age."""
        least = EFS.value("archive", "min_duration")
        last = max(policy.ia_days or 0, policy.archive_days or 0)
        age = np.arange(last + least + 2)
        place = np.zeros(age.size, dtype=np.int64)
        for to, days in ((1, policy.ia_days), (2, policy.archive_days)):
            place[age >= (age.size if days is None else days)] = to
        left = np.maximum(least - (age - last), 0) * (place == 2)
        moves = tuple((int(at), int(place[at])) for at in np.flatnonzero(np.diff(place)) + 1)
        is_in = (place == np.arange(3)[:, None]).astype(np.float64)
        returns = np.ones(age.size) if policy.move_back else is_in[0]
        return cls(last, is_in, returns, left.astype(np.float64), moves)

    def place_files(self, stock: Stock) -> Floats:
        """GiB by age, shape (2, n); what is older than the last move has just moved."""
        at = np.minimum(stock.idle_days, self.last).astype(np.int64)
        size = self.days_left.size
        return np.array([np.bincount(at, row, minlength=size) for row in stock.cold_gib])


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
        return float(self.stock.gib * self.scenario.bill.usd_gib_month[0])

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
        """The bill of each month by part, all taken to be equally long, shape (12, 6)."""
        ends = np.linspace(0, YEAR_DAYS, MONTHS + 1).round().astype(np.int64)
        return np.array([MONTH_DAYS * self.usd[a:b].mean(axis=0) for a, b in pairwise(ends)])
