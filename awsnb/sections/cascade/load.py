"""The load: users a second through one night, made up or from an export."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

import numpy as np
from numpy.typing import NDArray

from awsnb.scenario import ScenarioError
from awsnb.sections.cascade.scenario import CascadeScenario
from awsnb.trace import Load as Read
from awsnb.trace import read_load

Floats = NDArray[np.float64]

BEGINS_H, HOURS, MINUTE_S = 2, 8, 60.0
MINUTES = 60 * HOURS
RISES_H = 3.5, 6.0  # from and until when, hours after the beginning
MONDAY = datetime(2024, 3, 4, BEGINS_H, tzinfo=UTC)
MOST_PER_S = 4000.0  # of users: far more than twelve instances serve


@dataclass(frozen=True, eq=False)
class Load:
    """Users a second, constant for a minute each.

    Attributes
    ----------
    start : datetime
        02:00 UTC.
    users_per_s : ndarray of float, shape (480,)
    notes : tuple of str
        Where it comes from, and what was taken to be so.
    """

    start: datetime
    users_per_s: Floats
    notes: tuple[str, ...]

    def times(self) -> NDArray[np.datetime64]:
        """Begin of each minute, UTC."""
        start = np.datetime64(self.start.replace(tzinfo=None), "s")
        return start + np.arange(self.users_per_s.size) * np.timedelta64(60, "s")

    def clock(self, seconds: float) -> datetime:
        """Return the moment so many seconds after the beginning."""
        return self.start + timedelta(seconds=float(seconds))


def demand(scenario: CascadeScenario) -> Load:
    """Return the load of a scenario.

    Raises
    ------
    ScenarioError
        If the file does not hold a night, or far more than the site can serve.
    TraceError
        If the file can't be read, or holds no requests.
    """
    load = _of_file(scenario) if scenario.trace else _made_up(scenario)
    users = load.users_per_s * scenario.load_factor
    if users.max() > MOST_PER_S:
        raise ScenarioError(
            f"load_factor = {scenario.load_factor:g}: the load peaks at {users.max():,.0f} "
            f"requests/s, and here it may reach {MOST_PER_S:,.0f}; use a smaller factor.",
            field="load_factor",
        )
    return Load(load.start, users, load.notes)


def _made_up(scenario: CascadeScenario) -> Load:
    hours = np.arange(MINUTES) / 60
    ends = scenario.night_per_s, scenario.day_per_s
    return Load(MONDAY, np.interp(hours, RISES_H, ends), ("Load: one night, made up.",))


def _of_file(scenario: CascadeScenario) -> Load:
    read = read_load(scenario.trace, "requests", metric=scenario.metric, said=scenario.trace_unit)
    start = _first_night(read, scenario)
    offset_s = (start - read.trace.start).total_seconds()
    minutes_s = offset_s + MINUTE_S * np.arange(MINUTES + 1, dtype=np.float64)
    users = np.diff(read.until(minutes_s)) / MINUTE_S
    if not users.any():
        raise ScenarioError(
            f"trace = {scenario.trace}: holds no requests from 02:00 to 10:00 UTC of "
            f"{start:%Y-%m-%d}.",
            field="trace",
        )
    whence = f"Load: {start:%Y-%m-%d} from 02:00 to 10:00 UTC of {read.trace.describe()}."
    return Load(start, users, (whence, *read.notes))


def _first_night(read: Read, scenario: CascadeScenario) -> datetime:
    """Find the first 02:00 with eight hours after it."""
    begins = read.trace.start
    ends = begins + timedelta(seconds=float(read.trace.duration_s.sum()))
    at = partial(begins.replace, hour=BEGINS_H, minute=0, second=0, microsecond=0)
    night = at() if at() >= begins else at() + timedelta(days=1)
    if night + timedelta(hours=HOURS) > ends:
        raise ScenarioError(
            f"trace = {scenario.trace}: holds {begins:%Y-%m-%d %H:%M} to {ends:%Y-%m-%d %H:%M} "
            "UTC, and a night here is 02:00 to 10:00 UTC of one day: export a whole day.",
            field="trace",
        )
    return night
