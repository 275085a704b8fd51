"""The load on a group: a built-in shape or a CloudWatch export, as requests per second."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from awsnb import trace
from awsnb.mechanisms.random_streams import generator
from awsnb.scenario import ScenarioError
from awsnb.sections.scaling_policies.scenario import PolicyScenario
from awsnb.words import counted

MINUTE_S = 60.0
REQUESTS, CPU = "requests", "cpu"
MOST_TIMES = 100  # what a load may be of the largest group before it must be a mistake
MONDAY = datetime(2024, 3, 4, tzinfo=UTC)

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Load:
    """Requests per second, constant for `every_s` each."""

    start: datetime
    every_s: float
    rps: Floats
    notes: tuple[str, ...]

    @property
    def duration_s(self) -> float:
        """How long it lasts, s."""
        return self.rps.size * self.every_s


def demand(scenario: PolicyScenario) -> Load:
    """Read the load of a scenario.

    Raises
    ------
    ScenarioError
        If the trace is far above what the group can serve.
    TraceError
        If the file can't be read, or is no load on a group.
    """
    load = _of_trace(scenario) if scenario.trace else _built_in(scenario)
    rps = load.rps * scenario.load_factor
    if scenario.noise_pct:
        sigma = scenario.noise_pct / 100
        draws = generator(scenario.seed, "load").standard_normal(rps.size)
        rps = rps * np.exp(sigma * draws - sigma**2 / 2)
    busy = float(rps.max()) / scenario.capacity_rps
    if scenario.trace and busy > MOST_TIMES * scenario.max_size:
        raise ScenarioError(
            f"trace = {scenario.trace}: its peak keeps {busy:,.0f} instances busy, and max_size is "
            f"{scenario.max_size}: say capacity_rps or load_factor.",
            field="trace",
        )
    return Load(load.start, load.every_s, rps, load.notes)


def _built_in(scenario: PolicyScenario) -> Load:
    first_h, hours, shape = SHAPES[scenario.load]
    minute = np.arange(0, hours * 60, dtype=np.float64)
    rps = shape(minute)
    if scenario.load == "stress":
        rps = rps * scenario.capacity_rps
    start = MONDAY + timedelta(hours=first_h)
    return Load(start, MINUTE_S, rps, (f"Load: {scenario.load}, {hours:g} h, made up.",))


def _step(minute: Floats) -> Floats:
    return np.where((minute >= 30) & (minute < 120), 600.0, 150.0)


def _spike(minute: Floats) -> Floats:
    return np.where((minute >= 30) & (minute < 36), 700.0, 150.0)


def _flash_crowd(minute: Floats) -> Floats:
    since = minute - 30
    crowd = np.where(
        since < 0, 0.0, np.minimum(since / 5, 1) * np.exp(-np.maximum(since - 5, 0) / 60)
    )
    return 150.0 + 1350.0 * crowd


def _diurnal(minute: Floats) -> Floats:
    return 500.0 - 400.0 * np.cos(2 * np.pi * (minute / 1440 - 1 / 12))


def _office_days(minute: Floats) -> Floats:
    hour = minute / 60 % 24
    rise, fall = np.clip((hour - 8.9) / 0.2, 0, 1), np.clip((17.5 - hour) / 0.5, 0, 1)
    return 100.0 + 800.0 * np.minimum(rise, fall)


def _stress(minute: Floats) -> Floats:
    """One instance's worth of work for 40 minutes, then nothing."""
    return np.where((minute >= 10) & (minute < 50), 1.0, 0.0)


SHAPES: dict[str, tuple[float, float, Callable[[Floats], Floats]]] = {
    "step": (8.5, 3, _step),
    "spike": (8.5, 2, _spike),
    "flash-crowd": (8.5, 4, _flash_crowd),
    "diurnal": (0, 96, _diurnal),
    "office-days": (0, 120, _office_days),
    "stress": (8.5, 1.5, _stress),
}


def _of_trace(scenario: PolicyScenario) -> Load:
    wants, said = (REQUESTS, CPU), scenario.trace_unit
    read = trace.read_load(scenario.trace, wants, metric=scenario.metric, said=said)
    rps, notes = read.per_s, [f"Load: {read.trace.describe()}.", *read.notes]
    if read.measure == CPU:
        n = scenario.trace_instances
        rps = rps / 100 * n * scenario.capacity_rps
        notes.append(
            f"CPU % turned into load: value x {counted(n, 'instance')} at the time x "
            f"{scenario.capacity_rps:g} requests/s. Where it touched 100 %, more was asked than "
            "the trace can tell."
        )
    every_s, rps = _even(read.trace.duration_s, rps)
    return Load(read.trace.start, every_s, rps, tuple(notes))


def _even(duration_s: Floats, rps: Floats) -> tuple[float, Floats]:
    """Put segments on whole minutes, or on five where all fit; no work is lost."""
    every_s = 300.0 if np.all(duration_s % 300 == 0) else MINUTE_S
    edges = np.concatenate(([0.0], np.cumsum(duration_s)))
    work = np.concatenate(([0.0], np.cumsum(duration_s * rps)))
    grid = np.arange(0.0, edges[-1] + every_s / 2, every_s)
    return every_s, np.diff(np.interp(grid, edges, work)) / every_s
