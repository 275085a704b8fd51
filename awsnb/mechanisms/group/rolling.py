"""A rolling replacement: new instances for old ones, between a floor and a ceiling.

At every look old instances are ended as long as the floor of ready ones is kept, and new ones are
launched as long as the ceiling is. A new instance is ready after its warm-up, and the next look
comes then. At a stop the replacement pauses. Turned back, it replaces the new by the old in the
same way. What cannot go on waits, and fails after a while. Scaling policies may change the desired
number meanwhile: what they launch is of the version that is rolled out.
"""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Literal, NamedTuple

from awsnb.mechanisms.group.lives import NEVER, ON_DEMAND, Instance, Loss, fewest
from awsnb.mechanisms.group.scaling import Scaling, Size, Watch

Step = Literal[
    "batch", "pause", "resume", "replaced", "done", "failed", "stopped", "back", "restored", "lost",
    "out", "in",
]  # fmt: skip
Phase = Literal["forward", "paused", "baking", "done", "stopped", "back", "restored"]
ENDS: tuple[Phase, ...] = ("done", "stopped", "restored")
Resized = Callable[[int], "Rolling"]


class Rolling(NamedTuple):
    """How the replacement goes; times in seconds.

    Attributes
    ----------
    desired : int
        Instances in service before and after.
    floor, ceiling : int
        Ready instances at least, and instances there at most. Ceiling > floor.
    zones : int
        Zones that the instances are spread over.
    pending_s : float
        From launch until in service.
    boot_s : float
        From in service until a new instance serves; ``inf`` if it never does.
    old_boot_s : float
        The same for an old one that is launched again.
    warm_up_s : float
        From in service until an instance counts as ready.
    checked : bool
        Whether it must serve, too, to be ready.
    stops : tuple of int
        Numbers of new instances, ascending, at which it pauses; at the last it ends.
    pause_s, bake_s : float
        How long it pauses at a stop, and waits before it is done.
    patience_s, limit_s : float
        It fails when it can't go on for so long, and when it takes so long.
    undo : bool
        Whether it turns back when it fails.
    begun : int
        Instances of the new version at the start.
    skips : bool
        Whether those are left as they are.
    keeps, waits_for : int
        Old instances that it leaves, and that it must replace but cannot.
    blocked : bool
        Whether something else keeps it from its end.
    """

    desired: int
    floor: int
    ceiling: int
    zones: int
    pending_s: float
    boot_s: float
    old_boot_s: float
    warm_up_s: float
    checked: bool
    stops: tuple[int, ...]
    pause_s: float = 0.0
    bake_s: float = 0.0
    patience_s: float = NEVER
    limit_s: float = NEVER
    undo: bool = False
    begun: int = 0
    skips: bool = False
    keeps: int = 0
    waits_for: int = 0
    blocked: bool = False


@dataclass(slots=True)
class Versioned(Instance):
    """An instance with its version.

    Attributes
    ----------
    new : bool
        Whether it is of the new version.
    ready_s : float
        When it counts as ready.
    due, held : bool
        Whether it is to be replaced, and whether it can't be.
    """

    new: bool = False
    ready_s: float = -NEVER
    due: bool = False
    held: bool = False


class Mark(NamedTuple):
    """What the replacement did at a moment, and for how many instances."""

    at_s: float
    step: Step
    instances: int = 0


class Rollout(NamedTuple):
    """What happened: every instance that ever was, every step, and every desired capacity."""

    plan: Rolling
    instances: tuple[Versioned, ...]
    marks: tuple[Mark, ...]
    sizes: tuple[Size, ...]

    def first_s(self, *steps: Step) -> float | None:
        """Return when the first of such steps came; None if none did."""
        return next((mark.at_s for mark in self.marks if mark.step in steps), None)

    @property
    def batches(self) -> list[tuple[float, int]]:
        """When instances were launched, and how many."""
        return [(mark.at_s, mark.instances) for mark in self.marks if mark.step == "batch"]


