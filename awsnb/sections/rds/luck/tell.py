"""What there is to say of a deployment: what a commit waits for, and a year with failures."""

import numpy as np

from awsnb.aws.rds import RDS
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.rds.luck.scenario import CLUSTER, DEPLOYMENTS, GONE, PAIR, SINGLE
from awsnb.sections.rds.luck.simulate import BOTH, ONE_IN, YEAR_H, Outcome
from awsnb.words import milliseconds, span, usd

COLUMNS = {SINGLE: "single_ms", PAIR: "pair_ms", CLUSTER: "cluster_ms", BOTH: "both_ms"}
ROLES: dict[str, Role] = {SINGLE: "third", PAIR: "first", CLUSTER: "second", BOTH: "theory"}


def tell(outcome: Outcome) -> Result:
    """Say what a standby costs and saves.

    Returns
    -------
    Result
        `data` has, by ``one_in``, the latency that one commit in so many exceeds, ms, for each
        deployment; by ``deployment``, a year's minutes in failovers and with too few instances.
    """
    downtime = [outcome.downtime[name] for name in DEPLOYMENTS]
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=f"{_commits(outcome)} {_failures(outcome)}",
        numbers=_numbers(outcome),
        data={
            "one_in": ONE_IN,
            **{COLUMNS[name]: curve for name, curve in outcome.exceeded_ms.items()},
            "deployment": np.array(DEPLOYMENTS),
            "failover_min": np.array([one.failover_min for one in downtime]),
            "outage_min": np.array([one.outage_min for one in downtime]),
        },
        panels=_panels(),
        notes=_notes(outcome),
    )


def _panels() -> tuple[Panel, ...]:
    commits = Panel(
        "Commit latency, by how rare it is",
        "ms",
        tuple(Curve(column, name, ROLES[name]) for name, column in COLUMNS.items()),
        log=True,
        x="one_in",
        x_title="one commit in so many takes longer",
        x_log=True,
    )
    year = Panel(
        "Without writes in a year",
        "min",
        (
            Curve("failover_min", "failing over", "first"),
            Curve("outage_min", "too few instances left", "third"),
        ),
        kind="bars",
        x="deployment",
        stacked=True,
    )
    return commits, year


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    total = outcome.downtime[outcome.scenario.deployment].total_min
    low, high = outcome.clients_s
    share = 100 * (1 - total / 60 / YEAR_H)
    commits = tuple(
        Number(f"p{name}_ms", label, None if outcome.blocked else outcome.one_in_ms(one_in),
               _ms(outcome, one_in), headline=name == "999")
        for name, label, one_in in (("50", "Median commit", 2), ("99", "p99", 100),
                                    ("999", "p99.9 of a commit", 1000))
    )  # fmt: skip
    return (
        *commits,
        Number("downtime_min", "Down in a year", None if outcome.blocked else total,
               "commits stop now" if outcome.blocked else span(60 * total), headline=True),
        Number("cost_usd_month", "Price per month", outcome.usd_month,
               usd(outcome.usd_month), headline=True),
        Number("available_pct", "Available", None if outcome.blocked else share,
               "-" if outcome.blocked else f"{share:.4f} %"),
        Number("clients_most_s", "Clients wait at a failure", high, _range(low, high)),
    )  # fmt: skip


def _ms(outcome: Outcome, one_in: float) -> str:
    return "never" if outcome.blocked else milliseconds(outcome.one_in_ms(one_in))


def _range(low: float, high: float) -> str:
    return span(high) if low == high else f"{span(low)} to {span(high)}"


def _commits(outcome: Outcome) -> str:
    scenario = outcome.scenario
    if outcome.blocked:
        return (
            "No commit ends: it waits for a synchronous standby that is gone, until RDS takes it "
            "out. AWS does not say how long that is."
        )
    tail = f"one in 1,000 takes longer than {_ms(outcome, 1000)}"
    if scenario.deployment == SINGLE:
        return f"A commit waits for its own disk alone: {tail}."
    if scenario.deployment == PAIR:
        return f"A commit waits for its own disk and for the standby: {tail}."
    if scenario.standby == GONE:
        return f"One standby is gone, so a commit waits for the other: {tail}."
    pair = milliseconds(outcome.one_in_ms(1000, PAIR))
    return (
        f"A commit waits for its own disk and the faster of two standbys: {tail}. With one "
        f"standby it is {pair}."
    )


def _failures(outcome: Outcome) -> str:
    scenario, mine = outcome.scenario, outcome.downtime[outcome.scenario.deployment]
    if outcome.blocked:
        return "If the writer failed now, nobody could take over."
    low, high = outcome.clients_s
    goal = "within" if mine.total_min <= scenario.goal_min else "more than"
    year = (
        f"In a year it takes no writes for {span(60 * mine.total_min)}, {goal} the "
        f"{span(60 * scenario.goal_min)} allowed."
    )
    if scenario.deployment == SINGLE:
        return f"At a failure nobody takes over. {year}"
    return f"At a failure clients wait {_range(low, high)}. {year}"


def _notes(outcome: Outcome) -> tuple[str, ...]:
    local, trip = (RDS.get("latency", key) for key in ("local_commit", "zone_round_trip"))
    price = RDS.get("gp3", "storage_price_single_az")
    cluster = RDS.get("multi_az_cluster", "instances_billed")
    notes = [
        f"A disk takes {local.value:g} ms at the median ({local.confidence}), and the way to "
        f"another zone and back {trip.value:g} ms ({trip.confidence}).",
        "Failures are independent, and their times are exponential. Maintenance is left out.",
        f"Price: {price.region}, as of {price.as_of}, on demand, without backups.",
    ]
    if outcome.scenario.deployment == CLUSTER:
        notes.append(
            f"A cluster is billed as {cluster.value} instances, at the least ({cluster.confidence}:"
            f" {cluster.note})."
        )
    return tuple(notes)
