"""What can be asked: a fleet that keeps copies of its data on instance store."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.instance_store import INSTANCE_STORE
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.words import are, counted

GROUPS, SCATTERED = "groups", "scattered"
MOST_COPIES = 6


class CopiesScenario(Scenario):
    """How many copies, on how many instances, and how often and how long a copy is missing."""

    copies: int = field(
        2,
        label="Copies",
        unit="copies",
        low=1,
        high=MOST_COPIES,
        meaning="Copies of each piece of data, each on another instance.",
    )
    instances: int = field(
        12,
        label="Instances",
        unit="instances",
        low=1,
        high=96,
        meaning="Instances in the fleet, all alike.",
    )
    losses_per_year: float = field(
        INSTANCE_STORE.value("fleet", "losses_per_year"),
        label="An instance loses its store",
        unit="a year",
        low=0.01,
        high=400,
        log=True,
        meaning="For any reason that hits one instance: a drive, a host, a stop, a replacement.",
    )
    data_gb: float = field(
        400.0,
        label="Data on each instance",
        unit="GB",
        low=1,
        high=30_000,
        log=True,
        meaning="What has to be copied again when an instance loses its store.",
    )
    repair_gbps: float = field(
        float(INSTANCE_STORE.value("fleet", "repair_bandwidth")),
        label="Repair bandwidth",
        unit="Gb/s",
        low=0.01,
        high=100,
        log=True,
        meaning="What one instance has left for copying, beside its work.",
    )
    placement: Literal["groups", "scattered"] = field(
        GROUPS,
        label="Placement",
        meaning="Whether the same instances hold the same data, or any of them.",
    )
    noticed_after_min: float = field(
        float(INSTANCE_STORE.value("fleet", "noticed_after")),
        label="Repair starts after",
        unit="min",
        low=0,
        high=10_000,
        group="Repair",
        advanced=True,
        meaning="Until the loss is noticed and data begins to be copied again.",
    )
    fleet_losses_per_year: float = field(
        0.0,
        label="All instances lose it at once",
        unit="a year",
        low=0,
        high=12,
        group="All at once",
        advanced=True,
        meaning="One cause for the whole fleet: a schedule that stops it, a wrong deployment.",
    )
    accepted_pct: float = field(
        0.01,
        label="Accepted chance of a loss",
        unit="% a year",
        low=0.000001,
        high=100,
        log=True,
        group="Aim",
        advanced=True,
        meaning="The chance of losing any data in a year that you can live with.",
    )

    @model_validator(mode="after")
    def _refuse_too_many_copies(self) -> Self:
        if self.copies > self.instances:
            raise ScenarioError(
                f"copies = {self.copies}: each copy needs an instance of its own, and there "
                f"{are(self.instances)} {self.instances}; use 1 to "
                f"{self.instances} copies, or more instances.",
                field="copies",
            )
        return self

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        copies = counted(self.copies, "copy", "copies")
        return f"{copies} on {counted(self.instances, 'instance')}, {self.placement}"
