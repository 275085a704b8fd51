"""What happens: the roll-out, the requests meanwhile, and when a bad version is turned back."""

from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.autoscaling import (
    ASG,
    EC2_GROUPS,
    OwnRefresh,
    bounds,
    low_share_pct,
    read_refreshes,
    refresh_fact,
    sensor,
    stops,
    tracking_alarms,
)
from awsnb.aws.autoscaling.refresh import WAIT
from awsnb.aws.elb import ELB
from awsnb.mechanisms.control_loop import TargetTracking
from awsnb.mechanisms.group import NEVER, Load, Loss, Rolling, Rollout, Scaling, Step, roll
from awsnb.sections.instance_refresh.scenario import DEAD, RefreshScenario
from awsnb.sections.instance_refresh.traffic import (
    TIMEOUT_S,
    Floats,
    Traffic,
    serving,
    spike_s,
    traffic,
    waits,
)
from awsnb.sections.instance_refresh.verdict import Verdict, judge

SAMPLES = 240
DAY_S = 86_400
AFTER_S = 5400.0
"""How long after the last thing that is asked for the policy is still followed."""


@dataclass(frozen=True)
class Outcome:
    """What became of the roll-out and of the requests; and the reader's own refresh, if any."""

    scenario: RefreshScenario
    rollout: Rollout
    verdict: Verdict
    traffic: Traffic
    own: OwnRefresh | None = None

    @property
    def until_s(self) -> float:
        """The end of the run."""
        own_s = self.own.took_s if self.own else 0.0
        return max(float(self.traffic.at_s[-1]), 1.05 * own_s)

    @property
    def samples_s(self) -> Floats:
        """Times at which the run is drawn."""
        return np.linspace(0.0, self.until_s, SAMPLES + 1)

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
    def desired(self) -> NDArray[np.int64]:
        """The desired capacity at each sample."""
        sizes = self.rollout.sizes
        number = np.searchsorted([one.at_s for one in sizes], self.samples_s, side="right") - 1
        return np.array([one.desired for one in sizes])[number]

    @property
    def needed(self) -> NDArray[np.int64]:
        """How many are kept ready at least, at each sample."""
        floors = {one.desired: plan_of(self.scenario, one.desired).floor
                  for one in self.rollout.sizes}  # fmt: skip
        return np.array([floors[desired] for desired in self.desired.tolist()])

    def changed(self, step: Step, from_s: float = 0.0, to_s: float = NEVER) -> int:
        """Instances that the policy added or took in a while."""
        marks = self.rollout.marks
        return sum(one.instances for one in marks if one.step == step and from_s <= one.at_s < to_s)

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

    Raises
    ------
    ScenarioError
        If `refreshes` is no such file.
    """
    own = read_refreshes(scenario.refreshes) if scenario.refreshes else None
    unjudged = rolled(scenario)
    verdict = judge(scenario, unjudged)
    rollout = rolled(scenario, verdict.stop_s, verdict.back_s)
    return Outcome(scenario, rollout, verdict, traffic(scenario, rollout), own)


def rolled(scenario: RefreshScenario, stop_s: float = NEVER, back_s: float = NEVER) -> Rollout:
    """Follow the refresh, with its policy if there is one."""
    return roll(
        plan_of(scenario, scenario.desired),
        loss_of(scenario),
        stop_s,
        back_s,
        scaling_of(scenario),
        partial(plan_of, scenario),
    )


def scaling_of(scenario: RefreshScenario) -> Scaling | None:
    """Say how the policy works: target tracking of the CPU of instances that are warm."""
    target = scenario.target_pct
    if target is None:
        return None
    alarms = tracking_alarms(target, target * low_share_pct(EC2_GROUPS) / 100)
    last_s = max(spike_s(scenario)[-1], 60.0 * (scenario.zone_lost_min or 0))
    return Scaling(
        policies=[TargetTracking(target, *alarms)],
        sensor=sensor(),
        smallest=scenario.minimum,
        largest=scenario.maximum,
        load=load_of(scenario),
        capacity_per_s=float(scenario.instance_rps),
        until_s=last_s + AFTER_S,
        boot_s=float(scenario.pending_s + scenario.boot_s),
        warm_up_s=float(scenario.warm_up_s),
        drain_s=float(ELB.value("deregistration", "delay")),
        longest_wait_s=TIMEOUT_S,
        protected=max(scenario.kept, scenario.awaited),
    )


def load_of(scenario: RefreshScenario) -> Load:
    """Say when how many requests come."""
    load, more = float(scenario.load_rps), scenario.load_rps * scenario.spike_pct / 100
    steps = {0.0: load} | dict(zip(spike_s(scenario), (load + more, load), strict=True))
    return Load(tuple(steps), tuple(steps.values()))


def plan_of(scenario: RefreshScenario, desired: int) -> Rolling:
    """Say how the refresh goes with a desired capacity."""
    low, high = bounds(desired, scenario.min_healthy_pct, scenario.max_healthy_pct)
    return Rolling(
        desired=desired,
        floor=low,
        ceiling=high,
        zones=scenario.zones,
        pending_s=scenario.pending_s,
        boot_s=NEVER if scenario.version == DEAD else scenario.boot_s,
        old_boot_s=scenario.boot_s,
        warm_up_s=scenario.warm_up_s,
        checked=scenario.elb_checks,
        stops=stops(desired, scenario.checkpoints_pct),
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
