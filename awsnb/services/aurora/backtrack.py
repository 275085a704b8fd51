"""Backtrack: the change records that are kept, what they cost, and how far back they reach."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, AuroraScenario
from awsnb.services.aurora.cost import backtrack_usd
from awsnb.words import span

SWITCHED_ON_H = 12.0  # at noon
BATCH_H = 3.0  # from midnight on
WATCHED_H = 120.0
HOURS = np.arange(0.0, WATCHED_H + 0.125, 0.25)
MOST_H = float(AURORA.value("backtrack", "max_window"))
WINDOWS_H = np.linspace(0.0, MOST_H, 73)
Floats = NDArray[np.float64]


def simulate_backtrack(cluster: AuroraScenario) -> Result:
    """Keep the records of a window that fills, then moves on: first in, first out.

    `data` has, by ``hour`` since it was switched on at noon, the records kept, in millions; by
    ``window_h``, what a window costs a month, USD.
    """
    on = kept(cluster, HOURS, cluster.backtrack_h)
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster),
        numbers=_numbers(cluster, on),
        data={
            "hour": HOURS,
            "kept_millions": on / 1e6,
            "longest_millions": kept(cluster, HOURS, MOST_H) / 1e6,
            "window_h": WINDOWS_H,
            "window_usd": np.array([_usd(cluster, window) for window in WINDOWS_H]),
        },
        panels=_panels(cluster),
        notes=(
            "Prices: us-east-1. A month's price is that of a window that is full.",
            "Under a very heavy load Aurora may keep less than it was asked for; AWS gives no "
            "number, so that here the window is always met.",
        ),
    )


def written(cluster: AuroraScenario, hour: ArrayLike) -> Floats:
    """Change records written from the midnight before to so many hours after it."""
    days, rest = np.divmod(np.asarray(hour, dtype=np.float64), 24.0)
    usual = 24.0 / (24.0 - BATCH_H + BATCH_H * cluster.batch_factor)
    busy = usual * cluster.batch_factor
    today = np.minimum(rest, BATCH_H) * busy + np.maximum(rest - BATCH_H, 0.0) * usual
    return 3600.0 * cluster.changes_per_s * (24.0 * days + today)


def kept(cluster: AuroraScenario, hour: ArrayLike, window_h: float) -> Floats:
    """Records in a window, so many hours after it was switched on."""
    now = SWITCHED_ON_H + np.asarray(hour, dtype=np.float64)
    return written(cluster, now) - written(cluster, np.maximum(now - window_h, SWITCHED_ON_H))


def _usd(cluster: AuroraScenario, window_h: float) -> float:
    return backtrack_usd(cluster.changes_per_s, window_h)


def _panels(cluster: AuroraScenario) -> tuple[Panel, ...]:
    window, noticed = cluster.backtrack_h, cluster.noticed_after_h
    records = Panel(
        "Change records kept",
        "millions",
        (
            Curve("kept_millions", "your window", "first", compare=True),
            Curve("longest_millions", f"the longest, {MOST_H:g} h", "third"),
        ),
        x="hour",
        x_title="hours since it was switched on, at noon",
        events=((window, "full"),) if window else (),
    )
    price = Panel(
        "Cost by window",
        "USD/month",
        (Curve("window_usd", "a full window", "first", compare=True),),
        x="window_h",
        x_title="window, h",
        events=(
            (window, f"yours: {window:g} h" if window else "off"),
            *(((noticed, "mistake noticed"),) if noticed <= MOST_H else ()),
        ),
    )
    return records, price


def _numbers(cluster: AuroraScenario, on: Floats) -> tuple[Number, ...]:
    window, noticed = cluster.backtrack_h, cluster.noticed_after_h
    full = on[HOURS >= WATCHED_H - 24.0][1:]  # a whole day
    usd, mean, most = _usd(cluster, window), float(full.mean()), float(full.max())
    undone = cluster.changes_per_s * 3600 * noticed
    saved = noticed <= window
    return (
        Number("backtrack_usd_month", "Backtrack a month", usd, f"{usd:,.2f} USD", headline=True),
        Number("rewinds", "The mistake can be rewound", saved, "yes" if saved else "no", True),
        Number("kept", "Records kept, on average", mean, f"{mean / 1e6:,.2f} million", True),
        Number("kept_most", "Records kept, at most", most, f"{most / 1e6:,.2f} million"),
        Number("window_needed_h", "Window it takes", noticed, span(3600 * noticed)),
        Number("undone", "Changes a rewind takes back", undone if saved else None,
               f"{undone / 1e6:,.2f} million" if saved else "-"),
    )  # fmt: skip


def _why(cluster: AuroraScenario) -> str:
    window, noticed = cluster.backtrack_h, cluster.noticed_after_h
    if not window:
        return (
            "Backtrack is off: a mistake is undone by restoring a backup, as a new cluster. A "
            f"window of 24 h would keep {cluster.changes_per_s * 0.0864:,.2f} million records for "
            f"{_usd(cluster, 24.0):,.2f} USD a month."
        )
    kept_millions = cluster.changes_per_s * 3600 * window / 1e6
    lead = (
        f"{cluster.changes_per_s:,g} changes a second for {window:g} h are {kept_millions:,.2f} "
        f"million records, at {_usd(cluster, window):,.2f} USD a month."
    )
    if noticed <= window:
        return (
            f"{lead} A mistake noticed after {span(3600 * noticed)} can be rewound; all that was "
            "written since goes with it, in the whole cluster."
        )
    return (
        f"{lead} A mistake noticed after {span(3600 * noticed)} is out of its reach: what is left "
        "is a restore to a point in time, as a new cluster."
    )
