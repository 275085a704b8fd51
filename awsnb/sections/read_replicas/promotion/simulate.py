"""What happens: how much log has not reached the replica at each moment of an hour. A fluid."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.aws.rds import copying_usd_month, replica_usd_hour
from awsnb.mechanisms.replication import Replay, replay
from awsnb.sections.read_replicas.promotion.scenario import (
    PLANNED,
    REGION_FAILS,
    SOURCE_FAILS,
    TOO_SOON,
    PromotionScenario,
)
from awsnb.sections.read_replicas.scenario import LOGICAL

Floats = NDArray[np.float64]

STEP_S, HOUR_S, BATCH_S = 1.0, 3600.0, 600.0
END_S = np.linspace(STEP_S, 3 * HOUR_S, round(3 * HOUR_S / STEP_S))
LONG_S = 3 * HOUR_S  # stands for whatever does not end within the three hours
SECOND_HOUR = slice(END_S.size // 3, 2 * END_S.size // 3)


@dataclass(frozen=True, eq=False)
class Moments:
    """What would be lost, and how long it would take, at each second of the hour.

    Attributes
    ----------
    tail_writes, tail_s : ndarray of float, shape (3600,)
        Writes that the replica has not received, and how long ago the first of them was committed.
    catch_up_s : ndarray of float, shape (3600,)
        How long it takes to replay what is received.
    drain_s : ndarray of float, shape (3600,)
        Until the last write is shown by the replica, if no more are written.
    written : ndarray of float, shape (3600,)
        Writes a second.
    waits : tuple of ndarray of float, shape (3600,)
        Writes that wait to be sent, and those that are received and wait for replay.
    """

    tail_writes: Floats
    tail_s: Floats
    catch_up_s: Floats
    drain_s: Floats
    written: Floats
    waits: tuple[Floats, Floats]


@dataclass(frozen=True, eq=False)
class Outcome:
    """A replica that is promoted at some moment of the hour.

    Attributes
    ----------
    usd_month : float or None
        The replica, those above it in a chain, and the way; None if the class has no price on file.
    """

    scenario: PromotionScenario
    moments: Moments
    usd_month: float | None

    @property
    def is_left(self) -> bool:
        """Whether the replica outlives what happens."""
        return not (self.scenario.happens == REGION_FAILS and self.scenario.in_region)

    @property
    def keeps_up(self) -> bool:
        """Whether way and replica keep up over the hour."""
        one = self.scenario
        mean = float(self.moments.written.mean())
        return mean * one.log_kib <= 1024 * one.carries_mibps and mean <= one.replays_per_s

    @cached_property
    def lost_writes(self) -> Floats:
        """Writes that are lost, by the second at which the replica stops to follow."""
        one = self.scenario
        if one.happens == PLANNED:
            return np.zeros(self.moments.tail_writes.size)
        if one.happens == TOO_SOON:
            return self.moments.tail_writes + self._written_meanwhile
        return self.moments.tail_writes

    @property
    def lost_s(self) -> Floats:
        """Seconds of writes that are lost, likewise."""
        if self.scenario.happens == PLANNED:
            return np.zeros(self.moments.tail_s.size)
        stays_s = 60 * self.by_hand_min if self.scenario.happens == TOO_SOON else 0.0
        return self.moments.tail_s + stays_s

    @property
    def by_hand_min(self) -> float:
        """Promotion and the clients' new endpoint, min."""
        return self.scenario.takes_min + self.scenario.repoint_min

    def parts_min(self, happens: str) -> tuple[float, float, float, float]:
        """How long nobody writes, min, at the worst moment: decide, catch up, promote, repoint."""
        one = self.scenario
        if happens == TOO_SOON:
            return 0.0, 0.0, 0.0, 0.0
        waits = self.moments.drain_s if happens == PLANNED else self.moments.catch_up_s
        decide = 0.0 if happens == PLANNED else one.notice_min
        return decide, float(waits.max()) / 60, one.takes_min, one.repoint_min

    @property
    def down_min(self) -> float:
        """How long nobody writes, min, at the worst moment."""
        return sum(self.parts_min(self.scenario.happens))

    @property
    def holds(self) -> bool:
        """Whether loss and stop are accepted."""
        one = self.scenario
        lost_s = float(np.quantile(self.lost_s, 0.99))
        met = lost_s <= one.accepted_s and self.down_min <= one.goal_min
        return self.is_left and self.keeps_up and met

    @property
    def _written_meanwhile(self) -> Floats:
        """Writes to the source from each second on until clients have the new endpoint."""
        total = np.cumsum(np.tile(self.moments.written, 3)) * STEP_S
        at_s = STEP_S * np.arange(1, total.size + 1)
        hours, rest_s = divmod(60 * self.by_hand_min, HOUR_S)
        here = at_s[: self.moments.written.size]
        later = np.interp(here + rest_s, at_s, total) - total[: here.size]
        return later + hours * float(self.moments.written.sum()) * STEP_S


