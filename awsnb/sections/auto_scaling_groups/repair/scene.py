"""The run as a moving picture: instances come and go, zone by zone."""

from collections.abc import Iterator
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.group import Activity, Instance
from awsnb.results import Flow, Members, Place, Scene
from awsnb.sections.auto_scaling_groups.repair.simulate import Outcome
from awsnb.words import are, counted

LAUNCHED, ENDED = "Launched", "Taken out"
MOST_WORDS = 60
VERBS = {True: "launched", False: "taken out"}


def zone_name(zone: int) -> str:
    """Name a zone: ``zone a``."""
    return f"zone {'abcdef'[zone]}"


def scene(outcome: Outcome) -> Scene:
    """Show who serves, starts and has failed in each zone, and how many came and went."""
    places = tuple(_zone(outcome, zone) for zone in range(outcome.scenario.zones))
    came, went = (_moves(outcome, launches) for launches in (True, False))
    return Scene(
        alt=f"{outcome.scenario.text}: instances launched, serving in each zone, and taken out",
        x="minute",
        places=(
            Place(LAUNCHED, 0, count=came.sum(axis=0).cumsum(), note="so far"),
            *places,
            Place(ENDED, 2, count=went.sum(axis=0).cumsum(), note="so far"),
        ),
        flows=(
            *(Flow(LAUNCHED, place.name, came[zone], 1.0) for zone, place in enumerate(places)),
            *(Flow(place.name, ENDED, went[zone], 1.0, "bad")
              for zone, place in enumerate(places)),
        ),
        events=tuple(_events(outcome)),
        words=tuple(_words(outcome)),
    )  # fmt: skip


def _zone(outcome: Outcome, zone: int) -> Place:
    here = [one for one in outcome.run.instances if one.zone == zone]
    times = outcome.samples_s
    pending = _count(here, times, "launched_s", "in_service_s")
    starting = _count(here, times, "in_service_s", "serving_s")
    serving = outcome.run.serving(times, zone)
    failed = outcome.run.paid(times, zone) - pending - starting - serving
    return Place(
        zone_name(zone),
        1,
        members=(
            Members("serving", "ok", serving),
            Members("in service, not healthy yet", "wait", starting),
            Members("pending", "off", pending),
            Members("failed", "bad", failed),
        ),
        room=int(outcome.run.paid(times, zone).max()),
    )


def _count(
    instances: list[Instance], times: NDArray[np.float64], begin: str, end: str
) -> NDArray[np.int64]:
    """Count the instances between two moments of their lives that have not stopped before."""
    count = np.zeros(times.size, np.int64)
    for one in instances:
        ends = min(getattr(one, end), one.stops_s)
        count += (getattr(one, begin) <= times) & (times < ends)
    return count


def _moves(outcome: Outcome, launches: bool) -> NDArray[np.float64]:
    """Count launches or terminations in each zone up to each sample, from the one before."""
    counts = np.zeros((outcome.scenario.zones, outcome.samples_s.size))
    for one in outcome.run.activities:
        if one.launches == launches:
            counts[one.zone, np.searchsorted(outcome.samples_s, one.at_s)] += 1
    return counts


def _events(outcome: Outcome) -> Iterator[tuple[float, str]]:
    yield outcome.event_s / 60, "it happens"
    if outcome.whole_s:
        yield (outcome.event_s + outcome.whole_s) / 60, "whole again"


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    whole = "All instances serve." if outcome.loss else "The group is created."
    yield 0.0, whole
    told = [
        (at, list(group)) for at, group in groupby(outcome.run.activities, lambda one: one.at_s)
    ]
    moments = [(at, _said(activities)) for at, activities in told[:MOST_WORDS] if at > 0]
    moments.append((outcome.event_s, f"{outcome.scenario.event.capitalize()}."))
    if outcome.whole_s:
        moments.append((outcome.event_s + outcome.whole_s, "All of the desired capacity serves."))
    if len(told) > MOST_WORDS:
        moments.append((told[MOST_WORDS][0], "It goes on like this."))
    yield from ((at / 60, said) for at, said in sorted(moments) if at > 0)


def _said(activities: list[Activity]) -> str:
    """Say what is launched and what taken out at one moment."""
    counts = {verb: [one for one in activities if one.launches == launches]
              for launches, verb in VERBS.items()}  # fmt: skip
    return " ".join(
        f"{counted(len(found), 'instance')} {are(len(found))} {verb}: "
        f"{', '.join(sorted({zone_name(one.zone) for one in found}))}."
        for verb, found in counts.items()
        if found
    )
