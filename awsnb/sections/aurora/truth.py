"""What AWS and the papers state, run through the models; and the models against closed forms."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.aurora import AURORA, storage_usd_gib_month
from awsnb.aws.aurora.cluster import OPTIMIZED, STANDARD
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.mechanisms.replicated_log import Log
from awsnb.sections.aurora import backtrack, reader_scaling, storage
from awsnb.sections.aurora.availability.scenario import AvailabilityScenario
from awsnb.sections.aurora.availability.simulate import repair_s
from awsnb.sections.aurora.cost.scenario import CostScenario
from awsnb.sections.aurora.designs import DESIGNS
from awsnb.sections.aurora.write_latency.scenario import WriteLatencyScenario
from awsnb.sections.aurora.write_latency.simulate import (
    LATE_FACTOR,
    ONE_IN,
    independent_ms,
    waits,
)

if TYPE_CHECKING:
    import pandas as pd

SHARES = ONE_IN <= 100  # 300,000 writes leave 3,000 there: two percent of chance
HISTORY = 20_000.0
Row = tuple[str, float, float]


def published_cases() -> "pd.DataFrame":
    """Compare the model with what AWS and the papers state.

    Returns
    -------
    pandas.DataFrame
        One row a case: what is stated, what the model says, and the difference in percent.
    """
    return _frame([*_bills(), *_papers()], ("stated", "model"))


def measured_errors(seed: int = 1) -> "pd.DataFrame":
    """Compare draws with closed forms.

    Returns
    -------
    pandas.DataFrame
        One row a case: the closed form, the simulation, and the difference in percent.
    """
    rows = [*_writes(seed), _time_without_quorum(seed), _reaction(), _year(), _window()]
    return _frame(rows, ("closed form", "simulated"))


def _bills() -> list[Row]:
    """AWS's worked example, in both storage configurations."""
    size, ios = (AURORA.value("io_optimized", f"example_{key}") for key in ("size", "ios"))
    example = CostScenario(size_gib=size, io_per_s=ios * 1e6 / 3600 / HOURS_A_MONTH)
    standard, optimized = (example.cluster(storage) for storage in (STANDARD, OPTIMIZED))
    at_even = example.cluster(STANDARD, standard.break_even_io_per_s).bill
    return [
        ("AWS's example on Standard, USD a month",
         AURORA.value("io_optimized", "example_standard_bill"), standard.bill.total),
        ("the same on I/O-Optimized",
         AURORA.value("io_optimized", "example_io_optimized_bill"), optimized.bill.total),
        ("I/O's share where I/O-Optimized breaks even, %",
         AURORA.value("io_optimized", "worth_above"), 100 * at_even.io / at_even.total),
    ]  # fmt: skip


def _papers() -> list[Row]:
    vcl, vdl = _example()
    return [
        ("a segment made anew, s (2017 paper)", AURORA.value("storage", "example_repair_time"),
         repair_s(AvailabilityScenario())),
        ("VCL of the 2017 paper's example", AURORA.value("log", "example_vcl"), vcl),
        ("its VDL", AURORA.value("log", "example_vdl"), vdl),
    ]  # fmt: skip


def _example() -> tuple[int, int]:
    """VCL and VDL of SIGMOD 2017, 4.1: consistency points 900, 1000, 1100; complete up to 1007.

    Counted from 900 on: what came before is all there.
    """
    vcl = AURORA.value("log", "example_vcl")
    log = Log(allocation_limit=201)
    for lsn in range(900, 1101):
        log.append(consistent=lsn in (900, 1000, 1100))
        for name in ("A1", "A2", "B1") + (("C1",) if lsn <= vcl else ()):
            log.deliver(name, lsn - 899)
    return log.vcl + 899, log.vdl + 899


def _writes(seed: int) -> list[Row]:
    """Write latency: the whole curve of 4 of 6, and how often 6 of 6 meets a slow answer."""
    scenario = WriteLatencyScenario(slow_copy_pct=5.0, seed=seed)
    share, exact = 100 / ONE_IN, independent_ms(scenario)
    drawn = np.array([100 * waits(scenario, "4 of 6").exceeding(ms)[0] for ms in exact])
    worst = int(np.argmax(np.abs(drawn / share - 1)[SHARES]))
    late_ms = LATE_FACTOR * AURORA.value("latency", "copy_median")
    # one copy of six is late with chance 1 - (1 - p)**6
    late = 100 * float(waits(scenario, "6 of 6").exceeding(late_ms)[0])
    return [
        (
            f"4 of 6, writes over {exact[worst]:.2f} ms, %: worst of the curve",
            float(share[worst]),
            float(drawn[worst]),
        ),
        ("6 of 6, writes that meet a slow answer, %", 100 * (1 - 0.95**6), late),
    ]


def _time_without_quorum(seed: int) -> Row:
    """Failures thousands of times as frequent as real ones, so that there are some to count."""
    fast = Lifetimes(copy_up=20.0, copy_down=1.0, zone_up=200.0, zone_down=2.0)
    six = DESIGNS["4 of 6"]
    lived = lifetimes.simulate(
        six.per_zone, fast, [six.write], within=HISTORY, histories=300, seed=seed
    )
    return (
        "4 of 6, time without a quorum, % (failures made frequent)",
        100 * lifetimes.unavailability(lifetimes.chain(six.per_zone, fast), six.write),
        100 * float(lived.lost.mean()) / HISTORY,
    )


def _reaction() -> Row:
    view = reader_scaling.VIEW
    jump = view.outcome(view.scenario(reads="flash crowd"))
    case = "from a jump of the reads to new readers, min"
    return case, jump.expected_reaction_s / 60, (jump.reaction_s or np.nan) / 60


def _year() -> Row:
    year = storage.VIEW.scenario(freed_by="nothing")
    mean_gib = year.size_gib + year.growth_gib_per_day * year.days / 2
    usd = mean_gib * storage_usd_gib_month(year.storage) * year.days * 24 / HOURS_A_MONTH
    return (
        "storage of a year that grows evenly, USD",
        usd,
        storage.VIEW.outcome(year).storage_usd,
    )


def _window() -> Row:
    window = backtrack.VIEW.scenario(backtrack_h=8.0, batch_factor=10.0)
    records = window.changes_per_s * 3600 * window.backtrack_h
    return (
        "records of 8 h with a nightly batch, on average, million",
        records / 1e6,
        float(backtrack.VIEW.outcome(window).last_day.mean()) / 1e6,
    )


def _frame(rows: list[Row], heads: tuple[str, str]) -> "pd.DataFrame":
    import pandas as pd

    cells = [
        (case, f"{one:,.5g}", f"{two:,.5g}", f"{100 * (two / one - 1):+.2f}")
        for case, one, two in rows
    ]
    return pd.DataFrame(cells, columns=["case", *heads, "difference in %"]).set_index("case")
