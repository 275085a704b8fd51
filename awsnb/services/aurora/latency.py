"""How long a write waits for its quorum, when some copies are slow or a zone is in trouble."""

from functools import lru_cache
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.mechanisms import quorum
from awsnb.mechanisms.quorum import Copies, Waits
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.aurora.cluster import AURORA, AuroraScenario
from awsnb.services.aurora.designs import DESIGNS

WRITES = 300_000
ONE_IN = np.geomspace(2, 10_000, 60)
MARKS = {"p50": 0.5, "p99": 0.99, "p99.9": 0.999}
ROLES = {"4 of 6": "second", "6 of 6": "third", "3 of 4": "fourth", "2 of 3": "fifth"}


def simulate_latency(cluster: AuroraScenario) -> Result:
    """Draw writes to each design and say what share of them took how long.

    `data` has, by ``one_in``, the latency that one write in so many exceeds, ms; by ``design``, the
    median, p99 and p99.9. A quorum that is out of reach is nan.
    """
    runs = {design: waits(cluster, design) for design in DESIGNS}
    curves = {design: _finite(run.quantile(1 - 1 / ONE_IN)[0]) for design, run in runs.items()}
    marks = {name: [run.quantile(q)[0] for run in runs.values()] for name, q in MARKS.items()}
    data: dict[str, NDArray[Any]] = {
        "one_in": ONE_IN,
        **{_column(design): curve for design, curve in curves.items()},
        "independent_ms": independent(cluster),
        "design": np.array(list(DESIGNS)),
        **{f"{name}_ms": _finite(np.array(values)) for name, values in marks.items()},
    }
    return Result(
        scenario=cluster,
        label=cluster.text,
        why=_why(cluster, runs),
        numbers=_numbers(cluster, runs[cluster.design]),
        data=data,
        panels=_panels(cluster, data),
        notes=_notes(cluster),
    )


def waits(cluster: AuroraScenario, design: str) -> Waits:
    """How long writes to a design wait, at the cluster's troubles."""
    return _waits(*_copies(cluster, design), DESIGNS[design].write, cluster.seed)


@lru_cache(maxsize=64)
def _waits(copies: Copies, missing: int, rank: int, seed: int) -> Waits:
    there = sum(copies.per_zone)
    if rank <= there:
        return quorum.waits(copies, [rank], WRITES, seed)
    none = quorum.waits(copies, [1], 1, seed)
    return none._replace(counts=np.zeros_like(none.counts), never=np.array([WRITES]))


def _copies(cluster: AuroraScenario, design: str) -> tuple[Copies, int]:
    """The copies that can answer, and how many are gone with their zone."""
    per_zone = DESIGNS[design].per_zone
    gone = per_zone[0] if cluster.zone_trouble == "down" else 0
    median = AURORA.value("latency", "copy_median")
    slow_zone = AURORA.value("latency", "slow_zone_factor")
    first = median * (slow_zone if cluster.zone_trouble == "slow" else 1)
    there = ((0, *per_zone[1:]) if gone else per_zone, (first, *[median] * (len(per_zone) - 1)))
    copies = Copies(
        *there,
        zone_sigma=0.0,
        copy_sigma=AURORA.value("latency", "jitter_sigma"),
        slow_share=cluster.slow_copy_pct / 100,
        slow_factor=cluster.slow_factor,
        zone_slow_share=cluster.zone_slow_pct / 100,
        zone_slow_factor=AURORA.value("latency", "slow_zone_factor"),
    )
    return copies, gone


def independent(cluster: AuroraScenario) -> NDArray[np.float64]:
    """What `ONE_IN` would be if every copy drew its troubles by itself, ms: order statistics."""
    return _independent(_copies(cluster, cluster.design)[0], cluster.quorum.write)


@lru_cache(maxsize=64)
def _independent(copies: Copies, rank: int) -> NDArray[np.float64]:
    n = sum(copies.per_zone)
    if rank > n:
        return np.full(len(ONE_IN), np.nan)
    low, high = log(min(copies.median)), log(max(copies.median))
    slowest = log(copies.slow_factor) + log(copies.zone_slow_factor)
    grid = np.linspace(low - 4 * copies.copy_sigma, high + slowest + 4 * copies.copy_sigma, 400)
    missed = 1 - theory.quorum_latency_cdf(
        np.exp(grid),
        rank,
        (1,) * n,  # every copy a zone of its own: nothing is shared
        tuple(np.repeat(copies.median, copies.per_zone)),
        0.0,
        copies.copy_sigma,
        (copies.slow_share, copies.slow_factor),
        (copies.zone_slow_share, copies.zone_slow_factor),
        nodes=1,
    )
    rarer = -np.log(np.maximum(np.minimum.accumulate(missed), 1e-300))
    return np.exp(np.interp(np.log(ONE_IN), rarer, grid))


