"""The run as a moving picture: requests come to the load balancer, queue at targets, and end."""

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Flow, Place, Scene
from awsnb.sections._balancing.panels import events_of
from awsnb.sections._balancing.scenario import DEREGISTER, FleetScenario
from awsnb.sections._balancing.simulate import Outcome
from awsnb.sections._balancing.why import DOES, OFTEN
from awsnb.words import counted, milliseconds, percent

Array = NDArray[np.float64]
Groups = dict[str, list[int]]  # what is drawn as one vessel: targets by its name

CLIENTS, ANSWERED, FAILED = "Clients", "Answered", "Errors"
ARRIVE = "per s, by arrival"  # counted as the plots count them
MOST_VESSELS = 8  # more targets than that are drawn together, by zone
WORTH_SAYING_PCT = 0.2  # of requests that fail
MOSTLY = 0.5  # share of a time in which too much waits that is worth a sentence
GROWN = 3.0  # when the number of unfinished requests is worth a sentence
NAMES = {"crash": "refuses", "hang": "hangs", "errors": "errors"}


def scene(outcome: Outcome, name: str, chosen: str) -> Scene:
    """Show what is sent to each target, what waits there, and how it ends.

    Parameters
    ----------
    outcome : Outcome
    name : str
        Of the load balancer.
    chosen : str
        How it chooses a target, in two or three words.

    Returns
    -------
    Scene
    """
    scenario, rates = outcome.scenario, outcome.over_time
    return Scene(
        alt=f"{scenario.text}: what is sent to each target, what waits there, and how it ends",
        x="second",
        places=(
            Place(CLIENTS, 0, count=outcome.waiting_clients, note="are waiting"),
            Place(name, 1, count=rates["sent_per_s"], note=f"sent/s, {chosen}"),
            *_vessels(outcome),
            Place(ANSWERED, 3, count=rates["answered_per_s"], note=ARRIVE, tone="good"),
            Place(FAILED, 3, count=rates["errors_per_s"], note=ARRIVE, tone="bad"),
        ),
        flows=tuple(_flows(outcome, name)),
        events=events_of(scenario),
        words=tuple(_words(outcome)),
    )


def groups_of(scenario: FleetScenario) -> Groups:
    """Every target for itself; if they are many, those of a zone together, but for target 1."""
    if scenario.targets <= MOST_VESSELS:
        return {f"Target {k + 1}": [k] for k in range(scenario.targets)}
    special = scenario.happens or scenario.slow_target_pct != 100
    groups: Groups = {"Target 1": [0]} if special else {}
    for k in range(len(groups), scenario.targets):
        groups.setdefault(f"Zone {'abcdef'[scenario.zone_of(k)]}", []).append(k)
    return groups


def in_time_of(scenario: FleetScenario, patience_s: float) -> Array:
    """How many requests each target can have and still answer the last one in time.

    In time is what clients wait, or the p99 goal where they wait for ever.
    """
    limit_s = patience_s if np.isfinite(patience_s) else scenario.p99_goal_ms / 1000
    room = np.full(scenario.targets, 1000 * scenario.workers * limit_s / scenario.service_ms)
    room[0] *= scenario.slow_target_pct / 100
    if scenario.queue_limit is not None:
        room = np.minimum(room, scenario.workers + scenario.queue_limit)
    return np.maximum(room, scenario.workers)


def _vessels(outcome: Outcome) -> Iterator[Place]:
    room = in_time_of(outcome.scenario, outcome.patience_s)
    level = outcome.at_targets.unfinished[:, :-1]
    for name, members in groups_of(outcome.scenario).items():
        states = _states(outcome, members)
        there, most = level[members].sum(axis=0), float(room[members].sum())
        yield Place(name, 2, there, most, "in flight", states=states)


def _flows(outcome: Outcome, name: str) -> Iterator[Flow]:
    sent, asked = outcome.over_time["sent_per_s"], outcome.over_time["asked_per_s"]
    full = float(max(asked.max(), 1.0))
    yield Flow(CLIENTS, name, sent, full)
    yield from _at_targets(outcome, name, full)
    if _nowhere(outcome).any():
        yield Flow(name, FAILED, _nowhere(outcome), full, "bad")
    if (sent > asked).any():
        yield Flow(FAILED, CLIENTS, sent - asked, full, "bad", "tried again/s:", back=True)


def _at_targets(outcome: Outcome, name: str, full: float) -> Iterator[Flow]:
    groups = groups_of(outcome.scenario)
    share = full / min(2, len(groups))
    for group, members in groups.items():
        sent, in_time, vain = (rate[members].sum(axis=0) for rate in outcome.at_targets[:3])
        yield Flow(name, group, sent, share)
        yield Flow(group, ANSWERED, in_time, share, "good")
        yield Flow(group, FAILED, vain, share, "bad")


def _nowhere(outcome: Outcome) -> Array:
    """What is sent in each second, and finds no target."""
    lost_s = outcome.attempts.arrival_s[outcome.attempts.target < 0]
    edges = np.append(outcome.over_time["second"], outcome.scenario.duration_s)
    return np.histogram(lost_s, edges)[0] / edges[1]


