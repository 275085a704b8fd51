"""What other rhythms and rules would store, as far back."""

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.ebs.chain.scenario import ChainScenario
from awsnb.sections.ebs.chain.simulate import Outcome, simulate
from awsnb.sections.ebs.chain.tell import gib
from awsnb.words import counted, usd

RHYTHMS = (1, 7, 30)


def compare(scenario: ChainScenario) -> Comparison:
    """Compare rhythms of snapshots, each with all in the standard tier or the old ones archived.

    Parameters
    ----------
    scenario : ChainScenario
        What is asked for; the others are of the same volume, as long and with the same rule.

    Returns
    -------
    Comparison
        What is asked for first. An option holds if it reaches as far back, to a day's change of
        the rhythm.

    Raises
    ------
    ScenarioError
        As `simulate`.
    """
    asked = simulate(scenario)
    rhythms = [] if scenario.blocks else [every for every in RHYTHMS if every <= scenario.days]
    plain = [simulate(scenario.replace(every_days=e, delete="", archive="")) for e in rhythms]
    old = [simulate(one.scenario.replace(archive=_all_but_the_last(one))) for one in plain]
    options = [_option("as asked", asked, asked)]
    options += [_option(one.scenario.rhythm, one, asked) for one in plain]
    options += [_option(f"{one.scenario.rhythm}, older archived", one, asked) for one in old]
    best = cheapest(options)
    return Comparison(
        title="What other rhythms would store and cost",
        why=_verdict(options[0], best),
        options=tuple(options),
        best=best,
    )


def _all_but_the_last(outcome: Outcome) -> str:
    return ",".join(map(str, outcome.taken_on[outcome.standard][:-1]))


def _reach_days(outcome: Outcome) -> int:
    """Return how old the oldest restore point is, archived ones included; -1 if there is none."""
    restorable = outcome.taken_on[outcome.standard | outcome.archived]
    return outcome.last_day - int(restorable[0]) if restorable.size else -1


def _option(label: str, outcome: Outcome, asked: Outcome) -> Option:
    points = int(outcome.standard.sum() + outcome.archived.sum())
    reach, needed = _reach_days(outcome), _reach_days(asked)
    cost, every = outcome.usd_month, outcome.scenario.every_days
    return Option(
        label=label,
        scenario=outcome.scenario,
        holds=reach >= needed - outcome.scenario.every_days + 1,
        cost_usd_month=cost,
        numbers=(
            Number("usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("restore_points", "restore points", points, f"{points:,}"),
            Number("reach_days", "oldest", max(reach, 0), counted(max(reach, 0), "day")),
            Number("every_days", "a snapshot every", every, counted(every, "day")),
            Number("stored_gib", "standard tier", outcome.stored_now_gib,
                   gib(outcome.stored_now_gib)),
        ),
    )  # fmt: skip


def _verdict(asked: Option, best: Option | None) -> str:
    if best is None or not best.dearer_by(asked):
        return "None of these reaches as far back for less."
    every = next(number.text for number in best.numbers if number.name == "every_days")
    return (
        f"Cheapest that reaches as far back: {best.label}, at {usd(best.cost_usd_month or 0.0)} a "
        f"month, {best.dearer_by(asked)} than as asked. Its newest snapshot may be "
        f"{every} old."
    )