def _column(design: str) -> str:
    return f"write_{design.replace(' ', '_')}_ms"


def _finite(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isfinite(values), values, np.nan)


def _doubtful(
    cluster: AuroraScenario, data: dict[str, NDArray[Any]]
) -> tuple[tuple[float, float, str], ...]:
    """From where zones that are slow as a whole take writes off the theory by a tenth."""
    apart = np.abs(data[_column(cluster.design)] / data["independent_ms"] - 1) > 0.1
    if not (cluster.zone_slow_pct and apart.any()):
        return ()
    return ((float(ONE_IN[apart.argmax()]), float(ONE_IN[-1]), "copies are slow together"),)


def _panels(cluster: AuroraScenario, data: dict[str, NDArray[Any]]) -> tuple[Panel, ...]:
    chosen = cluster.design
    order = [chosen, *(design for design in DESIGNS if design != chosen)]
    curves = [
        Curve(_column(design), design, "first" if design == chosen else ROLES[design],  # type: ignore[arg-type]
              compare=design == chosen)
        for design in order
    ]  # fmt: skip
    tail = Panel(
        "Write latency, by how rare it is",
        "ms",
        (*curves, Curve("independent_ms", "independent copies", "theory")),
        log=True,
        x="one_in",
        x_title="one write in so many takes longer",
        x_log=True,
        doubtful=_doubtful(cluster, data),
    )
    bars = Panel(
        "The same, by design",
        "ms",
        (
            Curve("p50_ms", "p50", "first"),
            Curve("p99_ms", "p99", "second"),
            Curve("p99.9_ms", "p99.9", "third"),
        ),
        kind="bars",
        x="design",
        log=True,
    )
    return tail, bars


def _numbers(cluster: AuroraScenario, run: Waits) -> tuple[Number, ...]:
    found = {name: float(run.quantile(q)[0]) for name, q in MARKS.items()}
    late = 100 * float(run.exceeding(AURORA.value("latency", "copy_median") * 5)[0])
    copies, gone = _copies(cluster, cluster.design)
    spare = sum(copies.per_zone) - cluster.quorum.write
    return (
        Number("p50_ms", "Median write", found["p50"], _ms(found["p50"]), headline=True),
        Number("p99_ms", "p99", found["p99"], _ms(found["p99"]), headline=True),
        Number("p999_ms", "p99.9", found["p99.9"], _ms(found["p99.9"]), headline=True),
        Number("late_pct", "Writes over five times one copy's median", late, f"{late:.3g} %"),
        Number("spare", "Copies that need not answer", spare, f"{max(spare, 0)}"),
        Number("gone", "Copies that are gone", gone, f"{gone}"),
    )


def _ms(latency: float) -> str:
    if not np.isfinite(latency):
        return "never"
    return f"{latency:.2f} ms" if latency < 999.5 else f"{latency / 1000:.2f} s"


def _why(cluster: AuroraScenario, runs: dict[str, Waits]) -> str:
    design, run = cluster.design, runs[cluster.design]
    copies, gone = _copies(cluster, design)
    there, need = sum(copies.per_zone), DESIGNS[design].write
    if there < need:
        return (
            f"No write is acknowledged: {need} copies must answer and zone A took {gone} of "
            f"{DESIGNS[design].copies} with it."
        )
    spare = there - need
    p999 = float(run.quantile(0.999)[0])
    slowest = "every copy" if not spare else f"the {_ordinal(need)} of {there} copies"
    shield = (
        "so one slow copy delays the write"
        if not spare
        else f"so {spare} slow cop{'y' if spare == 1 else 'ies'} can be passed over"
    )
    other = "6 of 6" if design != "6 of 6" else "4 of 6"
    against = float(runs[other].quantile(0.999)[0])
    beside = (
        f"{other} could not write at all." if not np.isfinite(against)
        else f"At {other} it is {_ms(against)}."
    )  # fmt: skip
    return (
        f"A write waits for {slowest}, {shield}: one write in 1,000 takes longer than {_ms(p999)}. "
        + beside
    )


def _ordinal(n: int) -> str:
    return {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(n, f"{n}th")


def _notes(cluster: AuroraScenario) -> tuple[str, ...]:
    median, sigma = (AURORA.get("latency", key) for key in ("copy_median", "jitter_sigma"))
    return (
        f"A copy answers in {median.value:g} ms at the median ({median.confidence}: "
        f"{median.note}).",
        f"Spread {sigma.value:g} ({sigma.confidence}: {sigma.note}).",
        f"{WRITES:,} writes of each design, with seed {cluster.seed}.",
    )
