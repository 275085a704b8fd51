"""What can be asked: a backtrack window, the changes that fill it, and a mistake."""

from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields
from awsnb.words import a_second


class BacktrackScenario(Scenario):
    """A window of change records, and a mistake that is noticed after a while."""

    backtrack_h: float = fields.backtrack_h()
    changes_per_s: float = fields.changes_per_s()
    batch_factor: float = field(
        1.0,
        label="A nightly batch",
        unit="x",
        low=1,
        high=100,
        log=True,
        meaning="How many times as many changes there are from midnight to 3 in the morning.",
    )
    noticed_after_h: float = field(
        6.0,
        label="Noticed after",
        unit="h",
        low=0.1,
        high=168,
        log=True,
        meaning="How long after a mistake somebody sees it, and wants to go back.",
    )

    @property
    def reaches(self) -> bool:
        """Whether the window reaches back to the mistake."""
        return self.noticed_after_h <= self.backtrack_h

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        if not self.backtrack_h:
            return "backtrack off"
        return f"{self.backtrack_h:g} h of backtrack at {a_second(self.changes_per_s, 'change')}"
