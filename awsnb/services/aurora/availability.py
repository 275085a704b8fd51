"""Whether a quorum is there: copies fail and are made anew, zones fail and come back. Exact."""

from functools import lru_cache
from math import isinf
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Chain, Lifetimes
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import DAYS_PER_YEAR, AuroraScenario
from awsnb.services.aurora.designs import DESIGNS, Design
from awsnb.words import span

if TYPE_CHECKING:
    import pandas as pd

SIZES_GB = np.geomspace(0.1, 10_000, 11)
YEAR_H = 24 * DAYS_PER_YEAR
ROLES = {"4 of 6": "second", "6 of 6": "third", "3 of 4": "fourth", "2 of 3": "fifth"}


def simulate_availability(cluster: AuroraScenario) -> Result:
    """Solve the chain of copies and zones for each design, over sizes of a segment.

    `data` has, by ``segment_gb``, the seconds a year without the write quorum; by ``design``, the
    same and the years to the loss of the read quorum, at the cluster's own segment.
    """
    chosen = cluster.quorum
    lines = {
        design: [away_s(shape, cluster.lifetimes_at(gb)) for gb in SIZES_GB]
        for design, shape in DESIGNS.items()
    }
    alone = [alone_s(chosen, cluster.lifetimes_at(gb)) for gb in SIZES_GB]
    own = {design: away_s(shape, cluster.lifetimes) for design, shape in DESIGNS.items()}
    kept = {design: years(shape, cluster.lifetimes) for design, shape in DESIGNS.items()}
    zones_rule = [
        (gb, a > 0 and line > 2 * a)
        for gb, a, line in zip(SIZES_GB, alone, lines[cluster.design], strict=True)
    ]
    data = {
        "segment_gb": SIZES_GB,
        **{_column(design): np.array(line) for design, line in lines.items()},
        "copies_alone_s": np.array(alone),
        "design": np.array(list(DESIGNS)),
        "unwritable_s": np.array(list(own.values())),
        "read_quorum_years": np.minimum(list(kept.values()), 1e15),
    }
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster, own, kept),
        numbers=_numbers(cluster, own[cluster.design], kept[cluster.design]),
        data=data,
        panels=_panels(cluster, [gb for gb, ruled in zones_rule if ruled], list(lines.values())),
        notes=(
            f"A lost copy is made anew in {span(repair_s(cluster))}: {cluster.segment_gb:g} GB at "
            f"{cluster.repair_gbps:g} Gb/s.",
            "How often copies and zones fail is assumed: AWS publishes neither. One protection "
            "group; a volume has one for every segment's worth of data, and they fail apart from "
            "each other but for zones.",
        ),
    )


def repair_s(cluster: AuroraScenario) -> float:
    """How long a lost copy stays lost, s."""
    bandwidth = cluster.repair_gbps * 1e9 / 8
    return lifetimes.repair_window_s(cluster.segment_gb * 1e9, bandwidth)


def away_s(design: Design, times: Lifetimes) -> float:
    """Seconds a year without the write quorum."""
    shares, reachable = _shares(design.per_zone, times)
    return 3600 * YEAR_H * float(shares[reachable < design.write].sum())


@lru_cache(maxsize=512)
def years(design: Design, times: Lifetimes) -> float:
    """Mean years until the read quorum is lost, from all being well."""
    return lifetimes.mean_time_to_loss(_chain(design.per_zone, times), design.read) / YEAR_H


