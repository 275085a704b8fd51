"""What can be asked: a volume, its data, a nightly batch, and autoscaling."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.rds import RDS
from awsnb.aws.rds.deployment import MAX_SIZE_GIB
from awsnb.aws.rds.storage_autoscaling import Rule, check_maximum
from awsnb.scenario import Scenario, ScenarioError, field

OPTIMIZATION = RDS.get("storage_autoscaling", "optimization_time")


class StorageScenario(Scenario):
    """Storage of one database over time."""

    size_gib: int = field(
        200,
        label="Allocated storage",
        unit="GiB",
        low=RDS.value("storage", "min_size"),
        high=MAX_SIZE_GIB,
        log=True,
        meaning="What is allocated at the start, gp3.",
    )
    autoscaling: bool = field(
        True, label="Autoscaling", meaning="Whether RDS enlarges the storage by itself."
    )
    maximum_gib: int = field(
        1000,
        label="Maximum",
        unit="GiB",
        low=RDS.value("storage", "min_size"),
        high=MAX_SIZE_GIB,
        log=True,
        only_when={"autoscaling": (True,)},
        meaning="The maximum storage threshold, at which autoscaling ends.",
    )
    data_gib: float = field(
        150.0,
        label="Data",
        unit="GiB",
        low=1,
        high=MAX_SIZE_GIB,
        log=True,
        meaning="Used space at the start: data, indexes, logs.",
    )
    growth_gib_per_day: float = field(
        1.0,
        label="Growth",
        unit="GiB a day",
        low=0.01,
        high=10_000,
        log=True,
        meaning="Data that come each day and stay.",
    )
    batch_gib: float = field(
        0.0,
        label="Nightly batch",
        unit="GiB",
        low=0,
        high=2000,
        meaning="Space that a batch fills each night, and frees when it ends.",
    )
    days: int = field(
        60,
        label="Look ahead",
        unit="days",
        low=1,
        high=730,
        log=True,
        group="Data",
        advanced=True,
        meaning="How far to follow the volume.",
    )
    trace: str = field(
        "",
        label="Trace",
        path=True,
        meaning="Path of a CloudWatch export of FreeStorageSpace, which replaces data, growth and "
        "batch; or of OldestReplicationSlotLag, whose log comes on top of the data.",
    )
    metric: str = field(
        "",
        label="Metric",
        control=False,
        option=True,
        reads="trace",
        meaning="Which series of the trace; left out, FreeStorageSpace.",
    )
    batch_h: float = field(
        2.0,
        label="The batch takes",
        unit="h",
        low=0.05,
        high=20,
        log=True,
        group="Data",
        advanced=True,
        meaning="How long it writes, from 02:00 on; then its space is free again.",
    )
    optimization_min: int | None = field(
        None,
        label="Optimization",
        unit="min",
        low=1,
        high=4320,
        log=True,
        group="Autoscaling",
        advanced=True,
        meaning="How long storage optimization takes after a change; no other change meanwhile.",
    )
    at_maximum: Literal["stops", "goes to it"] = field(
        "stops",
        label="Near the maximum it",
        group="Autoscaling",
        advanced=True,
        meaning="Where the increment would reach or pass the maximum: AWS documents both.",
    )
    as_of: Literal["today", "2023-06"] = field(
        "today", label="As of", group="Autoscaling", advanced=True, meaning="Whose rule holds."
    )

    @property
    def rule(self) -> Rule:
        """When storage grows, and by how much."""
        minutes = self.optimization_min or OPTIMIZATION.value
        maximum_gib = self.maximum_gib if self.autoscaling else None
        return Rule(maximum_gib, 60.0 * minutes, self.at_maximum, self.on)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        grows = f"up to {self.maximum_gib:,}" if self.autoscaling else "fixed"
        return f"{self.size_gib:,} GiB, {grows}"

    def in_force(self) -> dict[str, int]:
        """What is assumed of an optimization that is left out."""
        return {"optimization_min": OPTIMIZATION.value}

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.autoscaling:
            check_maximum(self.size_gib, self.maximum_gib)
        if not self.trace:
            self.check_data()
        return self

    def check_data(self) -> None:
        """Refuse more data than there is storage.

        Raises
        ------
        ScenarioError
            If there are more.
        """
        if self.data_gib > self.size_gib:
            raise ScenarioError(
                f"data_gib = {self.data_gib:,g}: must be at most size_gib, {self.size_gib:,} GiB.",
                field="data_gib",
            )
