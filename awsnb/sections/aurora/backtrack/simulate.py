"""What happens: change records are kept in a window that fills, then moves on."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.aws.aurora import AURORA, backtrack_usd_month
from awsnb.sections.aurora.backtrack.scenario import BacktrackScenario

SWITCHED_ON_H = 12.0  # at noon
BATCH_H = 3.0  # from midnight on
WATCHED_H = 120.0
HOURS = np.arange(0.0, WATCHED_H + 0.125, 0.25)
MAX_WINDOW_H = float(AURORA.value("backtrack", "max_window"))
WINDOWS_H = np.linspace(0.0, MAX_WINDOW_H, 73)
Floats = NDArray[np.float64]


def simulate(scenario: BacktrackScenario) -> "Outcome":
    """Keep the records of a window: first in, first out.

    Parameters
    ----------
    scenario : BacktrackScenario
        The window and the changes.

    Returns
    -------
    Outcome
        Records kept in each quarter of an hour, and what windows cost.
    """
    return Outcome(
        scenario=scenario,
        kept=kept(scenario, HOURS, scenario.backtrack_h),
        kept_longest=kept(scenario, HOURS, MAX_WINDOW_H),
        window_usd_month=np.array(
            [backtrack_usd_month(scenario.changes_per_s, window) for window in WINDOWS_H]
        ),
    )


@dataclass(frozen=True)
class Outcome:
    """Change records in a window over five days.

    Attributes
    ----------
    kept, kept_longest : ndarray, shape (481,)
        Records in the scenario's window and in the longest, at `HOURS` since it was switched on.
    window_usd_month : ndarray, shape (73,)
        What a full window of `WINDOWS_H` costs, USD a month.
    """

    scenario: BacktrackScenario
    kept: Floats
    kept_longest: Floats
    window_usd_month: Floats

    @property
    def usd_month(self) -> float:
        """What the scenario's own window costs when it is full."""
        return self.usd_month_of(self.scenario.backtrack_h)

    def usd_month_of(self, window_h: float) -> float:
        """Return what a window costs when it is full, USD a month."""
        return backtrack_usd_month(self.scenario.changes_per_s, window_h)

    @property
    def last_day(self) -> Floats:
        """Records kept over the last whole day."""
        return self.kept[HOURS >= WATCHED_H - 24.0][1:]

    @property
    def undone(self) -> float:
        """Changes between the mistake and its being noticed."""
        return self.scenario.changes_per_s * 3600 * self.scenario.noticed_after_h


def written(scenario: BacktrackScenario, hour: ArrayLike) -> Floats:
    """Change records written from the midnight before to so many hours after it."""
    days, rest = np.divmod(np.asarray(hour, dtype=np.float64), 24.0)
    usual = 24.0 / (24.0 - BATCH_H + BATCH_H * scenario.batch_factor)
    busy = usual * scenario.batch_factor
    today = np.minimum(rest, BATCH_H) * busy + np.maximum(rest - BATCH_H, 0.0) * usual
    return 3600.0 * scenario.changes_per_s * (24.0 * days + today)


def kept(scenario: BacktrackScenario, hour: ArrayLike, window_h: float) -> Floats:
    """Records in a window, so many hours after it was switched on."""
    now = SWITCHED_ON_H + np.asarray(hour, dtype=np.float64)
    return written(scenario, now) - written(scenario, np.maximum(now - window_h, SWITCHED_ON_H))
