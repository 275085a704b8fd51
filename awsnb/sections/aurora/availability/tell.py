"""What there is to say of availability: what a design survives, and how long it is away."""

from math import isinf

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.aurora.availability.simulate import DAYS_PER_YEAR, SIZES_GB, Outcome
from awsnb.sections.aurora.curves import of_designs
from awsnb.words import span

MOST_YEARS = 1e15


def tell(outcome: Outcome) -> Result:
    """Say how often a quorum is out of reach.

    Returns
    -------
    Result
        `data` has, by ``segment_gb``, the seconds a year without the write quorum; by ``design``,
        the same and the years to the loss of the read quorum, at the scenario's own segment.
    """
    scenario, quorums = outcome.scenario, outcome.quorums.values()
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "segment_gb": SIZES_GB,
            **{_column(design): line for design, line in outcome.unwritable_s.items()},
            "copies_alone_s": outcome.copies_alone_s,
            "design": np.array(list(outcome.quorums)),
            "unwritable_s": np.array([quorum.unwritable_s for quorum in quorums]),
            "read_quorum_years": np.minimum([one.loss_years for one in quorums], MOST_YEARS),
        },
        panels=(_over_size(outcome), _years()),
        notes=(
            f"A lost copy is made anew in {span(outcome.repair_s)}: {scenario.segment_gb:g} GB at "
            f"{scenario.repair_gbps:g} Gb/s.",
            "How often copies and zones fail is assumed: AWS publishes neither. One protection "
            "group; a volume has one for every segment's worth of data, and they fail apart from "
            "each other but for zones.",
        ),
    )


def ages(years: float) -> str:
    """Say a number of years: ``3.2 years``, ``190 million years``, ``never``."""
    if isinf(years):
        return "never"
    if years > MOST_YEARS:
        return "over 1e15 years"
    for per, word in ((1e12, "trillion"), (1e9, "billion"), (1e6, "million"), (1e3, "thousand")):
        if years >= per:
            return f"{years / per:.3g} {word} years"
    return f"{years:.3g} years" if years >= 1 else f"{years * DAYS_PER_YEAR:.3g} days"


def yes(value: bool) -> str:
    """Say a truth: ``yes`` or ``no``."""
    return "yes" if value else "no"


def _column(design: str) -> str:
    return f"unwritable_{design.replace(' ', '_')}_s"


def _over_size(outcome: Outcome) -> Panel:
    scenario, zones = outcome.scenario, outcome.zones_matter
    lines = list(outcome.unwritable_s.values())
    low, high = np.floor(np.log10(np.min(lines))), np.ceil(np.log10(np.max(lines)))
    return Panel(
        "Time without a write quorum",
        "s/year",
        (
            *of_designs(scenario.design, _column),
            Curve("copies_alone_s", "if zones never failed", "theory"),
        ),
        log=True,
        x="segment_gb",
        x_title="size of a segment, GB",
        x_log=True,
        limits=(10.0**low, 10.0**high),
        events=((scenario.segment_gb, f"{scenario.segment_gb:g} GB"),),
        doubtful=((*zones, "zones matter here"),) if zones else (),
    )


def _years() -> Panel:
    return Panel(
        "Mean time to the loss of the read quorum",
        "years",
        (Curve("read_quorum_years", "read quorum", "first"),),
        kind="bars",
        x="design",
        log=True,
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    mine, repair_s = outcome.mine, outcome.repair_s
    away, kept = mine.unwritable_s, mine.loss_years
    write, read = yes(mine.survives_zone), yes(mine.survives_zone_plus_one)
    return (
        Number("unwritable_s_year", "Unwritable a year", away, span(away), True),
        Number("read_quorum_years", "Read quorum lost every", kept, ages(kept), True),
        Number("repair_s", "A copy is made anew in", repair_s, span(repair_s), True),
        Number("survives_zone", "Writes go on without a zone", write, write),
        Number("survives_zone_plus_one", "Recovers without a zone and a copy", read, read),
    )


def _why(outcome: Outcome) -> str:
    design, shape = outcome.scenario.design, outcome.scenario.quorum
    left = shape.copies - max(shape.per_zone)
    goes_on = "go on" if left >= shape.write else "stop"
    other = "2 of 3" if design != "2 of 3" else "4 of 6"
    mine, beside = outcome.mine, outcome.quorums[other]
    return (
        f"Without a zone {left} of {shape.copies} copies are left: writes need {shape.write} and "
        f"{goes_on}, recovery needs {shape.read} and {_more(left - shape.read)}. Unwritable for "
        f"{span(mine.unwritable_s)} a year and without a read quorum once in "
        f"{ages(mine.loss_years)}; {other}: {span(beside.unwritable_s)} and "
        f"{ages(beside.loss_years)}."
    )


def _more(spare: int) -> str:
    """Say how many copies recovery can still lose."""
    if spare > 0:
        return f"can lose {spare} more"
    return "can't lose one more" if spare == 0 else "is impossible"
