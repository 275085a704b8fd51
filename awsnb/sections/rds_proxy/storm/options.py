"""Other ways through the same storm: with or without a proxy, on other instances."""

from collections.abc import Iterator

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.rds_proxy.storm.load import others_of
from awsnb.sections.rds_proxy.storm.scenario import CLASSES, DIRECTLY, PROXY, StormScenario
from awsnb.sections.rds_proxy.storm.simulate import Outcome, storm
from awsnb.words import span, usd


def compare(scenario: StormScenario) -> Comparison:
    """Send the same functions other ways.

    Parameters
    ----------
    scenario : StormScenario

    Returns
    -------
    Comparison
        An option holds if every function is answered.

    Raises
    ------
    TraceError
        If the file of connections can't be read, or leaves none free.
    """
    others = others_of(scenario)
    options = [_option(label, storm(one, others)) for label, one in _alternatives(scenario)]
    best = cheapest(options)
    return Comparison(
        title="Ways through this storm",
        why=_verdict(best, options[0]),
        options=tuple(options),
        best=best,
    )


def _alternatives(scenario: StormScenario) -> Iterator[tuple[str, StormScenario]]:
    yield "as asked", scenario
    if scenario.through == PROXY:
        other = {"through": DIRECTLY, **_defaults("pinned_pct", "max_connections_pct")}
        direct = scenario.replace(**other, **_defaults("borrow_timeout_s"))
        yield "directly", direct
    else:
        direct = scenario
        yield "by a proxy, none pinned", scenario.replace(through=PROXY)
    larger = CLASSES[CLASSES.index(scenario.instance_class) + 1 :]
    for instance_class in larger:
        changes = {"instance_class": instance_class, "max_connections": None}
        yield f"directly, {instance_class}", direct.replace(**changes)


def _defaults(*names: str) -> dict[str, object]:
    return {name: StormScenario.model_fields[name].default for name in names}


def _option(label: str, outcome: Outcome) -> Option:
    cost = outcome.scenario.usd_month
    return Option(
        label=label,
        scenario=outcome.scenario,
        holds=not outcome.failed,
        cost_usd_month=cost,
        numbers=(
            Number("answered", "answered", outcome.answered, f"{outcome.answered:,}"),
            Number("limit", "connections", outcome.limit, f"{outcome.limit:,}"),
            Number("opened", "opened", outcome.opened, f"{outcome.opened:,}"),
            Number("over_s", "over after", outcome.over_s, span(outcome.over_s, "0 s")),
            Number("cost_usd_month", "USD a month", cost, usd(cost)),
        ),
    )


def _verdict(best: Option | None, asked: Option) -> str:
    if best is None:
        return "None of these answers every function: shorten transactions or unpin sessions."
    if best is asked:
        return "As asked is the cheapest of these that answers every function."
    price = best.dearer_by(asked)
    return (
        f"The cheapest that answers every function is '{best.label}', for "
        f"{f'{price} a month' if price else 'the same price'}."
    )