def _states(outcome: Outcome, members: list[int]) -> tuple:
    """How some targets are, from when on: what befalls target 1, and who has which connections."""
    has = {one.from_s: counted(int(one.connections[members].sum()), "connection")
           for one in outcome.opened}  # fmt: skip
    many = counted(len(members), "target") if len(members) > 1 else ""
    states = {from_s: ("ok", word) for from_s, word in has.items()} or {0.0: ("ok", many)}
    if members == [0]:
        states |= dict(_of_target_1(outcome.scenario))
    return tuple((from_s, *state) for from_s, state in sorted(states.items()))


def _of_target_1(scenario: FleetScenario) -> Iterator[tuple[float, tuple[str, str]]]:
    for at_s, event in events_of(scenario):
        if event == "deregistered":
            yield at_s, ("wait", "draining")
            if at_s + scenario.delay_s < (scenario.returns_at_s or scenario.duration_s):
                yield at_s + scenario.delay_s, ("out", "drained")
        elif event == "taken out":
            yield at_s, ("out", event)
        elif event == "back":
            yield at_s, ("ok", "")
        else:
            yield at_s, ("bad", NAMES[scenario.event])


def _words(outcome: Outcome) -> Iterator[tuple[float, str]]:
    """Say what goes on from each event to the next, and from when on too much waits."""
    opening = _openings(outcome)
    for from_s, to_s in pairwise([*opening, float(outcome.scenario.duration_s)]):
        failed = outcome.failed_pct_between(from_s, to_s)
        few = failed < WORTH_SAYING_PCT
        fails = "" if few else f"Of the requests that come now, {percent(failed)} fail."
        yield (
            from_s,
            " ".join(filter(None, (opening[from_s], fails, _grown(outcome, from_s, to_s)))),
        )


def _openings(outcome: Outcome) -> dict[float, str]:
    """What begins when, in order."""
    scenario, starts_s, over = outcome.scenario, outcome.over_time["second"], _over(outcome)
    begins = {0.0: _at_first(outcome)}
    begins |= {at_s: _said(scenario, event) for at_s, event in events_of(scenario)}
    for from_s, to_s in pairwise([*begins, float(scenario.duration_s)]):
        first, last = np.searchsorted(starts_s, (from_s, to_s))
        if first < last and over[first:last].mean() >= MOSTLY:
            at_s = float(starts_s[first + over[first:last].argmax()])
            begins[at_s] = " ".join(filter(None, (begins.get(at_s), _too_much(outcome))))
    return dict(sorted(begins.items()))


def _over(outcome: Outcome) -> NDArray[np.bool_]:
    """Whether some vessel holds more than can be answered in time, as each part begins."""
    there = outcome.at_targets.unfinished[:, :-1]
    room = in_time_of(outcome.scenario, outcome.patience_s)
    groups = groups_of(outcome.scenario).values()
    return np.any([there[one].sum(axis=0) > room[one].sum() for one in groups], axis=0)


def _at_first(outcome: Outcome) -> str:
    targets = outcome.scenario.targets
    if not outcome.opened:
        return f"{counted(targets, 'target')} serve{'s' * (targets == 1)}."
    has = outcome.opened[0].connections
    total = counted(int(has.sum()), "connection")
    return f"{total}: a target has {has.min():,} of them at the least, {has.max():,} at the most."


def _too_much(outcome: Outcome) -> str:
    limit = f"{milliseconds(outcome.scenario.p99_goal_ms)}, the p99 goal"
    if np.isfinite(outcome.patience_s):
        limit = f"the {milliseconds(1000 * outcome.patience_s)} that clients wait"
    return f"More waits at a target than it can answer within {limit}."


def _said(scenario: FleetScenario, event: str) -> str:
    if event == "taken out":
        left = counted(scenario.targets - 1, "target")
        return f"Target 1 is taken out. {left} must do the work of {scenario.targets}."
    if event == "back":
        return "Target 1 is back."
    if scenario.event != DEREGISTER:
        return f"Target 1 {DOES[scenario.event]}."
    if np.isinf(scenario.delay_s):
        return "Target 1 is deregistered: it gets no new connections and keeps those it has."
    return "Target 1 is deregistered: it gets nothing new and finishes what it has."


def _grown(outcome: Outcome, from_s: float, to_s: float) -> str:
    """Say that what is unfinished grows or shrinks, if it does so by much."""
    first, last = (_unfinished(outcome, at_s) for at_s in (from_s, to_s))
    workers = outcome.scenario.targets * outcome.scenario.workers
    if max(first, last) < GROWN * max(min(first, last), workers):
        return ""
    what, does = "attempts" if outcome.tries > OFTEN else "requests", "shrink"
    if last > first:
        does = "grow"
    return f"Unfinished {what} {does} from {first:,} to {last:,}."


def _unfinished(outcome: Outcome, at_s: float) -> int:
    """How many attempts targets have as the part of the run after a time begins."""
    part = np.searchsorted(outcome.over_time["second"], at_s)
    return int(outcome.at_targets.unfinished[:, part].sum())
