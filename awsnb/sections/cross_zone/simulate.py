"""What happens: each request goes from a client to a node, and from there to a target."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.elb import ELB, charged, end_usd_gb
from awsnb.aws.elb.cross_zone import CLIENT_TO_NODE, NODE_TO_TARGET
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.sections.cross_zone.load import Arriving, arriving
from awsnb.sections.cross_zone.scenario import INSIDE, CrossZoneScenario

Array = NDArray[np.float64]
LEGS = (CLIENT_TO_NODE, NODE_TO_TARGET)
CLIENT, NODE, TARGET = "client", "load balancer", "target"
ENDS = {CLIENT_TO_NODE: (CLIENT, NODE), NODE_TO_TARGET: (NODE, TARGET)}


@dataclass(frozen=True)
class Spread:
    """Where requests go while some targets of zone A are lost.

    Attributes
    ----------
    clients : ndarray of float, shape (zones,)
        Requests by the zone of their client, of all; from the internet, by that of their node.
    arriving : ndarray of float, shape (zones, zones)
        Requests by zone of client and of node, of all.
    sends : ndarray of float, shape (zones, zones)
        What each node sends to each zone's targets, of its own requests; a row of zeros fails.
    healthy : ndarray of int, shape (zones,)
        Targets that serve.
    """

    clients: Array
    arriving: Array
    sends: Array
    healthy: NDArray[np.int64]

    @cached_property
    def to_targets(self) -> Array:
        """Requests by zone of node and of target, of all."""
        return self.arriving.sum(axis=0)[:, None] * self.sends

    @property
    def failed_at(self) -> Array:
        """Share of the requests that comes to each node and finds no target there."""
        fails = ~self.sends.any(axis=1)
        lost: Array = self.arriving.sum(axis=0) * fails
        return lost

    @property
    def failed(self) -> float:
        """Share of the requests that reaches no healthy target."""
        return float(self.failed_at.sum())

    @cached_property
    def each_target(self) -> Array:
        """Share of all requests that each healthy target of a zone gets; 0 where there is none."""
        return self.to_targets.sum(axis=0) / np.maximum(self.healthy, 1)

    @property
    def busiest(self) -> int:
        """The zone whose targets get most."""
        return int(self.each_target.argmax())


@dataclass(frozen=True)
class Outcome:
    """What each target gets, and what crosses zones.

    Attributes
    ----------
    spread : Spread
        As asked.
    as_lost : mapping of bool to tuple of Spread
        By whether cross-zone is on: with none, one, two .. of zone A's targets lost; with the
        whole zone last, if it is lost.
    inside : bool
        Whether clients are in zones of the VPC, so that their leg may cross.
    load : Arriving
        How much there is, and what comes to each zone of a trace.
    """

    scenario: CrossZoneScenario
    spread: Spread
    as_lost: Mapping[bool, tuple[Spread, ...]]
    inside: bool
    load: Arriving

    def busy_pct(self, spread: Spread) -> Array:
        """What a target of each zone is asked for, of what it can serve, %."""
        return 100 * spread.each_target * self.load.requests_per_s / self.scenario.target_per_s

    @cached_property
    def p99_ms(self) -> float:
        """p99 of the busiest zone, wait and service, ms; infinite if the queue grows."""
        per_s = float(self.spread.each_target.max()) * self.load.requests_per_s
        return p99_ms(self.scenario, per_s)

    @property
    def p99_ms_or_none(self) -> float | None:
        """The same; None if there is no such time."""
        served = self.spread.each_target.any()
        return self.p99_ms if served and self.p99_ms < inf else None

    @property
    def busiest_pct(self) -> float:
        """What the busiest target is asked for, of what it can serve, %."""
        return float(self.busy_pct(self.spread).max())

    def crossing(self, leg: str) -> float:
        """Share of all requests that crosses zones on a leg."""
        if leg == CLIENT_TO_NODE:
            return _off_diagonal(self.spread.arriving) if self.inside else 0.0
        return _off_diagonal(self.spread.to_targets)

    def crossing_gb(self, leg: str) -> float:
        """Gigabytes a month that cross zones on a leg."""
        scenario = self.scenario
        gb_per_s = self.load.requests_per_s * scenario.kb_per_request / 1e6
        return self.crossing(leg) * gb_per_s * 3600 * HOURS_A_MONTH

    def switched(self, on: bool) -> "Outcome":
        """Return the same with cross-zone on, or off."""
        return replace(self, spread=self.as_lost[on][self.scenario.lost])

    def end_usd(self, leg: str) -> float:
        """What each end of a leg pays a month, USD, if it is charged."""
        return self.crossing_gb(leg) * end_usd_gb()

    def charged(self, leg: str) -> str:
        """Whether a leg is charged: "yes", "no", or "disputed"."""
        return charged(self.scenario.balancer, leg)

    def usd_month(self, answer: str) -> float:
        """Both ends of the legs that are charged, or of those that are disputed, USD a month."""
        return sum(2 * self.end_usd(leg) for leg in LEGS if self.charged(leg) == answer)

    @property
    def added_ms(self) -> float:
        """What crossing adds to a round trip, on average over all requests, ms."""
        far, near = (ELB.value("path", f"{way}_round_trip") for way in ("cross_zone", "same_zone"))
        added: float = (far - near) * sum(map(self.crossing, LEGS))
        return added

    @property
    def holds(self) -> bool:
        """Whether the busiest zone meets the goal, and nothing fails."""
        return self.p99_ms <= self.scenario.p99_goal_ms and self.spread.failed == 0


def simulate(scenario: CrossZoneScenario) -> Outcome:
    """Send each request on its way.

    Parameters
    ----------
    scenario : CrossZoneScenario
        Targets, clients and switches.

    Returns
    -------
    Outcome
    """
    load = arriving(scenario)
    as_lost = {on: _losing(scenario, on, load.shares) for on in (True, False)}
    asked = as_lost[scenario.cross_zone.on][scenario.lost]
    return Outcome(scenario, asked, as_lost, scenario.clients == INSIDE, load)


def _losing(
    scenario: CrossZoneScenario, cross_zone: bool, shares: Array | None
) -> tuple[Spread, ...]:
    """Take zone A's targets away, one after the other."""
    last = scenario.targets_a
    gone = scenario.zone_a_lost
    return tuple(
        spread(scenario, cross_zone, lost, gone and lost == last, shares)
        for lost in range(last + 1)
    )


