"""What can be asked: up to three events, one after the other, on one instance."""

from typing import Self

from pydantic import model_validator

from awsnb.aws.ec2.life_cycle import DATA_VOLUME, ROOT_VOLUME, TERMINATE
from awsnb.aws.instance_store import EVENTS
from awsnb.scenario import Scenario, ScenarioError, field

NOTHING = "nothing"
LATER = (NOTHING, *EVENTS)


class SurvivalScenario(Scenario):
    """An instance with an instance store and two EBS volumes, and what happens to it."""

    first: str = field(
        "reboot",
        label="First",
        choices=EVENTS,
        meaning="What happens to the instance first.",
    )
    second: str = field(
        "stop and start",
        label="Then",
        choices=LATER,
        meaning="What happens next.",
    )
    third: str = field(
        NOTHING,
        label="Then",
        choices=LATER,
        meaning="What happens last.",
    )
    delete_root: bool = field(
        True,
        label="Root volume goes with the instance",
        meaning="DeleteOnTermination of the root volume; AWS sets it unless you say otherwise.",
    )
    delete_data: bool = field(
        False,
        label="Data volume goes with the instance",
        meaning="DeleteOnTermination of the data volume; unset on a volume attached later.",
    )

    @model_validator(mode="after")
    def _refuse_what_comes_after_the_end(self) -> Self:
        earlier = ""
        for name, event in self.named_events():
            if earlier == TERMINATE:
                raise ScenarioError(
                    f"{name} = {event!r}: a terminated instance can't be started again (EC2 API "
                    "Reference: TerminateInstances); choose 'nothing', or another event before it.",
                    field=name,
                )
            earlier = event
        return self

    def named_events(self) -> list[tuple[str, str]]:
        """Return field and event of each thing that happens, in order."""
        names = ("first", "second", "third")
        return [(name, getattr(self, name)) for name in names if getattr(self, name) != NOTHING]

    @property
    def events(self) -> tuple[str, ...]:
        """What happens, in order."""
        return tuple(event for _, event in self.named_events())

    def deletes(self, thing: str) -> bool:
        """Whether a thing is set to go with its instance."""
        return {ROOT_VOLUME: self.delete_root, DATA_VOLUME: self.delete_data}.get(thing, False)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return ", then ".join(self.events)
