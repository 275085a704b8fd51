"""What there is to say: which connections break, by what, and how long nobody is told."""

from collections.abc import Iterator
from math import isfinite

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.elb import ELB
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.gwlb.flows.scenario import ALONE, DEREGISTERED, FAILS, REBALANCE, TCP
from awsnb.sections.gwlb.flows.scene import scene
from awsnb.sections.gwlb.flows.simulate import HOUR_S, Outcome
from awsnb.words import counted, percent, rate, span, usd


def tell(outcome: Outcome) -> Result:
    """Say which connections break in an hour.

    Returns
    -------
    Result
        `series` has by ``at_min``: connections that work through appliance 1 and the others, that
        are cut off and whose clients don't know it, and that broke so far, by cause.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data=_data(outcome),
        panels=_panels(outcome),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def _data(outcome: Outcome) -> dict[str, NDArray[np.float64]]:
    first = outcome.cut_off("failed") + outcome.cut_off("opening")
    return {
        "at_min": outcome.at_s / 60,
        "first_connections": outcome.at_first,
        "others_connections": outcome.at_others,
        "cut_idle_connections": outcome.cut_off("idle"),
        "cut_first_connections": first,
        "cut_two_connections": outcome.cut_off("two endpoints"),
        "lost_idle_connections": outcome.lost_by("idle"),
        "lost_first_connections": outcome.lost_by("failed") + outcome.lost_by("opening"),
        "lost_two_connections": outcome.lost_by("two endpoints"),
    }


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    asymmetric = bool(outcome.scenario.asymmetric_pct)
    times, failover = outcome.times, outcome.scenario.event == FAILS
    events = _events(
        ("it fails" if failover else "deregistered", times.event),
        ("no new flows" if failover else "switched off", times.avoided if failover else times.dies),
    )

    def curves(what: str, compare: bool) -> tuple[Curve, ...]:
        two = (Curve(f"{what}_two_connections", "two endpoints", "fourth"),) if asymmetric else ()
        return (
            Curve(f"{what}_idle_connections", "after a silence", "first", compare),
            Curve(f"{what}_first_connections", "at appliance 1", "second", compare),
            *two,
        )

    return (
        Panel("Connections that work", "connections",
              (Curve("first_connections", "through appliance 1", "second"),
               Curve("others_connections", "through the others", "third")),
              x="at_min", x_title="minutes", events=events),
        Panel("Cut off, and the client doesn't know", "connections", curves("cut", True),
              x="at_min"),
        Panel("Broken so far", "connections", curves("lost", False), x="at_min"),
    )  # fmt: skip


def _events(*events: tuple[str, float]) -> tuple[tuple[float, str], ...]:
    return tuple((at_s / 60, text) for text, at_s in events if at_s <= HOUR_S)


def broken_at_first(outcome: Outcome) -> int:
    """Connections that broke at appliance 1."""
    return outcome.broken("failed") + outcome.broken("opening")


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    lost, idle, first = outcome.lost, outcome.broken("idle"), broken_at_first(outcome)
    two = outcome.broken("two endpoints")
    waits_s = outcome.waits_s
    longest_s = float(waits_s.max(initial=0.0))
    half_s = float(np.median(waits_s)) if waits_s.size else 0.0
    busiest_pct = 100 * outcome.busiest_share
    bill = outcome.bill
    avoided_s = outcome.times.avoided - outcome.times.event
    return (
        Number("broken", "Connections that break", lost, _share(lost, outcome), headline=True),
        Number("idle", "After a silence", idle, f"{idle:,}", headline=True),
        Number("at_first", "At appliance 1", first, f"{first:,}", headline=True),
        Number("cost_usd_month", "GWLB and its endpoints, a month", bill.usd_month,
               usd(bill.usd_month), headline=True),
        *([Number("two_endpoints", "By two endpoints", two, f"{two:,}")]
          if outcome.scenario.asymmetric_pct else []),
        Number("forgotten", "Flows forgotten", outcome.forgotten, f"{outcome.forgotten:,}"),
        Number("moved", "Cut off for a while, then go on", outcome.moved, f"{outcome.moved:,}"),
        Number("cut_at_end", "Cut off as the hour ends", outcome.cut_at_end,
               f"{outcome.cut_at_end:,}"),
        Number("half_told_s", "Half are told within", half_s, span(half_s, "at once")),
        Number("longest_s", "Longest without being told", longest_s, span(longest_s)),
        Number("avoided_s", "Gets no new flows after",
               avoided_s if isfinite(avoided_s) else None,
               span(avoided_s, "no time") if isfinite(avoided_s) else "never"),
        Number("busiest_pct", "Flows on the busiest appliance", busiest_pct, percent(busiest_pct)),
        Number("dimension", "Paid for by", bill.dimension,
               f"{bill.dimension}: {rate(bill.billed_units)} GLCU"),
    )  # fmt: skip


def _share(count: int, outcome: Outcome) -> str:
    return f"{count:,}, {percent(100 * count / outcome.seen)}" if count else "none"


def _why(outcome: Outcome) -> str:
    said = [_idle(outcome), _failure(outcome), _two(outcome)]
    told = " ".join(one for one in said if one)
    return told if outcome.lost else f"No connection breaks. {told or _kept(outcome)}".rstrip()


def _kept(outcome: Outcome) -> str:
    scenario = outcome.scenario
    if scenario.kept_alive:
        return (
            f"A keep-alive every {scenario.keep_alive_s:g} s comes before the idle timeout "
            f"of {scenario.timeout_s:g} s."
        )
    if scenario.protocol != TCP:
        return (
            f"{counted(outcome.forgotten, 'UDP flow')} had a silence of {scenario.timeout_s:g} s "
            "and so came to an end; the next packet begins a new flow, which may go to another "
            "appliance."
        )
    return f"No flow that went on was silent for {scenario.timeout_s:g} s."


def _idle(outcome: Outcome) -> str:
    scenario, count = outcome.scenario, outcome.broken("idle")
    if not count:
        return ""
    one = count == 1
    told = (
        "and the load balancer sends a reset"
        if scenario.reset
        else "later packets are dropped, and nobody is told"
    )
    return (
        f"{counted(count, 'connection')} {'breaks' if one else 'break'} after a silence of "
        f"{scenario.timeout_s:g} s: the flow is forgotten, {told}."
    )


def _failure(outcome: Outcome) -> str:
    scenario, count = outcome.scenario, broken_at_first(outcome)
    if outcome.times.event > HOUR_S:
        return ""
    if not count:
        return _none_at_first(outcome)
    what = f"{counted(count, 'connection')} {'breaks' if count == 1 else 'break'} at appliance 1:"
    if not scenario.others and not scenario.resets:
        return f"{what} cross-zone is off, and its zone has no other appliance."
    if scenario.resets:
        return f"{what} {_reset(outcome)}"
    if scenario.target_failover != REBALANCE:
        off = ", and it is switched off" if scenario.event == DEREGISTERED else ""
        return f"{what} no_rebalance leaves its flows with it{off}. {_stay(outcome)}".rstrip()
    if scenario.state == ALONE and scenario.protocol == TCP:
        return (
            f"{what} rebalance sends them to appliances that did not see them begin, and those "
            "drop their packets."
        )
    return f"{what} clients give up before rebalance has sent them elsewhere."


def _reset(outcome: Outcome) -> str:
    """Say when both ends are told."""
    if outcome.scenario.event != FAILS:
        return "those that are left when its delay is over are sent a reset."
    found_s = outcome.times.reset - outcome.times.event
    told = f"its flows are sent a reset when it is unhealthy, after {span(found_s)}."
    late = " Those that begin later, before flows go elsewhere, are not told."
    return f"{told}{late if outcome.broken('opening') else ''}"


def _stay(outcome: Outcome) -> str:
    if outcome.scenario.own_flow:
        return ""
    return "New connections between the same hosts are the same flow, and go there too."


def _none_at_first(outcome: Outcome) -> str:
    if outcome.scenario.event == DEREGISTERED and outcome.times.dies > HOUR_S:
        return "Appliance 1 serves the flows that it has; it is not switched off within the hour."
    if outcome.moved:
        return (
            f"{counted(outcome.moved, 'connection')} of appliance 1 "
            f"{'waits' if outcome.moved == 1 else 'wait'} and then "
            f"{'goes' if outcome.moved == 1 else 'go'} on at another."
        )
    return "None that sent a packet was on appliance 1."


def _two(outcome: Outcome) -> str:
    count = outcome.broken("two endpoints")
    if not count:
        return ""
    where = (
        "a load balancer node that saw no SYN"
        if outcome.scenario.protocol == TCP
        else "an appliance that did not see it begin"
    )
    return (
        f"{counted(count, 'connection')} never {'opens' if count == 1 else 'open'}: the answer "
        f"comes through another endpoint, to {where}."
    )


def _notes(outcome: Outcome) -> Iterator[str]:
    scenario = outcome.scenario
    yield "A connection that broke is not counted again when its client makes another."
    if scenario.event == FAILS:
        fact = ELB.get("gwlb", "reroute_after_unhealthy")
        yield (
            f"Found after {span(scenario.check.found_after_s(hangs=True))}, at worst; then AWS "
            f"says {fact.value}: here {span(scenario.reroute_s, 'no time')}, assumed."
        )
    if scenario.event == DEREGISTERED:
        yield "Deregistered: it is taken to be switched off as soon as the delay is over."
    if not scenario.own_flow:
        yield (
            "A pair of hosts speaks one protocol here, so 3-tuple and 2-tuple make the same flows."
        )
    if scenario.cross_zone and scenario.zones > 1:
        yield "The bill is without data that crosses zones."