def spread(
    scenario: CrossZoneScenario,
    cross_zone: bool,
    lost: int,
    gone: bool = False,
    shares: Array | None = None,
) -> Spread:
    """Spread requests over nodes and targets.

    Parameters
    ----------
    scenario : CrossZoneScenario
        Targets and clients.
    cross_zone : bool
        Whether a node sends to the targets of all zones.
    lost : int
        Targets of zone A that are lost.
    gone : bool
        Whether zone A's node is lost with them, and the clients inside zone A.
    shares : ndarray of float, shape (zones,), optional
        What comes to each node of the internet's requests, if a trace says so.
    """
    healthy = np.array(scenario.targets) - lost * (np.arange(len(scenario.targets)) == 0)
    sends = _sends(healthy, cross_zone)
    nodes = np.ones(healthy.size, dtype=bool)
    if gone:
        nodes[0], sends[0] = False, 0.0
    bound = scenario.balancer == "gwlb"  # an endpoint knows the node of its zone, and no other
    named = nodes if bound else _in_dns(nodes, sends)
    clients = _clients(scenario, named, gone) if shares is None else shares
    return Spread(clients, _arriving(scenario, clients, named), sends, healthy)


def p99_ms(scenario: CrossZoneScenario, per_s: float) -> float:
    """p99 of a target that gets so many requests, ms (M/M/c); infinite if its queue grows."""
    if per_s >= scenario.target_per_s:
        return inf
    service_s = scenario.service_ms / 1000
    least = max(per_s, 1e-9 * scenario.target_per_s)
    return 1000 * theory.mmc_sojourn_quantile_s(0.99, least, service_s, scenario.workers)


def _sends(healthy: NDArray[np.int64], cross_zone: bool) -> Array:
    """Share of its requests that each node sends to each zone."""
    if not cross_zone:
        return np.diag((healthy > 0).astype(np.float64))
    return np.tile(healthy / max(1, healthy.sum()), (healthy.size, 1))


def _in_dns(nodes: NDArray[np.bool_], sends: Array) -> NDArray[np.bool_]:
    """Nodes that DNS names: those that can reach a healthy target; all, if none can."""
    able = nodes & (sends.sum(axis=1) > 0)
    return able if able.any() else nodes


def _clients(scenario: CrossZoneScenario, named: NDArray[np.bool_], gone: bool) -> Array:
    """Share of the requests that comes from each zone."""
    if scenario.clients != INSIDE:
        return _at_nodes(scenario, named)
    rest = (1 - scenario.clients_in_a_pct / 100) / (named.size - 1)
    clients = np.full(named.size, rest)
    clients[0] = 0.0 if gone else scenario.clients_in_a_pct / 100
    return clients


def _at_nodes(scenario: CrossZoneScenario, named: NDArray[np.bool_]) -> Array:
    """Share of the internet's requests that comes to each node."""
    if scenario.to_node_a_pct is None:
        return named / named.sum()
    to_a = scenario.to_node_a_pct / 100
    others = named & (np.arange(named.size) > 0)
    if not others.any():
        others = np.arange(named.size) > 0
    shares: Array = (1 - to_a) * others / others.sum()
    shares[0] = to_a
    return shares


def _arriving(scenario: CrossZoneScenario, clients: Array, named: NDArray[np.bool_]) -> Array:
    """Requests by zone of client and of node."""
    if scenario.clients != INSIDE:
        return np.diag(clients)
    at_home = scenario.own_zone_share * named
    elsewhere = (1 - at_home)[:, None] * (named / named.sum())
    return clients[:, None] * (np.diag(at_home) + elsewhere)


def _off_diagonal(shares: Array) -> float:
    return float(shares.sum() - np.trace(shares))
