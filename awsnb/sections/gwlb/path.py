"""A packet's path through route tables, endpoint and appliance, as a moving picture."""

from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Flow, Place, Scene

GATEWAY, ENDPOINT, GWLB, APPLIANCE, APPLICATION = COLUMNS = (
    "Internet gateway", "Endpoint", "GWLB", "Appliance", "Application",
)  # fmt: skip
COLUMN = dict(zip(COLUMNS, (0, 1, 2, 3, 2), strict=True))


class Move(NamedTuple):
    """From one place to the next, and what is to be seen."""

    source: str
    target: str
    words: str


INSPECTED = (
    Move(ENDPOINT, GWLB, "The endpoint hands it to the load balancer."),
    Move(GWLB, APPLIANCE, "It is wrapped, and sent to one appliance."),
    Move(APPLIANCE, GWLB, "The appliance accepts it, and sends it back wrapped."),
    Move(GWLB, ENDPOINT, "Unwrapped, it goes back to the same endpoint."),
)
PATH = (
    Move(GATEWAY, ENDPOINT, "Gateway's route table: the application's subnet by the endpoint."),
    *INSPECTED,
    Move(ENDPOINT, APPLICATION, "Endpoint's route table: the application is local."),
    Move(APPLICATION, ENDPOINT, "The answer. Application's route table: 0.0.0.0/0 by the same "
         "endpoint."),
    *INSPECTED,
    Move(ENDPOINT, GATEWAY, "Endpoint's route table: 0.0.0.0/0 by the internet gateway."),
)  # fmt: skip
"""There, and the answer's path back (GWLB User Guide: getting started, routing)."""


def moves(stops_at: str | None) -> tuple[Move, ...]:
    """List the moves; up to the place where the packet is dropped, if it is."""
    if stops_at is None:
        return PATH
    last = next(i for i, move in enumerate(PATH) if move.target == stops_at)
    dropped = PATH[last]._replace(words=f"{stops_at}: it is too large, and vanishes.")
    return (*PATH[:last], dropped)


def scene(stops_at: str | None, alt: str) -> Scene:
    """Show how far the packet and its answer get: one moment a move."""
    path = moves(stops_at)
    legs = list(dict.fromkeys((move.source, move.target) for move in path))
    return Scene(
        alt=alt,
        x="move",
        places=tuple(_place(name, path, stops_at) for name in COLUMNS),
        flows=tuple(_flow(source, target, path, stops_at) for source, target in legs),
        events=((len(path), "dropped"),) if stops_at else (),
        words=((0, "A packet comes from the internet."),
               *((i, move.words) for i, move in enumerate(path, start=1))),
    )  # fmt: skip


def _place(name: str, path: tuple[Move, ...], stops_at: str | None) -> Place:
    """Count how often the packet, or its answer, has got to a place."""
    at = np.array([0.0] + [float(move.target == name) for move in path])
    tone: Literal["", "good", "bad"] = "good" if name == APPLICATION else ""
    if name == stops_at:
        tone = "bad"
    return Place(name, COLUMN[name], count=at.cumsum(), note="times seen", tone=tone)


def _flow(source: str, target: str, path: tuple[Move, ...], stops_at: str | None) -> Flow:
    rate: NDArray[np.float64] = np.array(
        [0.0] + [float((move.source, move.target) == (source, target)) for move in path]
    )
    back = COLUMN[target] < COLUMN[source]
    return Flow(source, target, rate, 1.0, "bad" if target == stops_at else "good", back=back)
