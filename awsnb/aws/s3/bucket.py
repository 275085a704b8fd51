"""Prices of a bucket in S3 Standard, us-east-1."""

import math
from itertools import pairwise

from awsnb import facts

S3 = facts.load("s3")


def storage_usd_month(stored_gib: float) -> float:
    """Price of what is stored, USD a month: the more there is, the less the next GiB costs."""
    bounds = (0.0, S3.value("standard", "tier1_max"), S3.value("standard", "tier2_max"), math.inf)
    cost = 0.0
    for tier, (above, up_to) in enumerate(pairwise(bounds), 1):
        within = max(0.0, min(stored_gib, up_to) - above)
        cost += within * S3.value("standard", f"storage_price_tier{tier}")
    return cost


def requests_usd(gets: float, puts: float) -> float:
    """Price of so many requests, USD; the bytes are free for instances of the Region."""
    prices = S3.value("standard", "get_price"), S3.value("standard", "put_price")
    return float(gets * prices[0] + puts * prices[1])
