"""What happens: the roll-out, the requests meanwhile, and when a bad version is turned back."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.autoscaling import ASG, bounds, refresh_fact, stops
from awsnb.aws.autoscaling.refresh import WAIT
from awsnb.aws.ec2 import restart_s
from awsnb.aws.elb import ELB
from awsnb.mechanisms.group import NEVER, Loss, Rolling, Rollout, roll
from awsnb.sections.instance_refresh.scenario import DEAD, FAILS, GOOD, RefreshScenario
from awsnb.theory import erlang_c

Cause = Literal["none", "alarm", "tests", "people"]
Floats = NDArray[np.float64]
WORKERS = 8
"""Requests that an instance serves at a time."""
TAIL_S = 600.0
TIMEOUT_S = float(ELB.value("alb", "idle_timeout"))
"""How long the balancer lets a request wait."""
SAMPLES = 240
DAY_S = 86_400


class Verdict(NamedTuple):
    """When the refresh is stopped, when the old version is called back, and by what."""

    stop_s: float = NEVER
    back_s: float = NEVER
    cause: Cause = "none"


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


@dataclass(frozen=True)
class Outcome:
    """What became of the roll-out and of the requests."""

    scenario: RefreshScenario
    rollout: Rollout
    verdict: Verdict
    traffic: Traffic

    @property
    def until_s(self) -> float:
        """The end of the run."""
        return float(self.traffic.at_s[-1])

    @property
    def samples_s(self) -> Floats:
        """Times at which the run is drawn."""
        return np.linspace(0.0, self.until_s, SAMPLES + 1)

    @property
    def replaced_s(self) -> float | None:
        """When all that it replaces was new and ready."""
        return self.rollout.first_s("replaced")

    @property
    def ended_s(self) -> float | None:
        """When nothing is left to do: all new, or all old again; None if neither comes."""
        back_s = self.rollout.first_s("back")
        return self.rollout.first_s("done") if back_s is None else self.rollout.first_s("restored")

    @property
    def status(self) -> str:
        """What AWS calls the refresh at its end."""
        if self.rollout.first_s("restored") is not None and self.back_in_time:
            return "RollbackSuccessful"
        return "Successful" if self.rollout.first_s("done") is not None else "Failed"

    @property
    def back_in_time(self) -> bool:
        """Whether the old version was called back while the refresh went on."""
        back_s, over_s = self.rollout.first_s("back"), self.over_s
        return back_s is not None and (over_s is None or back_s <= over_s)

    @property
    def taken_back_later(self) -> bool:
        """Whether the old version was called back after the refresh had ended well."""
        return self.status == "Successful" and self.rollout.first_s("back") is not None

    @property
    def over_s(self) -> float | None:
        """When the refresh ended, well or not, if it was not rolled back before."""
        return self.rollout.first_s("done", "stopped", "failed")

    def serving(self, times_s: Floats, new: bool | None = None) -> NDArray[np.int64]:
        """Count the instances that serve at each time, of one version or both."""
        return serving(self.rollout, times_s, new)

    @property
    def lowest(self) -> int:
        """The fewest that served at a time."""
        return int(self.serving(self.traffic.at_s).min())

    @property
    def most(self) -> int:
        """The most that were there at a time."""
        starts = np.array([one.launched_s for one in self.rollout.instances])
        ends = np.array([one.ended_s for one in self.rollout.instances])
        at = self.traffic.at_s[:, None]
        return int(((starts <= at) & (at < ends)).sum(axis=1).max())

    @property
    def most_new(self) -> int:
        """The most new instances that served at a time."""
        return int(self.serving(self.traffic.at_s, new=True).max())

    @property
    def failed(self) -> float:
        """Requests that failed."""
        return float(self.traffic.failed_by(self.traffic.at_s)[-1])

    @property
    def requests(self) -> float:
        """All requests of the run."""
        return float(self.traffic.load_by(self.traffic.at_s)[-1])

    @cached_property
    def delayed(self) -> float:
        """Requests that had to wait, beyond those that would have without a refresh."""
        asked = self.scenario
        usual = waits(asked.load_rps, asked.desired, asked.instance_rps)
        return max(0.0, float(self.traffic.delayed.sum()) - usual * self.requests)

    @property
    def longest_wait_s(self) -> float:
        """The longest wait in the backlog, s."""
        able = self.traffic.capacity_rps > 0
        shares = self.traffic.waiting[1:][able] / self.traffic.capacity_rps[able]
        return float(shares.max(initial=0.0))

    @property
    def launches(self) -> int:
        """Instances that were launched."""
        return sum(one.launched_s >= 0 for one in self.rollout.instances)


def simulate(scenario: RefreshScenario) -> Outcome:
    """Roll the version out; judge it; and, if it is found bad, follow the way back.

    What happens before a version is found bad does not depend on it, so the run is made once
    without a verdict, and once with it.

    Parameters
    ----------
    scenario : RefreshScenario

    Returns
    -------
    Outcome
    """
    plan, loss = plan_of(scenario), loss_of(scenario)
    unjudged = roll(plan, loss)
    verdict = judge(scenario, unjudged)
    rollout = roll(plan, loss, verdict.stop_s, verdict.back_s)
    return Outcome(scenario, rollout, verdict, traffic(scenario, rollout))


def plan_of(scenario: RefreshScenario) -> Rolling:
    """Say how the refresh goes."""
    low, high = bounds(scenario.desired, scenario.min_healthy_pct, scenario.max_healthy_pct)
    return Rolling(
        desired=scenario.desired,
        floor=low,
        ceiling=high,
        zones=scenario.zones,
        pending_s=scenario.pending_s,
        boot_s=NEVER if scenario.version == DEAD else scenario.boot_s,
        old_boot_s=restart_s(),
        warm_up_s=scenario.warm_up_s,
        checked=scenario.elb_checks,
        stops=stops(scenario.desired, scenario.checkpoints_pct),
        pause_s=60.0 * scenario.delay_min,
        bake_s=60.0 * scenario.bake_min,
        patience_s=refresh_fact("stuck"),
        limit_s=refresh_fact("total_duration") * DAY_S,
        undo=scenario.auto_rollback,
        begun=scenario.matching,
        skips=scenario.skip_matching,
        keeps=scenario.kept,
        waits_for=scenario.awaited,
        blocked=scenario.standby > 0 and scenario.held == WAIT,
    )


def loss_of(scenario: RefreshScenario) -> Loss | None:
    """Say which zone is lost, when, and how soon the group knows."""
    if scenario.zone_lost_min is None:
        return None
    found_s = float(ASG.value("health", "status_check"))
    return Loss(60.0 * scenario.zone_lost_min, "status", zone=0, found_after_s=found_s)


# --- the requests


def serving(rollout: Rollout, times_s: Floats, new: bool | None = None) -> NDArray[np.int64]:
    """Count the instances that serve at each time, of one version or both."""
    chosen = [one for one in rollout.instances if new in (None, one.new)]
    starts, ends = (np.array([getattr(one, name) for one in chosen]) for name in _LIFE)
    at = np.asarray(times_s)[:, None]
    return ((starts <= at) & (at < ends)).sum(axis=1)


_LIFE = ("serving_s", "stops_s")


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
    begin, end = 60.0 * scenario.spike_at_min, 60.0 * (scenario.spike_at_min + scenario.spike_min)
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
        spike_s = 60.0 * scenario.spike_at_min
        moments |= {spike_s, spike_s + 60.0 * scenario.spike_min}
    known = {at for at in moments if 0 <= at < NEVER}
    last = max(known | {0.0})
    return np.array(sorted(known | {0.0, last + max(TAIL_S, last / 20)}))


@cache
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


# --- the verdict


def judge(scenario: RefreshScenario, rollout: Rollout) -> Verdict:
    """Find what comes first: an alarm, your tests at a checkpoint, or people who notice."""
    flow = traffic(scenario, rollout)
    alarm_s = alarmed_s(scenario, rollout, flow)
    ways: list[tuple[float, Cause]] = [
        (tested_s(scenario, rollout), "tests"), (noticed_s(scenario, rollout, flow), "people"),
    ]  # fmt: skip
    if scenario.auto_rollback:
        ways.append((alarm_s, "alarm"))
    back_s, cause = min(ways)
    if back_s == alarm_s == NEVER:
        return Verdict()
    if alarm_s >= back_s:
        return Verdict(back_s=back_s, cause=cause)
    return Verdict(stop_s=alarm_s, back_s=ways[1][0], cause="people")


def alarmed_s(scenario: RefreshScenario, rollout: Rollout, flow: Traffic) -> float:
    """When the alarm goes off while the refresh goes on; ``inf`` if it does not."""
    if scenario.alarm_pct is None:
        return NEVER
    minutes = np.arange(0.0, flow.at_s[-1] + 60, 60)
    share = np.diff(flow.failed_by(minutes)) / np.maximum(np.diff(flow.load_by(minutes)), 1e-9)
    above = np.concatenate([[0], np.cumsum(100 * share > scenario.alarm_pct)])
    in_row = np.flatnonzero(above[scenario.alarm_points :] - above[: -scenario.alarm_points]
                            == scenario.alarm_points)  # fmt: skip
    if not in_row.size:
        return NEVER
    delay_s = float(ASG.value("monitoring", "datapoint_delay"))
    at_s = float(minutes[in_row[0] + scenario.alarm_points]) + delay_s
    over_s = rollout.first_s("done", "failed")
    return at_s if over_s is None or at_s <= over_s else NEVER


def tested_s(scenario: RefreshScenario, rollout: Rollout) -> float:
    """When tests at a checkpoint find a bad version; ``inf`` if they do not."""
    takes = scenario.verify_min
    if takes is None or takes > scenario.delay_min or scenario.version == GOOD:
        return NEVER
    pauses = [mark.at_s for mark in rollout.marks if mark.step == "pause"]
    ends = np.array([at_s + 60.0 * takes for at_s in pauses])
    seen = (failing(scenario, rollout, ends) > 0) | (scenario.version == DEAD)
    return float(ends[seen].min(initial=NEVER))


def noticed_s(scenario: RefreshScenario, rollout: Rollout, flow: Traffic) -> float:
    """When people notice a bad version; ``inf`` if it shows in nothing."""
    if scenario.version == GOOD:
        return NEVER
    signs = [float(at) for at in flow.at_s[:-1][flow.failed_rps > 0][:1]]
    stuck_s = rollout.first_s("failed")
    signs += [] if stuck_s is None else [stuck_s]
    return min(signs, default=NEVER) + 60.0 * scenario.notice_min
