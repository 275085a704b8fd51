"""What can be asked: a volume that changes, a rule, and what is done by hand at the end."""

import re
from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.ebs.volume import EBS, range_of
from awsnb.scenario import Scenario, ScenarioError, field, shown

_RANGE = re.compile(r"(\d{1,5})(?:\s*-\s*(\d{1,5}))?")
MOST_DAYS = 730
MOST_OFFERED = 60  # days of a menu


class ChainScenario(Scenario):
    """Snapshots of one volume, kept by a rule, and some deleted or archived by hand."""

    size_gib: int = field(
        1024,
        label="Data on the volume",
        unit="GiB",
        low=1,
        high=range_of("size")[1],
        log=True,
        meaning="Data that was ever written to the volume; empty blocks are in no snapshot.",
    )
    change_pct: float = field(
        5.0,
        label="Changed a day",
        unit="%",
        low=0,
        high=100,
        meaning="Share of the blocks that a day overwrites, however often.",
    )
    days: int = field(
        30,
        label="Days",
        unit="days",
        low=1,
        high=MOST_DAYS,
        log=True,
        meaning="How long snapshots have been taken; the first is of day 1.",
    )
    keep_days: int | None = field(
        None,
        label="Keep for",
        unit="days",
        low=1,
        high=MOST_DAYS,
        log=True,
        unset="for ever",
        meaning="The rule: a snapshot of this age is deleted.",
    )
    delete: str = field(
        "",
        label="Delete by hand",
        meaning='Days whose snapshots are deleted after the last day: "5" or "3, 8-12".',
    )
    archive: str = field(
        "",
        label="Archive by hand",
        meaning='Days whose snapshots are archived after the last day: "1" or "1-29".',
    )
    every_days: int = field(
        1,
        label="A snapshot every",
        unit="days",
        low=1,
        high=90,
        group="Rule",
        advanced=True,
        meaning="Days from one snapshot to the next.",
    )
    bin_days: int | None = field(
        None,
        label="Recycle bin keeps",
        unit="days",
        low=EBS.value("recycle_bin", "min_retention"),
        high=EBS.value("recycle_bin", "max_retention"),
        unset="no rule",
        group="Rule",
        advanced=True,
        meaning="How long a deleted snapshot can be recovered, and is billed.",
    )
    copy_region: bool = field(
        False,
        label="Copy to another Region",
        group="Rule",
        advanced=True,
        meaning="Whether every snapshot is copied to a second Region, under the same rule.",
    )
    where: Literal["anywhere", "mostly in a tenth"] = field(
        "anywhere",
        label="Changes fall",
        group="Volume",
        advanced=True,
        meaning="On all blocks alike, or nine of ten on the same tenth of the blocks.",
    )
    blocks: str = field(
        "",
        label="Block lists",
        path=True,
        meaning="Folder of JSON lists: `list-snapshot-blocks`, then `list-changed-blocks`.",
    )

    @property
    def deleted(self) -> frozenset[int]:
        """Days whose snapshots are deleted by hand."""
        return _days(self.delete, "delete")

    @property
    def archived(self) -> frozenset[int]:
        """Days whose snapshots are archived by hand."""
        return _days(self.archive, "archive")

    @property
    def kept(self) -> tuple[int, ...]:
        """Days whose snapshots the rule keeps on the last day, where no block lists are given."""
        oldest = 1 if self.keep_days is None else self.days - self.keep_days + 1
        return tuple(day for day in range(1, self.days + 1, self.every_days) if day >= oldest)

    def suggestions(self) -> dict[str, tuple[str, ...]]:
        """What can be deleted or archived: the days named so far, or these and one more.

        Any day can be typed; a menu holds the first of them.
        """
        if self.blocks:
            return {}
        left = [day for day in self.kept if day not in self.deleted | self.archived][:MOST_OFFERED]
        return {
            name: (named, *(f"{named}, {day}" if named else str(day) for day in left))
            for name, named in (("delete", self.delete), ("archive", self.archive))
        }

    @property
    def by_hand(self) -> bool:
        """Whether anything is done by hand after the last day."""
        return bool(self.deleted or self.archived)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        data = f"{self.size_gib:,} GiB, {self.change_pct:g} % a day"
        if self.blocks:
            data = "your block lists"
        kept = "" if self.keep_days is None else f", kept {self.keep_days} d"
        hands = {"deleted": self.delete, "archived": self.archive}
        done = "".join(f", {word} {days}" for word, days in hands.items() if days.strip())
        return f"{data}, {self.rhythm}{kept}{done}"

    @property
    def rhythm(self) -> str:
        """How often a snapshot is taken: ``every day``, ``every 7 days``."""
        return "every day" if self.every_days == 1 else f"every {self.every_days} days"

    @model_validator(mode="after")
    def _refuse_a_day_named_twice(self) -> Self:
        both = self.deleted & self.archived
        if both:
            raise ScenarioError(
                f"archive = {shown(self.archive)}: the snapshot of day {min(both)} is deleted too; "
                "name it in one of the two.",
                field="archive",
            )
        return self


def _days(text: str, name: str) -> frozenset[int]:
    """Read days and ranges of days: ``3, 8-12``."""
    days: set[int] = set()
    for part in filter(None, (part.strip() for part in text.split(","))):
        found = _RANGE.fullmatch(part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= MOST_DAYS:
            raise ScenarioError(
                f"{name} = {shown(text)}: {shown(part)} is no day; write days from 1 to "
                f"{MOST_DAYS} and ranges of them, such as 3, 8-12.",
                field=name,
            )
        days.update(range(first, last + 1))
    return frozenset(days)
