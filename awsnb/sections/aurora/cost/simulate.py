"""What a cluster costs a month in both storage configurations, and what RDS would."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.aurora.cluster import OPTIMIZED, STANDARD
from awsnb.aws.rds import Bill, Deployment
from awsnb.sections.aurora.cost.scenario import CostScenario

IO_PER_S = np.geomspace(1, 100_000, 80)
AURORA_STANDARD, AURORA_OPTIMIZED, RDS_GP3 = "Aurora Standard", "Aurora I/O-Optimized", "RDS on gp3"
Floats = NDArray[np.float64]


def simulate(scenario: CostScenario) -> "Outcome":
    """Price the cluster, and over rates of I/O.

    Parameters
    ----------
    scenario : CostScenario
        The cluster and its load.

    Returns
    -------
    Outcome
        Bills at the scenario's rate, and totals over rates.
    """
    return Outcome(
        scenario=scenario,
        bills={
            AURORA_STANDARD: scenario.cluster(STANDARD).bill,
            AURORA_OPTIMIZED: scenario.cluster(OPTIMIZED).bill,
            RDS_GP3: rds_bill(scenario.rds()),
        },
        standard_usd=_over_rates(scenario, STANDARD),
        optimized_usd=_over_rates(scenario, OPTIMIZED),
        rds_usd=_rds_over_rates(scenario),
    )


@dataclass(frozen=True)
class Outcome:
    """A cluster's bills, USD a month.

    Attributes
    ----------
    bills : mapping of str to Bill or None
        At the scenario's I/O rate; None for RDS where it can't do that.
    standard_usd, optimized_usd, rds_usd : ndarray, shape (80,)
        Totals over `IO_PER_S`; nan for RDS where it can't do that.
    """

    scenario: CostScenario
    bills: Mapping[str, Bill | None]
    standard_usd: Floats
    optimized_usd: Floats
    rds_usd: Floats

    @property
    def mine(self) -> Bill:
        """The bill in the scenario's own configuration."""
        return self.scenario.cluster(self.scenario.storage).bill

    @property
    def rds(self) -> Bill | None:
        """The bill on RDS; None if it can't do this rate at this size."""
        return self.bills[RDS_GP3]

    @property
    def io_share_pct(self) -> float:
        """What I/O is of the Standard bill, %."""
        standard = self.scenario.cluster(STANDARD).bill
        return 100 * standard.io / standard.total

    @property
    def optimized_saves_usd(self) -> float:
        """What I/O-Optimized costs less than Standard; negative if it costs more."""
        standard, optimized = (self.scenario.cluster(way).bill for way in (STANDARD, OPTIMIZED))
        return standard.total - optimized.total

    @property
    def break_even_io_per_s(self) -> float:
        """The I/O rate from which I/O-Optimized is the cheaper configuration."""
        return self.scenario.cluster(STANDARD).break_even_io_per_s


def rds_bill(deployment: Deployment) -> Bill | None:
    """Price RDS instances; None where they can't be had."""
    return deployment.bill if deployment.possible else None


def _over_rates(scenario: CostScenario, storage: str) -> Floats:
    return np.array([scenario.cluster(storage, rate).bill.total for rate in IO_PER_S])


def _rds_over_rates(scenario: CostScenario) -> Floats:
    bills = [rds_bill(scenario.rds(rate)) for rate in IO_PER_S]
    return np.array([bill.total if bill else np.nan for bill in bills])
