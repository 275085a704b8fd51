"""The load on a volume: a built-in workload or a CloudWatch export, as I/Os per second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb import workloads
from awsnb.scenario import ScenarioError
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario
from awsnb.trace import Trace, read_cloudwatch

BYTES, OPERATIONS = "bytes", "operations"


@dataclass(frozen=True, eq=False)
class Load:
    """What an application asks of a scenario.

    Attributes
    ----------
    trace : Trace
        The samples as they were read.
    asked_iops : ndarray of float, shape (n,)
        The application's I/Os per second in each sample, at the scenario's I/O size.
    notes : tuple of str
        What was repaired and assumed on the way.
    """

    trace: Trace
    asked_iops: NDArray[np.float64]
    notes: tuple[str, ...] = ()


def demand(scenario: VolumeScenario) -> Load:
    """Read the load of a scenario.

    Raises
    ------
    ScenarioError
        If the trace can't be the load on a disk.
    TraceError
        If the file can't be read.
    """
    if scenario.trace:
        trace = read_cloudwatch(scenario.trace)
        unit, notes = _unit(scenario, trace)
    else:
        trace, unit, notes = workloads.load(scenario.workload), OPERATIONS, []
    idle = np.isnan(trace.value)
    if idle.any():
        notes.append(f"Periods without a datapoint count as no I/O: {idle.sum():,}.")
    total = np.where(idle, 0.0, trace.value)
    per_io = scenario.io_size_kib * 1024 if unit == BYTES else 1.0
    _refuse_what_is_no_load(scenario, trace, unit, total)
    asked_iops = total * scenario.load_factor / per_io / trace.duration_s
    return Load(trace, asked_iops, (f"Load: {trace.describe()}.", *notes))


def _unit(scenario: VolumeScenario, trace: Trace) -> tuple[str, list[str]]:
    """What the trace counts: as told, as the file says, else bytes."""
    if scenario.trace_unit != "as the file says":
        return scenario.trace_unit, []
    words = f"{trace.metric} {trace.unit}".lower()
    if "byte" in words:
        return BYTES, []
    if "ops" in words:
        return OPERATIONS, []
    if trace.metric or trace.unit:
        raise ScenarioError(
            f"trace = {scenario.trace}: {' '.join(filter(None, (trace.metric, trace.unit)))} is "
            "neither bytes nor operations of a disk. Export VolumeReadBytes + VolumeWriteBytes or "
            "VolumeReadOps + VolumeWriteOps (Sum), or say trace_unit = bytes or operations.",
            field="trace",
        )
    return BYTES, [
        "The file doesn't say what it counts: read as bytes per period, in I/Os of "
        f"{scenario.io_size_kib} KiB. Say trace_unit = operations if it counts operations."
    ]


def _refuse_what_is_no_load(
    scenario: VolumeScenario, trace: Trace, unit: str, total: NDArray[np.float64]
) -> None:
    if total.min() < 0:
        raise ScenarioError(
            f"trace = {scenario.trace}: {total.min():g} {unit} in a period, below 0.", field="trace"
        )
    if trace.metric.startswith("Volume") and trace.statistic == "Average" and scenario.trace:
        raise ScenarioError(
            f"trace = {scenario.trace}: the average of {trace.metric} is the size of one "
            "operation, not the load. Export its Sum.",
            field="trace",
        )
    if unit == BYTES and 0 < total.max() < scenario.io_size_kib * 1024:
        raise ScenarioError(
            f"trace = {scenario.trace}: its busiest period holds {total.max():,.0f}, less than a "
            f"single I/O of {scenario.io_size_kib} KiB, so these are not a disk's bytes. A count "
            "of operations needs trace_unit = operations; a percentage or a request count is no "
            "load on a disk.",
            field="trace",
        )
