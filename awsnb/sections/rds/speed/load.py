"""A database's I/O, built in or of its own, and the balances that were measured beside it."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from awsnb import workloads
from awsnb.sections.rds.speed.scenario import SpeedScenario
from awsnb.trace import Load, TraceError, load_of, metrics_of, read_balances, read_load
from awsnb.trace.model import refusal

OPERATIONS, BYTES = "operations", "bytes"
IOPS = {"readiops", "writeiops"}
THROUGHPUTS = {"readthroughput", "writethroughput"}
BYTE_BALANCE, IO_BALANCE, CPU_CREDITS = "EBSByteBalance%", "EBSIOBalance%", "CPUCreditBalance"
BURSTABLE = ("db.t3.", "db.t4g.")
Floats = NDArray[np.float64]


def demand(scenario: SpeedScenario) -> Load:
    """Read the operations per second of a scenario.

    Raises
    ------
    TraceError
        If the file can't be read, or is no load.
    """
    if not scenario.trace:
        return load_of(workloads.load(scenario.workload), OPERATIONS, OPERATIONS)
    moved = _is_moved(scenario)
    wants, said = BYTES if moved else OPERATIONS, scenario.trace_unit
    load = read_load(scenario.trace, wants, metric=scenario.metric, said=said)
    if moved:
        return _of_bytes(scenario, load)
    return replace(load, notes=(*load.notes, *_measured_size(scenario, load)))


def balances(scenario: SpeedScenario, load: Load) -> dict[str, Floats]:
    """Read what the scenario's file of balances holds, by metric.

    Raises
    ------
    TraceError
        If it holds none, none of the load's time, or CPU credits of a class that has none.
    """
    if not scenario.balance:
        return {}
    found = read_balances(scenario.balance, (BYTE_BALANCE, IO_BALANCE, CPU_CREDITS), load.trace)
    if CPU_CREDITS in found and not scenario.instance_class.startswith(BURSTABLE):
        raise refusal(
            scenario.balance,
            f"holds {CPU_CREDITS}, which {scenario.instance_class} does not have: set "
            "instance_class to the db.t3 or db.t4g class that it is of",
        )
    return found


def _is_moved(scenario: SpeedScenario) -> bool:
    """Say whether the load is of bytes: as named, or since the file has no operations."""
    if scenario.metric:
        return "throughput" in scenario.metric.casefold()
    return _holds(scenario, THROUGHPUTS) and not _holds(scenario, IOPS)


def _holds(scenario: SpeedScenario, names: set[str]) -> bool:
    """Say whether the scenario's file holds one of some metrics."""
    return bool(metrics_of(scenario.trace) & names)


def _of_bytes(scenario: SpeedScenario, load: Load) -> Load:
    """Take bytes for operations of the scenario's size."""
    per_s = load.per_s / (1024 * scenario.io_size_kib)
    return replace(load, per_s=per_s, measure=OPERATIONS)


def _measured_size(scenario: SpeedScenario, load: Load) -> tuple[str, ...]:
    """Say how large an operation of the file is, where it holds the throughputs too."""
    if scenario.metric or not _holds(scenario, THROUGHPUTS):
        return ()
    try:
        moved = read_load(scenario.trace, BYTES)
    except TraceError:  # one of the two halves is missing, or none is of the same resource
        return ()
    seconds = load.trace.duration_s
    operations = float((load.per_s * seconds).sum())
    if moved.per_s.size != load.per_s.size or not operations:
        return ()
    kib = float((moved.per_s * seconds).sum()) / operations / 1024
    return (f"By its throughputs an operation of the file has {kib:,.3g} KiB on average.",)
