"""The numbers of copies side by side: the fewest with which the chance is accepted."""

from awsnb.results import Comparison, Number, Option
from awsnb.sections.instance_store.copies.scenario import CopiesScenario
from awsnb.sections.instance_store.copies.simulate import (
    loss,
    most_copies,
    sets,
    usable_gb,
    window_h,
)
from awsnb.sections.instance_store.copies.tell import copies_text, gigabytes, odds


def compare(scenario: CopiesScenario) -> Comparison:
    """Look at every number of copies on the scenario's fleet.

    Parameters
    ----------
    scenario : CopiesScenario
        The fleet; its own number of copies is one of the options.

    Returns
    -------
    Comparison
        One option a number of copies. It holds if its chance of a loss in a year is accepted.
    """
    numbers = range(1, most_copies(scenario) + 1)
    options = tuple(_option(scenario.replace(copies=copies)) for copies in numbers)
    best = next((option for option in options if option.holds), None)
    return Comparison(
        title=f"Copies, for a loss of at most {odds(scenario.accepted_pct / 100)} a year",
        why=_verdict(best),
        options=options,
        best=best,
    )


def _option(scenario: CopiesScenario) -> Option:
    chance = loss(scenario, window_h(scenario))
    usable = usable_gb(scenario)
    lost = usable / sets(scenario)
    return Option(
        label=copies_text(scenario.copies),
        scenario=scenario,
        holds=100 * chance <= scenario.accepted_pct,
        cost_usd_month=None,
        numbers=(
            Number("loss_pct", "lost within a year", 100 * chance, odds(chance)),
            Number("usable_gb", "data, counted once", usable, gigabytes(usable)),
            Number("lost_gb", "gone with one set", lost, gigabytes(lost)),
        ),
    )


def _verdict(best: Option | None) -> str:
    if best is None:
        return "No number of copies here is enough: keep a copy elsewhere, on EBS or in S3."
    chance, usable = best.numbers[0].text, best.numbers[1].text
    return (
        f"{best.label} {'is' if best.label == copies_text(1) else 'are'} the fewest that will "
        f"do: {chance} in a year, and the fleet holds {usable}."
    )
