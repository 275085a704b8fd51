"""How much of a load is simulated: all of a small one, a sample of the items of a large one.

A sampled item stands for neighbours in popularity, at their mean rate, in a memory and before a
database that are as much smaller. What happens to an item happens at its true pace, so that times
to live, evictions and hit ratios stay what they are (Waldspurger et al., "Efficient MRC
Construction with SHARDS", FAST 2015, samples items at random).
"""

from typing import NamedTuple

MOST_REQUESTS, MOST_ITEMS = 240_000, 100_000
FEWEST_ITEMS = 40
"""Requests and items of the largest sample; in the smallest, so many items fit on a shard."""


class Sample(NamedTuple):
    """What is simulated.

    Attributes
    ----------
    each : float
        Items that one item stands for, and requests that one request stands for.
    keys, shard_items : int
        Items of the sample, and how many of them fit on a shard.
    duration_s : float
        The part of the run that is simulated, from its start, s.
    """

    each: float
    keys: int
    shard_items: int
    duration_s: float


def sample(keys: int, shard_items: int, requests_per_s: float, duration_s: float) -> Sample:
    """Choose the sample of a run: all of it, or few enough items, or else less of the run.

    Parameters
    ----------
    keys, shard_items : int
        Items that are ever asked for, and how many of them fit on a shard.
    requests_per_s : float
        On average.
    duration_s : float
        Of the run, s.

    Returns
    -------
    Sample

    Examples
    --------
    >>> sample(5_000, 1_000, 400, 600.0)
    Sample(each=1.0, keys=5000, shard_items=1000, duration_s=600.0)
    >>> sample(100_000, 20_000, 4_000, 600.0)
    Sample(each=10.0, keys=10000, shard_items=2000, duration_s=600.0)

    Few items at a high rate: a sample of fewer would be too coarse, so less of the run is seen.

    >>> sample(5_000, 1_000, 40_000, 600.0)
    Sample(each=25.0, keys=200, shard_items=40, duration_s=150.0)
    """
    wanted = max(requests_per_s * duration_s / MOST_REQUESTS, keys / MOST_ITEMS)
    if wanted <= 1:
        return Sample(1.0, keys, shard_items, duration_s)
    most = max(min(keys, shard_items) / FEWEST_ITEMS, 1.0)
    sampled = round(keys / min(wanted, most))
    each = keys / sampled
    seen_s = duration_s * min(most / wanted, 1.0)
    return Sample(each, sampled, round(shard_items / each), seen_s)
