"""The moving picture: the source's log flows to the replicas, where what is not replayed waits."""

import numpy as np
from numpy.typing import NDArray

from awsnb.results import Flow, Place, Scene
from awsnb.sections.read_replicas.lag import BURST_S, QUERY_S, TRANSACTION_S
from awsnb.sections.read_replicas.scenario import LOGICAL, POSTGRESQL
from awsnb.sections.read_replicas.simulate import Outcome

EVERY = 10  # steps of the run between two moments of the picture
SOURCE, SLOWEST, OTHERS, READERS = "Source", "Slowest replica", "Each other replica", "Readers"


def scene(outcome: Outcome) -> Scene:
    """Show how much log waits for replay on the slowest replica and on the others."""
    one, lag = outcome.scenario, outcome.lag
    pick = slice(EVERY - 1, None, EVERY)
    written, waiting = lag.weight[pick], [part[pick] for part in lag.waiting_s]
    names = (SLOWEST, OTHERS)[: 2 if one.replicas > 1 else 1]
    full = max(1.0, *(float(part.max()) for part in waiting[: len(names)]))
    flow = float(written.max())
    behind = np.minimum(lag.slowest_s[pick], 1e6)
    return Scene(
        alt=f"{one.text}: log that waits on each replica, in seconds of replay",
        x="second",
        places=(
            Place(SOURCE, 0, count=written, note="writes a second"),
            *(Place(name, 1, part, full, "s") for name, part in zip(names, waiting, strict=False)),
            Place(READERS, 2, count=behind, note="s late, at the slowest", tone="bad"),
        ),
        flows=(
            *(Flow(SOURCE, name, written, flow) for name in names),
            Flow(SLOWEST, READERS, _replayed(written, waiting[0], one.writes_max), flow),
        ),
        events=tuple((at, name) for at, name, _ in _happens(outcome)),
        words=(
            (float(lag.at[pick][0]), "Every replica replays every write."),
            *((at, words) for at, _, words in _happens(outcome)),
        ),
    )


def _replayed(
    written: NDArray[np.float64], waiting_s: NDArray[np.float64], writes_max: float
) -> NDArray[np.float64]:
    return np.maximum(written - np.diff(waiting_s, prepend=0.0) * writes_max, 0.0)


def _happens(outcome: Outcome) -> list[tuple[float, str, str]]:
    one = outcome.scenario
    found = []
    if one.burst > 1:
        found.append((BURST_S[0] + 1, "burst", f"Writes are {one.burst:g} times as frequent."))
        found.append((BURST_S[1] + 1, "", "The burst is over: replay catches up, if it can."))
    if one.transaction_s:
        logical = one.engine in LOGICAL
        commit = TRANSACTION_S + logical * one.transaction_s
        how = "arrives at its commit, all at once" if logical else "is replayed while it runs"
        found.append((float(round(commit) + 1), "transaction", f"The long transaction {how}."))
    if one.engine == POSTGRESQL and one.query_s:
        found.append((QUERY_S + 1, "query", "A query on one replica stops its replay."))
        ends = float(round(QUERY_S + one.query_s) + 1)
        found.append((ends, "", "The query is over: that replica catches up, if it can."))
    return found
