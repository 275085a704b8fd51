"""The run as a moving picture: credit that is earned steadily and spent as the load asks."""

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.ec2.credits.simulate import Outcome

LOAD, EARNED, CREDIT, DONE = "Load", "Earned", "Credit", "Done"
WAITS, LOST, CHARGED = "Waits", "Given up", "Charged"
AN_HOUR = "credits an hour"
CREDITS_PER_VCPU_H = 60.0


def scene(outcome: Outcome) -> Scene:
    """Show where the load's work goes: credit left, work done, what waits or is charged."""
    asked = CREDITS_PER_VCPU_H * outcome.load.vcpus
    served = CREDITS_PER_VCPU_H * _served_vcpus(outcome)
    earned = np.full(asked.size, outcome.instance.earned_per_h)
    full = float(max(asked.max(), served.max(), earned[0]))
    end, excess = _excess(outcome)
    return Scene(
        alt=f"{outcome.scenario.text}: the load, the credit, what is done and what is not",
        x="time",
        places=(
            Place(LOAD, 0, count=asked, note=AN_HOUR),
            Place(EARNED, 0, count=earned, note=AN_HOUR),
            Place(CREDIT, 1, outcome.room, outcome.room_most, _room_unit(outcome)),
            Place(DONE, 2, count=served, note=AN_HOUR, tone="good"),
            Place(end, 2, count=excess, note=AN_HOUR, tone="bad"),
        ),
        flows=(
            Flow(LOAD, CREDIT, asked, full),
            Flow(EARNED, CREDIT, earned, full),
            Flow(CREDIT, DONE, served, full, "good"),
            Flow(CREDIT, end, excess, full, "bad"),
        ),
        events=_events(outcome),
        words=_words(outcome, end),
    )


def _room_unit(outcome: Outcome) -> str:
    """What is left before it slows down; in unlimited mode a day's credit may be borrowed too."""
    return "credits left" if outcome.scenario.is_standard else "to spend"


def _served_vcpus(outcome: Outcome) -> np.ndarray:
    return outcome.run.served_vcpu_s / outcome.load.trace.duration_s


def _excess(outcome: Outcome) -> tuple[str, np.ndarray]:
    """What credit does not pay for: where it goes, and how much, in credits an hour."""
    if not outcome.scenario.is_standard and not outcome.throttled_s:
        return CHARGED, outcome.run.charged * 3600 / outcome.load.trace.duration_s
    short = np.maximum(outcome.load.vcpus - _served_vcpus(outcome), 0.0)
    end = LOST if outcome.scenario.overload == "drop" else WAITS
    return end, CREDITS_PER_VCPU_H * short


def _events(outcome: Outcome) -> tuple[tuple[np.datetime64, str], ...]:
    moments = {"slows down": outcome.first_throttled_s, "is charged": outcome.first_charged_s}
    found = [(_time(outcome, after_s), name) for name, after_s in moments.items() if after_s]
    return tuple(sorted(found))


def _time(outcome: Outcome, after_s: float) -> np.datetime64:
    """Find the sample in which a moment lies."""
    ends_s = np.cumsum(outcome.load.trace.duration_s)
    index = min(int(np.searchsorted(ends_s, after_s, side="right")), ends_s.size - 1)
    return outcome.load.trace.times()[index]


def _words(outcome: Outcome, end: str) -> tuple[tuple[np.datetime64, str], ...]:
    start = (outcome.load.trace.times()[0], "The load spends what is earned, or what is held.")
    said = {
        WAITS: "Credit is gone at times: then work waits.",
        LOST: "Credit is gone at times: then work is given up.",
        CHARGED: "More than a day's credit is owed: from here surplus is charged.",
    }
    return (start, *((at, said[end]) for at, _ in _events(outcome)[:1]))
