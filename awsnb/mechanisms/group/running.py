"""The group from event to event: a heap of moments, and what it does at each."""

import heapq
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from awsnb.mechanisms.group.lives import (
    AT_ONCE,
    NEVER,
    ON_DEMAND,
    Cause,
    Instance,
    Loss,
    Plan,
    fewest,
    life,
)
from awsnb.mechanisms.group.scaling import Scaling, Size, Watch


class Activity(NamedTuple):
    """One launch or termination, from when to when, and how many there were before and after."""

    at_s: float
    end_s: float
    launches: bool
    number: int
    zone: int
    cause: Cause
    before: int
    after: int


class Run(NamedTuple):
    """What happened: every instance that ever was, every activity, every desired capacity."""

    plan: Plan
    instances: tuple[Instance, ...]
    activities: tuple[Activity, ...]
    sizes: tuple[Size, ...]

    def serving(self, at_s: ArrayLike, zone: int | None = None) -> NDArray[np.int64]:
        """Count the instances that serve at each time, in all zones or one."""
        return self._between(at_s, "serving_s", "stops_s", zone)

    def paid(self, at_s: ArrayLike, zone: int | None = None) -> NDArray[np.int64]:
        """Count the instances that are there, serving or not, at each time."""
        return self._between(at_s, "launched_s", "ended_s", zone)

    def _between(
        self, at_s: ArrayLike, begin: str, end: str, zone: int | None
    ) -> NDArray[np.int64]:
        here = [one for one in self.instances if zone in (None, one.zone)]
        begins, ends = (np.array([getattr(one, name) for one in here]) for name in (begin, end))
        times = np.asarray(at_s, float)[:, None]
        return ((begins <= times) & (times < ends)).sum(axis=1)


def run(
    plan: Plan,
    losses: Sequence[Loss],
    until_s: float,
    pools: Sequence[int] | None = None,
    types: int = 1,
    scaling: Scaling | None = None,
) -> Run:
    """Follow a group through its losses.

    Parameters
    ----------
    plan : Plan
    losses : sequence of Loss
        What befalls it.
    until_s : float
        What happens later is not looked at.
    pools : sequence of int, optional
        The pools of the instances it begins with, `ON_DEMAND` or 0 to `types` - 1; all on demand
        if not given. Empty: it begins with none, and launches them all at 0 s.
    types : int
        Pools in each zone.
    scaling : Scaling, optional
        Policies that change the desired capacity. What they launch is on demand, and a scale-in
        ends the oldest in the zone with the most.

    Returns
    -------
    Run

    Examples
    --------
    One of two is gone at 60 s; the next one serves 30 s of pending and one check later:

    >>> from awsnb.mechanisms.group import Checks
    >>> plan = Plan(2, 2, pending_s=30, boot_s=20, checks=Checks(30, 2, 5))
    >>> after = run(plan, [Loss(60, "gone", most=1)], until_s=600)
    >>> after.serving([0, 60, 119, 120]).tolist()
    [2, 1, 1, 2]
    """
    group = _Group(plan, types)
    group.begin([ON_DEMAND] * plan.desired if pools is None else list(pools))
    for loss in losses:
        group.later(loss.at_s - loss.notice_s, partial(group.warn, loss))
        group.later(loss.at_s, partial(group.lose, loss))
    if scaling is not None:
        group.watch(Watch(scaling, plan.desired))
    group.follow(until_s)
    return Run(plan, tuple(group.instances), tuple(group.activities), tuple(group.sizes))


