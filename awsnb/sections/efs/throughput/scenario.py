"""What can be asked: one file system in one throughput mode, under one load."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb import workloads
from awsnb.aws.efs import EFS, FileSystem, Io
from awsnb.scenario import Scenario, field
from awsnb.trace import fields


class ThroughputScenario(Scenario):
    """One file system, its clients, and their load."""

    mode: Literal["bursting", "provisioned", "elastic"] = field(
        "bursting", label="Throughput mode", meaning="What sets the speed, and the bill for it."
    )
    standard_gib: int = field(
        20,
        label="Data in Standard",
        unit="GiB",
        low=1,
        high=1_000_000,
        log=True,
        meaning="Data in the Standard class; in bursting mode it also sets the speed.",
    )
    provisioned_mibps: int | None = field(
        None,
        label="Provisioned throughput",
        unit="MiB/s",
        low=EFS.value("provisioned", "min"),
        high=EFS.value("provisioned", "max"),
        log=True,
        only_when={"mode": ("provisioned",)},
        unset="none",
        meaning="Metered throughput that you pay for; a read counts as a third of its bytes.",
    )
    workload: str = field(
        "nightly-batch",
        label="Load",
        choices=workloads.names(),
        meaning="Built-in load, in requests; a trace of your own replaces it.",
    )
    trace: str = field(
        "",
        label="Trace",
        path=True,
        meaning="Path of a CloudWatch export (CSV or JSON) of TotalIOBytes, statistic Sum.",
    )
    metric: str = fields.metric("; A + B is the sum of two. Left out, the only one.")
    trace_unit: Literal["as the file says", "file system bytes", "file system bytes/s"] = (
        fields.trace_unit()
    )
    read_pct: float = field(
        50.0,
        label="Reads",
        unit="%",
        low=0,
        high=100,
        meaning="Share of the bytes that are read; the rest is written.",
    )
    clients: int = field(
        4,
        label="Clients",
        unit="clients",
        low=1,
        high=EFS.value("limits", "connections"),
        log=True,
        meaning="Instances, containers or functions that mount it; each has a limit of its own.",
    )
    io_size_kib: int = field(
        32,
        label="Request size",
        unit="KiB",
        low=1,
        high=1024,
        log=True,
        group="Load",
        advanced=True,
        meaning="Size of one read or write.",
    )
    load_factor: float = fields.load_factor()
    queue_depth: int | None = field(
        None,
        label="Queue depth",
        unit="requests",
        low=1,
        high=1024,
        log=True,
        group="Load",
        advanced=True,
        unset="no limit",
        meaning="Requests that each client keeps outstanding at most; 1 is one after another.",
    )
    file_kib: int | None = field(
        None,
        label="File size",
        unit="KiB",
        low=1,
        high=1_048_576,
        log=True,
        group="Load",
        advanced=True,
        unset="large",
        meaning="Size of a file: each is opened and closed, in requests of their own.",
    )
    kind: Literal["Regional", "One Zone"] = field(
        "Regional",
        label="Kind",
        group="File system",
        advanced=True,
        meaning="Data in at least three zones, or in one: cheaper, and lost if the zone is.",
    )
    start_credit_pct: float | None = field(
        None,
        label="Credit at start",
        unit="%",
        low=0,
        high=100,
        group="File system",
        advanced=True,
        unset="full, or as measured",
        meaning="How full the credit is when the load begins; a new file system under 1 TiB is "
        "full.",
    )
    balance: str = field(
        "",
        label="Measured credit",
        path=True,
        group="File system",
        advanced=True,
        meaning="Path of a CloudWatch export of BurstCreditBalance, to draw over the model's.",
    )
    permitted: str = field(
        "",
        label="Measured limit",
        path=True,
        group="File system",
        advanced=True,
        meaning="Path of a CloudWatch export of PermittedThroughput, to draw over the model's.",
    )

    @property
    def system(self) -> FileSystem:
        """The file system, as AWS sells it."""
        one_zone = self.kind == "One Zone"
        return FileSystem(self.mode, self.standard_gib, self.provisioned_mibps, one_zone)

    @property
    def io(self) -> Io:
        """What the clients do."""
        return Io(self.io_size_kib, self.read_pct / 100, self.file_kib)

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self.system.check()
        return self
