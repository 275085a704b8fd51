"""The events side by side: what survives each of them."""

from awsnb.aws.ec2.life_cycle import DATA, STORE
from awsnb.aws.instance_store import EVENTS
from awsnb.results import Comparison, Number, Option
from awsnb.sections.instance_store.survival.scenario import NOTHING, SurvivalScenario
from awsnb.sections.instance_store.survival.simulate import simulate
from awsnb.sections.instance_store.survival.tell import NAMES


def compare(scenario: SurvivalScenario) -> Comparison:
    """Let each event happen alone.

    Parameters
    ----------
    scenario : SurvivalScenario
        Which volumes go with the instance.

    Returns
    -------
    Comparison
        One option an event. It holds if the data on the instance store survives.
    """
    options = tuple(
        _option(scenario.replace(first=event, second=NOTHING, third=NOTHING)) for event in EVENTS
    )
    survived = " and a ".join(option.label for option in options if option.holds)
    return Comparison(
        title="What survives each event",
        why=f"Of {len(EVENTS)} events, the data on the instance store survives a {survived}.",
        options=options,
    )


def _option(scenario: SurvivalScenario) -> Option:
    outcome = simulate(scenario)
    kept = {thing: "no" if outcome.lost_by(thing) else "yes" for thing in DATA}
    return Option(
        label=scenario.first,
        scenario=scenario,
        holds=kept[STORE] == "yes",
        cost_usd_month=None,
        numbers=tuple(Number(thing, NAMES[thing], kept[thing], kept[thing]) for thing in DATA),
    )
