"""What can be asked: data that grows, and a clean-up that gives its space back or does not."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.aurora.limits import check_size
from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields

DROPPED, DELETED, NOTHING = "dropped tables", "deleted rows", "nothing"


class StorageScenario(Scenario):
    """A volume over time."""

    storage: Literal["Standard", "I/O-Optimized"] = fields.storage(group="Price", advanced=True)
    size_gib: int = fields.size_gib()
    growth_gib_per_day: float = field(
        5.0,
        label="Growth",
        unit="GiB a day",
        low=0.01,
        high=10_000,
        log=True,
        meaning="Data that comes each day, indexes included.",
    )
    days: int = field(
        365,
        label="Look ahead",
        unit="days",
        low=1,
        high=3650,
        log=True,
        meaning="How far to follow the volume.",
    )
    freed_by: Literal["dropped tables", "deleted rows", "nothing"] = field(
        DROPPED,
        label="A clean-up by",
        meaning="Dropped tables and partitions give their space back; deleted rows leave it free "
        "inside their table.",
    )
    freed_day: int = field(
        180,
        label="Clean-up after",
        unit="days",
        low=1,
        high=3650,
        log=True,
        only_when={"freed_by": (DROPPED, DELETED)},
        meaning="When it happens.",
    )
    freed_pct: float = field(
        60.0,
        label="It removes",
        unit="%",
        low=0,
        high=100,
        only_when={"freed_by": (DROPPED, DELETED)},
        meaning="Share of the data that goes.",
    )
    as_of: Literal["today", "2023-06"] = fields.as_of(group="Limits", advanced=True)

    @property
    def is_freed(self) -> bool:
        """Whether a clean-up that frees something happens within the time that is followed."""
        some = self.freed_by != NOTHING and self.freed_pct > 0
        return some and self.freed_day < self.days

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        freed = f", {self.freed_by} on day {self.freed_day:,}" if self.is_freed else ""
        return f"{self.size_gib:,} GiB and {self.growth_gib_per_day:g} a day{freed}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        check_size(self.size_gib, self.on)
        return self
