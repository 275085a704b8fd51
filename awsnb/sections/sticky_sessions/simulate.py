"""Sessions on targets: who serves each, what a target is asked for, and whose state is lost."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb import theory
from awsnb.aws.elb import Counts, read_counts
from awsnb.mechanisms import affinity
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.sticky_sessions.scenario import (
    ADDRESS,
    CLASSIC,
    DURATION,
    IN_TURN,
    STORE,
    StickyScenario,
)

Array = NDArray[np.float64]
SAMPLES = 241
HALF = 50.0  # % of a fair share


@dataclass(frozen=True)
class Own:
    """What an access log shows of one's own targets and clients."""

    counts: Counts

    @property
    def share_pct(self) -> Array:
        """What each target got, % of a fair share, the most first."""
        by_target = self.counts.by_target
        shares: Array = 100 * by_target / by_target.mean()
        return shares

    @property
    def spread_pct(self) -> float:
        """Standard deviation of what targets got, % of its mean."""
        return float(self.share_pct.std())

    @property
    def weight_spread_pct(self) -> float:
        """Standard deviation of what clients sent, % of its mean."""
        by_client = self.counts.by_client
        return float(100 * by_client.std() / by_client.mean())

    @property
    def chance_pct(self) -> float:
        """Spread of targets if each client is tied to one at random: the closed form."""
        counts = self.counts
        weight_cv = self.weight_spread_pct / 100
        return 100 * theory.load_cv(counts.by_target.size, counts.by_client.size, weight_cv)


@dataclass(frozen=True)
class Outcome:
    """What happened.

    Attributes
    ----------
    scenario : StickyScenario
    time_min : ndarray of float, shape (times,)
    held : ndarray of float, shape (targets, times)
        Live sessions tied to each target.
    per_min : ndarray of float, shape (targets, times)
        Requests a minute that each target gets.
    serves : ndarray of bool, shape (targets, times)
        Whether it is in service.
    died : int
        Sessions that were tied to target 1 when it died, and whose state died with it.
    moved_at_min : ndarray of float
        When a tie ended before its session, and another target took over without the state.
    own : Own or None
        The reader's own log.
    """

    scenario: StickyScenario
    time_min: Array
    held: Array
    per_min: Array
    serves: NDArray[np.bool_]
    died: int
    moved_at_min: Array
    own: Own | None = None

    @cached_property
    def live(self) -> Array:
        """Live sessions at each time."""
        return self.held.sum(axis=0)

    @cached_property
    def share_pct(self) -> Array:
        """Each target's load, % of a fair share, by target and time."""
        fair = self.per_min.sum(axis=0) / self.serves.sum(axis=0)
        return 100 * self.per_min / np.where(fair > 0, fair, 1.0)

    @cached_property
    def busiest_pct(self) -> Array:
        """The load of the busiest target at each time, % of a fair share."""
        return self.share_pct.max(axis=0)

    @property
    def mean_busiest_pct(self) -> float:
        """The same, on average over the run."""
        return float(self.busiest_pct.mean())

    @cached_property
    def new_held_pct(self) -> Array:
        """Sessions of an added target, on average, % of a fair share, at each time."""
        new = self.held[self.scenario.targets :]
        if not new.size:
            return np.zeros_like(self.time_min)
        fair = self.live / self.serves.sum(axis=0)
        return 100 * new.mean(axis=0) / np.where(fair > 0, fair, 1.0)

    @property
    def half_filled_min(self) -> float | None:
        """From the scale-out until added targets hold half of a fair share; None if never."""
        if self.scenario.stickiness == STORE and self.scenario.added:
            return 0.0
        late = self.time_min >= self.scenario.added_at_min
        there = late & (self.new_held_pct >= HALF)
        if not self.scenario.added or not there.any():
            return None
        return float(self.time_min[there.argmax()] - self.scenario.added_at_min)

    @property
    def lost_by_min(self) -> NDArray[np.int64]:
        """How often a session has lost its state, up to each time."""
        moved = np.searchsorted(np.sort(self.moved_at_min), self.time_min, side="right")
        death_min = self.scenario.death_min
        if death_min is None:
            return moved
        return np.where(self.time_min >= death_min, moved + self.died, moved)

    @property
    def chance_pct(self) -> float:
        """Spread of a target's load by chance alone, % of its mean: the closed form."""
        scenario = self.scenario
        if scenario.stickiness == STORE:
            return 0.0
        targets, sessions = scenario.in_service, scenario.live_sessions
        return 100 * theory.load_cv(targets, sessions, scenario.weight_spread_pct / 100)

    @property
    def died_pct(self) -> float:
        """Share of the live sessions that died with target 1, %."""
        death_min = self.scenario.death_min
        if death_min is None:
            return 0.0
        at = int(np.searchsorted(self.time_min, death_min))
        return float(100 * self.died / max(1.0, self.live[min(at, SAMPLES - 1)]))

    @property
    def holds(self) -> bool:
        """Whether both goals are met."""
        scenario = self.scenario
        return (
            self.died_pct <= scenario.lost_goal_pct
            and self.mean_busiest_pct <= scenario.busiest_goal_pct
        )

    @cached_property
    def expected_pct(self) -> Array | None:
        """Sessions of an added target by the closed form, % of a fair share; None without."""
        scenario = self.scenario
        if not scenario.added or scenario.stickiness == STORE or self.moved_at_min.size:
            return None
        if scenario.routing != IN_TURN or scenario.stickiness in (CLASSIC, ADDRESS):
            return None
        since = np.maximum(self.time_min - scenario.added_at_min, 0.0)
        return 100 * (1 - _older(scenario, since))


