"""AWS's own examples, exact chains and closed forms, and a group followed second by second."""

from math import comb
from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.autoscaling import ASG, Member, on_demand_count, steps
from awsnb.aws.prices import HOURS_A_MONTH
from awsnb.mechanisms import group, lifetimes
from awsnb.mechanisms.group import Checks, Loss, Plan
from awsnb.mechanisms.random_streams import generator
from awsnb.sections.auto_scaling_groups.spot_pools import SpotScenario, short_share

if TYPE_CHECKING:
    import pandas as pd

MIXES = ((10, 50), (0, 0), (0, 60), (0, 100), (12, 0))
SIZES = (10, 20, 30, 40)
POOLS = (1, 3, 9)
UP_S = 3600.0
FAR_APART = Plan(4, 2, pending_s=30, boot_s=120, checks=Checks(30, 2, 5), grace_s=300, found_s=30)


def published_examples() -> "pd.DataFrame":
    """Compare the rules with AWS's examples of mixed groups and of the termination order.

    Returns
    -------
    pandas.DataFrame
        One row an example: what AWS says, and what the rules say.
    """
    import pandas as pd

    rows = [
        (f"On-Demand of {size}: base {base}, {pct} % above",
         str(ASG.value("mixed", f"example_{base}_{pct}_at_{size}")),
         str(on_demand_count(size, base, pct)))
        for base, pct in MIXES for size in SIZES
    ]  # fmt: skip
    rows.append(("scale-in: two configurations", "i-2: fuller zone, oldest configuration",
                 _first((1, 2), (65, 50))))  # fmt: skip
    rows.append(("scale-in: one configuration", "i-3: fuller zone, next billing hour",
                 _first((1, 1), (65, 50))))  # fmt: skip
    return pd.DataFrame(rows, columns=["example", "AWS", "rules"]).set_index("example")


def _first(versions: tuple[int, int], ages_min: tuple[int, int]) -> str:
    """Scale in AWS's example: one instance in one zone, two in the other."""
    members = [Member("i-1", "a", "configuration", 1, 1000)]
    for name, version, age_min in zip(("i-2", "i-3"), versions, ages_min, strict=True):
        members.append(Member(name, "b", "configuration", version, age_min))
    (gone,) = steps(members, ["Default"])[-1][1]
    return gone.name


def loss_and_repair(seed: int = 1) -> "pd.DataFrame":
    """Compare a group that loses instances at random with the exact chain of losses and repairs.

    Every instance is lost after an hour on average, and no repair waits for another, so the number
    that serves is binomial: machines that are repaired independently, however a repair's time is
    distributed.

    Parameters
    ----------
    seed : int
        Of the losses.

    Returns
    -------
    pandas.DataFrame
        One row a number of instances that serve: its share of time in the chain, in the closed
        form and in the group.
    """
    import pandas as pd

    plan = FAR_APART
    down_s = plan.found_s + group.life(plan, plan.pending_s, plan.boot_s)[1]
    slots = plan.desired
    up = UP_S / (UP_S + down_s)
    chain = lifetimes.chain((slots,), lifetimes.Lifetimes(UP_S, down_s))
    exact = lifetimes.steady_state(chain.rates)
    share = drawn_shares(plan, seed)
    rows = []
    for count in range(slots, -1, -1):
        by_chain = 100 * exact[chain.reachable == count].sum()
        closed = 100 * comb(slots, count) * up**count * (1 - up) ** (slots - count)
        rows.append((count, round(by_chain, 3), round(closed, 3), round(100 * share[count], 3)))
    columns = ["serving", "chain, %", "closed form, %", "the group, %"]
    return pd.DataFrame(rows, columns=columns).set_index("serving")


def drawn_shares(plan: Plan, seed: int, run_s: float = 400_000.0, runs: int = 100) -> np.ndarray:
    """Let a group lose serving instances at random; return the shares of time by their number."""
    spent = np.zeros(plan.desired + 1)
    for number in range(runs):
        at, counts = _serving(plan, generator(seed, f"losses {number}"), run_s)
        inner = at >= run_s / 20
        np.add.at(spent, counts[inner], np.diff(at, append=run_s)[inner])
    return spent / spent.sum()


def _serving(plan: Plan, draw: np.random.Generator, run_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Draw losses of a group, each of one instance that serves, one after the other."""
    losses: list[Loss] = []
    clocks = sorted(draw.exponential(UP_S, plan.desired).tolist())
    down_s = plan.found_s + group.life(plan, plan.pending_s, plan.boot_s)[1]
    while clocks[0] < run_s:
        at = clocks.pop(0)
        losses.append(Loss(at, "gone", most=1, found_after_s=plan.found_s))
        clocks = sorted([*clocks, at + down_s + draw.exponential(UP_S)])
    run = group.run(plan, losses, run_s)
    moments = {moment for one in run.instances for moment in (one.serving_s, one.stops_s)}
    times = np.array(sorted({0.0} | {at for at in moments if 0 < at < run_s}))
    return times, run.serving(times)


def spot_pools() -> "pd.DataFrame":
    """Compare the chain of pools with the binomial law of pools that are up independently.

    Returns
    -------
    pandas.DataFrame
        One row a number of pools: the minutes a month with fewer than the needed instances.
    """
    import pandas as pd

    rows = []
    for pools in POOLS:
        asked = SpotScenario(total=12, needed=11, pools=pools)
        chain = short_share(asked, pools) * HOURS_A_MONTH * 60
        rows.append((pools, round(chain, 4), round(binomial_min(asked), 4)))
    columns = ["pools", "chain, min a month", "closed form, min a month"]
    return pd.DataFrame(rows, columns=columns).set_index("pools")


def binomial_min(asked: SpotScenario) -> float:
    """Minutes a month with too few, for pools that are equally large."""
    up_min = HOURS_A_MONTH * 60 / asked.interruptions
    down = asked.missing_min / (up_min + asked.missing_min)
    each = asked.spot // asked.pools
    share = sum(
        comb(asked.pools, gone) * down**gone * (1 - down) ** (asked.pools - gone)
        for gone in range(asked.pools + 1)
        if asked.total - gone * each < asked.needed
    )
    return share * HOURS_A_MONTH * 60
