"""The connections that others hold: as said, or the peak of a CloudWatch export."""

from dataclasses import dataclass

import numpy as np

from awsnb.sections.rds_proxy.storm.scenario import StormScenario
from awsnb.trace import TraceError, read_level

METRIC = "DatabaseConnections"


@dataclass(frozen=True)
class Others:
    """Connections that other clients hold, and what was taken to be so."""

    connections: int
    notes: tuple[str, ...] = ()


def others_of(scenario: StormScenario) -> Others:
    """Read how many connections others hold.

    Raises
    ------
    TraceError
        If the file can't be read, is of another metric, or leaves no connection free.
    """
    if not scenario.trace:
        return Others(scenario.others)
    trace = read_level(scenario.trace, METRIC, scenario.metric)
    peak = int(np.ceil(np.nanmax(trace.value)))
    if peak >= scenario.most_connections:
        raise TraceError(
            f"{scenario.trace}: its peak is {peak:,} connections, and {scenario.instance_class} "
            f"allows {scenario.most_connections:,}; set max_connections or a larger "
            "instance_class."
        )
    held = trace.value[np.isfinite(trace.value)]
    end = ("The file ends at its peak: more may come.",) if held[-1] == held.max() > held[0] else ()
    return Others(peak, (f"Held by others, the file's peak: {trace.describe()}.", *end))
