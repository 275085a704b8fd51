"""Nearer, further, over a chain; or another way to promote the same replica."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.read_replicas.promotion.scenario import (
    OTHER,
    PLANNED,
    SAME,
    TOO_SOON,
    PromotionScenario,
)
from awsnb.sections.read_replicas.promotion.simulate import Outcome, simulate
from awsnb.sections.read_replicas.promotion.tell import bill, gone, lost, stop
from awsnb.words import span

PLACES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("in the same Region", {"place": SAME, "levels": 1}),
    ("in another Region", {"place": OTHER, "levels": 1}),
    ("in another Region, over two levels", {"place": OTHER, "levels": 2}),
)


def compare(scenario: PromotionScenario) -> Comparison:
    """Place the replica elsewhere; or, where nothing fails, promote it in both ways.

    Parameters
    ----------
    scenario : PromotionScenario

    Returns
    -------
    Comparison
        An option holds if the loss, 99 times of 100, and the stop at the worst moment are accepted.
        The best is the cheapest that holds.
    """
    options = tuple(_option(name, simulate(one)) for name, one in _alternatives(scenario))
    best = cheapest(options)
    return Comparison(
        "Other ways, over a network that carries as much", _verdict(options[0], best), options, best
    )


def _alternatives(scenario: PromotionScenario) -> Iterator[tuple[str, PromotionScenario]]:
    yield "as asked", scenario
    others: list[tuple[str, dict[str, Any]]]
    if scenario.happens in (PLANNED, TOO_SOON):
        others = [(happens, {"happens": happens}) for happens in (PLANNED, TOO_SOON)]
    else:
        others = [(name, {**values, "way_ms": None}) for name, values in PLACES]
    for name, values in others:
        one = scenario.replace(**values)
        if one != scenario:
            yield name, one


def _option(name: str, outcome: Outcome) -> Option:
    left = outcome.is_left
    bounded = left and outcome.keeps_up
    lost_s = float(np.quantile(outcome.lost_s, 0.99))
    return Option(
        label=name,
        scenario=outcome.scenario,
        holds=outcome.holds,
        cost_usd_month=outcome.usd_month,
        numbers=(
            Number("lost_writes_p99", "writes lost", lost(outcome.lost_writes, 0.99) if left
                   else None, gone(outcome)),
            Number("lost_s", "the last", lost_s if left else None,
                   span(lost_s, "0 s") if left else "everything"),
            Number("stop_min", "nobody writes for", outcome.down_min if bounded else None,
                   stop(outcome)),
            Number("cost_usd_month", "a month", outcome.usd_month, bill(outcome)),
        ),
    )  # fmt: skip


def _verdict(asked: Option, best: Option | None) -> str:
    if best is None:
        return "None of these stays within the loss and the stop that are accepted."
    if best is asked:
        return "What was asked for holds, and nothing here that holds is cheaper."
    dearer = best.dearer_by(asked)
    price = f", for {dearer} a month" if dearer else ", for the same price"
    priced = best.cost_usd_month is not None
    return f"The cheapest that holds is '{best.label}'{price if priced else ''}."
