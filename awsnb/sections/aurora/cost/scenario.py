"""What can be asked: a cluster's instances, data and I/O, priced for a month."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.aurora import Cluster
from awsnb.aws.aurora.limits import check_backtrack, check_size
from awsnb.aws.rds import Deployment
from awsnb.scenario import Scenario, field
from awsnb.sections.aurora import fields
from awsnb.words import counted


class CostScenario(Scenario):
    """One cluster and its load, beside RDS with as many instances."""

    readers: int = fields.readers()
    engine: Literal["Aurora MySQL", "Aurora PostgreSQL"] = field(
        "Aurora MySQL",
        label="Engine",
        meaning="What the cluster is compatible with.",
    )
    instance_class: str = fields.instance_class()
    storage: Literal["Standard", "I/O-Optimized"] = fields.storage()
    size_gib: int = fields.size_gib()
    io_per_s: float = field(
        500.0,
        label="I/O rate",
        unit="I/O/s",
        low=1,
        high=100_000,
        log=True,
        meaning="Reads from and writes to storage, on average over the month.",
    )
    io_peak_factor: float = field(
        1.0,
        label="I/O peak over average",
        unit="x",
        low=1,
        high=50,
        log=True,
        group="RDS beside it",
        advanced=True,
        meaning="RDS is provisioned for the busiest hour; Aurora counts each I/O.",
    )
    rds_io_factor: float = field(
        1.0,
        label="RDS's I/Os for one of Aurora's",
        unit="x",
        low=0.1,
        high=20,
        log=True,
        group="RDS beside it",
        advanced=True,
        meaning="RDS writes pages and log, Aurora log alone: the same load makes other I/Os.",
    )
    backtrack_h: float = fields.backtrack_h(group="Backtrack", advanced=True)
    changes_per_s: float = fields.changes_per_s(group="Backtrack", advanced=True)
    as_of: Literal["today", "2023-06"] = fields.as_of(group="Limits", advanced=True)

    @property
    def instances(self) -> int:
        """The writer and its readers."""
        return 1 + self.readers

    def cluster(self, storage: str, io_per_s: float | None = None) -> Cluster:
        """Return the cluster in a storage configuration, at its I/O rate or another."""
        return Cluster(
            self.instance_class,
            self.instances,
            storage,
            self.size_gib,
            self.io_per_s if io_per_s is None else io_per_s,
            self.changes_per_s,
            self.backtrack_h,
        )

    def rds(self, io_per_s: float | None = None) -> Deployment:
        """Return as many RDS instances, for the I/O rate or for another."""
        rate = self.io_per_s if io_per_s is None else io_per_s
        iops = rate * self.rds_io_factor * self.io_peak_factor
        return Deployment(
            self.rds_engine.lower(), self.instance_class, self.instances, self.size_gib, iops
        )

    @property
    def rds_engine(self) -> str:
        """The engine that RDS would run."""
        return self.engine.removeprefix("Aurora ")

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return (
            f"{self.engine} {self.storage}, {counted(self.instances, 'instance')} "
            f"{self.instance_class}, {self.size_gib:,} GiB, {self.io_per_s:,g} I/O/s"
        )

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        check_size(self.size_gib, self.on)
        check_backtrack(self.backtrack_h, self.engine)
        return self
