"""AWS's worked examples of credits, run through the model."""

from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.ec2 import EC2, Burstable, hour_price, peer
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
