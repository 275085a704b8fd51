"""The loss of a zone as a moving picture: clients, addresses, targets, answers."""

from math import inf, isfinite
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
            Place(ZONE_A, 1, count=to_a, note="requests a second", states=_states(outcome, every)),
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
        events=_events(outcome, every),
        words=_words(outcome, every),
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


def _states(outcome: Outcome, every: int) -> tuple[tuple[float, Literal["ok", "bad"], str], ...]:
    start_min = float(outcome.at_s[0]) / 60
    if outcome.scenario.event != DARK:
        return ((start_min, "ok", ""),)
    gone_min, over_min = (_shown_min(outcome, every, at_s) for at_s in (0.0, outcome.times.over))
    return ((start_min, "ok", ""), (gone_min, "bad", "gone"), (over_min, "ok", ""))


def _shown_min(outcome: Outcome, every: int, at_s: float) -> float:
    """The first moment that is shown and not before another, min."""
    shown_s = outcome.at_s[::every]
    return float(shown_s[min(int(np.searchsorted(shown_s, at_s)), shown_s.size - 1)]) / 60


def _happened(outcome: Outcome) -> list[tuple[float, str, str]]:
    """When something changes, in a word or two, and in a sentence."""
    times, event = outcome.times, outcome.scenario.event
    found = isfinite(times.noticed)
    happened = [
        (0.0, "it fails", f"{event[0].upper()}{event[1:]}."),
        (times.shifted, "zonal shift", "A zonal shift moves traffic away from zone a."),
        (times.noticed, "found", "Health checks have found the dead targets."),
        (times.leaves_dns, "out of DNS",
         "DNS no longer gives zone a's address out; clients leave one by one."),
        (times.over, "it works again", "Zone a works again."),
        (times.healthy if found else inf, "healthy again",
         "Its targets have passed enough checks and are in use again."),
    ]  # fmt: skip
    return [one for one in happened if isfinite(one[0])]


def _events(outcome: Outcome, every: int) -> tuple[tuple[float, str], ...]:
    """Name what changes; what changes at the same moment, together."""
    names: dict[float, list[str]] = {}
    for at_s, name, _ in _happened(outcome):
        names.setdefault(_shown_min(outcome, every, at_s), []).append(name)
    return tuple((at_min, ", ".join(some)) for at_min, some in sorted(names.items()))


def _words(outcome: Outcome, every: int) -> tuple[tuple[float, str], ...]:
    """Say what is to be seen, from each moment on at which something changes."""
    start = "All zones work, and DNS gives each address to as many clients."
    said = {float(outcome.at_s[0]) / 60: [start]}
    for at_s, _, sentence in _happened(outcome):
        said.setdefault(_shown_min(outcome, every, at_s), []).append(sentence)
    return tuple((at_min, " ".join(some)) for at_min, some in sorted(said.items()))
