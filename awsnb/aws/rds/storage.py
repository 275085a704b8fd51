"""Storage of an instance of MySQL, MariaDB or PostgreSQL: one EBS volume, or four, striped."""

from dataclasses import dataclass

from awsnb.aws.ebs import Io, Limit, Volume, volume_limits
from awsnb.aws.rds.deployment import RDS
from awsnb.scenario import ScenarioError

STORAGE_TYPES = ("gp3", "gp2", "io2")


@dataclass(frozen=True)
class Storage:
    """What an instance reads and writes.

    Parameters
    ----------
    storage_type : str
        One of `STORAGE_TYPES`.
    size_gib : int
        What is allocated.
    iops, throughput_mibps : int, optional
        What is provisioned; None for what is included. On io2, IOPS are needed.
    """

    storage_type: str
    size_gib: int
    iops: int | None = None
    throughput_mibps: int | None = None

    @property
    def is_large(self) -> bool:
        """Whether it is striped."""
        return self.size_gib >= int(RDS.value("gp3", "large_min_size"))

    @property
    def volumes(self) -> int:
        """How many EBS volumes it is, at the size of which more make it faster."""
        striped = self.is_large and self.storage_type != "io2"
        return int(RDS.value("storage", "stripes")) if striped else 1

    @property
    def cost_usd_month(self) -> float:
        """Price in us-east-1, Single-AZ, USD a month."""
        return self._usd_month("single")

    @property
    def multi_az_usd_month(self) -> float:
        """Price in us-east-1 with that of a standby, USD a month."""
        return self._usd_month("multi")

    @property
    def text(self) -> str:
        """The storage in a few words."""
        iops = f", {self.iops:,} IOPS" if self.iops else ""
        mibps = f", {self.throughput_mibps:,} MiB/s" if self.throughput_mibps else ""
        return f"{self.storage_type} {self.size_gib:,} GiB{iops}{mibps}"

    def limits(self, io: Io, credit_pct: float = 100.0) -> list[Limit]:
        """What caps it: the limits of one of its volumes, times their number."""
        count = self.volumes
        iops = self.iops or (self.included("iops") if self.storage_type == "gp3" else None)
        mibps = self.throughput_mibps or self.included("throughput")
        one = Volume(
            self.storage_type,
            self.size_gib // count,
            None if iops is None else iops // count,
            mibps // count if self.storage_type == "gp3" else None,
        )
        return [_times(limit, count) for limit in volume_limits(one, io, credit_pct)]

    def included(self, what: str) -> int:
        """IOPS or throughput that come with gp3 of this size."""
        size = "large" if self.is_large else "small"
        return int(RDS.value("gp3", f"included_{what}_{size}"))

    def check(self) -> None:
        """Refuse what AWS refuses.

        Raises
        ------
        ScenarioError
            Of the field `size_gib`, `iops` or `throughput_mibps`.
        """
        if self.storage_type == "io2":
            self._check_io2()
        if self.storage_type == "gp3":
            self._check_gp3("iops", self.iops, "IOPS")
            self._check_gp3("throughput", self.throughput_mibps, "MiB/s")
            self._check_ratio()

    def _usd_month(self, zones: str) -> float:
        def price(what: str) -> float:
            return float(RDS.value(self.storage_type, f"{what}_price_{zones}_az"))

        cost = self.size_gib * price("storage")
        if self.storage_type == "io2":
            cost += (self.iops or 0) * price("iops")
        if self.storage_type == "gp3":
            cost += self._above("iops", self.iops) * price("iops")
            cost += self._above("throughput", self.throughput_mibps) * price("throughput")
        return cost

    def _above(self, what: str, asked: int | None) -> int:
        return max((asked or 0) - self.included(what), 0)

    def _check_gp3(self, what: str, asked: int | None, unit: str) -> None:
        if asked is None:
            return
        low = self.included(what)
        high = int(RDS.value("gp3", f"max_{what}")) if self.is_large else low
        where = "" if self.is_large else " below 400 GiB, where no more can be provisioned"
        field = "iops" if what == "iops" else "throughput_mibps"
        rule = f"{low:,} to {high:,} {unit}" if high > low else f"{low:,} {unit}{where}"
        self._require(field, asked, low <= asked <= high, rule, f"max_{what}")

    def _check_ratio(self) -> None:
        iops = self.iops or self.included("iops")
        most = int(iops * RDS.value("gp3", "throughput_per_iops_max"))
        asked = self.throughput_mibps or 0
        rule = f"{most:,} MiB/s at {iops:,} IOPS; provision more IOPS"
        self._require("throughput_mibps", asked, asked <= most, rule, "throughput_per_iops_max")

    def _check_io2(self) -> None:
        if self.iops is None:
            raise ScenarioError(
                "iops is missing: io2 needs provisioned IOPS.", field="iops", missing=True
            )
        least = RDS.value("io2", "min_size")
        self._require(
            "size_gib", self.size_gib, self.size_gib >= least, f"{least} GiB or more", "min_size"
        )
        ratio, top = (RDS.value("io2", key) for key in ("iops_per_gib_max", "max_iops"))
        most = min(ratio * self.size_gib, top)
        low = RDS.value("io2", "min_iops")
        rule = f"{low:,} to {most:,} IOPS at {self.size_gib:,} GiB"
        self._require("iops", self.iops, low <= self.iops <= most, rule, "max_iops")

    def _require(self, field: str, asked: float, allowed: bool, rule: str, key: str) -> None:
        if not allowed:
            source = RDS.get(self.storage_type, key).source
            raise ScenarioError(
                f"{field} = {asked:,}: on {self.storage_type} RDS allows {rule} ({source}).",
                field=field,
            )


def _times(limit: Limit, count: int) -> Limit:
    """The same limit of several volumes, over which I/O is spread evenly."""
    bucket = limit.bucket
    scaled = bucket._replace(
        baseline=bucket.baseline * count,
        burst=bucket.burst * count,
        capacity=bucket.capacity * count,
        level=bucket.level * count,
    )
    return Limit(limit.name.replace("volume's", "storage's"), limit.unit, scaled)
