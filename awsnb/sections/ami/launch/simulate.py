"""What happens: many launches, stage by stage, and a group that scales out with such launches."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.autoscaling import ASG, sensor, tracking_alarms
from awsnb.aws.autoscaling.alarms import low_share_pct
from awsnb.aws.autoscaling.defaults import EC2_GROUPS
from awsnb.aws.ebs import EBS
from awsnb.aws.ec2 import Stage, draw, launch_fact, loading_s
from awsnb.aws.ec2.launch import BOOT, LOADING, PENDING, START, USER_DATA
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import Case, Group, Scaling, TargetTracking
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.ami.launch.durations import read_durations
from awsnb.sections.ami.launch.scenario import (
    APPROACHES,
    BOOTSTRAP,
    FAST_RESTORE,
    FIRST_READ,
    HALF_BAKED,
    OF_ALL,
    WARM_POOL,
    LaunchScenario,
)

LAUNCHES = 20_000
EQUALLY_LIKELY = (np.arange(21) + 0.5) / 21
SEED = 6
MINUTES, BEFORE_MIN, STEP_S = 90, 10, 10.0
GP3_MIBPS = float(EBS.value("gp3", "included_throughput"))
CHECKS, MEASURED = "health checks", "measured"

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Launches:
    """Many launches of one approach.

    Attributes
    ----------
    mean_s : dict of str to float
        Mean time of each stage, the health checks last.
    ready_s : ndarray of float, shape (20,000,)
        From the request for an instance until it is given requests, in order.
    unhealthy : float
        Share that is found unhealthy before it answers.
    """

    mean_s: dict[str, float]
    ready_s: Floats
    unhealthy: float

    def within_s(self, pct: float) -> float:
        """In how long so many of the launches serve, s."""
        return float(np.percentile(self.ready_s, pct))


@dataclass(frozen=True, eq=False)
class Outcome:
    """Launches by approach, and the scale-out of the scenario's own.

    Attributes
    ----------
    launches : dict of str to Launches
        By approach, the scenario's own among them.
    rps : ndarray of float, shape (90,)
        Load in each minute.
    run : Scaling
        The scale-out in which all launches take the median time.
    delayed, at_once : float
        Requests that wait: on average over the launches' times, and if instances served at once.
    measured_s : ndarray of float, shape (n,)
        Measured times; none if there is no file of them.
    """

    scenario: LaunchScenario
    launches: dict[str, Launches]
    rps: Floats
    run: Scaling
    delayed: float
    at_once: float
    measured_s: Floats

    @property
    def mine(self) -> Launches:
        """The launches of the scenario's approach."""
        return self.launches[self.scenario.approach]

    @cached_property
    def delayed_pct(self) -> float:
        """Requests that wait, % of all."""
        return 100 * self.delayed / float(60 * self.rps.sum())

    @property
    def in_service(self) -> NDArray[np.int64]:
        """Instances that serve, in each minute of the median run."""
        return self.run.desired - self.run.booting

    @cached_property
    def longest_wait_s(self) -> float:
        """How long the last in the queue waits at worst in the median run."""
        served_rps = self.in_service * self.scenario.capacity_rps
        return float((self.run.backlog / np.maximum(served_rps, 1e-9)).max())

    @cached_property
    def decided_s(self) -> float | None:
        """From the first minute above the target until it launches any; None if it never does."""
        grows = np.flatnonzero(np.diff(self.run.desired, prepend=self.run.group.initial) > 0)
        over = np.flatnonzero(control_loop.above(self.run.metric[0], self.scenario.target_pct))
        if not grows.size:
            return None
        return float(self.run.decided_s[grows[0]] - over[0] * self.run.sensor.period_s)

    @cached_property
    def most_at_once(self) -> int:
        """Most instances that are launched by one decision of the median run."""
        return int(max(np.diff(self.run.desired, prepend=self.run.group.initial).max(), 0))

    @property
    def holds(self) -> bool:
        """Whether no more requests wait than is accepted."""
        return self.delayed_pct <= self.scenario.accepted_pct


def simulate(scenario: LaunchScenario) -> Outcome:
    """Draw launches of each approach, and let a group scale out with those of the scenario's.

    Parameters
    ----------
    scenario : LaunchScenario

    Returns
    -------
    Outcome

    Raises
    ------
    ScenarioError
        If the measured times can't be read.
    """
    launches = {str(name): launched(scenario.other(name)) for name in APPROACHES}
    mine = launches[scenario.approach]
    rps = load(scenario)
    return Outcome(
        scenario=scenario,
        launches=launches,
        rps=rps.reshape(MINUTES, -1).mean(axis=1),
        run=control_loop.scale(rps, STEP_S, *_case(scenario, mine.within_s(50))),
        delayed=delayed(scenario, mine.ready_s),
        at_once=delayed(scenario, np.zeros(1)),
        measured_s=read_durations(scenario.measured) if scenario.measured else np.empty(0),
    )


