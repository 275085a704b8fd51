"""A view: one question of a section, with all that it takes to answer it.

A section has one view or several. Each is made in its room, `awsnb/sections/<slug>/`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from awsnb.results import Comparison, Result
from awsnb.scenario import Preset, Scenario

Asked = TypeVar("Asked", bound=Scenario)
Outcome = TypeVar("Outcome")


@dataclass(frozen=True)
class View(Generic[Asked, Outcome]):
    """One question of a section.

    Parameters
    ----------
    name : str
        What it is chosen by: a few small words, such as ``"reader scaling"``.
    question : str
        The question, as a sentence.
    scenario : type of Scenario
        What can be asked.
    outcome : callable
        A scenario in, what happens out: plain numbers and arrays.
    tell : callable
        An outcome in, its `Result` out: sentences, numbers, panels.
    presets : tuple of Preset
        The situations that teach.
    compare : callable, optional
        A scenario in, the alternatives out; None where the question has none.
    stops : int, optional
        How many values of a control a page without a kernel has answers for at most; fewer where an
        answer takes long.
    """

    name: str
    question: str
    scenario: type[Asked]
    outcome: Callable[[Asked], Outcome]
    tell: Callable[[Outcome], Result]
    presets: tuple[Preset, ...]
    compare: Callable[[Asked], Comparison] | None = None
    stops: int = 20

    def simulate(self, scenario: Asked) -> Result:
        """Answer a scenario.

        Parameters
        ----------
        scenario : Scenario
            One of the view's own.

        Returns
        -------
        Result
            What happened, in numbers, curves and words.

        Raises
        ------
        ScenarioError
            If what the scenario names can't be: a file that is no load, say.
        """
        return self.tell(self.outcome(scenario))

    def situations(self) -> list[Asked]:
        """Return the default scenario and those of the presets."""
        return [self.scenario(), *(self.scenario(**preset.values) for preset in self.presets)]