def simulate(scenario: PromotionScenario) -> Outcome:
    """Follow the log for three hours, and look at each second of the second.

    Parameters
    ----------
    scenario : PromotionScenario

    Returns
    -------
    Outcome
    """
    return Outcome(scenario, moments_of(scenario), usd_month(scenario))


def writes_per_s(scenario: PromotionScenario) -> Floats:
    """Writes a second in each step of three hours."""
    begins = (END_S - STEP_S) % HOUR_S
    runs = (begins >= BATCH_S) & (begins < BATCH_S + 60 * scenario.batch_min)
    return scenario.writes_per_s * np.where(runs, scenario.batch, 1.0)


def moments_of(scenario: PromotionScenario) -> Moments:
    """Pass the log over the way and the replay of each level.

    Where the source alone fails, the first level of a chain is left, and sends on what it has.
    """
    written, here = writes_per_s(scenario), SECOND_HOUR
    first, later = _stages(scenario, written * STEP_S)
    delay_s = np.minimum(later[-1].delay_s, LONG_S)
    for stage in reversed(later[:-1]):
        delay_s = after(stage.delay_s, delay_s)
    goes_on = scenario.happens == SOURCE_FAILS
    sent = np.cumsum((later[-2] if later[1:] and not goes_on else first).passed)
    total = np.cumsum(written * STEP_S)
    way_s = scenario.first_way_s if goes_on else scenario.way_s
    received = _at(END_S - way_s, sent)
    since_s = END_S - _at(received, END_S, total)
    catch_up_s = delay_s if goes_on else np.minimum(later[-1].delay_s, LONG_S)
    return Moments(
        tail_writes=(total - received)[here],
        tail_s=since_s[here],
        catch_up_s=catch_up_s[here],
        drain_s=after(first.delay_s, delay_s)[here] + scenario.way_s,
        written=written[here],
        waits=((total - sent)[here], (sent - np.cumsum(later[-1].passed))[here]),
    )


def _stages(scenario: PromotionScenario, written: Floats) -> tuple[Replay, list[Replay]]:
    """Pass the log to the first level, and then over all that follows, the last replay included."""
    length = np.full(END_S.size, STEP_S)
    carries = 1024 * scenario.carries_mibps / scenario.log_kib
    first = replay(length, written, carries)
    later, offered = [], first.passed
    for _ in range(scenario.levels - 1):
        if scenario.engine in LOGICAL:
            later.append(replay(length, offered, scenario.replays_per_s))
            offered = later[-1].passed
        later.append(replay(length, offered, carries))
        offered = later[-1].passed
    return first, [*later, replay(length, offered, scenario.replays_per_s)]


def after(first_s: Floats, then_s: Floats) -> Floats:
    """Delay of two stages in a row: the second begins where the first has ended."""
    first_s, then_s = np.minimum(first_s, LONG_S), np.minimum(then_s, LONG_S)
    return first_s + np.interp(END_S + first_s, END_S, then_s, right=LONG_S)


def usd_month(scenario: PromotionScenario) -> float | None:
    """Price of the chain's replicas and of the log's way, USD a month."""
    hour = replica_usd_hour(scenario.engine, scenario.instance_class)
    if hour is None:
        return None
    kib_per_s = scenario.log_kib * float(writes_per_s(scenario).mean())
    copied = copying_usd_month(kib_per_s, other_region=not scenario.in_region)
    return scenario.levels * HOURS_A_MONTH * hour + copied


def _at(where: Floats, values: Floats, places: Floats = END_S) -> Floats:
    """Read off a line through the origin and the ends of the steps."""
    return np.interp(where, np.append(0.0, places), np.append(0.0, values))
