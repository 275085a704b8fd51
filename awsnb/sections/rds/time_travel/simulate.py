"""What happens: which moment can be restored, when it can, and what is missing then. Minutes."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds import RDS
from awsnb.sections.rds.time_travel.scenario import (
    DAY_MIN,
    REPLAY,
    RESTORE,
    SWITCH,
    TimeTravelScenario,
)

UPLOAD_MIN = float(RDS.value("backup", "log_upload_interval"))
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """The way back, in minutes from midnight before the accident.

    Attributes
    ----------
    possible : bool
        Whether automated backups reach back to the accident.
    backup_min : float
        When the backup began from which the restore starts.
    starts_min : float
        When the restore can start: noticed, and the accident's moment is restorable.
    restored_min : float
        When the new instance is there.
    runs_min : float
        When the application has the table again.
    """

    scenario: TimeTravelScenario
    possible: bool
    backup_min: float
    starts_min: float
    restored_min: float
    runs_min: float

    @property
    def noticed_min(self) -> float:
        """When somebody notices."""
        return self.scenario.accident_min + self.scenario.noticed_min

    @property
    def made_min(self) -> float:
        """When the new instance is made, without its logs."""
        return self.starts_min + restore_min(self.scenario)

    @property
    def is_deleted(self) -> bool:
        """Whether there were backups of that moment, which are deleted before anybody notices."""
        return not self.possible and self.scenario.retention_days > 0

    @property
    def hopeless_min(self) -> float:
        """From when on that moment can't be restored, if it is noticed too late."""
        return float(self.scenario.accident_min + DAY_MIN * self.scenario.retention_days)

    @property
    def ends_min(self) -> float:
        """When it is over: the application runs again, or it is known that nothing comes back."""
        return self.runs_min if self.possible else self.noticed_min

    @property
    def waits_min(self) -> float:
        """How long the restore must wait for logs to be uploaded."""
        return self.starts_min - self.noticed_min

    @property
    def latest_min(self) -> float:
        """The latest restorable time when the restore starts, at the worst."""
        return self.starts_min - UPLOAD_MIN

    @property
    def replay_min(self) -> float:
        """How long the logs since the backup take to be replayed."""
        return self.restored_min - self.made_min

    @property
    def away_min(self) -> float:
        """How long the application is without the table."""
        return self.runs_min - self.scenario.accident_min

    @property
    def all_lost_min(self) -> float:
        """Minutes of every table's writes that are gone: those after the accident, if it moves."""
        return self.away_min if self.scenario.way == SWITCH else 0.0

    def not_uploaded_min(self, at_min: Floats) -> Floats:
        """How much of the log is not uploaded at each time, at the worst: most as it starts."""
        since: Floats = np.round((at_min - self.starts_min) % UPLOAD_MIN, 6) % UPLOAD_MIN
        since[np.isclose(at_min, self.starts_min)] = UPLOAD_MIN
        return since

    def replayed_min(self, at_min: Floats) -> Floats:
        """How much of the log since the backup the new instance has replayed at each time."""
        log_min = self.scenario.accident_min - self.backup_min
        if not self.possible:
            return np.zeros(len(at_min))
        if not self.replay_min:
            return np.where(at_min >= self.restored_min, log_min, 0.0)
        return np.interp(at_min, [self.made_min, self.restored_min], [0.0, log_min])

    def without_min(self, at_min: Floats) -> Floats:
        """How long the application has been without the table at each time."""
        most = self.away_min if self.possible else np.inf
        return np.clip(at_min - self.scenario.accident_min, 0.0, most)


def simulate(scenario: TimeTravelScenario) -> Outcome:
    """Restore the moment before the accident.

    Parameters
    ----------
    scenario : TimeTravelScenario
        Accident, backups and way back.

    Returns
    -------
    Outcome
        When what is there, and what is not.
    """
    at = float(scenario.accident_min)
    backup = backup_before(at, scenario.window_min)
    starts = max(at + scenario.noticed_min, at + UPLOAD_MIN)
    replay = (at - backup) * scenario.busy_pct / 100 / REPLAY.value
    restored = starts + restore_min(scenario) + replay
    last = scenario.switch_min if scenario.way == SWITCH else scenario.copy_min
    reach_min = DAY_MIN * scenario.retention_days
    possible = scenario.retention_days > 0 and starts - at <= reach_min
    return Outcome(scenario, possible, backup, starts, restored, restored + last)


def backup_before(at_min: float, window_min: float) -> float:
    """When the last daily backup before a time was over."""
    ended = window_min + RDS.value("backup", "window_min")
    return ended + DAY_MIN * ((at_min - ended) // DAY_MIN)


def restore_min(scenario: TimeTravelScenario) -> float:
    """How long it takes to make the instance, without its logs."""
    return float(scenario.restore_min or RESTORE.value)
