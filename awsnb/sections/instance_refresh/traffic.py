"""The requests of a roll-out: what comes, what can be served, what waits and what fails."""

from collections.abc import Iterator
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB
from awsnb.mechanisms.group import NEVER, Rollout
from awsnb.sections.instance_refresh.scenario import FAILS, RefreshScenario
from awsnb.theory import erlang_c

Floats = NDArray[np.float64]
WORKERS = 8
"""Requests that an instance serves at a time."""
TAIL_S = 600.0
TIMEOUT_S = float(ELB.value("alb", "idle_timeout"))
"""How long the balancer lets a request wait."""


class Traffic(NamedTuple):
    """Requests between the moments at which anything changes.

    Attributes
    ----------
    at_s : ndarray of float, shape (n,)
        Begin of each piece, and the end of the last.
    load_rps, capacity_rps, failed_rps : ndarray of float, shape (n - 1,)
        What comes, what can be served, and what fails.
    waiting : ndarray of float, shape (n,)
        Requests that wait at its begin, because more came than could be served.
    delayed : ndarray of float, shape (n - 1,)
        Requests of the piece that have to wait.
    """

    at_s: Floats
    load_rps: Floats
    capacity_rps: Floats
    failed_rps: Floats
    waiting: Floats
    delayed: Floats

    def failed_by(self, times_s: Floats) -> Floats:
        """Count the failed requests up to each time."""
        return self._by(times_s, self.failed_rps)

    def load_by(self, times_s: Floats) -> Floats:
        """Count the requests up to each time."""
        return self._by(times_s, self.load_rps)

    def _by(self, times_s: Floats, rate_rps: Floats) -> Floats:
        total = np.concatenate([[0.0], np.cumsum(rate_rps * np.diff(self.at_s))])
        return np.interp(times_s, self.at_s, total)


def serving(rollout: Rollout, times_s: Floats, new: bool | None = None) -> NDArray[np.int64]:
    """Count the instances that serve at each time, of one version or both."""
    chosen = [one for one in rollout.instances if new in (None, one.new)]
    starts, ends = (
        np.array([getattr(one, name) for one in chosen]) for name in ("serving_s", "stops_s")
    )
    at = np.asarray(times_s)[:, None]
    return ((starts <= at) & (at < ends)).sum(axis=1)


def failing(scenario: RefreshScenario, rollout: Rollout, times_s: Floats) -> NDArray[np.int64]:
    """Count the instances that serve and fail requests at each time."""
    if scenario.version != FAILS:
        return np.zeros(len(times_s), np.int64)
    bad = [one for one in rollout.instances if one.new]
    starts = np.array([max(one.serving_s, 0.0) for one in bad]) + 60.0 * scenario.fails_after_min
    ends = np.array([one.stops_s for one in bad])
    at = np.asarray(times_s)[:, None]
    return ((starts <= at) & (at < ends)).sum(axis=1)


def traffic(scenario: RefreshScenario, rollout: Rollout) -> Traffic:
    """Follow the requests from change to change."""
    at = changes(scenario, rollout)
    count, bad = serving(rollout, at), failing(scenario, rollout, at)
    begin, end = spike_s(scenario)
    more = np.where((begin <= at) & (at < end), scenario.spike_pct / 100, 0.0)
    share = bad / np.maximum(count, 1) * scenario.error_pct / 100
    pieces, backlog = [], 0.0
    for piece, length in enumerate(np.diff(at)):
        load = scenario.load_rps * (1 + float(more[piece]))
        flow = Flow(load, int(count[piece]), scenario.instance_rps, float(share[piece]))
        for part in flow.parts(float(length), backlog):
            pieces.append(part)
            backlog = part.left
    return _joined(pieces)


def _joined(pieces: list["Part"]) -> Traffic:
    columns = {name: np.array([getattr(one, name) for one in pieces]) for name in Part._fields}
    return Traffic(
        at_s=np.concatenate([[0.0], np.cumsum(columns["length_s"])]),
        load_rps=columns["load_rps"],
        capacity_rps=columns["capacity_rps"],
        failed_rps=columns["failed_rps"],
        waiting=np.concatenate([[0.0], columns["left"]]),
        delayed=columns["delayed"],
    )


def changes(scenario: RefreshScenario, rollout: Rollout) -> Floats:
    """List the moments at which anything changes, from 0 s to the end of the run."""
    moments = {mark.at_s for mark in rollout.marks}
    late_s = 60.0 * scenario.fails_after_min
    for one in rollout.instances:
        moments |= {one.serving_s, one.stops_s}
        if one.new and scenario.version == FAILS:
            moments.add(max(one.serving_s, 0.0) + late_s)
    if scenario.spike_pct:
        moments |= set(spike_s(scenario))
    known = {at for at in moments if 0 <= at < NEVER}
    last = max(known | {0.0})
    return np.array(sorted(known | {0.0, last + max(TAIL_S, last / 20)}))


def spike_s(scenario: RefreshScenario) -> tuple[float, float]:
    """When the spike begins and ends."""
    begin_s = 60.0 * scenario.spike_at_min
    return begin_s, begin_s + 60.0 * scenario.spike_min


@lru_cache(maxsize=4096)
def waits(load_rps: float, instances: int, instance_rps: int) -> float:
    """Share of requests that have to wait for a worker (Erlang C); all of them at full load."""
    if load_rps >= instances * instance_rps:
        return 1.0
    return erlang_c(instances * WORKERS, load_rps / instance_rps * WORKERS)


class Part(NamedTuple):
    """A time in which nothing changes: the rates, who is delayed, and who waits at its end."""

    length_s: float
    load_rps: float
    capacity_rps: float
    failed_rps: float
    delayed: float
    left: float


class Flow(NamedTuple):
    """Requests that come evenly to some instances, a share of which fail."""

    load_rps: float
    instances: int
    instance_rps: int
    bad_share: float

    @property
    def capacity_rps(self) -> float:
        """What can be served."""
        return float(self.instances * self.instance_rps)

    def parts(self, length_s: float, backlog: float) -> Iterator[Part]:
        """Let requests wait while more come than can be served, up to the balancer's timeout.

        What would wait longer fails, and so does all where nothing serves. Without a backlog
        Erlang's share of the requests waits, with one all do.
        """
        limit, spare = self.capacity_rps * TIMEOUT_S, self.capacity_rps - self.load_rps
        lost = max(backlog - limit, 0.0)
        backlog -= lost
        first_s = min(length_s, self._changes_s(backlog, limit))
        if first_s > 0:
            left = max(backlog - spare * first_s, 0.0)
            yield self._part(first_s, lost / first_s, 1.0, left)
        if length_s > first_s:
            rest_s, over = length_s - first_s, max(-spare, 0.0)
            burst = 0.0 if first_s > 0 else lost / rest_s
            share = waits(self.load_rps, self.instances, self.instance_rps)
            yield self._part(rest_s, over + burst, share, limit if over else 0.0, over)

    def _changes_s(self, backlog: float, limit: float) -> float:
        """How long until the backlog is gone, or as large as it can be."""
        spare = self.capacity_rps - self.load_rps
        if not spare:
            return NEVER if backlog else 0.0
        return backlog / spare if spare > 0 else (limit - backlog) / -spare

    def _part(
        self, length_s: float, lost_rps: float, waits: float, left: float, over_rps: float = 0.0
    ) -> Part:
        taken = self.load_rps - over_rps
        failed_rps = lost_rps + taken * self.bad_share
        return Part(length_s, self.load_rps, self.capacity_rps, failed_rps,
                    taken * waits * length_s, left)  # fmt: skip
