"""Which change alone would have held: the same nights, one knob turned at a time."""

from typing import Any

import numpy as np

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.cascade.scenario import PROXY, REQUESTS, SHALLOW, CascadeScenario
from awsnb.sections.cascade.simulate import Outcome, simulate
from awsnb.sections.cascade.why import share, shares
from awsnb.words import counted, usd

KNOBS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("gp3 of the same size", {"storage_type": "gp3"}),
    ("gp2 of 200 GiB", {"storage_type": "gp2", "size_gib": 200}),
    ("batch with 1 worker", {"batch_workers": 1}),
    ("TTL jitter 50 %", {"ttl_jitter_pct": 50.0}),
    ("TTL jitter 10 %", {"ttl_jitter_pct": 10.0}),
    ("queue limit 100", {"queue_limit": 100}),
    ("no retries", {"retries": 0}),
    ("retry budget 10 %", {"retry_budget_pct": 10.0}),
    ("circuit breaker", {"bulkhead": 10, "queue_limit": 20, "retry_budget_pct": 10.0}),
    ("bulkhead of 50", {"bulkhead": 50}),
    ("scaling on requests", {"scale_on": REQUESTS}),
    ("one load a key", {"coalesce": True}),
    ("jittered pause of 5 s", {"pause_s": 5.0, "full_jitter": True}),
    ("check beside the queue", {"health_check": SHALLOW}),
    ("RDS Proxy", {"connect": PROXY}),
    ("pool of 20", {"pool": 20}),
)
FEW = 3  # sets of phases: a comparison is as long as seventeen answers
LITTLE = 0.1  # of what failed, within which a change does nothing


def compare(scenario: CascadeScenario) -> Comparison:
    """Turn each knob alone, over the same few sets of health-check phases.

    Parameters
    ----------
    scenario : CascadeScenario
        The night as asked for.

    Returns
    -------
    Comparison
        The night as asked for first; `best` is the cheapest in which nothing fails.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate`.
    """
    sets = min(scenario.sets, FEW)
    changes = [("as asked", {}), *_turned(scenario)]
    asked = {label: scenario.replace(**change) for label, change in changes}
    options = tuple(
        _option(label, one, simulate(one.replace(sets=sets))) for label, one in asked.items()
    )
    best = cheapest(options)
    return Comparison(
        title=f"The same {_nights(sets, scenario.sets)}, one change at a time",
        why=_verdict(options, best),
        options=options,
        best=best,
    )


def _nights(few: int, sets: int) -> str:
    return counted(sets, "night") if few == sets else f"{few} of the {sets} nights"


def _turned(scenario: CascadeScenario) -> list[tuple[str, dict[str, Any]]]:
    """List the knobs that are not where they would be turned to."""
    now = scenario.model_dump()
    return [(label, change) for label, change in KNOBS if change.items() - now.items()]


def _option(label: str, scenario: CascadeScenario, outcome: Outcome) -> Option:
    failed, slow = outcome.failed_pct, outcome.slow_min
    cost = float(np.median(outcome.usd_month))
    return Option(
        label=label,
        scenario=scenario,
        holds=not outcome.fails,
        cost_usd_month=cost,
        numbers=(
            Number("failed_pct", "failed (median)", float(np.median(failed)),
                   share(float(np.median(failed)))),
            Number("failed_most_pct", "least to most", float(failed.max()),
                   shares(failed)),
            Number("slow_min", "minutes over 1 s", float(np.median(slow)),
                   f"{np.median(slow):.0f}"),
            Number("usd_month", "USD a month", cost, f"{cost:,.0f}"),
        ),
        remark=_remark(outcome),
    )  # fmt: skip


def _remark(outcome: Outcome) -> str:
    totals = outcome.shown.totals
    ends = (
        (totals.refused, "refused"),
        (totals.shed, "shed by full queues"),
        (totals.replaced, "instances replaced"),
    )
    return ", ".join(f"{count:,.0f} {word}" for count, word in ends if round(count) > 0)


def _verdict(options: tuple[Option, ...], best: Option | None) -> str:
    asked, *others = options
    holding = [one for one in others if one.holds]
    if asked.holds:
        return "Nothing fails as it is, so nothing needs to change."
    if best is None:
        return f"None of these changes alone keeps every request alive.{_nothing(asked, others)}"
    names = _listed([one.label for one in holding])
    said = f" The cheapest is {best.label}, at {usd(best.cost_usd_month or 0.0)} a month."
    return (
        f"Alone, {counted(len(holding), 'change')} of {len(others)} would have held: {names}."
        f"{said if len(holding) > 1 else ''}{_nothing(asked, others)}"
    )


def _nothing(asked: Option, others: list[Option]) -> str:
    """Say which changes leave as much failing as there is."""
    now = _failed(asked)
    same = [one.label for one in others if abs(_failed(one) - now) <= LITTLE * now]
    return f" By the median, these change next to nothing: {_listed(same)}." if same else ""


def _failed(option: Option) -> float:
    return next(float(one.value or 0.0) for one in option.numbers if one.name == "failed_pct")


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
