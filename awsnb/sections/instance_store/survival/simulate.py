"""What happens: each event takes some of the data with it, and nothing brings data back."""

from collections.abc import Mapping
from dataclasses import dataclass

from awsnb.aws.ec2.life_cycle import DATA
from awsnb.aws.instance_store import keeps
from awsnb.sections.instance_store.survival.scenario import SurvivalScenario


@dataclass(frozen=True)
class Outcome:
    """What of the data at the beginning is still there.

    Attributes
    ----------
    there : mapping of str to tuple of bool
        By thing, whether its data is there at the beginning and after each event.
    """

    scenario: SurvivalScenario
    there: Mapping[str, tuple[bool, ...]]

    def lost_by(self, thing: str) -> str:
        """Name the event that took a thing's data; "" if it is there to the end."""
        there = self.there[thing]
        return "" if all(there) else self.scenario.events[there.index(False) - 1]


def simulate(scenario: SurvivalScenario) -> Outcome:
    """Let the events happen, one after the other.

    Parameters
    ----------
    scenario : SurvivalScenario
        The events, and which volumes go with the instance.

    Returns
    -------
    Outcome
    """
    return Outcome(scenario, {thing: _history(scenario, thing) for thing in DATA})


def _history(scenario: SurvivalScenario, thing: str) -> tuple[bool, ...]:
    there = [True]
    for event in scenario.events:
        kept = keeps(event, thing, delete_on_termination=scenario.deletes(thing))
        there.append(there[-1] and kept)
    return tuple(there)
