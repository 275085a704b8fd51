"""A volume as AWS sells it: what can be asked for, what is refused, its limits and its price.

A volume and its instance are a row of token buckets: the volume's IOPS and throughput, then the
instance's. Which of them holds credits and which is a plain cap is what tells the types apart.
"""

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, Self

from pydantic import model_validator

from awsnb import facts, workloads
from awsnb.mechanisms.token_bucket import Bucket
from awsnb.scenario import Scenario, ScenarioError, field

EBS = facts.load("ebs")
EC2 = facts.load("ec2")

VOLUME_TYPES = ("gp2", "gp3", "io1", "io2", "st1", "sc1")
HDD = ("st1", "sc1")
PROVISIONED = ("gp3", "io1", "io2")
NO_INSTANCE = "no instance limit"
INSTANCE_TYPES = tuple(s for s in EC2.subjects() if EC2.has(s, "ebs_baseline_iops"))
MIB_PER_MB = 1e6 / 2**20


def _widest(key: str) -> tuple[float, float]:
    """The range of a limit over all volume types and years."""
    values = {
        bound: [
            fact.value
            for kind in VOLUME_TYPES
            if EBS.has(kind, f"{bound}_{key}")
            for fact in EBS.history(kind, f"{bound}_{key}")
        ]
        for bound in ("min", "max")
    }
    return min(values["min"]), max(values["max"])


