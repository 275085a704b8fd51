"""What there is to say: how late, how stale, who is overloaded, how many replicas."""

from collections.abc import Iterator

import numpy as np

from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.read_replicas.lag import BURST_S, QUERY_S, RUN_S, STEP_S, TRANSACTION_S, Lag
from awsnb.sections.read_replicas.scenario import (
    LOGICAL,
    PINNED,
    POSTGRESQL,
    SOURCE,
    WAITING,
)
from awsnb.sections.read_replicas.scene import scene
from awsnb.sections.read_replicas.simulate import AGES_S, Outcome, capacity, on_replicas, stale
from awsnb.words import a_second, counted, percent, rate, span, usd

MOST_DRAWN = 15
EVERY = 10  # steps of the run between two points of a plot


def tell(outcome: Outcome) -> Result:
    """Say how late replicas are, and which readers see it.

    Returns
    -------
    Result
        `data` has the delay of writes and ReplicaLag over the run (``second``) or the file
        (``time``); by ``after_s``, the share of stale reads; by ``replicas``, reads per second.
    """
    one = outcome.scenario
    return Result(
        scenario=one,
        label=one.text,
        why=" ".join(_why(outcome)),
        numbers=_numbers(outcome),
        data={**_over_time(outcome), **_by_age(outcome), **_by_replicas(outcome)},
        panels=_panels(outcome),
        notes=tuple(_notes(outcome)),
        scene=None if outcome.lag.trace else scene(outcome),
    )


def late(delay_s: float) -> str:
    """Say how late something is; what is not shown within the run is named as such."""
    return span(delay_s, "0 s") if np.isfinite(delay_s) else "not in this time"


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    one = outcome.scenario
    needed, slot, bill = outcome.replicas_needed, outcome.slot_full_h, outcome.usd_month
    worst = float(outcome.worst_s) if np.isfinite(outcome.worst_s) else None
    wait = float(outcome.wait_p99_s) if np.isfinite(outcome.wait_p99_s) else None
    shown = outcome.lag.metric_s[np.isfinite(outcome.lag.metric_s)]
    most = float(shown.max()) if shown.size else None
    return (
        Number("stale_pct", "Own writes missed", outcome.stale_pct, percent(outcome.stale_pct),
               True),
        Number("worst_s", "Longest delay", worst, late(outcome.worst_s), True),
        Number(
            "needed_replicas", "Replicas needed", needed,
            "no number is enough" if needed is None else f"{needed:,}", True,
        ),
        Number(
            "cost_usd_month", "Replicas a month", bill,
            "no price on file" if bill is None else usd(bill), True,
        ),
        Number("metric_max_s", "ReplicaLag, highest", most, "none" if most is None else late(most)),
        Number(
            "wait_p99_s", "Wait for own write, p99", wait,
            late(outcome.wait_p99_s) if one.routing == WAITING else "nobody waits",
        ),
        Number("source_busy_pct", "Source busy", outcome.source_busy_pct,
               percent(outcome.source_busy_pct)),
        Number("replica_busy_pct", "Slowest replica busy", outcome.replica_busy_pct,
               percent(outcome.replica_busy_pct)),
        _lost(outcome),
        Number("slot_full_h", "Stopped replica fills source", slot,
               "does not apply" if slot is None else span(3600 * slot, "at once")),
    )  # fmt: skip


def _lost(outcome: Outcome) -> Number:
    """Say what promotion would lose: what is on its way, of which a file of lag knows nothing."""
    way = None if outcome.lag.trace else outcome.scenario.way_s
    text = "not in a file of lag" if way is None else f"{span(way)} of writes"
    return Number("lost_tail_s", "Lost if promoted now", way, text)


def _why(outcome: Outcome) -> Iterator[str]:
    yield _cause(outcome)
    yield _readers(outcome)
    if outcome.source_busy_pct > 100:
        yield f"The source is asked for {percent(outcome.source_busy_pct)} of what it can do."


def _cause(outcome: Outcome) -> str:
    one, lag = outcome.scenario, outcome.lag
    if lag.trace:
        return f"The file's ReplicaLag is {_file_worst(outcome)}.{_at_end(lag)}"
    if one.writes_per_s >= one.writes_max:
        return (
            f"A replica that serves no read replays {a_second(one.writes_max, 'write')}, and "
            f"{rate(one.writes_per_s)} are written: the lag grows, however many replicas there are."
        )
    if outcome.replica_busy_pct >= 100:
        return (
            f"The slowest replica is asked for {percent(outcome.replica_busy_pct)} of what it can "
            "do. Reads leave too little for replay, and the lag grows."
        )
    what = _disturbance(outcome) or "Nothing holds replay up"
    if not np.isfinite(outcome.worst_s):
        return f"{what}: some writes are not shown within this time."
    return f"{what}: a write is shown after {late(outcome.worst_s)} at most."


def _at_end(lag: Lag) -> str:
    """Say that the lag is highest at the end of its file, which is not the end of the story."""
    held = lag.slowest_s[np.isfinite(lag.slowest_s)]
    highest = held.size > 1 and held[-1] == held.max() > held[0]
    return " It is highest where the file ends: it may still grow." if highest else ""


def _file_worst(outcome: Outcome) -> str:
    if np.isfinite(outcome.worst_s):
        return f"{late(outcome.worst_s)} at most"
    stopped = 100 * float(np.average(np.isinf(outcome.lag.slowest_s), weights=outcome.lag.weight))
    return f"-1 for {percent(stopped)} of the time: nothing was replicated then"


