"""What happens: flows are known, forgotten, cut off, hashed anew, each at its own moment."""

from dataclasses import dataclass
from functools import cached_property
from math import inf

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import Bill, gwlb_bill
from awsnb.mechanisms import flows
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.gwlb.flows.scenario import (
    DEREGISTERED,
    FAILS,
    HOUR_S,
    REBALANCE,
    SHARED,
    TCP,
    FlowsScenario,
)

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]

EVENT_S = 1200.0
EVERY_S = 10.0


@dataclass(frozen=True)
class Times:
    """When what happens to appliance 1, s; infinite for never.

    Attributes
    ----------
    event, dies : float
        It fails or is deregistered; it drops its first packet.
    avoided : float
        From when on it gets no new flows.
    rebalanced : float
        When its flows are hashed anew.
    reset : float
        When both ends of its flows are sent a reset.
    """

    event: float
    dies: float
    avoided: float
    rebalanced: float = inf
    reset: float = inf


def times_of(scenario: FlowsScenario) -> Times:
    """Say when appliance 1 drops packets, gets no new flows, and loses those it has."""
    moves = scenario.target_failover == REBALANCE and scenario.others
    if scenario.event == FAILS:
        found = EVENT_S + scenario.check.found_after_s(hangs=True)
        rerouted, reset = found + scenario.reroute_s, found if scenario.resets else inf
        return Times(EVENT_S, EVENT_S, rerouted, rerouted if moves else inf, reset)
    if scenario.event == DEREGISTERED:
        off = EVENT_S + scenario.delay_s
        return Times(EVENT_S, off, EVENT_S, off if moves else inf, off if scenario.resets else inf)
    return Times(inf, inf, inf)


@dataclass(frozen=True)
class Fate:
    """Connections that lose packets, one entry a flow.

    Attributes
    ----------
    lost_s : ndarray of float, shape (n,)
        When a packet is dropped first, or it is reset, s; infinite for never.
    over_s : ndarray of float, shape (n,)
        When that is over: its client is told, or its flow works again; infinite for never.
    broken : ndarray of bool, shape (n,)
        Whether its connections break.
    """

    lost_s: Floats
    over_s: Floats
    broken: Mask


@dataclass(frozen=True)
class Outcome:
    """An hour of flows.

    Attributes
    ----------
    scenario : FlowsScenario
    times : Times
    weight : int
        Connections in a flow.
    start_s, end_s : ndarray of float, shape (n,)
        When each flow begins, and would end by itself.
    target : ndarray of int, shape (n,)
        Its first appliance, from 0.
    expires_s : ndarray of float, shape (n,)
        When it is forgotten after a silence.
    fates : dict of str to Fate
        By cause: ``"idle"``, ``"failed"``, ``"opening"`` (new flows that a dead appliance gets),
        ``"two endpoints"``.
    bill : Bill
    """

    scenario: FlowsScenario
    times: Times
    weight: int
    start_s: Floats
    end_s: Floats
    target: NDArray[np.int64]
    expires_s: Floats
    fates: dict[str, Fate]
    bill: Bill

    @property
    def at_s(self) -> Floats:
        """The moments of the series, s."""
        return np.arange(0.0, HOUR_S + 1, EVERY_S)

    def broken(self, cause: str) -> int:
        """Connections that a cause broke within the hour."""
        fate = self.fates[cause]
        return self.weight * int(np.sum(fate.broken & (fate.lost_s <= HOUR_S)))

    @property
    def lost(self) -> int:
        """Connections that broke, by any cause."""
        return sum(self.broken(cause) for cause in self.fates)

    @property
    def forgotten(self) -> int:
        """Flows that were forgotten after a silence within the hour; each is counted once."""
        return int(np.sum(self.expires_s <= HOUR_S))

    @property
    def moved(self) -> int:
        """Connections of flows that were cut off for a while and then went on elsewhere."""
        fates = self.fates.values()
        return self.weight * sum(int(np.sum(np.isfinite(f.over_s) & ~f.broken)) for f in fates)

    @property
    def cut_at_end(self) -> int:
        """Connections that are cut off as the hour ends, and whose clients don't know it."""
        return int(sum(self.cut_off(cause)[-1] for cause in self.fates))

    @property
    def seen(self) -> int:
        """Connections that were open in the hour, and known to it."""
        return self.weight * self.start_s.size

    def cut_off(self, cause: str) -> Floats:
        """Connections whose packets are dropped while no client knows it, at each moment."""
        fate = self.fates[cause]
        return self.weight * _between(self.at_s, fate.lost_s, fate.over_s)

    def lost_by(self, cause: str) -> Floats:
        """Connections that a cause broke up to each moment."""
        fate = self.fates[cause]
        return self.weight * _until(self.at_s, fate.lost_s[fate.broken])

    @cached_property
    def waits_s(self) -> Floats:
        """For how long each flow that lost packets did so, s; to the hour's end at most."""
        waits = [np.minimum(fate.over_s, HOUR_S) - fate.lost_s for fate in self.fates.values()]
        return np.concatenate([each[np.isfinite(each) & (each >= 0)] for each in waits])

    @cached_property
    def stops_s(self) -> Floats:
        """When each flow ends or breaks, s; between a pair of hosts others take its place."""
        if not self.scenario.own_flow:
            return self.end_s
        broken = [np.where(f.broken, f.lost_s, inf) for f in self.fates.values()]
        return np.minimum.reduce([self.end_s, *broken])

    @property
    def at_first(self) -> Floats:
        """Connections that work through appliance 1, at each moment."""
        return self._working(self.target == 0, -inf, self.times.rebalanced)

    @property
    def at_others(self) -> Floats:
        """Connections that work through other appliances, also those hashed anew."""
        moved = self._working(self.target == 0, self.times.rebalanced, inf)
        return moved + self._working(self.target != 0, -inf, inf)

    def _working(self, these: Mask, from_s: float, to_s: float) -> Floats:
        """Of some flows, connections that are open and not cut off, in a part of the hour."""

        def counted(begin_s: Floats, end_s: Floats) -> Floats:
            return _between(self.at_s, np.maximum(begin_s, from_s), np.minimum(end_s, to_s))

        working = counted(self.start_s[these], self.stops_s[these])
        for fate in self.fates.values():
            open_still = these & (~fate.broken | (not self.scenario.own_flow))
            working -= counted(fate.lost_s[open_still], fate.over_s[open_still])
        return self.weight * working

    @property
    def busiest_share(self) -> float:
        """The busiest appliance's part of the connections as the hour begins."""
        at_start = self.target[self.start_s == 0]
        return float(np.bincount(at_start).max() / at_start.size)


