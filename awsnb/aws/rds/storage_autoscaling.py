"""Storage autoscaling of RDS: when it grows a volume, by how much, and when it can't."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds.deployment import MAX_SIZE_GIB, RDS
from awsnb.scenario import ScenarioError

DAY_S = 86_400.0
LOOK_S = 60.0  # CloudWatch has FreeStorageSpace once a minute
STOPS, JUMPS = "stops", "goes to it"
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Rule:
    """When storage grows and by how much.

    Parameters
    ----------
    maximum_gib : int or None
        The maximum storage threshold; None where autoscaling is off.
    optimization_s : float
        How long storage optimization takes after a change, s.
    at_maximum : {"stops", "goes to it"}
        What happens where the increment would reach or pass the maximum: AWS documents both.
    on : str, optional
        The month whose rule holds, ``"YYYY-MM"``; None for the newest.
    """

    maximum_gib: int | None
    optimization_s: float
    at_maximum: str = STOPS
    on: str | None = None

    def number(self, key: str) -> float:
        """Look up a number of the rule."""
        return float(RDS.value("storage_autoscaling", key, self.on))

    def trigger_gib(self, size_gib: float) -> float:
        """Used space from which on too little is free."""
        return size_gib * (1 - self.number("trigger_free") / 100)

    def next_gib(self, size_gib: int, grown_gib: float) -> int | None:
        """How large the storage becomes; None where it does not grow.

        Parameters
        ----------
        size_gib : int
            What is allocated.
        grown_gib : float
            By how much the used space grew in the last hour.
        """
        if self.maximum_gib is None:
            return None
        ahead = self.number("growth_ahead") / self.number("growth_seen")
        increment = max(
            self.number("increment_floor"),
            math.ceil(size_gib * self.number("increment_share") / 100 - 1e-9),
            math.ceil(grown_gib * ahead - 1e-9),
        )
        if size_gib + increment < self.maximum_gib:
            return int(size_gib + increment)
        jumps = self.at_maximum == JUMPS and size_gib < self.maximum_gib
        return self.maximum_gib if jumps else None

    def ready_s(self, changed_s: list[float]) -> float:
        """From when on storage may be changed again, given the times of its changes, s."""
        if not changed_s:
            return 0.0
        wait_s = max(3600 * self.number("wait_after_modification"), self.optimization_s)
        ready = changed_s[-1] + wait_s
        if not RDS.has("storage_autoscaling", "max_modifications", self.on):
            return ready
        most = int(self.number("max_modifications"))
        return max(ready, changed_s[-most] + DAY_S) if len(changed_s) >= most else ready


@dataclass(frozen=True, eq=False)
class Growth:
    """What became of a volume.

    Attributes
    ----------
    changed_s : list of float
        When it grew, seconds from the start.
    sizes_gib : list of int
        Its size from the start, and after each change.
    """

    changed_s: list[float]
    sizes_gib: list[int]

    def size_gib(self, at_s: Floats) -> Floats:
        """Its size at some times; at a change the new one."""
        index = np.searchsorted(np.array(self.changed_s), at_s, side="right")
        return np.array(self.sizes_gib, dtype=float)[index]


def grow(at_s: Floats, wanted_gib: Floats, size_gib: int, rule: Rule) -> Growth:
    """Follow a volume under the rule, exactly: from one time at which it grows to the next.

    Parameters
    ----------
    at_s : ndarray of float, shape (n,)
        Times from 0 on, s; a time that stands twice is a jump.
    wanted_gib : ndarray of float, shape (n,)
        Data at these times if there is room, GiB; straight lines between.
    size_gib : int
        What is allocated at the start.
    rule : Rule
        When it grows.

    Returns
    -------
    Growth
        The changes. New space can be used at once; where the storage is full, data waits.
    """
    growth = Growth([], [size_gib])
    while change := _next_change(at_s, wanted_gib, growth, rule):
        growth.changed_s.append(change[0])
        growth.sizes_gib.append(change[1])
    return growth


def low_spells(at_s: Floats, wanted_gib: Floats, level_gib: float) -> tuple[Floats, Floats]:
    """When the data reach a level and when they leave it: begins and ends, s."""
    high = wanted_gib >= level_gib
    turns = np.flatnonzero(high[1:] != high[:-1])
    rise = wanted_gib[turns + 1] - wanted_gib[turns]
    share = (level_gib - wanted_gib[turns]) / rise  # one end is below, one is not
    crossed = at_s[turns] + share * (at_s[turns + 1] - at_s[turns])
    up = ~high[turns]
    begins = np.concatenate((at_s[:1][high[:1]], crossed[up]))
    ends = np.concatenate((crossed[~up], at_s[-1:][high[-1:]]))
    return begins, ends


def check_maximum(size_gib: int, maximum_gib: int) -> None:
    """Refuse a maximum that AWS refuses.

    Raises
    ------
    ScenarioError
        Of the field `maximum_gib`.
    """
    rule = RDS.get("storage_autoscaling", "least_maximum")
    least = math.ceil(size_gib * (100 + rule.value) / 100 - 1e-9)
    if not least <= maximum_gib <= MAX_SIZE_GIB:
        raise ScenarioError(
            f"maximum_gib = {maximum_gib:,}: must be at least {rule.value} % above the allocated "
            f"{size_gib:,} GiB, so from {least:,} to {MAX_SIZE_GIB:,} GiB ({rule.source}).",
            field="maximum_gib",
        )


def _next_change(
    at_s: Floats, wanted_gib: Floats, growth: Growth, rule: Rule
) -> tuple[float, int] | None:
    """When the storage grows next, and to what; None if it never does."""
    size, changed = growth.sizes_gib[-1], growth.changed_s
    if rule.next_gib(size, 0.0) is None:
        return None
    begins, ends = low_spells(at_s, wanted_gib, rule.trigger_gib(size))
    low_since = np.maximum(begins, changed[-1] if changed else 0.0)
    ready, lasts_s = rule.ready_s(changed), 60 * rule.number("trigger_duration")
    while True:
        triggers = np.maximum(low_since + lasts_s, ready)
        found = np.flatnonzero(triggers <= ends)
        if not found.size:
            return None
        at = float(triggers[found[0]])
        larger = rule.next_gib(size, _grown_gib(at_s, wanted_gib, growth, rule, at))
        if larger is not None:
            return at, larger
        ready = at + LOOK_S  # the predicted growth alone would pass the maximum


def _grown_gib(at_s: Floats, wanted_gib: Floats, growth: Growth, rule: Rule, now_s: float) -> float:
    """By how much the used space grew lately; data for which there is no room don't show."""
    before_s = max(now_s - 3600 * rule.number("growth_seen"), 0.0)
    times = np.array([before_s, now_s])
    used = np.minimum(np.interp(times, at_s, wanted_gib), growth.size_gib(times))
    return float(used[1] - used[0])
