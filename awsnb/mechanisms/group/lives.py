"""What a group is to do, what befalls it, and how the life of a new instance goes on."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

Cause = Literal[
    "create", "start", "replace", "gone", "balancer", "status", "volume",
    "balance_launch", "balance_terminate", "ahead_launch", "ahead_terminate", "hook",
    "shrink",
]  # fmt: skip
NEVER = math.inf
AT_ONCE: tuple[Cause, ...] = ("gone", "hook")
"""What is replaced as soon as it is found."""
ON_DEMAND = -1
"""The pool of an instance that is not taken from a pool that can be taken back."""


class Checks(NamedTuple):
    """A balancer's checks of a new instance, each so long after the last.

    Attributes
    ----------
    interval_s : float
        The first check comes so long after the instance is in service.
    fails : int
        Failed checks in a row that make it unhealthy.
    passes : int
        Successes in a row that make it healthy once it was unhealthy; before that, one does.
    """

    interval_s: float
    fails: int
    passes: int


class Plan(NamedTuple):
    """How the group works; times in seconds.

    Attributes
    ----------
    desired : int
        Instances it keeps.
    zones : int
        Zones it spreads them over.
    pending_s, boot_s : float
        From launch to running, and from running until the application answers.
    checks : Checks
        Of the balancer.
    judged : bool
        Whether an instance that fails the balancer's checks is replaced.
    grace_s : float
        After it came into service, how long it is not replaced for failed checks.
    hook_s : float or None
        How long a hook waits for the application before an instance comes into service; None
        without a hook.
    found_s : float
        From a verdict until the group acts on it.
    at_once : int
        How many running instances are replaced, or moved between zones, at a time.
    elsewhere : bool
        Whether it launches in another zone when the emptiest is closed.
    ahead : bool
        Whether it replaces instances that it is warned of.
    warm : int
        Instances that wait ready to be launched, each refilled as long after as a launch takes.
    warm_pending_s, warm_boot_s : float
        `pending_s` and `boot_s` of one of them.
    """

    desired: int
    zones: int
    pending_s: float
    boot_s: float
    checks: Checks
    judged: bool = True
    grace_s: float = 0.0
    hook_s: float | None = None
    found_s: float = 0.0
    at_once: int = 1
    elsewhere: bool = True
    ahead: bool = False
    warm: int = 0
    warm_pending_s: float = 0.0
    warm_boot_s: float = 0.0


class Loss(NamedTuple):
    """Something that befalls instances in service.

    Attributes
    ----------
    at_s : float
        When.
    cause : str
        Under which cause the group takes them out: ``"gone"`` if they no longer run.
    most : int
        How many, at most.
    zone, pool : int or None
        Only those in this zone, from this pool.
    found_after_s : float
        Until the group knows; ``inf`` if it never does.
    open_again_s : float
        Until then the zone, or the pool in that zone, takes no launches.
    notice_s : float
        How long before it the group is warned.
    """

    at_s: float
    cause: Cause
    most: int = 10_000
    zone: int | None = None
    pool: int | None = None
    found_after_s: float = 0.0
    open_again_s: float = 0.0
    notice_s: float = 0.0


@dataclass(slots=True)
class Instance:
    """One instance's life: the times of its steps, in seconds, ``inf`` for what never comes.

    Attributes
    ----------
    number, zone, pool : int
        Which it is, where, and from which pool.
    launched_s, in_service_s, serving_s : float
        Launched; in service; healthy for the balancer, which then sends it requests.
    failed_s, ended_s : float
        When it stops serving; when the group takes it out, or it was gone.
    """

    number: int
    zone: int
    pool: int
    launched_s: float
    in_service_s: float
    serving_s: float
    failed_s: float = NEVER
    ended_s: float = NEVER

    @property
    def stops_s(self) -> float:
        """When it serves no longer."""
        return min(self.failed_s, self.ended_s)


def serving_after_s(boot_s: float, checks: Checks) -> float:
    """Time from coming into service until the balancer calls an instance healthy.

    Parameters
    ----------
    boot_s : float
        Until its application answers, from when it came into service.
    checks : Checks

    Returns
    -------
    float
        In seconds.

    Examples
    --------
    A slow boot costs five successes, a fast one only one:

    >>> checks = Checks(interval_s=30, fails=2, passes=5)
    >>> serving_after_s(20, checks), serving_after_s(60, checks), serving_after_s(61, checks)
    (30, 60, 210)
    """
    first = max(1, math.ceil(boot_s / checks.interval_s))
    more = checks.passes - 1 if first > checks.fails else 0
    return (first + more) * checks.interval_s


def unhealthy_after_s(boot_s: float, checks: Checks) -> float:
    """Time from coming into service until an instance is unhealthy.

    Parameters
    ----------
    boot_s : float
        From running until the application answers.
    checks : Checks
        The load balancer's.

    Returns
    -------
    float
        Seconds; ``inf`` if it boots in time.
    """
    first = max(1, math.ceil(boot_s / checks.interval_s))
    return checks.fails * checks.interval_s if first > checks.fails else NEVER


def life(plan: Plan, pending_s: float, boot_s: float) -> tuple[float, float, float]:
    """Say how a launch goes on: three times from the launch, in seconds.

    Parameters
    ----------
    plan : Plan
        Its hook, checks and grace.
    pending_s, boot_s : float
        From launch to running, and from running until the application answers.

    Returns
    -------
    in_service_s, serving_s, condemned_s : float
        Until it is in service; until it serves; until the group takes it out again because it does
        not. ``inf`` for what never comes.

    Examples
    --------
    A grace of 100 s is over before an application that boots for 120 s has five successes:

    >>> plan = Plan(2, 2, pending_s=30, boot_s=120, checks=Checks(30, 2, 5), grace_s=100)
    >>> life(plan, 30, 120), life(plan._replace(grace_s=240), 30, 120)
    ((30, 270, 130.0), (30, 270, inf))
    """
    in_service_s, left_s = pending_s, boot_s
    if plan.hook_s is not None:
        in_service_s, left_s = pending_s + min(boot_s, plan.hook_s), 0.0
        if boot_s > plan.hook_s:
            return in_service_s, NEVER, in_service_s
    serving_s = in_service_s + serving_after_s(left_s, plan.checks)
    if not plan.judged:
        return in_service_s, serving_s, NEVER
    failing_s = max(plan.grace_s, unhealthy_after_s(left_s, plan.checks))
    condemned_s = in_service_s + failing_s + plan.found_s
    return in_service_s, serving_s, condemned_s if condemned_s < serving_s else NEVER


def fewest(counts: Sequence[int], closed: Sequence[bool], elsewhere: bool = True) -> int | None:
    """Choose the zone of the next launch: of those that are open, the one with the fewest.

    Parameters
    ----------
    counts : sequence of int
        Instances in each zone.
    closed : sequence of bool
        Whether a zone takes no launches.
    elsewhere : bool
        Whether another zone will do if the emptiest is closed.

    Returns
    -------
    int or None
        The first of equals; None if there is none.

    Examples
    --------
    >>> fewest([2, 1, 2], [False] * 3), fewest([2, 1, 3], [False, True, False])
    (1, 0)
    >>> fewest([2, 1, 3], [False, True, False], elsewhere=False) is None
    True
    """
    order = sorted(range(len(counts)), key=lambda zone: counts[zone])
    able = [zone for zone in (order if elsewhere else order[:1]) if not closed[zone]]
    return able[0] if able else None
