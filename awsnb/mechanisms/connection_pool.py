"""Sessions that share connections to a database, event by event.

A session runs transactions one after the other and pauses between them. It borrows a connection
for each, first come, first served, and gives up after a longest wait. A pinned session keeps the
connection that it got until it ends. A client without a pool is a pinned session that waits for no
connection at all.

The database has so many processors. Opening a connection and running a transaction both take one
of them, in the order in which they were asked for.
"""

from collections import deque
from heapq import heapify, heappop, heappush, heapreplace
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

__all__ = ["FAILED", "SERVED", "Pool", "Run", "Work", "run"]

Floats = NDArray[np.float64]

SERVED, FAILED = 0, 1
_ASK, _RETRY, _GIVE_UP, _DONE, _LEAVE = range(5)


class Pool(NamedTuple):
    """Connections, and the processors behind them.

    Attributes
    ----------
    connections : int
        The most that are open at once, 1 or more.
    wait_s : float
        How long a session waits for one; 0 is not at all, ``inf`` for ever.
    processors : int
        Of the database.
    open_s : float
        Processor time that opening a connection takes, s.
    keeps : bool
        Whether a connection that is given back stays open for the next session.
    retries : int
        How often a session that was refused tries again.
    retry_s : float
        Time before it does, s.
    """

    connections: int
    wait_s: float
    processors: int = 1
    open_s: float = 0.0
    keeps: bool = True
    retries: int = 0
    retry_s: float = 1.0


class Work(NamedTuple):
    """What sessions do (n sessions, k transactions each).

    Attributes
    ----------
    wake_s : ndarray of float, shape (n,)
        When each begins, s, in order.
    cpu_s : ndarray of float, shape (n, k)
        Processor time of each transaction, s.
    held_s : ndarray of float, shape (n, k)
        What each holds its connection for besides, s.
    pause_s : ndarray of float, shape (n, k)
        From the end of each to the next, s; after the last, until the session ends.
    pinned : ndarray of bool, shape (n,)
        Whether it keeps its connection.
    """

    wake_s: Floats
    cpu_s: Floats
    held_s: Floats
    pause_s: Floats
    pinned: NDArray[np.bool_]


class Run(NamedTuple):
    """What happened (n sessions, m moments).

    Attributes
    ----------
    status : ndarray of int, shape (n,)
        `SERVED`, or `FAILED` if it never got a connection for a transaction.
    end_s : ndarray of float, shape (n,)
        When its last transaction ended, or when it gave up, s.
    waited_s : ndarray of float
        For each connection that was borrowed, the wait for it, s.
    at_s : ndarray of float, shape (m,)
        The moments at which something changed, in order.
    open, busy, pinned, waiting : ndarray of int, shape (m,)
        From each moment on: connections that are open, that run a transaction, that are pinned
        and run none; sessions that wait for one, or to
        try again.
    opened, refused : ndarray of int, shape (m,)
        Connections opened and attempts refused until then.
    """

    status: NDArray[np.int64]
    end_s: Floats
    waited_s: Floats
    at_s: Floats
    open: NDArray[np.int64]
    busy: NDArray[np.int64]
    pinned: NDArray[np.int64]
    waiting: NDArray[np.int64]
    opened: NDArray[np.int64]
    refused: NDArray[np.int64]


def run(pool: Pool, work: Work) -> Run:
    """Serve all sessions until the last has ended.

    Parameters
    ----------
    pool : Pool
    work : Work

    Returns
    -------
    Run

    Examples
    --------
    Three sessions, one transaction of a second each, two connections:

    >>> second = np.ones((3, 1))
    >>> still = np.zeros((3, 1))
    >>> work = Work(np.zeros(3), still, second, still, np.zeros(3, dtype=bool))
    >>> run(Pool(2, np.inf), work).end_s.tolist()
    [1.0, 1.0, 2.0]
    """
    events = _Events(pool, work)
    while events.heap:
        events.step()
    return events.told()


