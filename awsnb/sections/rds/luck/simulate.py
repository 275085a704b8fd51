"""What happens: how long a commit waits, and how long a year is without the database. Exact."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds import RDS, Deployment
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.sections.rds.luck.scenario import (
    ANSWERS,
    CLUSTER,
    DEPLOYMENTS,
    GONE,
    PAIR,
    SINGLE,
    SLOW,
    LuckScenario,
)

BOTH = "both standbys"
ONE_IN = np.geomspace(2, 10_000, 60)
YEAR_H = 12 * HOURS_A_MONTH
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Downtime:
    """A year's time without writes, in minutes: until failovers end, and with too few left."""

    failover_min: float
    outage_min: float

    @property
    def total_min(self) -> float:
        """All of it."""
        return self.failover_min + self.outage_min


@dataclass(frozen=True, eq=False)
class Outcome:
    """A database in each deployment.

    Attributes
    ----------
    exceeded_ms : mapping of str to ndarray, shape (60,)
        By deployment, the latency that one commit in `ONE_IN` exceeds; NaN where none ends.
        `BOTH` waits for both standbys, which RDS does not do.
    downtime : mapping of str to Downtime
        By deployment.
    """

    scenario: LuckScenario
    exceeded_ms: Mapping[str, Floats]
    downtime: Mapping[str, Downtime]

    def one_in_ms(self, one_in: float, deployment: str = "") -> float:
        """The latency that one commit in so many exceeds, ms."""
        curve = self.exceeded_ms[deployment or self.scenario.deployment]
        return float(np.exp(np.interp(math.log(one_in), np.log(ONE_IN), np.log(curve))))

    @property
    def blocked(self) -> bool:
        """Whether no commit ends."""
        return not np.isfinite(self.exceeded_ms[self.scenario.deployment]).any()

    @property
    def clients_s(self) -> tuple[float, float]:
        """How long clients are without the database at a failure, at least and at most, s."""
        return clients_s(self.scenario, self.scenario.deployment)

    @property
    def usd_month(self) -> float:
        """Price of the deployment."""
        return usd_month(self.scenario, self.scenario.deployment)


def simulate(scenario: LuckScenario) -> Outcome:
    """Work out each deployment.

    Parameters
    ----------
    scenario : LuckScenario
        The database, and what fails.

    Returns
    -------
    Outcome
        Latency of a commit, and downtime.
    """
    return Outcome(
        scenario=scenario,
        exceeded_ms={name: _exceeded_ms(scenario, name) for name in (*DEPLOYMENTS, BOTH)},
        downtime={name: downtime(scenario, name) for name in DEPLOYMENTS},
    )


def commit_cdf(scenario: LuckScenario, deployment: str, latency_ms: Floats) -> Floats:
    """Chance that a commit takes no longer, by order statistics of independent instances.

    The writer's own disk must have it, and so many standbys: none, the one, the faster of two.
    """
    local_ms = RDS.value("latency", "local_commit")
    writer = _answers(scenario, latency_ms, 1, (local_ms,))
    if deployment == SINGLE:
        return writer
    away_ms = local_ms + RDS.value("latency", "zone_round_trip")
    first = {ANSWERS: (away_ms,), SLOW: (away_ms * scenario.slow_factor,), GONE: ()}
    others = () if deployment == PAIR else (away_ms,)
    needed = 2 if deployment == BOTH else 1
    return writer * _answers(scenario, latency_ms, needed, (*first[scenario.standby], *others))


def _answers(
    scenario: LuckScenario, latency_ms: Floats, needed: int, median_ms: tuple[float, ...]
) -> Floats:
    """Chance that so many of some instances have answered, each at times slower by a factor."""
    if needed > len(median_ms):
        return np.zeros(latency_ms.size)
    return theory.quorum_latency_cdf(
        latency_ms,
        needed,
        (1,) * len(median_ms),
        median_ms,
        zone_sigma=0.0,
        copy_sigma=RDS.value("latency", "commit_spread"),
        slow=(scenario.slow_pct / 100, scenario.slow_factor),
        nodes=1,
    )


def _exceeded_ms(scenario: LuckScenario, deployment: str) -> Floats:
    grid = np.geomspace(0.1, 20 * scenario.slow_factor**2, 1000)
    cdf = commit_cdf(scenario, deployment, grid)
    if cdf[-1] < 0.5:
        return np.full(ONE_IN.size, np.nan)
    return np.exp(np.interp(1 - 1 / ONE_IN, np.maximum.accumulate(cdf), np.log(grid)))


def downtime(scenario: LuckScenario, deployment: str) -> Downtime:
    """A year's minutes without writes, by the chain of instances and zones."""
    zones = {SINGLE: 1, PAIR: 2, CLUSTER: 3}[deployment]
    needed = 2 if deployment == CLUSTER else 1  # the writer, and a reader to acknowledge
    chain = lifetimes.chain((1,) * zones, times(scenario))
    short = lifetimes.steady_state(chain.rates)[chain.reachable < needed].sum()
    moves = 0.0 if deployment == SINGLE else _moves_a_year(scenario)
    mean_s = sum(clients_s(scenario, deployment)) / 2
    return Downtime(moves * mean_s / 60, 60 * YEAR_H * float(short))


def times(scenario: LuckScenario) -> Lifetimes:
    """How long instances and zones last, and stay away, in hours."""
    outages = scenario.zone_outages_per_year
    return Lifetimes(
        YEAR_H / scenario.failures_per_year,
        scenario.recovery_min / 60,
        YEAR_H / outages if outages else math.inf,
        scenario.zone_outage_h,
    )


def _moves_a_year(scenario: LuckScenario) -> float:
    """How often the writer's instance or zone fails."""
    return scenario.failures_per_year + scenario.zone_outages_per_year


def clients_s(scenario: LuckScenario, deployment: str) -> tuple[float, float]:
    """How long clients are without the database at a failure, at least and at most, s."""
    if deployment == SINGLE:
        return 60 * scenario.recovery_min, 60 * scenario.recovery_min
    if deployment == PAIR:
        low, high = (RDS.value("multi_az_instance", f"failover_{end}") for end in ("min", "max"))
        return low, high + scenario.client_dns_s
    lag_s = scenario.most_lag_s if scenario.engine == "mysql" else scenario.least_lag_s
    failover_s = RDS.value("multi_az_cluster", "failover_max") + lag_s
    return failover_s, failover_s + scenario.client_dns_s


def usd_month(scenario: LuckScenario, deployment: str) -> float:
    """Price of a deployment, USD a month in us-east-1; a cluster's is at the least."""
    instances = 2 if deployment == PAIR else 1
    one = Deployment(
        scenario.engine, scenario.instance_class, instances, scenario.size_gib, iops=0.0
    ).bill.total
    return one * (RDS.value("multi_az_cluster", "instances_billed") if deployment == CLUSTER else 1)
