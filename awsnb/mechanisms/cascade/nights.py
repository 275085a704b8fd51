"""Run a night, and measure it."""

from concurrent.futures import ThreadPoolExecutor
from copy import deepcopy
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb._cores import cores
from awsnb.mechanisms.cascade import kernel
from awsnb.mechanisms.cascade.site import Site, check
from awsnb.mechanisms.cascade.start import Memory, memory_of
from awsnb.mechanisms.control_loop import Group
from awsnb.mechanisms.control_loop.policies import rules_of
from awsnb.mechanisms.random_streams import generator

LONGEST_STEP_S = 2  # 0.5, 1 and 2 s agree within the range over phases; 5 s do not
SETS = 12
LIVES = 64  # instances in a row in one place, before their phases repeat


class Totals(NamedTuple):
    """Sums over a night: numbers, or arrays of one element a set of phases.

    Attributes
    ----------
    users, answered, failed : float
        Failed are users who gave up for good; who is still there at the end is neither.
    failed_pct : float
        Of the users.
    sent, gave_up, shed, refused, cut, unserved : float
        Attempts: all, and those that ended badly, by how.
    slow_minutes : float
        Minutes with a p99 above 1 s.
    replaced : float
        Instances that health checks replaced.
    instance_s : float
        From launch until gone.
    """

    users: Any
    answered: Any
    failed: Any
    failed_pct: Any
    sent: Any
    gave_up: Any
    shed: Any
    refused: Any
    cut: Any
    unserved: Any
    slow_minutes: Any
    replaced: Any
    instance_s: Any


class Range(NamedTuple):
    """What several sets of health-check phases came to.

    Attributes
    ----------
    median, least, most : Totals
        Each number by itself.
    each : Totals
        Of arrays.
    """

    median: Totals
    least: Totals
    most: Totals
    each: Totals


