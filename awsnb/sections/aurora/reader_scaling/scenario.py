"""What can be asked: a day of reads, and the policy that adds and removes readers."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.aurora import AURORA
from awsnb.scenario import Scenario, ScenarioError, field
from awsnb.sections.aurora import fields

CPU, CONNECTIONS = "CPU", "connections"


class ReaderScalingScenario(Scenario):
    """Readers that target tracking adds and removes as the reads of a day ask for it."""

    reads: Literal["office day", "flash crowd"] = field(
        "office day",
        label="Reads",
        meaning="A day that rises and falls, or five times the load from one minute to the next.",
    )
    peak_load: float = field(
        4.0,
        label="Peak load",
        unit="busy readers",
        low=0.1,
        high=12,
        log=True,
        meaning="Reads at the peak, as so many readers of this class at 100 % CPU.",
    )
    scaling_metric: Literal["CPU", "connections"] = field(
        CPU,
        label="Scale on",
        meaning="What target tracking holds, as an average over the readers.",
    )
    cpu_target_pct: float = field(
        50.0,
        label="Target CPU",
        unit="%",
        low=10,
        high=100,
        only_when={"scaling_metric": (CPU,)},
        meaning="CPU that the policy holds.",
    )
    connections_target: int = field(
        200,
        label="Target connections",
        unit="a reader",
        low=10,
        high=5000,
        log=True,
        only_when={"scaling_metric": (CONNECTIONS,)},
        meaning="Connections to one reader that the policy holds.",
    )
    peak_connections: int = field(
        1200,
        label="Peak connections",
        unit="connections",
        low=1,
        high=50_000,
        log=True,
        only_when={"scaling_metric": (CONNECTIONS,)},
        group="Load",
        advanced=True,
        meaning="Connections that are open at the peak of the load, in proportion to it else.",
    )
    min_readers: int = field(
        1,
        label="Fewest readers",
        unit="readers",
        low=AURORA.value("reader_scaling", "min_readers"),
        high=fields.MAX_READERS,
        meaning="Kept at all times; without any there is no metric to scale on.",
    )
    max_readers: int = field(
        fields.MAX_READERS,
        label="Most readers",
        unit="readers",
        low=1,
        high=fields.MAX_READERS,
        group="New readers",
        advanced=True,
        meaning="The policy adds no more.",
    )
    reader_takes_min: float = field(
        float(AURORA.value("reader_scaling", "creation_time")),
        label="A reader takes",
        unit="min",
        low=1,
        high=60,
        log=True,
        group="New readers",
        advanced=True,
        meaning="From the decision until a new reader takes connections.",
    )
    instance_class: str = fields.instance_class(group="Price", advanced=True)
    storage: Literal["Standard", "I/O-Optimized"] = fields.storage(group="Price", advanced=True)

    @property
    def scales_on_cpu(self) -> bool:
        """Whether the policy holds CPU, not connections."""
        return self.scaling_metric == CPU

    @property
    def target(self) -> float:
        """What the policy holds, in units of its metric."""
        return self.cpu_target_pct if self.scales_on_cpu else float(self.connections_target)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        target = (
            f"{self.cpu_target_pct:g} % CPU"
            if self.scales_on_cpu
            else f"{self.connections_target:,} connections a reader"
        )
        return f"{self.min_readers} to {self.max_readers} readers at {target}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.min_readers > self.max_readers:
            source = AURORA.get("reader_scaling", "min_readers").source
            raise ScenarioError(
                f"min_readers = {self.min_readers}: AWS allows at most max_readers, "
                f"{self.max_readers} readers ({source}).",
                field="min_readers",
            )
        return self
