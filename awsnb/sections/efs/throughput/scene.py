"""The run as a moving picture: credit that the load spends and the size earns."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.efs.throughput.simulate import Outcome

CLIENTS, CREDIT, EARNED, SERVED, WAITS = "Clients", "Credit", "Earned by size", "Served", "Waits"


def scene(outcome: Outcome) -> Scene | None:
    """Show the credit of a file system that has some; None for one that has none."""
    if outcome.credit is None or outcome.credit_gib is None:
        return None
    asked = outcome.load.asked_mibps
    served = outcome.service.served / outcome.load.trace.duration_s
    earned = np.full(len(asked), outcome.credit.bucket.baseline)
    full = float(max(asked.max(), served.max(), earned[0]))
    capacity = outcome.credit.bucket.capacity / 1024
    waiting = outcome.service.backlog / 1024
    return Scene(
        alt=f"{outcome.scenario.system.text}: the load, the credit, what is served and what waits",
        x="time",
        places=(
            Place(CLIENTS, 0, count=asked, note="MiB a second asked"),
            Place(EARNED, 0, count=earned, note="MiB a second of credit"),
            Place(CREDIT, 1, outcome.credit_gib, capacity, "GiB", states=tuple(_states(outcome))),
            Place(SERVED, 2, count=served, note="MiB a second", tone="good"),
            Place(WAITS, 2, count=waiting, note="GiB", tone="bad"),
        ),
        flows=(
            Flow(CLIENTS, CREDIT, asked, full),
            Flow(EARNED, CREDIT, earned, full),
            Flow(CREDIT, SERVED, served, full, "good"),
            Flow(CREDIT, WAITS, np.maximum(asked - served, 0.0), full, "bad"),
        ),
        words=tuple((at, word) for at, word in _words(outcome)),
    )


def _changes(outcome: Outcome) -> Iterator[tuple[Any, bool]]:
    """Say when data begins to wait, and when it is over."""
    throttled = np.concatenate(([False], outcome.service.throttled_s > 0))
    times = outcome.load.trace.times()
    for i in np.flatnonzero(throttled[1:] != throttled[:-1]):
        yield times[i], bool(throttled[i + 1])


def _states(outcome: Outcome) -> Iterator[Any]:
    yield outcome.load.trace.times()[0], "ok", ""
    for at, waits in _changes(outcome):
        yield at, "bad" if waits else "ok", "held back" if waits else ""


def _words(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    yield outcome.load.trace.times()[0], "All that is asked for passes."
    for at, waits in _changes(outcome):
        yield at, "Data waits." if waits else "All that is asked for passes again."
