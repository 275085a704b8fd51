"""What happens: which moment can be restored, when it can, and what is missing then. Minutes."""

from dataclasses import dataclass

from awsnb.aws.rds import RDS
from awsnb.sections.rds.time_travel.scenario import REPLAY, RESTORE, SWITCH, TimeTravelScenario

DAY_MIN = 24 * 60


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
    def waits_min(self) -> float:
        """How long the restore must wait for logs to be uploaded."""
        return self.starts_min - self.scenario.accident_min - self.scenario.noticed_min

    @property
    def latest_min(self) -> float:
        """The latest restorable time when the restore starts, at the worst."""
        return self.starts_min - float(RDS.value("backup", "log_upload_interval"))

    @property
    def replay_min(self) -> float:
        """How long the logs since the backup take to be replayed."""
        return self.restored_min - self.starts_min - restore_min(self.scenario)

    @property
    def away_min(self) -> float:
        """How long the application is without the table."""
        return self.runs_min - self.scenario.accident_min

    @property
    def all_lost_min(self) -> float:
        """Minutes of every table's writes that are gone: those after the accident, if it moves."""
        return self.away_min if self.scenario.way == SWITCH else 0.0


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
    starts = max(at + scenario.noticed_min, at + RDS.value("backup", "log_upload_interval"))
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
