"""A file system's throughput mode: what is refused, what caps it, what it costs."""

from dataclasses import dataclass

from awsnb import facts
from awsnb.aws.ebs import Limit
from awsnb.mechanisms.token_bucket import Bucket
from awsnb.scenario import ScenarioError

EFS = facts.load("efs")
QUEUE_DEPTH = "clients' queue depth"
MODES = ("bursting", "provisioned", "elastic")
GIB_PER_TIB = MIB_PER_GIB = 1024.0


@dataclass(frozen=True)
class Io:
    """What the clients do.

    Parameters
    ----------
    size_kib : int
        Size of a request, KiB.
    read_share : float
        Share of the bytes that are read.
    file_kib : int, optional
        Size of a file, KiB: each is opened and closed, in requests of their own. None for files so
        large that this does not count.
    """

    size_kib: int
    read_share: float
    file_kib: int | None = None

    @property
    def request_kib(self) -> int:
        """Size of a request for data, KiB: no larger than a file."""
        return min(self.size_kib, self.file_kib or self.size_kib)

    @property
    def metadata_per_mib(self) -> float:
        """Requests that open and close files, for a MiB of data."""
        if self.file_kib is None:
            return 0.0
        return float(EFS.value("metadata", "requests") * 1024 / self.file_kib)

    @property
    def per_mib(self) -> float:
        """Requests for a MiB of data, metadata included."""
        return 1024 / self.request_kib + self.metadata_per_mib

    @property
    def metered_mib(self) -> float:
        """MiB that bursting and provisioned mode meter for a MiB of data: a read is a third."""
        reads = self.read_share / EFS.value("metering", "read_divisor")
        counted = self._counted_mib(EFS.value("metering", "min_request"))
        return float((reads + 1 - self.read_share) * counted)

    @property
    def elastic_mib(self) -> float:
        """MiB that elastic mode bills for a MiB of data: a request for data is at least 32 KiB."""
        return self._counted_mib(EFS.value("metering", "min_request_elastic"))

    def _counted_mib(self, least_kib: float) -> float:
        """MiB counted for a MiB of data, metadata included."""
        padding = max(1.0, least_kib / self.request_kib)
        metadata_kib = EFS.value("metering", "min_request")
        return float(padding + self.metadata_per_mib * metadata_kib / 1024)