class Night:
    """One run (n steps, m minutes).

    Attributes
    ----------
    site : Site
    step_s : float
    steps : ndarray of `STEP`, shape (n,)
        By step, read by name: `night.steps["sent"]`.
    minutes : ndarray of `MINUTE`, shape (m,)
    still_there : float
        Users who at the end wait, are being served or are going to try again.
    """

    def __init__(self, site: Site, memory: Memory) -> None:
        self.site, self.minutes = site, memory.minutes
        self.step_s, self.steps = float(memory.site["step"][0]), memory.rows
        self.still_there = _still_there(memory)
        self.instance_s = float(memory.state["instance_s"][0])

    def percentile_s(self, percent: float) -> NDArray[np.float64]:
        """Response time by minute, as clients see it: at most their patience.

        Parameters
        ----------
        percent : float
            Such as 99.

        Returns
        -------
        ndarray of float, shape (m,)
            In s. Requests that failed at once are left out; NaN where there is no other.
        """
        low, high = np.zeros(self.minutes.size), np.full(self.minutes.size, self._patience_s)
        for _ in range(24):
            middle = 0.5 * (low + high)
            below = self._later_than(middle) > 1 - percent / 100
            low, high = np.where(below, middle, low), np.where(below, high, middle)
        return np.where(self._timed > 0, high, np.nan)

    @cached_property
    def totals(self) -> Totals:
        """Sums over the night."""
        steps = self.steps
        sums = {name: float(steps[name].sum()) for name in Totals._fields if name in SUMMED}
        return Totals(
            **sums,
            failed_pct=100 * sums["failed"] / max(sums["users"], 1.0),
            slow_minutes=int(np.sum(self._later_than(np.ones(self.minutes.size)) > 0.01)),
            instance_s=self.instance_s,
        )

    @property
    def causes(self) -> list[str]:
        """By minute, the policy that changed the capacity; empty where none did."""
        names = ["", *rules_of(self.site.policies).names]
        return [names[max(cause, 0)] for cause in self.minutes["cause"].tolist()]

    @property
    def _patience_s(self) -> float:
        return round(self.site.clients.patience_s / self.step_s) * self.step_s

    def _by_minute(self, name: str) -> NDArray[np.float64]:
        return self.steps[name].reshape(self.minutes.size, -1)

    @cached_property
    def _timed(self) -> NDArray[np.float64]:
        """Responses in each minute that did not fail at once."""
        of = self._by_minute
        return (of("hits") + of("misses") + of("gave_up") - of("late")).sum(axis=1)

    def _later_than(self, time_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """The part of each minute's responses that takes longer than a time of its own."""
        of, instance = self._by_minute, self.site.instance
        remains_s = time_s[:, None] - of("age_s") - instance.request_cpu_ms / 1000
        query_s = of("query_ms") / 1000
        misses = of("misses") * self._longer(np.maximum(0, remains_s - of("wait_s")) / query_s)
        later = of("hits") * (remains_s < 0) + misses + of("gave_up") - of("late")
        return later.sum(axis=1) / np.maximum(self._timed, 1e-300)

    def _longer(self, times: NDArray[np.float64]) -> NDArray[np.float64]:
        """How likely a query takes more than so many times its mean, by Erlang's distribution."""
        ios = max(1, round(self.site.database.query_ios))
        terms = [np.exp(-ios * times)]
        for k in range(1, ios):
            terms.append(terms[-1] * ios * times / k)
        return np.sum(terms, axis=0)


SUMMED = {"users", "answered", "failed", "sent", "gave_up", "shed", "refused", "cut", "unserved",
          "replaced"}  # fmt: skip


def run(site: Site, users_per_s: ArrayLike, step_s: float = 1.0, phases: ArrayLike = ()) -> Night:
    """Run a night.

    Parameters
    ----------
    site : Site
    users_per_s : array_like of float, shape (n,)
        Users who send a first request, by step, 0 or more; whole minutes.
    step_s : float
        Divides a minute, s. At most 2 s, and a fifth of the patience.
    phases : array_like of float, shape (s, l), optional
        Each instance's health checks begin after such a part of their interval, 0 to 1: s is twice
        the largest number of instances, and l are in turn those that take an instance's place. All
        at 0 if not given.

    Returns
    -------
    Night

    Raises
    ------
    ValueError
        If a number is out of its range.

    Examples
    --------
    60 IOPS without credits and no cache are 12 queries of 5 I/Os a second, of the 40 asked for:

    >>> from awsnb.mechanisms.cascade import Clients, Database, Instance
    >>> from awsnb.mechanisms.token_bucket import Bucket
    >>> volume = Bucket(cost=1, baseline=60, burst=300, capacity=2e5, level=0)
    >>> site = Site(
    ...     Clients(patience_s=10),
    ...     Instance(vcpus=2, request_cpu_ms=16, threads=200, pool=100),
    ...     Group(2, 2, 2),
    ...     Database(2, 2, query_ios=5, io_ms=1, login_cpu_ms=5, max_connections=90, volume=volume),
    ... )
    >>> night = run(site, [40.0] * 120)
    >>> round(float(night.steps["ios"][-1]) / 5, 6), round(float(night.percentile_s(50)[-1]))
    (12.0, 7)
    """
    memory = _begin(site, users_per_s, step_s, phases)
    kernel.advance(0, memory.minutes.size, memory)
    return Night(site, memory)


def nights(
    site: Site,
    users_per_s: ArrayLike,
    step_s: float = 1.0,
    sets: int = SETS,
    seed: int = 0,
    threads: int | None = None,
) -> list[Night]:
    """Run nights that differ only in their health checks' phases.

    Until a check could fail, whenever it comes, phases change nothing: as far as that all nights
    are one, and it is run once.

    Parameters
    ----------
    site : Site
    users_per_s : array_like of float, shape (n,)
        As for `run`.
    step_s : float
        As for `run`.
    sets : int
        At least 1.
    seed : int
        Of the phases.
    threads : int, optional
        One a core if not given. It changes no bit of the result.

    Returns
    -------
    list of Night

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    if sets < 1 or (threads is not None and threads < 1):
        raise ValueError(f"sets = {sets}, threads = {threads}: must be 1 or more.")
    phases = [
        generator(seed, "health checks", number).random((2 * site.group.largest, LIVES))
        for number in range(sets)
    ]
    first = run(site, users_per_s, step_s, phases[0])
    alike = _minutes_alike(first)
    if alike == first.minutes.size or sets == 1:
        return [first] * sets
    begun = _begin(site, users_per_s, step_s, phases[0])
    kernel.advance(0, alike, begun)

    def one(own: NDArray[np.float64]) -> Night:
        memory = _branch(begun, own)
        kernel.advance(alike, memory.minutes.size, memory)
        return Night(site, memory)

    threads = threads or cores()
    if threads == 1:  # a browser has no others
        return [first, *map(one, phases[1:])]
    with ThreadPoolExecutor(threads) as pool:
        return [first, *pool.map(one, phases[1:])]


def spread(
    site: Site,
    users_per_s: ArrayLike,
    step_s: float = 1.0,
    sets: int = SETS,
    seed: int = 0,
    threads: int | None = None,
) -> Range:
    """Run a night with several sets of health-check phases, which may decide whether it recovers.

    Parameters
    ----------
    site : Site
    users_per_s : array_like of float, shape (n,)
        As for `run`.
    step_s : float
        As for `run`.
    sets : int
        At least 1.
    seed : int
        Of the phases.
    threads : int, optional
        One a core if not given. It changes no bit of the result.

    Returns
    -------
    Range

    Raises
    ------
    ValueError
        If a number is out of its range.
    """
    each = np.array(
        [night.totals for night in nights(site, users_per_s, step_s, sets, seed, threads)]
    )
    return Range(
        median=Totals(*np.median(each, axis=0).tolist()),
        least=Totals(*each.min(axis=0).tolist()),
        most=Totals(*each.max(axis=0).tolist()),
        each=Totals(*each.T),
    )


def _begin(site: Site, users_per_s: ArrayLike, step_s: float, phases: ArrayLike) -> Memory:
    check(site)
    users, at = _users(users_per_s, step_s, site), _phases(phases, site.group)
    return memory_of(site, users, float(step_s), at)


def _branch(memory: Memory, phases: NDArray[np.float64]) -> Memory:
    """Go on from here with other phases."""
    branch = deepcopy(memory)
    branch.phases[:] = phases
    slots, interval_s = branch.slots, branch.site["interval"][0]
    lives = (slots["life"] - 1) % phases.shape[1]
    slots["phase"] = interval_s * phases[np.arange(slots.size), lives]
    return branch


def _minutes_alike(night: Night) -> int:
    """Minutes before the first in which a health check could fail, whenever it comes."""
    unfit = night.steps["unfit"].reshape(night.minutes.size, -1).any(axis=1)
    return int(unfit.argmax()) if unfit.any() else night.minutes.size


def _users(users_per_s: ArrayLike, step_s: float, site: Site) -> NDArray[np.float64]:
    users = np.ascontiguousarray(users_per_s, dtype=np.float64)
    if users.ndim != 1 or not (users.size and users.min() >= 0 and users.max() < np.inf):
        raise ValueError("users_per_s must be one-dimensional, finite and 0 or more everywhere.")
    if not 0 < step_s <= min(site.clients.patience_s / 5, LONGEST_STEP_S):
        raise ValueError(
            f"step_s = {step_s}: must be above 0 s, and at most {LONGEST_STEP_S} s and a fifth of "
            f"the patience of {site.clients.patience_s} s."
        )
    steps = round(kernel.MINUTE_S / step_s)
    if steps * step_s != kernel.MINUTE_S or users.size % steps:
        raise ValueError(
            f"step_s = {step_s}: must divide a minute, and users_per_s ({users.size} steps) must "
            "last for whole minutes."
        )
    return users


def _phases(phases: ArrayLike, group: Group) -> NDArray[np.float64]:
    slots = 2 * group.largest
    found = np.ascontiguousarray(phases, dtype=np.float64)
    if not found.size:
        return np.zeros((slots, 1))
    if found.ndim != 2 or found.shape[0] != slots or not (found.min() >= 0 and found.max() <= 1):
        raise ValueError(
            f"phases of shape {found.shape} must be rows of 0 to 1 for {slots} instances: the "
            "largest number, twice, since some drain."
        )
    return found


def _still_there(memory: Memory) -> float:
    """Users in queues, with queries under way, and with retries to come, counted one by one."""
    n, patience = memory.users.size, int(memory.site["patience"][0])
    there = memory.due.sum() + memory.alive.sum()
    for slot, arrived in zip(memory.slots, memory.arrived, strict=True):
        if slot["status"] < kernel.SERVING:
            continue
        head = int(slot["head"])
        there += arrived[max(head + 1, n - patience) : n].sum()
        there += slot["left"] if head >= n - patience else 0.0
    return float(there)
