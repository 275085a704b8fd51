"""What can be asked: storage, an instance class, and the database's I/O."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb import workloads
from awsnb.aws.ebs import Io
from awsnb.aws.ebs.limits import DB_CLASSES
from awsnb.aws.rds import RDS
from awsnb.aws.rds.deployment import MAX_SIZE_GIB
from awsnb.aws.rds.storage import Storage
from awsnb.scenario import Scenario, field
from awsnb.trace import fields


class SpeedScenario(Scenario):
    """One database's storage under its I/O."""

    storage_type: Literal["gp3", "gp2", "io2"] = field(
        "gp3", label="Storage type", meaning="gp3 is the default of RDS; gp2 lives on credit."
    )
    size_gib: int = field(
        200,
        label="Storage",
        unit="GiB",
        low=RDS.value("storage", "min_size"),
        high=MAX_SIZE_GIB,
        log=True,
        meaning="What is allocated. From 400 GiB on it is four volumes, striped.",
    )
    iops: int | None = field(
        None,
        label="Provisioned IOPS",
        unit="IOPS",
        low=RDS.value("io2", "min_iops"),
        high=RDS.value("io2", "max_iops"),
        log=True,
        only_when={"storage_type": ("gp3", "io2")},
        unset="included",
        meaning="Needed on io2; on gp3 from 400 GiB on.",
    )
    instance_class: str = field(
        "db.m6g.large",
        label="Instance class",
        choices=DB_CLASSES,
        meaning="Its own EBS limits bind too, and have credit of their own.",
    )
    workload: str = field(
        "nightly-batch",
        label="Load",
        choices=workloads.names(),
        meaning="Built-in load; a trace of your own replaces it.",
    )
    trace: str = field(
        "",
        label="Trace",
        path=True,
        meaning="Path of a CloudWatch export of ReadIOPS and WriteIOPS, or of ReadThroughput and "
        "WriteThroughput, statistic Average.",
    )
    metric: str = fields.metric(
        "; A + B is the sum of two. Left out, reads and writes: IOPS if there are."
    )
    trace_unit: Literal["as the file says", "operations", "operations/s"] = fields.trace_unit()
    io_size_kib: int = field(
        16,
        label="I/O size",
        unit="KiB",
        low=1,
        high=1024,
        log=True,
        meaning="Size of one read or write: a page of MySQL has 16 KiB, of PostgreSQL 8.",
    )
    load_factor: float = fields.load_factor()
    throughput_mibps: int | None = field(
        None,
        label="Throughput",
        unit="MiB/s",
        low=RDS.value("gp3", "included_throughput_small"),
        high=RDS.value("gp3", "max_throughput"),
        log=True,
        only_when={"storage_type": ("gp3",)},
        group="Storage",
        advanced=True,
        unset="included",
        meaning="Provisioned throughput of gp3, from 400 GiB on.",
    )
    start_credit_pct: float = field(
        100.0,
        label="Credit at start",
        unit="%",
        low=0,
        high=100,
        group="Storage",
        advanced=True,
        meaning="How full every credit is when the load begins.",
    )
    balance: str = field(
        "",
        label="Balances",
        path=True,
        group="Storage",
        advanced=True,
        meaning="Path of a CloudWatch export of EBSByteBalance%, EBSIOBalance% or "
        "CPUCreditBalance, to draw over the model's: one of them or all, also in the load's file.",
    )

    @property
    def storage(self) -> Storage:
        """The storage as RDS sells it."""
        return Storage(self.storage_type, self.size_gib, self.iops, self.throughput_mibps)

    @property
    def io(self) -> Io:
        """The database's I/O."""
        return Io(self.io_size_kib, "random")

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        return f"{self.storage.text} on {self.instance_class}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self.storage.check()
        return self