@dataclass(frozen=True)
class FileSystem:
    """One file system.

    Parameters
    ----------
    mode : str
        One of `MODES`.
    standard_gib : float
        Data in the Standard class: all that counts for the speed of bursting mode.
    provisioned_mibps : int, optional
        Metered throughput that is paid for, in provisioned mode.
    one_zone : bool
        Whether its data is in one zone, rather than in at least three.
    """

    mode: str
    standard_gib: float
    provisioned_mibps: int | None = None
    one_zone: bool = False

    def check(self) -> None:
        """Refuse what AWS refuses.

        Raises
        ------
        ScenarioError
            If provisioned mode has no throughput, or not one that AWS sells.
        """
        if self.mode != "provisioned":
            return
        low, most = (EFS.get("provisioned", key) for key in ("min", "max"))
        rule = f"from {low.value} to {most.value:,} MiB/s ({most.source})"
        if self.provisioned_mibps is None:
            raise ScenarioError(
                f"provisioned_mibps is missing: provisioned mode needs it, {rule}.",
                field="provisioned_mibps",
                missing=True,
            )

    @property
    def baseline_mibps(self) -> float:
        """Metered throughput that the size alone earns in bursting mode, MiB/s."""
        earned = self.standard_gib / GIB_PER_TIB * EFS.value("bursting", "baseline_per_tib")
        return float(max(earned, EFS.value("bursting", "min_baseline")))

    @property
    def burst_mibps(self) -> float:
        """Metered throughput while there is credit, MiB/s."""
        grown = self.standard_gib / GIB_PER_TIB * EFS.value("bursting", "burst_per_tib")
        return float(max(grown, EFS.value("bursting", "min_burst")))

    @property
    def most_credit_mib(self) -> float:
        """Credit that a file system can hold, metered MiB; a new one begins with 2.1 TiB."""
        tib = max(
            EFS.value("bursting", "initial_credits"),
            EFS.value("bursting", "max_credits_per_tib") * self.standard_gib / GIB_PER_TIB,
        )
        return float(tib * GIB_PER_TIB * MIB_PER_GIB)

    @property
    def bursts(self) -> bool:
        """Whether credit is in force: in provisioned mode too, where the size earns more."""
        slower = (self.provisioned_mibps or 0) < self.baseline_mibps
        return self.mode == "bursting" or (self.mode == "provisioned" and slower)

    @property
    def billed_mibps(self) -> float:
        """Provisioned throughput that is paid for: what is above the size's own."""
        if self.mode != "provisioned":
            return 0.0
        included = self.standard_gib / GIB_PER_TIB * EFS.value("bursting", "baseline_per_tib")
        return float(max((self.provisioned_mibps or 0) - included, 0.0))

    @property
    def limits_from(self) -> str:
        """Where its maxima stand: its mode's; with bursting, One Zone has those of Regional."""
        return "one_zone" if self.one_zone and self.mode != "bursting" else self.mode

    def latency_ms(self, verb: str) -> float:
        """Time of a read or a write, ms."""
        own = self.one_zone and verb == "write"
        return float(EFS.value("one_zone", "write") if own else EFS.value("latency", verb))

    def usd_month(self, read_gib: float, written_gib: float) -> float:
        """Price in us-east-1, USD a month: storage, throughput, and bytes in elastic mode.

        Parameters
        ----------
        read_gib, written_gib : float
            What is read and written in a month as EFS counts it, GiB.
        """
        kind = "one_zone" if self.one_zone else "standard"
        cost = self.standard_gib * EFS.value(kind, "storage_price")
        cost += self.billed_mibps * EFS.value("provisioned", "throughput_price")
        if self.mode == "elastic":
            cost += read_gib * EFS.value("elastic", "read_price")
            cost += written_gib * EFS.value("elastic", "write_price")
        return float(cost)

    @property
    def text(self) -> str:
        """The file system in a few words."""
        paid = f" at {self.provisioned_mibps:,} MiB/s" if self.mode == "provisioned" else ""
        kind = ", One Zone" if self.one_zone else ""
        return f"{self.standard_gib:,.0f} GiB, {self.mode}{paid}{kind}"


def limits(
    system: FileSystem, io: Io, clients: int, queue_depth: int | None, credit_pct: float = 100.0
) -> list[Limit]:
    """List every limit on the way, for work in MiB that is read or written.

    Parameters
    ----------
    system : FileSystem
        The file system.
    io : Io
        What the clients do.
    clients : int
        How many they are: each has a limit of its own.
    queue_depth : int, optional
        Requests that each keeps outstanding; None for as many as it takes.
    credit_pct : float
        How full the credit is at the start.
    """
    place = system.limits_from
    shares = (("read", io.read_share), ("write", 1 - io.read_share))
    found = [_metered(system, io, credit_pct)] if system.mode != "elastic" else []
    for verb, share in shares:
        if share > 0:
            found += [
                _cap(f"{verb} throughput", "MiB/s", share, EFS.value(place, f"max_{verb}")),
                _cap(f"{verb} IOPS", "IOPS", share * io.per_mib,
                     EFS.value(place, f"max_{verb}_iops")),
            ]  # fmt: skip
    each = EFS.value(place, "per_client_max")
    found.append(_cap("clients' own limit", "MiB/s", 1.0, each * clients))
    if queue_depth is not None:
        busy_s = sum(share * system.latency_ms(verb) for verb, share in shares) / 1000
        outstanding = float(queue_depth * clients)
        found.append(_cap(QUEUE_DEPTH, "requests", busy_s * io.per_mib, outstanding))
    return found


def _metered(system: FileSystem, io: Io, credit_pct: float) -> Limit:
    if not system.bursts:
        paid = float(system.provisioned_mibps or 0)
        return _cap("metered throughput", "MiB/s", io.metered_mib, paid)
    capacity = system.most_credit_mib
    bucket = Bucket(
        io.metered_mib,
        system.baseline_mibps,
        system.burst_mibps,
        capacity,
        capacity * credit_pct / 100,
    )
    return Limit("metered throughput", "MiB/s", bucket)


def _cap(name: str, unit: str, cost: float, rate: float) -> Limit:
    return Limit(name, unit, Bucket(cost, float(rate), float(rate), 0.0, 0.0))