def roll(
    plan: Rolling,
    loss: Loss | None = None,
    stop_s: float = NEVER,
    back_s: float = NEVER,
    scaling: Scaling | None = None,
    resized: Resized | None = None,
) -> Rollout:
    """Replace the instances of a group, from 0 s on.

    Parameters
    ----------
    plan : Rolling
    loss : Loss, optional
        A zone that is lost and stays so.
    stop_s : float
        When it is stopped: what is replaced stays so.
    back_s : float
        When it is turned back, unless it has been.
    scaling : Scaling, optional
        Policies that change the desired capacity. A scale-in ends old instances first, in the zone
        with the most.
    resized : callable, optional
        A desired capacity in, how the replacement goes with it out. Left out, floor and ceiling
        stay as far from the desired capacity as they are.

    Returns
    -------
    Rollout

    Examples
    --------
    Two of ten may be missing, so two at a time are replaced, every 30 s of pending and 300 s of
    warm-up:

    >>> plan = Rolling(10, 8, 10, 1, 30, 60, 60, 300, True, stops=(10,))
    >>> roll(plan).batches
    [(0.0, 2), (330.0, 2), (660.0, 2), (990.0, 2), (1320.0, 2)]
    """
    group = _Rolling(plan)
    group.begin()
    if loss is not None:
        group.later(loss.at_s, partial(group.lose, loss))
    group.later(stop_s, group.stop)
    group.later(back_s, group.back)
    group.later(plan.limit_s, group.fail)
    if scaling is not None:
        group.watch(scaling, resized or partial(_shifted, plan))
    group.follow()
    return Rollout(plan, tuple(group.instances), tuple(group.marks), tuple(group.sizes))


def _shifted(plan: Rolling, desired: int) -> Rolling:
    more = desired - plan.desired
    floor, ceiling = max(plan.floor + more, 0), plan.ceiling + more
    stops = tuple(sorted({min(stop, desired) for stop in plan.stops[:-1]} | {desired}))
    return plan._replace(desired=desired, floor=floor, ceiling=ceiling, stops=stops)


