"""What a standby in another zone would change of a volume that is looked at: its price alone."""

from dataclasses import replace

from awsnb.results import Number, Option
from awsnb.words import usd


def with_standby(asked: Option, usd_month: float) -> Option:
    """Return an option as a Multi-AZ instance: it grows and binds as before, and costs more.

    Parameters
    ----------
    asked : Option
        Storage of a Single-AZ instance.
    usd_month : float
        What it costs with that of the standby, USD a month.
    """
    price = Number("cost_usd_month", "USD a month", usd_month, f"{usd_month:,.2f}")
    return replace(
        asked,
        label="as asked, but Multi-AZ",
        cost_usd_month=usd_month,
        numbers=(price, *asked.numbers[1:]),
        remark="each commit waits for the standby",
    )


def standby_price(asked: Option, multi_az: Option) -> str:
    """Say what Multi-AZ would change, and for how much."""
    cost = multi_az.cost_usd_month or 0.0
    return (
        "Multi-AZ changes neither growth nor limits: a commit also waits for a standby, which "
        f"takes over when the database fails. The storage then costs {usd(cost)} a month in place "
        f"of {usd(asked.cost_usd_month or 0.0)}, and the instance twice as much."
    )
