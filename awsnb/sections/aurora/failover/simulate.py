"""What happens when the writer dies: how long until a client can write again."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, log, sqrt

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.aurora import AURORA
from awsnb.sections.aurora.failover.scenario import CLIENTS, KEEPS, PROXY, FailoverScenario

DRAWS = 20_000
Z95 = 1.6448536269514722  # normal quantile
SECONDS = np.concatenate([[0.0], np.geomspace(1, 7200, 160)])
Floats = NDArray[np.float64]


def simulate(scenario: FailoverScenario) -> "Outcome":
    """Draw failovers, and each kind of client's way back to the writer.

    Parameters
    ----------
    scenario : FailoverScenario
        The cluster and its client.

    Returns
    -------
    Outcome
        How long each failover took, for the cluster and for each kind of client.
    """
    return Outcome(
        scenario=scenario,
        server_s=server_s(scenario),
        client_s={client: client_s(scenario, client) for client in CLIENTS},
        server_theory=_lognormal_over(*_median_sigma(scenario), SECONDS),
    )


@dataclass(frozen=True)
class Outcome:
    """Failovers as the cluster and its clients see them.

    Attributes
    ----------
    server_s : ndarray, shape (20,000,)
        How long the cluster had no writer.
    client_s : mapping of str to ndarray, shape (20,000,)
        By kind of client: how long it could not write, in the same failovers.
    server_theory : ndarray, shape (161,)
        Share of clusters without a writer after `SECONDS`, by the closed form.
    """

    scenario: FailoverScenario
    server_s: Floats
    client_s: Mapping[str, Floats]
    server_theory: Floats

    @property
    def mine_s(self) -> Floats:
        """The scenario's own client."""
        return self.client_s[self.scenario.client]

    @property
    def added_s(self) -> float:
        """What the client adds to the cluster's own time, on average."""
        return float(np.mean(self.mine_s - self.server_s))

    def below_pct(self, limit_s: float) -> float:
        """Return the share of failovers in which the client is back sooner, %."""
        return 100 * float(np.mean(self.mine_s < limit_s))

    def without_pct(self, client: str) -> Floats:
        """Return the share of clients of a kind that can't write yet after `SECONDS`, %."""
        times = np.sort(self.client_s[client])
        return 100 * (1 - np.searchsorted(times, SECONDS, side="right") / times.size)


def server_s(scenario: FailoverScenario) -> Floats:
    """How long the cluster has no writer, s: detection, promotion, the name moved."""
    median, sigma = _median_sigma(scenario)
    draws = np.random.default_rng([scenario.seed, 1]).standard_normal(DRAWS)
    return median * np.exp(sigma * draws)


def client_s(scenario: FailoverScenario, client: str) -> Floats:
    """How long a client of that kind can't write, s."""
    server = server_s(scenario)
    retry = AURORA.value("endpoints", "reconnect")
    phase, again = np.random.default_rng([scenario.seed, 2]).random((2, DRAWS))
    if client == PROXY:
        return server + retry * again
    kept = scenario.address_kept_s if client == KEEPS else AURORA.value("endpoints", "dns_ttl")
    return server + kept * phase + retry * again


def durations(scenario: FailoverScenario) -> str:
    """Name the facts on how long a failover takes: with a reader to promote, or without one."""
    return "failover_with_reader" if scenario.readers else "failover_without_reader"


def _median_sigma(scenario: FailoverScenario) -> tuple[float, float]:
    """Half of the failovers are below AWS's typical time, 95 % below its upper one."""
    typical, upper = (AURORA.value(durations(scenario), key) for key in ("typical", "upper"))
    return float(typical), log(upper / typical) / Z95


def _lognormal_over(median: float, sigma: float, x: Floats) -> Floats:
    over = [1.0 if one <= 0 else erfc(log(one / median) / sigma / sqrt(2)) / 2 for one in x]
    return np.array(over)
