"""What a cluster costs a month, beside RDS with as many instances."""

from dataclasses import dataclass

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, GIBI, AuroraScenario
from awsnb.services.aurora.texts import counted

OPTIMIZED = "I/O-Optimized"
IO_PER_S = np.geomspace(1, 100_000, 80)


@dataclass(frozen=True)
class Bill:
    """A month's bill by what it is for, USD."""

    instances: float
    storage: float
    io: float
    backtrack: float = 0.0

    @property
    def total(self) -> float:
        """All of it."""
        return self.instances + self.storage + self.io + self.backtrack


def hours() -> float:
    """Hours that AWS counts in a month."""
    return AURORA.value("month", "hours")


def aurora_bill(cluster: AuroraScenario, storage: str, io_per_s: float | None = None) -> Bill:
    """What Aurora costs in a storage configuration, at an I/O rate."""
    io_per_s = cluster.io_per_s if io_per_s is None else io_per_s
    per_million = 0.0 if storage == OPTIMIZED else AURORA.value("standard", "io_price")
    return Bill(
        instances=(1 + cluster.readers) * instance_price(cluster, storage) * hours(),
        storage=cluster.size_gib * storage_price(storage),
        io=io_per_s * 3600 * hours() / 1e6 * per_million,
        backtrack=backtrack_usd(cluster.changes_per_s, cluster.backtrack_h),
    )


def instance_price(cluster: AuroraScenario, storage: str) -> float:
    """Price of one instance in a storage configuration, USD an hour."""
    factor = AURORA.value("io_optimized", "instance_factor") if storage == OPTIMIZED else 1.0
    return factor * AURORA.value(cluster.instance_class, "aurora_price")


def storage_price(storage: str) -> float:
    """Price of space in a storage configuration, USD a GB and month."""
    return AURORA.value("io_optimized" if storage == OPTIMIZED else "standard", "storage_price")


def backtrack_usd(changes_per_s: float, window_h: float) -> float:
    """What the change records in a full window cost a month."""
    kept = changes_per_s * 3600 * window_h
    return kept / 1e6 * AURORA.value("backtrack", "record_price") * hours()


def rds_bill(cluster: AuroraScenario, io_per_s: float | None = None) -> Bill | None:
    """What RDS on gp3 costs with as many instances; None if it can't hold the load.

    Two instances are a Multi-AZ pair, each further one a read replica with storage of its own.
    """
    iops = rds_iops(cluster, cluster.io_per_s if io_per_s is None else io_per_s)
    large = cluster.size_gib >= AURORA.value("rds_gp3", "large_min_size")
    included = AURORA.value("rds_gp3", f"included_iops_{'large' if large else 'small'}")
    most = AURORA.value("rds_gp3", "max_iops") if large else included
    if iops > most or cluster.size_gib > GIBI * AURORA.value("rds_gp3", "max_size"):
        return None
    kind = f"rds_{cluster.engine.removeprefix('Aurora ').lower()}"
    single = AURORA.value(cluster.instance_class, f"{kind}_price")
    pair = AURORA.value(cluster.instance_class, f"{kind}_multi_az_price")
    replicas, pairs = max(cluster.readers - 1, 0), min(cluster.readers, 1)
    alone = 1 - pairs + replicas  # instances outside a pair
    extra = max(iops - included, 0.0)

    def priced(key: str) -> float:
        both, one = (AURORA.value("rds_gp3", f"{key}_{zones}_az") for zones in ("multi", "single"))
        return pairs * both + alone * one

    return Bill(
        instances=hours() * (pairs * pair + alone * single),
        storage=cluster.size_gib * priced("storage_price"),
        io=extra * priced("iops_price"),
    )


def rds_iops(cluster: AuroraScenario, io_per_s: float) -> float:
    """IOPS to provision on RDS for what makes Aurora do so many I/Os, on average."""
    return io_per_s * cluster.rds_io_factor * cluster.io_peak_factor


def break_even_io_per_s(cluster: AuroraScenario) -> float:
    """The I/O rate from which I/O-Optimized is the cheaper configuration."""
    standard, optimized = aurora_bill(cluster, "Standard", 0), aurora_bill(cluster, "I/O-Optimized")
    per_io = AURORA.value("standard", "io_price") / 1e6
    return (optimized.total - standard.total) / (per_io * 3600 * hours())


