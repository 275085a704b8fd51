"""AWS's worked examples of credits and of bills, run through the model; spot's reclaims drawn."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.ec2 import EC2, Burstable, hour_price, peer
from awsnb.aws.ec2.purchase import Usage, hours_to_finish, plan_hour_usd
from awsnb.sections.ec2.credits.run import Run, run

if TYPE_CHECKING:
    import pandas as pd

# hours, and CPU in %
UNLIMITED_NANO = ((24, 0.0), (12, 2.5), (24, 7.0), (12, 2.5), (5, 100.0), (13, 5.0), (24, 0.0))
STANDARD_NANO = ((24, 0.0), (12, 0.0), (25, 2.0), (11, 2.0), (3, 20.0), (15, 2.0), (6, 0.0))


def worked_examples() -> "pd.DataFrame":
    """Compare the model with AWS's examples of a T3 unlimited, a T2 standard, and of break-even.

    Returns
    -------
    pandas.DataFrame
        One row a case: what AWS writes, what the model says, in `unit`, and the difference. AWS's
        t3.nano uses both vCPUs alike.
    """
    import pandas as pd

    rows = [*_unlimited(), *_standard(), *_break_even()]
    columns = ["instance", "case", "unit", "AWS", "model", "difference"]
    return pd.DataFrame(rows, columns=columns).set_index(["instance", "case"])


def _row(instance_type: str, case: str, model: float) -> tuple[object, ...]:
    fact = EC2.get(instance_type, f"example_{case}")
    model = round(model, 2)
    return instance_type, case.replace("_", " "), fact.unit, fact.value, model, model - fact.value


def _run(instance: Burstable, phases: tuple[tuple[int, float], ...]) -> Run:
    hours, pct = np.array(phases, dtype=np.float64).T
    load = pct / 100 * instance.vcpus
    return run(instance, hours * 3600, load, 0.0, instance.launch_credits)


def _unlimited() -> list[tuple[object, ...]]:
    nano = Burstable("t3.nano", "unlimited")
    done = _run(nano, UNLIMITED_NANO)
    balance, surplus, charged = done.balance, done.surplus, done.charged
    found = {
        "balance_after_p1": balance[0],
        "balance_after_p3": balance[2],
        "balance_after_p4": balance[3],
        "surplus_spent_p5": surplus[4] + charged[4],
        "charged_p5": charged[4],
        "surplus_after_p6": surplus[5],
        "surplus_after_p7": surplus[6],
    }
    return [_row("t3.nano", case, float(value)) for case, value in found.items()]


def _standard() -> list[tuple[object, ...]]:
    balance = _run(Burstable("t2.nano", "standard"), STANDARD_NANO).balance
    return [
        _row("t2.nano", f"balance_after_period_{number}", float(value))
        for number, value in enumerate(balance, start=1)
    ]


def _break_even() -> list[tuple[object, ...]]:
    """AWS's page counts with an older price of T3, which makes it 0.3 % of CPU lower."""
    found = [Burstable(name, "unlimited") for name in ("t3.large", "t3.xlarge")]
    return [
        _row(one.instance_type, "break_even_m5", one.break_even_pct(_peer_usd_h(one)))
        for one in found
    ]


def _peer_usd_h(instance: Burstable) -> float:
    return hour_price(peer(instance.instance_type))


# quantity, rate on demand (AWS's page), and the fact that holds the plan's rate
PLAN_USAGE = (
    (1, 4.0, "c5_9xlarge"), (1, 10.0, "c5_24xlarge"), (10, 1.5, "fargate_vcpu"),
    (5, 2.0, "fargate_gb"),
)  # fmt: skip
SEED, RUNS = 5, 20_000
PIECE_H, RECLAIMS_H, BOOT_H = 10.0, 0.1, 0.5


def costs() -> "pd.DataFrame":
    """Compare bills, a quota and spot's rework with AWS's examples and with drawn reclaims.

    Returns
    -------
    pandas.DataFrame
        One row a case: what AWS writes or what the draws give, what the model says, in `unit`.
    """
    import pandas as pd

    rows = [
        ("an hour under a savings plan", "USD", plan_value("commitment"), _plan_example()),
        ("m5.2xlarge under a spot quota", "instances", EC2.value("spot", "example_instances"),
         EC2.value("spot", "example_quota") / EC2.value("m5.2xlarge", "vcpus")),
        ("10 h of work on spot, nothing saved", "h", drawn_h(PIECE_H, RECLAIMS_H, BOOT_H),
         hours_to_finish(PIECE_H, RECLAIMS_H, BOOT_H)),
    ]  # fmt: skip
    found = [(case, unit, float(there), round(model, 2), round(100 * (model / there - 1), 2))
             for case, unit, there, model in rows]  # fmt: skip
    columns = ["case", "unit", "compared with", "model", "difference in %"]
    return pd.DataFrame(found, columns=columns).set_index("case").round(2)


def plan_value(key: str) -> float:
    """Look up a number of AWS's savings plan example."""
    return float(EC2.value("savings_plan", f"example_{key}"))


def _plan_example() -> float:
    usages = [Usage(quantity, rate, plan_value(key)) for quantity, rate, key in PLAN_USAGE]
    return plan_hour_usd(usages, plan_value("commitment"))


def drawn_h(piece_h: float, reclaims_h: float, boot_h: float) -> float:
    """Finish many pieces of work on instances whose lives are drawn; return the mean hours."""
    lives_h = np.random.default_rng(SEED)
    total_h = 0.0
    for _ in range(RUNS):
        needs_h = piece_h
        while (life_h := lives_h.exponential(1 / reclaims_h)) < needs_h:
            total_h += life_h
            needs_h = piece_h + boot_h
        total_h += needs_h
    return total_h / RUNS
