"""What happens: each store's bill for the same files, and what it can't do."""

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import Volume
from awsnb.aws.efs import EFS, FileSystem, Io, StorageBill, billed_bytes
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.s3 import requests_usd, storage_usd_month
from awsnb.sections.efs.alternatives.scenario import (
    IN_PLACE,
    ONLY_READ,
    S3_STANDARD,
    STORES,
    VOLUMES,
    AlternativesScenario,
)

KIB, MIB_PER_GIB, KIB_PER_GIB = 1024, 1024, 2**20
DAYS_A_MONTH = HOURS_A_MONTH / 24
MOST_READ = AlternativesScenario.fields()["read_gib_day"].high or 0.0
REQUEST_KIB = 1024  # what AWS advises to mount EFS with
FULL_PCT = np.linspace(10.0, 100.0, 37)
Floats = NDArray[np.float64]
Lack = Literal["sharing", "size", "zones", "changes in place", "throughput"]


@dataclass(frozen=True)
class Bill:
    """A month in a store: what is stored, what is read and written, and what the store lacks."""

    storage_usd: float
    use_usd: float = 0.0
    lacks: Lack | None = None

    @property
    def usd(self) -> float:
        """All of it."""
        return self.storage_usd + self.use_usd


def simulate(scenario: AlternativesScenario) -> "Outcome":
    """Price the files in every store.

    Parameters
    ----------
    scenario : AlternativesScenario
        The files, who needs them, and the store asked for.

    Returns
    -------
    Outcome
    """
    return Outcome(scenario)


def bill_of(scenario: AlternativesScenario, store: str) -> Bill:
    """Price the files in one store."""
    if store in VOLUMES:
        return _volumes(scenario, VOLUMES[store])
    if store == S3_STANDARD:
        return _bucket(scenario)
    return _file_system(scenario, store)


def volume_gib(scenario: AlternativesScenario) -> int:
    """Size of a volume for the files, GiB."""
    return math.ceil(100 * scenario.stored_gib / scenario.full_pct)


def _volumes(scenario: AlternativesScenario, volume_type: str) -> Bill:
    volume = Volume(volume_type, volume_gib(scenario))
    return Bill(
        volume.cost_usd_month * scenario.volume_count, lacks=_volume_lacks(scenario, volume)
    )


def _volume_lacks(scenario: AlternativesScenario, volume: Volume) -> Lack | None:
    if scenario.instances > 1 and scenario.use != ONLY_READ:
        return "sharing"
    if volume.size_gib > volume.limit("max_size"):
        return "size"
    return "zones" if scenario.zone_loss else None


def _bucket(scenario: AlternativesScenario) -> Bill:
    files_a_gib = KIB_PER_GIB / scenario.file_kib
    gets, puts = (
        gib_day * DAYS_A_MONTH * files_a_gib
        for gib_day in (scenario.read_gib_day, scenario.written_gib_day)
    )
    lacks: Lack | None = "changes in place" if scenario.use == IN_PLACE else None
    return Bill(storage_usd_month(scenario.stored_gib), requests_usd(gets, puts), lacks)


def _file_system(scenario: AlternativesScenario, store: str) -> Bill:
    bursting, one_zone = store == "EFS bursting", store == "EFS One Zone"
    mode = "bursting" if bursting else "elastic"
    cold = scenario.cold_pct / 100 if store == "EFS with IA" else 0.0
    standard_gib, cold_gib = _billed_gib(scenario, cold)
    prices = StorageBill(mode, one_zone).usd_gib_month
    storage = float(standard_gib * prices[0] + cold_gib * prices[1])
    if bursting:
        enough = metered_mibps(scenario) <= earned_mibps(scenario)
        return Bill(storage, lacks=None if enough else "throughput")
    lacks: Lack | None = "zones" if one_zone and scenario.zone_loss else None
    return Bill(storage, _elastic_usd(scenario, one_zone), lacks)


def _billed_gib(scenario: AlternativesScenario, cold_share: float) -> tuple[float, float]:
    """GiB that are billed in Standard and in Infrequent Access: sizes rounded up, metadata."""
    file_bytes = scenario.file_kib * KIB
    standard, cold = (float(billed[0]) for billed in billed_bytes([file_bytes]))
    metadata = EFS.value("objects", "metadata") * KIB
    per_byte = scenario.stored_gib / file_bytes
    return per_byte * (standard * (1 - cold_share) + metadata), per_byte * cold * cold_share


def _elastic_usd(scenario: AlternativesScenario, one_zone: bool) -> float:
    gib = Io(REQUEST_KIB, 0.5, scenario.file_kib).elastic_mib * DAYS_A_MONTH
    system = FileSystem("elastic", 0, one_zone=one_zone)
    return system.usd_month(gib * scenario.read_gib_day, gib * scenario.written_gib_day)


def metered_mibps(scenario: AlternativesScenario) -> float:
    """What a day's reads and writes meter on average in bursting mode, MiB/s."""
    moved = scenario.read_gib_day + scenario.written_gib_day
    reads = scenario.read_gib_day / moved if moved else 0.0
    metered = Io(REQUEST_KIB, reads, scenario.file_kib).metered_mib
    return moved * MIB_PER_GIB / 86_400 * metered


def earned_mibps(scenario: AlternativesScenario) -> float:
    """What the size of the files earns in bursting mode, MiB/s."""
    return FileSystem("bursting", scenario.stored_gib).baseline_mibps


@dataclass(frozen=True)
class Outcome:
    """The files in every store."""

    scenario: AlternativesScenario

    @cached_property
    def bills(self) -> dict[str, Bill]:
        """The bill in each store, USD a month."""
        return {store: bill_of(self.scenario, store) for store in STORES}

    @property
    def bill(self) -> Bill:
        """The bill in the store asked for."""
        return self.bills[self.scenario.store]

    @property
    def best(self) -> str | None:
        """The cheapest store that does the job; None if none does."""
        doing = [store for store in STORES if not self.bills[store].lacks]
        return min(doing, key=lambda store: self.bills[store].usd, default=None)

    def same_at_full_pct(self, store: str) -> float:
        """How full volumes are that cost as much as the store asked for, %; above 100 for none."""
        full = bill_of(self.scenario.replace(full_pct=100.0), store).usd
        return 100 * full / self.bill.usd

    def by_fullness(self, store: str) -> Floats:
        """USD a month for a GiB of files, by `FULL_PCT`."""
        return self._each("full_pct", FULL_PCT, store) / self.scenario.stored_gib

    @property
    def read_gib_day(self) -> Floats:
        """Reads a day to draw: up to twice the scenario's, 100 GiB at the least."""
        return np.linspace(0.0, min(max(2 * self.scenario.read_gib_day, 100.0), MOST_READ), 41)

    def by_reads(self, store: str) -> Floats:
        """USD a month, by `read_gib_day`."""
        return self._each("read_gib_day", self.read_gib_day, store)

    def _each(self, name: str, values: Floats, store: str) -> Floats:
        scenarios = (self.scenario.replace(**{name: value}) for value in values.tolist())
        return np.array([bill_of(scenario, store).usd for scenario in scenarios])
