"""What AWS and the papers state, run through the model; and the model against closed forms."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.mechanisms import lifetimes
from awsnb.mechanisms.lifetimes import Lifetimes
from awsnb.mechanisms.replicated_log import Log
from awsnb.services.aurora.availability import repair_s
from awsnb.services.aurora.backtrack import simulate_backtrack
from awsnb.services.aurora.cluster import AURORA, AuroraScenario
from awsnb.services.aurora.cost import aurora_bill, break_even_io_per_s, hours, storage_price
from awsnb.services.aurora.designs import DESIGNS
from awsnb.services.aurora.latency import ONE_IN, independent, waits
from awsnb.services.aurora.readers import simulate_readers
from awsnb.services.aurora.volume import simulate_storage

if TYPE_CHECKING:
    import pandas as pd

SHARES = ONE_IN <= 100  # 300,000 writes leave 3,000 there: two percent of chance
HISTORY = 20_000.0


def published_cases() -> "pd.DataFrame":
    """Compare the model with what AWS and the papers state.

    Returns
    -------
    pandas.DataFrame
        One row a case: what is stated, what the model says, and the difference in percent.
    """
    size, ios = (AURORA.value("io_optimized", f"example_{key}") for key in ("size", "ios"))
    example = AuroraScenario(view="cost", size_gib=size, io_per_s=ios * 1e6 / 3600 / hours())
    even = break_even_io_per_s(example)
    at_even = aurora_bill(example, "Standard", even)
    table, (vcl, vdl) = AURORA.value, _example()
    return _frame(
        [
            ("AWS's example on Standard, USD a month",
             table("io_optimized", "example_standard_bill"),
             aurora_bill(example, "Standard").total),
            ("the same on I/O-Optimized", table("io_optimized", "example_io_optimized_bill"),
             aurora_bill(example, "I/O-Optimized").total),
            ("I/O's share where I/O-Optimized breaks even, %",
             table("io_optimized", "worth_above"), 100 * at_even.io / at_even.total),
            ("a segment made anew, s (2017 paper)", table("storage", "example_repair_time"),
             repair_s(AuroraScenario())),
            ("VCL of the 2017 paper's example", table("log", "example_vcl"), vcl),
            ("its VDL", table("log", "example_vdl"), vdl),
        ],
        ("stated", "model"),
    )  # fmt: skip


def measured_errors(seed: int = 1) -> "pd.DataFrame":
    """Compare draws with closed forms.

    Returns
    -------
    pandas.DataFrame
        One row a case: the closed form, the simulation, and the difference in percent.
    """
    cluster = AuroraScenario(slow_copy_pct=5.0, seed=seed)
    share, exact = 100 / ONE_IN, independent(cluster)
    drawn = np.array([100 * waits(cluster, "4 of 6").exceeding(ms)[0] for ms in exact])
    worst = int(np.argmax(np.abs(drawn / share - 1)[SHARES]))
    all_six = cluster.replace(design="6 of 6")
    # one copy of six is late with chance 1 - (1 - p)**6; five medians part late from prompt
    late = 100 * float(waits(all_six, "6 of 6").exceeding(5 * _median())[0])
    # failures thousands of times as frequent as real ones, so that there are some to count
    fast = Lifetimes(copy_up=20.0, copy_down=1.0, zone_up=200.0, zone_down=2.0)
    six = DESIGNS["4 of 6"]
    lived = lifetimes.simulate(six.per_zone, fast, [six.write], within=HISTORY, histories=300,
                               seed=seed)  # fmt: skip
    chain = lifetimes.chain(six.per_zone, fast)
    return _frame(
        [
            (
                f"4 of 6, writes over {exact[worst]:.2f} ms, %: worst of the curve",
                float(share[worst]),
                float(drawn[worst]),
            ),
            ("6 of 6, writes that meet a slow answer, %", 100 * (1 - 0.95**6), late),
            ("4 of 6, time without a quorum, % (failures made frequent)",
             100 * lifetimes.unavailability(chain, six.write),
             100 * float(lived.lost.mean()) / HISTORY),
            *_readers_storage_backtrack(),
        ],
        ("closed form", "simulated"),
    )  # fmt: skip


def _readers_storage_backtrack() -> list[tuple[str, float, float]]:
    """The day, the year and the window, each beside its formula."""
    jump = simulate_readers(AuroraScenario(view="reader scaling", reads="flash crowd")).summary
    year = AuroraScenario(view="storage", freed_by="nothing")
    mean_gib = year.size_gib + year.growth_gib_per_day * year.days / 2
    window = AuroraScenario(view="backtrack", backtrack_h=8.0, batch_factor=10.0)
    records = window.changes_per_s * 3600 * window.backtrack_h
    return [
        ("from a jump of the reads to new readers, min",
         jump["expected_reaction_min"], jump["reaction_min"]),
        ("storage of a year that grows evenly, USD",
         mean_gib * storage_price(year.storage) * year.days * 24 / hours(),
         simulate_storage(year).summary["storage_usd"]),
        ("records of 8 h with a nightly batch, on average, million",
         records / 1e6, simulate_backtrack(window).summary["kept"] / 1e6),
    ]  # fmt: skip


def _median() -> float:
    return AURORA.value("latency", "copy_median")


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


def _frame(rows: list[tuple[str, float, float]], heads: tuple[str, str]) -> "pd.DataFrame":
    import pandas as pd

    cells = [
        (case, f"{one:,.5g}", f"{two:,.5g}", f"{100 * (two / one - 1):+.2f}")
        for case, one, two in rows
    ]
    return pd.DataFrame(cells, columns=["case", *heads, "difference in %"]).set_index("case")
