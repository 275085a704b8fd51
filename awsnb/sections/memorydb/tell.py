"""What there is to say of safe writes: how long they take, what is lost, what it costs."""

import numpy as np

from awsnb.aws.memorydb import MEMORYDB
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.memorydb.bill import Bill, bill
from awsnb.sections.memorydb.scenario import (
    AOF,
    ASYNC,
    DESIGNS,
    MEMORY_DB,
    NODES,
    OTHER,
    PRIMARY,
    SYNC,
    WAIT,
    ZONE,
    ZONES,
    MemoryDbScenario,
)
from awsnb.sections.memorydb.scene import moments_s, scene
from awsnb.sections.memorydb.simulate import EVERYTHING, NOTHING, ONE_IN, Outcome, Run
from awsnb.words import are, counted, milliseconds, rate, span, usd

COLUMNS = {ASYNC: "async", WAIT: "wait", SYNC: "sync", MEMORY_DB: "memorydb", AOF: "aof"}
ROLES: dict[str, Role] = {
    MEMORY_DB: "first", ASYNC: "second", WAIT: "third", AOF: "fourth", SYNC: "fifth",
}  # fmt: skip
FAILS = {
    PRIMARY: "When the primary fails",
    OTHER: "When the primary fails and the second-best replica takes over",
    ZONE: "When the primary's zone fails",
    ZONES: "When two zones fail",
    NODES: "When all nodes fail",
}
SAME_LOG = "ElastiCache sync's too"


def tell(outcome: Outcome) -> Result:
    """Say what a safe write costs.

    Returns
    -------
    Result
        `data` has, by ``one_in``, the latency that one write in so many exceeds, ms, by design and
        in closed form for a log; what each failure takes, by design and failure; and by
        ``written_gb`` a month the designs' bills, USD.
    """
    one = outcome.scenario
    now_gb = outcome.asked.written_gb
    gb = np.union1d(np.linspace(0, max(20_000.0, 2 * now_gb), 61), [now_gb])
    return Result(
        scenario=one,
        label=one.text,
        why=f"{_latency(outcome)} {_loss(outcome.asked)}{_limit(outcome.asked)}",
        numbers=_numbers(outcome),
        data={
            "one_in": ONE_IN,
            **{f"{COLUMNS[d]}_ms": _exceeded(run) for d, run in outcome.runs.items()},
            "closed_form_ms": outcome.closed_form_ms,
            "failure": np.array(one.failures),
            "design": np.array(DESIGNS),
            "lost": outcome.lost.astype(float),
            "written_gb": gb,
            **{f"{COLUMNS[d]}_usd": _bills(one, d, gb) for d in _priced(one)},
            "after_s": moments_s(outcome.asked),
        },
        panels=(_tail(one), _money(outcome), _losses()),
        notes=_notes(outcome.asked),
        scene=scene(outcome.asked),
    )


def money(cost: Bill) -> str:
    """Say what a month costs, as far as it is known."""
    whole = cost.usd_month
    return f"{usd(cost.nodes_usd)} + data written" if whole is None else usd(whole)


def gone(writes: int | None) -> str:
    """Say how many acknowledged writes are lost."""
    return "everything" if writes is None else f"{writes:,}"


def gone_on_average(run: Run) -> str:
    """Say how many the scenario's failure takes on average."""
    return "under 1" if run.loses_less_than_one else gone(run.lost_writes)


def refused(run: Run) -> str:
    """Say for how long no write is taken."""
    return "no quorum" if run.unavailable_s is None else span(run.unavailable_s)


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    run = outcome.asked
    p50, p99, limit = run.quantile_ms(0.5), run.quantile_ms(0.99), run.shard_limit_per_s
    base, down = outcome.runs[ASYNC].connection_per_s, run.unavailable_s
    kept = 100 * run.connection_per_s / base
    turned = None if down is None else down * run.taken_per_s
    return (
        Number("p50_ms", "Write, median", p50, milliseconds(p50), headline=True),
        Number("lost_writes", "Writes lost", run.lost_writes, gone_on_average(run), True),
        Number("unavailable_s", "No writes for", down, refused(run), headline=True),
        Number("cost_usd_month", "A month", run.bill.usd_month, money(run.bill), headline=True),
        Number("p99_ms", "Write, p99", p99, milliseconds(p99)),
        Number("lost_writes_p99", "Writes lost, p99", run.lost_writes_p99,
               gone(run.lost_writes_p99)),
        Number("refused_requests", "Writes refused", turned,
               "all, until a zone is back" if turned is None else f"{turned:,.0f}"),
        Number("connection_rps", "One connection writes", run.connection_per_s,
               f"{rate(run.connection_per_s)} /s"),
        Number("connection_pct", "Compared with no wait", kept, f"{kept:.0f} %"),
        Number("shard_rps", "A shard takes at most", limit,
               "not published" if limit is None else f"{limit:,.0f} writes/s"),
        Number("written_gb", "Written in a month", run.written_gb, f"{run.written_gb:,.0f} GB"),
    )  # fmt: skip


