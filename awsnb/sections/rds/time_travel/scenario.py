"""What can be asked: an accident, its discovery, the backups, and the way back."""

import re
from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.rds import RDS
from awsnb.scenario import Scenario, ScenarioError, field, shown

CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
DAY_MIN = 24 * 60
SWITCH, COPY = "switch to it", "copy the table"
RESTORE, REPLAY = RDS.get("backup", "restore_base"), RDS.get("backup", "log_replay")


class TimeTravelScenario(Scenario):
    """A table that was dropped, and what it is restored from."""

    accident: str = field(
        "14:03",
        label="Accident at",
        meaning="When the table was dropped, HH:MM in UTC.",
    )
    noticed_min: float = field(
        12.0,
        label="Noticed after",
        unit="min",
        low=1,
        high=100_000,
        log=True,
        meaning="From the accident until somebody starts the restore.",
    )
    retention_days: int = field(
        7,
        label="Backup retention",
        unit="days",
        low=0,
        high=RDS.value("backup", "retention_max"),
        meaning="How long automated backups are kept; 0 turns them off.",
    )
    window: str = field(
        "03:00",
        label="Backup window",
        meaning="When the daily backup begins, HH:MM in UTC.",
    )
    way: Literal["switch to it", "copy the table"] = field(
        SWITCH,
        label="Way back",
        meaning="The application moves to the restored instance, or only the table is copied back.",
    )
    busy_pct: float = field(
        30.0,
        label="Busy with writes",
        unit="%",
        low=0,
        high=100,
        group="Restore",
        advanced=True,
        meaning="How busy the database was with the writes that the restore must replay.",
    )
    restore_min: int | None = field(
        None,
        label="A new instance takes",
        unit="min",
        low=1,
        high=10_000,
        log=True,
        group="Restore",
        advanced=True,
        meaning="Until the instance is made from the backup, without its logs.",
    )
    switch_min: float = field(
        10.0,
        label="To a new endpoint",
        unit="min",
        low=0,
        high=10_000,
        only_when={"way": (SWITCH,)},
        group="Restore",
        advanced=True,
        meaning="To change the endpoint in every client, and the instance's groups and parameters.",
    )
    copy_min: float = field(
        20.0,
        label="Copying takes",
        unit="min",
        low=0.1,
        high=10_000,
        log=True,
        only_when={"way": (COPY,)},
        group="Restore",
        advanced=True,
        meaning="To dump the table from the restored instance and load it where it was.",
    )

    @property
    def accident_min(self) -> int:
        """Minutes from midnight to the accident."""
        return minutes(self.accident, "accident")

    @property
    def window_min(self) -> int:
        """Minutes from midnight to the daily backup."""
        return minutes(self.window, "window")

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"dropped at {self.accident}, {self.way}"

    def in_force(self) -> dict[str, int]:
        """What is assumed of the time to make an instance."""
        return {"restore_min": RESTORE.value}

    @model_validator(mode="after")
    def _refuse_what_is_no_time(self) -> Self:
        minutes(self.accident, "accident")
        minutes(self.window, "window")
        return self


def minutes(clock: str, name: str) -> int:
    """Minutes from midnight of a time of day."""
    found = CLOCK.fullmatch(clock.strip())
    if not found:
        raise ScenarioError(
            f"{name} = {shown(clock)}: must be a time of day in UTC from 00:00 to 23:59, such as "
            "14:03.",
            field=name,
        )
    return 60 * int(found[1]) + int(found[2])


def clock(at_min: float) -> str:
    """Say a time of day: ``14:03 UTC``, ``03:30 UTC the day before``."""
    whole = round(at_min)
    days, rest = divmod(whole, DAY_MIN)
    later = {-1: " the day before", 0: "", 1: " a day later"}.get(days, f" {days:,} days later")
    return f"{rest // 60:02d}:{rest % 60:02d} UTC{later}"