def simulate(scenario: FlowsScenario) -> Outcome:
    """Follow an hour of flows through their appliances.

    Parameters
    ----------
    scenario : FlowsScenario

    Returns
    -------
    Outcome
        When each flow is forgotten, cut off, hashed anew.
    """
    start_s, end_s = _lives(scenario)
    weight = 1 if scenario.own_flow else min(scenario.per_pair, scenario.connections)
    times, pause_s = times_of(scenario), scenario.pause_s / weight
    target = _targets(scenario, times, start_s)
    expires_s = _expiry(scenario, pause_s, start_s, end_s)
    two = _asymmetric(scenario, start_s.size)
    on_dead = (target == 0) & ~two & (np.minimum(end_s, expires_s) > times.dies)
    failed, opening = on_dead & (start_s < times.dies), on_dead & (start_s >= times.dies)
    next_s = expires_s + _wait_s(scenario, pause_s, expires_s.size)
    if failed.any():
        expires_s[failed], next_s[failed] = _after_death(
            scenario, times, pause_s, int(failed.sum())
        )
    forgotten = np.isfinite(expires_s)
    fates = {
        "idle": _idle(scenario, expires_s, next_s, end_s, forgotten & ~two & ~opening),
        "failed": _failed(scenario, times, next_s, end_s, failed & ~forgotten),
        "opening": _opening(scenario, times, start_s, end_s, opening),
        "two endpoints": _two_endpoints(scenario, start_s, two),
    }
    return Outcome(
        scenario, times, weight, start_s, end_s, target, expires_s, fates, _bill(scenario)
    )


def _asymmetric(scenario: FlowsScenario, count: int) -> Mask:
    """Flows whose answers another endpoint gets, and nobody there knows."""
    other_way = generator(scenario.seed, "endpoints").random(count) < scenario.asymmetric_pct / 100
    known = scenario.protocol != TCP and scenario.state == SHARED  # by the other appliance
    return other_way & (not known)


def _lives(scenario: FlowsScenario) -> tuple[Floats, Floats]:
    """When flows begin and end: connections; or pairs of hosts, which have some at all times."""
    rng = generator(scenario.seed, "lives")
    if not scenario.own_flow:
        pairs = max(1, round(scenario.connections / scenario.per_pair))
        return np.zeros(pairs), np.full(pairs, inf)
    life_s = 60 * scenario.life_min
    new = rng.poisson(scenario.connections * HOUR_S / life_s)
    start_s = np.concatenate((np.zeros(scenario.connections), np.sort(HOUR_S * rng.random(new))))
    return start_s, start_s + rng.exponential(life_s, start_s.size)


def _targets(scenario: FlowsScenario, times: Times, start_s: Floats) -> NDArray[np.int64]:
    """Hash each flow as it begins; appliance 1 gets none once it is avoided."""
    rng = generator(scenario.seed, "hash")
    zone = rng.integers(0, scenario.zones, start_s.size)
    every = list(range(scenario.appliances))
    of_zone = [
        every if scenario.cross_zone else every[number * scenario.per_zone :][: scenario.per_zone]
        for number in range(scenario.zones)
    ]
    left = [[one for one in some if one] or some for some in of_zone]  # the last is never left out
    place = generator(scenario.seed, "place").random(start_s.size)
    return np.where(
        start_s < times.avoided, flows.spread(zone, of_zone, place), flows.spread(zone, left, place)
    )


