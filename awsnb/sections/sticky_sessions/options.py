"""What else would do: other ties, and a store for the sessions, with and without a replica."""

from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.sticky_sessions.scenario import (
    APPLICATION,
    LEAST,
    STORE,
    StickyScenario,
)
from awsnb.sections.sticky_sessions.simulate import Outcome, simulate
from awsnb.words import counted, percent, span, usd

REPLICAS = {"a store on one node": 0, "a store with a replica": 1}


def compare(scenario: StickyScenario) -> Comparison:
    """Compare the scenario's tie with other ties, and with stores in ElastiCache.

    Returns
    -------
    Comparison
        Costs are those of the store; a tie costs nothing. An option holds if neither the death of a
        target nor that of a store's node takes more sessions than the goal, and if the busiest
        target meets its own.
    """
    options = [_tied(_label(one), simulate(one)) for one in _ties(scenario)]
    without = simulate(_with(scenario, STORE))
    options += [_stored(label, without, replicas) for label, replicas in REPLICAS.items()]
    best = cheapest(options)
    return Comparison("Ties, and stores", _why(best), tuple(options), best)


def _ties(scenario: StickyScenario) -> list[StickyScenario]:
    own = [] if scenario.stickiness == STORE else [scenario]
    others = [_with(scenario, APPLICATION), _with(scenario, APPLICATION).replace(routing=LEAST)]
    return own + [one for one in others if _label(one) not in map(_label, own)]


def _label(scenario: StickyScenario) -> str:
    return f"ALB, {LEAST}" if scenario.routing == LEAST else scenario.stickiness


def _with(scenario: StickyScenario, stickiness: str) -> StickyScenario:
    """Return the scenario with another tie, and that tie's own settings at their defaults.

    A log of one's own shows the tie that was, so it is left out.
    """
    own = {"duration_s", "routing", "behind_nat_pct", "log"}
    changes = {name: value for name, value in scenario.changes().items() if name not in own}
    return StickyScenario(**{**changes, "stickiness": stickiness})


def _tied(label: str, outcome: Outcome) -> Option:
    lost = percent(outcome.died_pct) if outcome.scenario.death_min is not None else "none dies"
    return Option(label, outcome.scenario, outcome.holds, 0.0,
                  _numbers(outcome, outcome.died_pct, lost, "no store"),
                  _remark(outcome))  # fmt: skip


def _remark(outcome: Outcome) -> str:
    moves = int(outcome.moved_at_min.size)
    return f"state lost {counted(moves, 'time')} more" if moves else ""


def _stored(label: str, outcome: Outcome, replicas: int) -> Option:
    store = outcome.scenario.store(replicas)
    dies = 0.0 if store.keeps_copies else 100.0
    holds = outcome.holds and dies <= outcome.scenario.lost_goal_pct
    with_node = "few" if store.keeps_copies else percent(dies)
    cost = store.cost_usd_month(outcome.scenario.live_sessions, 0.0)
    return Option(label, outcome.scenario, holds, cost,
                  _numbers(outcome, 0.0, "0 %", with_node, cost),
                  f"away about {span(store.failover_s)} if its node dies (assumed)")  # fmt: skip


def _numbers(
    outcome: Outcome, lost_pct: float, lost: str, with_node: str, cost: float = 0.0
) -> tuple[Number, ...]:
    busiest = outcome.mean_busiest_pct
    return (
        Number("busiest_pct", "busiest target", busiest, percent(busiest)),
        Number("lost_pct", "lost with target 1", lost_pct, lost),
        Number("with_node", "lost with a store's node", with_node, with_node),
        Number("store_usd_month", "store, a month", cost, usd(cost)),
    )


def _why(best: Option | None) -> str:
    if best is None:
        return "None of these meets both goals."
    cost = best.cost_usd_month or 0.0
    price = f"at {usd(cost)} a month" if cost else "at no cost"
    return f"The cheapest that meets both goals is {best.label}, {price}."
