"""What happens: the functions wake, and ask for connections."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds import RDS, lambda_starts_s
from awsnb.mechanisms.connection_pool import FAILED, Pool, Run, Work, run
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.rds_proxy.storm.load import Others, others_of
from awsnb.sections.rds_proxy.storm.scenario import PROXY, StormScenario

Floats = NDArray[np.float64]
POINTS = 240


@dataclass(frozen=True, eq=False)
class Outcome:
    """A storm, until every function has answered or failed.

    Attributes
    ----------
    others : Others
        Connections that other clients hold.
    limit : int
        Connections that the functions can have together.
    work : Work
        What the functions do.
    run : Run
        What became of them.
    """

    scenario: StormScenario
    others: Others
    limit: int
    work: Work
    run: Run

    @property
    def failed(self) -> int:
        """Functions that never got the connection they needed."""
        return int((self.run.status == FAILED).sum())

    @property
    def answered(self) -> int:
        """Functions that got all they asked for."""
        return self.scenario.functions - self.failed

    @property
    def opened(self) -> int:
        """Connections opened to the database."""
        return int(self.run.opened[-1])

    @property
    def most_open(self) -> int:
        """Connections open at once, at most."""
        return int(self.run.open.max())

    @property
    def opening_s(self) -> float:
        """How long all of the database's processors together open connections, s."""
        return self.opened * self.scenario.open_ms / 1000 / self.scenario.vcpus

    @property
    def over_s(self) -> float:
        """When the last function has answered or failed, s."""
        return float(self.run.end_s.max())

    @property
    def answer_s(self) -> Floats:
        """How long those that answered took, s."""
        took = self.run.end_s - self.work.wake_s
        return np.asarray(took[self.run.status != FAILED])

    @property
    def second(self) -> Floats:
        """Moments at which the storm is looked at, s: exact in single precision, too."""
        step_s = max(1.05 * self.over_s, 0.1) / (POINTS - 1)
        return np.round(np.arange(POINTS) * step_s * 2**14) / 2**14

    def at(self, counts: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return a count of the run at each `second`."""
        index = np.searchsorted(self.run.at_s, self.second, side="right") - 1
        return np.where(index < 0, 0, counts[np.maximum(index, 0)])

    @property
    def answered_by(self) -> NDArray[np.int64]:
        """Functions that have answered by each `second`."""
        return self._ended(self.run.end_s[self.run.status != FAILED])

    @property
    def failed_s(self) -> Floats:
        """When functions failed, in order, s."""
        return np.sort(self.run.end_s[self.run.status == FAILED])

    @property
    def failed_by(self) -> NDArray[np.int64]:
        """Functions that have failed by each `second`."""
        return self._ended(self.failed_s)

    def _ended(self, end_s: Floats) -> NDArray[np.int64]:
        return np.searchsorted(np.sort(end_s), self.second, side="right")


def simulate(scenario: StormScenario) -> Outcome:
    """Wake the functions.

    Parameters
    ----------
    scenario : StormScenario

    Returns
    -------
    Outcome

    Raises
    ------
    TraceError
        If the file of connections can't be read, or leaves none free.
    """
    return storm(scenario, others_of(scenario))


def storm(scenario: StormScenario, others: Others) -> Outcome:
    """Wake the functions, beside so many connections of others."""
    limit, work = scenario.limit(others.connections), work_of(scenario)
    return Outcome(scenario, others, limit, work, run(_pool(scenario, limit), work))


def work_of(scenario: StormScenario) -> Work:
    """Draw when the functions wake, and how long their transactions and pauses take."""
    n, shape = scenario.functions, (scenario.functions, scenario.transactions)
    asked_s = np.sort(generator(scenario.seed, "wake").uniform(0, scenario.within_s, n))
    pause_s = _drawn(scenario, "pause", scenario.pause_ms, shape)
    pause_s[:, -1] = scenario.stays_s
    ranks = generator(scenario.seed, "pinned").permutation(n)
    return Work(
        wake_s=lambda_starts_s(asked_s),
        cpu_s=_drawn(scenario, "cpu", scenario.cpu_ms, shape),
        held_s=_drawn(scenario, "held", scenario.held_ms, shape),
        pause_s=pause_s,
        pinned=ranks < scenario.pinned(),
    )


def _drawn(scenario: StormScenario, what: str, mean_ms: float, shape: tuple[int, int]) -> Floats:
    return generator(scenario.seed, what).exponential(mean_ms / 1000, shape)


def _pool(scenario: StormScenario, limit: int) -> Pool:
    """A direct connection is one that nobody shares, and that nobody waits for."""
    proxied = scenario.through == PROXY
    return Pool(
        connections=limit,
        wait_s=float(scenario.borrow_timeout_s) if proxied else 0.0,
        processors=scenario.vcpus,
        open_s=scenario.open_ms / 1000,
        keeps=proxied,
        retries=0 if proxied else scenario.retries,
        retry_s=float(RDS.value("proxy", "retry")),
    )