def _expiry(scenario: FlowsScenario, pause_s: float, start_s: Floats, end_s: Floats) -> Floats:
    if scenario.kept_alive:
        return np.full(start_s.size, inf)
    rng = generator(scenario.seed, "pauses")
    end_s = np.minimum(end_s, HOUR_S + scenario.timeout_s)
    return flows.expiry(start_s, end_s, pause_s, scenario.timeout_s, rng)


def _wait_s(scenario: FlowsScenario, pause_s: float, flows: int) -> Floats:
    """From the moment that a flow is forgotten to its next packet, s."""
    rest_s = inf if scenario.keep_alive_s is None else scenario.keep_alive_s - scenario.timeout_s
    wait_s = generator(scenario.seed, "next").exponential(pause_s, flows)
    return np.minimum(wait_s, rest_s)


def _after_death(
    scenario: FlowsScenario, times: Times, pause_s: float, count: int
) -> tuple[Floats, Floats]:
    """When flows of the dead appliance are forgotten, infinite for never; their next packets."""
    dies_s, keep_alive_s = np.full(count, times.dies), scenario.keep_alive_s or inf
    next_s = flows.next_packet(dies_s, pause_s, keep_alive_s, generator(scenario.seed, "after"))
    if scenario.kept_alive:
        return np.full(count, inf), next_s
    silent_s = flows.next_packet(
        np.zeros(count), pause_s, scenario.timeout_s, generator(scenario.seed, "before")
    )  # backwards in time a Poisson process is the same
    forgets_s = times.dies - silent_s + scenario.timeout_s
    forgotten = (next_s > forgets_s) & (forgets_s < times.reset)
    return np.where(forgotten, forgets_s, inf), next_s


def _idle(
    scenario: FlowsScenario, expires_s: Floats, next_s: Floats, end_s: Floats, these: Mask
) -> Fate:
    """TCP flows that were forgotten, and send again."""
    hit = these & (next_s < end_s) & (scenario.protocol == TCP)
    lost_s = np.where(hit, expires_s if scenario.reset else next_s, inf)
    told_s = lost_s + (0.0 if scenario.reset else scenario.gives_up_s)
    return Fate(lost_s, told_s, hit)


def _failed(
    scenario: FlowsScenario, times: Times, next_s: Floats, end_s: Floats, these: Mask
) -> Fate:
    """Flows of an appliance that is dead, and that send before they end."""
    next_s = np.minimum(next_s, times.reset)
    hit = these & (next_s < end_s)
    goes_on = scenario.state == SHARED or scenario.protocol != TCP  # where it is hashed to
    lost_s = np.where(hit & ~((next_s >= times.rebalanced) & goes_on), next_s, inf)
    return _until_rebalanced(scenario, times, lost_s, end_s, goes_on)


def _opening(
    scenario: FlowsScenario, times: Times, start_s: Floats, end_s: Floats, these: Mask
) -> Fate:
    """Flows that begin at a dead appliance; elsewhere, any appliance takes a first packet."""
    lost_s = np.where(these, start_s, inf)
    return _until_rebalanced(scenario, times, lost_s, end_s, goes_on=True)


def _until_rebalanced(
    scenario: FlowsScenario, times: Times, lost_s: Floats, end_s: Floats, goes_on: bool
) -> Fate:
    """Clients wait: until they give up or are sent a reset, or another appliance goes on."""
    hit = np.isfinite(lost_s)
    told_s = lost_s + scenario.gives_up_s
    told_s = np.where(lost_s <= times.reset, np.minimum(told_s, times.reset), told_s)
    saved = hit & goes_on & (told_s > times.rebalanced)
    over_s = np.where(saved, np.minimum(times.rebalanced, end_s), told_s)
    if not scenario.own_flow:  # a new connection is the same flow: it goes where the old one went
        over_s = np.where(hit, np.maximum(times.rebalanced, lost_s), inf)
    return Fate(lost_s, over_s, hit & ~saved)


def _two_endpoints(scenario: FlowsScenario, start_s: Floats, these: Mask) -> Fate:
    """Connections whose answers no load balancer node knows: they never open."""
    lost_s = np.where(these, start_s, inf)
    lasts_s = scenario.gives_up_s if scenario.own_flow else inf  # a pair's next one fares no better
    return Fate(lost_s, lost_s + lasts_s, these)


def _bill(scenario: FlowsScenario) -> Bill:
    life_s = 60 * scenario.life_min
    new_per_s = scenario.connections / life_s
    kb = 1e6 * scenario.gb_per_h / 3600 / new_per_s
    return gwlb_bill(new_per_s, kb, 1.0, life_s, scenario.zones)


def _until(at_s: Floats, when_s: Floats) -> Floats:
    """How many have happened by each moment."""
    return np.searchsorted(np.sort(when_s), at_s, side="right").astype(np.float64)


def _between(at_s: Floats, from_s: Floats, to_s: Floats) -> Floats:
    """How many have begun and are not over, at each moment."""
    return _until(at_s, from_s) - _until(at_s, np.maximum(from_s, to_s))
