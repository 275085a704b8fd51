"""What there is to say of write latency: by how rare it is, by design, and why."""

from collections.abc import Mapping

import numpy as np

from awsnb.aws.aurora import AURORA
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.aurora.curves import of_designs
from awsnb.sections.aurora.designs import DESIGNS
from awsnb.sections.aurora.write_latency.simulate import ONE_IN, WRITES, Outcome
from awsnb.words import percent

PERCENTILES: Mapping[str, tuple[float, Role]] = {
    "p50": (0.5, "first"),
    "p99": (0.99, "second"),
    "p99.9": (0.999, "third"),
}


def tell(outcome: Outcome) -> Result:
    """Say what share of the writes took how long, in each design.

    Returns
    -------
    Result
        `data` has, by ``one_in``, the latency that one write in so many exceeds, ms; by
        ``design``, the median, p99 and p99.9. A quorum that is out of reach is nan.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "one_in": ONE_IN,
            **{_column(design): outcome.exceeded_ms(design) for design in DESIGNS},
            "independent_ms": outcome.independent_ms,
            "design": np.array(list(DESIGNS)),
            **{f"{name}_ms": _by_design(outcome, q) for name, (q, _) in PERCENTILES.items()},
        },
        panels=(_tail(outcome), _bars()),
        notes=_notes(outcome),
    )


def _by_design(outcome: Outcome, share: float) -> np.ndarray:
    values = np.array([outcome.quantile_ms(design, share) for design in DESIGNS])
    return np.where(np.isfinite(values), values, np.nan)


def _column(design: str) -> str:
    return f"write_{design.replace(' ', '_')}_ms"


def _tail(outcome: Outcome) -> Panel:
    start = outcome.together_from
    return Panel(
        "Write latency, by how rare it is",
        "ms",
        (
            *of_designs(outcome.scenario.design, _column),
            Curve("independent_ms", "independent copies", "theory"),
        ),
        log=True,
        x="one_in",
        x_title="one write in so many takes longer",
        x_log=True,
        doubtful=() if start is None else ((start, float(ONE_IN[-1]), "copies are slow together"),),
    )


def _bars() -> Panel:
    return Panel(
        "The same, by design",
        "ms",
        tuple(Curve(f"{name}_ms", name, role) for name, (_, role) in PERCENTILES.items()),
        kind="bars",
        x="design",
        log=True,
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    design = outcome.scenario.design
    p50, p99, p999 = (outcome.quantile_ms(design, q) for q in (0.5, 0.99, 0.999))
    late, spare, gone = outcome.late_pct, outcome.spare, outcome.gone
    return (
        Number("p50_ms", "Median write", p50, _ms(p50), headline=True),
        Number("p99_ms", "p99", p99, _ms(p99), headline=True),
        Number("p999_ms", "p99.9", p999, _ms(p999), headline=True),
        Number("late_pct", "Writes over five times one copy's median", late, f"{late:.3g} %"),
        Number("spare", "Copies that need not answer", spare, f"{max(spare, 0)}"),
        Number("gone", "Copies that are gone", gone, f"{gone}"),
    )


def _ms(latency: float) -> str:
    if not np.isfinite(latency):
        return "never"
    return f"{latency:.2f} ms" if latency < 999.5 else f"{latency / 1000:.2f} s"


def _why(outcome: Outcome) -> str:
    shape = outcome.scenario.quorum
    if outcome.spare < 0:
        return (
            f"No write is acknowledged: {shape.write} copies must answer and zone A took "
            f"{outcome.gone} of {shape.copies} with it."
        )
    p999 = outcome.quantile_ms(outcome.scenario.design, 0.999)
    return (
        f"A write waits for {_slowest(outcome)}: one write in 1,000 takes longer than {_ms(p999)}. "
        + _beside(outcome)
        + _together(outcome)
    )


def _slowest(outcome: Outcome) -> str:
    """Name the copies that a write waits for, and those that it can pass over."""
    spare, need = outcome.spare, outcome.scenario.quorum.write
    if outcome.scenario.zone_trouble == "slow":
        return _without_zone_a(outcome)
    if not spare:
        every = "every copy that is left" if outcome.gone else "every copy"
        return f"{every}, so one slow copy delays the write"
    copies = "copy" if spare == 1 else "copies"
    return (
        f"the {_ordinal(need)} of {outcome.there} copies, so {spare} slow {copies} can be passed "
        "over"
    )


def _without_zone_a(outcome: Outcome) -> str:
    if outcome.needs_zone_a:
        return "slow zone A too, since the copies outside it are too few"
    return "every copy outside slow zone A, so one more slow copy delays the write"


def _together(outcome: Outcome) -> str:
    """Say how often copies are slow together."""
    if not outcome.scenario.zone_slow_pct:
        return ""
    return f" At {percent(outcome.zone_slow_pct)} of the writes a whole zone is slow."


def _beside(outcome: Outcome) -> str:
    """Name another design's tail."""
    other = "6 of 6" if outcome.scenario.design != "6 of 6" else "4 of 6"
    p999 = outcome.quantile_ms(other, 0.999)
    if not np.isfinite(p999):
        return f"{other} could not write at all."
    return f"At {other} it is {_ms(p999)}."


def _ordinal(n: int) -> str:
    return {1: "first", 2: "second", 3: "third", 4: "fourth", 5: "fifth"}.get(n, f"{n}th")


def _notes(outcome: Outcome) -> tuple[str, ...]:
    median, sigma = (AURORA.get("latency", key) for key in ("copy_median", "jitter_sigma"))
    return (
        f"A copy answers in {median.value:g} ms at the median ({median.confidence}: "
        f"{median.note}).",
        f"Spread {sigma.value:g} ({sigma.confidence}: {sigma.note}).",
        f"{WRITES:,} writes of each design, with seed {outcome.scenario.seed}.",
    )
