"""The load on a volume: a built-in workload or a CloudWatch export, as I/Os per second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb import workloads
from awsnb.sections.ebs_volume_types.scenario import VolumeScenario
from awsnb.trace import Trace, load_of, read_load

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
    TraceError
        If the file can't be read, or is no load on a disk.
    """
    if not scenario.trace:
        load = load_of(workloads.load(scenario.workload), OPERATIONS, OPERATIONS)
        notes = load.notes
    else:
        wants, said = (BYTES, OPERATIONS), scenario.trace_unit
        load = read_load(scenario.trace, wants, metric=scenario.metric, said=said)
        notes = (*load.notes, _size_note(load.measure, scenario.io_size_kib))
    per_io = scenario.io_size_kib * 1024 if load.measure == BYTES else 1.0
    asked_iops = load.per_s * scenario.load_factor / per_io
    return Load(load.trace, asked_iops, (f"Load: {load.trace.describe()}.", *notes))


def _size_note(measure: str, size_kib: int) -> str:
    """Say what the file does not: how large an I/O is."""
    what = "The bytes are read as I/Os" if measure == BYTES else "Each operation is taken as one"
    return f"{what} of {size_kib} KiB (io_size_kib): assumed, not measured."
