"""The moving picture: functions wait, borrow connections, and answer or fail."""

from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Flow, Place, Scene
from awsnb.sections.rds_proxy.storm.scenario import PROXY
from awsnb.sections.rds_proxy.storm.simulate import Outcome

WAITING, ANSWERED, LOST = "Waiting", "Answered", "Failed"


def scene(outcome: Outcome) -> Scene:
    """Show where the functions are: waiting, in a connection, answered or failed."""
    one, run = outcome.scenario, outcome.run
    vessel = "Pool" if one.through == PROXY else "Database"
    answered, lost = outcome.answered_by, outcome.failed_by
    in_use = outcome.at(run.busy) + outcome.at(run.pinned)
    waiting, full_s = outcome.at(run.waiting), _full(outcome, in_use)
    rates = {
        name: _per_s(outcome, counts)
        for name, counts in (("in", answered + in_use), ("out", answered), ("lost", lost))
    }
    full = max(float(rates["in"].max()), 1e-9)
    return Scene(
        alt=f"{one.text}: functions wait for a connection, hold it, and answer or fail",
        x="second",
        places=(
            Place(WAITING, 0, waiting, float(max(waiting.max(), 1)), "functions"),
            Place(vessel, 1, in_use, float(outcome.limit), "taken",
                  states=tuple(_states(full_s))),
            Place(ANSWERED, 2, count=answered, note="functions", tone="good"),
            Place(LOST, 2, count=lost, note="functions", tone="bad"),
        ),
        flows=(
            Flow(WAITING, vessel, rates["in"], full),
            Flow(vessel, ANSWERED, rates["out"], full, "good"),
            Flow(WAITING, LOST, rates["lost"], full, "bad"),
        ),
        events=tuple(_events(outcome)),
        words=tuple(_words(outcome, full_s)),
    )  # fmt: skip


def _per_s(outcome: Outcome, counts: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return how many more there are a second, at least 0."""
    grown = np.maximum(np.diff(counts, prepend=0), 0)
    return grown / float(outcome.second[1])


def _full(outcome: Outcome, in_use: NDArray[np.int64]) -> list[float]:
    """Return when no connection is free for the first time, and when some are free for good."""
    is_full = np.flatnonzero(in_use >= outcome.limit)
    if not is_full.size:
        return []
    return outcome.second[[is_full[0], *range(is_full[-1] + 1, in_use.size)][:2]].tolist()


def _states(full_s: list[float]) -> Iterator[tuple[Any, Any, str]]:
    if full_s[:1] != [0.0]:
        yield 0.0, "ok", ""
    spells: tuple[tuple[Any, str], ...] = (("bad", "full"), ("ok", ""))
    for at, (tone, word) in zip(full_s, spells, strict=False):
        yield at, tone, word


def _events(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    for at in outcome.failed_s[:1].tolist():
        yield at, "first one failed"


def _words(outcome: Outcome, full_s: list[float]) -> Iterator[tuple[Any, str]]:
    one = outcome.scenario
    refused = "is refused, and tries again" if one.retries else "is refused"
    taken = "The connection is" if outcome.limit == 1 else f"All {outcome.limit:,} are"
    next_ones = "waits" if one.through == PROXY else refused
    spells = f"{taken} taken: who comes now {next_ones}.", "There are free connections again."
    if full_s[:1] != [0.0]:
        yield 0.0, "The functions wake, and each asks for a connection."
    yield from zip(full_s, spells, strict=False)
