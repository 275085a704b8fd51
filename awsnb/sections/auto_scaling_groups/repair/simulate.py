"""What happens: the group is followed from event to event, and asked when it is whole again."""

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.autoscaling import (
    ASG,
    EC2_GROUPS,
    History,
    found,
    low_share_pct,
    mixed_usd_month,
    new_targets,
    read_history,
    sensor,
    tracking_alarms,
)
from awsnb.aws.autoscaling.health import SPOT, ZONE
from awsnb.aws.ebs import Volume
from awsnb.aws.ec2 import restart_s
from awsnb.aws.elb import ELB
from awsnb.mechanisms import group
from awsnb.mechanisms.control_loop import TargetTracking
from awsnb.mechanisms.group import Load, Loss, Plan, Run, Scaling
from awsnb.sections.auto_scaling_groups.repair.scenario import (
    BALANCED_ONLY,
    CREATED,
    NO_POOL,
    RUNNING,
    RepairScenario,
)

EVENT_S = 300.0
SAMPLES = 240


@dataclass(frozen=True)
class Outcome:
    """What became of the group.

    Attributes
    ----------
    run : Run
        All instances and activities.
    loss : Loss or None
        What befell it; None if it was created.
    event_s : float
        When it happened.
    changes_s, serving : ndarray
        When the number that serves changes, from the event on, and what it is from then on.
    history : History or None
        The reader's own.
    """

    scenario: RepairScenario
    run: Run
    loss: Loss | None
    event_s: float
    changes_s: NDArray[np.float64]
    serving: NDArray[np.int64]
    history: History | None

    @property
    def until_s(self) -> float:
        """The end of the run."""
        return 60.0 * self.scenario.watch_min

    @property
    def samples_s(self) -> NDArray[np.float64]:
        """Times at which the run is drawn."""
        return np.linspace(0.0, self.until_s, SAMPLES + 1)

    @property
    def whole_s(self) -> float | None:
        """How long after the event all serve, and do so to the end; None if that never comes."""
        short = np.flatnonzero(self.serving < self.scenario.desired)
        if not short.size:
            return 0.0
        if short[-1] + 1 == self.serving.size:
            return None
        return float(self.changes_s[short[-1] + 1]) - self.event_s

    @property
    def lowest(self) -> int:
        """The fewest that served at a time, from the event on."""
        return int(self.serving.min())

    @property
    def missing_s(self) -> float:
        """Instance-seconds that were missing to the desired capacity."""
        lengths = np.diff(self.changes_s, append=self.until_s)
        return float(lengths @ np.maximum(self.scenario.desired - self.serving, 0))

    @property
    def desired(self) -> NDArray[np.int64]:
        """The desired capacity at each sample."""
        sizes = self.run.sizes
        number = np.searchsorted([one.at_s for one in sizes], self.samples_s, side="right") - 1
        return np.array([one.desired for one in sizes])[number]

    @property
    def launches(self) -> int:
        """Launches from the event on."""
        return sum(one.launches for one in self.run.activities)

    @property
    def condemned(self) -> int:
        """New instances that the group took out for failed checks before they ever served."""
        own = [one for one in self.run.instances if one.launched_s >= 0]
        ended = [one for one in own if one.ended_s <= self.until_s]
        return sum(one.ended_s <= one.serving_s and one.failed_s > one.ended_s for one in ended)

    @property
    def most(self) -> int:
        """The most instances at a time, serving or not."""
        return max((one.after for one in self.run.activities), default=self.scenario.desired)

    @property
    def life_s(self) -> tuple[float, float, float]:
        """From a launch until in service, until it serves, and until it is taken out again."""
        plan = self.run.plan
        warm = plan.warm > 0
        return group.life(
            plan,
            plan.warm_pending_s if warm else plan.pending_s,
            plan.warm_boot_s if warm else plan.boot_s,
        )

    @property
    def lost_life_s(self) -> tuple[float, float, float]:
        """The same of those that are taken out: cold launches, where warm ones serve in time."""
        plan, life = self.run.plan, self.life_s
        return life if life[2] < math.inf else group.life(plan, plan.pending_s, plan.boot_s)

    @property
    def usd_month(self) -> float:
        """Price of the group while it is whole, with its warm pool."""
        asked = self.scenario
        usd = mixed_usd_month(asked.on_demand, asked.spot, asked.instance_type, asked.saving_pct)
        if asked.warm_pool == NO_POOL:
            return usd
        volume = Volume("gp3", ASG.value("warm_pool", "volume_size"))
        running = asked.warm_size if asked.warm_pool == RUNNING else 0
        return (
            usd
            + mixed_usd_month(running, 0, asked.instance_type, 0)
            + asked.warm_size * volume.cost_usd_month
        )


