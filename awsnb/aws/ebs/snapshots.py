"""Snapshots as AWS bills them, and the ways of making a volume from one."""

import math
from dataclasses import dataclass

from awsnb.aws.ebs.volume import EBS
from awsnb.scenario import ScenarioError

GIB_PER_BILLED_GB: float = EBS.value("billing", "gib_per_billed_gb")
BLOCK_GIB: float = EBS.value("snapshot", "block_size") / 2**20
MIN_ARCHIVE_DAYS = int(EBS.value("archive", "min_period"))


RATES_MIBPS: tuple[int, int] = (
    int(EBS.value("initialization", "min_rate")),
    int(EBS.value("initialization", "max_rate")),
)


def rate_usd_gib(rate_mibps: int) -> float | None:
    """Fee for fetching blocks at a rate, USD a GiB in us-east-1; None if not known."""
    key = f"price_{rate_mibps}_mibps"
    return EBS.value("initialization", key) if EBS.has("initialization", key) else None


def standard_usd_month(gib: float) -> float:
    """Price of data in the standard tier, or in the recycle bin, USD a month in us-east-1."""
    return gib / GIB_PER_BILLED_GB * EBS.value("snapshot", "snapshot_storage_price")


def archived_usd_month(gib: float) -> float:
    """Price of full copies in the archive tier, USD a month in us-east-1."""
    return gib / GIB_PER_BILLED_GB * EBS.value("archive", "archived_storage_price")


def retrieval_usd(gib: float) -> float:
    """Fee for bringing so much back from the archive, USD."""
    return gib / GIB_PER_BILLED_GB * EBS.value("archive", "retrieval_price")


def copied_usd(gib: float) -> float:
    """Price of the transfer from us-east-1 to another Region in the US, USD."""
    return gib / GIB_PER_BILLED_GB * EBS.value("snapshot", "copy_price")


@dataclass(frozen=True)
class FastRestore:
    """Fast snapshot restore, enabled for one snapshot in one Availability Zone.

    Parameters
    ----------
    snapshot_gib : float
        Size of the snapshot, which is that of the volume it was taken of, GiB.
    """

    snapshot_gib: float

    @property
    def credits_per_h(self) -> float:
        """Volumes whose creation is earned an hour."""
        per_h: float = EBS.value("fsr", "credit_gib") / self.snapshot_gib
        return min(EBS.value("fsr", "credit_rate_max"), per_h)

    @property
    def bucket(self) -> float:
        """Credits that can be saved up."""
        most = min(EBS.value("fsr", "bucket_max"), self.credits_per_h)
        return max(EBS.value("fsr", "bucket_min"), most)

    @property
    def optimizing_h(self) -> float:
        """Hours until it is enabled, after it was asked for."""
        return self.snapshot_gib / 1024 * EBS.value("fsr", "optimizing_min_per_tib") / 60

    def credits_after(self, enabled_h: float) -> float:
        """Credits saved so many hours after the bucket was empty."""
        empty: float = EBS.value("fsr", "initial_credits")
        return min(self.bucket, empty + self.credits_per_h * enabled_h)

    def fast_volumes(self, volumes: int, enabled_h: float) -> int:
        """How many of the volumes that are made at once are initialized from the start."""
        return min(volumes, math.floor(self.credits_after(enabled_h) + 1e-9))

    def usd(self, hours: float) -> float:
        """Price of so many hours, USD in us-east-1; at least that of one."""
        return max(hours, EBS.value("fsr", "min_billed")) * EBS.value("fsr", "dsu_price")

    def check(self) -> None:
        """Refuse a snapshot that is too large.

        Raises
        ------
        ScenarioError
            Of the field `size_gib`.
        """
        most = EBS.get("fsr", "max_snapshot_size")
        if self.snapshot_gib > 1024 * most.value:
            raise ScenarioError(
                f"size_gib = {self.snapshot_gib:,}: fast snapshot restore is for snapshots of "
                f"{most.value:,} TiB and less, {1024 * most.value:,} GiB ({most.source}).",
                field="size_gib",
            )


def check_rate_together(volumes: int, rate_mibps: int) -> None:
    """Refuse more initialization at the same time than a Region allows by default.

    Raises
    ------
    ScenarioError
        Of the field `volumes`.
    """
    most = EBS.get("initialization", "max_rate_together")
    if volumes * rate_mibps > most.value:
        raise ScenarioError(
            f"volumes = {volumes:,}: {volumes:,} volumes at {rate_mibps} MiB/s ask for "
            f"{volumes * rate_mibps:,} MiB/s, and a Region's default quota is {most.value:,} MiB/s "
            f"at a time ({most.source}); take fewer volumes or a lower rate.",
            field="volumes",
        )
