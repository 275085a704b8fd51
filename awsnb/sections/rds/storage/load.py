"""Data that want room, over time: a straight growth with a nightly batch, or as measured."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds.storage_autoscaling import DAY_S
from awsnb.sections.rds.storage.scenario import StorageScenario
from awsnb.trace import Trace, TraceError, read_cloudwatch
from awsnb.trace.metrics import known
from awsnb.trace.model import refusal
from awsnb.trace.units import UNITS

BATCH_STARTS_H = 2.0
FREE, SLOT = "FreeStorageSpace", "OldestReplicationSlotLag"
NO_SLOT = -1  # bytes
GIB = 2.0**30
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
    slot_gib : float or None
        Log that a replication slot holds at the end of a file that says it, GiB.
    """

    at_s: Floats
    wanted_gib: Floats
    growth_gib_per_day: float
    notes: tuple[str, ...] = ()
    slot_gib: float | None = None


def demand(scenario: StorageScenario) -> Load:
    """Say how much data want room, and when.

    Raises
    ------
    TraceError
        If a file can't be read, or is neither free space of a volume of this size nor log that a
        replication slot holds.
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
    trace = read_cloudwatch(scenario.trace, scenario.metric or None, usual=FREE)
    gib = _gib(trace)
    held = np.isfinite(gib)
    at_s = np.cumsum(trace.duration_s)[held]
    at_s = at_s - at_s[0]
    of_slot = trace.metric.casefold() == SLOT.casefold()
    used = (_with_slot if of_slot else _without_free)(scenario, trace, gib[held])
    rate = DAY_S * _slope(at_s, used)
    on_top = f"Log of a slot, on top of {scenario.data_gib:,g} GiB used at the start"
    what = on_top if of_slot else "Free space"
    note = f"{what}: {trace.describe()}. Then the same days again, growing {rate:,.2f} GiB a day."
    ends = "The log is kept without limit, unless max_slot_wal_keep_size of PostgreSQL is set."
    notes = (note, ends) if of_slot else (note,)
    slot_gib = float(max(gib[held][-1], 0.0)) if of_slot else None
    return Load(*_repeated(at_s, used, rate, DAY_S * scenario.days), rate, notes, slot_gib)


def _without_free(scenario: StorageScenario, trace: Trace, free_gib: Floats) -> Floats:
    used = scenario.size_gib - free_gib
    if used.min() < 0:
        raise refusal(
            trace.source,
            f"{free_gib.max():,.0f} GiB are free, more than size_gib = {scenario.size_gib:,}: "
            "give the storage that was allocated then",
        )
    return used


def _with_slot(scenario: StorageScenario, trace: Trace, held_gib: Floats) -> Floats:
    """Add what a slot holds more than at the start to the data, whose log is a part of them."""
    scenario.check_data()
    wrong = held_gib[(held_gib < 0) & (held_gib != NO_SLOT / GIB)]
    if wrong.size:
        said = f"{SLOT} of {wrong[0] * GIB:,.0f} bytes; it is 0 or more, or -1 without a slot"
        raise refusal(trace.source, f"holds a {said}")
    held_gib = np.maximum(held_gib, 0.0)
    if held_gib[0] > scenario.data_gib:
        raise refusal(
            trace.source,
            f"a slot holds {held_gib[0]:,.0f} GiB at the start, more than data_gib = "
            f"{scenario.data_gib:,g}: give the space that was used then, log and all",
        )
    return np.asarray(scenario.data_gib + held_gib - held_gib[0])


def _gib(trace: Trace) -> Floats:
    """Free space, or a slot's log, as the file tells it; refused where it is something else."""
    metric = known(trace.metric, trace.namespace)
    if metric and metric.metric not in (FREE, SLOT):
        raise refusal(
            trace.source,
            f"{metric.metric} is not free space: export {FREE} (Average){metric.elsewhere}",
        )
    unit = UNITS.get(trace.unit.casefold()) if trace.unit not in ("", "None") else None
    if unit and (unit.counts != "bytes" or unit.per_second):
        raise refusal(
            trace.source, f"{trace.unit} is no unit of free space: export {FREE} in Bytes"
        )
    if not metric and not unit:
        raise refusal(trace.source, f"does not say that it is {FREE}: name the column so")
    return trace.value * (unit.scale if unit else 1.0) / GIB


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