def launched(scenario: LaunchScenario) -> Launches:
    """Draw the launches of a scenario.

    Health checks begin when the instance is running, at any moment of their interval.
    """
    stages = stages_of(scenario)
    times = draw(stages, LAUNCHES, SEED)
    first = scenario.check_interval_s * generator(SEED, CHECKS).random(LAUNCHES)
    pending, answers = times[0], times[1:].sum(axis=0)
    healthy = scenario.check.healthy_after_s(answers, first)
    means = {stage.name: float(row.mean()) for stage, row in zip(stages, times, strict=True)}
    return Launches(
        mean_s={**means, CHECKS: float((healthy - answers).mean())},
        ready_s=np.sort(pending + healthy),
        unhealthy=float((healthy - answers > scenario.check_interval_s).mean()),
    )


def stages_of(scenario: LaunchScenario) -> list[Stage]:
    """The stages from the request for an instance until its application answers, in order."""
    spread = scenario.spread_pct / 100
    stages = [Stage(PENDING, scenario.pending_s, spread), Stage(BOOT, scenario.boot_s, spread)]
    if scenario.approach != WARM_POOL:  # its volumes have their blocks, and user data has run
        stages.append(Stage(LOADING, loading_s(read_gib(scenario), rate_mibps(scenario))))
    if scenario.approach in (BOOTSTRAP, HALF_BAKED):
        once = scenario.install_s if scenario.approach == BOOTSTRAP else scenario.configure_s
        stages.append(Stage(USER_DATA, once, spread))
    stages.append(Stage(START, scenario.start_s, spread))
    return _with_measured(stages, scenario) if scenario.measured else stages


def _with_measured(stages: list[Stage], scenario: LaunchScenario) -> list[Stage]:
    """Put what was measured in place of a stage, or of all between running and answering."""
    times = read_durations(scenario.measured)
    if scenario.measures == OF_ALL:
        return [stages[0], Stage(MEASURED, float(times.mean()), measured_s=times)]
    return [
        stage._replace(measured_s=times) if stage.name == scenario.measures else stage
        for stage in stages
    ]


def read_gib(scenario: LaunchScenario) -> float:
    """What is read of the root volume before the application answers, GiB."""
    software = scenario.software_gib * scenario.read_pct / 100 if scenario.baked else 0.0
    return launch_fact("boot_read") + software


def rate_mibps(scenario: LaunchScenario) -> float:
    """How fast it is read: no faster than a gp3 volume is."""
    rates = {FIRST_READ: scenario.default_rate_mibps, FAST_RESTORE: GP3_MIBPS}
    return min(rates.get(scenario.loading, float(scenario.provisioned_rate_mibps)), GP3_MIBPS)


def load(scenario: LaunchScenario) -> Floats:
    """Requests per second for 90 minutes, by 10 s: even, rising, even again."""
    ends_min = np.arange(STEP_S, 60 * MINUTES + 1, STEP_S) / 60
    risen = (ends_min - BEFORE_MIN) / max(scenario.ramp_min, STEP_S / 60)
    return scenario.base_rps * (1 + (scenario.growth - 1) * np.clip(risen, 0.0, 1.0))


def needed(scenario: LaunchScenario, rps: float) -> int:
    """Fewest instances that keep the CPU at or below its target."""
    return theory.instances_needed(rps, scenario.capacity_rps, scenario.target_pct)


def delayed(scenario: LaunchScenario, ready_s: Floats) -> float:
    """Requests that wait for capacity: the mean over equally likely times of a launch."""
    times = np.quantile(ready_s, EQUALLY_LIKELY) if ready_s.size > 1 else ready_s
    group, policies, metric = _case(scenario, 0.0)
    cases = [Case(_launching(group, scenario, float(time)), policies, metric) for time in times]
    return float(control_loop.sweep(load(scenario), STEP_S, cases, threads=1).delayed.mean())


def _case(scenario: LaunchScenario, ready_s: float) -> Case:
    """The group, its target tracking policy, and its metric."""
    metric = sensor("detailed")
    target = scenario.target_pct
    alarms = tracking_alarms(target, target * low_share_pct(EC2_GROUPS) / 100)
    policy = TargetTracking(
        target, *alarms, remove_at_most=ASG.value("target_tracking", "remove_at_most")
    )
    before = needed(scenario, scenario.base_rps) + scenario.spare
    most = max(before, needed(scenario, scenario.base_rps * scenario.growth))
    group = Group(before, before, most, capacity_per_s=scenario.capacity_rps)
    return Case(_launching(group, scenario, ready_s), [policy], metric)


def _launching(group: Group, scenario: LaunchScenario, ready_s: float) -> Group:
    """The group with launches of that time; the warm-up runs from when an instance is running."""
    warming_s = scenario.in_force()["warm_up_s"] - max(ready_s - scenario.pending_s, 0.0)
    return group._replace(boot_s=ready_s, warm_up_s=max(warming_s, 0.0))
