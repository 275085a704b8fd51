"""The moving picture: I/O passes storage and instance, and the one that gives least holds it back.

A limit with credit is drawn by the credit that is left, one without by how much of it is in use.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.aws.ebs import Limit
from awsnb.results import Flow, Place, Scene
from awsnb.sections.rds.speed.simulate import Outcome

DATABASE, SERVED, WAITS = "Database", "Served", "Waits"
IN_USE = {
    "storage's IOPS": "Storage IOPS used",
    "storage's throughput": "Storage bytes used",
    "instance's IOPS": "Instance IOPS used",
    "instance's throughput": "Instance bytes used",
}
CREDIT = {
    "storage's IOPS": "Storage I/O credit",
    "instance's IOPS": "Instance I/O credit",
    "instance's throughput": "Instance byte credit",
}


def scene(outcome: Outcome) -> Scene:
    """Show how much of each limit is used or left, what passes and what waits."""
    seconds = outcome.load.trace.duration_s
    asked, served = outcome.asked_iops, outcome.service.served / seconds
    full = float(max(asked.max(), served.max(), 1.0))
    limits = tuple(_vessel(outcome, index) for index in range(len(outcome.limits)))
    return Scene(
        alt=f"{outcome.scenario.text}: what the database asks for, the limits of storage and "
        "instance, what is served and what waits",
        x="time",
        places=(
            Place(DATABASE, 0, count=asked, note="I/O a second asked"),
            *limits,
            Place(SERVED, 2, count=served, note="I/O a second", tone="good"),
            Place(WAITS, 2, count=outcome.service.backlog, note="I/O", tone="bad"),
        ),
        flows=(
            *(Flow(DATABASE, limit.name, asked, full) for limit in limits),
            *(Flow(limit.name, SERVED, served, full, "good") for limit in limits),
        ),
        events=tuple(_events(outcome)),
        words=tuple(_words(outcome)),
    )


def _vessel(outcome: Outcome, index: int) -> Place:
    limit, name = outcome.limits[index], _name(outcome.limits[index])
    states = tuple(_states(outcome, index))
    if limit.has_credit:
        level = 100 * outcome.service.level[:, index] / limit.bucket.capacity
        return Place(name, 1, level, 100.0, "%", states=states)
    return Place(name, 1, _in_use_pct(outcome, limit), 100.0, "%", states=states)


def _name(limit: Limit) -> str:
    """Name a limit by what is drawn of it."""
    return (CREDIT if limit.has_credit else IN_USE)[limit.name]


def _in_use_pct(outcome: Outcome, limit: Limit) -> np.ndarray:
    served = outcome.service.served / outcome.load.trace.duration_s
    return np.minimum(100 * served * limit.bucket.cost / limit.bucket.baseline, 100.0)


def _states(outcome: Outcome, index: int) -> Iterator[tuple[Any, Any, str]]:
    """Say from when on this limit holds I/O back, and from when on not."""
    times = outcome.load.trace.times()
    held = outcome.service.limiter % len(outcome.limits) == index
    held &= outcome.service.throttled_s > 0
    yield times[0], *(("bad", "binds") if held[0] else ("ok", ""))
    for place in np.flatnonzero(held[1:] != held[:-1]) + 1:
        yield times[place], *(("bad", "binds") if held[place] else ("ok", ""))


def _spells(outcome: Outcome) -> Iterator[tuple[Any, Any]]:
    """Say when I/O begins to wait, and when it no longer does."""
    times, waits = outcome.load.trace.times(), outcome.service.throttled_s > 0
    edges = np.flatnonzero(np.diff(waits, prepend=False, append=False))
    for first, last in zip(edges[::2], edges[1::2], strict=True):
        yield times[first], times[min(last, times.size - 1)]


def _events(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    for begins, ends in _spells(outcome):
        yield begins, "I/O waits"
        yield ends, ""


def _words(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    yield outcome.load.trace.times()[0], "I/O passes both: storage and instance."
    owner = outcome.binding[0].name.partition("'")[0] if outcome.throttled_s else ""
    for begins, ends in _spells(outcome):
        yield begins, f"I/O waits. For the longest it is the {owner} that binds."
        yield ends, "All that is asked for passes again."
