"""What there is to say of a cluster's bill: its parts, where lines cross, and RDS beside it."""

from dataclasses import fields

import numpy as np

from awsnb.aws.aurora import AURORA, protection_groups
from awsnb.aws.rds import Bill
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.aurora.cost.simulate import IO_PER_S, Outcome
from awsnb.words import counted, usd

NO_BILL = Bill(0.0, 0.0, 0.0)
PARTS = tuple(field.name for field in fields(Bill))


def tell(outcome: Outcome) -> Result:
    """Say what the money is for, and which way is the cheaper.

    Returns
    -------
    Result
        `data` has, by ``io_per_s``, what each way costs a month, USD; by ``way``, the bill's parts.
    """
    bills = [bill or NO_BILL for bill in outcome.bills.values()]
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "io_per_s": IO_PER_S,
            "standard_usd": outcome.standard_usd,
            "optimized_usd": outcome.optimized_usd,
            "rds_usd": outcome.rds_usd,
            "way": np.array(list(outcome.bills)),
            **{f"{part}_usd": np.array([getattr(one, part) for one in bills]) for part in PARTS},
        },
        panels=(_over_rates(outcome), _parts()),
        notes=(
            "Prices: us-east-1, on demand, without backups, data transfer and free tiers.",
            "RDS has as many instances: two are a Multi-AZ pair, of which one can't be read; each "
            "further one is a read replica with storage of its own.",
        ),
    )


def _over_rates(outcome: Outcome) -> Panel:
    even, is_standard = outcome.break_even_io_per_s, outcome.scenario.storage == "Standard"
    return Panel(
        "Cost over the I/O rate",
        "USD/month",
        (
            Curve("standard_usd", "Aurora Standard", "first", compare=is_standard),
            Curve("optimized_usd", "I/O-Optimized", "second", compare=not is_standard),
            Curve("rds_usd", "RDS on gp3", "third"),
        ),
        log=True,
        x="io_per_s",
        x_title="I/O per second on Aurora, on average",
        x_log=True,
        events=((even, f"break-even {even:,.0f}"), (outcome.scenario.io_per_s, "you")),
    )


def _parts() -> Panel:
    return Panel(
        "The bill at your rate",
        "USD/month",
        (
            Curve("instances_usd", "instances", "first"),
            Curve("storage_usd", "storage", "second"),
            Curve("io_usd", "I/O", "third"),
            Curve("backtrack_usd", "backtrack", "fourth"),
        ),
        kind="bars",
        x="way",
        stacked=True,
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    mine, rds, iops = outcome.mine, outcome.rds, outcome.scenario.rds().iops
    even, share = outcome.break_even_io_per_s, outcome.io_share_pct
    groups = protection_groups(outcome.scenario.size_gib)
    segments = groups * AURORA.value("storage", "copies")
    return (
        Number("cost_usd_month", "A month", mine.total, usd(mine.total), headline=True),
        Number("rds_usd_month", "RDS on gp3", rds.total if rds else None,
               usd(rds.total) if rds else "can't", headline=True),
        Number("break_even_io_per_s", "I/O-Optimized pays from", even, f"{even:,.0f} I/O/s", True),
        Number("io_share_pct", "I/O's share of the Standard bill", share, f"{share:.0f} %"),
        Number("rds_iops", "IOPS to provision on RDS", iops, f"{iops:,.0f}"),
        Number("backtrack_usd_month", "Of it, backtrack", mine.backtrack, usd(mine.backtrack)),
        Number("protection_groups", "Protection groups", groups, f"{groups:,}"),
        Number("segments", "Segments", segments, f"{segments:,}"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    saves = outcome.optimized_saves_usd
    cheaper = "I/O-Optimized" if saves > 0 else "Standard"
    return (
        f"I/O is {outcome.io_share_pct:.0f} % of the Standard bill, so {cheaper} is the cheaper "
        f"configuration by {usd(abs(saves))} a month. {_beside(outcome)}"
    )


def _beside(outcome: Outcome) -> str:
    """Compare with RDS."""
    if outcome.rds is None:
        return "RDS on gp3 can't do this rate at this size."
    rds, mine = outcome.rds.total, outcome.mine.total
    return (
        f"RDS with {counted(outcome.scenario.instances, 'instance')} would cost {usd(rds)}: this "
        f"cluster is {abs(100 * mine / rds - 100):.0f} % {'dearer' if mine > rds else 'cheaper'}."
        f"{' RDS has no backtrack.' if outcome.scenario.backtrack_h else ''}"
    )
