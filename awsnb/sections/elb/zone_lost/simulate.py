"""What happens: who still holds the zone's address, who is sent to dead targets, what overflows."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB
from awsnb.sections.elb.zone_lost.scenario import DARK, UNSEEN, ZoneLostScenario

Array = NDArray[np.float64]
BEFORE_S = 60.0
TTL_S = float(ELB.value("elb", "dns_ttl"))
NEVER = float("inf")
FAILING = 0.001  # share of the requests from which on it is said that requests fail


class Times(NamedTuple):
    """When what changes, s from the event on; infinite for never.

    Attributes
    ----------
    noticed : float
        Health checks have found the dead targets.
    leaves_dns, in_dns_again : float
        The zone's address is no longer given out; it is again.
    shifted : float
        A zonal shift takes effect.
    over, healthy : float
        The failure is over; the targets are taken for healthy again.
    """

    noticed: float
    leaves_dns: float
    in_dns_again: float
    shifted: float
    over: float
    healthy: float


class Part(NamedTuple):
    """What becomes of the requests of some nodes, requests a second."""

    to_dead: Array
    too_many: Array
    load: Array
    used: Array
    dead: Array


@dataclass(frozen=True)
class Outcome:
    """Requests a second, in steps of a second.

    Attributes
    ----------
    at_s : ndarray of float, shape (n,)
        The middle of each step, from the event on.
    times : Times
        When what changes.
    held : ndarray of float, shape (n,)
        Share of the requests sent to zone a's address.
    at_address, to_dead, too_many : ndarray of float, shape (n,)
        Requests that fail: at a node that is gone, at targets that are, and above what the others
        serve.
    load : ndarray of float, shape (n,)
        What is asked of the busiest zone's targets, as a share of what they serve; over 1 it is
        too much.
    used, dead : ndarray of float, shape (n,)
        Targets that nodes send to, and how many of these are dead.
    """

    scenario: ZoneLostScenario
    at_s: Array
    times: Times
    held: Array
    at_address: Array
    to_dead: Array
    too_many: Array
    load: Array
    used: Array
    dead: Array

    @cached_property
    def failed(self) -> Array:
        """All that fail, requests a second."""
        return self.at_address + self.to_dead + self.too_many

    @property
    def failed_requests(self) -> float:
        """How many fail, all in all."""
        return float(self.failed.sum())

    @property
    def failed_pct(self) -> float:
        """Their share of the requests of the time that is shown."""
        return 100 * self.failed_requests / (self.scenario.requests_per_s * self.at_s.size)

    @property
    def failing(self) -> NDArray[np.bool_]:
        """Whether more than a thousandth of the requests fail, in each step."""
        return self.failed > FAILING * self.scenario.requests_per_s

    @property
    def failing_s(self) -> float:
        """For how long that is so."""
        return float(np.count_nonzero(self.failing))

    @property
    def holds(self) -> bool:
        """Whether no more fail than may."""
        return self.failed_pct <= self.scenario.failed_goal_pct


def simulate(scenario: ZoneLostScenario) -> Outcome:
    """Follow the requests through the loss of a zone, or of targets in it.

    Parameters
    ----------
    scenario : ZoneLostScenario

    Returns
    -------
    Outcome
        In steps of a second: exact where rates change evenly within each.
    """
    at_s = np.arange(-BEFORE_S, scenario.duration_s) + 0.5
    times = times_of(scenario)
    held = held_of(scenario, times, at_s)
    gone = during(at_s, 0.0, times.over) & (scenario.event == DARK)
    arriving = scenario.requests_per_s * held
    at_address = np.where(gone, arriving, 0.0)
    pooled = _all_nodes if scenario.cross_zone else _node_by_node
    part = pooled(scenario, times, at_s, arriving, arriving - at_address)
    return Outcome(scenario, at_s, times, held, at_address, *part)


def times_of(scenario: ZoneLostScenario) -> Times:
    """When the failure is found, when the address leaves DNS, and when all is well again."""
    over = 60 * scenario.lasts_min
    noticed = NEVER if scenario.event == UNSEEN else scenario.check.found_after_s(hangs=True)
    noticed = noticed if noticed < over else NEVER
    again_s = scenario.healthy_threshold * scenario.health_interval_s if noticed < over else 0.0
    shifted = NEVER if scenario.zonal_shift_min is None else 60 * scenario.zonal_shift_min
    if fails_open(scenario) and noticed <= shifted:
        shifted = NEVER  # AWS: no effect while a load balancer sends to unhealthy targets
    shifted = shifted if shifted < over else NEVER
    leaves = min(shifted, _failover_s(scenario, noticed))
    leaves = leaves if leaves < over else NEVER
    return Times(noticed, leaves, over + again_s, shifted, over, over + again_s)


def _failover_s(scenario: ZoneLostScenario, noticed: float) -> float:
    """When the zone's address leaves DNS by itself: its node is gone, or too few are healthy."""
    if scenario.event == DARK:
        return float(ELB.value("elb", "dark_zone_leaves_dns"))
    here, each = scenario.targets_per_zone - scenario.dead, scenario.targets_per_zone
    out = not scenario.cross_zone and scenario.thresholds.dns_failover(here, each)
    return noticed if out else NEVER  # with cross-zone on, all zones would leave, and none does


