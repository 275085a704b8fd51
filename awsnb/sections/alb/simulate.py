"""What happens: requests, each sent to a target by the algorithm, and again by its client."""

import math

import numpy as np

from awsnb.aws.elb import ELB, alb_bill
from awsnb.mechanisms.queueing import Balancer, Clients, serve
from awsnb.sections._balancing.simulate import (
    Outcome,
    registrations_of,
    targets_of,
    work_of,
    zones_of,
)
from awsnb.sections.alb.load import demand
from awsnb.sections.alb.scenario import AlbScenario

RULE_OF = {
    "round_robin": "round robin",
    "least_outstanding_requests": "least outstanding",
    "weighted_random": "random",
}


def simulate(scenario: AlbScenario) -> Outcome:
    """Serve a load by targets behind an Application Load Balancer.

    Parameters
    ----------
    scenario : AlbScenario

    Returns
    -------
    Outcome
        What became of each request, and of each time it was sent.

    Raises
    ------
    ScenarioError, TraceError
        If the trace can't be read, or can't be a load of requests.
    """
    load = demand(scenario)
    arrival_s = load.arrival_s
    work_s = work_of(scenario, arrival_s.size)
    zones = zones_of(scenario, np.arange(arrival_s.size))
    clients = _clients(scenario)
    served = serve(_balancer(scenario), arrival_s, work_s, clients, zones)
    bill = alb_bill(
        load.mean_per_s,
        scenario.kb_per_request,
        scenario.requests_per_connection,
        scenario.connection_s,
        scenario.rules,
        scenario.public_zones,
    )
    return Outcome(scenario, load, bill, work_s, *served, clients.patience_s)


def _balancer(scenario: AlbScenario) -> Balancer:
    return Balancer(
        targets_of(scenario),
        RULE_OF[scenario.algorithm],
        registrations_of(scenario, scenario.slow_start_s or 0.0),
        zonal=not scenario.cross_zone,
        seed=scenario.seed,
    )


def _clients(scenario: AlbScenario) -> Clients:
    patience_s = math.inf if scenario.patience_s is None else scenario.patience_s
    return Clients(scenario.retries, patience_s, ELB.value("client", "retry_pause"))
