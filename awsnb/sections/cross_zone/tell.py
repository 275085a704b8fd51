"""What there is to say of cross-zone: each target's share, the load that is, and who pays."""

from collections.abc import Iterator
from math import isinf

import numpy as np

from awsnb.aws.elb import ELB
from awsnb.aws.elb.cross_zone import CLIENT_TO_NODE, DEFAULT, NODE_TO_TARGET
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.cross_zone.scenario import INSIDE, CrossZoneScenario
from awsnb.sections.cross_zone.scene import pct_text, scene
from awsnb.sections.cross_zone.simulate import CLIENT, ENDS, LEGS, NODE, TARGET, Outcome, Spread
from awsnb.words import counted, milliseconds, usd

LEG_NAMES = {CLIENT_TO_NODE: "client to node", NODE_TO_TARGET: "node to target"}
PAYERS = {"client_usd_month": CLIENT, "balancer_usd_month": NODE, "target_usd_month": TARGET}
DISPUTED = "disputed_usd_month"
CROSSES = {"client_to_node_gb": CLIENT_TO_NODE, "node_to_target_gb": NODE_TO_TARGET}
PAY = {"yes": "both ends pay", "no": "free", "disputed": "in dispute"}


def tell(outcome: Outcome) -> Result:
    """Say what each target gets, and what crossing costs.

    Returns
    -------
    Result
        `data` has by ``zone`` a target's share and load, by ``lost_in_a`` the busiest target's
        load, by ``leg`` what each payer pays, and by ``switch`` what crosses on each leg.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=" ".join(_why(outcome)),
        numbers=_numbers(outcome),
        data=_data(outcome),
        panels=tuple(_panels(outcome)),
        notes=(*outcome.load.notes, *_notes(outcome.scenario)),
        scene=scene(outcome),
    )


def p99_text(outcome: Outcome) -> str:
    """Say the p99 of the busiest zone, or why there is none."""
    p99 = outcome.p99_ms_or_none
    if p99 is not None:
        return milliseconds(p99)
    return "its queue only grows" if outcome.spread.each_target.any() else "no request is served"


def _why(outcome: Outcome) -> Iterator[str]:
    yield _switch(outcome.scenario)
    yield from _unusual(outcome)
    yield _shares(outcome.scenario.zones, outcome.spread)
    if outcome.spread.healthy.sum():
        yield _load(outcome)
    if outcome.spread.failed:
        yield _failures(outcome)
    yield _crossing(outcome)


def _switch(scenario: CrossZoneScenario) -> str:
    setting = scenario.cross_zone
    by_default = setting == (scenario.balancer, DEFAULT, "as load balancer")
    default = f", the default of {_a(scenario.balancer)}" if by_default else ""
    if setting.on:
        return f"Cross-zone is on{default}: each node sends to the targets of all zones."
    return f"Cross-zone is off{default}: each node sends to its own zone's targets alone."


def _unusual(outcome: Outcome) -> Iterator[str]:
    """Say what is lost, and who keeps an old address."""
    scenario = outcome.scenario
    if scenario.zone_a_lost:
        yield "Zone A is lost, with its node."
    elif scenario.lost_in_a:
        yield f"Zone A has {int(outcome.spread.healthy[0])} of {scenario.targets_a} targets left."
    if scenario.to_node_a_pct is not None:
        yield f"{scenario.to_node_a_pct:g} % of the requests go to zone A's address."


def _a(balancer: str) -> str:
    return {"alb": "an ALB", "nlb": "an NLB", "gwlb": "a GWLB", "clb": "a CLB made by API"}[
        balancer
    ]


def _shares(zones: tuple[str, ...], spread: Spread) -> str:
    there = np.flatnonzero(spread.healthy)
    if not there.size:
        return "No target is healthy."
    each = spread.each_target[there]
    if np.allclose(each, each[0]):
        count = int(spread.healthy.sum())
        only = f"The only healthy target gets {pct_text(100 * each[0])} of all requests."
        return (
            only
            if count == 1
            else f"Each of {count} targets gets {pct_text(100 * each[0])} of all requests."
        )
    parts = [_zone(zones[at], int(spread.healthy[at]), spread.each_target[at]) for at in there]
    return f"Of all requests, {', '.join(parts)}."


def _zone(zone: str, targets: int, part: float) -> str:
    who = f"the one target in zone {zone}" if targets == 1 else f"each of {targets} in zone {zone}"
    return f"{who} gets {pct_text(100 * part)}"


def _load(outcome: Outcome) -> str:
    spread = outcome.spread
    busiest = outcome.busiest_pct
    zones = outcome.scenario.zones
    uneven = not np.allclose(spread.each_target[spread.healthy > 0], spread.each_target.max())
    who = f"A target in zone {zones[spread.busiest]}" if uneven else "A target"
    if isinf(outcome.p99_ms):
        return f"{who} is asked for {pct_text(busiest)} of what it can serve: its queue only grows."
    return (
        f"{who} is asked for {pct_text(busiest)} of what it can serve, with a p99 of "
        f"{milliseconds(outcome.p99_ms)}."
    )


def _failures(outcome: Outcome) -> str:
    scenario, failed = outcome.scenario, pct_text(100 * outcome.spread.failed)
    if not outcome.spread.healthy.sum():
        return "All requests fail."
    if scenario.balancer == "gwlb":
        return f"{failed} of the requests fail: their zone's node has no healthy target to send to."
    return f"{failed} of the requests fail: they still go to zone A's address."


def _crossing(outcome: Outcome) -> str:
    crossing = [leg for leg in LEGS if outcome.crossing(leg) > 0]
    if not crossing:
        return "Nothing crosses zones."
    return " ".join(_leg(outcome, leg) for leg in crossing)


def _leg(outcome: Outcome, leg: str) -> str:
    crosses = (
        f"{pct_text(100 * outcome.crossing(leg))} of the bytes cross zones from {LEG_NAMES[leg]}"
    )
    first, second = ENDS[leg]
    cost, answer = 2 * outcome.end_usd(leg), outcome.charged(leg)
    if answer == "no":
        return f"{crosses}, which costs nothing."
    if answer == "disputed":
        return f"{crosses}: free or {usd(cost)} a month, since AWS's pages disagree."
    return f"{crosses}: {usd(cost)} a month, half at the {first}'s end, half at the {second}'s."


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    spread, scenario = outcome.spread, outcome.scenario
    most, busiest = float(spread.each_target.max()), outcome.busiest_pct
    cost, disputed = outcome.usd_month("yes"), outcome.usd_month("disputed")
    to_node, to_target = map(outcome.crossing_gb, LEGS)
    failed_pct = 100 * spread.failed
    return (
        Number("most_pct", "Most that a target gets", 100 * most, pct_text(100 * most),
               headline=True),
        Number("busiest_pct", "Busiest target's load", busiest, pct_text(busiest),
               headline=True),
        Number("p99_ms", "p99 in the busiest zone", outcome.p99_ms_or_none, p99_text(outcome),
               headline=True),
        Number("crossing_usd_month", "Crossing, a month", cost, usd(cost),
               headline=True),
        Number(DISPUTED, "Crossing in dispute, a month", disputed, usd(disputed)),
        Number("client_to_node_gb", "Crosses from client to node", to_node,
               f"{to_node:,.0f} GB a month"),
        Number("node_to_target_gb", "Crosses from node to target", to_target,
               f"{to_target:,.0f} GB a month"),
        Number("added_ms", "Crossing adds, on average", outcome.added_ms,
               milliseconds(outcome.added_ms)),
        Number("failed_pct", "Requests that fail", failed_pct, pct_text(failed_pct)),
        Number("targets", "Healthy targets", int(spread.healthy.sum()),
               f"{int(spread.healthy.sum())} of {counted(sum(scenario.targets), 'target')}"),
    )  # fmt: skip


def _data(outcome: Outcome) -> dict[str, np.ndarray]:
    scenario, spread = outcome.scenario, outcome.spread
    names = [f"{zone}: {count}" for zone, count in zip(scenario.zones, spread.healthy, strict=True)]
    busiest = {
        on: np.array([outcome.busy_pct(one).max() for one in outcome.as_lost[on]])
        for on in (True, False)
    }
    return {
        "zone": np.array(names),
        "share_pct": 100 * spread.each_target,
        "busy_pct": outcome.busy_pct(spread),
        "lost_in_a": np.arange(scenario.targets_a + 1),
        "on_pct": busiest[True],
        "off_pct": busiest[False],
        "leg": np.array([LEG_NAMES[leg] for leg in LEGS]),
        **{column: _paid(outcome, payer) for column, payer in PAYERS.items()},
        DISPUTED: np.array([_usd(outcome, leg, "disputed") * 2 for leg in LEGS]),
        "switch": np.array(["cross-zone off", "cross-zone on"]),
        **{column: _crosses(outcome, leg) for column, leg in CROSSES.items()},
    }


def _crosses(outcome: Outcome, leg: str) -> np.ndarray:
    """What crosses on a leg with cross-zone off, and on, GB a month."""
    return np.array([outcome.switched(on).crossing_gb(leg) for on in (False, True)])


def _paid(outcome: Outcome, payer: str) -> np.ndarray:
    """What one payer pays for each leg, USD a month."""
    return np.array([_usd(outcome, leg, "yes") * (payer in ENDS[leg]) for leg in LEGS])


def _usd(outcome: Outcome, leg: str, answer: str) -> float:
    return outcome.end_usd(leg) if outcome.charged(leg) == answer else 0.0


def _panels(outcome: Outcome) -> Iterator[Panel]:
    each = (
        Curve("share_pct", "of all requests", "first", compare=True),
        Curve("busy_pct", "of what it can serve", "second"),
    )
    switches = (
        Curve("off_pct", "cross-zone off", "second"),
        Curve("on_pct", "cross-zone on", "first"),
    )
    yield Panel("A target gets", "%", each, kind="bars", x="zone", x_title="zone: healthy targets")
    yield Panel("Busiest target, of what it can serve", "%", switches, x="lost_in_a",
                x_title="lost in zone A (targets)")  # fmt: skip
    if outcome.usd_month("yes") or outcome.usd_month("disputed"):
        yield _by_payer()
    elif any(outcome.switched(on).crossing(leg) for on in (False, True) for leg in LEGS):
        yield _by_switch(outcome)


def _by_payer() -> Panel:
    payers = (
        Curve("client_usd_month", "client's end", "first"),
        Curve("balancer_usd_month", "load balancer's end", "second"),
        Curve("target_usd_month", "target's end", "third"),
        Curve(DISPUTED, "disputed", "demand"),
    )
    return Panel("Crossing, by who pays", "USD a month", payers, kind="bars", x="leg",
                 x_title="way", stacked=True)  # fmt: skip


def _by_switch(outcome: Outcome) -> Panel:
    """Show what crosses with either setting, where what is asked for costs nothing."""
    columns: dict[str, Role] = {"client_to_node_gb": "first"} if outcome.inside else {}
    columns["node_to_target_gb"] = "second"
    curves = tuple(
        Curve(
            column, f"{LEG_NAMES[CROSSES[column]]}: {PAY[outcome.charged(CROSSES[column])]}", role
        )
        for column, role in columns.items()
    )
    return Panel("Crossing, off and on", "GB a month", curves, kind="bars", x="switch",
                 stacked=True)  # fmt: skip


def _notes(scenario: CrossZoneScenario) -> Iterator[str]:
    price = ELB.get("nlb", "cross_zone_price")
    yield (
        f"Crossing: {price.value} USD a GB at each end, in each direction, {price.region}. The "
        "load balancer's own hours and units are not counted."
    )
    yield (
        "p99 is wait and service, as if requests came to each target at random (M/M/c). What "
        "crossing adds is assumed, as AWS publishes no latency between zones."
    )
    if scenario.balancer in ("alb", "clb") and scenario.clients == INSIDE:
        yield f"Disputed: {ELB.get(scenario.balancer, 'charged_client_to_node').note}."
    if scenario.balancer == "gwlb":
        yield "Recalled, not checked: an endpoint sends to the node of its own zone, at no charge."
    if scenario.zone_a_lost and scenario.clients == INSIDE:
        yield "Clients in zone A are lost with it: their requests no longer come."
