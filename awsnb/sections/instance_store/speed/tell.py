"""What there is to say of speed: what the store serves, what EBS does, and for how much."""

import numpy as np

from awsnb.aws.instance_store import STORE_TYPES, size_gib
from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.instance_store.speed.simulate import Outcome
from awsnb.words import rate, usd


def tell(outcome: Outcome) -> Result:
    """Say how fast the store is, and what EBS gives on the same instance.

    Returns
    -------
    Result
        `data` has, by ``instance_type``, the IOPS of the store and those that the instance lets
        through to EBS all day.
    """
    scenario = outcome.scenario
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "instance_type": np.array(STORE_TYPES),
            "store_iops": outcome.store_iops_by_type,
            "ebs_iops": outcome.ebs_iops_by_type,
        },
        panels=(_by_type(outcome),),
        notes=(
            "The store's IOPS are AWS's, for random I/Os of 4 KiB and a full queue. Writes get "
            "slower as a drive fills up, if nothing is trimmed and no space is left free.",
            "EBS is what volume and instance let through all day; some instances go faster for "
            f"{EC2.value('ebs_optimized', 'max_performance_duration')} min a day. It is one volume "
            f"of {size_gib(scenario.instance_type):,} GiB, as large as the store.",
            "The store costs nothing beyond the instance's price, which is not counted here.",
        ),
    )


def _by_type(outcome: Outcome) -> Panel:
    return Panel(
        f"Random {outcome.scenario.operation} of 4 KiB",
        "IOPS",
        (
            Curve("store_iops", "instance store", "first"),
            Curve("ebs_iops", "the instance's limit to EBS", "second"),
        ),
        kind="bars",
        x="instance_type",
        log=True,
        events=((outcome.scenario.instance_type, "yours"),),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    gp3, io2 = outcome.ebs["gp3"], outcome.ebs["io2"]
    ratio = outcome.store_iops / max(gp3.iops, io2.iops)
    cost = gp3.volume.cost_usd_month
    return (
        Number("store_iops", "Instance store", outcome.store_iops, f"{outcome.store_iops:,} IOPS",
               headline=True),
        Number("gp3_iops", "gp3 on this instance", gp3.iops, f"{gp3.iops:,.0f} IOPS", True),
        Number("io2_iops", "io2 on this instance", io2.iops, f"{io2.iops:,.0f} IOPS"),
        Number("store_ratio", "Store, to the best volume", ratio, f"{rate(ratio)} times", True),
        Number("gp3_cost_usd_month", "That gp3 volume", cost, f"{usd(cost)} a month"),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    wanted, gp3 = outcome.scenario.wanted_iops, outcome.ebs["gp3"]
    store = "serves" if outcome.store_iops >= wanted else "does not serve"
    lead = f"The store {store} {wanted:,} {outcome.scenario.operation} a second."
    if gp3.iops >= wanted:
        return f"{lead} gp3 does too, for {usd(gp3.volume.cost_usd_month)} a month."
    return f"{lead} gp3 stops at {gp3.iops:,.0f}: the {gp3.limit} let no more through."
