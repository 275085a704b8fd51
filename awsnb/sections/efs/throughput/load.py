"""The load on a file system: a built-in workload or a CloudWatch export, in MiB a second."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb import workloads
from awsnb.sections.efs.throughput.scenario import ThroughputScenario
from awsnb.trace import Trace, load_of, read_balance, read_load

BYTES, OPERATIONS = "file system bytes", "operations"
BALANCE, PERMITTED = "BurstCreditBalance", "PermittedThroughput"
MIB, GIB = 2.0**20, 2.0**30


@dataclass(frozen=True, eq=False)
class Load:
    """What the clients ask for.

    Attributes
    ----------
    trace : Trace
        The samples as they were read.
    asked_mibps : ndarray of float, shape (n,)
        MiB read and written a second, in each sample.
    measured_credit_gib : ndarray of float, shape (n,), or None
        Credit that CloudWatch showed at each sample's end, metered GiB; NaN where it has none.
    measured_permitted_mibps : ndarray of float, shape (n,), or None
        Throughput that was permitted then, metered MiB/s; NaN where CloudWatch has none.
    notes : tuple of str
        What was repaired and assumed on the way.
    """

    trace: Trace
    asked_mibps: NDArray[np.float64]
    measured_credit_gib: NDArray[np.float64] | None
    measured_permitted_mibps: NDArray[np.float64] | None
    notes: tuple[str, ...]


def demand(scenario: ThroughputScenario) -> Load:
    """Read the load of a scenario.

    Raises
    ------
    TraceError
        If a file can't be read, is no load on a file system, no credit or no limit, or they are
        of different times.
    """
    if scenario.trace:
        load = read_load(scenario.trace, BYTES, metric=scenario.metric, said=scenario.trace_unit)
        mib, notes = 1 / MIB, (*load.notes, _share_note(scenario))
    else:
        load = load_of(workloads.load(scenario.workload), OPERATIONS, OPERATIONS)
        mib, notes = scenario.io.request_kib / 1024, load.notes
    asked_mibps = load.per_s * scenario.load_factor * mib
    told = (f"Load: {load.trace.describe()}.", *notes)
    credit = _measured(scenario.balance, BALANCE, load.trace, GIB)
    permitted = _measured(scenario.permitted, PERMITTED, load.trace, MIB)
    return Load(load.trace, asked_mibps, credit, permitted, told)


def _measured(path: str, metric: str, load: Trace, unit_bytes: float) -> NDArray[np.float64] | None:
    return read_balance(path, metric, load) / unit_bytes if path else None


def _share_note(scenario: ThroughputScenario) -> str:
    """Say what the sum of the bytes does not."""
    return (
        f"{scenario.read_pct:g} % of the bytes are taken as read (read_pct), in requests of "
        f"{scenario.io.request_kib} KiB (io_size_kib): assumed, not measured."
    )
