"""The connections that others hold: as said, or the peak of a CloudWatch export."""

from dataclasses import dataclass

import numpy as np

from awsnb.sections.rds_proxy.storm.scenario import StormScenario
from awsnb.trace import TraceError, read_cloudwatch
from awsnb.trace.metrics import known

METRIC = "DatabaseConnections"
COUNTED = ("", "Maximum", "Average", "Minimum")


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
    trace = read_cloudwatch(scenario.trace, scenario.metric or None, usual=METRIC)
    if trace.metric and METRIC not in trace.metric:
        other = known(trace.metric, trace.namespace)
        raise _refusal(scenario, f"holds {trace.metric}", other.elsewhere if other else "")
    if trace.statistic not in COUNTED:
        raise _refusal(scenario, f"holds the {trace.statistic} of {METRIC}, which counts samples")
    if np.nanmin(trace.value) < 0:
        raise _refusal(scenario, "holds numbers below 0")
    peak = int(np.ceil(np.nanmax(trace.value)))
    if peak >= scenario.most_connections:
        raise TraceError(
            f"{scenario.trace}: its peak is {peak:,} connections, and {scenario.instance_class} "
            f"allows {scenario.most_connections:,}; set max_connections or a larger "
            "instance_class."
        )
    return Others(peak, (f"Held by others, the file's peak: {trace.describe()}.", *trace.repairs))


def _refusal(scenario: StormScenario, problem: str, elsewhere: str = "") -> TraceError:
    please = f"please export {METRIC} (Maximum)"
    return TraceError(f"{scenario.trace}: {problem}; {please}{elsewhere}.")
