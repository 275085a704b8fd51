"""How much comes to which zone's node: as asked, or as a CloudWatch export by zone says."""

import re
from datetime import datetime
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.scenario import ScenarioError
from awsnb.sections.cross_zone.scenario import CrossZoneScenario
from awsnb.trace import Load, Trace, common_time, load_of, read_every
from awsnb.words import counted, rate

REQUESTS, BYTES = MEASURES = ("requests", "network bytes")
ZONE = re.compile(r"\b(?:[a-z]{2}(?:-[a-z]+)+-\d[a-z]|[a-z]{3,4}\d-az\d)\b")


class Arriving(NamedTuple):
    """Requests in a second, what comes to each zone's node of them, and where that is from.

    Attributes
    ----------
    requests_per_s : float
    shares : ndarray of float, shape (zones,), or None
        By zone, in the order of their names; None where DNS spreads them.
    notes : tuple of str
    """

    requests_per_s: float
    shares: NDArray[np.float64] | None = None
    notes: tuple[str, ...] = ()


def arriving(scenario: CrossZoneScenario) -> Arriving:
    """Say what comes to each zone.

    Raises
    ------
    ScenarioError
        If the trace has no zones, others than the scenario, or no traffic.
    TraceError
        If the file can't be read, or is no load.
    """
    if not scenario.trace:
        return Arriving(scenario.requests_per_s)
    loads = _by_zone(scenario)
    begin, end = common_time([one.trace for one in loads.values()])
    means = np.array([_mean(one, begin, end) for one in loads.values()])
    if not means.sum():
        raise _refusal(f"{scenario.trace} holds no traffic")
    (measure,) = {one.measure for one in loads.values()}
    kb = scenario.kb_per_request
    total = float(means.sum()) / (1000 * kb if measure == BYTES else 1)
    first = next(iter(loads.values()))
    notes = (
        f"Load: {rate(float(means.sum()))} {measure}/s on average, from {begin:%Y-%m-%d %H:%M} to "
        f"{end:%Y-%m-%d %H:%M} UTC, of {first.trace.describe()}; zone A is {next(iter(loads))}.",
        *dict.fromkeys(note for one in loads.values() for note in one.notes),
        f"As asked, not in the file: {kb:g} kB a request.",
    )
    return Arriving(total, means / means.sum(), notes)


def _mean(load: Load, begin: datetime, end: datetime) -> float:
    moments_s = [(moment - load.trace.start).total_seconds() for moment in (begin, end)]
    came = load.until(np.array(moments_s))
    return float((came[1] - came[0]) / (end - begin).total_seconds())


def _by_zone(scenario: CrossZoneScenario) -> dict[str, Load]:
    """Read the series that name a zone, in the order of their names."""
    traces: dict[str, Trace] = {}
    for trace in read_every(scenario.trace):
        named = ZONE.findall(f"{trace.resource} {trace.metric}")
        if not named:
            continue
        if named[0] in traces:
            raise _refusal(f"{trace.source} holds {named[0]} twice; export one metric by zone")
        traces[named[0]] = trace
    enabled = len(scenario.zones)
    if len(traces) != enabled:
        what = counted(len(traces), "series that names a zone", "series that name a zone")
        raise _refusal(
            f"{scenario.trace} holds {what}, and {enabled} are enabled here; export RequestCount "
            "(Sum) or ProcessedBytes (Sum) by AvailabilityZone, and set targets_c for a third"
        )
    said = scenario.trace_unit
    loads = {zone: load_of(traces[zone], MEASURES, said) for zone in sorted(traces)}
    if len({load.measure for load in loads.values()}) > 1:
        raise _refusal(f"{scenario.trace} holds requests of one zone and bytes of another")
    return loads


def _refusal(why: str) -> ScenarioError:
    return ScenarioError(f"trace = {why}.", field="trace")