def _latency(outcome: Outcome) -> str:
    run = outcome.asked
    more = run.quantile_ms(0.5) - outcome.runs[ASYNC].quantile_ms(0.5)
    waits = {
        ASYNC: "for no copy",
        WAIT: f"for {counted(run.copies.waited_for, 'replica')}",
        AOF: "for the disk" if run.copies.waited_for else "for no disk",
    }.get(run.design, _zones(run))
    extra = f", {milliseconds(more)} more than without waiting" if more > 0 else ""
    return f"A write waits {waits}: {milliseconds(run.quantile_ms(0.5))} at the median{extra}."


def _zones(run: Run) -> str:
    slower = run.scenario.slow_zone
    one = f", of which one is {slower:g} times slower" if slower > 1 else ""
    return f"for {run.copies.waited_for} of the log's {len(run.copies.names)} zones{one}"


def _loss(run: Run) -> str:
    alone = run.design == AOF and run.scenario.failure == OTHER  # it has no replica
    fails = FAILS[PRIMARY if alone else run.scenario.failure]
    quorum = ""
    if run.unavailable_s is None:
        quorum = " The log has no quorum, so writes stop until a zone is back."
    lost = run.lost(run.scenario.failure)
    if lost == EVERYTHING:
        return f"{fails}, everything on the shard is lost: no copy outlives it."
    if lost == NOTHING:
        return f"{fails}, no acknowledged write is lost: {_reason(run)}.{quorum}"
    window = run.window_ms(run.scenario.failure)
    assert window is not None
    writes = f"{counted(run.lost_writes or 0, 'acknowledged write')} {are(run.lost_writes)}"
    if run.loses_less_than_one:
        writes = "less than one acknowledged write is"
    return (
        f"{fails}, {writes} lost on average: the best copy that is left "
        f"is {milliseconds(float(window.mean()))} behind them.{quorum}"
    )


def _reason(run: Run) -> str:
    if run.design == AOF:
        return "the disk has it"
    if run.design == WAIT:
        return "the replica that takes over has it"
    return "a zone that is left has it"


def _limit(run: Run) -> str:
    if run.keeps_up:
        return ""
    asked, limit = run.writes.peak_per_s, run.shard_limit_per_s
    return f" A shard takes {limit:,.0f} of {asked:,.0f} writes a second."


def _exceeded(run: Run) -> np.ndarray:
    return np.quantile(run.latency_ms, 1 - 1 / ONE_IN)


def _priced(one: MemoryDbScenario) -> list[str]:
    priced = (d for d in DESIGNS if bill(one, d, 0.0).usd_month is not None)
    return [design for design in priced if design != WAIT]


def _bills(one: MemoryDbScenario, design: str, gb: np.ndarray) -> np.ndarray:
    return np.array([bill(one, design, float(each)).usd_month for each in gb], dtype=float)


def _tail(one: MemoryDbScenario) -> Panel:
    labels = {d: d for d in DESIGNS if d != SYNC} | {MEMORY_DB: f"MemoryDB ({SAME_LOG})"}
    asked = MEMORY_DB if one.design == SYNC else one.design
    return Panel(
        "Write latency, by how rare it is",
        "ms",
        (
            *(
                Curve(f"{COLUMNS[d]}_ms", label, ROLES[d], compare=d == asked)
                for d, label in labels.items()
            ),
            Curve("closed_form_ms", "log, closed form", "theory"),
        ),
        log=True,
        x="one_in",
        x_title="one write in so many takes longer",
        x_log=True,
    )


def _losses() -> Panel:
    return Panel(
        "What each failure takes",
        "",
        (Curve("lost", "lost", "first"),),
        kind="heat",
        limits=(0.0, 2.0),
        x="failure",
        rows="design",
        levels=("nothing", "the last writes", "everything"),
    )


def _money(outcome: Outcome) -> Panel:
    one = outcome.scenario
    labels = {ASYNC: "async, or with WAIT"}  # WAIT is a command: it has no price
    asked = ASYNC if one.design == WAIT else one.design
    return Panel(
        "A month's bill",
        "USD",
        tuple(
            Curve(f"{COLUMNS[d]}_usd", labels.get(d, d), ROLES[d], compare=d == asked)
            for d in _priced(one)
        ),
        x="written_gb",
        x_title="GB written in a month",
        events=((outcome.asked.written_gb, "now"),),
    )


def _notes(run: Run) -> tuple[str, ...]:
    fitted, paper = (MEMORYDB.get("latency", key) for key in ("log_zone_median", "write_p50"))
    notes = [
        *run.writes.notes,
        f"The log's zones ({fitted.value:g} ms, {fitted.confidence}) fit the MemoryDB paper's p50 "
        f"and p99 ({paper.confidence}); ElastiCache's are taken to be as fast.",
        "Trips, replicas and failover times are assumed. Limits are of the largest nodes. The bill "
        "is for r7g.large; MemoryDB's and EC2's prices are recalled.",
    ]
    if run.design == SYNC and run.bill.usd_month is None:
        notes.append(
            "What ElastiCache asks for data written in sync was not found: set sync_usd_gb."
        )
    if run.design == AOF:
        notes.append("Your own server is one node a shard, with no replica.")
    return tuple(notes)
