"""The volume over time: it grows with the data, and shrinks if space is really given back."""

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import (
    AURORA,
    DELETED,
    DROPPED,
    GIBI,
    NOTHING,
    AuroraScenario,
)
from awsnb.services.aurora.cost import hours, storage_price

POINTS = 25
Floats = NDArray[np.float64]


def simulate_storage(cluster: AuroraScenario) -> Result:
    """Follow the data and the space that is billed for it, day by day.

    `data` has, by ``day``, the data and the space that is billed, GiB; and what a month costs at
    that size, USD, beside RDS on a volume as large as the data ever was.
    """
    day, data, used = space(cluster)
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster, day, used),
        numbers=_numbers(cluster, day, data, used),
        data={
            "day": day,
            "data_gib": data,
            "billed_gib": used,
            "aurora_usd_month": used * storage_price(cluster.storage),
            "rds_usd_month": _rds_usd(data),
        },
        panels=_panels(cluster),
        notes=(
            "Data comes evenly. Billed is the space used, at every hour, copies included; not what "
            "the volume's last step has left.",
            "RDS: a Multi-AZ pair on gp3, enlarged just in time; a volume there never shrinks.",
        ),
    )


def space(cluster: AuroraScenario) -> tuple[Floats, Floats, Floats]:
    """Days, and data and billed space on each, GiB: straight lines between the days.

    The day of a clean-up is there twice, before it and after.
    """
    rate, most = cluster.growth_gib_per_day, max_gib(cluster)
    clean_up = np.inf if cluster.freed_by == NOTHING else cluster.freed_day
    day, data = _grown(cluster.size_gib, rate, min(clean_up, cluster.days), (most,))
    if clean_up < cluster.days:
        left = data[-1] * (1 - cluster.freed_pct / 100)
        later, more = _grown(left, rate, cluster.days - clean_up, (most, data[-1]))
        day, data = np.r_[day, clean_up + later], np.r_[data, more]
    return day, data, np.maximum.accumulate(data) if cluster.freed_by == DELETED else data


def max_gib(cluster: AuroraScenario) -> float:
    """How far a volume grows, GiB."""
    return float(GIBI * AURORA.value("limits", "max_size", cluster.on))


def average(day: Floats, value: Floats) -> float:
    """Mean over the days of what runs straight between them."""
    return float(np.trapezoid(value, day) / (day[-1] - day[0]))


def _grown(size: float, rate: float, days: float, corners: tuple[float, ...]) -> tuple:
    """Grow up to the first corner, the limit; the days on which a corner is met are among those."""
    met = [(corner - size) / rate for corner in corners if rate > 0]
    within = [day for day in met if 0 < day < days]
    day = np.sort(np.r_[np.linspace(0, days, POINTS), within])
    return day, np.minimum(size + rate * day, corners[0])


def _rds_usd(data: Floats) -> Floats:
    """A pair's volume, as large as the data ever was; nan where RDS has none so large."""
    size = np.maximum.accumulate(data)
    usd = size * AURORA.value("rds_gp3", "storage_price_multi_az")
    return np.where(size <= GIBI * AURORA.value("rds_gp3", "max_size"), usd, np.nan)


def _bill_usd(cluster: AuroraScenario, day: Floats, usd_month: Floats) -> float:
    """What the whole time costs."""
    return average(day, usd_month) * cluster.days * 24 / hours()


def _panels(cluster: AuroraScenario) -> tuple[Panel, ...]:
    events: tuple[tuple[float, str], ...] = ()
    if cluster.freed_by != NOTHING and cluster.freed_day < cluster.days:
        events = ((float(cluster.freed_day), cluster.freed_by),)
    over = {"x": "day", "x_title": "days from now", "events": events}
    size = Panel(
        "Space",
        "GiB",
        (
            Curve("billed_gib", "billed", "first", compare=True),
            Curve("data_gib", "data", "second"),
        ),
        **over,  # type: ignore[arg-type]
    )
    price = Panel(
        "Storage at that size",
        "USD/month",
        (
            Curve("aurora_usd_month", f"Aurora {cluster.storage}", "first", compare=True),
            Curve("rds_usd_month", "RDS on gp3, a pair", "third"),
        ),
        **over,  # type: ignore[arg-type]
    )
    return size, price


def _numbers(
    cluster: AuroraScenario, day: Floats, data: Floats, used: Floats
) -> tuple[Number, ...]:
    price = storage_price(cluster.storage)
    bill, last = _bill_usd(cluster, day, used * price), float(used[-1])
    rds = _bill_usd(cluster, day, _rds_usd(data))
    fits = bool(np.isfinite(rds))
    full = day[used >= max_gib(cluster)]
    empty, step = last - float(data[-1]), AURORA.value("storage", "growth_increment")
    volume = step * int(np.ceil(last / step))
    groups = int(np.ceil(last * 2**30 / (AURORA.value("storage", "segment_size") * 1e9)))
    return (
        Number("billed_gib", "Billed at the end", last, f"{last:,.0f} GiB", headline=True),
        Number("storage_usd", f"Storage, {cluster.days:,} days", bill, f"{bill:,.2f} USD", True),
        Number("full_day", "The volume is full", float(full[0]) if full.size else None,
               f"on day {full[0]:,.0f}" if full.size else "not within this time", True),
        Number("end_usd_month", "A month at the end", last * price, f"{last * price:,.2f} USD"),
        Number("free_inside_gib", "Free inside tables, and billed", empty, f"{empty:,.0f} GiB"),
        Number("rds_storage_usd", "RDS storage for the same data", rds if fits else None,
               f"{rds:,.2f} USD" if fits else "no volume is as large"),
        Number("volume_gib", f"Volume, in steps of {step} GiB", volume, f"{volume:,} GiB"),
        Number("protection_groups", "Protection groups at the end", groups, f"{groups:,}"),
    )  # fmt: skip


def _why(cluster: AuroraScenario, day: Floats, used: Floats) -> str:
    if cluster.freed_by == NOTHING or cluster.freed_day >= cluster.days:
        return (
            f"Nothing is removed: what is billed grows from {used[0]:,.0f} to {used[-1]:,.0f} GiB."
        )
    dropped, deleted = (
        _bill_usd(cluster, days, its * storage_price(cluster.storage))
        for days, _, its in (space(cluster.replace(freed_by=way)) for way in (DROPPED, DELETED))
    )
    before = used[np.searchsorted(day, cluster.freed_day)]
    if cluster.freed_by == DELETED:
        return (
            f"Deleting rows leaves the space in their tables: {before:,.0f} GiB stay billed, and "
            "new rows fill the gaps first. Dropping tables or partitions instead would save "
            f"{deleted - dropped:,.2f} USD in {cluster.days:,} days."
        )
    after = before * (1 - cluster.freed_pct / 100)
    return (
        f"On day {cluster.freed_day:,} dropped tables give their space back, from {before:,.0f} to "
        f"{after:,.0f} GiB, and the bill follows. Deleting the same rows one by one would have "
        f"cost {deleted - dropped:,.2f} USD more in {cluster.days:,} days."
    )
