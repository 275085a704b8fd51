"""What there is to say of a storm: who got a connection, who did not, and why."""

from collections.abc import Iterator

import numpy as np

from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.rds_proxy.storm.scenario import PROXY, StormScenario
from awsnb.sections.rds_proxy.storm.scene import scene
from awsnb.sections.rds_proxy.storm.simulate import Outcome
from awsnb.words import counted, span, usd

SHARES_PCT = np.arange(0.0, 101.0)


def tell(outcome: Outcome) -> Result:
    """Say what became of the functions.

    Returns
    -------
    Result
        `data` has by ``second`` the connections and the functions in each state, and by
        ``pinned_pct`` the connections that are left to share.
    """
    one, run = outcome.scenario, outcome.run
    return Result(
        scenario=one,
        label=one.text,
        why=why(outcome),
        numbers=_numbers(outcome),
        data={
            "second": outcome.second,
            "open_connections": outcome.at(run.open),
            "busy_connections": outcome.at(run.busy),
            "pinned_connections": outcome.at(run.pinned),
            "limit_connections": np.full(outcome.second.size, outcome.limit),
            "waiting_functions": outcome.at(run.waiting),
            "answered_functions": outcome.answered_by,
            "failed_functions": outcome.failed_by,
            "pinned_pct": SHARES_PCT,
            "left_connections": left_to_share(outcome),
        },
        panels=tuple(_panels(outcome)),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def left_to_share(outcome: Outcome) -> np.ndarray:
    """Return the connections that pinned sessions leave to the others, by `SHARES_PCT`."""
    taken = [outcome.scenario.pinned(share) for share in SHARES_PCT.tolist()]
    return np.maximum(outcome.limit - np.array(taken), 0)


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    one, run = outcome.scenario, outcome.run
    of = f"of {one.functions:,}"
    p99 = float(np.quantile(run.waited_s, 0.99)) if run.waited_s.size else None
    took = float(np.quantile(outcome.answer_s, 0.99)) if outcome.answered else None
    return (
        Number("answered", "Functions answered", outcome.answered, f"{outcome.answered:,} {of}",
               headline=True),
        Number("most_open", "Connections open at most", outcome.most_open,
               f"{outcome.most_open:,} of {outcome.limit:,}", headline=True),
        Number("answer_p99_s", "p99 of their answers", took,
               "none" if took is None else span(took, "0 s"), headline=True),
        Number("usd_month", "Instance and proxy a month" if one.through == PROXY
               else "Instance a month", one.usd_month, usd(one.usd_month), headline=True),
        Number("failed", "Functions failed", outcome.failed, f"{outcome.failed:,} {of}"),
        Number("over_s", "Over after", outcome.over_s, span(outcome.over_s, "0 s")),
        Number("opened", "Connections opened", outcome.opened, f"{outcome.opened:,}"),
        Number("opening_s", "The database opens them for", outcome.opening_s,
               span(outcome.opening_s, "0 s")),
        Number("refused", "Attempts refused", int(run.refused[-1]), f"{int(run.refused[-1]):,}"),
        Number("wait_p99_s", "p99 wait for a connection", p99,
               "none was lent" if p99 is None else span(p99, "0 s")),
        Number("pinned", "Sessions that keep theirs", one.pinned(), f"{one.pinned():,}"),
        Number("left", "Left to share", max(outcome.limit - one.pinned(), 0),
               f"{max(outcome.limit - one.pinned(), 0):,}"),
        Number("others", "Held by others", outcome.others.connections,
               f"{outcome.others.connections:,}"),
    )  # fmt: skip


def _panels(outcome: Outcome) -> Iterator[Panel]:
    title = "s since the first function woke"
    yield Panel(
        "Open, in use, kept",
        "connections",
        (
            Curve("open_connections", "open", "served", compare=True),
            Curve("busy_connections", "in a transaction", "second"),
            Curve("pinned_connections", "kept, idle", "third"),
            Curve("limit_connections", "limit", "theory"),
        ),
        x="second",
        x_title=title,
    )
    yield Panel(
        "Waiting, answered, failed",
        "functions",
        (
            Curve("waiting_functions", "waiting", "demand"),
            Curve("answered_functions", "answered", "first", compare=True),
            Curve("failed_functions", "failed", "second"),
        ),
        x="second",
        x_title=title,
    )
    if outcome.scenario.through == PROXY:
        yield Panel(
            "Left to share, by pinned sessions",
            "connections",
            (Curve("left_connections", "left to share", "first", compare=True),),
            x="pinned_pct",
            x_title="% of the sessions pinned",
            events=((outcome.scenario.pinned_pct, "now"),),
        )


def why(outcome: Outcome) -> str:
    """Say whether all were answered; if not, what they lacked."""
    one = outcome.scenario
    if not outcome.failed:
        return _all_answered(outcome)
    return _lacking_proxy(outcome) if one.through == PROXY else _refused(outcome)


def functions(count: int) -> str:
    """Say how many: ``The function``, ``All 1,000 functions``."""
    return "The function" if count == 1 else f"All {count:,} functions"


def _all_answered(outcome: Outcome) -> str:
    one = outcome.scenario
    last = f"{functions(one.functions)} answered within {span(outcome.over_s, '0 s')}."
    used = f"Connections open at most: {outcome.most_open:,} of {outcome.limit:,}"
    waits = float(outcome.run.waited_s.max())
    if one.through != PROXY:
        return f"{last} {used}, one for each session.{_opening(outcome)}"
    waited = f"The longest wait for one was {span(waits)}" if waits else "No session waited for one"
    return f"{last} {used}. {waited}.{_opening(outcome)}{_pinned(outcome)}"


def _opening(outcome: Outcome) -> str:
    """Say where the time goes, where most of it goes to opening connections."""
    if outcome.opening_s < outcome.over_s / 2:
        return ""
    return f" The database is busy for {span(outcome.opening_s, '0 s')} with opening connections."


def _pinned(outcome: Outcome) -> str:
    kept = outcome.scenario.pinned()
    if not kept:
        return ""
    left = max(outcome.limit - kept, 0)
    if kept == 1:
        return f" 1 pinned session keeps a connection and leaves {left:,} to share."
    return f" {kept:,} pinned sessions want a connection each and leave {left:,} to share."


def _refused(outcome: Outcome) -> str:
    one = outcome.scenario
    tries = "at once" if not one.retries else f"after {counted(one.retries + 1, 'attempt')}"
    return (
        f"{counted(outcome.failed, 'function')} of {one.functions:,} failed {tries}: every session "
        f"keeps a connection of its own, and the database has {outcome.limit:,} for them."
    )


def _lacking_proxy(outcome: Outcome) -> str:
    one, kept, pool = outcome.scenario, outcome.scenario.pinned(), _connections(outcome.limit)
    waited = (
        f"{counted(outcome.failed, 'function')} of {one.functions:,} failed: after "
        f"{span(one.borrow_timeout_s)} the proxy gave up finding a connection for them."
    )
    if kept >= outcome.limit:
        return f"{waited} Pinned sessions took the whole pool: {pool}."
    if kept:
        return f"{waited}{_pinned(outcome)}"
    return f"{waited} No session was pinned; {_too_few(outcome.limit)} for so much work."


def _connections(count: int) -> str:
    return counted(count, "connection")


def _too_few(limit: int) -> str:
    were = "was" if limit == 1 else "were"
    return f"{_connections(limit)} {were} too few"


def _notes(outcome: Outcome) -> Iterator[str]:
    one, price = outcome.scenario, RDS.get("proxy", "price")
    yield from outcome.others.notes
    yield from _formula_note(one)
    yield (
        f"Assumed, since AWS publishes none: opening a connection takes {one.open_ms:g} ms of one "
        f"vCPU, and a session stays for {span(one.stays_s, '0 s')}."
    )
    if one.functions > RDS.value("lambda", "scaling_burst"):
        yield "Lambda starts 1,000 environments of a function at once, then 100 more a second."
    yield f"Prices: {price.region}, one zone, as of {price.as_of}; storage is not counted."


def _formula_note(scenario: StormScenario) -> Iterator[str]:
    if scenario.max_connections is None:
        yield (
            f"max_connections {scenario.most_connections:,} is AWS's formula for all of the "
            "memory. RDS keeps some, so the true value is a little lower: set yours."
        )