def _older(scenario: StickyScenario, min_ago: Array) -> Array:
    """Share of the live sessions that began before: ages are spread as residual lives are."""
    if scenario.length_spread_pct == 0:
        return theory.equal_residual_tail(min_ago, scenario.session_min)
    cv = scenario.length_spread_pct / 100
    return theory.lognormal_residual_tail(min_ago, scenario.session_min, cv)


def simulate(scenario: StickyScenario) -> Outcome:
    """Tie sessions to targets, and follow them through a scale-out and a death.

    Parameters
    ----------
    scenario : StickyScenario

    Returns
    -------
    Outcome

    Raises
    ------
    TraceError
        If `log` is no access log.
    """
    own = Own(read_counts(scenario.log)) if scenario.log else None
    sessions = affinity.population(
        scenario.live_sessions, scenario.session_min, scenario.length_spread_pct / 100,
        scenario.requests_per_min, scenario.weight_spread_pct / 100, scenario.run_min,
        scenario.seed,
    )  # fmt: skip
    ties = _ties(scenario, sessions)
    load = sessions.per_min[ties.session]
    bound = affinity.bind(ties, load, _epochs(scenario), _choice(scenario, ties.session))
    return replace(_outcome(scenario, ties, load, bound), own=own)


def _outcome(
    scenario: StickyScenario, ties: affinity.Ties, load: Array, bound: affinity.Bindings
) -> Outcome:
    times = np.linspace(0.0, scenario.run_min, SAMPLES)
    serves = _serves(scenario, times)
    counts = affinity.held(bound, np.ones(load.size), scenario.in_service, times)
    per_min = affinity.held(bound, load, scenario.in_service, times)
    per_min = np.where(counts > 0, per_min, 0.0)  # sums of floats leave a rest
    if scenario.stickiness == STORE:
        counts, per_min = (_spread(one, serves) for one in (counts, per_min))
        return Outcome(scenario, times, counts, per_min, serves, 0, np.empty(0))
    moved = _moved_at_min(ties, bound, scenario.run_min)
    return Outcome(scenario, times, counts, per_min, serves, int(bound.orphan.sum()), moved)


def _spread(amount: Array, serves: NDArray[np.bool_]) -> Array:
    """Share out what all targets have evenly among those in service."""
    return amount.sum(axis=0) * serves / serves.sum(axis=0)


def _ties(scenario: StickyScenario, sessions: affinity.Sessions) -> affinity.Ties:
    """Cut sessions where their tie ends before them."""
    if scenario.stickiness == DURATION:
        return affinity.cut_in_gaps(sessions, scenario.duration_s / 60, scenario.seed)
    if scenario.stickiness == CLASSIC:
        return affinity.cut_every(sessions, scenario.duration_s / 60)
    whole = np.arange(sessions.start_min.size)
    return affinity.Ties(whole, sessions.start_min, sessions.end_min)


def _epochs(scenario: StickyScenario) -> list[affinity.Epoch]:
    """Say from when on which targets take sessions."""
    changes = {0.0, scenario.added_at_min if scenario.added else 0.0}
    changes |= {scenario.death_min or 0.0, scenario.back_at_min or 0.0}
    starts = np.array(sorted(changes))
    there = _serves(scenario, starts)
    return [
        affinity.Epoch(float(start), np.flatnonzero(there[:, at]))
        for at, start in enumerate(starts)
    ]


def _serves(scenario: StickyScenario, times: Array) -> NDArray[np.bool_]:
    """Say which targets are in service at each time."""
    serves = np.ones((scenario.in_service, times.size), bool)
    serves[scenario.targets :] = times >= scenario.added_at_min
    if scenario.death_min is not None:
        back_at_min = np.inf if scenario.back_at_min is None else scenario.back_at_min
        serves[0] = (times < scenario.death_min) | (times >= back_at_min)
    return serves


def _choice(scenario: StickyScenario, whose: NDArray[np.int64]) -> affinity.Choose:
    """How a target is chosen for a session that has none.

    A CLB takes the one with the smallest load for HTTP; an NLB hashes the address.
    """
    if scenario.stickiness == ADDRESS:
        together = np.zeros(whose.size, bool)
        count = round(whose.size * scenario.behind_nat_pct / 100)
        picked = generator(scenario.seed, "behind NAT").permutation(whose.size)[:count]
        together[picked] = True
        by_hash = affinity.at_random(scenario.seed)
        return affinity.with_one_address(by_hash, together, scenario.seed)
    if scenario.stickiness == CLASSIC or scenario.routing != IN_TURN:
        return affinity.least_loaded
    return affinity.in_turn


def _moved_at_min(ties: affinity.Ties, bound: affinity.Bindings, run_min: float) -> Array:
    """When a session's next tie was on another target than its last, within the run."""
    whose = ties.session[bound.tie]
    again = (whose[1:] == whose[:-1]) & ~bound.orphan[1:]
    moved = again & (bound.target[1:] != bound.target[:-1])
    at = bound.start_min[1:][moved]
    return at[(at >= 0) & (at < run_min)]
