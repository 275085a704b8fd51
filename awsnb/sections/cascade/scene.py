"""The night as a moving picture: instances, threads, cache, connections and the volume's bucket."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.results import Flow, Members, Place, Scene
from awsnb.sections.cascade.load import MINUTE_S
from awsnb.sections.cascade.simulate import Floats, Outcome
from awsnb.sections.cascade.why import broken

CLIENTS, BATCH, INSTANCES = "Clients", "Batch", "Instances"
THREADS, CACHE, CONNECTIONS = "Threads that wait", "Cache hits", "Connections"
ANSWERED, FAILED = "Answered", "Failed"
WORDS = {
    "volume": "The volume's credits are spent. The batch goes on with what it earns.",
    "instances' threads": "All threads wait for the database, and the CPU idles.",
    "database's connections": "The database refuses connections.",
    "health check": "The health check replaces instances that wait.",
}


def scene(outcome: Outcome) -> Scene:
    """Show where the requests of the shown night wait, and what they wait for."""
    sent, answered, failed, queries, ios, batch = (
        outcome.by_minute(column) / outcome.scenario.step_s
        for column in ("sent", "answered", "failed", "misses", "ios", "batch_ios")
    )
    full = float(max(sent.max(), 1.0))
    volume = _volume(outcome)
    most_ios = float(outcome.volume.burst)
    return Scene(
        alt="Clients, the instances with their threads, the cache, the connections to the database "
        "and its volume, through the night",
        x="time",
        places=(
            Place(CLIENTS, 0, count=sent, note="sent a second"),
            Place(BATCH, 0, count=batch, note="I/O a second"),
            _instances(outcome),
            Place(THREADS, 2, outcome.threads_pct, 100.0, "%"),
            Place(CACHE, 2, 100 * outcome.by_minute("hit_ratio"), 100.0, "%"),
            Place(CONNECTIONS, 2, np.round(outcome.by_minute("connections")),
                  float(outcome.scenario.most_connections), "open"),
            volume,
            Place(ANSWERED, 4, count=answered, note="requests/s", tone="good"),
            Place(FAILED, 4, count=failed, note="users/s", tone="bad"),
        ),
        flows=(
            Flow(CLIENTS, INSTANCES, sent, full),
            Flow(INSTANCES, CONNECTIONS, queries, full),
            Flow(CONNECTIONS, volume.name, ios - batch, most_ios),
            Flow(BATCH, volume.name, batch, most_ios),
            Flow(INSTANCES, ANSWERED, answered, full, "good"),
            Flow(INSTANCES, FAILED, failed, full, "bad"),
        ),
        events=tuple(_events(outcome)),
        words=tuple(_words(outcome)),
    )  # fmt: skip


def _instances(outcome: Outcome) -> Place:
    minutes = outcome.shown.minutes
    serving = np.asarray(minutes["counting"] + minutes["warming"], dtype=np.float64)
    booting = np.asarray(minutes["booting"], dtype=np.float64)
    members = (
        Members("in service", "ok", serving, outcome.threads_pct / 100),
        Members("booting", "wait", booting),
    )
    return Place(INSTANCES, 1, capacity=1.0, members=members, room=outcome.scenario.largest)


def _volume(outcome: Outcome) -> Place:
    volume = outcome.volume
    if volume.capacity:
        level: Floats = outcome.by_minute("credits")
        return Place("I/O credits", 3, level, volume.capacity, "left")
    rate = outcome.by_minute("ios") / outcome.scenario.step_s
    return Place("Volume in use", 3, rate, volume.baseline, "IOPS")


def _events(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    for link in broken(outcome):
        yield _seen(outcome, link.at_s), link.name


def _words(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    yield outcome.load.times()[0], "Most requests find their key in the cache."
    for link in broken(outcome):
        yield _seen(outcome, link.at_s), WORDS[link.name]


def _seen(outcome: Outcome, at_s: float) -> Any:
    """Return the first whole minute in which something shows."""
    times = outcome.load.times()
    return times[min(math.ceil(at_s / MINUTE_S), times.size - 1)]
