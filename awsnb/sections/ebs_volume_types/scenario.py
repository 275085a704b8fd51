"""What can be asked: one volume on one instance, under one load."""

import math
from typing import Any, Literal, Self

from pydantic import model_validator

from awsnb import workloads
from awsnb.aws.ebs.limits import DB_CLASSES, INSTANCE_TYPES, NO_INSTANCE, Io
from awsnb.aws.ebs.volume import EBS, PROVISIONED, Volume, range_of
from awsnb.scenario import Scenario, field
from awsnb.trace import fields

_SIZE, _IOPS, _THROUGHPUT = (range_of(key) for key in ("size", "iops", "throughput"))


class VolumeScenario(Scenario):
    """One EBS volume on one instance, under one load."""

    volume_type: Literal["gp2", "gp3", "io1", "io2", "st1", "sc1"] = field(
        "gp2", label="Volume type", meaning="Which EBS volume type serves the load."
    )
    size_gib: int = field(
        100,
        label="Size",
        unit="GiB",
        low=_SIZE[0],
        high=_SIZE[1],
        log=True,
        meaning="Size of the volume; on gp2, st1 and sc1 it also sets the speed.",
    )
    provisioned_iops: int | None = field(
        None,
        label="Provisioned IOPS",
        unit="IOPS",
        low=_IOPS[0],
        high=_IOPS[1],
        log=True,
        only_when={"volume_type": PROVISIONED},
        meaning="IOPS you pay for; left out on gp3, what its price includes. io1 and io2 need it.",
    )
    provisioned_throughput_mibps: int | None = field(
        None,
        label="Provisioned throughput",
        unit="MiB/s",
        low=_THROUGHPUT[0],
        high=EBS.value("gp3", "max_throughput"),
        log=True,
        only_when={"volume_type": ("gp3",)},
        meaning="Throughput you pay for on gp3; left out, what its price includes.",
    )
    instance_type: str = field(
        NO_INSTANCE,
        label="Instance",
        choices=(NO_INSTANCE, *INSTANCE_TYPES, *DB_CLASSES),
        meaning="The EC2 instance or RDS class the volume is attached to: its own EBS limits bind "
        "too.",
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
        meaning="Path of a CloudWatch export (CSV or JSON) of bytes or operations.",
    )
    metric: str = fields.metric(
        "; A + B is the sum of two. Left out, the only one, or the reads and writes of one volume."
    )
    trace_unit: Literal["as the file says", "bytes", "operations", "bytes/s", "operations/s"] = (
        fields.trace_unit()
    )
    load_factor: float = fields.load_factor()
    io_size_kib: int = field(
        16,
        label="I/O size",
        unit="KiB",
        low=1,
        high=1024,
        log=True,
        group="Load",
        advanced=True,
        meaning="Size of one read or write of the application.",
    )
    access: Literal["random", "sequential"] = field(
        "random",
        label="Access",
        group="Load",
        advanced=True,
        meaning="Sequential I/O is merged into larger ones before it is counted.",
    )
    overload: Literal["queue", "closed loop", "drop"] = field(
        "queue",
        label="When held back",
        group="When held back",
        advanced=True,
        meaning="I/O queues without end; or the application stops at its queue depth; or I/O is "
        "given up.",
    )
    queue_depth: int | None = field(
        None,
        label="Queue depth",
        unit="I/Os",
        low=1,
        high=1024,
        log=True,
        only_when={"overload": ("closed loop",)},
        group="When held back",
        advanced=True,
        meaning="I/Os the application keeps outstanding at most; left out, 1.",
    )
    start_credit_pct: float = field(
        100.0,
        label="Credit at start",
        unit="%",
        low=0,
        high=100,
        group="Start",
        advanced=True,
        meaning="How full the credit buckets are when the load begins; a new volume's are full.",
    )
    as_of: Literal["today", "2023-06"] = field(
        "today",
        label="Limits of",
        group="Start",
        advanced=True,
        meaning="AWS's limits as they are, or as they were when the guide was written.",
    )

    @property
    def volume(self) -> Volume:
        """The volume, as AWS sells it."""
        return Volume(
            self.volume_type,
            self.size_gib,
            self.provisioned_iops,
            self.provisioned_throughput_mibps,
            self.on,
        )

    @property
    def io(self) -> Io:
        """One read or write of the application."""
        return Io(self.io_size_kib, self.access)

    def in_force(self) -> dict[str, Any]:
        """What the type includes where nothing is provisioned, and a queue depth of 1."""
        values: dict[str, Any] = {"queue_depth": self.outstanding}
        if self.volume_type == "gp3":
            values["provisioned_iops"] = self.volume.iops
            values["provisioned_throughput_mibps"] = self.volume.throughput_mibps
        return values

    @property
    def outstanding(self) -> int:
        """I/Os that a closed loop keeps outstanding."""
        return self.queue_depth or 1

    @property
    def most_outstanding_iops(self) -> float:
        """I/Os per second that a closed loop can keep in flight; without one, infinite."""
        if self.overload != "closed loop":
            return math.inf
        return 1000 * self.outstanding / self.volume.latency_unloaded_ms

    @property
    def text(self) -> str:
        """The volume and its instance in a few words."""
        where = "" if self.instance_type == NO_INSTANCE else f" on {self.instance_type}"
        return self.volume.text + where

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        self.volume.check()
        return self
