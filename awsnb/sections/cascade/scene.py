"""The night as a moving picture: instances, threads, cache, connections and the volume's bucket."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from awsnb.results import Flow, Members, Place, Scene
from awsnb.sections.cascade.load import HOURS, MINUTE_S
from awsnb.sections.cascade.simulate import Floats, Outcome
from awsnb.sections.cascade.site import PUBLISHES_S
from awsnb.sections.cascade.why import SLOW_S, broken, serves_in_vain, warm_from_s, whole_from_s

CLIENTS, BATCH, INSTANCES = "Clients", "Batch", "Instances"
THREADS, CACHE, CONNECTIONS = "Threads that wait", "Cache hits", "Connections"
ANSWERED, FAILED = "Answered", "Failed"


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
                  float(outcome.scenario.most_connections), outcome.scenario.connections_are),
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


def _events(outcome: Outcome) -> list[tuple[Any, str]]:
    named = [(link.at_s, link.name) for link in broken(outcome)]
    turns = [(at_s, "") for at_s, _ in _turns(outcome)]
    return [(_seen(outcome, at_s), name) for at_s, name in sorted([*named, *turns])]


def _words(outcome: Outcome) -> list[tuple[Any, str]]:
    """Say what is to be seen from when on; what shows in one minute is said together."""
    beside = ", and a batch reads and writes beside it" * bool(outcome.scenario.batch_workers)
    begin = 0.0, f"The database answers what the cache lacks{beside}."
    links = [(link.at_s, link.seen) for link in broken(outcome)]
    said: dict[Any, str] = {}
    for at_s, words in sorted([begin, *links, *_turns(outcome)]):
        at = _seen(outcome, at_s)
        said[at] = f"{said[at]} {words}" if at in said else words
    return list(said.items())


def _turns(outcome: Outcome) -> Iterator[tuple[float, str]]:
    """List what turns the night though no link breaks: keys written, keys expired, how it ends."""
    one = outcome.scenario
    if one.batch_workers:
        yield PUBLISHES_S, "The batch writes every key anew: the cache lacks nothing."
        expire_s = PUBLISHES_S + 60 * one.ttl_min * (1 - one.ttl_jitter_pct / 100)
        if expire_s < HOURS * 3600:
            yield expire_s, _expired(one.ttl_jitter_pct)
    warm_s, whole_s = warm_from_s(outcome), whole_from_s(outcome)
    if one.batch_workers and warm_s is not None and warm_s < (whole_s or math.inf):
        yield _warm(outcome, warm_s)
    if whole_s is not None:
        yield whole_s, f"p99 is below {SLOW_S:g} s again."


def _warm(outcome: Outcome, warm_s: float) -> tuple[float, str]:
    again = "Most requests find their key again"
    if not serves_in_vain(outcome):
        return warm_s, f"{again}."
    last_s = max(link.at_s for link in broken(outcome))
    return max(warm_s, last_s + MINUTE_S), f"{again}. The site serves clients who have left."


def _expired(jitter_pct: float) -> str:
    if jitter_pct:
        return "The first of these keys expire, and are loaded again."
    return "All these keys expire together."


def _seen(outcome: Outcome, at_s: float) -> Any:
    """Return the first whole minute in which something shows."""
    times = outcome.load.times()
    return times[min(math.ceil(at_s / MINUTE_S), times.size - 1)]
