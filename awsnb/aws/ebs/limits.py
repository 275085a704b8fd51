"""What caps I/O: the limits of a volume and of its instance, as a row of token buckets.

Which of them holds credits and which is a plain cap is what tells the volume types apart.
"""

import math
from dataclasses import dataclass
from typing import Literal

from awsnb import facts
from awsnb.aws.ebs.volume import EBS, HDD, Volume
from awsnb.aws.prices import EC2
from awsnb.mechanisms.token_bucket import Bucket

RDS = facts.load("rds")
NO_INSTANCE = "no instance limit"
INSTANCE_TYPES = tuple(name for name in EC2.subjects() if EC2.has(name, "ebs_baseline_iops"))
RDS_FAMILIES = RDS.value("instance_class", "families").split()
DB_CLASSES = tuple(f"db.{name}" for name in INSTANCE_TYPES if name.split(".")[0] in RDS_FAMILIES)
MIB_PER_MB = 1e6 / 2**20


@dataclass(frozen=True)
class Io:
    """The application's I/O: its size, and whether EBS can merge it."""

    size_kib: int
    access: Literal["random", "sequential"]

    @property
    def mib(self) -> float:
        """Its size in MiB."""
        return self.size_kib / 1024

    @property
    def ssd_ios(self) -> float:
        """I/Os that an SSD volume, or an instance, counts for it."""
        return self.counted(EBS.value("io_accounting", "ssd_max_io_size"))

    def counted(self, largest_kib: float) -> float:
        """I/Os that EBS counts for it: split, or merged if sequential."""
        share = self.size_kib / largest_kib
        return share if self.access == "sequential" else math.ceil(share)


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


def volume_limits(volume: Volume, io: Io, credit_pct: float = 100.0) -> list[Limit]:
    """The volume's own limits: IOPS and throughput, or on HDD throughput alone.

    `credit_pct` is how full the buckets are.
    """
    if volume.volume_type in HDD:
        return [_hdd_limit(volume, io, credit_pct)]
    second = _cap("volume's throughput", "MiB/s", io.mib, volume.throughput_mibps)
    if volume.volume_type != "gp2":
        return [_cap("volume's IOPS", "IOPS", io.ssd_ios, volume.iops), second]
    per_gib = volume.size_gib * volume.limit("baseline_iops_per_gib")
    iops = min(max(per_gib, volume.limit("min_iops")), volume.limit("max_iops"))
    burst, capacity = volume.limit("burst_iops"), volume.limit("bucket_capacity")
    bucket = _bucket(io.ssd_ios, iops, burst, capacity, credit_pct)
    return [Limit("volume's IOPS", "IOPS", bucket), second]


def instance_limits(instance_type: str, io: Io, credit_pct: float = 100.0) -> list[Limit]:
    """The instance's EBS limits, each with a bucket where its maximum exceeds its baseline.

    AWS promises the maximum for at least so many minutes a day, and publishes no bucket. This one
    lasts for the least that is promised.
    """
    if instance_type == NO_INSTANCE:
        return []
    instance_type = instance_type.removeprefix("db.")  # RDS runs a class on that EC2 type
    last_s = 60 * EC2.value("ebs_optimized", "max_performance_duration")

    def limit(name: str, unit: str, key: str, cost: float, scale: float = 1.0) -> Limit:
        slow = scale * EC2.value(instance_type, f"ebs_baseline_{key}")
        fast = scale * EC2.value(instance_type, f"ebs_max_{key}")
        bucket = _bucket(cost, slow, fast, (fast - slow) * last_s, credit_pct)
        return Limit(name, unit, bucket)

    return [
        limit("instance's IOPS", "IOPS", "iops", io.ssd_ios),
        limit("instance's throughput", "MiB/s", "throughput", io.mib, MIB_PER_MB),
    ]


def _hdd_limit(volume: Volume, io: Io, credit_pct: float) -> Limit:
    tib = volume.size_gib / 1024
    baseline = min(
        tib * volume.limit("baseline_throughput_per_tib"), volume.limit("max_baseline_throughput")
    )
    burst = min(tib * volume.limit("burst_throughput_per_tib"), volume.limit("max_throughput"))
    capacity_mib = tib * volume.limit("bucket_capacity_per_tib") * 2**20
    unit_kib = EBS.value("io_accounting", "hdd_max_io_size")
    mib = io.counted(unit_kib) * unit_kib / 1024
    bucket = _bucket(mib, baseline, burst, capacity_mib, credit_pct)
    return Limit("volume's throughput", "MiB/s", bucket)


def _cap(name: str, unit: str, cost: float, rate: float) -> Limit:
    return Limit(name, unit, Bucket(cost, rate, rate, 0.0, 0.0))


def _bucket(
    cost: float, baseline: float, burst: float, capacity: float, credit_pct: float
) -> Bucket:
    """Fill a bucket; what can't burst is a plain cap."""
    if burst <= baseline:
        return Bucket(cost, baseline, baseline, 0.0, 0.0)
    return Bucket(cost, baseline, burst, capacity, capacity * credit_pct / 100)
