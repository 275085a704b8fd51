"""The run as a moving picture: instances come and go, and requests wait for them."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import groupby
from operator import itemgetter
from typing import Any

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.control_loop import COOLDOWN, COVERED, LIMIT, OUTVOTED, WARMING
from awsnb.results import Flow, Members, Place, Scene
from awsnb.sections.scaling_policies.scenario import CPU
from awsnb.sections.scaling_policies.simulate import COUNTS, FULL_PCT, HELD, Outcome
from awsnb.words import counted

Teller = Callable[[int], str]

LOAD, GROUP, SERVED = "Load", "Auto Scaling group", "Served"
HELD_BACK = {"queue": ("In the queue", "requests"), "drop": ("Turned away", "requests/s")}
ROOM = 36  # instances for which a place is drawn, if the group may have as many
MOST_WORDS = 60  # sentences of a scene; a run of more is told in less detail

IDLE, CALM, CATCHES_UP, KEEPS_UP, SHORT, BLIND = range(6)
LOADS = {
    IDLE: "No requests come.",
    CALM: "Every request is served at once.",
    CATCHES_UP: "The group serves more than comes: the queue shrinks.",
    KEEPS_UP: "The group serves as much as comes: the queue stays as long as it is.",
    SHORT: "More comes than the group can serve.",
    BLIND: "More comes than the group can serve, and a full CPU can't tell how much.",
}
"""What becomes of the requests of a period."""

IN_GENERAL = "The load keeps changing; where requests are held back, the ring says how many."

SCALE_OUT = {
    COOLDOWN: "The alarm is on; the cooldown has to end first.",
    LIMIT: "The alarm is on; the group is at its maximum.",
}
SCALE_IN = {
    WARMING: "It would shrink; the warm-up has to end first.",
    COOLDOWN: "It would shrink; the cooldown has to end first.",
    OUTVOTED: "One metric would let it shrink; another would not.",
}
"""What holds an alarm that is on back."""

COVERED_BY = {
    True: "The alarm is on; the warm-up has to end first.",
    False: "The alarm is on; as many as it asks for are there or coming.",
}
"""Why an alarm that is on adds nothing: by whether instances warm up."""


def scene(outcome: Outcome) -> Scene:
    """Show who serves, boots and leaves, what is served, and what is held back."""
    scaling, asked = outcome.scaling, outcome.rps
    served, lost = (sums / outcome.period_s for sums in (scaling.served, scaling.lost))
    drops = outcome.scenario.overload == "drop"
    name, unit = HELD_BACK[outcome.scenario.overload]
    full = max(1.0, float(asked.max()), float(served.max()))
    return Scene(
        alt=f"{outcome.scenario.text}: the load, the instances, what is served and what is held "
        "back",
        x="time",
        places=(
            Place(LOAD, 0, count=asked, note="requests/s"),
            _group(outcome),
            Place(SERVED, 2, count=served, note="requests/s", tone="good"),
            Place(name, 2, count=lost if drops else scaling.backlog, note=unit, tone="bad"),
        ),
        flows=(
            Flow(LOAD, GROUP, asked, full),
            Flow(GROUP, SERVED, served, full, "good"),
            Flow(GROUP, name, lost if drops else np.maximum(asked - served, 0.0), full, "bad"),
        ),
        events=tuple(_events(outcome)),
        words=tuple(_words(outcome)),
    )


def reaction(outcome: Outcome) -> tuple[tuple[Any, str], ...]:
    """Say when the breach that was answered began, when it was, and when new instances served."""
    if outcome.breach is None or outcome.answer is None:
        return ()
    breach = outcome.breach * outcome.period_s
    decided = float(outcome.scaling.decided_s[outcome.answer])
    moments = outcome.at([breach, decided, decided + outcome.scenario.boot_s])
    return tuple(zip(moments, ("breach", "decision", "they serve"), strict=True))


def _group(outcome: Outcome) -> Place:
    scaling, cpu_pct = outcome.scaling, outcome.cpu_pct
    present = int((scaling.desired + scaling.leaving).max())
    return Place(
        GROUP,
        1,
        capacity=100.0,
        unit="% CPU",
        members=(
            Members("serving", "ok", scaling.counting, cpu_pct),
            Members("serving, warming up", "wait", scaling.warming, cpu_pct),
            Members("booting", "wait", scaling.booting),
            Members("leaving", "out", scaling.leaving),
        ),
        room=max(present, min(outcome.scenario.most, ROOM)),
    )


def _events(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    """List the reaction, the end of its queue, and the first scale-in after it."""
    yield from reaction(outcome)
    if outcome.answer is None or outcome.breach is None:
        return
    scaling = outcome.scaling
    empty = _first(scaling.backlog < 1, _first(scaling.backlog >= 1, outcome.breach))
    if empty is not None:  # the backlog is that at a period's end
        yield outcome.at((empty + 1) * outcome.period_s), "queue empty"
    shrinks = _first(np.diff(scaling.desired, prepend=0) < 0, outcome.answer)
    if shrinks is not None:
        yield outcome.at(scaling.decided_s[shrinks]), "scales in"


def _first(where: NDArray[np.bool_], start: int | None) -> int | None:
    """Return the first period from `start` on for which it holds; None if there is none."""
    if start is None or not where[start:].any():
        return None
    return start + int(np.argmax(where[start:]))


def _words(outcome: Outcome) -> Iterator[tuple[Any, str]]:
    """Say what is to be seen: of requests, sizes and alarms, as far as few sentences do."""
    scaling, loads = outcome.scaling, _loads(outcome)
    told: list[tuple[Teller, list[NDArray[Any]]]] = [
        (lambda period: LOADS[int(loads[period])], [loads]),
        (partial(_size, outcome), [scaling.desired, scaling.booting]),
        (partial(_alarm, outcome), [scaling.counting, *scaling.reason, *scaling.breaching]),
    ]
    while told:
        changes = _changes(np.vstack([row for _, rows in told for row in rows]))
        if len(changes) <= MOST_WORDS:
            sentences = [_joined(tell(period) for tell, _ in told) for period in changes]
            yield from _without_repeats(zip(outcome.times[changes], sentences, strict=True))
            return
        told.pop()
    yield outcome.times[0], IN_GENERAL


def _joined(sentences: Iterable[str]) -> str:
    return " ".join(filter(None, sentences))


def _without_repeats(words: Iterable[tuple[Any, str]]) -> Iterator[tuple[Any, str]]:
    return (next(same) for _, same in groupby(words, key=itemgetter(1)))


def _changes(rows: NDArray[Any]) -> list[int]:
    """List the periods in which any row differs from the period before, the first included."""
    return [0, *(np.flatnonzero((np.diff(rows) != 0).any(axis=0)) + 1).tolist()]


def _loads(outcome: Outcome) -> NDArray[np.int64]:
    """Say of each period what becomes of its requests: `IDLE` to `BLIND`."""
    scaling = outcome.scaling
    growth = np.diff(scaling.backlog, prepend=0.0)
    waits = scaling.delayed + (scaling.backlog - growth) > 0
    short = (growth >= 1) | (scaling.lost > 0)
    blind = short & (outcome.cpu_pct >= FULL_PCT) & (CPU in outcome.scenario.watched)
    cases = {
        BLIND: blind,
        SHORT: short,
        CATCHES_UP: waits & (growth <= -1),
        KEEPS_UP: waits,
        CALM: outcome.rps > 0,
    }
    return np.select(list(cases.values()), list(cases), IDLE)


def _size(outcome: Outcome, period: int) -> str:
    """Say how the size changes; else how many boot."""
    scaling = outcome.scaling
    before = scaling.desired[period - 1] if period else scaling.group.initial
    after, booting = scaling.desired[period], int(scaling.booting[period])
    if after != before:
        return f"The desired capacity goes from {before} to {after}."
    if not booting:
        return ""
    return f"{counted(booting, 'instance')} {'boots' if booting == 1 else 'boot'}."


def _alarm(outcome: Outcome, period: int) -> str:
    """Say what holds an alarm back, or that it counts; the one that scales out before the other."""
    scaling = outcome.scaling
    for i, alarm in enumerate(scaling.alarms):
        if not alarm.above and scaling.desired[period] <= outcome.scenario.min_size:
            continue
        state, reason = outcome.alarm_states[i, period], int(scaling.reason[i, period])
        if state == HELD and reason == COVERED:
            return COVERED_BY[_warms(outcome, period)]
        if state == HELD:
            return (SCALE_OUT if alarm.above else SCALE_IN).get(reason, "")
        seen, before = (int(scaling.breaching[i, at]) for at in (period, max(period - 1, 0)))
        if state == COUNTS and seen >= before:
            way = "scale-out" if alarm.above else "scale-in"
            return f"The {way} alarm has {seen} of the {alarm.datapoints} datapoints it takes."
    return ""


def _warms(outcome: Outcome, period: int) -> bool:
    """Whether instances boot or warm up, where there is a warm-up to wait for."""
    unready = outcome.scaling.booting[period] + outcome.scaling.warming[period]
    return bool(outcome.scenario.warming_s and unready)
