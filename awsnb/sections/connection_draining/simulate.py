"""What happens: what is in flight at each target when it is deregistered, and what is cut."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.mechanisms.random_streams import generator
from awsnb.sections.connection_draining.scenario import CLB, MOST_DELAY_S, DrainScenario
from awsnb.sections.connection_draining.work import Work, in_flight, work_of

Array = NDArray[np.float64]

DELAYS_S = np.unique(np.concatenate(([0.0], np.geomspace(1, MOST_DELAY_S, 120).round())))
FINE_S = np.concatenate(([0.0], np.geomspace(0.001, MOST_DELAY_S, 1000)))
MOMENTS, SEED = 4000, 1
POINTS = 160


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a deploy of the whole fleet cuts, and how long it takes.

    Attributes
    ----------
    work : Work
        Request times.
    drawn_s : ndarray of float, shape (4000,)
        How long requests still take that were met at drawn moments, in order.
    in_flight, cut : float
        Requests in flight in the fleet at any moment, and requests cut by the deploy, on average.
    connections_cut : float
        Long connections that are cut by it, on average.
    drained_s : float
        From deregistering until the load balancer says that it is done, on average, s.
    deploy_min : float
        How long the deploy takes, min.
    enough_s : int or None
        The shortest delay with which no more is cut than accepted; None if no delay will do.
    enough_min : float or None
        How long the deploy takes with that delay, min.
    delay_deploy_min, delay_cut : ndarray of float, shape (d,)
        By `DELAYS_S`: minutes of a deploy, and requests cut.
    """

    scenario: DrainScenario
    work: Work
    drawn_s: Array
    in_flight: float
    cut: float
    connections_cut: float
    drained_s: float
    deploy_min: float
    enough_s: int | None
    enough_min: float | None
    delay_deploy_min: Array
    delay_cut: Array

    @property
    def after_s(self) -> Array:
        """The times that what is in flight is followed over, s."""
        first, at = min(self.work.mean_s / 4, 1.0), self.scenario.cuts_at_s
        times = np.geomspace(first, max(MOST_DELAY_S, 2 * at), POINTS)
        return np.union1d(times, [max(at, first)])


def simulate(scenario: DrainScenario) -> Outcome:
    """Replace all targets of a fleet.

    Parameters
    ----------
    scenario : DrainScenario

    Returns
    -------
    Outcome

    Raises
    ------
    TraceError
        If the file of request times can't be read.
    """
    return deploy(scenario, work_of(scenario))


def deploy(scenario: DrainScenario, work: Work) -> Outcome:
    """Replace all targets of a fleet whose request times are read."""
    enough = enough_s(scenario, work)
    drained = float(drained_s(scenario, work, scenario.delay_s))
    return Outcome(
        scenario=scenario,
        work=work,
        drawn_s=np.sort(in_flight(work, MOMENTS, generator(SEED, "moments"))),
        in_flight=float(cut(scenario, work, 0.0)),
        cut=float(cut(scenario, work, scenario.cuts_at_s)),
        connections_cut=connections_cut(scenario, drained),
        drained_s=drained,
        deploy_min=float(deploy_min(scenario, work, scenario.delay_s)),
        enough_s=enough,
        enough_min=None if enough is None else float(deploy_min(scenario, work, enough)),
        delay_deploy_min=deploy_min(scenario, work, DELAYS_S),
        delay_cut=cut(scenario, work, DELAYS_S + scenario.holds_s),
    )


def cut(scenario: DrainScenario, work: Work, after_s: ArrayLike) -> Array:
    """Requests that are still open so long after deregistering, over all targets, on average.

    Each target is deregistered once, with its share of what is in flight (Little's law).
    """
    return scenario.requests_per_s * work.mean_s * work.residual_tail(after_s)


def enough_s(scenario: DrainScenario, work: Work) -> int | None:
    """Return the shortest delay in whole seconds with which what is cut is accepted."""
    delays = np.arange(scenario.least_delay_s, MOST_DELAY_S + 1)
    accepted = delays[cut(scenario, work, delays + scenario.holds_s) <= scenario.accepted]
    return int(accepted[0]) if accepted.size else None


def drained_s(scenario: DrainScenario, work: Work, delay_s: ArrayLike) -> Array:
    """How long the load balancer takes to be done with targets that leave together, on average.

    A CLB is done when nothing is in flight any more. What is left of a Poisson number of requests
    is Poisson as well, so the chance that something is left is 1 - exp(-mean).
    """
    if scenario.balancer != CLB:
        return np.asarray(delay_s, dtype=np.float64)
    share = scenario.at_once / scenario.targets
    long = scenario.long_connections * np.exp(-FINE_S / scenario.connection_s)
    some_left = -np.expm1(-share * (cut(scenario, work, FINE_S) + long))
    steps = np.diff(FINE_S) * (some_left[1:] + some_left[:-1]) / 2
    return np.interp(np.asarray(delay_s), FINE_S, np.concatenate(([0.0], np.cumsum(steps))))


def deploy_min(scenario: DrainScenario, work: Work, delay_s: ArrayLike) -> Array:
    """How long a deploy of the whole fleet takes with each delay, min."""
    drained = drained_s(scenario, work, delay_s)
    return scenario.batches * (drained + scenario.hook_s + scenario.start_s) / 60


def connections_cut(scenario: DrainScenario, drained_s: float) -> float:
    """Count the long connections that are cut by a deploy of the whole fleet, on average.

    Each is opened again at once, evenly at the targets in service, also at those yet to leave: one
    connection may be cut several times. Between two batches all that end come back evenly, too.
    """
    life, serving = scenario.connection_s, scenario.targets - scenario.at_once
    period_s = drained_s + scenario.hook_s + scenario.start_s
    survive = np.exp(-scenario.cuts_at_s / life)
    rest = scenario.long_connections / serving
    old, total, left = scenario.long_connections / scenario.targets, 0.0, scenario.targets
    while left:
        leaving = min(scenario.at_once, left)
        cut_now = leaving * old * survive
        total += cut_now
        old = rest + (old - rest) * np.exp(-period_s / life)
        old += cut_now / serving * np.exp(-max(period_s - scenario.cuts_at_s, 0.0) / life)
        left -= leaving
    return float(total)
