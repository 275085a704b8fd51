"""What else would do: launching first, more at a time, an alarm, tests at a checkpoint, baking."""

from collections.abc import Iterator

from awsnb.results import Comparison, Option
from awsnb.sections.instance_refresh.scenario import GOOD, RefreshScenario
from awsnb.sections.instance_refresh.simulate import simulate
from awsnb.sections.instance_refresh.tell import numbers
from awsnb.words import span

COLUMNS = ("ended_after_min", "lowest_serving", "failed", "delayed", "most_instances")


def compare(scenario: RefreshScenario) -> Comparison:
    """Roll the same version out with other settings.

    Returns
    -------
    Comparison
        An option holds if it comes to an end, and no request fails or waits in a backlog. With the
        best the fewest requests fail; of equals the fewest are delayed, and then it is the soonest.
    """
    seen: dict[RefreshScenario, str] = {}
    for label, other in _others(scenario):
        seen.setdefault(other, label)
    options = tuple(_option(label, other) for other, label in seen.items())
    best = min(options, key=_loss)
    return Comparison(
        title=f"The same, with other settings: {scenario.text}",
        why=_why(best, options[0]),
        options=options,
        best=best if best.holds else None,
    )


def _others(scenario: RefreshScenario) -> Iterator[tuple[str, RefreshScenario]]:
    yield "as it is", scenario
    for low, high in ((90, 100), (70, 100), (100, 110), (100, 200)):
        yield f"{low} to {high} %", scenario.replace(min_healthy_pct=low, max_healthy_pct=high)
    if scenario.version == GOOD:
        return
    alarm = scenario.replace(alarm_pct=scenario.alarm_pct or 5.0, auto_rollback=True)
    yield "alarm, auto rollback", alarm
    yield "a more sensitive alarm", alarm.replace(alarm_pct=1.0, alarm_points=1)
    yield "that, 1 h of baking", alarm.replace(alarm_pct=1.0, alarm_points=1, bake_min=60)
    yield "tests at 10 %", scenario.replace(checkpoints="10, 100", verify_min=10, delay_min=60)


def _option(label: str, scenario: RefreshScenario) -> Option:
    outcome = simulate(scenario)
    found = {number.name: number for number in numbers(outcome)}
    whole = outcome.ended_s is not None
    return Option(
        label=label,
        scenario=scenario,
        holds=whole and not round(outcome.failed) and not outcome.longest_wait_s,
        cost_usd_month=None,
        numbers=tuple(found[name] for name in COLUMNS),
        remark=outcome.status,
    )


def _loss(option: Option) -> tuple[bool, int, int, float]:
    ended_min, _, failed, delayed, _ = (number.value for number in option.numbers)
    assert isinstance(failed, int) and isinstance(delayed, int)
    ended = ended_min if isinstance(ended_min, int | float) else 0.0
    return ended_min is None, failed, delayed, ended


def _why(best: Option, now: Option) -> str:
    ended_min, _, failed, delayed, _ = (number.value for number in best.numbers)
    if not isinstance(ended_min, int | float):
        return "With none of these settings does it come to an end."
    assert isinstance(failed, int) and isinstance(delayed, int)
    name = "the settings as they are" if best is now else f"'{best.label}'"
    lost = ", ".join(
        f"{f'{count:,}' if count else 'none'} {what}"
        for count, what in ((failed, "failed"), (delayed, "delayed"))
    )
    took = span(60 * ended_min, "no time")
    return f"The fewest requests fail with {name}: {lost}, ended after {took}."
