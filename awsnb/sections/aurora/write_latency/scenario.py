"""What can be asked: copies that must answer a write, some of them slow or gone."""

from typing import Literal

from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields
from awsnb.sections.aurora.designs import DESIGNS, Design


class WriteLatencyScenario(Scenario):
    """Writes to one protection group, and what slows its copies down."""

    design: Literal["4 of 6", "6 of 6", "3 of 4", "2 of 3"] = fields.design()
    slow_copy_pct: float = field(
        1.0,
        label="Slow answers",
        unit="%",
        low=0,
        high=50,
        meaning="Chance that one copy is slow at a write: a busy disk, a pause, a lost packet.",
    )
    slow_factor: float = field(
        20.0,
        label="How much slower",
        unit="x",
        low=1,
        high=1000,
        log=True,
        meaning="How many times as long a slow answer takes.",
    )
    zone_slow_pct: float = field(
        0.0,
        label="Slow zones",
        unit="%",
        low=0,
        high=20,
        meaning="Chance that all copies of a zone are slow together at a write.",
    )
    zone_trouble: Literal["none", "slow", "down"] = field(
        "none",
        label="Zone A",
        meaning="Zone A answers, or each of its answers is slow, or it is gone.",
    )
    seed: int = fields.seed(group="Draws", advanced=True)

    @property
    def quorum(self) -> Design:
        """The copies, and how many must answer."""
        return DESIGNS[self.design]

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        trouble = "" if self.zone_trouble == "none" else f", zone A {self.zone_trouble}"
        return f"writes by {self.design}{trouble}"
