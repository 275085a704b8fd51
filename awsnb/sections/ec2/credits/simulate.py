"""What happens: a load takes credit from an instance, which earns it back at a steady rate."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from awsnb.aws.ec2 import Burstable, hour_price, peer
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.mechanisms.after_end import Fall, fall_of
from awsnb.sections.ec2.credits.load import Load, demand
from awsnb.sections.ec2.credits.run import Floats, Run, run
from awsnb.sections.ec2.credits.scenario import CreditScenario

MONTH_S = 3600.0 * HOURS_A_MONTH
SETTLED = 1e-9  # of the work: less is no work that still waits


def simulate(scenario: CreditScenario) -> "Outcome":
    """Run a load on a burstable instance.

    Parameters
    ----------
    scenario : CreditScenario
        The instance, its mode and its load.

    Returns
    -------
    Outcome
        What was served when, and what became of the credit.

    Raises
    ------
    ScenarioError, TraceError
        If a file can't be read, or is not what it should be.
    """
    return carry(scenario, demand(scenario))


def carry(scenario: CreditScenario, load: Load) -> "Outcome":
    """Run a load that is read already."""
    earned, launch = start_credits(scenario, load)
    done = run(
        scenario.instance, load.trace.duration_s, load.vcpus, earned, launch, scenario.overload
    )
    return Outcome(scenario, load, earned, launch, done)


def start_credits(scenario: CreditScenario, load: Load) -> tuple[float, float]:
    """Earned and launch credits when the load begins."""
    instance = scenario.instance
    if scenario.start_credits is not None:
        return min(scenario.start_credits, instance.max_credits), 0.0
    if load.measured_credits is not None:
        first = load.measured_credits[np.isfinite(load.measured_credits)][0]
        return float(min(first, instance.max_credits)), 0.0
    return 0.0, instance.launch_credits


@dataclass(frozen=True)
class Outcome:
    """A load run on a burstable instance."""

    scenario: CreditScenario
    load: Load
    earned: float
    launch: float
    run: Run

    @property
    def instance(self) -> Burstable:
        """The instance and its mode."""
        return self.scenario.instance

    @cached_property
    def throttled_s(self) -> float:
        """Seconds in which work waited or was given up."""
        return float(self.run.throttled_s.sum())

    @property
    def too_small(self) -> bool:
        """Whether the load asks for more vCPUs than there are."""
        return self.peak_vcpus > self.instance.vcpus

    @property
    def peak_vcpus(self) -> float:
        """The most that is asked for."""
        return float(self.load.vcpus.max())

    @cached_property
    def mean_vcpus(self) -> float:
        """What is asked for on average."""
        duration_s = self.load.trace.duration_s
        return float((self.load.vcpus * duration_s).sum() / duration_s.sum())

    @property
    def mean_pct(self) -> float:
        """The same as a share of the instance, %."""
        return 100 * self.mean_vcpus / self.instance.vcpus

    @cached_property
    def first_throttled_s(self) -> float | None:
        """Seconds from the start until work was first held back."""
        return self.load.trace.begins_s(self.run.throttled_s)

    @cached_property
    def first_charged_s(self) -> float | None:
        """Seconds from the start until the sample in which surplus is first charged."""
        trace = self.load.trace
        return trace.begins_s(np.where(self.run.charged > 0, trace.duration_s, 0.0))

    @cached_property
    def late_s(self) -> float | None:
        """How late the work is that waits for the longest; None if it still waits at the end."""
        if not self.throttled_s or self.scenario.overload == "drop":
            return 0.0
        duration_s = self.load.trace.duration_s
        at_s = np.concatenate(([0.0], np.cumsum(duration_s)))
        arrived = np.concatenate(([0.0], np.cumsum(self.load.vcpus * duration_s)))
        done = np.concatenate(([0.0], np.cumsum(self.run.served_vcpu_s)))
        if arrived[-1] - done[-1] > SETTLED * arrived[-1]:
            return None
        return float(max(np.max(np.interp(arrived, done, at_s) - at_s), 0.0))

    @cached_property
    def charged_credits(self) -> float:
        """Surplus credits billed while the load runs."""
        return float(self.run.charged.sum())

    @property
    def owed_usd(self) -> float:
        """What is billed for surplus if the instance is stopped at the load's end, USD."""
        return float(self.run.surplus[-1]) * self.instance.usd_per_credit

    @cached_property
    def surplus_usd_month(self) -> float:
        """What surplus credits cost in a month in which the load repeats, USD."""
        if self.scenario.is_standard:
            return 0.0
        duration_s = self.load.trace.duration_s
        times = int(np.ceil(MONTH_S / duration_s.sum()))
        whole_s = np.tile(duration_s, times)
        month = run(
            self.instance, whole_s, np.tile(self.load.vcpus, times), self.earned,
            overload=self.scenario.overload,
        )  # fmt: skip
        share = MONTH_S / whole_s.sum()
        return float(month.charged.sum() * share * self.instance.usd_per_credit)

    @property
    def cost_usd_month(self) -> float:
        """The month's bill for the instance and its surplus credits, USD."""
        return self.instance.usd_h * HOURS_A_MONTH + self.surplus_usd_month

    @property
    def peer(self) -> str:
        """The instance of fixed performance to weigh it against."""
        return peer(self.scenario.instance_type)

    @property
    def peer_usd_month(self) -> float:
        """What that costs in a month, USD."""
        return hour_price(self.peer) * HOURS_A_MONTH

    @property
    def break_even_pct(self) -> float:
        """Mean CPU above which the peer costs less than unlimited mode, %."""
        return self.instance.break_even_pct(hour_price(self.peer))

    @cached_property
    def price_curve(self) -> tuple[Floats, Floats, Floats]:
        """Mean CPU, %, and what unlimited mode and the peer cost at it, USD a month."""
        mean_pct = np.union1d(np.linspace(0.0, 100.0, 101), min(self.mean_pct, 100.0))
        here = [HOURS_A_MONTH * self.instance.mean_usd_h(pct) for pct in mean_pct]
        return mean_pct, np.array(here), np.full(mean_pct.size, self.peer_usd_month)

    @property
    def may_owe(self) -> float:
        """Credits that it may owe before any are charged."""
        return 0.0 if self.scenario.is_standard else self.instance.max_credits

    @property
    def room(self) -> Floats:
        """Credits that may still be spent before it slows down, or before surplus is charged."""
        return self.run.balance - self.run.surplus + self.may_owe

    @property
    def room_most(self) -> float:
        """The most that this can be."""
        return self.instance.max_credits + self.launch + self.may_owe

    @cached_property
    def fall(self) -> Fall | None:
        """How that room still falls at the end; None if it doesn't, or is used up."""
        if self.charged_credits or (self.throttled_s and self.room[-1] <= 0):
            return None
        start = self.earned + self.launch + self.may_owe
        return fall_of(start, self.room, self.load.trace.duration_s, self.room_most)

    @property
    def holds(self) -> bool:
        """Whether nothing is held back, nor soon would be if the load went on."""
        if self.throttled_s:
            return False
        return not (self.scenario.is_standard and self.fall and self.fall.goes_dry)

    @cached_property
    def balance_error_credits(self) -> float | None:
        """Mean distance between the measured balance and the model's; None without one."""
        if self.load.measured_credits is None:
            return None
        return float(np.nanmean(np.abs(self.load.measured_credits - self.run.balance)))
