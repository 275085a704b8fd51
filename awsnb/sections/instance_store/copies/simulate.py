"""What happens: instances lose their copies, which are made again. A Markov chain, exact."""

from dataclasses import dataclass
from math import comb, expm1, log1p

import numpy as np
from numpy.typing import NDArray

from awsnb import facts, theory
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.sections.instance_store.copies.scenario import GROUPS, MOST_COPIES, CopiesScenario

YEAR_H = 24 * 365.25
WINDOWS_H = np.geomspace(0.01, 1000, 21)
GP3_LOSS = 1 - facts.load("ebs").value("gp3", "durability") / 100
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Outcome:
    """The chance that data is lost in a year, by the number of copies.

    Attributes
    ----------
    copies : ndarray of int, shape (c,)
        From 1 to six, or to as many as there are instances.
    loss : ndarray of float, shape (c,)
        Chance of losing any data in a year.
    windows_h : ndarray of float, shape (w,)
        Lengths of a repair, the fleet's own among them.
    window_loss, window_loss_more, window_loss_theory : ndarray of float, shape (w,)
        Chance over `windows_h`, with the scenario's copies, with one more, and its first order.
    window_h : float
        From a loss until the copy is there again.
    fleet_loss : float
        The part of the chance that no number of copies changes.
    gp3_loss : float
        Chance of losing a volume in a year if as much data lay once on gp3 volumes.
    """

    scenario: CopiesScenario
    copies: NDArray[np.int64]
    loss: Floats
    windows_h: Floats
    window_loss: Floats
    window_loss_more: Floats
    window_loss_theory: Floats
    window_h: float
    fleet_loss: float
    gp3_loss: float

    @property
    def mine(self) -> float:
        """Chance of a loss in a year with the scenario's copies."""
        return float(self.loss[self.scenario.copies - 1])

    @property
    def needed(self) -> int | None:
        """Fewest copies with which the chance is accepted; None if none of them will do."""
        enough = self.copies[100 * self.loss <= self.scenario.accepted_pct]
        return int(enough[0]) if enough.size else None

    @property
    def usable_gb(self) -> float:
        """How much data the fleet holds, each piece counted once."""
        return usable_gb(self.scenario)

    @property
    def lost_gb(self) -> float:
        """How much of it is gone when one set of copies is lost."""
        return self.usable_gb / sets(self.scenario)


def simulate(scenario: CopiesScenario) -> Outcome:
    """Solve the chain for each number of copies, and over lengths of a repair.

    Parameters
    ----------
    scenario : CopiesScenario
        The fleet.

    Returns
    -------
    Outcome
    """
    others = [scenario.replace(copies=n) for n in range(1, most_copies(scenario) + 1)]
    window = window_h(scenario)
    windows = np.union1d(WINDOWS_H, window)
    more = others[min(scenario.copies, len(others) - 1)]
    volumes = usable_gb(scenario) / scenario.data_gb
    return Outcome(
        scenario=scenario,
        copies=np.arange(1, len(others) + 1),
        loss=np.array([loss(one, window) for one in others]),
        windows_h=windows,
        window_loss=np.array([loss(scenario, hours) for hours in windows]),
        window_loss_more=np.array([loss(more, hours) for hours in windows]),
        window_loss_theory=np.array([loss_theory(scenario, hours) for hours in windows]),
        window_h=window,
        fleet_loss=-expm1(-scenario.fleet_losses_per_year),
        gp3_loss=-expm1(volumes * log1p(-GP3_LOSS)),
    )


def most_copies(scenario: CopiesScenario) -> int:
    """Return the most copies that are looked at."""
    return min(MOST_COPIES, scenario.instances)


def window_h(scenario: CopiesScenario) -> float:
    """How long a copy is missing: until the loss is noticed, and while it is made again.

    In a group a new instance receives all of it. Scattered, every other instance makes a part.
    """
    receivers = 1 if scenario.placement == GROUPS else max(scenario.instances - 1, 1)
    copying_s = lifetimes.repair_window_s(
        scenario.data_gb * 1e9, receivers * scenario.repair_gbps * 1e9 / 8
    )
    return scenario.noticed_after_min / 60 + copying_s / 3600


def nodes_and_systems(scenario: CopiesScenario) -> tuple[int, int]:
    """Return among how many instances copies may lie, and how many such systems there are."""
    if scenario.placement == GROUPS:
        return scenario.copies, scenario.instances // scenario.copies
    return scenario.instances, 1


def sets(scenario: CopiesScenario) -> int:
    """How many sets of instances hold all copies of some piece."""
    nodes, systems = nodes_and_systems(scenario)
    return systems * comb(nodes, scenario.copies)


def usable_gb(scenario: CopiesScenario) -> float:
    """How much data the fleet holds, each piece counted once, GB."""
    nodes, systems = nodes_and_systems(scenario)
    return scenario.data_gb * nodes * systems / scenario.copies


def loss(scenario: CopiesScenario, window: float) -> float:
    """Chance that any data is lost in a year if a copy is missing for so many hours, exactly."""
    nodes, systems = nodes_and_systems(scenario)
    chain = lifetimes.chain((nodes,), Lifetimes(YEAR_H / scenario.losses_per_year, window))
    one = lifetimes.loss_probability(chain, nodes - scenario.copies + 1, YEAR_H)
    if one >= 1:
        return 1.0
    return -expm1(systems * log1p(-one) - scenario.fleet_losses_per_year)


def loss_theory(scenario: CopiesScenario, window: float) -> float:
    """Estimate the same chance to the first order, as if losses were rare and repairs short."""
    nodes, systems = nodes_and_systems(scenario)
    up = YEAR_H / scenario.losses_per_year
    rate = systems * theory.loss_rate(nodes, scenario.copies, up, window)
    return -expm1(-rate * YEAR_H - scenario.fleet_losses_per_year)
