"""The sequence as a moving picture: records on their way to six segments, and what they report."""

from collections.abc import Callable, Iterator
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.replicated_log import SegmentView, Step
from awsnb.results import Flow, Place, Scene
from awsnb.sections.aurora.log_protocol.sequences import SEGMENTS
from awsnb.sections.aurora.log_protocol.simulate import Outcome

WRITER, DURABLE, CLIENT, LOST = "Writer", "Volume", "Client", "Lost"
MANY = 2  # records on their way to one segment

Array = NDArray[np.float64]
State = tuple[Literal["ok", "bad", "out", "wait"], str]


def scene(outcome: Outcome) -> Scene:
    """Show the sequence: a picture a step, whatever step was asked for, which it begins at."""
    sent = outcome.at_each(lambda step: max([0, *_lsns(step)]))
    vdl = outcome.at_each(lambda step: step.vdl)
    acknowledged = outcome.at_each(lambda step: len(step.acknowledged))
    lost = np.array([float(len(outcome.lost_at(at))) for at in range(outcome.last + 1)])
    return Scene(
        alt=f"{outcome.scenario.sequence}: records on their way from the writer to six segments, "
        "how far each is complete, how far the volume is durable, and the commits acknowledged",
        x="step",
        places=(
            Place(WRITER, 0, count=np.maximum.accumulate(sent), note="last LSN sent"),
            *(_segment(outcome, name) for name in SEGMENTS),
            Place(DURABLE, 2, count=vdl, note="VDL: durable up to", tone="good"),
            Place(CLIENT, 3, count=acknowledged, note="acknowledged", tone="good"),
            Place(LOST, 3, count=lost, note="of them", tone="bad"),
        ),
        flows=(
            *(Flow(WRITER, _title(name), _flight(outcome, name), MANY) for name in SEGMENTS),
            *(Flow(_title(name), DURABLE, _reports(outcome, name), 1, "good") for name in SEGMENTS),
            Flow(DURABLE, CLIENT, _rises(acknowledged), 1, "good"),
            Flow(DURABLE, LOST, _rises(lost), 1, "bad"),
        ),
        events=tuple(_events(outcome)),
        words=tuple((at, step.what) for at, step in enumerate(outcome.history)),
        at=outcome.at,
    )


def _title(name: str) -> str:
    return f"{name} complete to"


def _lsns(step: Step) -> Iterator[int]:
    """List the records that a segment has or that are on their way to one."""
    yield from (lsn for _, lsn in step.flight)
    yield from (lsn for view in step.segments.values() for lsn in view.lsns)


def _segment(outcome: Outcome, name: str) -> Place:
    level = outcome.at_each(lambda step: step.segments[name].scl)
    states = [_state(step.segments[name]) for step in outcome.history]
    return Place(
        _title(name),
        1,
        level,
        float(outcome.most),
        states=tuple((at, *state) for at, state in _changes(states)),
    )


def _state(view: SegmentView) -> State:
    if view.destroyed:
        return "bad", "destroyed"
    if not view.up:
        return "out", "down"
    return ("wait", "has a gap") if any(lsn > view.scl for lsn in view.lsns) else ("ok", "")


def _changes(values: list[Any]) -> Iterator[tuple[int, Any]]:
    """Yield the first of equal values in a row, and its place."""
    for at, value in enumerate(values):
        if at == 0 or value != values[at - 1]:
            yield at, value


def _flight(outcome: Outcome, name: str) -> Array:
    return outcome.at_each(lambda step: sum(where == name for where, _ in step.flight))


def _reports(outcome: Outcome, name: str) -> Array:
    return _rises(outcome.at_each(lambda step: step.segments[name].scl))


def _rises(values: Array) -> Array:
    """Say at which steps a value has just grown."""
    return (np.diff(values, prepend=values[0]) > 0).astype(float)


TURNS: dict[str, Callable[[Step, Step], bool]] = {
    "acknowledged": lambda before, now: len(now.acknowledged) > len(before.acknowledged),
    "crash": lambda before, now: (before.writer, now.writer) == ("open", "crashed"),
    "new writer": lambda before, now: now.epoch > before.epoch,
    "segment out": lambda before, now: _out(now) > _out(before),
    "segment back": lambda before, now: _out(now) < _out(before),
}


def _out(step: Step) -> int:
    return sum(not view.up or view.destroyed for view in step.segments.values())


def _events(outcome: Outcome) -> Iterator[tuple[int, str]]:
    """Name the turns of the sequence; the steps between them are events without a name."""
    history = outcome.history
    for at in range(1, len(history)):
        turns = (name for name, is_it in TURNS.items() if is_it(history[at - 1], history[at]))
        yield at, next(turns, "")