@dataclass
class _Rolling:
    """The replacement at one moment."""

    plan: Rolling
    now: float = 0.0
    phase: Phase = "forward"
    stop_number: int = 0
    instances: list[Versioned] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    sizes: list[Size] = field(default_factory=list)
    heap: list[tuple[float, int, Callable[[], None]]] = field(default_factory=list)
    closed: list[bool] = field(init=False)
    turn: int = 0
    protected: int = 0

    def __post_init__(self) -> None:
        self.closed = [False] * self.plan.zones

    def begin(self) -> None:
        """Start with old instances that have long been ready, and those that are new already."""
        plan = self.plan
        self.sizes.append(Size(0.0, plan.desired))
        for number in range(plan.desired):
            one = Versioned(number, number % plan.zones, ON_DEMAND, *(-NEVER,) * 3)
            one.new = number >= plan.desired - plan.begun
            one.due = not (one.new and plan.skips) and number >= plan.keeps
            one.held = number < plan.waits_for
            self.instances.append(one)
        self.later(0.0, self.look)

    def later(self, at_s: float, what: Callable[[], None]) -> None:
        if at_s < NEVER:
            self.turn += 1
            heapq.heappush(self.heap, (at_s, self.turn, what))

    def follow(self) -> None:
        while self.heap:
            self.now, _, what = heapq.heappop(self.heap)
            what()

    def mark(self, step: Step, instances: int = 0) -> None:
        self.marks.append(Mark(self.now, step, instances))

    # what there is

    def there(self) -> list[Versioned]:
        return [one for one in self.instances if one.ended_s > self.now]

    def ready(self) -> int:
        return sum(one.ready_s <= self.now for one in self.there())

    def due(self) -> list[Versioned]:
        """Those to be replaced, first the ones that are not ready and so cost no capacity."""
        due = [one for one in self.there() if one.due]
        return sorted(due, key=lambda one: one.ready_s <= self.now)

    @property
    def wanted(self) -> int:
        """Instances that are not due, at the next stop."""
        plan = self.plan
        if self.phase == "back":
            return plan.desired
        return min(plan.desired, plan.keeps + plan.stops[self.stop_number])

    @property
    def moves(self) -> bool:
        return self.phase in ("forward", "back")

    # what it does

    def look(self) -> None:
        """End and launch what can be, and see whether a stop is reached."""
        if self.phase == "forward" and self.is_reached():
            self.reach()
        if launched := self.end_and_launch():
            self.mark("batch", launched)
        if self.moves and self.is_reached():
            self.reach()
        elif self.moves and not self.is_waiting():
            self.later(self.now + self.plan.patience_s, partial(self.give_up, self.progress()))

    def end_and_launch(self) -> int:
        """Move on as far as it goes at one moment; return how many are launched."""
        ended, launched = self.end_some(), self.launch_some()
        return launched + self.end_and_launch() if ended + launched else 0

    def end_some(self) -> int:
        """End what is due, as far as the floor and the next stop allow."""
        due = self.due()
        if not self.moves or not due:
            return self.end_surplus()
        able = [one for one in due if not one.held or self.phase == "back"]
        most = min(len(able), len(due) - (self.plan.desired - self.wanted))
        spare = self.ready() - self.plan.floor
        ended = 0
        for one in able[: max(most, 0)]:
            spare -= one.ready_s <= self.now
            if spare < 0:
                break
            one.ended_s = self.now
            ended += 1
        return ended

    def end_surplus(self) -> int:
        """End what is above the desired number with nothing to replace, first what is not ready."""
        able = [one for one in self.there() if one.number >= self.protected]
        surplus = min(len(self.there()) - self.plan.desired, len(able))
        if not (self.moves or self.phase == "stopped") or surplus <= 0:
            return 0
        for one in sorted(able, key=lambda one: one.ready_s <= self.now)[:surplus]:
            one.ended_s = self.now
        return surplus

    def launch_some(self) -> int:
        """Launch what is wanted up to the ceiling, and what is missing to the desired number."""
        there = self.there()
        missing = self.plan.desired - len(there)
        if self.moves:
            held = sum(one.held for one in there) if self.phase == "forward" else 0
            wanted = min(self.wanted, self.plan.desired - held) - self.fresh()
            missing = max(missing, min(wanted, self.plan.ceiling - len(there)))
        for _ in range(missing):
            self.launch()
        return max(missing, 0)

    def launch(self) -> None:
        counts = [sum(one.zone == zone for one in self.there()) for zone in range(self.plan.zones)]
        zone = fewest(counts, self.closed) or 0
        plan, new = self.plan, self.phase in ("forward", "paused", "baking", "done")
        boot_s = plan.boot_s if new else plan.old_boot_s
        in_service_s = self.now + plan.pending_s
        ready_after_s = max(plan.warm_up_s, boot_s if plan.checked else 0.0)
        moments = self.now, in_service_s, in_service_s + boot_s
        one = Versioned(len(self.instances), zone, ON_DEMAND, *moments)
        one.new, one.ready_s = new, in_service_s + ready_after_s
        self.instances.append(one)
        self.later(one.ready_s, self.look)

    def is_waiting(self) -> bool:
        """Whether an instance is on its way to be ready."""
        return any(self.now < one.ready_s < NEVER for one in self.there())

    def is_reached(self) -> bool:
        there = self.there()
        fresh = [one for one in there if not one.due]
        whole = len(there) == self.plan.desired and len(fresh) >= self.wanted
        last = self.phase == "forward" and self.stop_number == len(self.plan.stops) - 1
        return whole and all(one.ready_s <= self.now for one in fresh) and not (
            last and self.plan.blocked
        )  # fmt: skip

    def reach(self) -> None:
        """Pause at a stop, or end."""
        if self.phase == "back":
            self.phase = "restored"
            self.mark("restored")
            return
        while self.stop_number < len(self.plan.stops) - 1 and self.wanted <= self.fresh():
            self.stop_number += 1
        if self.wanted <= self.fresh():
            self.bake()
            return
        self.phase = "paused"
        self.mark("pause", self.new())
        self.later(self.now + self.plan.pause_s, self.resume)

    def fresh(self) -> int:
        return sum(not one.due for one in self.there())

    def new(self) -> int:
        return sum(one.new for one in self.there())

    def resume(self) -> None:
        if self.phase == "paused":
            self.phase = "forward"
            self.mark("resume")
            self.look()

    def bake(self) -> None:
        self.phase = "baking"
        self.mark("replaced", self.new())
        self.later(self.now + self.plan.bake_s, self.finish)

    def finish(self) -> None:
        if self.phase == "baking":
            self.phase = "done"
            self.mark("done")

    # what befalls it

    def progress(self) -> int:
        """Count the steps of the replacement itself."""
        return sum(mark.step not in ("out", "in") for mark in self.marks)

    def give_up(self, steps: int) -> None:
        """Fail if nothing has happened since."""
        if self.moves and self.progress() == steps:
            self.fail()

    def fail(self) -> None:
        if self.phase in ("done", "restored", "stopped"):
            return
        self.mark("failed")
        turns = self.plan.undo and self.phase != "back"
        self.phase = "stopped"
        if turns:
            self.back()
        else:
            self.look()

    def stop(self) -> None:
        if self.phase in ("forward", "paused", "baking"):
            self.phase = "stopped"
            self.mark("stopped")
            self.look()

    def back(self) -> None:
        if self.phase in ("back", "restored"):
            return
        self.phase = "back"
        self.mark("back")
        for one in self.instances:
            one.due = one.new
        self.look()

    def lose(self, loss: Loss) -> None:
        """Lose a zone: its instances serve no more, and are replaced once that is found."""
        lost = [one for one in self.there() if one.zone == loss.zone]
        for one in lost:
            one.failed_s = self.now
        self.closed[loss.zone or 0] = len(self.closed) > 1
        self.mark("lost", len(lost))
        self.later(self.now + loss.found_after_s, partial(self.replace, lost))

    def replace(self, lost: list[Versioned]) -> None:
        for one in lost:
            one.ended_s = min(one.ended_s, self.now)
        self.look()

    # what policies do

    def watch(self, scaling: Scaling, resized: Resized) -> None:
        """Ask the policies once a period."""
        watch, last_s = Watch(scaling, self.plan.desired), scaling.until_s
        self.protected = scaling.protected

        def ask() -> None:
            if (desired := watch.decide(self.instances)) != self.plan.desired:
                self.resize(resized(desired))
            if watch.next_s <= last_s or self.phase not in ENDS:
                self.later(watch.next_s, ask)

        self.later(watch.next_s, ask)

    def resize(self, plan: Rolling) -> None:
        """Launch or end what a changed desired capacity asks for."""
        change, self.plan = plan.desired - self.plan.desired, plan
        self.stop_number = min(self.stop_number, len(plan.stops) - 1)
        self.sizes.append(Size(self.now, plan.desired))
        self.mark("out" if change > 0 else "in", abs(change))
        for _ in range(change):
            self.launch()
        for _ in range(-change):
            self.end_one()
        self.look()

    def end_one(self) -> None:
        """End an instance of the zone that has the most, an old one if there is one."""
        able = [one for one in self.there() if one.number >= self.protected]
        zones = [one.zone for one in able]
        if able:
            chosen = max(able, key=lambda one: (zones.count(one.zone), one.due, -one.number))
            chosen.ended_s = self.now
