"""The way of requests as a picture: clients, a node in each zone, and the targets of each zone."""

from collections.abc import Iterator
from typing import Literal

import numpy as np

from awsnb.aws.elb.cross_zone import CLIENT_TO_NODE, NODE_TO_TARGET
from awsnb.results import Flow, Place, Scene
from awsnb.sections.cross_zone.simulate import Array, Outcome, Spread
from awsnb.words import counted

CLIENTS, FAILED = "Clients", "Failed"
NOTE = "% of requests"
FULL_PCT = 100.0

Steps = tuple[Spread, ...]


def pct_text(pct: float) -> str:
    """Say a share as AWS does: ``6.25 %``, ``10 %``, ``1,250 %``."""
    return f"{pct:.3g} %" if pct < 999.5 else f"{pct:,.0f} %"


def scene(outcome: Outcome) -> Scene:
    """Show where requests go, as zone A's targets are lost one after the other."""
    steps = outcome.as_lost[outcome.scenario.cross_zone.on]
    arriving = 100 * np.array([one.arriving for one in steps])
    served = 100 * np.array([one.to_targets for one in steps])
    failed = 100 * np.array([one.failed_at for one in steps])
    places = [*_clients(outcome, steps), *_nodes(outcome, arriving), *_targets(outcome, steps)]
    if failed.any():
        places.append(Place(FAILED, 3, count=failed.sum(axis=1), note=NOTE, tone="bad"))
    return Scene(
        alt=f"{outcome.scenario.text}: the share of all requests that each node gets and that each "
        "zone's targets get; ways between zones that are charged are marked",
        x="lost_in_a",
        places=tuple(places),
        flows=(
            *_to_nodes(outcome, arriving),
            *_to_targets(outcome, served),
            *_to_nowhere(outcome, failed),
        ),
        words=tuple(_words(outcome, steps)),
        at=outcome.scenario.lost,
    )


def _client(outcome: Outcome, zone: str) -> str:
    return f"{CLIENTS} in {zone}" if outcome.inside else CLIENTS


def _clients(outcome: Outcome, steps: Steps) -> Iterator[Place]:
    come = 100 * np.array([one.clients for one in steps])
    if not outcome.inside:
        yield Place(CLIENTS, 0, count=come.sum(axis=1), note=NOTE)
        return
    for at, zone in enumerate(outcome.scenario.zones):
        yield _bar(_client(outcome, zone), 0, come[:, at])


def _nodes(outcome: Outcome, arriving: Array) -> Iterator[Place]:
    for at, zone in enumerate(outcome.scenario.zones):
        yield _bar(f"Node {zone}", 1, arriving[:, :, at].sum(axis=1))


def _bar(name: str, column: int, pct: Array) -> Place:
    """Show a share of all requests."""
    return Place(name, column, pct, FULL_PCT, "%", states=((0, "ok", "of requests"),))


def _targets(outcome: Outcome, steps: Steps) -> Iterator[Place]:
    """Show what each target of a zone gets, beside what it can serve."""
    scenario = outcome.scenario
    each = 100 * np.array([one.each_target for one in steps])
    for at, zone in enumerate(scenario.zones):
        yield Place(
            f"Each target in {zone}",
            2,
            level=each[:, at],
            capacity=FULL_PCT * scenario.target_per_s / outcome.load.requests_per_s,
            unit="%",
            states=tuple(
                (lost, "ok" if one.healthy[at] else "bad", f"{one.healthy[at]} healthy")
                for lost, one in enumerate(steps)
            ),
        )


def _to_nodes(outcome: Outcome, arriving: Array) -> Iterator[Flow]:
    for client, home in enumerate(outcome.scenario.zones):
        for node, zone in enumerate(outcome.scenario.zones):
            rate = arriving[:, client, node]
            if rate.any():
                tone = _tone(outcome, CLIENT_TO_NODE, home, zone)
                yield Flow(_client(outcome, home), f"Node {zone}", rate, FULL_PCT, tone)


def _to_targets(outcome: Outcome, served: Array) -> Iterator[Flow]:
    for node, home in enumerate(outcome.scenario.zones):
        for target, zone in enumerate(outcome.scenario.zones):
            rate = served[:, node, target]
            if rate.any():
                tone = _tone(outcome, NODE_TO_TARGET, home, zone)
                yield Flow(f"Node {home}", f"Each target in {zone}", rate, FULL_PCT, tone)


def _to_nowhere(outcome: Outcome, failed: Array) -> Iterator[Flow]:
    for node, zone in enumerate(outcome.scenario.zones):
        if failed[:, node].any():
            yield Flow(f"Node {zone}", FAILED, failed[:, node], FULL_PCT, "bad")


def _tone(outcome: Outcome, leg: str, source: str, target: str) -> Literal["", "bad"]:
    """Mark a way between zones that is charged."""
    crosses = source != target and (outcome.inside or leg == NODE_TO_TARGET)
    return "bad" if crosses and outcome.charged(leg) != "no" else ""


def _words(outcome: Outcome, steps: Steps) -> Iterator[tuple[int, str]]:
    for lost, one in enumerate(steps):
        gone = outcome.scenario.zone_a_lost and lost == len(steps) - 1
        what = "Zone A is lost, its node too" if gone else _lost(lost)
        most = pct_text(float(outcome.busy_pct(one).max()))
        yield lost, f"{what}: the busiest target is at {most} of what it can serve."


def _lost(lost: int) -> str:
    return f"Zone A has lost {counted(lost, 'target')}" if lost else "All targets are healthy"
