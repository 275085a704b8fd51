"""How far behind the replicas are: modelled from their work, or measured by ReplicaLag."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.rds import RDS
from awsnb.mechanisms.random_streams import generator
from awsnb.mechanisms.replication import Replay, replay
from awsnb.sections.read_replicas.scenario import LOGICAL, POSTGRESQL, ReplicaScenario
from awsnb.trace import Trace, read_cloudwatch
from awsnb.trace.metrics import known
from awsnb.trace.model import refusal

Array = NDArray[np.float64]

STEP_S, RUN_S, TAIL_S, SEED = 0.1, 600.0, 600.0, 1
BURST_S, TRANSACTION_S, QUERY_S = (60.0, 120.0), 180.0, 390.0  # when they begin, and the first ends
END_S = STEP_S * np.arange(1, round((RUN_S + TAIL_S) / STEP_S) + 1)
SHOWN = round(RUN_S / STEP_S)
METRIC = "ReplicaLag"
IDLE_MOST_S = float(RDS.value("read_replica", "idle_lag_max"))


@dataclass(frozen=True, eq=False)
class Lag:
    """How long what is written takes until a replica shows it.

    Attributes
    ----------
    at : ndarray, shape (n,)
        Time: seconds of the run, or datetime64 of a file.
    weight : ndarray of float, shape (n,)
        How much is written then.
    slowest_s, others_s : ndarray of float, shape (n,)
        Delay on the slowest replica, and on each of the others; ``inf`` where it is not shown
        within the run, or nothing is replicated. A file knows one replica, which stands for all.
    metric_s : ndarray of float, shape (n,)
        What ReplicaLag shows for the slowest replica; NaN where it shows nothing.
    waiting_s : tuple of ndarray of float, shape (n,)
        Replay that waits at the slowest and at each other replica, s of an idle replica's work.
    trace : Trace or None
        The file.
    """

    at: NDArray[np.generic]
    weight: Array
    slowest_s: Array
    others_s: Array
    metric_s: Array
    waiting_s: tuple[Array, Array]
    trace: Trace | None = None


def lag_of(scenario: ReplicaScenario) -> Lag:
    """Read the lag of a scenario's file, or model it.

    Raises
    ------
    TraceError
        If the file is no ReplicaLag.
    """
    return measured(scenario) if scenario.trace else modelled(scenario)


def modelled(scenario: ReplicaScenario) -> Lag:
    """Replay ten minutes of writes on the slowest replica and on the others."""
    weight = writes_per_s(scenario)
    drawn = generator(SEED, "writes").poisson(weight * STEP_S)
    work_s = drawn / scenario.writes_max
    transaction(scenario, work_s)
    free = 1 - scenario.reads_each / scenario.reads_max
    query = scenario.query_s if scenario.engine == POSTGRESQL else 0.0
    running = (END_S > QUERY_S) & (QUERY_S + query >= END_S)
    speeds = (
        np.where(running, 0.0, max(free - 1 + scenario.slow_pct / 100, 0.0)),
        np.full(END_S.size, max(free, 0.0)),
    )
    stages = [_follow(scenario, work_s, speed) for speed in speeds]
    (slowest, slowest_s), (others, others_s) = stages
    metric = _metric(scenario, drawn > 0, slowest, slowest_s)
    shown = slice(SHOWN)
    return Lag(
        END_S[shown], weight[shown], slowest_s[shown], others_s[shown], metric[shown],
        (slowest.backlog[shown], others.backlog[shown]),
    )  # fmt: skip


def writes_per_s(scenario: ReplicaScenario) -> Array:
    """Mean rate of writes in each step."""
    bursts = (BURST_S[0] < END_S) & (BURST_S[1] >= END_S)
    return scenario.writes_per_s * np.where(bursts, scenario.burst, 1.0)


def transaction(scenario: ReplicaScenario, work_s: Array) -> None:
    """Add the long transaction's replay: at its commit where that sends it, else as it goes on."""
    lasts = scenario.transaction_s
    if scenario.engine in LOGICAL:
        work_s[round((TRANSACTION_S + lasts) / STEP_S)] += lasts
    else:
        first = round(TRANSACTION_S / STEP_S)
        work_s[first : first + round(lasts / STEP_S)] += STEP_S


