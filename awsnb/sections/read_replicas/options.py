"""Other routing rules, and as many replicas as the reads need."""

from collections.abc import Iterator

from awsnb.aws.rds import RDS
from awsnb.aws.rds.replicas import KEYS
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.read_replicas.scenario import ANY, PINNED, SOURCE, WAITING, ReplicaScenario
from awsnb.sections.read_replicas.simulate import Outcome, replicas_needed, simulate
from awsnb.sections.read_replicas.tell import late
from awsnb.words import counted, percent, usd


def compare(scenario: ReplicaScenario) -> Comparison:
    """Route the same readers by other rules, and with the replicas that each rule needs.

    Parameters
    ----------
    scenario : ReplicaScenario

    Returns
    -------
    Comparison
        An option holds if no more reads are stale than accepted, and neither source nor replica is
        asked for more than it can do. The best is the cheapest that holds.

    Raises
    ------
    TraceError
        If the file is no ReplicaLag.
    """
    options = tuple(_option(name, simulate(one)) for name, one in _alternatives(scenario))
    best = cheapest(options)
    return Comparison("Rules for these readers", _verdict(options[0], best), options, best)


def _alternatives(scenario: ReplicaScenario) -> Iterator[tuple[str, ReplicaScenario]]:
    yield "as asked", scenario
    most = RDS.value("read_replica", f"max_{KEYS[scenario.engine]}")
    for rule in (ANY, PINNED, WAITING, SOURCE):
        one = scenario.replace(routing=rule) if rule == PINNED else _unpinned(scenario, rule)
        needed = replicas_needed(one)
        count = scenario.replicas if needed is None else min(max(needed, 1), most)
        one = one.replace(replicas=count)
        if (rule, count) != (scenario.routing, scenario.replicas):
            yield f"{rule}, {counted(count, 'replica')}", one


def _unpinned(scenario: ReplicaScenario, rule: str) -> ReplicaScenario:
    return scenario.replace(routing=rule, pinned_s=type(scenario).model_fields["pinned_s"].default)


def _option(name: str, outcome: Outcome) -> Option:
    bill = outcome.usd_month
    busiest = max(outcome.source_busy_pct, outcome.replica_busy_pct)
    return Option(
        label=name,
        scenario=outcome.scenario,
        holds=outcome.holds,
        cost_usd_month=bill,
        numbers=(
            Number("stale_pct", "missed", outcome.stale_pct, percent(outcome.stale_pct)),
            Number("wait_p99_s", "wait p99", outcome.wait_p99_s, late(outcome.wait_p99_s)),
            Number("busiest_pct", "busiest", busiest, percent(busiest)),
            Number("cost_usd_month", "a month", bill, "unknown" if bill is None else usd(bill)),
        ),
    )


def _verdict(asked: Option, best: Option | None) -> str:
    if best is None:
        return "No rule holds: too many reads are stale, or an instance is asked for too much."
    if best is asked:
        return "What was asked for holds, and nothing here is cheaper."
    dearer = best.dearer_by(asked)
    price = f", for {dearer} a month" if dearer else ", for the same price"
    return f"'{best.label}' is the cheapest that holds{price if best.cost_usd_month else ''}."
