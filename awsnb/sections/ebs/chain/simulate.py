"""What happens: snapshots are taken and expire by the rule; then a hand deletes or archives."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs.snapshots import archived_usd_month, copied_usd, standard_usd_month
from awsnb.mechanisms import block_maps
from awsnb.scenario import ScenarioError, shown
from awsnb.sections.ebs.chain.maps import versions_of
from awsnb.sections.ebs.chain.scenario import ChainScenario

MONTH_DAYS = 365 / 12
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Bools = NDArray[np.bool_]


def simulate(scenario: ChainScenario) -> "Outcome":
    """Follow the snapshots of a scenario to the last day, and do then what is done by hand.

    Parameters
    ----------
    scenario : ChainScenario
        The volume, the rule, and the days whose snapshots are deleted or archived.

    Returns
    -------
    Outcome
        Who is kept, in the bin and archived, and what each tier stores.

    Raises
    ------
    ScenarioError
        If the block lists can't be read, or a day is named that has no snapshot.
    """
    outcome = Outcome(scenario, versions_of(scenario))
    for name, days in (("delete", scenario.deleted), ("archive", scenario.archived)):
        missing = days - set(outcome.taken_on[outcome.ruled].tolist())
        if missing:
            raise ScenarioError(
                f"{name} = {shown(getattr(scenario, name))}: no snapshot of day {min(missing)} is "
                f"kept on day {outcome.last_day}; name days of those that are.",
                field=name,
            )
    return outcome


@dataclass(frozen=True, eq=False)
class Outcome:
    """A chain after its last day.

    Attributes
    ----------
    versions : ndarray of float, shape (n, n + 1)
        The chain, GiB; see `awsnb.mechanisms.block_maps`.
    """

    scenario: ChainScenario
    versions: Floats

    @cached_property
    def taken_on(self) -> Ints:
        """The day of each snapshot, shape (n,)."""
        return 1 + self.scenario.every_days * np.arange(len(self.versions))

    @property
    def last_day(self) -> int:
        """The last day: that of the scenario, or of the last list of blocks."""
        return int(self.taken_on[-1]) if self.scenario.blocks else self.scenario.days

    def _younger_than(self, days: float) -> Bools:
        return self.last_day - self.taken_on < days

    @property
    def _keep_days(self) -> float:
        return np.inf if self.scenario.keep_days is None else self.scenario.keep_days

    @property
    def _held_days(self) -> float:
        """For how long the rule and the bin together hold a snapshot."""
        return self._keep_days + (self.scenario.bin_days or 0)

    @cached_property
    def ruled(self) -> Bools:
        """Snapshots that the rule keeps on the last day, shape (n,)."""
        return self._younger_than(self._keep_days)

    @cached_property
    def deleted(self) -> Bools:
        """Those that are then deleted by hand."""
        return np.isin(self.taken_on, list(self.scenario.deleted))

    @cached_property
    def archived(self) -> Bools:
        """Those that are then archived by hand."""
        return np.isin(self.taken_on, list(self.scenario.archived))

    @cached_property
    def standard(self) -> Bools:
        """Those that can be restored at once, in the end."""
        return self.ruled & ~self.deleted & ~self.archived

    @cached_property
    def binned(self) -> Bools:
        """Those that are in the recycle bin, in the end."""
        if self.scenario.bin_days is None:
            return np.zeros_like(self.ruled)
        return (self._younger_than(self._held_days) & ~self.ruled) | self.deleted

    @cached_property
    def full_gib(self) -> Floats:
        """What each snapshot restores, GiB, shape (n,)."""
        return block_maps.full(self.versions)

    @cached_property
    def alone_gib(self) -> Floats:
        """What the deletion of each standard snapshot would free in the end, GiB, shape (n,)."""
        return block_maps.alone(self.versions, self.standard | self.binned)

    @cached_property
    def new_gib(self) -> Floats:
        """What each snapshot stores when it is taken, GiB, shape (n,)."""
        return self.versions.sum(axis=1)

    def stored_gib(self, kept: Bools) -> float:
        """What must be stored for some of the snapshots, GiB."""
        return block_maps.stored(self.versions, kept)

    @cached_property
    def before_gib(self) -> float:
        """Stored before anything is done by hand, GiB."""
        return self.stored_gib(self._younger_than(self._held_days))

    @cached_property
    def stored_now_gib(self) -> float:
        """Stored in the standard tier in the end, recycle bin included, GiB."""
        return self.stored_gib(self.standard | self.binned)

    @cached_property
    def bin_gib(self) -> float:
        """Of that, what only snapshots in the bin hold, GiB."""
        return self.stored_now_gib - self.stored_gib(self.standard)

    @cached_property
    def archived_gib(self) -> float:
        """Full copies in the archive tier, GiB."""
        return float(self.full_gib[self.archived].sum())

    @cached_property
    def freed_by_archive_gib(self) -> float:
        """What archiving frees in the standard tier, GiB."""
        held = self._younger_than(self._held_days)
        return self.before_gib - self.stored_gib(held & ~self.archived)

    @cached_property
    def freed_by_deletion_gib(self) -> float:
        """What deletion frees, at once or when the bin lets go, GiB."""
        held = self._younger_than(self._held_days) & ~self.archived
        return self.stored_gib(held) - self.stored_gib(held & ~self.deleted)

    @property
    def archive_saves_usd_month(self) -> float:
        """What archiving saves a month, below 0 if it costs more."""
        freed = standard_usd_month(self.freed_by_archive_gib)
        return freed - archived_usd_month(self.archived_gib)

    @property
    def copy_usd_month(self) -> float:
        """What copies in another Region cost a month: storage and transfer, USD."""
        if not self.scenario.copy_region:
            return 0.0
        later = self.new_gib[1:].mean() if len(self.new_gib) > 1 else 0.0
        sent_gib = float(later) * MONTH_DAYS / self.scenario.every_days
        return standard_usd_month(self.before_gib) + copied_usd(sent_gib)

    @property
    def usd_month(self) -> float:
        """The bill as things stand in the end, USD a month."""
        own = standard_usd_month(self.stored_now_gib) + archived_usd_month(self.archived_gib)
        return own + self.copy_usd_month

    @property
    def full_copies_usd_month(self) -> float:
        """What the same restore points would cost as full copies, USD a month."""
        restorable = self.standard | self.archived
        return standard_usd_month(float(self.full_gib[restorable].sum()))

    @cached_property
    def day(self) -> Ints:
        """The days, and one more if something is done by hand, shape (m,)."""
        return np.arange(1, self.last_day + 1 + self.scenario.by_hand)

    @cached_property
    def by_day_gib(self) -> Floats:
        """Stored in the standard tier after each day, GiB, shape (m,)."""
        day, every = self.day[: self.last_day], self.scenario.every_days
        newest = (day - 1) // every
        oldest = np.zeros_like(newest)
        if np.isfinite(self._held_days):
            oldest = np.maximum((day - int(self._held_days) - 1) // every + 1, 0)
        ruled = block_maps.stored_in_windows(self.versions, oldest, newest)
        return np.append(ruled, [self.stored_now_gib] * self.scenario.by_hand)