class _Events:
    """The state between two events."""

    def __init__(self, pool: Pool, work: Work) -> None:
        self.pool, self.n = pool, len(work.wake_s)
        self.cpu, self.held = work.cpu_s.tolist(), work.held_s.tolist()
        self.pause, self.pins = work.pause_s.tolist(), work.pinned.tolist()
        self.heap = [(at, i, _ASK, i) for i, at in enumerate(work.wake_s.tolist())]
        heapify(self.heap)
        self.order = self.n
        self.free_at = [0.0] * pool.processors
        self.open = self.busy = self.idle = self.pinned = self.opened = self.refused = 0
        self.queue: deque[int] = deque()
        self.waiting, self.since = 0, [np.inf] * self.n
        self.done, self.tries = [0] * self.n, [0] * self.n
        self.owns = [False] * self.n
        self.status, self.end = [FAILED] * self.n, [0.0] * self.n
        self.waited: list[float] = []
        self.rows: list[tuple[float, int, int, int, int, int, int]] = []
        self.handle = (self._ask, self._retry, self._give_up, self._finish, self._leave)

    def step(self) -> None:
        """Do what is next."""
        at, _, kind, who = heappop(self.heap)
        self.handle[kind](at, who)
        self.rows.append(
            (at, self.open, self.busy, self.pinned, self.waiting, self.opened, self.refused)
        )

    def told(self) -> Run:
        """Turn what was noted into arrays."""
        table = np.array(self.rows)
        counts = table[:, 1:].astype(np.int64).T
        return Run(
            np.array(self.status), np.array(self.end), np.array(self.waited), table[:, 0], *counts
        )

    def _later(self, at: float, kind: int, who: int) -> None:
        self.order += 1
        heappush(self.heap, (at, self.order, kind, who))

    def _ask(self, at: float, who: int) -> None:
        if self.owns[who]:
            self.pinned -= 1
            self._begin(at, 0.0, who)
        elif self.idle or self.open < self.pool.connections:
            self.waited.append(0.0)
            self._begin(at, self._opening_s(), who)
        elif self.pool.wait_s > 0:
            self._wait(at, who)
        else:
            self._refuse(at, who)

    def _opening_s(self) -> float:
        """Take an idle connection or open one; return the processor time of that."""
        if self.idle:
            self.idle -= 1
            return 0.0
        self.open += 1
        self.opened += 1
        return self.pool.open_s

    def _begin(self, at: float, opening_s: float, who: int) -> None:
        self.busy += 1
        self.owns[who] = self.pins[who]
        which = self.done[who]
        computed = self._computed(at, opening_s + self.cpu[who][which])
        self._later(computed + self.held[who][which], _DONE, who)

    def _computed(self, at: float, cpu_s: float) -> float:
        """Queue for a processor; return when so much work is done."""
        if not cpu_s:
            return at
        done = max(at, self.free_at[0]) + cpu_s
        heapreplace(self.free_at, done)
        return done

    def _wait(self, at: float, who: int) -> None:
        self.queue.append(who)
        self.waiting += 1
        self.since[who] = at
        if self.pool.wait_s < np.inf:
            self._later(at + self.pool.wait_s, _GIVE_UP, who)

    def _waits_no_more(self, who: int) -> None:
        self.waiting -= 1
        self.since[who] = np.inf

    def _refuse(self, at: float, who: int) -> None:
        self.refused += 1
        self.tries[who] += 1
        if self.tries[who] > self.pool.retries:
            self.end[who] = at
        else:
            self.waiting += 1
            self._later(at + self.pool.retry_s, _RETRY, who)

    def _retry(self, at: float, who: int) -> None:
        self.waiting -= 1
        self._ask(at, who)

    def _give_up(self, at: float, who: int) -> None:
        """End a wait that has lasted too long; one that was over before is not there any more."""
        if at >= self.since[who] + self.pool.wait_s:
            self._waits_no_more(who)
            self.end[who] = at

    def _finish(self, at: float, who: int) -> None:
        self.busy -= 1
        self.done[who] += 1
        which = self.done[who]
        last = which == len(self.cpu[who])
        if last:
            self.status[who], self.end[who] = SERVED, at
        if self.owns[who]:
            self.pinned += 1
        else:
            self._give_back(at)
        if not last or self.owns[who]:
            self._later(at + self.pause[who][which - 1], _LEAVE if last else _ASK, who)

    def _leave(self, at: float, who: int) -> None:
        self.pinned -= 1
        self.owns[who] = False
        self._give_back(at)

    def _give_back(self, at: float) -> None:
        """Hand a connection to who waits longest, or keep or close it."""
        if self.pool.keeps:
            self.idle += 1
        else:
            self.open -= 1
        while self.queue:
            who = self.queue.popleft()
            if self.since[who] < np.inf:
                self.waited.append(at - self.since[who])
                self._waits_no_more(who)
                self._begin(at, self._opening_s(), who)
                return