_SIZE, _IOPS, _THROUGHPUT = _widest("size"), _widest("iops"), _widest("throughput")


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
        choices=(NO_INSTANCE, *INSTANCE_TYPES),
        meaning="The EC2 instance the volume is attached to: its own EBS limits bind too.",
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
        control=False,
        meaning="Path of a CloudWatch export (CSV or JSON) of bytes or operations per period.",
    )
    trace_unit: Literal["as the file says", "bytes", "operations"] = field(
        "as the file says",
        label="Unit of the trace",
        control=False,
        meaning="What the trace counts; a file that doesn't say is read as bytes.",
    )
    load_factor: float = field(
        1.0,
        label="Load factor",
        unit="x",
        low=0.01,
        high=100,
        log=True,
        meaning="Multiplies the load: 2 is twice the traffic.",
    )
    io_size_kib: int = field(
        16,
        label="I/O size",
        unit="KiB",
        low=1,
        high=1024,
        log=True,
        meaning="Size of one read or write of the application.",
    )
    access: Literal["random", "sequential"] = field(
        "random",
        label="Access",
        meaning="Sequential I/O is merged into larger ones before it is counted.",
    )
    overload: Literal["queue", "closed loop", "drop"] = field(
        "queue",
        label="When held back",
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
        meaning="I/Os the application keeps outstanding at most; left out, 1.",
    )
    start_credit_pct: float = field(
        100.0,
        label="Credit at start",
        unit="%",
        low=0,
        high=100,
        meaning="How full the credit buckets are when the load begins; a new volume's are full.",
    )
    as_of: Literal["today", "2023-06"] = field(
        "today",
        label="Limits of",
        meaning="AWS's limits as they are, or as they were when the guide was written.",
    )

    @property
    def on(self) -> str | None:
        """The month whose limits hold; None for the newest."""
        return None if self.as_of == "today" else self.as_of

    def limit(self, key: str) -> float:
        """Look up a fact of this volume's type, in force when the scenario plays."""
        return EBS.value(self.volume_type, key, self.on)

    @property
    def iops(self) -> float:
        """IOPS that are provisioned or come with the price, on gp3, io1 and io2."""
        return self.provisioned_iops or self.limit("included_iops")

    @property
    def throughput_mibps(self) -> float:
        """Throughput cap of an SSD volume, MiB/s; on gp2 of 170 to 334 GiB, with credit left."""
        match self.volume_type:
            case "gp2":
                small = self.size_gib <= self.limit("small_max_size")
                return self.limit("small_max_throughput" if small else "max_throughput")
            case "gp3":
                return self.provisioned_throughput_mibps or self.limit("included_throughput")
        ramp = self.iops * self.limit("throughput_per_iops_max")
        if has_throughput_step(self.volume_type, self.on):
            step, above_step = throughput_step(self.on)
            return max(min(ramp, step), self.iops * above_step)
        return min(ramp, self.limit("max_throughput"))

    @property
    def outstanding(self) -> int:
        """I/Os that a closed loop keeps outstanding."""
        return self.queue_depth or 1

    @property
    def latency_unloaded_ms(self) -> float:
        """Latency of an I/O that does not wait, ms."""
        return self.limit("latency_unloaded")

    @property
    def most_outstanding_iops(self) -> float:
        """I/Os per second that a closed loop can keep in flight; without one, infinite."""
        if self.overload != "closed loop":
            return math.inf
        return 1000 * self.outstanding / self.latency_unloaded_ms

    @property
    def cost_usd_month(self) -> float:
        """Price of the volume in us-east-1, USD a month: storage, IOPS and throughput."""
        cost = self.size_gib * self.limit("storage_price")
        if self.volume_type == "gp3":
            cost += (self.iops - self.limit("included_iops")) * self.limit("iops_price")
            extra = self.throughput_mibps - self.limit("included_throughput")
            cost += extra * self.limit("throughput_price")
        if self.volume_type == "io1":
            cost += self.iops * self.limit("iops_price")
        if self.volume_type == "io2":
            tiers = (0, self.limit("iops_tier1_max"), self.limit("iops_tier2_max"), math.inf)
            for tier, (above, up_to) in enumerate(pairwise(tiers), 1):
                within = max(0, min(self.iops, up_to) - above)
                cost += within * self.limit(f"iops_price_tier{tier}")
        return cost

    @property
    def text(self) -> str:
        """The volume in a few words."""
        parts = [f"{self.volume_type} {self.size_gib:,} GiB"]
        if self.volume_type in PROVISIONED:
            parts.append(f"{self.iops:,.0f} IOPS")
        if self.volume_type == "gp3":
            parts.append(f"{self.throughput_mibps:,.0f} MiB/s")
        on_instance = "" if self.instance_type == NO_INSTANCE else f" on {self.instance_type}"
        return ", ".join(parts) + on_instance

    @model_validator(mode="after")
    def _refuse_what_aws_refuses(self) -> Self:
        low, high = self.limit("min_size"), self.limit("max_size")
        in_range = low <= self.size_gib <= high
        self._require("size_gib", in_range, f"{low:,} to {high:,} GiB", "max_size")
        if self.volume_type in PROVISIONED:
            self._check_iops()
        if self.volume_type == "gp3":
            self._check_throughput()
        return self

    def _check_iops(self) -> None:
        low, high = self.limit("min_iops"), self.limit("max_iops")
        if self.provisioned_iops is None:
            if self.volume_type == "gp3":
                return
            raise ScenarioError(
                f"provisioned_iops is missing: {self.volume_type} volumes need it, "
                f"from {low:,} to {high:,} IOPS."
            )
        name, asked = "provisioned_iops", self.provisioned_iops
        self._require(name, low <= asked <= high, f"{low:,} to {high:,} IOPS", "max_iops")
        ratio = self.limit("iops_per_gib_max")
        most = ratio * self.size_gib
        rule = f"at most {ratio:,} IOPS per GiB, so {most:,} IOPS at {self.size_gib:,} GiB"
        included = self.volume_type == "gp3" and asked == self.limit("included_iops")
        self._require(name, included or asked <= most, rule, "iops_per_gib_max")

    def _check_throughput(self) -> None:
        low, high = self.limit("min_throughput"), self.limit("max_throughput")
        name, asked = "provisioned_throughput_mibps", self.throughput_mibps
        self._require(name, low <= asked <= high, f"{low:,} to {high:,} MiB/s", "max_throughput")
        ratio = self.limit("throughput_per_iops_max")
        rule = f"at most {ratio:g} MiB/s per IOPS, so {ratio * self.iops:,g} at {self.iops:,} IOPS"
        self._require(name, asked <= ratio * self.iops, rule, "throughput_per_iops_max")

    def _require(self, name: str, allowed: bool, rule: str, key: str) -> None:
        if not allowed:
            source = EBS.get(self.volume_type, key, self.on).source
            raise ScenarioError(
                f"{name} = {getattr(self, name):,}: on {self.volume_type} AWS allows {rule} "
                f"({source})."
            )


@dataclass(frozen=True)
class Limit:
    """A token bucket with its name; its tokens are `unit` x seconds."""

    name: str
    unit: str
    bucket: Bucket

    @property
    def has_credit(self) -> bool:
        """Whether it is a bucket, rather than a plain cap."""
        return self.bucket.capacity > 0


