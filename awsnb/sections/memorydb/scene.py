"""The moving picture: writes reach the copies, the failure takes some, the best one left counts."""

from typing import Literal

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.memorydb.copies import Floats, survivors
from awsnb.sections.memorydb.scenario import AOF, NODES, ZONE, ZONES
from awsnb.sections.memorydb.simulate import LOGGED, Run
from awsnb.words import milliseconds

CLIENTS, SAFE, LOST = "Acknowledged", "Still there", "Lost"
MOMENTS = 60

State = tuple[float, Literal["ok", "bad", "out", "wait", "off"], str]


def moments_s(run: Run) -> Floats:
    """Return the times of the picture, s after the failure; the failure is one of them."""
    length = 2 * max(5.0, float(run.copies.delay_ms.mean(axis=1).max())) / 1000
    before = np.linspace(-length, 0, 2 * MOMENTS // 3, endpoint=False)
    return np.concatenate([before, np.linspace(0, length / 2, MOMENTS // 3)])


def scene(run: Run) -> Scene:
    """Show the last writes before a failure, at average delays."""
    after, per_s = moments_s(run), run.taken_per_s
    written = np.minimum(after, 0.0) - after[0]
    acknowledged = per_s * np.maximum(written - run.copies.acknowledged_ms.mean() / 1000, 0.0)
    delays = run.copies.ordered_ms.mean(axis=1) / 1000
    held = np.rint(per_s * np.maximum(written - delays[:, None], 0.0))
    lost = _lost(run, after, acknowledged)
    left = np.where(after >= 0, acknowledged - lost, 0.0)
    dead = _dead(run)
    full = max(float(acknowledged.max()), float(held.max()), 1e-9)
    vessels = tuple(
        Place(name, 1, level * ~((after >= 0) & gone), full, "writes", states=_states(after, gone))
        for name, level, gone in zip(_names(run), held, dead, strict=True)
    )
    coming = np.where(after < 0, run.taken_per_s, 0.0)
    step = np.where((after >= 0) & (after < after[after >= 0][1]), run.taken_per_s, 0.0)
    return Scene(
        alt=f"{run.scenario.text}: writes that clients have seen acknowledged, the copies that "
        "hold them, and what the failure leaves",
        x="after_s",
        places=(
            Place(CLIENTS, 0, count=np.rint(acknowledged), note="writes in the picture"),
            *vessels,
            Place(SAFE, 2, count=np.rint(left), note="after the failure", tone="good"),
            Place(LOST, 2, count=np.rint(lost), note=_lost_note(run), tone="bad"),
        ),
        flows=(
            *(Flow(CLIENTS, place.name, coming, run.taken_per_s) for place in vessels),
            *(
                Flow(place.name, SAFE, step, run.taken_per_s, "good")
                for place, gone in zip(vessels, dead, strict=True)
                if not gone
            ),
        ),
        events=((0.0, "failure"),),
        words=(
            (float(after[0]), "Writes reach the copies, each with its own delay."),
            (0.0, _end(run)),
        ),
        at=0.0,
    )


def _names(run: Run) -> tuple[str, ...]:
    """Name the copies, the fastest first: which zone of a log that is changes with each write."""
    if run.design not in LOGGED:
        return run.copies.names
    return ("Log, fastest", "Log, second", "Log, slowest")


def _dead(run: Run) -> list[bool]:
    """Whether each copy is lost, or out of reach."""
    failure, copies = run.scenario.failure, run.copies
    if run.design in LOGGED:
        lost = {ZONE: 1, ZONES: 2}.get(failure, 0)
        return [place < lost for place in range(len(copies.names))]
    if survivors(copies, run.design, failure) is None:
        return [True] * len(copies.names)
    if run.design == AOF or failure not in (ZONE, ZONES):
        return [failure == NODES and run.design != AOF] * len(copies.names)
    zones = (0,) if failure == ZONE else (0, 1)
    return [int(zone) in zones for zone in copies.zone]


def _lost(run: Run, after: Floats, acknowledged: Floats) -> Floats:
    lost = float(acknowledged[-1]) if run.lost_writes is None else float(run.lost_writes)
    return np.where(after >= 0, lost, 0.0)


def _lost_note(run: Run) -> str:
    return "and all before them" if run.lost_writes is None else "on average"


def _states(after: Floats, gone: bool) -> tuple[State, ...]:
    start: State = (float(after[0]), "ok", "")
    return (start, (0.0, "bad", "lost")) if gone else (start,)


def _end(run: Run) -> str:
    window = run.window_ms(run.scenario.failure)
    if window is None:
        return "The failure: no copy is left."
    if not window.any():
        return "The failure: a copy that is left has every acknowledged write."
    behind = milliseconds(float(window.mean()))
    return f"The failure: the best copy that is left is {behind} behind what was acknowledged."
