"""The load on a volume: a built-in workload or a CloudWatch export, as I/Os per second."""

from functools import lru_cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from awsnb import workloads
from awsnb.scenario import ScenarioError
from awsnb.services.ebs.volume import VolumeScenario
from awsnb.trace import Trace, read_cloudwatch

BYTES, OPERATIONS = "bytes", "operations"


def demand(volume: VolumeScenario) -> tuple[Trace, NDArray[np.float64], tuple[str, ...]]:
    """Read the load of a scenario.

    Returns
    -------
    trace : Trace
        The samples as they were read.
    asked_iops : ndarray of float, shape (n,)
        The application's I/Os per second in each sample, at the scenario's I/O size.
    notes : tuple of str
        What was repaired and assumed on the way.

    Raises
    ------
    ScenarioError
        If the trace can't be the load on a disk.
    TraceError
        If the file can't be read.
    """
    if volume.trace:
        trace = _read(volume.trace, _modified(Path(volume.trace)))
        unit, notes = _unit(volume, trace)
    else:
        trace, unit, notes = workloads.load(volume.workload), OPERATIONS, []
    idle = np.isnan(trace.value)
    if idle.any():
        notes.append(f"Periods without a datapoint count as no I/O: {idle.sum():,}.")
    total = np.where(idle, 0.0, trace.value)
    per_io = volume.io_size_kib * 1024 if unit == BYTES else 1.0
    _refuse_what_is_no_load(volume, trace, unit, total)
    asked_iops = total * volume.load_factor / per_io / trace.duration_s
    return trace, asked_iops, (f"Load: {trace.describe()}.", *notes)


@lru_cache(maxsize=8)
def _read(path: str, modified_ns: int) -> Trace:
    return read_cloudwatch(path)


def _modified(path: Path) -> int:
    return path.stat().st_mtime_ns if path.exists() else 0


def _unit(volume: VolumeScenario, trace: Trace) -> tuple[str, list[str]]:
    """What the trace counts: as told, as the file says, else bytes."""
    if volume.trace_unit != "as the file says":
        return volume.trace_unit, []
    words = f"{trace.metric} {trace.unit}".lower()
    if "byte" in words:
        return BYTES, []
    if "ops" in words:
        return OPERATIONS, []
    if trace.metric or trace.unit:
        raise ScenarioError(
            f"trace = {volume.trace}: {' '.join(filter(None, (trace.metric, trace.unit)))} is "
            "neither bytes nor operations of a disk. Export VolumeReadBytes + VolumeWriteBytes or "
            "VolumeReadOps + VolumeWriteOps (Sum), or say trace_unit = bytes or operations."
        )
    return BYTES, [
        "The file doesn't say what it counts: read as bytes per period, in I/Os of "
        f"{volume.io_size_kib} KiB. Say trace_unit = operations if it counts operations."
    ]


def _refuse_what_is_no_load(
    volume: VolumeScenario, trace: Trace, unit: str, total: NDArray[np.float64]
) -> None:
    if total.min() < 0:
        raise ScenarioError(f"trace = {volume.trace}: {total.min():g} {unit} in a period, below 0.")
    if trace.metric.startswith("Volume") and trace.statistic == "Average" and volume.trace:
        raise ScenarioError(
            f"trace = {volume.trace}: the average of {trace.metric} is the size of one operation, "
            "not the load. Export its Sum."
        )
    if unit == BYTES and 0 < total.max() < volume.io_size_kib * 1024:
        raise ScenarioError(
            f"trace = {volume.trace}: its busiest period holds {total.max():,.0f}, less than a "
            f"single I/O of {volume.io_size_kib} KiB, so these are not a disk's bytes. A count of "
            "operations needs trace_unit = operations; a percentage or a request count is no load "
            "on a disk."
        )
