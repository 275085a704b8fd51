"""What happened in a run and why, in a few computed sentences."""

from math import isinf

from awsnb.sections._balancing.scenario import (
    CRASH,
    DEREGISTER,
    ERRORS,
    HANG,
    FleetScenario,
)
from awsnb.sections._balancing.simulate import Outcome
from awsnb.words import a_second, are, counted, milliseconds, percent

DOES = {
    CRASH: "refuses connections",
    HANG: "takes requests and answers none",
    ERRORS: "answers errors at once and passes its health checks",
}
UNEVEN, NEARLY_FULL_PCT = 1.15, 75.0  # when a target's own load is worth a sentence
LATER_PCT = 1.0  # failures after the event that are worth a sentence
STORM_PCT = 50.0  # work done in vain that is a storm, where requests are sent again
OFTEN, MUCH_PCT = 1.05, 1.0  # tries a request, and work done in vain, worth a sentence


def why(outcome: Outcome) -> str:
    """Say what happened and why."""
    parts = _OF_A_STORM if _is_storm(outcome) else _OF_A_RUN
    return " ".join(filter(None, (part(outcome) for part in parts)))


def _is_storm(outcome: Outcome) -> bool:
    """Whether retries of requests that clients gave up on are most of what targets do."""
    return outcome.tries > OFTEN and outcome.wasted_pct > STORM_PCT


def _of_the_goals(outcome: Outcome) -> str:
    missed = _missed(outcome)
    if missed:
        return f"It misses its {' and its '.join(missed)}."
    scenario = outcome.scenario
    met = (
        f"p99 {milliseconds(outcome.p99_ms)} of {milliseconds(scenario.p99_goal_ms)} allowed, "
        f"{percent(outcome.failed_pct)} failed of {percent(scenario.error_goal_pct)} allowed"
    )
    if outcome.still_grows:
        return f"Both goals are met so far ({met}), but the queue still grows."
    return f"Both goals are met: {met}."


def _missed(outcome: Outcome) -> list[str]:
    goals, scenario = [], outcome.scenario
    if not outcome.p99_ms <= scenario.p99_goal_ms:
        goals.append(
            f"p99 goal ({milliseconds(outcome.p99_ms)}, "
            f"{milliseconds(scenario.p99_goal_ms)} allowed)"
        )
    if outcome.failed_pct > scenario.error_goal_pct:
        goals.append(
            f"error goal ({percent(outcome.failed_pct)} failed, {percent(scenario.error_goal_pct)} "
            "allowed)"
        )
    return goals


def _of_the_event(outcome: Outcome) -> str:
    scenario = outcome.scenario
    if not scenario.happens:
        return ""
    if scenario.event == DEREGISTER:
        return _of_the_drain(outcome)
    does, at_s = DOES[scenario.event], f"{scenario.event_s:g} s"
    if scenario.targets == 1 and scenario.event != ERRORS:
        return (
            f"The only target {does} from {at_s} on; with none healthy, it still gets every "
            "request."
        )
    return f"Target 1 {does} from {at_s} on; {_found(outcome)} of all requests fail."


def _found(outcome: Outcome) -> str:
    """Say how long a failure goes on, and what share of the requests fails until then."""
    scenario, until_s = outcome.scenario, _until_s(outcome.scenario)
    failed = percent(outcome.failed_pct_between(scenario.event_s, until_s))
    took_s = scenario.detected_after_s
    if scenario.event_s + took_s <= until_s:
        return f"health checks take {took_s:g} s to see it, and until then {failed}"
    end = "it is back" if until_s < scenario.duration_s else "the run ends"
    if scenario.event == ERRORS:
        return f"it is never taken out, and until {end}, at {until_s:g} s, {failed}"
    return (
        f"health checks would take {took_s:g} s to see it, and until {end}, at {until_s:g} s, "
        f"{failed}"
    )


def _until_s(scenario: FleetScenario) -> float:
    """When target 1 stops getting requests in vain: it is found out, or back, or the run ends."""
    found_s = scenario.event_s + scenario.detected_after_s
    return min(found_s, scenario.returns_at_s or found_s, scenario.duration_s)


def _of_the_drain(outcome: Outcome) -> str:
    scenario, cut = outcome.scenario, outcome.causes().get("cut", 0)
    start = f"Target 1 is deregistered at {scenario.event_s:g} s"
    if isinf(scenario.delay_s):
        return (
            f"{start}, but its connections go on: in the last tenth of the run it still gets "
            f"{percent(outcome.late_share_pct)} of all requests."
        )
    return f"{start}; of what it still serves, {counted(cut, 'request')} {are(cut)} cut off."


def _of_what_came_later(outcome: Outcome) -> str:
    """Say what fails once the event is dealt with, if that is more than a little."""
    scenario = outcome.scenario
    from_s = _until_s(scenario) if scenario.happens and scenario.event != DEREGISTER else 0.0
    causes = outcome.causes(from_s)
    later_pct = outcome.failed_pct_between(from_s, scenario.duration_s)
    if not causes or later_pct <= LATER_PCT or isinf(scenario.detected_after_s):
        return ""
    when = f"From {from_s:g} s on" if from_s else "Over the whole run"
    return (
        f"{when}, {percent(later_pct)} of all requests fail: "
        f"{_REASONS[next(iter(causes))]}.{_still(outcome)}"
    )


