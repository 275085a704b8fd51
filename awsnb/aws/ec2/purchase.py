"""How an EC2 instance can be bought, and what each way charges: used, committed, interrupted."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from awsnb.aws.prices import EC2, HOURS_A_MONTH

ON_DEMAND, SAVINGS_PLAN = "on demand", "savings plan 1 year"
RESERVED_1, RESERVED_3, SPOT = "reserved 1 year", "reserved 3 years", "spot"
PURCHASES = (ON_DEMAND, SAVINGS_PLAN, RESERVED_1, RESERVED_3, SPOT)
TERM_MONTHS = {SAVINGS_PLAN: 12, RESERVED_1: 12, RESERVED_3: 36}
RATES = {
    ON_DEMAND: "hour_price",
    SAVINGS_PLAN: "savings_plan_1_year",
    RESERVED_1: "reserved_1_year",
    RESERVED_3: "reserved_3_years",
    SPOT: "spot_price",
}
PURCHASED_TYPES = tuple(
    name for name in EC2.subjects() if all(EC2.has(name, key) for key in RATES.values())
)


class Usage(NamedTuple):
    """What runs in an hour: how many of a thing, and its two rates, USD an hour each."""

    quantity: float
    on_demand: float
    plan: float


def rate_usd_h(instance_type: str, purchase: str) -> float:
    """Price of an hour of an instance, bought in one of `PURCHASES`, USD: Linux, us-east-1."""
    return float(EC2.value(instance_type, RATES[purchase]))


def plan_hour_usd(usages: Iterable[Usage], commitment_usd: float) -> float:
    """Bill an hour under a savings plan.

    Parameters
    ----------
    usages : iterable of Usage
        What runs in it. The plan covers first what it saves the largest share of, then what has
        the lowest rate.
    commitment_usd : float
        What is paid for the hour in any case, USD.

    Returns
    -------
    float
        The commitment, and what it leaves uncovered at the on-demand rate, USD. AWS: Savings Plans
        User Guide, "Understanding how Savings Plans apply to your AWS usage".

    Examples
    --------
    >>> plan_hour_usd([Usage(4, on_demand=5.0, plan=4.0)], commitment_usd=13.0)
    16.75
    """
    left, bill = commitment_usd, commitment_usd
    for usage in sorted(usages, key=lambda one: (one.plan / one.on_demand, one.plan)):
        covered = min(usage.quantity, left / usage.plan)
        left -= covered * usage.plan
        bill += (usage.quantity - covered) * usage.on_demand
    return bill


class Months(NamedTuple):
    """Months for which a commitment is paid, and months after it on demand."""

    committed: int
    on_demand: int


def months_of(purchase: str, needed: int) -> list[Months]:
    """Return the ways to cover months of need with whole terms, at least one.

    Months beyond the last whole term are bought on demand, or with another term.
    """
    term = TERM_MONTHS[purchase]
    terms = max(needed // term, 1)
    rest = max(needed - terms * term, 0)
    ways = [Months(terms * term, rest)]
    return [*ways, Months((terms + 1) * term, 0)] if rest else ways


def reclaims_per_h(reclaimed_pct: float) -> float:
    """Turn the share of instances that AWS reclaims in a month, %, into a rate per hour."""
    return -math.log1p(-reclaimed_pct / 100) / HOURS_A_MONTH


def hours_to_finish(work_h: float, reclaims_h: float, replaced_h: float) -> float:
    """Expected hours that spot instances run to finish a piece of work that nothing saves.

    The instance works already. One that is reclaimed loses the whole piece, and its successor
    first takes `replaced_h` to boot, in which it may be reclaimed as well. Reclaims are a Poisson
    process of a rate l. After a boot of r, a piece of w takes ``(exp(l (r + w)) - 1) / l`` on
    average; from the beginning, ``(1 - exp(-l w)) exp(l (r + w)) / l`` (renewal argument).

    Parameters
    ----------
    work_h : float
        Length of the piece, hours.
    reclaims_h : float
        Reclaims per hour that an instance runs.
    replaced_h : float
        Hours that a new instance runs before it works.

    Returns
    -------
    float
        At least `work_h`.
    """
    if not reclaims_h:
        return work_h
    lost = -math.expm1(-reclaims_h * work_h)
    return lost * math.exp(reclaims_h * (replaced_h + work_h)) / reclaims_h
