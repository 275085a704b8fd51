"""What happens when the writer dies: how long until a client can write again."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import erfc, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.aurora import AURORA
from awsnb.sections.aurora.failover.scenario import CLIENTS, KEEPS, PROXY, STAYS, FailoverScenario

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
        outages={client: outage(scenario, client) for client in CLIENTS},
        server_theory=_lognormal_over(*_median_sigma(scenario), SECONDS),
    )


class Outage(NamedTuple):
    """How long one kind of client can't write.

    Attributes
    ----------
    outage_s : ndarray, shape (20,000,)
        From the writer's death until a write succeeds.
    read_only_s : ndarray, shape (20,000,)
        How long of it writes fail at the old writer, which is a reader by then.
    """

    outage_s: Floats
    read_only_s: Floats


@dataclass(frozen=True)
class Outcome:
    """Failovers as the cluster and its clients see them.

    Attributes
    ----------
    server_s : ndarray, shape (20,000,)
        How long the cluster had no writer.
    outages : mapping of str to Outage
        By kind of client: how long it could not write, in the same failovers.
    server_theory : ndarray, shape (161,)
        Share of clusters without a writer after `SECONDS`, by the closed form.
    """

    scenario: FailoverScenario
    server_s: Floats
    outages: Mapping[str, Outage]
    server_theory: Floats

    @property
    def mine_s(self) -> Floats:
        """How long the scenario's own client could not write."""
        return self.outages[self.scenario.client].outage_s

    @property
    def broken_pct(self) -> float:
        """Client connections that break, %."""
        return self.scenario.in_transaction_pct if self.scenario.client == PROXY else 100.0

    @property
    def read_only_pct(self) -> float:
        """Failovers in which the client's writes meet the read-only error, %."""
        return 100 * float(np.mean(self._read_only_s > 0))

    @property
    def read_only_s(self) -> float | None:
        """How long such errors last, at the median of those failovers; None without any."""
        met = self._read_only_s[self._read_only_s > 0]
        return float(np.median(met)) if met.size else None

    @property
    def still_out_pct(self) -> float:
        """Clients that can't write yet at the last of `SECONDS`, %."""
        return float(self.without_pct(self.scenario.client)[-1])

    @property
    def _read_only_s(self) -> Floats:
        return self.outages[self.scenario.client].read_only_s

    @property
    def added_s(self) -> float:
        """What the client adds to the cluster's own time, on average."""
        return float(np.mean(self.mine_s - self.server_s))

    def below_pct(self, limit_s: float) -> float:
        """Return the share of failovers in which the client is back sooner, %."""
        return 100 * float(np.mean(self.mine_s < limit_s))

    def without_pct(self, client: str) -> Floats:
        """Return the share of clients of a kind that can't write yet after `SECONDS`, %."""
        times = np.sort(self.outages[client].outage_s)
        return 100 * (1 - np.searchsorted(times, SECONDS, side="right") / times.size)


def server_s(scenario: FailoverScenario) -> Floats:
    """How long the cluster has no writer, s: detection, promotion, the name moved."""
    median, sigma = _median_sigma(scenario)
    draws = np.random.default_rng([scenario.seed, 1]).standard_normal(DRAWS)
    return median * np.exp(sigma * draws)


def outage(scenario: FailoverScenario, client: str) -> Outage:
    """Draw how long a client of that kind can't write."""
    server = server_s(scenario)
    phase, again = np.random.default_rng([scenario.seed, 2]).random((2, DRAWS))
    retry = AURORA.value("endpoints", "reconnect") * again
    if client == PROXY:
        return Outage(server + retry, np.zeros(DRAWS))
    kept = scenario.address_kept_s if client == KEEPS else AURORA.value("endpoints", "dns_ttl")
    read_only = _read_only_s(scenario, kept * phase)
    waited = np.where(read_only > 0, scenario.old_writer_back_s + read_only, kept * phase)
    return Outage(server + waited + retry, read_only)


def _read_only_s(scenario: FailoverScenario, expires_s: Floats) -> Floats:
    """How long writes fail at the old writer, if the old address expires so long after promotion.

    A pool that keeps its connections replaces each when its life is over, and connects to the old
    writer once more if the address still leads there.
    """
    if not scenario.readers:  # the old writer itself is made anew, as the writer
        return np.zeros_like(expires_s)
    after_s = np.maximum(expires_s - scenario.old_writer_back_s, 0.0)
    if scenario.on_read_only == STAYS:
        return np.ceil(after_s / scenario.connection_life_s) * scenario.connection_life_s
    return after_s


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
