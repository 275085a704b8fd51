"""What there is to say of a failover: how long, for whom, and whose doing it is."""

import numpy as np

from awsnb.aws.aurora import AURORA
from awsnb.facts import Fact
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.aurora.failover.scenario import (
    ANEW,
    CLIENTS,
    KEEPS,
    PROXY,
    RECONNECTS,
    FailoverScenario,
)
from awsnb.sections.aurora.failover.simulate import DRAWS, SECONDS, Outcome, durations
from awsnb.words import counted, percent, span


def tell(outcome: Outcome) -> Result:
    """Say how long clients can't write.

    Returns
    -------
    Result
        `data` has, by ``second`` after the writer died, the share of clients without a writer, and
        the share of clusters without one, %; and the outage by client.
    """
    outages = [outage.outage_s for outage in outcome.outages.values()]
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "second": SECONDS,
            **{_column(client): outcome.without_pct(client) for client in CLIENTS},
            "server_theory_pct": 100 * outcome.server_theory,
            "client": np.array(CLIENTS),
            "median_s": np.array([np.median(times) for times in outages]),
            "p95_s": np.array([np.percentile(times, 95) for times in outages]),
        },
        panels=(_shares(outcome.scenario), _bars()),
        notes=_notes(outcome),
    )


def _fact(scenario: FailoverScenario, key: str) -> Fact:
    return AURORA.get(durations(scenario), key)


def _column(client: str) -> str:
    return f"without_{CLIENTS.index(client)}_pct"


def _shares(scenario: FailoverScenario) -> Panel:
    upper = _fact(scenario, "upper").value
    second, third = (client for client in CLIENTS if client != scenario.client)
    roles: dict[str, Role] = {scenario.client: "first", second: "second", third: "third"}
    curves = tuple(
        Curve(_column(client), client, roles[client], compare=client == scenario.client)
        for client in CLIENTS
    )
    return Panel(
        "Clients that can't write yet",
        "%",
        (*curves, Curve("server_theory_pct", "the cluster itself", "theory")),
        limits=(0.0, 100.0),
        x="second",
        x_title="seconds after the writer died",
        x_log=True,
        events=((upper, f"AWS: less than {upper} s"),),
    )


def _bars() -> Panel:
    return Panel(
        "Outage by client",
        "s",
        (Curve("median_s", "median", "first"), Curve("p95_s", "p95", "second")),
        kind="bars",
        x="client",
        log=True,
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    readers, upper = outcome.scenario.readers, _fact(outcome.scenario, "upper").value
    median, p95 = (float(np.percentile(outcome.mine_s, q)) for q in (50, 95))
    cut = 100 / readers if readers else 0.0
    below, added, broken = outcome.below_pct(upper), outcome.added_s, outcome.broken_pct
    met, lasts = outcome.read_only_pct, outcome.read_only_s
    return (
        Number("median_s", "Median outage", median, f"{median:,.0f} s", headline=True),
        Number("p95_s", "p95 outage", p95, f"{p95:,.0f} s", headline=True),
        Number("readers_cut_pct", "Reader connections cut", cut,
               f"{cut:.0f} %" if readers else "no readers", headline=True),
        Number("below_upper_pct", f"Back within {upper} s", below, f"{below:.0f} %"),
        Number("client_adds_s", "Of it, the client's own doing", added, f"{added:,.1f} s"),
        Number("broken_pct", "Client connections that break", broken, percent(broken)),
        Number("read_only_pct", "Failovers with read-only errors", met, percent(met)),
        Number("read_only_s", "There they last", lasts,
               "no error" if lasts is None else span(lasts)),
    )  # fmt: skip


def _why(outcome: Outcome) -> str:
    without = float(np.median(outcome.server_s))
    return (
        f"{_promoted(outcome.scenario.readers)}, which takes {without:.0f} s at the median. "
        f"{_found(outcome.scenario)}, {_adds(outcome)} {outcome.added_s:,.1f} s on average; "
        f"{_broken(outcome)}.{_read_only(outcome)}"
    )


def _adds(outcome: Outcome) -> str:
    if outcome.scenario.on_read_only == RECONNECTS or outcome.read_only_s is None:
        return "and that adds"
    return "and its pool to the old writer: together they add"


def _broken(outcome: Outcome) -> str:
    if outcome.scenario.client != PROXY:
        return "every open connection to the old writer breaks"
    idle = "idle connections to it stay open"
    if not outcome.broken_pct:
        return f"{idle}, and none is in a transaction"
    if outcome.broken_pct == 100:
        return "all connections to it are in a transaction, and break"
    return f"{idle}, and the {percent(outcome.broken_pct)} in a transaction break"


def _read_only(outcome: Outcome) -> str:
    """Say how often and how long writes fail at the old writer."""
    if outcome.read_only_s is None:
        return ""
    why = "a pool that keeps such a connection stays with it until its life is over"
    if outcome.scenario.on_read_only == RECONNECTS:
        why = "connecting anew leads there again until the address expires"
    return (
        f" In {percent(outcome.read_only_pct)} of the failovers the old address leads to the old "
        f"writer, a reader by then, where every write fails as read-only for "
        f"{span(outcome.read_only_s)} at the median: {why}."
    )


def _promoted(readers: int) -> str:
    if not readers:
        return "There is no reader to promote, so Aurora makes the instance anew"
    which = f"one of {counted(readers, 'reader')}" if readers > 1 else "the reader"
    return f"Aurora promotes {which}"


def _found(scenario: FailoverScenario) -> str:
    """Say how the client finds the new writer."""
    return {
        ANEW: "The writer endpoint is a name: the client asks for it again when its "
        f"{AURORA.value('endpoints', 'dns_ttl')} s are over",
        KEEPS: f"The client holds on to the old address for up to {scenario.address_kept_s:g} s",
        PROXY: "The proxy finds the new writer without DNS",
    }[scenario.client]


def _notes(outcome: Outcome) -> tuple[str, ...]:
    scenario = outcome.scenario
    typical, upper = _fact(scenario, "typical"), _fact(scenario, "upper")
    share = _fact(scenario, "share_below_upper")
    return (
        f"AWS says {upper.note.split(';')[0]} {upper.value} s; read as a lognormal with median "
        f"{typical.value} s and {share.value} % below {upper.value} s ({share.confidence}).",
        f"{DRAWS:,} failovers; a client tries every "
        f"{AURORA.value('endpoints', 'reconnect')} s (assumed).",
        *_after_failover(scenario),
        *_beyond(outcome),
    )


def _after_failover(scenario: FailoverScenario) -> tuple[str, ...]:
    if not scenario.readers:
        return ()
    return (
        "The old writer comes back as a reader, as AWS says; how soon is assumed: "
        f"{scenario.old_writer_back_s:g} s after the promotion.",
    )


def _beyond(outcome: Outcome) -> tuple[str, ...]:
    """Say so if the plot ends before the last client is back."""
    if not outcome.still_out_pct:
        return ()
    return (
        f"Where the plot ends, after {span(SECONDS[-1])}, {percent(outcome.still_out_pct)} of the "
        "clients can't write yet.",
    )
