"""The moving picture: what waits for the way and for replay through the hour, and what dies."""

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.read_replicas.promotion.simulate import BATCH_S, Outcome

EVERY = 10  # seconds between two moments of the picture
SOURCE, WAY, REPLICA, LOST = "Source", "Waits to be sent", "Waits for replay", "Lost now"


def scene(outcome: Outcome) -> Scene:
    """Show the log between source and replica, and what a promotion would leave behind."""
    one, pick = outcome.scenario, slice(EVERY - 1, None, EVERY)
    written = outcome.moments.written[pick]
    sent, unplayed = (part[pick] for part in outcome.moments.waits)
    full, flow = max(1.0, float(sent.max()), float(unplayed.max())), float(written.max())
    return Scene(
        alt=f"{one.text}: log that waits at the source and on the replica, and what is lost",
        x="minute",
        places=(
            Place(SOURCE, 0, count=written, note="writes a second"),
            Place(WAY, 1, sent, full, "writes"),
            Place(REPLICA, 2, unplayed, full, "writes"),
            Place(LOST, 3, count=np.ceil(outcome.lost_writes[pick]), note="writes", tone="bad"),
        ),
        flows=(
            Flow(SOURCE, WAY, written, flow),
            Flow(WAY, REPLICA, _passed(written, sent), flow),
        ),
        events=_events(outcome),
        words=_words(outcome),
        at=(BATCH_S + 60 * one.batch_min) / 60 if one.batch > 1 else None,
    )


def _passed(written: np.ndarray, waits: np.ndarray) -> np.ndarray:
    return np.maximum(written - np.diff(waits, prepend=waits[0]) / EVERY, 0.0)


def _events(outcome: Outcome) -> tuple[tuple[float, str], ...]:
    return ((BATCH_S / 60, "batch"),) if outcome.scenario.batch > 1 else ()


def _words(outcome: Outcome) -> tuple[tuple[float, str], ...]:
    one = outcome.scenario
    begins = (EVERY / 60, "The log flows to the replica, which replays it.")
    if one.batch == 1:
        return (begins,)
    ends = BATCH_S / 60 + one.batch_min
    return (
        begins,
        (BATCH_S / 60, f"The batch: writes are {one.batch:g} times as frequent."),
        (ends, "The batch is over. What still waits is sent, and replayed."),
    )
