"""How much traffic there is: as asked, or as a CloudWatch export says."""

from typing import NamedTuple

import numpy as np

from awsnb.scenario import ScenarioError
from awsnb.sections.elb.which_one.scenario import WhichOneScenario
from awsnb.trace import read_load
from awsnb.words import rate

REQUESTS, CONNECTIONS, BYTES = MEASURES = ("requests", "connections", "network bytes")


class Load(NamedTuple):
    """Requests in a second, their mean over a month, and where that number is from."""

    requests_per_s: float
    notes: tuple[str, ...] = ()


def load_of(scenario: WhichOneScenario) -> Load:
    """Return the load of a scenario.

    All that is billed grows with it, so a month costs what its mean does.

    Raises
    ------
    ScenarioError
        If the trace holds nothing.
    TraceError
        If the file can't be read, or is no traffic of a load balancer.
    """
    if not scenario.trace:
        return Load(scenario.requests_per_s)
    load = read_load(scenario.trace, MEASURES, metric=scenario.metric, said=scenario.trace_unit)
    mean = float(np.average(load.per_s, weights=load.trace.duration_s))
    if not mean:
        raise ScenarioError(f"trace = {scenario.trace}: holds no traffic.", field="trace")
    requests = mean * _requests_in(scenario)[load.measure]
    found = f"Load: {load.trace.describe()}, {rate(mean)} {load.measure}/s on average."
    return Load(requests, (found, *load.notes, *_assumed(scenario, load.measure)))


def _requests_in(scenario: WhichOneScenario) -> dict[str, float]:
    """How many requests there are in one of what a trace counts."""
    return {
        REQUESTS: 1.0,
        CONNECTIONS: scenario.requests_per_connection,
        BYTES: 1 / (1000 * scenario.kb_per_request),
    }


def _assumed(scenario: WhichOneScenario, measure: str) -> tuple[str, ...]:
    """Say which numbers the file does not hold."""
    ratios = {
        CONNECTIONS: f"{scenario.requests_per_connection:g} requests a connection",
        BYTES: f"{scenario.kb_per_request:g} kB a request",
    }
    others = [text for name, text in ratios.items() if measure in (REQUESTS, name)]
    others += [text for name, text in ratios.items() if text not in others]
    return (f"As asked, not in the file: {' and '.join(others)}.",)
