"""What happens: hours that run, hours that are paid, and spot's work that is done twice."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ebs import Volume
from awsnb.aws.ec2.purchase import (
    ON_DEMAND,
    PURCHASES,
    SPOT,
    TERM_MONTHS,
    Months,
    Usage,
    hours_to_finish,
    months_of,
    plan_hour_usd,
    rate_usd_h,
    reclaims_per_h,
)
from awsnb.aws.prices import EC2, HOURS_A_MONTH, PUBLIC_IPV4_USD_HOUR
from awsnb.sections.ec2.cost.scenario import DAY_H, CostScenario

POINTS = 49


def simulate(scenario: CostScenario) -> "Outcome":
    """Buy the instances, and let them run.

    Parameters
    ----------
    scenario : CostScenario
        The instances, how long they run, and how they are bought.

    Returns
    -------
    Outcome
    """
    return Outcome(scenario)


@dataclass(frozen=True)
class Outcome:
    """Instances bought in one way; amounts are for a month in which they are needed."""

    scenario: CostScenario

    def rate_usd_h(self, purchase: str) -> float:
        """Price of an hour of one instance."""
        return rate_usd_h(self.scenario.instance_type, purchase)

    @property
    def work_h(self) -> float:
        """Hours of work of an instance in a month."""
        return HOURS_A_MONTH * self.scenario.hours / DAY_H

    @property
    def reclaims_h(self) -> float:
        """Reclaims for each hour that a spot instance runs."""
        return reclaims_per_h(self.scenario.reclaimed_pct)

    @cached_property
    def rework_factor(self) -> float:
        """Hours that a spot instance runs for an hour of work."""
        piece_h, boot_h = self.scenario.piece_h, self.scenario.replaced_min / 60
        return hours_to_finish(piece_h, self.reclaims_h, boot_h) / piece_h

    @property
    def reclaimed_in_piece_pct(self) -> float:
        """Chance that a piece of work is interrupted at least once, %."""
        return -100 * math.expm1(-self.reclaims_h * self.scenario.piece_h)

    @property
    def runs_h(self) -> float:
        """Hours that an instance runs in a month, work that is done again included."""
        return self.work_h * (self.rework_factor if self.scenario.is_spot else 1.0)

    @property
    def between_reclaims_h(self) -> float | None:
        """Hours that an instance runs until AWS reclaims it, on average; None if it never does."""
        return 1 / self.reclaims_h if self.scenario.is_spot and self.reclaims_h else None

    def instances_usd(self, purchase: str, hours: float) -> float:
        """Bill for the instances alone if they have work for some hours of a day, USD a month."""
        work_h, rate = HOURS_A_MONTH * hours / DAY_H, self.rate_usd_h(purchase)
        if purchase == SPOT:
            each = work_h * self.rework_factor * rate
        elif purchase == ON_DEMAND:
            each = work_h * rate
        else:
            months = self.months_of(purchase, work_h)
            each = self._covered_usd(purchase, months, work_h) / self.scenario.months
        return each * self.scenario.instances

    def months_of(self, purchase: str, work_h: float) -> Months:
        """Choose the cheapest way to cover the months with whole terms, for hours of work."""
        ways = months_of(purchase, self.scenario.months)
        return min(ways, key=lambda months: self._covered_usd(purchase, months, work_h))

    def _covered_usd(self, purchase: str, months: Months, work_h: float) -> float:
        """Bill for an instance over all months: each hour of a term is paid, used or not, USD."""
        rate, on_demand = self.rate_usd_h(purchase), self.rate_usd_h(ON_DEMAND)
        at_work, idle = plan_hour_usd([Usage(1, on_demand, rate)], rate), plan_hour_usd([], rate)
        month = work_h * at_work + (HOURS_A_MONTH - work_h) * idle
        return months.committed * month + months.on_demand * work_h * on_demand

    @property
    def months(self) -> Months:
        """How the months are covered as it is bought; all on demand without a commitment."""
        if self.scenario.purchase not in TERM_MONTHS:
            return Months(0, self.scenario.months)
        return self.months_of(self.scenario.purchase, self.work_h)

    @property
    def instance_usd_month(self) -> float:
        """Bill for the instances as they are bought, USD."""
        return self.instances_usd(self.scenario.purchase, self.scenario.hours)

    @property
    def rework_usd_month(self) -> float:
        """Of it, what pays for spot's work that is done again, USD."""
        if not self.scenario.is_spot:
            return 0.0
        return self.instance_usd_month * (1 - 1 / self.rework_factor)

    @property
    def idle_usd_month(self) -> float:
        """Of it, what pays for hours of a commitment in which nothing runs, USD."""
        needed, months = self.scenario.months, self.months
        paid_h = months.committed * HOURS_A_MONTH
        used_h = min(months.committed, needed - months.on_demand) * self.work_h
        rate = self.rate_usd_h(self.scenario.purchase) * self.scenario.instances
        return rate * (paid_h - used_h) / needed

    @property
    def volumes_usd_month(self) -> float:
        """The root volumes, running or not, USD."""
        return Volume("gp3", self.scenario.root_gib).cost_usd_month * self.scenario.instances

    @property
    def address_usd_month(self) -> float:
        """The public IPv4 addresses while the instances run, USD."""
        addresses = self.scenario.instances if self.scenario.public_ipv4 else 0
        return self.runs_h * PUBLIC_IPV4_USD_HOUR * addresses

    @property
    def cost_usd_month(self) -> float:
        """All of it, USD."""
        return self.instance_usd_month + self.volumes_usd_month + self.address_usd_month

    def from_hours(self, purchase: str) -> float | None:
        """Hours a day from which a commitment costs less than on demand; None if never."""
        ratio = DAY_H * self.rate_usd_h(purchase) / self.rate_usd_h(ON_DEMAND)
        needed = self.scenario.months
        hours = min(
            ratio * months.committed / (needed - months.on_demand)
            for months in months_of(purchase, needed)
        )
        return hours if hours < DAY_H else None

    @property
    def curves(self) -> tuple[NDArray[np.float64], dict[str, NDArray[np.float64]]]:
        """Hours a day, and what the instances then cost in each way, USD a month."""
        hours = np.union1d(np.linspace(0.0, DAY_H, POINTS), self.scenario.hours)
        bills = {one: [self.instances_usd(one, float(h)) for h in hours] for one in PURCHASES}
        return hours, {purchase: np.array(bill) for purchase, bill in bills.items()}

    @property
    def holds(self) -> bool:
        """Whether the work stands what may happen to the instances."""
        return self.scenario.may_stop or not self.scenario.is_spot

    @property
    def vcpus(self) -> int:
        """Their vCPUs, by which quotas count."""
        return int(EC2.value(self.scenario.instance_type, "vcpus")) * self.scenario.instances

    @property
    def above_quota(self) -> bool:
        """Whether an account with the default quota may not run so many on spot."""
        return self.vcpus > EC2.value("spot", "quota")
