"""The run as a moving picture: a bucket of credit that load drains and time refills."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.aws.ebs import Limit
from awsnb.results import Flow, Place, Scene
from awsnb.sections.ebs_volume_types.simulate import Outcome

APPLICATION, REFILL, SERVED = "Application", "Refill", "Served"
HELD = {
    "queue": ("In the queue", "more is asked for than passes: I/O waits"),
    "closed loop": ("Outstanding", "the application waits for its own I/O"),
    "drop": ("Given up", "more is asked for than passes: the rest is given up"),
}


def scene(outcome: Outcome) -> Scene:
    """Show where the load's I/O goes: what the bucket holds, what passes, what waits."""
    vessel = _vessel(outcome)
    held, _ = HELD[outcome.scenario.overload]
    asked = outcome.load.asked_iops
    seconds = outcome.load.trace.duration_s
    served = outcome.service.served / seconds
    short = np.maximum(asked - served, 0.0)
    waits = outcome.service.lost if held == "Given up" else outcome.service.waiting
    full = float(max(asked.max(), served.max(), 1.0))
    refill = np.full(len(asked), _limit(outcome)[1].bucket.baseline)
    credit = _limit(outcome)[1].has_credit
    note = "I/O a second" if held == "Given up" else "I/O, on average"
    return Scene(
        alt=f"{outcome.scenario.text}: the load, {vessel.name.lower()}, what is served and what "
        "is held back",
        x="time",
        places=(
            Place(APPLICATION, 0, count=asked, note="I/O a second asked"),
            *([Place(REFILL, 0, count=refill, note=f"{_limit(outcome)[1].unit} back")] * credit),
            vessel,
            Place(SERVED, 2, count=served, note="I/O a second", tone="good"),
            Place(held, 2, count=waits / seconds, note=note, tone="bad"),
        ),
        flows=(
            Flow(APPLICATION, vessel.name, asked, full),
            *([Flow(REFILL, vessel.name, refill, max(full, float(refill[0])))] * credit),
            Flow(vessel.name, SERVED, served, full, "good"),
            Flow(vessel.name, held, short, full, "bad"),
        ),
        events=tuple(_events(outcome)),
        words=tuple(_words(outcome)),
    )


def _limit(outcome: Outcome) -> tuple[int, Limit]:
    """Find the first bucket that holds credit; the first limit if none does."""
    limits = list(enumerate(outcome.limits))
    return next(((i, limit) for i, limit in limits if limit.has_credit), limits[0])


def _vessel(outcome: Outcome) -> Place:
    index, limit = _limit(outcome)
    start = outcome.load.trace.times()[0]
    spells = [
        state
        for begins, ends in _spells(outcome)
        for state in ((begins, "bad", "held back"), (ends, "ok", ""))
    ]
    states: Any = ((start, "ok", ""), *spells)
    if limit.has_credit:
        level, capacity = outcome.service.level[:, index], limit.bucket.capacity
        return Place(f"Credit: {limit.name}", 1, level, capacity, "left", states=states)
    rate = outcome.service.served / outcome.load.trace.duration_s * limit.bucket.cost
    name = f"In use: {limit.name}"
    return Place(name, 1, rate, limit.bucket.baseline, limit.unit, states=states)


def _spells(outcome: Outcome) -> Iterator[tuple[Any, Any]]:
    """Say when each unbroken run of throttled samples begins, and when it is over."""
    times = outcome.load.trace.times()
    for first, last in outcome.spells:
        yield times[first], times[min(last + 1, len(times) - 1)]


def _events(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    for begins, ends in _spells(outcome):
        yield begins, "held back"
        yield ends, "free again"


def _words(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    _, held = HELD[outcome.scenario.overload]
    yield outcome.load.trace.times()[0], "All that is asked for passes."
    for begins, ends in _spells(outcome):
        yield begins, f"{held[0].upper()}{held[1:]}."
        yield ends, "All that is asked for passes again."