def fails_open(scenario: ZoneLostScenario) -> bool:
    """Whether all nodes send to unhealthy targets once these are found."""
    everywhere = scenario.zones * scenario.targets_per_zone
    few = scenario.thresholds.routing_failover(everywhere - scenario.dead, everywhere)
    return scenario.cross_zone and few


def held_of(scenario: ZoneLostScenario, times: Times, at_s: Array) -> Array:
    """Share of the requests that are sent to zone a's address."""
    long = scenario.long_pct / 100
    kept = (1 - long) * _not_asked(at_s, times, TTL_S)
    kept += long * _not_asked(at_s, times, 60 * scenario.cache_min)
    return kept / scenario.zones


def _not_asked(at_s: Array, times: Times, cache_s: float) -> Array:
    """Share of clients whose last question to DNS was not while the address was out of it.

    Questions are spread evenly: the last lies anywhere in the `cache_s` before now.
    """
    if times.leaves_dns == NEVER:
        return np.ones_like(at_s)
    from_s = np.maximum(at_s - cache_s, times.leaves_dns)
    out_s = np.maximum(np.minimum(at_s, times.in_dns_again) - from_s, 0.0)
    return 1 - out_s / cache_s


def during(at_s: Array, from_s: float, to_s: float) -> NDArray[np.bool_]:
    """Whether each moment lies between two."""
    return (at_s >= from_s) & (at_s < to_s)


def _all_nodes(
    scenario: ZoneLostScenario, times: Times, at_s: Array, arriving: Array, at_node: Array
) -> Part:
    """Cross-zone on: each node sends to all targets."""
    every, dead = scenario.zones * scenario.targets_per_zone, scenario.dead
    shifted = during(at_s, times.shifted, times.healthy)
    out = during(at_s, times.noticed, times.healthy) & (not fails_open(scenario))
    used = np.where(shifted, every - scenario.targets_per_zone, np.where(out, every - dead, every))
    failing = during(at_s, 0.0, times.over) & ~shifted & ~out
    rate = scenario.requests_per_s - arriving + at_node
    return _served(scenario, rate, used, np.where(failing, dead, 0))


def _node_by_node(
    scenario: ZoneLostScenario, times: Times, at_s: Array, arriving: Array, at_node: Array
) -> Part:
    """Cross-zone off: each node sends to the targets of its zone."""
    each, dead, others = scenario.targets_per_zone, scenario.dead, scenario.zones - 1
    open_ = scenario.thresholds.routing_failover(each - dead, each)
    out = during(at_s, times.noticed, times.healthy) & (not open_)
    failing = during(at_s, 0.0, times.over) & ~out
    here = _served(scenario, at_node, np.where(out, each - dead, each), np.where(failing, dead, 0))
    elsewhere = (scenario.requests_per_s - arriving) / others
    full = np.full_like(at_s, each)
    there = _served(scenario, elsewhere, full, np.zeros_like(at_s))
    return Part(
        here.to_dead,
        here.too_many + others * there.too_many,
        np.maximum(here.load, there.load),
        here.used + others * there.used,
        here.dead,
    )


def _served(scenario: ZoneLostScenario, rate: Array, used: Array, dead: Array) -> Part:
    """Spread a rate evenly over targets in use, of which some are dead."""
    to_dead = rate * dead / used
    could = (used - dead) * scenario.target_per_s
    left = rate - to_dead
    load = np.divide(left, could, out=np.zeros_like(left), where=could > 0)
    return Part(to_dead, np.maximum(left - could, 0.0), load, used, dead)
