"""The run as a moving picture: reads that find their item in memory, and the others."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.elasticache.memory import STEPS
from awsnb.sections.elasticache.scenario import SCAN
from awsnb.sections.elasticache.simulate import Outcome, database_per_s
from awsnb.words import span

APPLICATION, MEMORY, HITS, DATABASE = "Application", "Items in memory", "Hits", "Database"


def scene(outcome: Outcome) -> Scene:
    """Show what memory holds, what it answers, and what the database is asked."""
    asked = outcome.asked_per_s
    hits, queries = outcome.per_s(outcome.hits), outcome.queries
    full = float(max(asked.max(), queries.max(), 1.0))
    capacity = float(max(outcome.scenario.capacity, outcome.held.max()))
    return Scene(
        alt=f"{outcome.scenario.text}: requests, the items in memory, reads that hit, and queries "
        "to the database",
        x="minute",
        places=(
            Place(APPLICATION, 0, count=asked, note="requests a second"),
            Place(MEMORY, 1, outcome.held, capacity, "items", states=tuple(_states(outcome))),
            Place(HITS, 2, count=hits, note="reads a second", tone="good"),
            Place(DATABASE, 2, count=queries, note=_able(outcome), tone="bad"),
        ),
        flows=(
            Flow(APPLICATION, MEMORY, asked, full),
            Flow(MEMORY, HITS, hits, full, "good"),
            Flow(MEMORY, DATABASE, queries, full, "bad"),
        ),
        events=tuple(happened(outcome)),
        words=tuple(_words(outcome)),
    )


def happened(outcome: Outcome) -> Iterator[tuple[float, str]]:
    """Say what happened in which minute: a loss and its end, a scan, the expiry of a batch."""
    end = outcome.end_s / 60
    if outcome.kept.down_s < np.inf:
        yield outcome.kept.down_s / 60, "node lost"
        yield min(outcome.kept.up_s / 60, end), "back"
    if outcome.scenario.workload == SCAN:
        yield outcome.scan_min[0], "scan"
    if outcome.scenario.filled and outcome.expiry_s[0] < outcome.end_s:
        yield outcome.expiry_s[0] / 60, "the batch expires"


def _able(outcome: Outcome) -> str:
    able = database_per_s(outcome.scenario)
    return f"of {able:,.0f} a second" if able else "queries a second"


def _states(outcome: Outcome) -> Iterator[tuple[float, Any, str]]:
    kept = outcome.kept
    whole = outcome.scenario.shards == 1
    yield 0.0, "ok", ""
    if kept.down_s < np.inf:
        yield kept.down_s / 60, "out" if whole else "bad", "lost" if whole else "a shard lost"
        yield min(kept.up_s, outcome.end_s) / 60, "ok", ""


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    said = [(0.0, _first_word(outcome)), *_full(outcome), *map(_word, happened(outcome))]
    yield from sorted(said)


def _first_word(outcome: Outcome) -> str:
    if outcome.scenario.filled:
        return "A batch has stored every item."
    return "The cache is empty: what is asked for first is asked of the database."


def _full(outcome: Outcome) -> Iterator[tuple[float, str]]:
    """Say from when on memory is full, if it has not room for all."""
    scenario = outcome.scenario
    full = np.flatnonzero(outcome.held >= 0.99 * scenario.capacity)
    if full.size and full[0] and scenario.capacity < scenario.keys:
        at = (int(full[0]) + 1) * outcome.end_s / 60 / STEPS
        yield at, f"Memory is full: {scenario.evicts} decides what stays."


def _word(event: tuple[float, str]) -> tuple[float, str]:
    minute, what = event
    words = {
        "node lost": "The node is lost: its reads go to the database.",
        "back": "The node's items can be reached again, as far as there are copies.",
        "scan": "A scan reads every item once, the unpopular too.",
        "the batch expires": f"After {span(60 * minute)} the batch's items expire.",
    }
    return minute, words[what]
