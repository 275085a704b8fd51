"""Mixed instances: how many of a group are On-Demand, and what it costs."""

import math

from awsnb.aws.autoscaling.defaults import ASG
from awsnb.aws.prices import HOURS_A_MONTH, instance_usd_hour


def on_demand_count(total: int, base: int, above_base_pct: float) -> int:
    """How many instances of a mixed group are On-Demand.

    Parameters
    ----------
    total : int
        Instances in all.
    base : int
        OnDemandBaseCapacity.
    above_base_pct : float
        OnDemandPercentageAboveBaseCapacity, 0 to 100.

    Returns
    -------
    int
        A fraction is rounded up, in favour of On-Demand.

    Examples
    --------
    >>> on_demand_count(10, base=12, above_base_pct=0), on_demand_count(10, 2, 30)
    (10, 5)
    """
    first = min(base, total)
    return first + math.ceil((total - first) * above_base_pct / 100)


def mixed_usd_month(on_demand: int, spot: int, instance_type: str, saving_pct: float) -> float:
    """Price of a mixed group for a month, USD, us-east-1; the group itself is free of charge.

    Parameters
    ----------
    on_demand, spot : int
        Instances.
    instance_type : str
        Of all of them.
    saving_pct : float
        How far below the price on demand the Spot price lies.

    Returns
    -------
    float
    """
    month = instance_usd_hour(instance_type) * HOURS_A_MONTH
    return month * (on_demand + spot * (1 - saving_pct / 100))


def default_mix() -> tuple[int, int]:
    """AWS's defaults: the On-Demand base, and the percentage above it."""
    return (
        int(ASG.value("mixed", "on_demand_base")),
        int(ASG.value("mixed", "on_demand_above_base")),
    )
