"""The run as a moving picture: credit that is earned steadily and spent as the load asks."""

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.ec2.credits.simulate import Outcome

LOAD, EARNED, CREDIT, DONE = "Load", "Earned", "Credit", "Done"
WAITS, LOST, CHARGED = "Waits", "Given up", "Charged"


def scene(outcome: Outcome) -> Scene:
    """Show where the load's work goes: credit left, work done, what waits or is charged."""
    run, duration_s = outcome.run, outcome.load.trace.duration_s
    asked, served = outcome.load.vcpus, run.served_vcpu_s / duration_s
    earned = np.full(asked.size, outcome.instance.baseline_vcpus)
    full = float(max(asked.max(), served.max(), earned[0]))
    end, excess, note = _excess(outcome)
    capacity = float(max(outcome.room.max(), 1.0))
    return Scene(
        alt=f"{outcome.scenario.text}: the load, the credit, what is done and what is not",
        x="time",
        places=(
            Place(LOAD, 0, count=asked, note="vCPUs asked for"),
            Place(EARNED, 0, count=earned, note="vCPUs that credit comes in for"),
            Place(CREDIT, 1, np.maximum(outcome.room, 0.0), capacity, "credits left"),
            Place(DONE, 2, count=served, note="vCPUs", tone="good"),
            Place(end, 2, count=excess, note=note, tone="bad"),
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


def _excess(outcome: Outcome) -> tuple[str, np.ndarray, str]:
    """What credit does not pay for: where it goes, and how much, in vCPUs."""
    run, duration_s = outcome.run, outcome.load.trace.duration_s
    if not outcome.scenario.is_standard and not outcome.throttled_s:
        return CHARGED, run.charged * 60 / duration_s, "vCPUs billed as surplus"
    short = np.maximum(outcome.load.vcpus - run.served_vcpu_s / duration_s, 0.0)
    end = LOST if outcome.scenario.overload == "drop" else WAITS
    return end, short, "vCPUs short"


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
