"""The moving picture: what is in flight at the targets finishes, until the rest is cut."""

from typing import Literal

import numpy as np

from awsnb.results import Flow, Place, Scene
from awsnb.sections.connection_draining.scenario import NLB
from awsnb.sections.connection_draining.simulate import Outcome
from awsnb.words import span

IN_FLIGHT, FINISHED, CUT = "In flight", "Finished", "Cut"
BEGIN = "The targets are deregistered: no new requests, open ones go on."

SEEN = 0.01  # of what was in flight

State = tuple[float, Literal["wait", "off"], str]


def scene(outcome: Outcome) -> Scene:
    """Show what is in flight, over all targets, each from when it is deregistered."""
    one, after = outcome.scenario, outcome.after_s
    open_still = outcome.in_flight * outcome.work.residual_tail(after)
    is_cut = after >= one.cuts_at_s
    cut = np.where(is_cut, outcome.cut, 0.0)
    flying = np.where(is_cut, 0.0, open_still)
    finished = outcome.in_flight - flying - cut
    leaving = np.diff(finished, prepend=0.0)
    ends = np.diff(cut, prepend=0.0)
    most = max(float(leaving.max()), float(ends.max()), 1e-9)
    begins, ends_s = float(after[0]), float(after[is_cut][0])
    states: tuple[State, ...] = ((ends_s, "off", "gone"),)
    words: tuple[tuple[float, str], ...] = ((ends_s, _end(outcome)),)
    if begins < ends_s:
        states = ((begins, "wait", "draining"), *states)
        words = ((begins, BEGIN), *words)
    return Scene(
        alt=f"{one.text}: requests in flight finish, and what is left is cut after "
        f"{span(one.cuts_at_s, '0 s')}",
        x="after_s",
        places=(
            Place(IN_FLIGHT, 0, flying, outcome.in_flight, "requests", states=states),
            Place(FINISHED, 1, count=finished, note="requests", tone="good"),
            Place(CUT, 1, count=cut, note="requests", tone="bad"),
        ),
        flows=(
            Flow(IN_FLIGHT, FINISHED, leaving, most, "good"),
            Flow(IN_FLIGHT, CUT, ends, most, "bad"),
        ),
        events=((ends_s, "cut"),),
        words=words,
        at=_opens(outcome),
    )


def _opens(outcome: Outcome) -> float:
    """Return the last time before the cut at which enough is in flight to be seen, s."""
    after = outcome.after_s
    seen = (outcome.work.residual_tail(after) >= SEEN) & (after < outcome.scenario.cuts_at_s)
    return float(after[seen][-1] if seen.any() else after[0])


def _end(outcome: Outcome) -> str:
    if not outcome.scenario.cuts_at_s:
        return "The targets are deregistered, and all that is open is cut at once."
    who = "The instance ends" if outcome.scenario.balancer == NLB else "The delay is over"
    return f"{who}: what is still open is cut."
