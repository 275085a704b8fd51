"""The loss of a zone as a moving picture: clients, addresses, targets, answers."""

from collections.abc import Iterator
from math import isfinite
from typing import Literal

import numpy as np

from awsnb.results import Flow, Members, Place, Scene
from awsnb.sections.elb.zone_lost.scenario import DARK
from awsnb.sections.elb.zone_lost.simulate import Outcome

CLIENTS, ZONE_A, OTHERS = "Clients", "Zone a's address", "Other addresses"
TARGETS, ANSWERED, FAILED = "Targets", "Answered", "Failed"


def scene(outcome: Outcome, every: int) -> Scene:
    """Show each `every`-th moment of the run."""
    asked = outcome.scenario.requests_per_s

    def drawn(rate: np.ndarray) -> np.ndarray:
        return rate[::every]

    to_a = drawn(asked * outcome.held)
    gone = drawn(outcome.at_address)
    failed = drawn(outcome.failed)
    served = asked - failed
    return Scene(
        alt=f"{outcome.scenario.text}: whom clients send to, and what becomes of their requests",
        x="at_min",
        places=(
            Place(CLIENTS, 0, count=np.full_like(to_a, asked), note="requests a second"),
            Place(ZONE_A, 1, count=to_a, note="requests a second", states=_states(outcome)),
            Place(OTHERS, 1, count=asked - to_a, note="requests a second"),
            _targets(outcome, every),
            Place(ANSWERED, 3, count=served, note="requests a second", tone="good"),
            Place(FAILED, 3, count=failed, note="requests a second", tone="bad"),
        ),
        flows=(
            Flow(CLIENTS, ZONE_A, to_a, asked),
            Flow(CLIENTS, OTHERS, asked - to_a, asked),
            Flow(ZONE_A, FAILED, gone, asked, "bad"),
            Flow(ZONE_A, TARGETS, to_a - gone, asked),
            Flow(OTHERS, TARGETS, asked - to_a, asked),
            Flow(TARGETS, ANSWERED, served, asked, "good"),
            Flow(TARGETS, FAILED, failed - gone, asked, "bad"),
        ),
        words=tuple((at_s / 60, words) for at_s, words in sorted(_words(outcome))),
    )


def _targets(outcome: Outcome, every: int) -> Place:
    total = outcome.scenario.zones * outcome.scenario.targets_per_zone
    used, dead = outcome.used[::every], outcome.dead[::every]
    return Place(
        TARGETS,
        2,
        members=(
            Members("in use", "ok", used - dead),
            Members("dead and in use", "bad", dead),
            Members("not in use", "out", total - used),
        ),
        room=total,
    )


def _states(outcome: Outcome) -> tuple[tuple[float, Literal["ok", "bad"], str], ...]:
    start_min, over_min = float(outcome.at_s[0]) / 60, outcome.times.over / 60
    if outcome.scenario.event != DARK:
        return ((start_min, "ok", ""),)
    if not isfinite(over_min):
        return ((start_min, "ok", ""), (0.0, "bad", "gone"))
    return ((start_min, "ok", ""), (0.0, "bad", "gone"), (over_min, "ok", ""))


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    """Say what happens, at each moment at which something changes."""
    times = outcome.times
    yield float(outcome.at_s[0]), "All zones work, and DNS gives each address to as many clients."
    said = [
        (0.0, f"{outcome.scenario.event[0].upper()}{outcome.scenario.event[1:]}."),
        (times.leaves_dns, "DNS no longer gives zone a's address out; clients leave one by one."),
        (times.noticed, "Health checks have found the dead targets."),
        (times.shifted, "A zonal shift moves traffic away from zone a."),
        (times.over, "Zone a works again."),
    ]
    for at_s, words in said:
        if isfinite(at_s):
            yield at_s, words
    if isfinite(times.noticed) and isfinite(times.healthy):
        yield times.healthy, "Its targets have passed enough checks and are in use again."