def simulate(scenario: RepairScenario) -> Outcome:
    """Follow the group.

    Parameters
    ----------
    scenario : RepairScenario

    Returns
    -------
    Outcome

    Raises
    ------
    ScenarioError
        If `activities` is no such file.
    """
    history = read_history(scenario.activities) if scenario.activities else None
    created = scenario.event == CREATED
    pools = [] if created else pools_of(scenario)
    loss = None if created else loss_of(scenario, pools)
    event_s = EVENT_S if loss else 0.0
    until_s = 60.0 * scenario.watch_min
    losses = [loss] if loss else []
    run = group.run(plan_of(scenario), losses, until_s, pools, scenario.types, scaling_of(scenario))
    ends = {moment for one in run.instances for moment in (one.serving_s, one.stops_s)}
    changes = np.array(sorted({event_s} | {at for at in ends if event_s < at <= until_s}))
    return Outcome(scenario, run, loss, event_s, changes, run.serving(changes), history)


def plan_of(scenario: RepairScenario) -> Plan:
    """Say how the group works."""
    stopped = scenario.warm_pool not in (NO_POOL, RUNNING)
    return Plan(
        desired=scenario.desired,
        zones=scenario.zones,
        pending_s=scenario.pending_s,
        boot_s=scenario.boot_s,
        checks=new_targets(scenario.check, scenario.healthy_threshold),
        judged=scenario.listens,
        grace_s=scenario.grace_s,
        hook_s=scenario.heartbeat_s if scenario.hook else None,
        found_s=ASG.value("health", "group_check"),
        at_once=scenario.at_once,
        elsewhere=scenario.distribution != BALANCED_ONLY,
        ahead=scenario.capacity_rebalance,
        warm=0 if scenario.warm_pool == NO_POOL else scenario.warm_size,
        warm_pending_s=scenario.pending_s if stopped else 0.0,
        warm_boot_s=min(scenario.boot_s, restart_s()) if stopped else 0.0,
    )


def scaling_of(scenario: RepairScenario) -> Scaling | None:
    """Say how the policy works, if there is one: it only scales out, and the load is constant.

    An instance can do 100 units of work a second, so its share of the load is its CPU in %.
    """
    target = scenario.target_pct
    if target is None:
        return None
    out, _ = tracking_alarms(target, target * low_share_pct(EC2_GROUPS) / 100)
    return Scaling(
        policies=[TargetTracking(target, out)],
        sensor=sensor(),
        smallest=scenario.minimum,
        largest=scenario.maximum,
        load=Load((0.0,), (scenario.busy_pct * scenario.desired,)),
        capacity_per_s=100.0,
        until_s=60.0 * scenario.watch_min,
        warm_up_s=float(ASG.value("warm_up", "duration")),
        longest_wait_s=float(ELB.value("alb", "idle_timeout")),
    )


def pools_of(scenario: RepairScenario) -> list[int]:
    """Spread the instances over zones, On-Demand first, and Spot over the types of each zone."""
    zones, first = scenario.zones, scenario.on_demand
    return [
        group.ON_DEMAND if number < first else (number - first) // zones % scenario.types
        for number in range(scenario.desired)
    ]


def loss_of(scenario: RepairScenario, pools: list[int]) -> Loss:
    """Say what befalls the group, and how soon it knows."""
    found_s, cause = found(scenario.event, scenario.checks, scenario.check)
    loss = Loss(EVENT_S, cause, found_after_s=found_s, most=scenario.affected)
    back_s = EVENT_S + 60.0 * scenario.outage_min
    if scenario.event == ZONE:
        return loss._replace(most=scenario.desired, zone=0, open_again_s=back_s)
    if scenario.event == SPOT:
        zone, pool = largest_pool(scenario, pools)
        notice_s = float(ASG.value("spot", "notice"))
        return loss._replace(
            most=scenario.desired, zone=zone, pool=pool, open_again_s=back_s, notice_s=notice_s
        )
    return loss


def largest_pool(scenario: RepairScenario, pools: list[int]) -> tuple[int, int]:
    """Find the Spot pool, zone and type, with the most instances."""
    spots = Counter((i % scenario.zones, pool) for i, pool in enumerate(pools) if pool >= 0)
    return spots.most_common(1)[0][0]


def is_found(outcome: Outcome) -> bool:
    """Whether the group ever knows of what happened."""
    return outcome.loss is None or outcome.loss.found_after_s < math.inf
