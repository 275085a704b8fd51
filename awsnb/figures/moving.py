"""The moving picture: a scene as the page plays it, at a few hundred moments.

The legends beside it read the same samples. A long line is drawn as extremes of spans, of which
none is the value at a moment: so its values at the moments are sent too.
"""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from awsnb.figures.axes import Axis, unit_along, unit_in_name, word_before
from awsnb.figures.lines import Array, Line, is_thinned, lines_of
from awsnb.results import Flow, Members, Panel, Place, Result, Scene

MOST_MOMENTS = 400
MOST_VALUES = 3_000  # of all columns together: 6 kB


class Column(NamedTuple):
    """Values at the moments of a scene, and whether they are packed by their logarithm."""

    values: Array
    log: bool


class _Columns(NamedTuple):
    """Columns of a scene, each taken at the same moments, and sent once."""

    moments: Array
    taken: list[Column]
    known: dict[tuple[int, bool], tuple[int, Array]]  # with what has that identity, to keep it

    def add(self, values: Array | None, log: bool = False) -> int | None:
        """Add a column and return its number."""
        if values is None:
            return None
        key = id(values), log
        if key not in self.known:
            self.known[key] = len(self.taken), values
            self.taken.append(Column(np.asarray(values, float)[self.moments], log))
        return self.known[key][0]


def moving(
    result: Result, kept: Sequence[Result] = ()
) -> tuple[dict[str, Any] | None, list[Column]]:
    """Describe a result's scene for the page, all but its columns; and these.

    Parameters
    ----------
    result : Result
        The result.
    kept : sequence of Result, optional
        Those that are drawn too.

    Returns
    -------
    scene : dict or None
        Places, flows, events and words; columns by their number. Moments are counted as the axis
        of the plots counts them. ``curves`` are the long lines beside it: for each its slot
        among those that `curves` returns, and the columns of its moments and of its values there.
    columns : list of Column
        The columns.
    """
    scene = result.scene
    if scene is None:
        return None, []
    times = result.data[scene.x]
    axis = Axis.of([times], log=False, cells=False)
    places = axis.places(times)
    columns = _Columns(_moments(scene, axis, places), [], {})
    moments = columns.add(places)
    described = {
        "alt": scene.alt,
        "x": scene.x,
        "axis": {"key": scene.x, "type": axis.type, "low": axis.low, "high": axis.high}
        | _named(scene.x, [panel for panel in result.panels if panel.x == scene.x]),
        "moments": moments,
        "places": [_place(place, axis, columns) for place in scene.places],
        "flows": [_flow(flow, columns) for flow in scene.flows],
        "events": [[axis.at(at), text] for at, text in scene.events],
        "words": [[axis.at(at), text] for at, text in scene.words],
        "at": None if scene.at is None else axis.at(scene.at),
        "curves": [
            {"slot": slot, "moments": moments, "values": columns.add(values, line.panel.log)}
            for slot, line, values in _long_lines(result, kept, scene.x)
        ],
    }
    return described, columns.taken


def _named(column: str, panels: list[Panel]) -> dict[str, str]:
    """Say how a moment is told: by its unit, or by a word before it."""
    title = panels[0].x_title if panels else ""
    unit = unit_along(panels[0]) if panels else unit_in_name(column)
    return {"unit": unit, "word": word_before(column, title)}


def _moments(scene: Scene, axis: Axis, places: Array) -> Array:
    """Choose samples: equally far apart, and all at which something happens."""
    most = min(MOST_MOMENTS, MOST_VALUES // _count(scene))
    states = [state[0] for place in scene.places for state in place.states]
    changes = [axis.at(x) for x in [*states, *(event[0] for event in scene.events)]]
    at = np.searchsorted(places, changes)
    even = np.arange(0, len(places), -(-len(places) // most))
    return np.unique(np.concatenate([even, at[at < len(places)]]))


def _count(scene: Scene) -> int:
    """Count the columns that a scene has."""
    members = [one for place in scene.places for one in place.members]
    arrays = [*(place.count for place in scene.places), *(one.count for one in members)]
    arrays += [*(place.level for place in scene.places), *(one.level for one in members)]
    arrays += [flow.rate for flow in scene.flows]
    return len({id(array) for array in arrays if array is not None})


def _long_lines(
    result: Result, kept: Sequence[Result], x: str
) -> Iterator[tuple[int, Line, Array]]:
    """Yield the lines along x of which not all samples are drawn: slot, line and samples."""
    for slot, line in enumerate(lines_of(result, kept)):
        if line.panel.x == x and is_thinned(line):
            yield slot, line, _held(line, result.data[x]) if line.rank else line.y


def _held(line: Line, times: Array) -> Array:
    """Return a kept line's values at other times: of the sample that lies there, if one does."""
    at = np.searchsorted(line.x, times, side="right") - 1
    return np.where(at < 0, np.nan, line.y[at])


def _place(place: Place, axis: Axis, columns: _Columns) -> dict[str, Any]:
    return {
        "name": place.name,
        "column": place.column,
        "level": columns.add(place.level),
        "whole": place.level is not None and np.issubdtype(place.level.dtype, np.integer),
        "capacity": place.capacity,
        "unit": place.unit,
        "count": columns.add(place.count),
        "note": place.note,
        "tone": place.tone,
        "states": [[axis.at(at), tone, word] for at, tone, word in place.states],
        "members": [_members(one, columns) for one in place.members],
        "room": place.room,
    }


def _members(one: Members, columns: _Columns) -> dict[str, Any]:
    return {
        "word": one.word,
        "tone": one.tone,
        "count": columns.add(one.count),
        "level": columns.add(one.level),
    }


def _flow(flow: Flow, columns: _Columns) -> dict[str, Any]:
    return {
        "from": flow.source,
        "to": flow.target,
        "rate": columns.add(flow.rate),
        "full": flow.full,
        "tone": flow.tone,
        "label": flow.label,
        "back": flow.back,
    }