@dataclass
class _Group:
    """The group at one moment."""

    plan: Plan
    types: int
    now: float = 0.0
    instances: list[Instance] = field(default_factory=list)
    activities: list[Activity] = field(default_factory=list)
    heap: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    young: dict[int, Instance] = field(default_factory=dict)
    unhealthy: list[tuple[Instance, Cause]] = field(default_factory=list)
    replaces: dict[int, tuple[Instance, Cause]] = field(default_factory=dict)
    waiting: list[tuple[bool, Cause, tuple[Instance, Cause] | None]] = field(default_factory=list)
    closed: set[tuple[int, int | None]] = field(default_factory=set)
    sizes: list[Size] = field(default_factory=list)
    turn: int = 0
    warm: int = field(init=False)

    def __post_init__(self) -> None:
        self.warm = self.plan.warm

    def begin(self, pools: list[int]) -> None:
        """Start with instances that have long been serving, or launch them all."""
        self.sizes.append(Size(0.0, self.plan.desired))
        for number, pool in enumerate(pools):
            zone = number % self.plan.zones
            self.instances.append(Instance(number, zone, pool, *(-NEVER,) * 3))
        if not pools:
            for number in range(self.plan.desired):
                self.launch(False, "start" if number else "create")

    def later(self, at_s: float, what: Callable[[], None]) -> None:
        if at_s < NEVER:
            self.turn += 1
            heapq.heappush(self.heap, (at_s, self.turn, what))

    def follow(self, until_s: float) -> None:
        while self.heap and self.heap[0][0] <= until_s:
            self.now, _, what = heapq.heappop(self.heap)
            what()

    # what befalls it

    def there(self) -> list[Instance]:
        return [one for one in self.instances if one.ended_s > self.now]

    def hit(self, loss: Loss) -> Iterator[Instance]:
        """Find whom a loss is about: the oldest in service that have not failed."""
        able = (one for one in self.there()
                if one.in_service_s <= self.now < one.failed_s
                and loss.zone in (None, one.zone) and loss.pool in (None, one.pool))  # fmt: skip
        for _, one in zip(range(loss.most), able, strict=False):
            yield one

    def warn(self, loss: Loss) -> None:
        """Close a pool that is being taken back, and replace its instances ahead."""
        if loss.pool is not None and loss.zone is not None:
            self.shut((loss.zone, loss.pool), loss.open_again_s)
        if self.plan.ahead and loss.notice_s:
            for one in list(self.hit(loss)):
                self.launch(one.pool != ON_DEMAND, "ahead_launch", (one, "ahead_terminate"))

    def lose(self, loss: Loss) -> None:
        if loss.pool is None and loss.zone is not None:
            self.shut((loss.zone, None), loss.open_again_s)
        for one in list(self.hit(loss)):
            one.failed_s = self.now
            self.later(self.now + loss.found_after_s, partial(self.found, one, loss.cause))

    def shut(self, place: tuple[int, int | None], until_s: float) -> None:
        if until_s > self.now:
            self.closed.add(place)
            self.later(until_s, partial(self.reopen, place))

    def reopen(self, place: tuple[int, int | None]) -> None:
        self.closed.discard(place)
        waiting, self.waiting = self.waiting, []
        for spot, cause, replaced in waiting:
            self.launch(spot, cause, replaced)
        self.balance()

    # what the group does

    def found(self, one: Instance, cause: Cause) -> None:
        """Replace what is gone now; let what runs and is unhealthy wait for its turn."""
        if one.ended_s <= self.now:
            return
        self.young.pop(one.number, None)
        if cause not in AT_ONCE:
            self.unhealthy.append((one, cause))
            self.replace_next()
            return
        if one.number in {old.number for old, _ in self.replaces.values()}:
            self.terminate(one, cause)
        else:
            self.replace(one, cause)

    def replace(self, one: Instance, cause: Cause) -> None:
        """Take an instance out, and launch another for it and for what it was launched for."""
        self.terminate(one, cause)
        self.launch(one.pool != ON_DEMAND, "replace", self.replaces.pop(one.number, None))

    def replace_next(self) -> None:
        while self.unhealthy and len(self.young) < self.plan.at_once:
            one, cause = self.unhealthy.pop(0)
            recovered = one.serving_s <= self.now < one.failed_s
            if one.ended_s > self.now and not recovered:
                self.replace(one, cause)

    def launch(
        self, spot: bool, cause: Cause, replaced: tuple[Instance, Cause] | None = None
    ) -> None:
        place = self.place(spot)
        if place is None:
            self.waiting.append((spot, cause, replaced))
            return
        one = self.born(*place)
        if replaced:
            self.replaces[one.number] = replaced
        self.log(one, cause, launches=True)
        self.instances.append(one)
        self.young[one.number] = one
        self.later(one.serving_s if self.plan.judged else one.in_service_s,
                   partial(self.passed, one))  # fmt: skip

    def place(self, spot: bool) -> tuple[int, int] | None:
        """Choose zone and pool of a launch; None if there is no room anywhere."""
        there = self.there()
        counts = [sum(one.zone == zone for one in there) for zone in range(self.plan.zones)]
        pools = [self.open_pools(zone) if spot else [ON_DEMAND] for zone in range(len(counts))]
        closed = [(zone, None) in self.closed or not able for zone, able in enumerate(pools)]
        zone = fewest(counts, closed, self.plan.elsewhere)
        if zone is None:
            return None
        used = [one.pool for one in there if one.zone == zone]
        return zone, min(pools[zone], key=used.count)

    def open_pools(self, zone: int) -> list[int]:
        return [pool for pool in range(self.types) if (zone, pool) not in self.closed]

    def born(self, zone: int, pool: int) -> Instance:
        in_service_s, serving_s, condemned_s = life(self.plan, *self.times())
        moments = (self.now + after_s for after_s in (0.0, in_service_s, serving_s))
        one = Instance(len(self.instances), zone, pool, *moments)
        cause: Cause = "hook" if serving_s == NEVER else "balancer"
        self.later(self.now + condemned_s, partial(self.found, one, cause))
        return one

    def times(self) -> tuple[float, float]:
        """Take a warm instance if there is one: say how long a launch is pending, and boots."""
        plan = self.plan
        if not self.warm:
            return plan.pending_s, plan.boot_s
        self.warm -= 1
        self.later(self.now + plan.pending_s + plan.boot_s, self.refill)
        return plan.warm_pending_s, plan.warm_boot_s

    def refill(self) -> None:
        self.warm += 1

    def passed(self, one: Instance) -> None:
        """End what a new instance was launched for, and go on with what waits for it."""
        if one.ended_s <= self.now:
            return
        self.young.pop(one.number, None)
        if one.number in self.replaces:
            old, cause = self.replaces.pop(one.number)
            if old.ended_s > self.now:
                self.terminate(old, cause)
        self.replace_next()
        self.balance()

    def balance(self) -> None:
        """Move instances into zones that have at least two fewer, a few at a time."""
        while len(self.young) < self.plan.at_once and not self.unhealthy and not self.closed:
            leaving = {old.number for old, _ in self.replaces.values()}
            staying = [one for one in self.there() if one.number not in leaving]
            counts = [sum(one.zone == zone for one in staying) for zone in range(self.plan.zones)]
            if max(counts) - min(counts) < 2:
                return
            old = next(one for one in staying if one.zone == counts.index(max(counts)))
            self.launch(old.pool != ON_DEMAND, "balance_launch", (old, "balance_terminate"))

    def watch(self, watch: Watch) -> None:
        """Ask the policies once a period."""
        self.later(watch.next_s, partial(self.ask, watch))

    def ask(self, watch: Watch) -> None:
        desired, before = watch.decide(self.instances), self.sizes[-1].desired
        if desired != before:
            self.sizes.append(Size(self.now, desired))
        for _ in range(desired - before):
            self.launch(False, "start")
        for _ in range(before - desired):
            self.shrink()
        if watch.next_s <= watch.scaling.until_s:
            self.watch(watch)

    def shrink(self) -> None:
        """End the oldest instance of the zone that has the most; or launch one fewer."""
        if self.waiting:
            self.waiting.pop()
            return
        there = self.there()
        zones = [one.zone for one in there]
        chosen = max(there, key=lambda one: (zones.count(one.zone), -one.number))
        self.young.pop(chosen.number, None)
        self.terminate(chosen, "shrink")

    def terminate(self, one: Instance, cause: Cause) -> None:
        self.log(one, cause, launches=False)
        one.ended_s = self.now

    def log(self, one: Instance, cause: Cause, *, launches: bool) -> None:
        before = len(self.there())
        end_s = one.in_service_s if launches else self.now
        after = before + (1 if launches else -1)
        self.activities.append(
            Activity(self.now, end_s, launches, one.number, one.zone, cause, before, after)
        )
