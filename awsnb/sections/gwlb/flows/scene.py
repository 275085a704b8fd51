"""Flows as a moving picture: clients, endpoint, appliances, and where packets vanish."""

from math import isfinite
from typing import Literal

from awsnb.results import Flow, Place, Scene
from awsnb.sections.gwlb.flows.scenario import FAILS
from awsnb.sections.gwlb.flows.simulate import HOUR_S, Outcome

CLIENTS, BALANCER, FIRST, OTHERS = "Clients", "GWLB", "Appliance 1", "The others"
REACHED, CUT_OFF = "Application", "Cut off"
CONNECTIONS, SENT = "connections", "connections sent here"

State = tuple[float, Literal["ok", "bad", "out", "wait", "off"], str]


def scene(outcome: Outcome) -> Scene:
    """Show where the connections are, minute by minute."""
    at_first, at_others = outcome.at_first, outcome.at_others
    forgotten = outcome.cut_off("idle") + outcome.cut_off("two endpoints")
    stuck = outcome.cut_off("failed") + outcome.cut_off("opening")
    sending = at_first + at_others + forgotten + stuck
    full = float(sending.max())
    return Scene(
        alt=f"{outcome.scenario.text}: which appliance the connections pass, and which are cut off",
        x="at_min",
        places=(
            Place(CLIENTS, 0, count=sending, note=CONNECTIONS),
            Place(BALANCER, 1, count=sending, note=CONNECTIONS),
            Place(FIRST, 2, count=at_first + stuck, note=SENT, states=_states(outcome)),
            Place(OTHERS, 2, count=at_others, note=SENT),
            Place(REACHED, 3, count=at_first + at_others, note=CONNECTIONS, tone="good"),
            Place(CUT_OFF, 3, count=forgotten + stuck, note=CONNECTIONS, tone="bad"),
        ),
        flows=(
            Flow(CLIENTS, BALANCER, sending, full),
            Flow(BALANCER, FIRST, at_first + stuck, full),
            Flow(BALANCER, OTHERS, at_others, full),
            Flow(BALANCER, CUT_OFF, forgotten, full, "bad"),
            Flow(FIRST, REACHED, at_first, full, "good"),
            Flow(FIRST, CUT_OFF, stuck, full, "bad"),
            Flow(OTHERS, REACHED, at_others, full, "good"),
        ),
        events=tuple((at_min, name) for at_min, name, _ in _happened(outcome)),
        words=((0.0, "Each flow has its appliance, and the load balancer keeps the flow there."),
               *((at_min, text) for at_min, _, text in _happened(outcome))),
    )  # fmt: skip


def _states(outcome: Outcome) -> tuple[State, ...]:
    times = outcome.times
    states: list[State] = [(0.0, "ok", "")]
    if times.event < times.dies <= HOUR_S or times.event <= HOUR_S < times.dies:
        states.append((times.event / 60, "wait", "draining"))
    if times.dies <= HOUR_S:
        failed = outcome.scenario.event == FAILS
        states.append((times.dies / 60, "bad" if failed else "off", "dead" if failed else "off"))
    return tuple(states)


def _happened(outcome: Outcome) -> list[tuple[float, str, str]]:
    """When something changes, min; in a word or two, and in a sentence."""
    times = outcome.times
    failed = outcome.scenario.event == FAILS
    happened = (
        [(times.dies, "it fails", "Appliance 1 drops all packets. Nobody is told."),
         (times.reset, "reset", "It is unhealthy: both ends of its flows are sent a reset."),
         (times.avoided, "no new flows", _avoided(outcome))]
        if failed
        else [(times.event, "deregistered", "Appliance 1 gets no new flows, but keeps its own."),
              (times.dies, "switched off", _off(outcome))]
    )  # fmt: skip
    latest = {at_s: (at_s / 60, name, text) for at_s, name, text in happened if at_s <= HOUR_S}
    return list(latest.values())


def _avoided(outcome: Outcome) -> str:
    if not outcome.scenario.others:
        return "Appliance 1 is known to be dead, and its zone has no other."
    if isfinite(outcome.times.rebalanced):
        return "New flows go to other appliances, and the flows of appliance 1 are hashed anew."
    if outcome.scenario.resets:
        return "New flows go to other appliances."
    return "New flows go to other appliances. Those of appliance 1 stay with it."


def _off(outcome: Outcome) -> str:
    if isfinite(outcome.times.rebalanced):
        return "The delay is over: the flows of appliance 1 are hashed anew."
    if outcome.scenario.resets:
        return "The delay is over, and appliance 1 is off. Flows that are left are sent a reset."
    return "The delay is over, and appliance 1 is off. Flows that are left stay with it."