def simulate_cost(cluster: AuroraScenario) -> Result:
    """Price the cluster over rates of I/O, and by what the money is for.

    `data` has, by ``io_per_s``, what each way costs a month, USD; by ``way``, the bill's parts.
    """
    ways = {
        "Aurora Standard": aurora_bill(cluster, "Standard"),
        "Aurora I/O-Optimized": aurora_bill(cluster, "I/O-Optimized"),
        "RDS on gp3": rds_bill(cluster),
    }
    rds = [rds_bill(cluster, rate) for rate in IO_PER_S]
    none = Bill(0.0, 0.0, 0.0)
    bills = [bill or none for bill in ways.values()]
    data = {
        "io_per_s": IO_PER_S,
        "standard_usd": np.array([aurora_bill(cluster, "Standard", r).total for r in IO_PER_S]),
        "optimized_usd": np.array(
            [aurora_bill(cluster, "I/O-Optimized", r).total for r in IO_PER_S]
        ),
        "rds_usd": np.array([bill.total if bill else np.nan for bill in rds]),
        "way": np.array(list(ways)),
        "instances_usd": np.array([bill.instances for bill in bills]),
        "storage_usd": np.array([bill.storage for bill in bills]),
        "io_usd": np.array([bill.io for bill in bills]),
        "backtrack_usd": np.array([bill.backtrack for bill in bills]),
    }
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster, ways),
        numbers=_numbers(cluster, ways),
        data=data,
        panels=_panels(cluster),
        notes=(
            "Prices: us-east-1, on demand, without backups, data transfer and free tiers.",
            "RDS has as many instances: two are a Multi-AZ pair, of which one can't be read; each "
            "further one is a read replica with storage of its own.",
        ),
    )


def _panels(cluster: AuroraScenario) -> tuple[Panel, ...]:
    even = break_even_io_per_s(cluster)
    over = Panel(
        "Cost over the I/O rate",
        "USD/month",
        (
            Curve("standard_usd", "Aurora Standard", "first", cluster.storage == "Standard"),
            Curve("optimized_usd", "I/O-Optimized", "second", cluster.storage != "Standard"),
            Curve("rds_usd", "RDS on gp3", "third"),
        ),
        log=True,
        x="io_per_s",
        x_title="I/O per second on Aurora, on average",
        x_log=True,
        events=((even, f"break-even {even:,.0f}"), (cluster.io_per_s, "you")),
    )
    parts = Panel(
        "The bill at your rate",
        "USD/month",
        (
            Curve("instances_usd", "instances", "first"),
            Curve("storage_usd", "storage", "second"),
            Curve("io_usd", "I/O", "third"),
            Curve("backtrack_usd", "backtrack", "fourth"),
        ),
        kind="bars",
        x="way",
        stacked=True,
    )
    return over, parts


def _numbers(cluster: AuroraScenario, ways: dict[str, Bill | None]) -> tuple[Number, ...]:
    mine, iops = aurora_bill(cluster, cluster.storage), rds_iops(cluster, cluster.io_per_s)
    rds, even = ways["RDS on gp3"], break_even_io_per_s(cluster)
    share = 100 * aurora_bill(cluster, "Standard").io / aurora_bill(cluster, "Standard").total
    groups = -(-cluster.size_gib * 2**30 // round(AURORA.value("storage", "segment_size") * 1e9))
    return (
        Number("cost_usd_month", "A month", mine.total, f"{mine.total:,.2f} USD", headline=True),
        Number("rds_usd_month", "RDS on gp3", rds.total if rds else None,
               f"{rds.total:,.2f} USD" if rds else "can't", headline=True),
        Number("break_even_io_per_s", "I/O-Optimized pays from", even, f"{even:,.0f} I/O/s", True),
        Number("io_share_pct", "I/O's share of the Standard bill", share, f"{share:.0f} %"),
        Number("rds_iops", "IOPS to provision on RDS", iops, f"{iops:,.0f}"),
        Number("backtrack_usd_month", "Of it, backtrack", mine.backtrack,
               f"{mine.backtrack:,.2f} USD"),
        Number("protection_groups", "Protection groups", groups, f"{groups:,}"),
        Number("segments", "Segments", groups * AURORA.value("storage", "copies"),
               f"{groups * AURORA.value('storage', 'copies'):,}"),
    )  # fmt: skip


def _why(cluster: AuroraScenario, ways: dict[str, Bill | None]) -> str:
    standard, optimized = aurora_bill(cluster, "Standard"), aurora_bill(cluster, "I/O-Optimized")
    share = 100 * standard.io / standard.total
    cheaper = "I/O-Optimized" if optimized.total < standard.total else "Standard"
    gap = abs(optimized.total - standard.total)
    rds = ways["RDS on gp3"]
    mine = aurora_bill(cluster, cluster.storage).total
    beside = (
        "RDS on gp3 can't do this rate at this size."
        if rds is None
        else f"RDS with {counted(1 + cluster.readers, 'instance')} would cost {rds.total:,.2f} "
        f"USD: this cluster is {abs(100 * mine / rds.total - 100):.0f} % "
        f"{'dearer' if mine > rds.total else 'cheaper'}."
    )
    return (
        f"I/O is {share:.0f} % of the Standard bill, so {cheaper} is the cheaper configuration by "
        f"{gap:,.2f} USD a month. {beside}"
    )
