"""The designs side by side: what each survives, and how long it is away."""

from awsnb.results import Comparison, Number, Option
from awsnb.sections.aurora.availability.scenario import AvailabilityScenario
from awsnb.sections.aurora.availability.simulate import Quorum, quorums
from awsnb.sections.aurora.availability.tell import ages, yes
from awsnb.sections.aurora.designs import DESIGNS
from awsnb.words import span


def compare(scenario: AvailabilityScenario) -> Comparison:
    """Look at every design at the scenario's times.

    Parameters
    ----------
    scenario : AvailabilityScenario
        How often what fails; its own design is one of the options.

    Returns
    -------
    Comparison
        One option a design. It holds if writes go on without a zone and recovery is possible
        without a zone and one more copy: what Aurora's authors call AZ+1.
    """
    options = tuple(
        _option(name, scenario.replace(design=name), quorum)
        for name, quorum in quorums(scenario).items()
    )
    return Comparison(
        title="Four designs at one failure rate", why=_verdict(options), options=options
    )


def _option(name: str, scenario: AvailabilityScenario, quorum: Quorum) -> Option:
    write, read = quorum.survives_zone, quorum.survives_zone_plus_one
    away, kept = quorum.unwritable_s, quorum.loss_years
    return Option(
        label=f"{name} to write, {DESIGNS[name].read} to recover",
        scenario=scenario,
        holds=write and read,
        cost_usd_month=None,
        numbers=(
            Number("survives_zone", "a zone gone: writes", yes(write), yes(write)),
            Number(
                "survives_zone_plus_one", "a zone and a copy gone: recovers", yes(read), yes(read)
            ),
            Number("unwritable_s_year", "unwritable a year", away, span(away)),
            Number("read_quorum_years", "read quorum lost every", kept, ages(kept)),
        ),
    )


def _verdict(options: tuple[Option, ...]) -> str:
    holding = " and ".join(option.label for option in options if option.holds)
    which = f"{holding}: no other design" if holding else "No design"
    return f"{which} writes on without a zone and recovers without a zone and one more copy."
