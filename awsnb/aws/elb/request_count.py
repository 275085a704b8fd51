"""A CloudWatch export of RequestCount as a load: its busiest stretch, at request level."""

from typing import NamedTuple

import numpy as np

from awsnb.mechanisms.arrivals import Rate
from awsnb.scenario import ScenarioError
from awsnb.trace import Trace, read_cloudwatch

MOST_TIMES = 20  # what a peak may be of the fleet's capacity before it must be a mistake


class Stretch(NamedTuple):
    """The busiest stretch of a trace.

    Attributes
    ----------
    rate : Rate
        Requests per second from the stretch's beginning on.
    mean_per_s : float
        Mean over the whole trace, which the bill follows.
    source, begins_at : str
        What the trace is, and when in it the stretch begins.
    """

    rate: Rate
    mean_per_s: float
    source: str
    begins_at: str

    @property
    def per_s(self) -> float:
        """Mean over the stretch."""
        return float(self.rate.expected()[-1] / self.rate.edge_s[-1])


def busiest(path: str, duration_s: float) -> Stretch:
    """Find the stretch of so many seconds that begins with a period and holds the most requests.

    Raises
    ------
    ScenarioError
        If the trace is no count of requests, or too short.
    TraceError
        If the file can't be read.
    """
    trace = read_cloudwatch(path)
    _refuse_what_is_no_count(path, trace)
    value = np.nan_to_num(trace.value)
    edge_s = np.concatenate(([0.0], np.cumsum(trace.duration_s)))
    count = np.concatenate(([0.0], np.cumsum(value)))
    if duration_s > edge_s[-1]:
        raise ScenarioError(
            f"trace = {path}: holds {edge_s[-1]:,.0f} s, less than duration_s = {duration_s:g} s.",
            field="trace",
        )
    begin_s = edge_s[edge_s <= edge_s[-1] - duration_s]
    held = np.interp(begin_s + duration_s, edge_s, count) - count[: begin_s.size]
    first = int(held.argmax())
    inside = edge_s[(edge_s > begin_s[first]) & (edge_s < begin_s[first] + duration_s)]
    cut_s = np.concatenate((begin_s[first : first + 1], inside, [begin_s[first] + duration_s]))
    periods = slice(first, first + cut_s.size - 1)
    rate = Rate(cut_s - cut_s[0], value[periods] / trace.duration_s[periods])
    at = str(trace.times()[first].astype("datetime64[m]")).replace("T", " ")
    return Stretch(
        rate,
        float(count[-1] / edge_s[-1]),
        trace.describe(),
        at,
    )


def _refuse_what_is_no_count(path: str, trace: Trace) -> None:
    words = f"{trace.metric} {trace.unit}".lower()
    told = bool(trace.metric or trace.unit)
    if told and "request" not in words and trace.unit.lower() != "count":
        raise ScenarioError(
            f"trace = {path}: {' '.join(filter(None, (trace.metric, trace.unit)))} is no count of "
            "requests. Export RequestCount (Sum).",
            field="trace",
        )
    if trace.statistic and trace.statistic not in ("Sum", "SampleCount"):
        raise ScenarioError(
            f"trace = {path}: the {trace.statistic} of RequestCount says nothing of how many came. "
            "Export its Sum.",
            field="trace",
        )
    known = trace.value[~np.isnan(trace.value)]
    odd = known[(known < 0) | (known != np.round(known))]
    if odd.size:
        raise ScenarioError(
            f"trace = {path}: holds {odd[0]:g}, and requests are counted in whole numbers from 0. "
            "Export RequestCount (Sum).",
            field="trace",
        )
    if not known.sum():
        raise ScenarioError(f"trace = {path}: holds no requests.", field="trace")