_REASONS = {
    "failed": "most at a dead target",
    "lost": "most in flight when it died",
    "cut": "most are cut off when the delay ends",
    "rejected": "most are turned away by full queues",
    "no target": "most find no target",
    "given up": "most are given up by their clients before they are answered",
}


def _still(outcome: Outcome) -> str:
    """Say how it goes on when target 1 has been back for long."""
    scenario, back_s = outcome.scenario, outcome.scenario.returns_at_s
    last_s = 0.9 * scenario.duration_s
    if back_s is None or back_s >= last_s:
        return ""
    still = percent(outcome.failed_pct_between(last_s, scenario.duration_s))
    return f" Target 1 is back at {back_s:g} s, and in the last tenth of the run {still} fail."


def _of_the_load(outcome: Outcome) -> str:
    scenario, gone = outcome.scenario, _is_gone(outcome.scenario)
    left_per_s = _left_per_s(scenario, gone)
    load_pct = 100 * outcome.load.per_s / left_per_s
    if load_pct >= 100:
        without = " without target 1" if gone else ""
        load = a_second(outcome.load.per_s, "request")
        return f"{load} meet a capacity of {left_per_s:,.0f}{without}."
    return f"The load is {load_pct:.0f} % of what {_who(scenario, gone)} can serve.{_hot(outcome)}"


def _is_gone(scenario: FleetScenario) -> bool:
    """Whether target 1 serves nothing from some time on."""
    stays = scenario.event == DEREGISTER and isinf(scenario.delay_s)
    return scenario.happens and scenario.targets > 1 and not stays


def _left_per_s(scenario: FleetScenario, gone: bool) -> float:
    """Requests a second that are served without target 1, or with it."""
    own = scenario.slow_target_pct / 100
    lost = own / (scenario.targets - 1 + own) if gone else 0.0
    return scenario.capacity_per_s * (1 - lost)


def _who(scenario: FleetScenario, gone: bool) -> str:
    others = scenario.targets - 1
    if gone:
        return "the one that is left" if others == 1 else f"the other {others}"
    return "the one target" if others == 0 else f"the {scenario.targets}"


def _hot(outcome: Outcome) -> str:
    """Name the target that is asked for far more than its part."""
    scenario, from_s = outcome.scenario, 0.0
    if _is_gone(scenario):
        late_s = 0.0 if scenario.event == DEREGISTER else scenario.detected_after_s
        from_s = min(scenario.event_s + late_s, 0.9 * scenario.duration_s)
    offered = outcome.offered_pct(from_s)
    load_pct = 100 * outcome.load.per_s / _left_per_s(scenario, _is_gone(scenario))
    if offered.max() <= max(UNEVEN * load_pct, NEARLY_FULL_PCT):
        return ""
    return (
        f" But target {int(offered.argmax()) + 1} gets {offered.max():.0f} % of what it can take."
    )


def _of_the_end(outcome: Outcome) -> str:
    """Say that the run ends before the story does."""
    if not outcome.still_grows:
        return ""
    left = outcome.unfinished(outcome.scenario.duration_s)
    what = "attempts" if outcome.tries > OFTEN else "requests"
    gone = outcome.abandoned_at_end
    given_up = f", {percent(100 * gone / left)} of them already given up" if gone else ""
    return (
        f"The queue still grows when the run ends: {left:,} {what} are unfinished{given_up}, and "
        "there would be more if the load stayed as it is."
    )


def _of_the_clients(outcome: Outcome) -> str:
    """Say what retries and impatience make of the load."""
    sentences = []
    if outcome.tries > OFTEN:
        sentences.append(f"With retries, requests are sent {outcome.tries:.1f} times each.")
    if outcome.wasted_pct > MUCH_PCT:
        sentences.append(
            f"{percent(outcome.wasted_pct)} of what targets serve is for clients that gave up."
        )
    return " ".join(sentences)


def _of_its_beginning(outcome: Outcome) -> str:
    scenario, at_s = outcome.scenario, f"{outcome.scenario.event_s:g} s"
    if not scenario.happens:
        return ""
    if scenario.event == DEREGISTER:
        return f"Target 1 is deregistered at {at_s}."
    return f"Target 1 {DOES[scenario.event]} from {at_s} on."


def _of_work_in_vain(outcome: Outcome) -> str:
    return (
        f"Clients give up after {milliseconds(1000 * outcome.patience_s)} and send a request "
        f"{outcome.tries:.1f} times, on average: {percent(outcome.wasted_pct)} of what targets "
        f"serve is for clients that gave up.{_still(outcome)}"
    )


def _of_what_is_left(outcome: Outcome) -> str:
    left, gone = outcome.unfinished(outcome.scenario.duration_s), outcome.abandoned_at_end
    if not outcome.still_grows or not gone:
        return ""
    return (
        f"The queue still grows when the run ends: {left:,} attempts are unfinished, "
        f"{percent(100 * gone / left)} of them already given up."
    )


_OF_A_RUN = (
    _of_the_goals,
    _of_the_event,
    _of_what_came_later,
    _of_the_load,
    _of_the_end,
    _of_the_clients,
)
_OF_A_STORM = (
    _of_the_goals,
    _of_its_beginning,
    _of_the_load,
    _of_work_in_vain,
    _of_what_is_left,
)
