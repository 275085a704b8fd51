"""What happens: writes to each design, of which the slowest copies can be passed over."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import log

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.aurora import AURORA
from awsnb.mechanisms import quorum
from awsnb.mechanisms.quorum import Copies, Waits
from awsnb.sections.aurora.designs import DESIGNS
from awsnb.sections.aurora.write_latency.scenario import WriteLatencyScenario

WRITES = 300_000
ONE_IN = np.geomspace(2, 10_000, 60)
LATE_FACTOR = 5  # of a copy's median: parts the slow answers from the prompt ones
Floats = NDArray[np.float64]


def simulate(scenario: WriteLatencyScenario) -> "Outcome":
    """Draw writes to each design.

    Parameters
    ----------
    scenario : WriteLatencyScenario
        The design asked about, and what slows copies down.

    Returns
    -------
    Outcome
        How long the writes to every design took, at the same troubles.
    """
    runs = {design: waits(scenario, design) for design in DESIGNS}
    copies, gone = _copies(scenario, scenario.design)
    late_ms = AURORA.value("latency", "copy_median") * LATE_FACTOR
    return Outcome(
        scenario=scenario,
        runs=runs,
        independent_ms=independent_ms(scenario),
        late_pct=100 * float(runs[scenario.design].exceeding(late_ms)[0]),
        there=sum(copies.per_zone),
        gone=gone,
    )


@dataclass(frozen=True)
class Outcome:
    """Writes to each design, and what independent copies would do.

    Attributes
    ----------
    runs : mapping of str to Waits
        By design: how long its writes waited, ms.
    independent_ms : ndarray, shape (60,)
        The latency that one write in `ONE_IN` exceeds if copies are independent, by the closed
        form; nan without a quorum.
    late_pct : float
        Writes that took more than five times a copy's median, %.
    there, gone : int
        Copies that answer, and copies that are gone with their zone.
    """

    scenario: WriteLatencyScenario
    runs: Mapping[str, Waits]
    independent_ms: Floats
    late_pct: float
    there: int
    gone: int

    def exceeded_ms(self, design: str) -> Floats:
        """Return the latency that one write in `ONE_IN` exceeds, ms; nan without a quorum."""
        return _finite(self.runs[design].quantile(1 - 1 / ONE_IN)[0])

    def quantile_ms(self, design: str, share: float) -> float:
        """Return a quantile of a design's write latency, ms; infinite without a quorum."""
        return float(self.runs[design].quantile(share)[0])

    @property
    def spare(self) -> int:
        """Copies that need not answer; negative where too few are left."""
        return self.there - self.scenario.quorum.write

    @property
    def needs_zone_a(self) -> bool:
        """Whether writes need a copy in zone A."""
        return self.spare < self.scenario.quorum.per_zone[0]

    @property
    def zone_slow_pct(self) -> float:
        """Writes at which at least one zone is slow as a whole, %."""
        zones = sum(count > 0 for count in self.scenario.quorum.per_zone)
        return 100 * (1 - (1 - self.scenario.zone_slow_pct / 100) ** zones)

    @property
    def together_from(self) -> float | None:
        """The rarity from which writes are off the closed form by a tenth; None if none is.

        That is what zones do that are slow as a whole.
        """
        mine = self.exceeded_ms(self.scenario.design)
        apart = np.abs(mine / self.independent_ms - 1) > 0.1
        if not (self.scenario.zone_slow_pct and apart.any()):
            return None
        return float(ONE_IN[apart.argmax()])


def waits(scenario: WriteLatencyScenario, design: str) -> Waits:
    """Draw how long writes to a design wait, ms, at the scenario's troubles."""
    return _waits(*_copies(scenario, design), DESIGNS[design].write, scenario.seed)


def independent_ms(scenario: WriteLatencyScenario) -> Floats:
    """What one write in `ONE_IN` exceeds if every copy draws its troubles by itself, ms.

    Order statistics of independent, not identical copies.
    """
    return _independent_ms(_copies(scenario, scenario.design)[0], scenario.quorum.write)


@lru_cache(maxsize=64)
def _waits(copies: Copies, missing: int, rank: int, seed: int) -> Waits:
    there = sum(copies.per_zone)
    if rank <= there:
        return quorum.waits(copies, [rank], WRITES, seed)
    none = quorum.waits(copies, [1], 1, seed)
    return none._replace(counts=np.zeros_like(none.counts), never=np.array([WRITES]))


def _copies(scenario: WriteLatencyScenario, design: str) -> tuple[Copies, int]:
    """The copies that can answer, and how many are gone with their zone."""
    per_zone = DESIGNS[design].per_zone
    gone = per_zone[0] if scenario.zone_trouble == "down" else 0
    median = AURORA.value("latency", "copy_median")
    slow_zone = AURORA.value("latency", "slow_zone_factor")
    first = median * (slow_zone if scenario.zone_trouble == "slow" else 1)
    copies = Copies(
        (0, *per_zone[1:]) if gone else per_zone,
        (first, *[median] * (len(per_zone) - 1)),
        zone_sigma=0.0,
        copy_sigma=AURORA.value("latency", "jitter_sigma"),
        slow_share=scenario.slow_copy_pct / 100,
        slow_factor=scenario.slow_factor,
        zone_slow_share=scenario.zone_slow_pct / 100,
        zone_slow_factor=slow_zone,
    )
    return copies, gone


@lru_cache(maxsize=64)
def _independent_ms(copies: Copies, rank: int) -> Floats:
    n = sum(copies.per_zone)
    if rank > n:
        return np.full(len(ONE_IN), np.nan)
    grid = _grid(copies)
    missed = 1 - theory.quorum_latency_cdf(
        np.exp(grid),
        rank,
        (1,) * n,  # every copy a zone of its own: nothing is shared
        tuple(np.repeat(copies.median, copies.per_zone)),
        0.0,
        copies.copy_sigma,
        (copies.slow_share, copies.slow_factor),
        (copies.zone_slow_share, copies.zone_slow_factor),
        nodes=1,
    )
    rarer = -np.log(np.maximum(np.minimum.accumulate(missed), 1e-300))
    return np.exp(np.interp(np.log(ONE_IN), rarer, grid))


def _grid(copies: Copies) -> Floats:
    """Logarithms of latency, from what no copy is below to what hardly any is above."""
    low, high = log(min(copies.median)), log(max(copies.median))
    slowest = log(copies.slow_factor) + log(copies.zone_slow_factor)
    return np.linspace(low - 4 * copies.copy_sigma, high + slowest + 4 * copies.copy_sigma, 400)


def _finite(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, np.nan)
