"""Data that want room, over time: a straight growth with a nightly batch, or as measured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds.storage_autoscaling import DAY_S
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.trace import Trace, TraceError, read_level
from awsnb.trace.model import refusal

BATCH_STARTS_H = 2.0
FREE = "FreeStorageSpace"
GIB = 2.0**30
LARGE_RISE = 0.05  # of the storage: half of what storage autoscaling adds at least
MOST_POINTS = 200_000
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Load:
    """Data by time, in straight lines; a time that stands twice is a jump.

    Attributes
    ----------
    at_s : ndarray of float, shape (n,)
        Seconds from the start.
    wanted_gib : ndarray of float, shape (n,)
        Data that there would be with enough room, GiB.
    growth_gib_per_day : float
        What stays of each day.
    notes : tuple of str
        What was repaired and assumed.
    """

    at_s: Floats
    wanted_gib: Floats
    growth_gib_per_day: float
    notes: tuple[str, ...] = ()


def demand(scenario: StorageScenario) -> Load:
    """Say how much data want room, and when.

    Raises
    ------
    TraceError
        If a file can't be read, or is no free space of a volume of this size.
    """
    return _measured(scenario) if scenario.trace else _regular(scenario)


def _regular(scenario: StorageScenario) -> Load:
    days = np.arange(scenario.days)
    hours = np.array([BATCH_STARTS_H, BATCH_STARTS_H + scenario.batch_h])
    starts_s, ends_s = (DAY_S * days + 3600 * hour for hour in hours)
    at_s = np.stack((starts_s, ends_s, ends_s), axis=1).ravel()
    extra = np.tile((0.0, scenario.batch_gib, 0.0), scenario.days)
    at_s = np.concatenate(([0.0], at_s, [DAY_S * scenario.days]))
    extra = np.concatenate(([0.0], extra, [0.0]))
    wanted = scenario.data_gib + scenario.growth_gib_per_day * at_s / DAY_S + extra
    return Load(at_s, wanted, scenario.growth_gib_per_day)


def _measured(scenario: StorageScenario) -> Load:
    trace = read_level(scenario.trace, FREE, scenario.metric)
    free_gib = trace.value / GIB
    held = np.isfinite(free_gib)
    at_s = np.cumsum(trace.duration_s)[held]
    at_s = at_s - at_s[0]
    used = scenario.size_gib - free_gib[held]
    if used.min() < 0:
        raise refusal(
            trace.source,
            f"{free_gib[held].max():,.0f} GiB are free, more than size_gib = "
            f"{scenario.size_gib:,}: give the storage that was allocated then",
        )
    rate = DAY_S * _slope(at_s, used)
    note = (
        f"Free space: {trace.describe()}. Then the same days again, growing {rate:,.2f} GiB a day."
    )
    at_s, wanted = _repeated(at_s, used, rate, DAY_S * scenario.days)
    return Load(at_s, wanted, rate, (note, *_rises(scenario, trace, free_gib)))


def _rises(scenario: StorageScenario, trace: Trace, free_gib: Floats) -> tuple[str, ...]:
    """Say when free space jumps up: by deleting, or because the storage was larger from then on."""
    held = np.flatnonzero(np.isfinite(free_gib))
    more = np.diff(free_gib[held])
    most = int(more.argmax()) if more.size else 0
    if not more.size or more[most] < LARGE_RISE * scenario.size_gib:
        return ()
    at = str(trace.times()[held[most + 1]].astype("datetime64[m]")).replace("T", " ")
    return (
        f"Free space rises by {more[most]:,.0f} GiB at {at} UTC, taken as data that were deleted. "
        "If the storage was enlarged then, give the time after it only.",
    )


def _slope(at_s: Floats, used: Floats) -> float:
    """Growth per second, by least squares; what is freed in all is no growth."""
    if at_s.size < 2:
        return 0.0
    return max(float(np.polyfit(at_s, used, 1)[0]), 0.0)


def _repeated(at_s: Floats, used: Floats, rate: float, until_s: float) -> tuple[Floats, Floats]:
    """Put the measured time after itself, each time higher by what it grew."""
    length = float(at_s[-1] + np.median(np.diff(at_s)))
    whole = max(DAY_S * np.floor(length / DAY_S), length if length < DAY_S else 0.0)
    kept = at_s < whole
    times = int(np.ceil(until_s / whole))
    if times * kept.sum() > MOST_POINTS:
        raise TraceError(
            f"days = {until_s / DAY_S:,.0f}: too far ahead for a trace of so many samples; look "
            "ahead less, or export a longer period."
        )
    turn = np.repeat(np.arange(times), kept.sum())
    at = np.tile(at_s[kept], times) + turn * whole
    wanted = np.tile(used[kept], times) + turn * whole * rate / DAY_S
    inside = at <= until_s
    return at[inside], wanted[inside]
