"""Termination policies: which instance a group takes out when it scales in.

Zones come first, whatever the policy: only instances of the fullest zones can go. Then each
criterion keeps some of them, and a tie at the end is decided at random.
"""

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass

CONFIGURATION, OTHER_TEMPLATE, TEMPLATE = "configuration", "other template", "template"
"""What launched an instance, from what is outdated most."""

POLICIES = (
    "Default",
    "OldestInstance",
    "NewestInstance",
    "OldestLaunchConfiguration",
    "OldestLaunchTemplate",
    "ClosestToNextInstanceHour",
)
ZONE, RANDOM = "fullest zone", "random"
HOUR_MIN = 60


@dataclass(frozen=True)
class Member:
    """An instance of a group that scales in.

    Attributes
    ----------
    name, zone : str
    launched_by : str
        `CONFIGURATION`, `OTHER_TEMPLATE` or `TEMPLATE`, the group's own.
    version : int
        Which of them, the oldest 1.
    age_min : float
        Since its launch.
    protected : bool
        From scale-in.
    """

    name: str
    zone: str
    launched_by: str
    version: int
    age_min: float
    protected: bool = False

    @property
    def outdated(self) -> tuple[int, int]:
        """How outdated what launched it is: the least goes first."""
        order = (CONFIGURATION, OTHER_TEMPLATE, TEMPLATE)
        return order.index(self.launched_by), self.version

    @property
    def to_next_hour_min(self) -> float:
        """Minutes to its next billing hour."""
        return HOUR_MIN - self.age_min % HOUR_MIN


Rank = tuple[float, ...]
Criterion = tuple[str, Callable[[Member], bool], Callable[[Member], Rank]]


def _all(_: Member) -> bool:
    return True


_OUTDATED: Criterion = ("outdated launch", _all, lambda one: one.outdated)
_HOUR: Criterion = ("next billing hour", _all, lambda one: (one.to_next_hour_min,))
_CRITERIA: dict[str, tuple[Criterion, ...]] = {
    "Default": (_OUTDATED, _HOUR),
    "OldestInstance": (("oldest", _all, lambda one: (-one.age_min,)),),
    "NewestInstance": (("newest", _all, lambda one: (one.age_min,)),),
    "OldestLaunchConfiguration": (
        ("configuration", lambda one: one.launched_by == CONFIGURATION, lambda one: (one.version,)),
    ),
    "OldestLaunchTemplate": (
        ("template", lambda one: one.launched_by != CONFIGURATION, lambda one: one.outdated),
    ),
    "ClosestToNextInstanceHour": (_HOUR,),
}


def steps(
    members: Sequence[Member], policies: Sequence[str]
) -> list[tuple[str, tuple[Member, ...]]]:
    """List the criteria one after the other, each with the instances that it leaves.

    Parameters
    ----------
    members : sequence of Member
        The group, of one purchase option.
    policies : sequence of str
        Of `POLICIES`, in the order in which they are applied.

    Returns
    -------
    list of (str, tuple of Member)
        The last step leaves those of whom one goes; none if all in the fullest zones are
        protected. A criterion that fits none of them leaves all.

    Examples
    --------
    AWS's example: of two in the fuller zone, the one with the older launch configuration goes.

    >>> group = [Member("i-1", "a", "configuration", 1, 500), Member("i-2", "b", "template", 1, 9),
    ...          Member("i-3", "b", "template", 2, 90)]
    >>> [[one.name for one in left] for _, left in steps(group, ["Default"])]
    [['i-2', 'i-3'], ['i-2'], ['i-2']]
    """
    counts = Counter(one.zone for one in members)
    able = [one for one in members if not one.protected]
    fullest = max((counts[one.zone] for one in able), default=0)
    left = tuple(one for one in able if counts[one.zone] == fullest)
    found = [(ZONE, left)]
    for name, fits, key in (one for policy in policies for one in _CRITERIA[policy]):
        left = _least(left, fits, key)
        found.append((name, left))
    return found


def _least(
    members: tuple[Member, ...],
    fits: Callable[[Member], bool],
    key: Callable[[Member], Rank],
) -> tuple[Member, ...]:
    able = [one for one in members if fits(one)]
    if not able:
        return members
    least = min(map(key, able))
    return tuple(one for one in able if key(one) == least)
