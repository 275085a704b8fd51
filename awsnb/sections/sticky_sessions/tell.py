"""What there is to say of affinity: the busiest target, how new ones fill, what a death takes."""

from collections.abc import Iterator

import numpy as np

from awsnb.aws.elb import ELB
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.sticky_sessions.scenario import (
    ADDRESS,
    APPLICATION,
    CLASSIC,
    DURATION,
    LEAST,
    STORE,
    StickyScenario,
)
from awsnb.sections.sticky_sessions.scene import events, scene
from awsnb.sections.sticky_sessions.simulate import Outcome, Own
from awsnb.words import counted, percent, span

MOST_SHOWN = 20


def tell(outcome: Outcome) -> Result:
    """Say what affinity costs in balance, and what dies with a target.

    Returns
    -------
    Result
        `data` has by ``time_min`` the load of targets and the sessions that lost their state.
    """
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=" ".join(_why(outcome)),
        numbers=_numbers(outcome),
        data=_data(outcome),
        panels=_panels(outcome),
        notes=(*_of_own(outcome), *_notes(outcome.scenario)),
        scene=scene(outcome),
    )


def _why(outcome: Outcome) -> Iterator[str]:
    if outcome.own and outcome.own.counts.by_target.size > 1:
        yield _own_balance(outcome.own)
    yield _balance(outcome)
    if outcome.scenario.added:
        yield _filling(outcome)
    if outcome.scenario.death_min is not None:
        yield _death(outcome)
    if outcome.moved_at_min.size:
        yield _moves(outcome)


def _own_balance(own: Own) -> str:
    return (
        f"The busiest of your targets got {percent(own.share_pct[0])} of a fair share; their "
        f"spread is {percent(own.spread_pct)}. Your clients differ by "
        f"{percent(own.weight_spread_pct)} in requests, so ties at random would come to "
        f"{percent(own.chance_pct)}."
    )


def _balance(outcome: Outcome) -> str:
    scenario, busiest = outcome.scenario, percent(outcome.mean_busiest_pct)
    if scenario.stickiness == STORE:
        return "Nothing ties a session: each request may go to any target, and all get the same."
    if scenario.in_service == 1:
        return "There is one target: it gets everything."
    nat = ""
    if scenario.stickiness == ADDRESS and scenario.behind_nat_pct:
        nat = (
            f", since {scenario.behind_nat_pct:g} % of the sessions come from one address and go "
            "to one target"
        )
    return f"On average, the busiest target gets {busiest} of a fair share of the load{nat}."


def _filling(outcome: Outcome) -> str:
    scenario = outcome.scenario
    one = scenario.added == 1
    joins = "A target joins" if one else f"{scenario.added} targets join"
    if scenario.added_at_min == 0:
        return f"{joins} at the start of the run."
    joins += f" at {scenario.added_at_min:g} min"
    if scenario.stickiness == STORE:
        return f"{joins} and at once {'gets' if one else 'get'} a fair share."
    half, it_holds = outcome.half_filled_min, "it holds" if one else "they hold"
    if half is None:
        when = f"the run ends before {it_holds} half of a fair share"
    else:
        when = f"so {it_holds} half of a fair share after {span(60 * half)}"
    return f"{joins}; no live session moves there while its tie lasts, and {when}."


def _death(outcome: Outcome) -> str:
    scenario = outcome.scenario
    dies = f"Target 1 dies at {scenario.death_min:g} min"
    if scenario.stickiness == STORE:
        return f"{dies} and takes no session with it: their state is in the store."
    took = counted(outcome.died, "session")
    gone = f"{dies} and takes the state of {took} with it, {percent(outcome.died_pct)} of all."
    if scenario.back_at_min is None or not outcome.died:
        return gone
    again = f"when it is healthy again, at {scenario.back_at_min:g} min"
    if outcome.moved_at_min.size:
        return f"{gone} They stay elsewhere {again}, until their ties end."
    return f"{gone} None of them comes back {again}."


def _moves(outcome: Outcome) -> str:
    scenario, moves = outcome.scenario, int(outcome.moved_at_min.size)
    times = "Once" if moves == 1 else f"{moves:,} times"
    lasts = span(scenario.duration_s)
    why = (
        f"a cookie was {lasts} old, which a CLB does not renew"
        if scenario.stickiness == CLASSIC
        else f"no request came for {lasts}"
    )
    return f"{times}, {why}, and another target got the session without its state."


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    scenario, half = outcome.scenario, outcome.half_filled_min
    moves = int(outcome.moved_at_min.size)
    filled = "not in this run" if half is None else span(60 * half, zero="at once")
    live = float(outcome.live.mean())
    peak, chance = float(outcome.busiest_pct.max()), outcome.chance_pct
    return (
        Number("busiest_pct", "Busiest target, of a fair share", outcome.mean_busiest_pct,
               percent(outcome.mean_busiest_pct), headline=True),
        Number("half_filled_min", "New targets half full after", half,
               filled if scenario.added else "none join", headline=True),
        Number("died", "Sessions that die with target 1", outcome.died,
               f"{outcome.died:,} ({percent(outcome.died_pct)})"
               if scenario.death_min is not None else "it does not die", headline=True),
        Number("moved", "Moved without their state", moves, f"{moves:,} times", headline=True),
        Number("peak_pct", "Busiest target, at most", peak, percent(peak)),
        Number("chance_pct", "Spread of a target's load, by chance", chance, percent(chance)),
        Number("live", "Live sessions, on average", round(live), f"{live:,.0f}"),
    )  # fmt: skip


