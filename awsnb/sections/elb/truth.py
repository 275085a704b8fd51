"""AWS's priced and counted examples, and single clients that each keep a DNS answer."""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB, Bill, alb_bill, clb_bill, nlb_bill
from awsnb.sections.elb.zone_lost.scenario import ZoneLostScenario
from awsnb.sections.elb.zone_lost.simulate import TTL_S, Times, simulate

if TYPE_CHECKING:
    import pandas as pd

HOURS = 30 * 24  # AWS's examples have months of 30 days
CLIENTS = 5_000
SHOWN = 12  # minutes that are compared


def published_examples() -> "pd.DataFrame":
    """Compare the model with AWS's examples of bills and of how traffic is shared.

    Returns
    -------
    pandas.DataFrame
        One row an example: what AWS says, what the model says, in the fact's unit, the difference
        in percent, and how sure it is that AWS says so.
    """
    import pandas as pd

    columns = ["example", "unit", "AWS", "model", "difference in %", "the example is"]
    return pd.DataFrame([*_bills(), *_shares()], columns=columns).set_index("example")


def client_by_client(
    scenario: ZoneLostScenario, clients: int = CLIENTS, seed: int = 1
) -> "pd.DataFrame":
    """Compare the share of requests sent to zone a with clients that are followed one by one.

    Parameters
    ----------
    scenario : ZoneLostScenario
        What happens.
    clients : int
        How many are followed. Each asks DNS at its own moments.
    seed : int
        Of the random moments and answers.

    Returns
    -------
    pandas.DataFrame
        By minutes from the failure on: percent of the requests by both.
    """
    import pandas as pd

    outcome = simulate(scenario)
    at_s = outcome.at_s[30::60][:SHOWN]
    followed = followed_share(scenario, outcome.times, at_s, clients, seed)
    table = {
        "minutes": np.round(at_s / 60, 1),
        "clients followed, %": np.round(100 * followed, 2),
        "model, %": np.round(100 * outcome.held[30::60][:SHOWN], 2),
    }
    return pd.DataFrame(table).set_index("minutes")


def followed_share(
    scenario: ZoneLostScenario, times: Times, at_s: NDArray[np.float64], clients: int, seed: int
) -> NDArray[np.float64]:
    """Return which share of clients has zone a's address at each moment, one client at a time."""
    rng = np.random.default_rng(seed)
    long = round(clients * scenario.long_pct / 100)
    kept = [60 * scenario.cache_min] * long + [TTL_S] * (clients - long)
    has_a = sum(_has_a(rng, times, cache_s, scenario.zones, at_s) for cache_s in kept)
    return np.asarray(has_a, dtype=np.float64) / clients


def _has_a(
    rng: np.random.Generator, times: Times, cache_s: float, zones: int, at_s: NDArray[np.float64]
) -> NDArray[np.bool_]:
    """Ask DNS again and again, and say at which moments the last answer was zone a's address."""
    asked_s = np.arange(at_s[0] - cache_s * (1 + rng.random()), at_s[-1], cache_s)
    out = (asked_s >= times.leaves_dns) & (asked_s < times.in_dns_again)
    answer_a = (rng.integers(zones, size=asked_s.size) == 0) & ~out
    last: NDArray[np.intp] = np.searchsorted(asked_s, at_s, side="right") - 1
    return np.asarray(answer_a[last])


def _bills() -> list[tuple[object, ...]]:
    """AWS's bills; a request carries a second's bytes of all connections where none is named."""
    by_bytes = alb_bill(5.0, 60.0, 5.0, 120.0, rules=60)
    by_connections = alb_bill(100.0, 0.01, 1.0, 180.0, rules=20)
    tcp = nlb_bill("TCP", 120.0, 120.0, 1.0, 300.0)
    classic = clb_bill(100 / HOURS / 3600, 1e6)
    return [
        _row("ALB, 1.08 LCU by bytes", "alb_bytes", HOURS * _hour_usd(by_bytes)),
        _row("ALB, 6 LCU by connections", "alb_connections", HOURS * _hour_usd(by_connections)),
        _row("NLB, 1.08 NLCU, units alone", "nlb_tcp", tcp.billed_units * tcp.unit_usd),
        _row("CLB, 100 GB", "clb", HOURS * _hour_usd(classic)),
    ]


def _hour_usd(bill: Bill) -> float:
    return bill.hour_usd + bill.billed_units * bill.unit_usd


def _shares() -> list[tuple[object, ...]]:
    """AWS's shares of two zones: what one target gets is what fails right after it dies."""
    node = simulate(ZoneLostScenario(zones=2)).held[0]
    return [
        _row("a node of two", "split", 100 * float(node)),
        _row("one of 2 targets, cross-zone off", "split_few", _target_pct(2, cross_zone=False)),
        _row("one of 8 targets, cross-zone off", "split_many", _target_pct(8, cross_zone=False)),
        _row("one of 10 targets, cross-zone on", "split_all", _target_pct(5, cross_zone=True)),
    ]


def _target_pct(targets_per_zone: int, cross_zone: bool) -> float:
    """Percent of all requests that fail as soon as one target dies, before it is found."""
    one = ZoneLostScenario(
        zones=2,
        event="targets die",
        dead_targets=1,
        targets_per_zone=targets_per_zone,
        cross_zone=cross_zone,
        target_per_s=10_000.0,
    )
    outcome = simulate(one)
    first = int(np.searchsorted(outcome.at_s, 0.0))
    return 100 * float(outcome.to_dead[first]) / one.requests_per_s


def _row(example: str, key: str, model: float) -> tuple[object, ...]:
    fact = ELB.get("elb", f"example_{key}")
    apart = 100 * (model / float(fact.value) - 1)
    return example, fact.unit, fact.value, round(model, 5), round(apart, 2), fact.confidence
