"""Connections: which request comes over which, and when a client makes another."""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.random_streams import generator
from awsnb.sections.nlb.scenario import NlbScenario

Integers = NDArray[np.int64]


class Flows(NamedTuple):
    """Connections by number.

    Attributes
    ----------
    at_start : ndarray of int, shape (connections,)
        Those that are open when the run begins.
    of_request : ndarray of int, shape (n,)
        The one that each request comes over.
    """

    at_start: Integers
    of_request: Integers

    @property
    def known(self) -> int:
        """How many connections there ever are."""
        return int(max(self.at_start.max(), self.of_request.max(initial=0))) + 1


def flows_of(scenario: NlbScenario, arrival_s: NDArray[np.float64]) -> Flows:
    """Spread requests over connections.

    A client's next connection is another flow.
    """
    client = np.concatenate((np.arange(scenario.connections), _clients(scenario, arrival_s.size)))
    if scenario.connection_s < scenario.duration_s:
        at_s = np.concatenate((np.zeros(scenario.connections), arrival_s))
        phase = generator(scenario.seed, "phases").random(scenario.connections)
        made = (at_s / scenario.connection_s + phase[client]).astype(np.int64)
        client = np.unique(client + scenario.connections * made, return_inverse=True)[1]
    return Flows(client[: scenario.connections], client[scenario.connections :])


def _clients(scenario: NlbScenario, requests: int) -> Integers:
    """Client of each request: the first is heavier than the others."""
    draw = generator(scenario.seed, "flows").random(requests)
    heavy = scenario.heaviest_pct / 100
    even = np.maximum(draw - heavy, 0.0) / (1 - heavy)
    return np.minimum((even * scenario.connections).astype(np.int64), scenario.connections - 1)
