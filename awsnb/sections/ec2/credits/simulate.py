"""What happens: a load takes credit from an instance, which earns it back at a steady rate."""

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.ec2 import Burstable, hour_price, peer
from awsnb.aws.ec2.burstable import CREDIT_VCPU_S, UNLIMITED
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.mechanisms import token_bucket
from awsnb.mechanisms.after_end import Fall, fall_of
from awsnb.mechanisms.token_bucket import Bucket
from awsnb.sections.ec2.credits.load import Load, demand
from awsnb.sections.ec2.credits.scenario import CreditScenario

MONTH_S = 3600.0 * HOURS_A_MONTH
SETTLED = 1e-9  # of the work: less is no work that still waits

Floats = NDArray[np.float64]


class Run(NamedTuple):
    """What an instance did, per sample of the load.

    Attributes
    ----------
    served_vcpu_s, lost_vcpu_s : ndarray of float, shape (n,)
        Work done and work given up.
    throttled_s : ndarray of float, shape (n,)
        Seconds in which work waited or was given up.
    balance, surplus : ndarray of float, shape (n,)
        Credits held, and credits owed, at the sample's end.
    charged : ndarray of float, shape (n,)
        Surplus credits that are billed at once.
    """

    served_vcpu_s: Floats
    lost_vcpu_s: Floats
    throttled_s: Floats
    balance: Floats
    surplus: Floats
    charged: Floats


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


def run(
    instance: Burstable,
    duration_s: Floats,
    vcpus: Floats,
    earned: float,
    launch: float = 0.0,
    overload: str = "queue",
) -> Run:
    """Run a load on an instance.

    Work above the number of vCPUs is held back first; the rest takes credit. In unlimited mode the
    instance may owe what it earns in a day: a bucket twice as deep, and what does not fit is
    charged.

    Parameters
    ----------
    instance : Burstable
        The instance and its mode.
    duration_s, vcpus : ndarray of float, shape (n,)
        Length of each sample, and the vCPUs that the load would keep busy in it.
    earned, launch : float
        Credits at the start. Launch credits are spent first and do not come back.
    overload : {"queue", "drop"}
        What becomes of work that is held back.
    """
    waiting = np.inf if overload == "queue" else 0.0
    size = float(instance.vcpus)
    served, lost, held_s = vcpus * duration_s, np.zeros(vcpus.size), np.zeros(vcpus.size)
    if vcpus.max() > size:
        cap = Bucket(1.0, size, size, 0.0, 0.0)
        through = token_bucket.serve(duration_s, vcpus, [cap], waiting)
        served, lost, held_s = through.served, through.lost, through.throttled_s
    if instance.mode == UNLIMITED:
        return _unlimited(instance, duration_s, served, earned, (lost, held_s))
    done = _standard(instance, duration_s, served, (earned, launch), waiting)
    throttled_s = np.minimum(done.throttled_s + held_s, duration_s)
    return done._replace(lost_vcpu_s=done.lost_vcpu_s + lost, throttled_s=throttled_s)


def _bucket(instance: Burstable, capacity: float, level: float) -> Bucket:
    base, size = instance.baseline_vcpus, float(instance.vcpus)
    return Bucket(1.0, base, size, capacity * CREDIT_VCPU_S, level * CREDIT_VCPU_S)


def _unlimited(
    instance: Burstable,
    duration_s: Floats,
    work: Floats,
    earned: float,
    capped: tuple[Floats, Floats],
) -> Run:
    most = instance.max_credits
    bucket = _bucket(instance, 2 * most, most + earned)
    service = token_bucket.serve(duration_s, work / duration_s, [bucket], 0.0)
    credit = service.level[:, 0] / CREDIT_VCPU_S - most
    owed, held = np.maximum(-credit, 0.0), np.maximum(credit, 0.0)
    return Run(work, *capped, held, owed, service.lost / CREDIT_VCPU_S)


def _standard(
    instance: Burstable,
    duration_s: Floats,
    work: Floats,
    credits: tuple[float, float],
    waiting: float,
) -> Run:
    """Spend launch credits first: until they are gone, the load takes nothing that was earned."""
    earned, launch = credits
    given = launch * CREDIT_VCPU_S
    spent = np.minimum(np.cumsum(work), given)
    rate, length_s, first = _after_launch(duration_s, work, given)
    bucket = _bucket(instance, instance.max_credits, earned)
    service = token_bucket.serve(length_s, rate, [bucket], waiting)
    last = np.append(first[1:], length_s.size) - 1
    served, lost, throttled_s = (
        np.add.reduceat(column, first)
        for column in (service.served, service.lost, service.throttled_s)
    )
    balance = service.level[last, 0] / CREDIT_VCPU_S + (given - spent) / CREDIT_VCPU_S
    none = np.zeros(work.size)
    served = served + np.diff(spent, prepend=0.0)
    return Run(served, lost, throttled_s, balance, none, none)


def _after_launch(
    duration_s: Floats, work: Floats, given: float
) -> tuple[Floats, Floats, NDArray[np.intp]]:
    """Take out what launch credits pay for; the sample in which they end is cut in two.

    Returns
    -------
    rate, length_s : ndarray of float
        Load on the earned credits, and the length of each piece.
    first : ndarray of int, shape (n,)
        The piece that each sample begins with.
    """
    total = np.cumsum(work)
    end = int(np.searchsorted(total, given, side="right"))
    rate = work / duration_s
    index = np.arange(work.size)
    if end == work.size:  # they outlast the load
        return np.where(total <= given, 0.0, rate), duration_s, index
    before = total[end] - work[end]
    part_s = (given - before) / rate[end]
    after = np.where(index < end, 0.0, rate)
    if not 0.0 < part_s < duration_s[end]:
        return after, duration_s, index
    rate, length_s = np.insert(after, end, 0.0), np.insert(duration_s, end, part_s)
    length_s[end + 1] -= part_s
    return rate, length_s, np.where(index > end, index + 1, index)


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
        return self._first(self.run.throttled_s)

    @cached_property
    def first_charged_s(self) -> float | None:
        """Seconds from the start until the sample in which surplus is first charged."""
        return self._first(np.where(self.run.charged > 0, self.load.trace.duration_s, 0.0))

    def _first(self, lasts_s: Floats) -> float | None:
        """Find when what lasts to the end of its sample first begins."""
        if not lasts_s.any():
            return None
        index = int(np.flatnonzero(lasts_s)[0])
        duration_s = self.load.trace.duration_s
        return float(duration_s[: index + 1].sum() - lasts_s[index])

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
        mean_pct = np.linspace(0.0, 100.0, 101)
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
