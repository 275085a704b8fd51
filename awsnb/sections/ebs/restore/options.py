"""The four ways of making the same volumes, side by side."""

from awsnb.results import Comparison, Number, Option
from awsnb.scenario import ScenarioError
from awsnb.sections.ebs.restore.scenario import CLONE, FAST, LAZY, RATE, RestoreScenario
from awsnb.sections.ebs.restore.simulate import simulate
from awsnb.sections.ebs.restore.tell import tell
from awsnb.words import span

LOAD = ("size_gib", "volumes", "read_iops", "written_pct", "volume_iops", "within_min",
        "default_rate_mibps", "first_read_ms")  # fmt: skip


def compare(scenario: RestoreScenario) -> Comparison:
    """Make the volumes in each way; the one asked for as asked, the others as AWS has them.

    Parameters
    ----------
    scenario : RestoreScenario
        The volumes, and by when they must be fast.

    Returns
    -------
    Comparison
        An option holds if all volumes are at full speed in time. There is no cheapest: of two of
        them AWS's fee is not among the facts.
    """
    options = tuple(_option(scenario, method) for method in (LAZY, RATE, FAST, CLONE))
    holding = [option.label for option in options if option.holds]
    within = span(60 * scenario.within_min, "no time")
    why = f"Within {within} every volume is fast by: {', '.join(holding)}."
    if not holding:
        why = f"In none of these ways is every volume fast within {within}."
    return Comparison("Four ways of making the volumes", why, options)


def _option(asked: RestoreScenario, method: str) -> Option:
    try:
        same = {name: getattr(asked, name) for name in LOAD}
        scenario = (
            asked if asked.method == method else RestoreScenario.of({**same, "method": method})
        )
    except ScenarioError as error:
        return Option(method, None, False, None, _nothing(), remark=str(error))
    outcome = simulate(scenario)
    numbers = {number.name: number for number in tell(outcome).numbers}
    wanted = ("full_speed_min", "first_latency_ms", "cost_usd")
    return Option(method, scenario, outcome.in_time, None, tuple(numbers[name] for name in wanted))


def _nothing() -> tuple[Number, ...]:
    labels = {
        "full_speed_min": "All at full speed after",
        "first_latency_ms": "Latency at first",
        "cost_usd": "Costs once",
    }
    return tuple(Number(name, label, None, "refused") for name, label in labels.items())
