"""What else would keep more connections: keep-alive, timeout, failover, appliances that share."""

from collections.abc import Iterator

from awsnb.aws.elb import ELB
from awsnb.results import Comparison, Number, Option
from awsnb.sections.gwlb.flows.scenario import FIVE, NONE, SHARED, TCP, FlowsScenario
from awsnb.sections.gwlb.flows.simulate import Outcome, simulate
from awsnb.words import counted, percent

KEEP_ALIVE_S = 60.0


def compare(scenario: FlowsScenario) -> Comparison:
    """Look at what would break fewer connections.

    Returns
    -------
    Comparison
        An option holds if nothing breaks; the best is the first of those.
    """
    outcomes = {label: simulate(one) for label, one in _alternatives(scenario)}
    least = min(outcomes, key=lambda label: outcomes[label].lost)
    options = {label: _option(label, outcome) for label, outcome in outcomes.items()}
    return Comparison(
        title="Ways to keep connections",
        why=_verdict(least, outcomes),
        options=tuple(options.values()),
        best=options[least] if options[least].holds else None,
    )


def _alternatives(scenario: FlowsScenario) -> Iterator[tuple[str, FlowsScenario]]:
    yield "as asked", scenario
    alive = scenario
    if not scenario.kept_alive:
        alive = scenario.replace(keep_alive_s=min(KEEP_ALIVE_S, scenario.timeout_s / 2))
        yield f"keep-alive after {alive.keep_alive_s:g} s", alive
    if scenario.own_flow and scenario.protocol == TCP:
        longest = ELB.value("gwlb", "max_idle_timeout")
        yield f"idle timeout {longest:,} s", scenario.replace(idle_timeout_s=longest)
    else:
        yield FIVE, scenario.replace(stickiness=FIVE, per_pair=5)
    if scenario.event != NONE:
        moved = scenario.replace(target_failover="rebalance")
        yield "rebalance", moved
        yield "rebalance, shared state", moved.replace(state=SHARED)
        yield (
            "rebalance, shared state, keep-alive",
            alive.replace(target_failover="rebalance", state=SHARED),
        )


def _option(label: str, outcome: Outcome) -> Option:
    broken_pct = 100 * outcome.lost / outcome.seen
    cost = outcome.bill.usd_month
    return Option(
        label=label,
        scenario=outcome.scenario,
        holds=not outcome.lost,
        cost_usd_month=cost,
        numbers=(
            Number("broken", "broken", outcome.lost, f"{outcome.lost:,}"),
            Number("broken_pct", "of all", broken_pct, percent(broken_pct)),
            Number("cut_at_end", "cut off at the end", outcome.cut_at_end,
                   f"{outcome.cut_at_end:,}"),
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
        ),
    )  # fmt: skip


def _verdict(least: str, outcomes: dict[str, Outcome]) -> str:
    lost = outcomes[least].lost
    if least == "as asked":
        broken = f"{counted(lost, 'connection')} broken" if lost else "no connection broken"
        return f"Nothing here does better than what was asked for: {broken}."
    return f"The fewest break with {least}: {lost:,} instead of {outcomes['as asked'].lost:,}."