def has_throughput_step(volume_type: str, on: str | None) -> bool:
    """Whether throughput rests at a step before it grows on: io1, and io2 while it was as io1."""
    most = EBS.value("io1", "max_throughput", on)
    return volume_type == "io1" or (
        volume_type == "io2" and EBS.value("io2", "max_throughput", on) == most
    )


def throughput_step(on: str | None) -> tuple[float, float]:
    """The step, MiB/s, and what an IOPS brings above it, MiB/s per IOPS."""
    keys = ("throughput_step", "throughput_per_iops_above_step")
    step, above_step = (EBS.value("io1", key, on) for key in keys)
    return step, above_step


def volume_limits(volume: VolumeScenario) -> list[Limit]:
    """The volume's own limits: IOPS and throughput, or on HDD throughput alone."""
    if volume.volume_type in HDD:
        return [_hdd_limit(volume)]
    io = ssd_ios_counted(volume)
    if volume.volume_type == "gp2":
        per_gib = volume.size_gib * volume.limit("baseline_iops_per_gib")
        iops = min(max(per_gib, volume.limit("min_iops")), volume.limit("max_iops"))
        first = _limit(
            volume, "volume's IOPS", "IOPS", io, iops, volume.limit("burst_iops"),
            volume.limit("bucket_capacity"),
        )  # fmt: skip
    else:
        first = _limit(volume, "volume's IOPS", "IOPS", io, volume.iops)
    mib = volume.io_size_kib / 1024
    second = _limit(volume, "volume's throughput", "MiB/s", mib, volume.throughput_mibps)
    return [first, second]


def instance_limits(volume: VolumeScenario) -> list[Limit]:
    """The instance's EBS limits, each with a bucket where its maximum exceeds its baseline.

    AWS promises the maximum for at least 30 minutes a day. The bucket is sized for exactly that.
    """
    if volume.instance_type == NO_INSTANCE:
        return []
    last_s = 60 * EC2.value("ebs_optimized", "max_performance_duration")

    def limit(name: str, unit: str, key: str, cost: float, scale: float = 1.0) -> Limit:
        slow = scale * EC2.value(volume.instance_type, f"ebs_baseline_{key}")
        fast = scale * EC2.value(volume.instance_type, f"ebs_max_{key}")
        return _limit(volume, name, unit, cost, slow, fast, (fast - slow) * last_s)

    return [
        limit("instance's IOPS", "IOPS", "iops", ssd_ios_counted(volume)),
        limit(
            "instance's throughput", "MiB/s", "throughput", volume.io_size_kib / 1024, MIB_PER_MB
        ),
    ]


def _hdd_limit(volume: VolumeScenario) -> Limit:
    tib = volume.size_gib / 1024
    baseline = min(
        tib * volume.limit("baseline_throughput_per_tib"), volume.limit("max_baseline_throughput")
    )
    burst = min(tib * volume.limit("burst_throughput_per_tib"), volume.limit("max_throughput"))
    credit_mib = tib * volume.limit("bucket_capacity_per_tib") * 2**20
    unit_kib = EBS.value("io_accounting", "hdd_max_io_size")
    mib = _counted_ios(volume, unit_kib) * unit_kib / 1024
    return _limit(volume, "volume's throughput", "MiB/s", mib, baseline, burst, credit_mib)


def ssd_ios_counted(volume: VolumeScenario) -> float:
    """I/Os that an SSD volume, or an instance, counts for one of the application's."""
    return _counted_ios(volume, EBS.value("io_accounting", "ssd_max_io_size"))


def _counted_ios(volume: VolumeScenario, largest_kib: float) -> float:
    """I/Os that EBS counts for one of the application's: split, or merged if sequential."""
    share = volume.io_size_kib / largest_kib
    return share if volume.access == "sequential" else math.ceil(share)


def _limit(
    volume: VolumeScenario,
    name: str,
    unit: str,
    cost: float,
    baseline: float,
    burst: float = 0.0,
    capacity: float = 0.0,
) -> Limit:
    if burst <= baseline:
        return Limit(name, unit, Bucket(cost, baseline, baseline, 0.0, 0.0))
    level = capacity * volume.start_credit_pct / 100
    return Limit(name, unit, Bucket(cost, baseline, burst, capacity, level))