def _disturbance(outcome: Outcome) -> str:
    """Name what began last before the longest delay; "" if nothing did."""
    one, lag = outcome.scenario, outcome.lag
    if outcome.worst_s <= one.way_s + STEP_S:
        return ""
    both = (lag.slowest_s, lag.others_s if one.replicas > 1 else lag.slowest_s)
    at = float(lag.at[int(np.argmax(np.maximum(*both)))])
    found = "Writes come unevenly"
    if one.burst > 1 and at > BURST_S[0]:
        found = "The burst of writes fills the log faster than it is replayed"
    if one.transaction_s and at > TRANSACTION_S:
        found = "The long transaction has to be replayed before what follows it"
    if one.engine == POSTGRESQL and one.query_s and at >= QUERY_S:
        found = "The long query stops replay on one replica"
    return found


def _readers(outcome: Outcome) -> str:
    one = outcome.scenario
    after, missed = span(one.after_s), percent(outcome.stale_pct)
    if one.routing == SOURCE:
        return "All reads go to the source: none is stale, and the replicas stand idle."
    if one.routing == WAITING:
        if not np.isfinite(outcome.wait_p99_s):
            return "No read is stale, but more than one in a hundred waits longer than this time."
        return (
            "No read of an own write is stale: it waits for its replica, 99 of 100 for "
            f"{span(outcome.wait_p99_s, '0 s')} at most."
        )
    if one.routing == PINNED and one.after_s < one.pinned_s:
        return f"No own write is missed {after} after it: its author still reads from the source."
    rule = " The time at the source is over by then." if one.routing == PINNED else ""
    return f"Of the reads {after} after an own write, {missed} miss it.{rule}"


def _over_time(outcome: Outcome) -> dict[str, np.ndarray]:
    lag = outcome.lag
    if lag.trace:
        return {"time": lag.at, "metric_s": lag.metric_s}
    columns = {"second": lag.at, "slowest_s": lag.slowest_s, "metric_s": lag.metric_s}
    if outcome.scenario.replicas > 1:
        columns["others_s"] = lag.others_s
    drawn = {name: column[EVERY - 1 :: EVERY] for name, column in columns.items()}
    return {name: np.where(np.isfinite(column), column, RUN_S) for name, column in drawn.items()}


def _by_age(outcome: Outcome) -> dict[str, np.ndarray]:
    one, lag = outcome.scenario, outcome.lag
    after_s = np.union1d(AGES_S, one.after_s)
    return {
        "after_s": after_s,
        "on_replicas_pct": 100 * on_replicas(one, lag, after_s),
        "own_rule_pct": 100 * stale(one, lag, after_s),
    }


def _by_replicas(outcome: Outcome) -> dict[str, np.ndarray]:
    one, count = outcome.scenario, np.arange(1, MOST_DRAWN + 1)
    asked = one.reads_per_s * (1 - one.to_source_share)
    return {
        "replicas": count,
        "served_rps": capacity(one, count),
        "unwritten_rps": capacity(one.replace(writes_per_s=0.01), count),
        "asked_rps": np.full(count.size, asked),
    }


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    one = outcome.scenario
    shown = Curve("metric_s", "ReplicaLag shows", "second")
    if outcome.lag.trace:
        first = Panel("How late the replica is", "s", (shown,), x="time")
    else:
        curves = [Curve("slowest_s", "a write now, slowest replica", "first", compare=True), shown]
        if one.replicas > 1:
            curves.append(Curve("others_s", "a write now, other replicas", "third"))
        first = Panel(
            "How late replicas are", "s", tuple(curves), x="second", x_title="s of the run"
        )
    return (
        first,
        Panel(
            "Reads that miss an own write", "%",
            (
                Curve("on_replicas_pct", "on any replica", "second"),
                Curve("own_rule_pct", "under the routing rule", "first", compare=True),
            ),
            x="after_s", x_title="s from write to read", x_log=True,
            events=((one.after_s, "asked"),),
        ),
        Panel(
            "Reads served beside replay", "reads/s",
            (
                Curve("unwritten_rps", "if nothing were written", "theory"),
                Curve("served_rps", "served", "first", compare=True),
                Curve("asked_rps", "asked", "second"),
            ),
            x="replicas", x_title="replicas", events=((one.replicas, "asked"),),
        ),
    )  # fmt: skip


def _notes(outcome: Outcome) -> Iterator[str]:
    one, lag = outcome.scenario, outcome.lag
    if lag.trace:
        yield f"Lag: {lag.trace.describe()}. The one replica stands for all."
        yield "A sample is a mean or maximum of its period: shorter lags are not seen."
        if one.engine == POSTGRESQL:
            yield _idle()
        return
    if one.engine == POSTGRESQL:
        yield _idle()
        most = RDS.value("read_replica", "query_holds_replay_default")
        if one.query_s > most:
            yield f"By default such a query is cancelled after {most} s: the parameter was raised."
    if one.engine in LOGICAL:
        yield "One thread replays; MySQL and MariaDB can use several, and are then quicker."
    if one.levels > 1:
        yield "The replicas above serve no reads here; each is paid for as well."
    if one.other_region:
        yield "The bill counts the log of each replica that is read as sent to the other Region."
        sure = RDS.value("read_replica", "max_cross_region")
        if one.replicas > sure:
            yield f"AWS guarantees {sure} replicas of one source in other Regions, not more."
    yield "Reads come first on a replica, and replay gets what they leave: assumed."
    promotion = RDS.value("read_replica", "promotion")
    yield f"A promoted replica becomes an instance of its own {promotion}."


def _idle() -> str:
    minutes = RDS.value("read_replica", "idle_lag_max") / 60
    return (
        "ReplicaLag of PostgreSQL is the age of the last transaction replayed: while nothing is "
        f"written it grows, up to {counted(round(minutes), 'minute')}."
    )
