"""What happens: copies and zones fail and come back, as a Markov chain. Exact."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Chain, Lifetimes
from awsnb.sections.aurora.availability.scenario import AvailabilityScenario
from awsnb.sections.aurora.designs import DESIGNS, Design

SIZES_GB = np.geomspace(0.1, 10_000, 11)
DAYS_PER_YEAR = 365.25
YEAR_H = 24 * DAYS_PER_YEAR
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Quorum:
    """What one design comes to at one scenario's times.

    Attributes
    ----------
    unwritable_s : float
        Seconds a year without the write quorum.
    loss_years : float
        Mean years until the read quorum is lost.
    survives_zone : bool
        Whether writes go on without a zone.
    survives_zone_plus_one : bool
        Whether recovery is possible without a zone and one more copy.
    """

    unwritable_s: float
    loss_years: float
    survives_zone: bool
    survives_zone_plus_one: bool


@dataclass(frozen=True)
class Outcome:
    """How often quorums are out of reach.

    Attributes
    ----------
    quorums : mapping of str to Quorum
        By design, at the scenario's own segment.
    unwritable_s : mapping of str to ndarray, shape (11,)
        By design, over `SIZES_GB`: seconds a year without the write quorum.
    copies_alone_s : ndarray, shape (11,)
        The same for the scenario's design if zones never failed, by the binomial.
    repair_s : float
        How long a lost copy stays lost.
    """

    scenario: AvailabilityScenario
    quorums: Mapping[str, Quorum]
    unwritable_s: Mapping[str, Floats]
    copies_alone_s: Floats
    repair_s: float

    @property
    def mine(self) -> Quorum:
        """The scenario's own design."""
        return self.quorums[self.scenario.design]

    @property
    def zones_matter(self) -> tuple[float, float] | None:
        """From which to which size of a segment zones double what copies alone do; None nowhere."""
        alone, line = self.copies_alone_s, self.unwritable_s[self.scenario.design]
        ruled = SIZES_GB[(alone > 0) & (line > 2 * alone)]
        return (float(ruled[0]), float(ruled[-1])) if ruled.size else None


def simulate(scenario: AvailabilityScenario) -> Outcome:
    """Solve the chain of copies and zones for each design, over sizes of a segment.

    Parameters
    ----------
    scenario : AvailabilityScenario
        The design asked about, and how often what fails.

    Returns
    -------
    Outcome
        Time without a quorum, in seconds a year, and years to the loss of the data's quorum.
    """
    times = [lifetimes_at(scenario, gb) for gb in SIZES_GB]
    return Outcome(
        scenario=scenario,
        quorums=quorums(scenario),
        unwritable_s={
            name: np.array([away_s(design, one) for one in times])
            for name, design in DESIGNS.items()
        },
        copies_alone_s=np.array([alone_s(scenario.quorum, one) for one in times]),
        repair_s=repair_s(scenario),
    )


def quorums(scenario: AvailabilityScenario) -> dict[str, Quorum]:
    """Work out every design at the scenario's own segment."""
    times = lifetimes_at(scenario, scenario.segment_gb)
    return {name: _quorum(design, times) for name, design in DESIGNS.items()}


def lifetimes_at(scenario: AvailabilityScenario, segment_gb: float) -> Lifetimes:
    """How long copies of a size and zones last and stay away, in hours."""
    repair_h = segment_gb * 8 / scenario.repair_gbps / 3600
    outages = scenario.zone_outages_per_year
    zone_up_h = YEAR_H / outages if outages else float("inf")
    return Lifetimes(24 * scenario.segment_mttf_days, repair_h, zone_up_h, scenario.zone_outage_h)


def _quorum(design: Design, times: Lifetimes) -> Quorum:
    survives = lifetimes.survives
    return Quorum(
        unwritable_s=away_s(design, times),
        loss_years=years(design, times),
        survives_zone=survives(design.per_zone, design.write),
        survives_zone_plus_one=survives(design.per_zone, design.read, copies=1),
    )


def repair_s(scenario: AvailabilityScenario) -> float:
    """How long a lost copy stays lost, s."""
    bandwidth = scenario.repair_gbps * 1e9 / 8
    return lifetimes.repair_window_s(scenario.segment_gb * 1e9, bandwidth)


def away_s(design: Design, times: Lifetimes) -> float:
    """Seconds a year without the write quorum."""
    shares, reachable = _shares(design.per_zone, times)
    return 3600 * YEAR_H * float(shares[reachable < design.write].sum())


def alone_s(design: Design, times: Lifetimes) -> float:
    """The seconds if zones never failed: copies are independent, their number is binomial."""
    down = times.copy_down / (times.copy_up + times.copy_down)
    n = design.copies
    missed = float(theory.order_statistic_cdf(down, n - design.write + 1, n))
    return 3600 * YEAR_H * missed


@lru_cache(maxsize=512)
def years(design: Design, times: Lifetimes) -> float:
    """Mean years until the read quorum is lost, from all being well."""
    return lifetimes.mean_time_to_loss(_chain(design.per_zone, times), design.read) / YEAR_H


@lru_cache(maxsize=512)
def _shares(per_zone: tuple[int, ...], times: Lifetimes) -> tuple[Floats, NDArray[np.int64]]:
    """Share of time in each state, and the copies that can be reached there."""
    chain = _chain(per_zone, times)
    return lifetimes.steady_state(chain.rates), chain.reachable


def _chain(per_zone: tuple[int, ...], times: Lifetimes) -> Chain:
    """The chain at these times: its states don't depend on them, its rates are a weighted sum."""
    unit, kinds = _kinds(per_zone)
    rates = sum(kind / mean for kind, mean in zip(kinds, times, strict=True))
    return unit._replace(rates=np.asarray(rates))


@lru_cache(maxsize=16)
def _kinds(per_zone: tuple[int, ...]) -> tuple[Chain, list[Floats]]:
    """The chain at unit times, and the part of its rates that each time sets."""
    unit = Lifetimes(1.0, 1.0, 1.0, 1.0)
    chain = lifetimes.chain(per_zone, unit)
    twice = [unit._replace(**{name: 0.5}) for name in unit._fields]
    return chain, [lifetimes.chain(per_zone, times).rates - chain.rates for times in twice]
