"""What happens: the log of one protection group, as it stands after a step."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from awsnb.mechanisms.replicated_log import Step
from awsnb.sections.aurora.log_protocol.scenario import LogProtocolScenario
from awsnb.sections.aurora.log_protocol.sequences import SEGMENTS, steps, write_quorum

FEWEST_LSNS = 6
LEVELS = ("segment down", "not there", "on its way", "stored", "complete")
DOWN, NOTHING, FLIGHT, STORED, COMPLETE = range(len(LEVELS))


def simulate(scenario: LogProtocolScenario) -> "Outcome":
    """Follow a sequence of events to a step; past its end, to its end.

    Parameters
    ----------
    scenario : LogProtocolScenario
        The sequence and the step.

    Returns
    -------
    Outcome
        All steps of the sequence, and the state at the one that was asked for.
    """
    history = steps(scenario.sequence)
    at = min(scenario.step, len(history) - 1)
    return Outcome(scenario, history, at, write_quorum(scenario.sequence))


@dataclass(frozen=True)
class Outcome:
    """A sequence of events, and how far it has got."""

    scenario: LogProtocolScenario
    history: tuple[Step, ...]
    at: int
    write_quorum: int

    @property
    def now(self) -> Step:
        """The step that was asked for."""
        return self.history[self.at]

    @property
    def last(self) -> int:
        """Number of the sequence's last step; the first is 0."""
        return len(self.history) - 1

    @cached_property
    def most(self) -> int:
        """The highest LSN that any segment ever has, and no less than what a figure shows."""
        views = [view for step in self.history for view in step.segments.values()]
        return max([FEWEST_LSNS, *(lsn for view in views for lsn in view.lsns)])

    @property
    def lsn(self) -> NDArray[np.int64]:
        """The LSNs, from 1."""
        return np.arange(1, self.most + 1)

    @cached_property
    def state(self) -> NDArray[np.int64]:
        """What each segment knows of each LSN, as indices into `LEVELS`; segments by LSNs."""
        return np.array([self._row(name) for name in SEGMENTS])

    def holders(self, lsn: int, *, complete: bool) -> int:
        """Count the segments that have a record and all before it, or it alone."""
        views = self.now.segments.values()
        return sum(lsn in view.lsns and (lsn <= view.scl) == complete for view in views)

    def complete_to(self, lsn: int) -> int:
        """Count the segments that have every record up to an LSN."""
        return sum(view.scl >= lsn for view in self.now.segments.values())

    @property
    def incomplete(self) -> list[str]:
        """Segments that are up and still lack something that is durable."""
        views = self.now.segments.items()
        return [name for name, view in views if view.up and view.scl < self.now.vdl]

    @property
    def abandoned(self) -> tuple[int, ...]:
        """Commits whose clients still waited when a new writer took over, at this very step."""
        before = self.history[max(self.at - 1, 0)]
        return before.waiting if before.epoch < self.now.epoch else ()

    def at_each(self, value: Callable[[Step], float]) -> NDArray[np.float64]:
        """Return a number of every step of the sequence."""
        return np.array([value(step) for step in self.history], float)

    @property
    def lost(self) -> list[int]:
        """Acknowledged commits that are gone; see `lost_at`."""
        return self.lost_at(self.at)

    def lost_at(self, at: int) -> list[int]:
        """List acknowledged commits that no segment has that is up, once a new writer is open."""
        now = self.history[at]
        if now.writer != "open" or now.epoch == 1:
            return []
        found = {lsn for view in now.segments.values() if view.up for lsn in view.lsns}
        return [lsn for lsn in now.acknowledged if lsn not in found]

    def _row(self, name: str) -> NDArray[np.int64]:
        view = self.now.segments[name]
        row = np.full(self.most, NOTHING if view.up else DOWN)
        if not view.up:
            return row
        for where, lsn in self.now.flight:
            if where == name and lsn <= self.most:
                row[lsn - 1] = FLIGHT
        for lsn in view.lsns:
            row[lsn - 1] = COMPLETE if lsn <= view.scl else STORED
        return row
