"""What can be asked: a sequence of events in one protection group, and how far to follow it."""

from awsnb.scenario import Scenario, field

SEQUENCES = (
    "four of six is enough",
    "a hole, and gossip",
    "a crash in the middle",
    "a zone goes dark",
    "a zone and one more",
    "the old writer is not dead",
    "quorums that don't meet",
)
MOST_STEPS = 30


class LogProtocolScenario(Scenario):
    """One protection group of six segments, some steps into a sequence of events."""

    sequence: str = field(
        SEQUENCES[0],
        label="Sequence of events",
        choices=SEQUENCES,
        meaning="What happens to the writer, its records and the six segments.",
    )
    step: int = field(
        11,
        label="Step",
        low=0,
        high=MOST_STEPS,
        meaning="How far it has got; a sequence may end before the slider does.",
    )

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.sequence}, step {self.step}"
