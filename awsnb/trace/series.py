"""What every shape comes down to: series with names, and samples that are read once chosen."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, tzinfo

import numpy as np
from numpy.typing import NDArray

from awsnb.trace.cells import PLAIN, Style, number, shortened, shown, time
from awsnb.trace.label import Label
from awsnb.trace.metrics import known
from awsnb.trace.model import TraceError

LISTED = 10  # series that a refusal names

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Samples:
    """Times and values as they stand in the file.

    Attributes
    ----------
    seconds, value : float64 array
        Seconds since 1970 UTC; NaN where there is no datapoint.
    zones : frozenset
        Time zones that the times were told in; None for a time without one.
    place : callable
        Where in the file the i-th sample stands.
    """

    seconds: Floats
    value: Floats
    zones: frozenset[tzinfo | None]
    place: Callable[[int], str]


@dataclass(frozen=True)
class Series:
    """One series of a file; `names` are what it can be asked for by."""

    names: tuple[str, ...]
    label: Label
    samples: Callable[[], Samples]
    units: frozenset[str] = frozenset()
    notes: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        names = (shortened(" ".join(name.split())) for name in self.names)
        return " = ".join(dict.fromkeys(filter(None, names))) or "(no name)"

    def is_called(self, name: str) -> bool:
        """Say whether it can be asked for by that name."""
        label = self.label
        return fold(name) in map(fold, filter(None, (*self.names, label.metric, label.resource)))


def samples_of(
    times: Iterable[object],
    values: Iterable[object],
    time_place: Callable[[int], str],
    value_place: Callable[[int], str],
    style: Style = PLAIN,
) -> Samples:
    """Read cells one by one; a refusal names the place of the cell in the file."""
    told = [time(cell, time_place(i), style) for i, cell in enumerate(times)]
    value = [number(cell, value_place(i), style) for i, cell in enumerate(values)]
    seconds = np.array([second for second, _ in told], dtype=np.float64)
    zones = frozenset(zone for _, zone in told)
    return Samples(seconds, np.array(value, dtype=np.float64), zones, time_place)


def choose(
    series: Sequence[Series],
    name: str | None,
    both_halves: bool = False,
    usual: Sequence[str] = (),
) -> list[Series]:
    """The series of that name, or the only one; where no name is given, one of the `usual` metrics.

    With `both_halves`, also the reads and the writes of one resource, which make up one load;
    and ``"A + B"`` asks for two by their names. Of the `usual` metrics the file must hold one that
    is no half, or both halves.
    """
    if both_halves and name and " + " in name and not any(s.is_called(name) for s in series):
        return _counted_once([one for part in name.split(" + ") for one in choose(series, part)])
    named = [one for one in series if name is None or one.is_called(name)]
    found = usual_statistic(named)
    if len(found) == 1 or (both_halves and _are_halves(found)):
        return found
    held = usual_statistic(series)
    some = _whole([one for one in held if name is None and one.label.metric.casefold() in usual])
    if _are_halves(some) or (len(some) == 1 and not (both_halves and _is_half(some[0]))):
        return [replace(one, notes=(*one.notes, _picked(one, len(held)))) for one in some]
    problem = f"{'more than one' if found else 'no'} metric is named {shown(name or '')}"
    if name is None:
        several = ", or several as 'A + B'" if both_halves else ""
        problem = f"holds {len(held)} metrics, name one with metric= (--metric NAME){several}"
    raise TraceError(f"{problem}. The file holds: {_listing(held)}")


def fold(name: str) -> str:
    """The name as it is compared: case and spaces aside."""
    return " ".join(name.casefold().split())


def notes_on_zones(zones: Iterable[tzinfo | None]) -> list[str]:
    """What was done to times without a zone, and to those of another zone than UTC."""
    zones = set(zones)
    notes = []
    if None in zones:
        notes.append("times without a zone read as UTC")
    if zones - {None, UTC}:
        notes.append("times in another zone converted to UTC")
    return notes


def usual_statistic(series: Sequence[Series]) -> list[Series]:
    """Leave out the statistics of a known metric that say less than its usual one."""
    kept = [one for one in series if one.label.statistic == _best(one, series)]
    if len(kept) == len(series):
        return kept
    return [replace(one, notes=(*one.notes, _chosen(one.label.statistic))) for one in kept]


def _chosen(statistic: str) -> str:
    return f"of several statistics the {statistic} was read"


def _picked(one: Series, held: int) -> str:
    return f"of {held} metrics {one.label.metric} was read"


def _best(one: Series, series: Sequence[Series]) -> str:
    metric = known(one.label.metric, one.label.namespace)
    same = [
        other.label.statistic
        for other in series
        if (other.label.metric, other.label.resource) == (one.label.metric, one.label.resource)
    ]
    return metric.statistic if metric and metric.statistic in same else one.label.statistic


def _are_halves(series: list[Series]) -> bool:
    """Say whether these are a load's reads and writes, of one resource and statistic."""
    metrics = [known(one.label.metric, one.label.namespace) for one in series]
    names = [one.label.metric for one in series]
    return (
        len(series) == 2
        and all(metric and metric.kind in ("total", "rate") for metric in metrics)
        and names[0] != names[1]
        and _half(names[0]) == _half(names[1])
        and len({one.label._replace(metric="") for one in series}) == 1
    )


def _counted_once(chosen: list[Series]) -> list[Series]:
    """Refuse a sum that would count something twice."""
    named = [str(one) for one in chosen]
    parts = [one for one in chosen if _is_part(one)]
    wholes = [one for one in chosen if one not in parts]
    again = [one for one in parts if any(_is_part_of(one, whole) for whole in wholes)]
    if again or len(set(named)) < len(named):
        raise TraceError(
            f"the sum of {' + '.join(named)} counts "
            f"{again[0] if again else max(named, key=named.count)} twice: name each once, a whole "
            "or its parts"
        )
    return chosen


def _is_part_of(part: Series, whole: Series) -> bool:
    metrics = [known(one.label.metric, one.label.namespace) for one in (part, whole)]
    same = len({one and (one.kind, one.measure) for one in metrics}) == 1
    return same and part.label.resource == whole.label.resource


def _whole(series: list[Series]) -> list[Series]:
    """Of the metrics of one resource, the one that is no part of the load, where only one is."""
    whole = [one for one in series if not _is_part(one)]
    return whole if len(whole) == 1 and len({one.label.resource for one in series}) == 1 else series


def _is_part(one: Series) -> bool:
    metric = known(one.label.metric, one.label.namespace)
    return _is_half(one) or bool(metric and metric.counts_alone)


def _is_half(one: Series) -> bool:
    """Say whether there should be another one, of the writes or of the reads."""
    return any(half in one.label.metric for half in ("Read", "Write", "Get", "Set"))


def _half(name: str) -> str:
    return name.replace("Read", "Write").replace("Get", "Set")


def _listing(series: Sequence[Series]) -> str:
    names = list(map(str, series))
    more = f"; and {len(names) - LISTED:,} more" if len(names) > LISTED else ""
    return "; ".join(names[:LISTED]) + more
