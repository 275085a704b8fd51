"""Writes to a shard: as set, at an even rate, or those of a CloudWatch export."""

from dataclasses import dataclass

import numpy as np

from awsnb.sections.memorydb.scenario import MemoryDbScenario
from awsnb.trace import Load, load_of, metrics_of, read_cloudwatch, read_load
from awsnb.trace.model import TraceError, refusal
from awsnb.words import span

WRITES, BYTES = "SetTypeCmds", "NetworkBytesIn"


@dataclass(frozen=True)
class Writes:
    """Writes to one shard, a second: on average, and at the busiest; and what was read."""

    mean_per_s: float
    peak_per_s: float
    notes: tuple[str, ...] = ()


def writes_of(scenario: MemoryDbScenario) -> Writes:
    """Read how much is written to a shard.

    Raises
    ------
    TraceError
        If the file can't be read, or holds no commands that write.
    """
    if not scenario.trace:
        return Writes(scenario.shard_per_s, scenario.shard_per_s)
    load = _load(scenario)
    seconds = load.trace.duration_s
    mean, peak = float(load.per_s @ seconds / seconds.sum()), float(load.per_s.max())
    if not peak:
        raise refusal(scenario.trace, f"holds no write; export the {WRITES} of a primary")
    notes = (
        f"Writes to one primary: {load.trace.describe()}. The bill is of their mean, limits and "
        f"losses are of the busiest {_period(seconds)}.",
        *load.notes,
        *(_size(scenario, mean) if BYTES.casefold() in metrics_of(scenario.trace) else ()),
    )
    return Writes(mean, peak, notes)


def _load(scenario: MemoryDbScenario) -> Load:
    """Read the commands that write, and no others."""
    if not scenario.metric and WRITES.casefold() not in metrics_of(scenario.trace):
        raise refusal(scenario.trace, f"holds no {WRITES}: export {WRITES} (Sum) of one primary")
    trace = read_cloudwatch(scenario.trace, scenario.metric or None, usual=WRITES)
    load = load_of(trace, "commands")
    if trace.metric != WRITES:
        raise refusal(
            scenario.trace, f"{trace.metric} is not only of writes: export {WRITES} (Sum)"
        )
    return load


def _period(seconds: np.ndarray) -> str:
    return span(float(seconds.max()))


def _size(scenario: MemoryDbScenario, mean_per_s: float) -> tuple[str, ...]:
    """Say how large a write can be at most, by what came in over the network."""
    try:
        came = read_load(scenario.trace, "network bytes", metric=BYTES)
    except TraceError:
        return ()
    seconds = came.trace.duration_s
    kib = float(came.per_s @ seconds / seconds.sum()) / mean_per_s / 1024
    return (
        f"By {BYTES}, which counts reads too, a write has {kib:,.3g} KiB at most; value_kib is "
        f"{scenario.value_kib:g}.",
    )
