"""Targets and the sessions that are tied to them, as a moving picture."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.sticky_sessions.scenario import STORE, StickyScenario
from awsnb.sections.sticky_sessions.simulate import Outcome
from awsnb.words import percent

CLIENTS, LOST = "Clients", "State lost"
State = tuple[float, Literal["ok", "bad", "off"], str]
MOST_SHOWN = 12  # targets


def scene(outcome: Outcome) -> Scene | None:
    """Show what each target holds; None where there are too many targets for a picture."""
    scenario = outcome.scenario
    if scenario.in_service > MOST_SHOWN:
        return None
    names = [f"Target {k + 1}" for k in range(scenario.in_service)]
    top = float(outcome.held.max()) or 1.0
    places = [Place(CLIENTS, 0, count=outcome.live, note="live sessions")]
    places += [_target(outcome, at, name, top) for at, name in enumerate(names)]
    lost = outcome.lost_by_min
    if lost[-1]:
        places.append(Place(LOST, 2, count=lost.astype(float), note="times so far", tone="bad"))
    full = float(outcome.per_min.max()) or 1.0
    flows = [Flow(CLIENTS, name, outcome.per_min[at], full) for at, name in enumerate(names)]
    return Scene(
        alt=f"{scenario.text}: the sessions that each target holds, over time",
        x="time_min",
        places=tuple(places),
        flows=tuple(flows),
        events=tuple(events(scenario)),
        words=tuple(_words(outcome)),
    )


def events(scenario: StickyScenario) -> Iterator[tuple[float, str]]:
    """Say what happens when."""
    if scenario.added and scenario.added_at_min:
        yield scenario.added_at_min, "scale-out"
    if scenario.death_min is not None:
        yield scenario.death_min, "target 1 dies"
    if scenario.back_at_min is not None:
        yield scenario.back_at_min, "it is back"


def _target(outcome: Outcome, at: int, name: str, top: float) -> Place:
    return Place(name, 1, outcome.held[at], top, states=tuple(_states(outcome, at)))


def _states(outcome: Outcome, at: int) -> Iterator[State]:
    serves, dead = outcome.serves[at], at == 0 and outcome.scenario.death_min is not None
    changed = np.flatnonzero(np.append(True, serves[1:] != serves[:-1]))
    for k in changed:
        word = "holds" if serves[k] else "dead" if dead else "not yet"
        yield float(outcome.time_min[k]), "ok" if serves[k] else "bad" if dead else "off", word


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    scenario = outcome.scenario
    tied = "The store has all sessions" if scenario.stickiness == STORE else "Sessions are tied"
    yield 0.0, f"{tied}: the busiest target gets {_busiest(outcome, 0.0)} of a fair share."
    for at_min, what in events(scenario):
        busiest = _busiest(outcome, at_min)
        yield at_min, f"{what.capitalize()}: the busiest target gets {busiest} of a fair share."


def _busiest(outcome: Outcome, at_min: float) -> str:
    at = int(np.searchsorted(outcome.time_min, at_min))
    return percent(float(outcome.busiest_pct[min(at, outcome.time_min.size - 1)]))
