"""The path as a moving picture: the packet goes from place to place, and its answer back."""

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.ec2.reach.scenario import TO
from awsnb.sections.ec2.reach.simulate import ACL, ADDRESS, BACK, GROUP, ROUTE, THERE, Outcome, Step

GATEWAY, HOST, INSTANCE = "Gateway", "Other host", "Instance"
PLACE_OF = {ADDRESS: GATEWAY, ROUTE: GATEWAY, ACL: "Network ACL", GROUP: "Security group"}


class Move(NamedTuple):
    """One move of the packet or its answer, and whether it is stopped where it gets to."""

    leg: str
    source: str
    target: str
    steps: tuple[Step, ...]

    @property
    def stopped(self) -> bool:
        """Whether something there lets nothing pass."""
        return any(not step.share and step.name in PLACE_OF for step in self.steps)

    @property
    def words(self) -> str:
        """What is to be seen, as a sentence."""
        what = "The packet" if self.leg == THERE else "The answer"
        where = f"the {self.target[0].lower()}{self.target[1:]}"
        if self.stopped:
            return f"{what} is stopped at {where}."
        known = " It belongs to a connection that is known." * any(s.remembers for s in self.steps)
        return f"{what} gets to {where}.{known}"


def moves_of(outcome: Outcome) -> list[Move]:
    """List the moves, until the packet or its answer is stopped, or the answer is back."""
    places = places_of(outcome)
    moves = []
    for leg, order in ((THERE, places), (BACK, places[::-1])):
        for source, target in pairwise(order):
            steps = (step for step in outcome.met if step.leg == leg)
            here = tuple(step for step in steps if PLACE_OF.get(step.name) == target)
            moves.append(Move(leg, source, target, here))
            if moves[-1].stopped:
                return moves
    return moves


def places_of(outcome: Outcome) -> list[str]:
    """Name the places on the way, from the one who opens the connection."""
    on_way = {PLACE_OF[step.name] for step in outcome.steps if step.name in PLACE_OF}
    inner = [name for name in (GATEWAY, PLACE_OF[ACL], PLACE_OF[GROUP]) if name in on_way]
    places = [HOST, *inner, INSTANCE]
    return places if outcome.scenario.direction == TO else places[::-1]


def scene(outcome: Outcome) -> Scene:
    """Show how far the packet and its answer get: one moment a move."""
    moves, places = moves_of(outcome), places_of(outcome)
    return Scene(
        alt=f"{outcome.scenario.text}: the packet's way there and the answer's way back",
        x="move",
        places=tuple(_place(name, column, moves) for column, name in enumerate(places)),
        flows=tuple(
            Flow(move.source, move.target, _at(moves, index), 1.0,
                 "bad" if move.stopped else "good", back=move.leg == BACK)
            for index, move in enumerate(moves)
        ),
        events=tuple((i, "stopped") for i, move in enumerate(moves, start=1) if move.stopped),
        words=((0, f"The {places[0].lower()} opens a connection."),
               *((i, move.words) for i, move in enumerate(moves, start=1))),
    )  # fmt: skip


def _place(name: str, column: int, moves: list[Move]) -> Place:
    """Count the packets that have got to a place."""
    arrived = sum((np.arange(len(moves) + 1) > index) * 1.0
                  for index, move in enumerate(moves) if move.target == name)  # fmt: skip
    count = arrived + np.zeros(len(moves) + 1)
    stops = any(move.stopped and move.target == name for move in moves)
    return Place(name, column, count=count, note="packets seen", tone="bad" if stops else "")


def _at(moves: list[Move], index: int) -> np.ndarray:
    """When the packet makes this move: at one moment alone."""
    return (np.arange(len(moves) + 1) == index + 1) * 1.0