def _data(outcome: Outcome) -> dict[str, np.ndarray]:
    scenario = outcome.scenario
    columns: dict[str, np.ndarray] = {
        "time_min": outcome.time_min,
        "busiest_pct": outcome.busiest_pct,
        "first_pct": outcome.share_pct[0],
        "lost": outcome.lost_by_min,
    }
    if scenario.added:
        columns["new_pct"] = outcome.share_pct[scenario.targets :].mean(axis=0)
        columns["new_held_pct"] = outcome.new_held_pct
    if outcome.expected_pct is not None:
        columns["expected_pct"] = outcome.expected_pct
    if outcome.own:
        shown = outcome.own.share_pct[:MOST_SHOWN]
        columns["own_target"] = np.array([str(rank) for rank in range(1, shown.size + 1)])
        columns["own_pct"] = shown
    return columns


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    scenario = outcome.scenario
    load = [
        Curve("busiest_pct", "busiest target", "second", compare=True),
        Curve("first_pct", "first target", "third"),
    ]
    if scenario.added:
        load.append(Curve("new_pct", "added, on average", "first", compare=True))
    marks = tuple(events(scenario))
    panels = [Panel("Load, of a fair share", "%", tuple(load), x="time_min",
                    x_title="time (min)", events=marks)]  # fmt: skip
    if scenario.added:
        panels.append(_sessions_panel(outcome))
    lost = (Curve("lost", "times, so far", "fourth", compare=True),)
    panels.append(
        Panel("A session lost its state", "times", lost, x="time_min", x_title="time (min)")
    )
    if outcome.own:
        bars = (Curve("own_pct", "requests", "second"),)
        panels.append(Panel("Your targets, of a fair share", "%", bars, kind="bars",
                            x="own_target", x_title="target, the busiest first"))  # fmt: skip
    return tuple(panels)


def _sessions_panel(outcome: Outcome) -> Panel:
    curves = [Curve("new_held_pct", "added, on average", "first")]
    doubtful: tuple[tuple[float, float, str], ...] = ()
    if outcome.expected_pct is not None:
        curves.append(Curve("expected_pct", "closed form", "theory"))
        doubtful = tuple(_beyond_theory(outcome.scenario))
    return Panel("Sessions, of a fair share", "%", tuple(curves), x="time_min",
                 x_title="time (min)", doubtful=doubtful)  # fmt: skip


def _beyond_theory(scenario: StickyScenario) -> Iterator[tuple[float, float, str]]:
    if scenario.death_min is not None:
        yield scenario.death_min, scenario.run_min, "sessions of a dead target move"


def _of_own(outcome: Outcome) -> Iterator[str]:
    own = outcome.own
    if own is None:
        return
    targets, clients = own.counts.by_target.size, own.counts.by_client.size
    unsent = f" {own.counts.unsent:,} that no target got are left out." if own.counts.unsent else ""
    yield (
        f"Your log: {counted(int(own.counts.by_target.sum()), 'request')} of "
        f"{counted(clients, 'client address', 'client addresses')} to "
        f"{counted(targets, 'target')}.{unsent}"
    )


def _notes(scenario: StickyScenario) -> Iterator[str]:
    yield (
        "Sessions come at random, with lognormal lengths and weights. The death is known at once: "
        "requests that fail until health checks see it are not counted."
    )
    if scenario.stickiness == DURATION:
        yield "Recalled, not checked: each response of an ALB starts the duration again."
    if scenario.stickiness == APPLICATION:
        yield "The application's cookie is taken to last as long as its session."
    if scenario.stickiness == CLASSIC or scenario.routing == LEAST:
        yield (
            "Outstanding requests are taken to be in proportion to the requests of a target. Where "
            "few are in flight, chance decides and evens less."
        )
    if scenario.stickiness == ADDRESS:
        kind = ELB.value("nlb", "stickiness_types")
        yield (
            f"An NLB's only stickiness is {kind}. How it picks a target for a new address is "
            "assumed: at random."
        )
