"""What happens: connections, each hashed to a target, and requests that come over them."""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import Bill, nlb_bill
from awsnb.mechanisms import queueing
from awsnb.mechanisms.queueing import Balancer, Sticky
from awsnb.sections._balancing.load import load_of
from awsnb.sections._balancing.simulate import (
    Opened,
    Outcome,
    registrations_of,
    targets_of,
    work_of,
    zones_of,
)
from awsnb.sections.nlb.flows import Flows, flows_of
from awsnb.sections.nlb.scenario import NlbScenario

Array = NDArray[np.float64]
Integers = NDArray[np.int64]

STICKY = Sticky(math.inf, while_draining=True)


def simulate(scenario: NlbScenario) -> Outcome:
    """Serve a load by targets behind a Network Load Balancer.

    Parameters
    ----------
    scenario : NlbScenario

    Returns
    -------
    Outcome
        What became of each request.
    """
    load = load_of(scenario)
    work_s = work_of(scenario, load.arrival_s.size)
    flows = flows_of(scenario, load.arrival_s)
    requests = _serve(scenario, load.arrival_s, work_s, flows)
    return Outcome(
        scenario,
        load,
        _bill(scenario),
        work_s,
        requests,
        requests,
        np.arange(work_s.size),
        opened=tuple(_opened(scenario, flows)),
    )


def _opened(scenario: NlbScenario, flows: Flows) -> Iterator[Opened]:
    """Say where connections are, at first and once those at target 1 were closed."""
    if scenario.connection_s < scenario.duration_s:
        return
    flow, zones = flows.at_start, zones_of(scenario, flows.at_start)

    def hashed(flow: Integers, at_s: float) -> NDArray[np.int16]:
        nothing = np.zeros(flow.size)
        return _balancer(scenario).serve(nothing + at_s, nothing, flow, zones).target

    target = hashed(flow, 0.0)
    yield Opened(0.0, np.bincount(target, minlength=scenario.targets))
    if scenario.reset_s < scenario.duration_s:
        closed = target == 0
        anew = hashed(np.where(closed, flows.known + flow, flow), scenario.reset_s)
        target = np.where(closed, anew, target)
        yield Opened(scenario.reset_s, np.bincount(target[target >= 0], minlength=scenario.targets))


def _serve(
    scenario: NlbScenario, arrival_s: Array, work_s: Array, flows: Flows
) -> queueing.Outcome:
    """Open connections, then serve; those at target 1 are closed at `reset_s` and made anew."""
    balancer, opened = _balancer(scenario), flows.at_start.size
    zones = zones_of(scenario, np.concatenate((flows.at_start, flows.of_request)))

    def serve(part: slice, flow: Integers) -> queueing.Outcome:
        zone = None if zones is None else zones[opened:][part]
        return balancer.serve(arrival_s[part], work_s[part], flow, zone)

    nothing, zone = np.zeros(opened), None if zones is None else zones[:opened]
    opening = balancer.serve(nothing, nothing, flows.at_start, zone)
    if scenario.reset_s >= scenario.duration_s:
        return serve(slice(None), flows.of_request)
    split = int(np.searchsorted(arrival_s, scenario.reset_s))
    before = serve(slice(None, split), flows.of_request[:split])
    now = _made_anew(flows, opening.target == 0, before.target == 0)
    parts = [before, serve(slice(split, None), now[flows.of_request[split:]])]
    return queueing.Outcome(*map(np.concatenate, zip(*parts, strict=True)))


def _made_anew(flows: Flows, opened: NDArray[np.bool_], served: NDArray[np.bool_]) -> Integers:
    """Number each connection again: those opened or served at the target that closes are new."""
    closed = np.zeros(flows.known, dtype=np.bool_)
    closed[flows.at_start[opened]] = True
    closed[flows.of_request[: served.size][served]] = True
    now = np.arange(flows.known)
    now[closed] += flows.known
    return now


def _balancer(scenario: NlbScenario) -> Balancer:
    return Balancer(
        targets_of(scenario),
        "flow hash",
        registrations_of(scenario),
        sticky=STICKY,
        zonal=not scenario.cross_zone,
        seed=scenario.seed,
    )


def _bill(scenario: NlbScenario) -> Bill:
    return nlb_bill(
        scenario.listener,
        scenario.connections,
        scenario.connection_s,
        scenario.requests_per_s,
        scenario.kb_per_request,
        crossing=1 - 1 / scenario.zones if scenario.cross_zone else 0.0,
        public_zones=scenario.public_zones,
    )
