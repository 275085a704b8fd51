"""The same writers under each protection."""

from awsnb.results import Comparison, Number, Option
from awsnb.scenario import ScenarioError
from awsnb.sections.ebs_multi_attach.writers.scenario import (
    CLUSTER,
    LOCK,
    RESERVATIONS,
    UNPROTECTED,
    WritersScenario,
)
from awsnb.sections.ebs_multi_attach.writers.simulate import Outcome, simulate
from awsnb.sections.ebs_multi_attach.writers.tell import share_text


def compare(scenario: WritersScenario) -> Comparison:
    """Run every order of the same writers under each protection.

    Returns
    -------
    Comparison
        The least protection that does no harm is the best.
    """
    options = tuple(_option(scenario, name) for name in (UNPROTECTED, LOCK, RESERVATIONS, CLUSTER))
    best = next((option for option in options if option.holds), None)
    return Comparison("What stops it", _why(best), options, best)


def _option(scenario: WritersScenario, protection: str) -> Option:
    dead = scenario.presumed_dead and protection != UNPROTECTED
    try:
        asked = scenario.replace(protection=protection, presumed_dead=dead)
    except ScenarioError as refusal:
        return Option(protection, None, False, None, (), str(refusal))
    outcome = simulate(asked)
    return Option(protection, asked, outcome.harmless, 0.0, _numbers(outcome), _remark(outcome))


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    census = outcome.census
    lost, corrupt, refused = (
        outcome.share_pct(orders) for orders in (census.losing, census.corrupt, census.refused)
    )
    return (
        Number("orders", "orders", census.orders, f"{census.orders:,}"),
        Number("losing_pct", "lose an update", lost, share_text(lost)),
        Number("corrupt_pct", "corrupt the directory", corrupt, share_text(corrupt)),
        Number("refused_pct", "refuse an instance", refused, share_text(refused)),
    )


def _remark(outcome: Outcome) -> str:
    if outcome.census.refused:
        return "the late instance sees an error"
    return "" if outcome.harmless else "nobody sees an error"


def _why(best: Option | None) -> str:
    if best is None:
        return "None of them stops it."
    return f"The least that stops it is {best.label}."