@lru_cache(maxsize=512)
def _shares(
    per_zone: tuple[int, ...], times: Lifetimes
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Share of time in each state, and the copies that can be reached there."""
    chain = _chain(per_zone, times)
    return lifetimes.steady_state(chain.rates), chain.reachable


def _chain(per_zone: tuple[int, ...], times: Lifetimes) -> Chain:
    """The chain at these times: its states don't depend on them, its rates are a weighted sum."""
    unit, kinds = _kinds(per_zone)
    rates = sum(kind / mean for kind, mean in zip(kinds, times, strict=True))
    return unit._replace(rates=np.asarray(rates))


@lru_cache(maxsize=16)
def _kinds(per_zone: tuple[int, ...]) -> tuple[Chain, list[NDArray[np.float64]]]:
    """The chain at unit times, and the part of its rates that each time sets."""
    unit = Lifetimes(1.0, 1.0, 1.0, 1.0)
    chain = lifetimes.chain(per_zone, unit)
    twice = [unit._replace(**{name: 0.5}) for name in unit._fields]
    return chain, [lifetimes.chain(per_zone, times).rates - chain.rates for times in twice]


def alone_s(design: Design, times: Lifetimes) -> float:
    """The seconds if zones never failed: copies are independent, their number is binomial."""
    down = times.copy_down / (times.copy_up + times.copy_down)
    n = design.copies
    missed = float(theory.order_statistic_cdf(down, n - design.write + 1, n))
    return 3600 * YEAR_H * missed


def quorum_table(cluster: AuroraScenario) -> "pd.DataFrame":
    """The designs side by side: what each survives and how long it is away, at one cluster's times.

    Returns
    -------
    pandas.DataFrame
        One row a design.
    """
    import pandas as pd

    survives = lifetimes.survives
    rows = [
        {
            "design": f"{name} to write, {shape.read} to recover",
            "a zone gone: writes": _yes(survives(shape.per_zone, shape.write)),
            "a zone and a copy gone: recovers": _yes(
                survives(shape.per_zone, shape.read, copies=1)
            ),
            "unwritable a year": span(away_s(shape, cluster.lifetimes)),
            "read quorum lost every": ages(years(shape, cluster.lifetimes)),
        }
        for name, shape in DESIGNS.items()
    ]
    return pd.DataFrame(rows).set_index("design")


def _yes(value: bool) -> str:
    return "yes" if value else "no"


def _column(design: str) -> str:
    return f"unwritable_{design.replace(' ', '_')}_s"


def _panels(
    cluster: AuroraScenario, ruled: list[float], lines: list[list[float]]
) -> tuple[Panel, ...]:
    ends = np.floor(np.log10(np.min(lines))), np.ceil(np.log10(np.max(lines)))
    order = [cluster.design, *(design for design in DESIGNS if design != cluster.design)]
    curves = [
        Curve(_column(design), design, "first" if design == cluster.design else ROLES[design],  # type: ignore[arg-type]
              compare=design == cluster.design)
        for design in order
    ]  # fmt: skip
    doubtful = ((float(ruled[0]), float(ruled[-1]), "zones matter here"),) if ruled else ()
    over_size = Panel(
        "Time without a write quorum",
        "s/year",
        (*curves, Curve("copies_alone_s", "if zones never failed", "theory")),
        log=True,
        x="segment_gb",
        x_title="size of a segment, GB",
        x_log=True,
        limits=(10.0 ** ends[0], 10.0 ** ends[1]),
        events=((cluster.segment_gb, f"{cluster.segment_gb:g} GB"),),
        doubtful=doubtful,
    )
    kept = Panel(
        "Mean time to the loss of the read quorum",
        "years",
        (Curve("read_quorum_years", "read quorum", "first"),),
        kind="bars",
        x="design",
        log=True,
    )
    return over_size, kept


def _numbers(cluster: AuroraScenario, away: float, kept_years: float) -> tuple[Number, ...]:
    shape, window = cluster.quorum, repair_s(cluster)
    write = lifetimes.survives(shape.per_zone, shape.write)
    read = lifetimes.survives(shape.per_zone, shape.read, copies=1)
    return (
        Number("unwritable_s_year", "Unwritable a year", away, span(away), True),
        Number("read_quorum_years", "Read quorum lost every", kept_years, ages(kept_years), True),
        Number("repair_s", "A copy is made anew in", window, span(window), True),
        Number("survives_zone", "Writes go on without a zone", write, _yes(write)),
        Number("survives_zone_plus_one", "Recovers without a zone and a copy", read, _yes(read)),
    )


def ages(years_: float) -> str:
    """Say a number of years: ``3.2 years``, ``190 million years``, ``never``."""
    if isinf(years_) or years_ > 1e15:
        return "over 1e15 years" if not isinf(years_) else "never"
    for per, word in (
        (1e12, " trillion"),
        (1e9, " billion"),
        (1e6, " million"),
        (1e3, " thousand"),
    ):
        if years_ >= per:
            return f"{years_ / per:.3g}{word} years"
    return f"{years_:.3g} years" if years_ >= 1 else f"{years_ * DAYS_PER_YEAR:.3g} days"


def _why(cluster: AuroraScenario, own: dict[str, float], kept: dict[str, float]) -> str:
    shape = cluster.quorum
    left = shape.copies - max(shape.per_zone)
    goes_on = "go on" if left >= shape.write else "stop"
    spare = left - shape.read
    more = (
        f"can lose {spare} more" if spare > 0
        else "can't lose one more" if spare == 0 else "is impossible"
    )  # fmt: skip
    other = "2 of 3" if cluster.design != "2 of 3" else "4 of 6"
    return (
        f"Without a zone {left} of {shape.copies} copies are left: writes need {shape.write} and "
        f"{goes_on}, recovery needs {shape.read} and {more}. Unwritable for "
        f"{span(own[cluster.design])} a year and without a read quorum once in "
        f"{ages(kept[cluster.design])}; {other}: {span(own[other])} and {ages(kept[other])}."
    )
