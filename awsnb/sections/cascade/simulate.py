"""A night of the site, over several sets of health-check phases."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb import facts
from awsnb.aws.elb.limits import ELB
from awsnb.aws.prices import HOURS_A_MONTH, instance_usd_hour
from awsnb.aws.rds import instance_usd_month, proxy_usd_month
from awsnb.mechanisms.cascade import Night, nights
from awsnb.mechanisms.token_bucket import Bucket
from awsnb.sections.cascade.load import HOURS, MINUTE_S, MINUTES, Load, demand
from awsnb.sections.cascade.scenario import (
    CACHE_NODE,
    DB_CLASS,
    ENGINE,
    INSTANCE,
    PROXY,
    CascadeScenario,
)
from awsnb.sections.cascade.site import site_of

Floats = NDArray[np.float64]
FULL = 0.95  # of the threads, from where they all count as busy
FEW_PCT = 0.05  # of the users, that failed and count as none


@dataclass(frozen=True, eq=False)
class Outcome:
    """What became of the night.

    Attributes
    ----------
    scenario : CascadeScenario
    load : Load
    nights : tuple of Night
        One a set of phases; they differ in nothing else.
    """

    scenario: CascadeScenario
    load: Load
    nights: tuple[Night, ...]

    @cached_property
    def failed_pct(self) -> Floats:
        """Users who gave up for good, of each night, %."""
        return self._each(lambda night: night.totals.failed_pct)

    @cached_property
    def slow_min(self) -> Floats:
        """Minutes with a p99 above 1 s, of each night."""
        return self._each(lambda night: night.totals.slow_minutes)

    @cached_property
    def replaced(self) -> Floats:
        """Instances that the health check replaced, of each night."""
        return self._each(lambda night: night.totals.replaced)

    @cached_property
    def usd_month(self) -> Floats:
        """Price of a month of such nights: instances, balancer, database, cache, proxy."""
        size = self._each(lambda night: night.totals.instance_s) / (3600 * HOURS)
        return size * instance_usd_hour(INSTANCE) * HOURS_A_MONTH + fixed_usd_month(self.scenario)

    @property
    def fails(self) -> bool:
        """Whether requests fail for good in any of the nights."""
        return bool(self.failed_pct.max() >= FEW_PCT)

    @cached_property
    def shown(self) -> Night:
        """The night in the middle, by how much failed."""
        order = np.argsort(self.failed_pct, kind="stable")
        return self.nights[order[(len(order) - 1) // 2]]

    def by_minute(self, column: str) -> Floats:
        """Return means of a column of the shown night, shape (480,)."""
        return minutes_of(self.shown, column)

    @cached_property
    def failed_per_s(self) -> Floats:
        """Users who gave up for good, of each night and minute, shape (sets, 480)."""
        each = [minutes_of(night, "failed") for night in self.nights]
        return np.array(each) / self.scenario.step_s

    @cached_property
    def threads_pct(self) -> Floats:
        """Threads of the instances in service that wait for the database, %, by minute."""
        threads = self.scenario.threads * np.maximum(self.by_minute("in_service"), 1e-9)
        return np.round(np.minimum(100 * self.by_minute("queries") / threads, 100.0), 1)

    @cached_property
    def p99_s(self) -> Floats:
        """Response time of the shown night that 99 % stay within, s, by minute; 0 without any."""
        return np.nan_to_num(self.shown.percentile_s(99.0))

    @cached_property
    def volume(self) -> Bucket:
        """The database's volume, I/Os a second; without credits its capacity is 0."""
        return site_of(self.scenario).database.volume

    def first_s(self, happens: NDArray[np.bool_]) -> float | None:
        """Return when something happens first in the shown night, s; None if never."""
        return float(happens.argmax()) * self.scenario.step_s if happens.any() else None

    def _each(self, number: Callable[[Night], float]) -> Floats:
        return np.array([number(night) for night in self.nights], dtype=np.float64)


def simulate(scenario: CascadeScenario) -> Outcome:
    """Let the night pass.

    Raises
    ------
    ScenarioError, TraceError
        If the trace can't be read, is no load, or does not hold the night.
    """
    load = demand(scenario)
    site = site_of(scenario)
    users_per_s = np.repeat(load.users_per_s, round(MINUTE_S / scenario.step_s))
    return Outcome(
        scenario,
        load,
        tuple(nights(site, users_per_s, scenario.step_s, scenario.sets, scenario.seed)),
    )


def minutes_of(night: Night, column: str) -> Floats:
    """Return means of a column by minute, shape (480,)."""
    return np.asarray(night.steps[column].reshape(MINUTES, -1).mean(axis=1))


def fixed_usd_month(scenario: CascadeScenario) -> float:
    """Price of all but the instances, USD a month; the balancer's hours without its units."""
    hourly = ELB.value("alb", "hour_price")
    hourly += facts.load("elasticache").value(CACHE_NODE, "valkey_price")
    proxy = proxy_usd_month(DB_CLASS) if scenario.connect == PROXY else 0.0
    database = instance_usd_month(DB_CLASS, ENGINE) + scenario.storage.cost_usd_month
    return float(hourly * HOURS_A_MONTH + database + proxy)
