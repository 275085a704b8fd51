"""What else would do: other checks, enough grace, a hook, a warm pool, earlier replacement."""

from collections.abc import Iterator

from awsnb.aws.autoscaling.health import SPOT, TYPES
from awsnb.mechanisms.group import serving_after_s
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.auto_scaling_groups.repair.scenario import STOPPED, RepairScenario
from awsnb.sections.auto_scaling_groups.repair.simulate import plan_of, simulate
from awsnb.sections.auto_scaling_groups.repair.tell import tell

COLUMNS = ("whole_after_min", "lowest_serving", "launches", "cost_usd_month")


def compare(scenario: RepairScenario) -> Comparison:
    """Let the same happen to the group with other settings.

    Parameters
    ----------
    scenario : RepairScenario
        What happens, and the group as it is.

    Returns
    -------
    Comparison
        An option holds if the group is whole again before the run ends.
    """
    seen: dict[RepairScenario, str] = {}
    for label, other in _others(scenario):
        seen.setdefault(other, label)
    options = tuple(_option(label, other) for other, label in seen.items())
    best = cheapest(options)
    return Comparison(
        title=f"The same, with other settings: {scenario.text}",
        why=_why(options, best),
        options=options,
        best=best,
    )


def _others(scenario: RepairScenario) -> Iterator[tuple[str, RepairScenario]]:
    enough_s = min(7200, enough_grace_s(scenario))
    yield "as it is", scenario
    yield f"grace period of {enough_s} s", scenario.replace(grace_s=enough_s)
    yield "launch hook", scenario.replace(hook=True)
    if scenario.checks != TYPES[-1]:
        yield f"all checks, {enough_s} s", scenario.replace(checks=TYPES[-1], grace_s=enough_s)
    yield "warm pool, stopped", scenario.replace(warm_pool=STOPPED)
    if scenario.event == SPOT:
        yield "Capacity Rebalancing", scenario.replace(capacity_rebalance=True)


def enough_grace_s(scenario: RepairScenario) -> int:
    """Return the grace period that covers a cold boot and the checks after it, s."""
    return round(serving_after_s(scenario.boot_s, plan_of(scenario).checks))


def _option(label: str, scenario: RepairScenario) -> Option:
    outcome = simulate(scenario)
    numbers = {number.name: number for number in tell(outcome).numbers}
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.whole_s is not None,
        cost_usd_month=outcome.usd_month,
        numbers=tuple(numbers[name] for name in COLUMNS),
    )


def _why(options: tuple[Option, ...], best: Option | None) -> str:
    if best is None:
        return "With none of these settings is the group whole again before the run ends."
    fastest = min((one for one in options if one.holds), key=_whole_min)
    said = f"The cheapest that makes the group whole again is '{best.label}'"
    if _whole_min(fastest) == _whole_min(best):
        return f"{said}; none is sooner."
    whole = _shown(fastest)
    dearer = fastest.dearer_by(best)
    price = f" for {dearer} a month" if dearer else " at the same price"
    return f"{said}: after {_shown(best)}. '{fastest.label}' takes {whole}{price}."


def _whole_min(option: Option) -> float:
    value = option.numbers[0].value
    assert isinstance(value, int | float)
    return value


def _shown(option: Option) -> str:
    number: Number = option.numbers[0]
    return number.text
