"""What can be asked: volumes made from one snapshot, in one of four ways, and read at random."""

from typing import Literal, Self

from pydantic import model_validator

from awsnb.aws.ebs.snapshots import RATES_MIBPS, FastRestore, check_rate_together, rate_usd_gib
from awsnb.aws.ebs.volume import EBS
from awsnb.scenario import Scenario, field

LAZY, RATE, FAST, CLONE = "lazy load", "provisioned rate", "fast snapshot restore", "clone"
PRICED_PER_GIB = (RATE, CLONE)


class RestoreScenario(Scenario):
    """Volumes that are made at once, from one snapshot or by cloning one volume."""

    method: Literal["lazy load", "provisioned rate", "fast snapshot restore", "clone"] = field(
        LAZY,
        label="How it is made",
        meaning="As AWS does without being asked; at a rate you pay for; by fast snapshot restore; "
        "or as a clone of the volume, in the same zone.",
    )
    size_gib: int = field(
        500,
        label="Size",
        unit="GiB",
        low=1,
        high=EBS.value("gp3", "max_size"),
        log=True,
        meaning="Size of the volume, which is that of the snapshot.",
    )
    volumes: int = field(
        1,
        label="Volumes at once",
        unit="volumes",
        low=1,
        high=500,
        log=True,
        meaning="How many volumes are made at the same moment, each with this load.",
    )
    read_iops: int = field(
        1000,
        label="Random reads",
        unit="IOPS",
        low=0,
        high=EBS.value("gp3", "max_iops"),
        meaning="Reads that begin at once, anywhere on the data.",
    )
    rate_mibps: int = field(
        RATES_MIBPS[1],
        label="Initialization rate",
        unit="MiB/s",
        low=RATES_MIBPS[0],
        high=RATES_MIBPS[1],
        only_when={"method": (RATE,)},
        meaning="VolumeInitializationRate: how fast blocks are fetched from the snapshot.",
    )
    enabled_h: float = field(
        24.0,
        label="Enabled since",
        unit="h",
        low=0,
        high=720,
        only_when={"method": (FAST,)},
        meaning="Hours since fast snapshot restore was asked for.",
    )
    written_pct: float = field(
        100.0,
        label="Written",
        unit="%",
        low=0,
        high=100,
        group="Volume",
        advanced=True,
        meaning="Share of the volume that holds data; the rest is never fetched.",
    )
    volume_iops: int = field(
        3000,
        label="Provisioned IOPS",
        unit="IOPS",
        low=EBS.value("gp3", "min_iops"),
        high=EBS.value("gp3", "max_iops"),
        log=True,
        group="Volume",
        advanced=True,
        meaning="What the gp3 volume may do once it is initialized.",
    )
    default_rate_mibps: float = field(
        EBS.value("initialization", "default_rate_assumed"),
        label="Default rate",
        unit="MiB/s",
        low=0,
        high=300,
        group="Assumed",
        advanced=True,
        meaning="How fast AWS fetches blocks unasked. AWS publishes no number; this is assumed.",
    )
    first_read_ms: float = field(
        EBS.value("initialization", "first_read_latency"),
        label="First read",
        unit="ms",
        low=1,
        high=1000,
        log=True,
        group="Assumed",
        advanced=True,
        meaning="Latency of a read that has to fetch its block. AWS publishes none; assumed.",
    )
    within_min: float = field(
        30.0,
        label="Fast within",
        unit="min",
        low=0,
        high=10_000,
        group="Goal",
        advanced=True,
        meaning="By when every volume must be at full speed.",
    )
    usd_per_gib: float | None = field(
        None,
        label="Fee",
        unit="USD/GiB",
        low=0,
        high=10,
        unset="as known",
        only_when={"method": PRICED_PER_GIB},
        group="Goal",
        advanced=True,
        meaning="AWS's fee for a rate or a clone in your Region, from its price page. Known here: "
        f"that of {RATES_MIBPS[1]} MiB/s in us-east-1.",
    )

    @property
    def data_gib(self) -> float:
        """Data that has to be fetched, GiB."""
        return self.size_gib * self.written_pct / 100

    @property
    def fee_usd_gib(self) -> float | None:
        """Fee for the rate or the clone, USD a GiB: as given or as known; None if neither."""
        if self.usd_per_gib is not None or self.method != RATE:
            return self.usd_per_gib
        return rate_usd_gib(self.rate_mibps)

    @property
    def text(self) -> str:
        """The scenario in a few words."""
        many = "" if self.volumes == 1 else f"{self.volumes:,} x "
        rate = f" of {self.rate_mibps} MiB/s" if self.method == RATE else ""
        return f"{many}{self.size_gib:,} GiB, {self.method}{rate}"

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        if self.method == FAST:
            FastRestore(self.size_gib).check()
        if self.method == RATE:
            check_rate_together(self.volumes, self.rate_mibps)
        return self
