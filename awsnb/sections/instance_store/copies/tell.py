"""What there is to say of copies: the chance of a loss, and what it depends on."""

import numpy as np

from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.instance_store.copies.scenario import GROUPS, SCATTERED
from awsnb.sections.instance_store.copies.simulate import GP3_LOSS, Outcome
from awsnb.words import counted, percent, span

RARE = 0.001
MANY = 1e12  # a rarer loss is drawn, and said, as this


def tell(outcome: Outcome) -> Result:
    """Say how likely it is that data is lost in a year.

    Returns
    -------
    Result
        `data` has, by ``copies``, of how many such fleets one loses data in a year: the inverse
        of the chance. By ``window_h``, how long a copy is missing, it has the same with the
        scenario's copies and with one more.
    """
    scenario = outcome.scenario
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "copies": np.array([copies_text(number) for number in outcome.copies.tolist()]),
            "one_of_fleets": _one_of(outcome.loss),
            "window_h": outcome.windows_h,
            "window_one_of_fleets": _one_of(outcome.window_loss),
            "window_more_one_of_fleets": _one_of(outcome.window_loss_more),
            "window_theory_one_of_fleets": _one_of(outcome.window_loss_theory),
        },
        panels=(_by_copies(outcome), _by_window(outcome)),
        notes=_notes(outcome),
    )


def odds(chance: float) -> str:
    """Say a chance: ``63 %``, ``1 in 2,100``, ``1 in 3.4 million``."""
    if not chance:
        return "never"
    if chance >= RARE:
        return percent(100 * chance) if chance < 0.995 else "over 99 %"
    one_in = 1 / chance
    if one_in > MANY:
        return "under 1 in 1,000 billion"
    for per, word in ((1e9, "billion"), (1e6, "million")):
        if one_in >= per:
            return f"1 in {one_in / per:,.3g} {word}"
    return f"1 in {float(f'{one_in:.2g}'):,.0f}"


def copies_text(copies: int) -> str:
    """Say a number of copies: ``1 copy``, ``3 copies``."""
    return counted(copies, "copy", "copies")


def gigabytes(size_gb: float) -> str:
    """Say a size: ``2,400 GB``, ``36 GB``, ``0.4 GB``."""
    return f"{size_gb:,.0f} GB" if size_gb >= 9.95 else f"{size_gb:.2g} GB"


def _one_of(chance: np.ndarray) -> np.ndarray:
    """Turn chances into the number of fleets of which one loses data."""
    return 1 / np.maximum(chance, 1 / MANY)


def _by_copies(outcome: Outcome) -> Panel:
    return Panel(
        "Of how many such fleets one loses data in a year",
        "fleets",
        (Curve("one_of_fleets", "one in", "first", compare=True),),
        kind="bars",
        x="copies",
        log=True,
        limits=(1.0, MANY),
        events=((copies_text(outcome.scenario.copies), "yours"),),
    )


def _by_window(outcome: Outcome) -> Panel:
    copies = outcome.scenario.copies
    more = min(copies + 1, int(outcome.copies[-1]))
    others = (Curve("window_more_one_of_fleets", copies_text(more), "second"),)
    return Panel(
        "The same, by how long a copy is missing",
        "fleets",
        (
            Curve("window_one_of_fleets", copies_text(copies), "first", compare=True),
            *(others if more > copies else ()),
            Curve("window_theory_one_of_fleets", "if losses were rare", "theory"),
        ),
        x="window_h",
        x_title="hours until the copy is there again",
        x_log=True,
        log=True,
        limits=(1.0, MANY),
        events=((outcome.window_h, span(3600 * outcome.window_h)),),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    mine, needed, gp3 = outcome.mine, outcome.needed, outcome.gp3_loss
    window_s, usable, lost = 3600 * outcome.window_h, outcome.usable_gb, outcome.lost_gb
    enough = copies_text(needed) if needed else "no number does"
    return (
        Number("loss_pct", "Data lost within a year", 100 * mine, odds(mine), headline=True),
        Number("needed_copies", "Copies needed", needed, enough, headline=True),
        Number("window_s", "A copy is missing for", window_s, span(window_s), headline=True),
        Number("usable_gb", "Data, counted once", usable, gigabytes(usable)),
        Number("lost_gb", "Gone with one set of copies", lost, gigabytes(lost)),
        Number("gp3_loss_pct", "As much on gp3: a volume lost", 100 * gp3, odds(gp3)),
    )


def _why(outcome: Outcome) -> str:
    if outcome.fleet_loss > outcome.mine / 2:
        return (
            "What hits all instances at once loses all copies at once: "
            f"{odds(outcome.fleet_loss)} in a year, with any number of copies. Only a copy "
            "elsewhere helps, on EBS or in S3."
        )
    return f"{_cause(outcome)} {_one_more(outcome)}"


def _cause(outcome: Outcome) -> str:
    copies, chance = outcome.scenario.copies, odds(outcome.mine)
    if copies == 1:
        return (
            f"With 1 copy the first instance that loses its store loses data: {chance} in a year."
        )
    which = "of a group" if outcome.scenario.placement == GROUPS else "of the fleet"
    return (
        f"The chance of losing data in a year is {chance}. It is lost if {copies} instances "
        f"{which} lose their store before the first copy is there again, "
        f"{span(3600 * outcome.window_h)} later."
    )


def _one_more(outcome: Outcome) -> str:
    copies = outcome.scenario.copies
    if copies == outcome.scenario.instances:
        return "There is no instance for one copy more."
    if copies == outcome.copies[-1]:
        return "More copies are not looked at here."
    better = odds(float(outcome.loss[copies]))
    return f"With {copies_text(copies + 1)} it is {better}."


def _notes(outcome: Outcome) -> tuple[str, ...]:
    scenario = outcome.scenario
    left = scenario.instances % scenario.copies if scenario.placement == GROUPS else 0
    spare = (f"{counted(left, 'instance')} left over: no full group, no data.",) if left else ()
    scattered = (
        (
            "Any instances of the fleet are taken to hold all copies of something: that is so when "
            "there are many more pieces than sets of instances.",
        )
        if scenario.placement == SCATTERED
        else ()
    )
    return (
        "How often instances lose their store is assumed: AWS publishes no rate. Count your own "
        "stops, replacements and retirements.",
        "gp3: as much data, there once, on volumes of which AWS states that up to "
        f"{percent(100 * GP3_LOSS)} are lost in a year.",
        "Instances lose their store independently, but for what hits all of them at once. Copies "
        "are made again at the same time, none waiting for another.",
        *spare,
        *scattered,
    )
