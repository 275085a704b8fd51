"""The load on an instance, as busy vCPUs, and the credits that were measured beside it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from awsnb.scenario import ScenarioError
from awsnb.sections.ec2.credits.scenario import CreditScenario
from awsnb.trace import Trace, read_balance, read_load

CPU, BALANCE = "cpu", "CPUCreditBalance"
PERIOD_S, DAY_S = 300.0, 86_400.0
BUSY_FROM_H = 9.0
MONDAY = datetime(2024, 3, 4, tzinfo=UTC)

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Load:
    """A load over the segments of a trace.

    Attributes
    ----------
    trace : Trace
        Its samples.
    vcpus : ndarray of float, shape (n,)
        vCPUs that it would keep busy.
    measured_credits : ndarray of float, shape (n,), or None
        Credit balance that CloudWatch showed at each sample's end, NaN where it has none.
    notes : tuple of str
        What was repaired and assumed on the way.
    """

    trace: Trace
    vcpus: Floats
    measured_credits: Floats | None
    notes: tuple[str, ...]


def demand(scenario: CreditScenario) -> Load:
    """Read the load of a scenario, and the measured credits.

    Raises
    ------
    ScenarioError
        If a trace comes without the vCPUs that it was measured on.
    TraceError
        If a file can't be read, is not the metric that it should be, or the credits are of another
        time.
    """
    trace, vcpus, notes = _of_trace(scenario) if scenario.trace else _built_in(scenario)
    measured = read_balance(scenario.balance, BALANCE, trace) if scenario.balance else None
    return Load(trace, vcpus * scenario.load_factor, measured, notes)


def _of_trace(scenario: CreditScenario) -> tuple[Trace, Floats, tuple[str, ...]]:
    if scenario.measured_vcpus is None:
        raise ScenarioError(
            "measured_vcpus = None: CPUUtilization is a share of the vCPUs that it was measured "
            "on, so a trace needs their number, from 1 to 192 vCPUs.",
            field="measured_vcpus",
            missing=True,
        )
    load = read_load(scenario.trace, CPU, metric=scenario.metric, said=scenario.trace_unit)
    notes = (
        f"Load: {load.trace.describe()}.",
        *load.notes,
        "CPUUtilization shows the work that was done. If the measured instance was itself out of "
        "credit, more was asked of it than the file says.",
    )
    return load.trace, load.per_s / 100 * scenario.measured_vcpus, notes


def _built_in(scenario: CreditScenario) -> tuple[Trace, Floats, tuple[str, ...]]:
    second = np.arange(0.0, scenario.days * DAY_S, PERIOD_S)
    since_h = (second / 3600 - BUSY_FROM_H) % 24
    period_h = PERIOD_S / 3600
    busy = np.clip((scenario.busy_h - since_h) / period_h, 0.0, 1.0)
    vcpus = scenario.quiet_vcpus + (scenario.busy_vcpus - scenario.quiet_vcpus) * busy
    trace = Trace(MONDAY, np.full(second.size, PERIOD_S), vcpus)
    hours = f"{scenario.busy_h:g} h a day from 09:00"
    note = f"Load: {scenario.busy_vcpus:g} vCPUs busy for {hours}, else {scenario.quiet_vcpus:g}."
    return trace, vcpus, (note,)
