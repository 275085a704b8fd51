"""A volume as AWS sells it: what is refused, what it may do, what it costs."""

import math
from dataclasses import dataclass
from itertools import pairwise

from awsnb import facts
from awsnb.scenario import ScenarioError

EBS = facts.load("ebs")

VOLUME_TYPES = ("gp2", "gp3", "io1", "io2", "st1", "sc1")
HDD = ("st1", "sc1")
PROVISIONED = ("gp3", "io1", "io2")


@dataclass(frozen=True)
class Volume:
    """One EBS volume.

    Parameters
    ----------
    volume_type : str
        One of `VOLUME_TYPES`.
    size_gib : int
        Its size.
    provisioned_iops, provisioned_throughput_mibps : int, optional
        What is paid for; None for what the type includes.
    on : str, optional
        The month whose limits and prices hold, ``"YYYY-MM"``; None for the newest.
    """

    volume_type: str
    size_gib: int
    provisioned_iops: int | None = None
    provisioned_throughput_mibps: int | None = None
    on: str | None = None

    def limit(self, key: str) -> float:
        """Look up a fact of this volume's type."""
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
    def latency_unloaded_ms(self) -> float:
        """Latency of an I/O that does not wait, ms."""
        return self.limit("latency_unloaded")

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
        return ", ".join(parts)

    def check(self) -> None:
        """Refuse what AWS refuses.

        Raises
        ------
        ScenarioError
            With AWS's rule and its source; the field is named as here.
        """
        low, high = self.limit("min_size"), self.limit("max_size")
        in_range = low <= self.size_gib <= high
        self._require("size_gib", in_range, f"{low:,} to {high:,} GiB", "max_size")
        if self.volume_type in PROVISIONED:
            self._check_iops()
        if self.volume_type == "gp3":
            self._check_throughput()

    def _check_iops(self) -> None:
        low, high = self.limit("min_iops"), self.limit("max_iops")
        if self.provisioned_iops is None:
            if self.volume_type == "gp3":
                return
            raise ScenarioError(
                f"provisioned_iops is missing: {self.volume_type} volumes need it, "
                f"from {low:,} to {high:,} IOPS.",
                field="provisioned_iops",
                missing=True,
            )
        name, asked = "provisioned_iops", self.provisioned_iops
        self._require(name, low <= asked <= high, f"{low:,} to {high:,} IOPS", "max_iops")
        ratio = self.limit("iops_per_gib_max")
        most = ratio * self.size_gib
        rule = f"at most {ratio:,} IOPS per GiB, so {most:,} IOPS at {self.size_gib:,} GiB"
        included = self.volume_type == "gp3" and asked == self.limit("included_iops")
        self._require(name, included or asked <= most, rule, "iops_per_gib_max")

    def _check_throughput(self) -> None:
        asked = self.throughput_mibps
        low, high = self.limit("min_throughput"), self.limit("max_throughput")
        name = "provisioned_throughput_mibps"
        self._require(name, low <= asked <= high, f"{low:,} to {high:,} MiB/s", "max_throughput")
        ratio = self.limit("throughput_per_iops_max")
        rule = f"at most {ratio:g} MiB/s per IOPS, so {ratio * self.iops:,g} at {self.iops:,} IOPS"
        self._require(name, asked <= ratio * self.iops, rule, "throughput_per_iops_max")

    def _require(self, name: str, allowed: bool, rule: str, key: str) -> None:
        if not allowed:
            source = EBS.get(self.volume_type, key, self.on).source
            raise ScenarioError(
                f"{name} = {getattr(self, name):,}: on {self.volume_type} AWS allows {rule} "
                f"({source}).",
                field=name,
            )


def range_of(key: str) -> tuple[float, float]:
    """The least and the most of a limit, such as ``"size"``, over all types and years."""
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
