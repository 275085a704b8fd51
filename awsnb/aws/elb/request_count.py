"""A CloudWatch export of RequestCount as a load: its busiest stretch, at request level."""

from typing import NamedTuple

import numpy as np

from awsnb.mechanisms.arrivals import Rate
from awsnb.scenario import ScenarioError
from awsnb.trace import Load

MOST_TIMES = 20  # what a peak may be of the fleet's capacity before it must be a mistake


class Stretch(NamedTuple):
    """The busiest stretch of a trace.

    Attributes
    ----------
    rate : Rate
        Requests per second from the stretch's beginning on.
    mean_per_s : float
        Mean over the whole trace, which the bill follows.
    begins_at : str
        When in the trace the stretch begins.
    """

    rate: Rate
    mean_per_s: float
    begins_at: str

    @property
    def per_s(self) -> float:
        """Mean over the stretch."""
        return float(self.rate.expected()[-1] / self.rate.edge_s[-1])


def busiest(load: Load, duration_s: float) -> Stretch:
    """Find the stretch of so many seconds that begins with a period and holds the most requests.

    Raises
    ------
    ScenarioError
        If the load holds no requests, or is too short.
    """
    trace, per_s = load.trace, load.per_s
    edge_s = np.concatenate(([0.0], np.cumsum(trace.duration_s)))
    count = np.concatenate(([0.0], np.cumsum(per_s * trace.duration_s)))
    if duration_s > edge_s[-1]:
        raise ScenarioError(
            f"trace = {trace.source}: holds {edge_s[-1]:,.0f} s, less than duration_s = "
            f"{duration_s:g} s.",
            field="trace",
        )
    if not count[-1]:
        raise ScenarioError(f"trace = {trace.source}: holds no requests.", field="trace")
    begin_s = edge_s[edge_s <= edge_s[-1] - duration_s]
    held = np.interp(begin_s + duration_s, edge_s, count) - count[: begin_s.size]
    first = int(held.argmax())
    inside = edge_s[(edge_s > begin_s[first]) & (edge_s < begin_s[first] + duration_s)]
    cut_s = np.concatenate((begin_s[first : first + 1], inside, [begin_s[first] + duration_s]))
    periods = slice(first, first + cut_s.size - 1)
    rate = Rate(cut_s - cut_s[0], per_s[periods])
    at = str(trace.times()[first].astype("datetime64[m]")).replace("T", " ")
    return Stretch(rate, float(count[-1] / edge_s[-1]), at)
