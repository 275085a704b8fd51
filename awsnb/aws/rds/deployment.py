"""RDS instances on gp3 storage: which I/O rates and sizes they can be had with, and the bill."""

from dataclasses import dataclass

from awsnb import facts
from awsnb.aws.prices import HOURS_A_MONTH

RDS = facts.load("rds")
MAX_SIZE_GIB = 1024 * RDS.value("gp3", "max_size")


@dataclass(frozen=True)
class Bill:
    """A month's bill of a database by what it is for, USD."""

    instances: float
    storage: float
    io: float
    backtrack: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.instances + self.storage + self.io + self.backtrack


@dataclass(frozen=True)
class Deployment:
    """Instances of one class on gp3, each with all of the data.

    Two instances are a Multi-AZ pair, of which one can't be read. Each further one is a read
    replica with storage of its own.

    Parameters
    ----------
    engine : {"mysql", "postgresql"}
        The database engine.
    instance_class : str
        Class of every instance, such as ``"db.t3.large"``.
    instances : int
        How many there are, 1 or more.
    size_gib : float
        Storage of each.
    iops : float
        I/Os per second to provision for, on each.
    """

    engine: str
    instance_class: str
    instances: int
    size_gib: float
    iops: float

    @property
    def is_large(self) -> bool:
        """Whether the storage is striped over four volumes, so that more IOPS can be had."""
        return bool(self.size_gib >= RDS.value("gp3", "large_min_size"))

    @property
    def included_iops(self) -> int:
        """IOPS that come with the storage's price."""
        size = "large" if self.is_large else "small"
        return int(RDS.value("gp3", f"included_iops_{size}"))

    @property
    def max_iops(self) -> int:
        """IOPS that can be had at this size."""
        return int(RDS.value("gp3", "max_iops")) if self.is_large else self.included_iops

    @property
    def possible(self) -> bool:
        """Whether gp3 has so much storage with so many IOPS."""
        return self.iops <= self.max_iops and self.size_gib <= MAX_SIZE_GIB

    @property
    def bill(self) -> Bill:
        """What it costs in us-east-1, USD a month, on demand: instances, storage, IOPS."""
        per_instance = {zones: self._usd_hour(zones) for zones in ("single", "multi")}
        extra_iops = max(self.iops - self.included_iops, 0.0)
        return Bill(
            instances=HOURS_A_MONTH * self._summed(per_instance),
            storage=self.size_gib * self._summed(_by_zones("storage_price")),
            io=extra_iops * self._summed(_by_zones("iops_price")),
        )

    def _usd_hour(self, zones: str) -> float:
        kind = self.engine if zones == "single" else f"{self.engine}_multi_az"
        return float(RDS.value(self.instance_class, f"{kind}_price"))

    def _summed(self, price: dict[str, float]) -> float:
        """Sum a price over the pair, if there is one, and the instances beside it."""
        pairs = 1 if self.instances > 1 else 0
        return pairs * price["multi"] + (self.instances - 2 * pairs) * price["single"]


def _by_zones(key: str) -> dict[str, float]:
    return {zones: RDS.value("gp3", f"{key}_{zones}_az") for zones in ("single", "multi")}
