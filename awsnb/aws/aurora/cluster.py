"""A cluster as AWS bills it: instances, storage, I/O and the records that backtrack keeps."""

from dataclasses import dataclass, replace

from awsnb.aws.aurora.limits import AURORA
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds import Bill

STANDARD, OPTIMIZED = "Standard", "I/O-Optimized"


@dataclass(frozen=True)
class Cluster:
    """One Aurora cluster under a load.

    Parameters
    ----------
    instance_class : str
        Class of every instance, such as ``"db.t3.large"``.
    instances : int
        The writer and its readers.
    storage : {"Standard", "I/O-Optimized"}
        The storage configuration.
    size_gib : float
        Data in the volume.
    io_per_s : float
        Reads from and writes to storage, on average.
    changes_per_s : float, optional
        Change records that backtrack has to keep, on average.
    backtrack_h : float, optional
        The backtrack window; 0 is off.
    """

    instance_class: str
    instances: int
    storage: str
    size_gib: float
    io_per_s: float
    changes_per_s: float = 0.0
    backtrack_h: float = 0.0

    @property
    def bill(self) -> Bill:
        """What it costs in us-east-1, USD a month, on demand."""
        usd_hour = instance_usd_hour(self.instance_class, self.storage)
        return Bill(
            instances=self.instances * usd_hour * HOURS_A_MONTH,
            storage=self.size_gib * storage_usd_gib_month(self.storage),
            io=self.io_per_s * 3600 * HOURS_A_MONTH / 1e6 * _io_usd_million(self.storage),
            backtrack=backtrack_usd_month(self.changes_per_s, self.backtrack_h),
        )

    @property
    def break_even_io_per_s(self) -> float:
        """The I/O rate from which I/O-Optimized is the cheaper configuration."""
        standard, optimized = (
            replace(self, storage=storage, io_per_s=0.0).bill.total
            for storage in (STANDARD, OPTIMIZED)
        )
        per_io = _io_usd_million(STANDARD) / 1e6
        return (optimized - standard) / (per_io * 3600 * HOURS_A_MONTH)


def instance_usd_hour(instance_class: str, storage: str) -> float:
    """Price of one instance in a storage configuration, USD an hour in us-east-1."""
    factor = AURORA.value("io_optimized", "instance_factor") if storage == OPTIMIZED else 1.0
    return float(factor * AURORA.value(instance_class, "aurora_price"))


def storage_usd_gib_month(storage: str) -> float:
    """Price of space in a storage configuration, USD a GiB and month in us-east-1."""
    subject = "io_optimized" if storage == OPTIMIZED else "standard"
    return float(AURORA.value(subject, "storage_price"))


def backtrack_usd_month(changes_per_s: float, window_h: float) -> float:
    """What the change records in a full window cost, USD a month in us-east-1."""
    kept = changes_per_s * 3600 * window_h
    return float(kept / 1e6 * AURORA.value("backtrack", "record_price") * HOURS_A_MONTH)


def _io_usd_million(storage: str) -> float:
    return 0.0 if storage == OPTIMIZED else float(AURORA.value("standard", "io_price"))