def _follow(scenario: ReplicaScenario, work_s: Array, speed: Array) -> tuple[Replay, Array]:
    """Pass the log through the levels above, which serve no reads, and then replay it here."""
    delay_s, offered = np.zeros(END_S.size), work_s
    for _ in range(scenario.levels - 1):
        above = replay(np.full(END_S.size, STEP_S), offered, 1.0)
        delay_s = _after(delay_s, above.delay_s)
        offered = _committed(scenario, offered, above.passed)
    last = replay(np.full(END_S.size, STEP_S), offered, speed)
    return last, _after(delay_s, last.delay_s) + scenario.way_s


def _after(first_s: Array, then_s: Array) -> Array:
    """Delay of two stages in a row: the second begins where the first has ended."""
    arrives = np.searchsorted(END_S, END_S + first_s - STEP_S / 2)
    return first_s + np.append(then_s, np.inf)[np.minimum(arrives, END_S.size)]


def _committed(scenario: ReplicaScenario, offered: Array, passed: Array) -> Array:
    """Send a transaction on when it is committed, not while it is replayed."""
    if scenario.engine not in LOGICAL or not scenario.transaction_s:
        return passed
    done, before = np.cumsum(passed), np.cumsum(offered)
    largest = int(np.argmax(offered))
    begins, ends = before[largest] - offered[largest], before[largest]
    held = np.where((done > begins) & (done < ends), begins, done)
    return np.diff(held, prepend=0.0)


def _metric(
    scenario: ReplicaScenario, wrote: NDArray[np.bool_], at: Replay, delay_s: Array
) -> Array:
    """Compute what ReplicaLag shows: the age, at the source, of what this replica replays.

    MySQL shows the age of the oldest that waits here, 0 if nothing does. PostgreSQL shows now
    minus the commit of the last replayed transaction, also when nothing waits; then a switched log
    segment ends its growth.
    """
    written = np.append(0.0, END_S[wrote])
    visible = np.maximum.accumulate(np.append(0.0, (END_S + delay_s)[wrote]))
    last = np.searchsorted(visible, END_S + 1e-9, side="right") - 1
    if scenario.engine == POSTGRESQL:
        age = END_S - written[last]
        return np.where(at.backlog > 0, age, np.minimum(age, IDLE_MOST_S))
    oldest = np.append(written, np.inf)[last + 1]
    return np.where(at.backlog > 0, np.maximum(END_S - oldest, 0.0), 0.0)


def measured(scenario: ReplicaScenario) -> Lag:
    """Read ReplicaLag, of one replica; -1 and samples without a value are no replication."""
    trace = read_cloudwatch(scenario.trace, scenario.metric or None, usual=METRIC)
    _refuse_other(scenario.trace, trace)
    lag_s = np.where(
        trace.value == RDS.value("read_replica", "not_replicating"), np.inf, trace.value
    )
    starts = np.datetime64(trace.start.replace(tzinfo=None), "ms") + (
        1000 * np.append(0.0, np.cumsum(trace.duration_s)[:-1])
    ).astype("timedelta64[ms]")
    held = np.isfinite(trace.value)
    nothing = np.zeros(int(held.sum()))
    return Lag(
        starts[held], trace.duration_s[held], lag_s[held], lag_s[held],
        np.where(np.isfinite(lag_s), lag_s, np.nan)[held], (nothing, nothing), trace,
    )  # fmt: skip


def _refuse_other(path: str, trace: Trace) -> None:
    other = known(trace.metric, trace.namespace)
    if other and other.metric != METRIC:
        instead = f"export {METRIC} (Average or Maximum) instead{other.elsewhere}"
        raise refusal(path, f"holds {trace.metric}; {instead}")
    if trace.statistic.lower() in ("sum", "samplecount"):
        raise refusal(
            path, f"holds {trace.statistic} of the lag; export Average or Maximum instead"
        )
    if trace.unit.lower() not in ("", "none", "seconds"):
        raise refusal(path, f"is in {trace.unit}; ReplicaLag is in seconds")
    held = trace.value[np.isfinite(trace.value)]
    bad = held[(held < 0) & (held != RDS.value("read_replica", "not_replicating"))]
    if bad.size or not held.size:
        value = f"a lag of {bad[0]:g} s" if bad.size else "no value"
        raise refusal(
            path, f"holds {value}; ReplicaLag is 0 or more, or -1 where nothing is copied"
        )
