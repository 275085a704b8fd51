"""The load on a file system: a built-in workload or a CloudWatch export, in MiB a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb import workloads
from awsnb.sections.efs.throughput.scenario import ThroughputScenario
from awsnb.trace import Trace, load_of, read_load

BYTES, OPERATIONS = "file system bytes", "operations"
MIB = 2.0**20


@dataclass(frozen=True, eq=False)
class Load:
    """What the clients ask for.

    Attributes
    ----------
    trace : Trace
        The samples as they were read.
    asked_mibps : ndarray of float, shape (n,)
        MiB read and written a second, in each sample.
    notes : tuple of str
        What was repaired and assumed on the way.
    """

    trace: Trace
    asked_mibps: NDArray[np.float64]
    notes: tuple[str, ...]


def demand(scenario: ThroughputScenario) -> Load:
    """Read the load of a scenario.

    Raises
    ------
    TraceError
        If the file can't be read, or is no load on a file system.
    """
    if scenario.trace:
        load = read_load(scenario.trace, BYTES, metric=scenario.metric, said=scenario.trace_unit)
        mib, notes = 1 / MIB, (*load.notes, _share_note(scenario))
    else:
        load = load_of(workloads.load(scenario.workload), OPERATIONS, OPERATIONS)
        mib, notes = scenario.io_size_kib / 1024, load.notes
    asked_mibps = load.per_s * scenario.load_factor * mib
    return Load(load.trace, asked_mibps, (f"Load: {load.trace.describe()}.", *notes))


def _share_note(scenario: ThroughputScenario) -> str:
    """Say what the sum of the bytes does not."""
    return (
        f"{scenario.read_pct:g} % of the bytes are taken as read (read_pct), in requests of "
        f"{scenario.io_size_kib} KiB (io_size_kib): assumed, not measured."
    )
