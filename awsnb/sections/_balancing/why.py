"""What happened in a run and why, in a few computed sentences."""

import numpy as np

from awsnb.mechanisms.queueing import OK
from awsnb.sections._balancing.scenario import CRASH, DEREGISTER, NOTHING
from awsnb.sections._balancing.simulate import Outcome
from awsnb.words import milliseconds, percent


def why(outcome: Outcome) -> str:
    """What happened and why."""
    scenario = outcome.scenario
    sentences = [_of_the_event(outcome), _of_the_load(outcome)]
    goals = (
        f"Both goals are met: p99 {milliseconds(outcome.p99_ms)}, "
        f"{percent(outcome.failed_pct)} failed."
        if outcome.holds
        else f"It misses its {' and its '.join(_missed(outcome))}."
    )
    if scenario.event == NOTHING:
        sentences = sentences[1:]
    sentences.append(_of_the_clients(outcome))
    return " ".join([goals, *filter(None, sentences)])


def _of_the_clients(outcome: Outcome) -> str:
    """What retries and impatience make of the load."""
    sentences = []
    times = outcome.request.size / max(outcome.answered.size, 1)
    if times > 1.05:
        sentences.append(f"With retries, requests are sent {times:.1f} times each.")
    end_s = outcome.scenario.duration_s
    served = int(((outcome.attempts.status == OK) & (outcome.attempts.end_s <= end_s)).sum())
    answered = int((outcome.answered & (outcome.requests.end_s <= end_s)).sum())
    vain = 100 * (1 - answered / max(served, 1))
    if vain > 1:
        sentences.append(f"{percent(vain)} of what targets serve is for clients that gave up.")
    return " ".join(sentences)


def _missed(outcome: Outcome) -> list[str]:
    goal, scenario = [], outcome.scenario
    if not outcome.p99_ms <= scenario.p99_goal_ms:
        goal.append(
            f"p99 goal, {milliseconds(outcome.p99_ms)} against {milliseconds(scenario.p99_goal_ms)}"
        )
    if outcome.failed_pct > scenario.error_goal_pct:
        goal.append(
            f"error goal, {percent(outcome.failed_pct)} failed against "
            f"{percent(scenario.error_goal_pct)}"
        )
    return goal


def _of_the_event(outcome: Outcome) -> str:
    scenario = outcome.scenario
    if scenario.event == NOTHING or scenario.event_s >= scenario.duration_s:
        return ""
    if scenario.event == DEREGISTER and np.isinf(scenario.delay_s):
        return (
            f"Target 1 is deregistered at {scenario.event_s:g} s, but its connections go on: in "
            f"the last tenth of the run it still gets {percent(outcome.late_share_pct)} of all "
            "requests."
        )
    if scenario.event == DEREGISTER:
        return (
            f"Target 1 is deregistered at {scenario.event_s:g} s; of what it still serves, "
            f"{outcome.failed:,} requests are cut off."
        )
    does = "refuses connections" if scenario.event == CRASH else "takes requests, answers none"
    if scenario.targets == 1:
        return f"The only target {does} from {scenario.event_s:g} s on; with none healthy, it "\
               f"still gets every request."  # fmt: skip
    until_s = min(scenario.event_s + scenario.detected_after_s, scenario.duration_s)
    window = (outcome.arrival_s >= scenario.event_s) & (outcome.arrival_s < until_s)
    lost = 100 * float((~outcome.answered[window]).mean()) if window.any() else 0.0
    return (
        f"Target 1 {does} from {scenario.event_s:g} s; health checks take "
        f"{until_s - scenario.event_s:g} s to see it, and until then {percent(lost)} of all "
        "requests fail."
    )


def _of_the_load(outcome: Outcome) -> str:
    scenario = outcome.scenario
    speed = scenario.slow_target_pct / 100
    lost = scenario.event != NOTHING and scenario.event_s < scenario.duration_s
    stays = scenario.event == DEREGISTER and np.isinf(scenario.delay_s)
    gone = lost and scenario.targets > 1 and not stays
    left = scenario.capacity_per_s * (1 - gone * speed / (scenario.targets - 1 + speed))
    load = 100 * outcome.load.per_s / left
    who = f"the other {scenario.targets - 1}" if gone else f"the {scenario.targets}"
    if scenario.targets - gone == 1:
        who = "the one that is left" if gone else "the one target"
    if load >= 100:
        excess, back_s = outcome.load.per_s - left, scenario.returns_at_s
        missing = " without target 1" if gone else ""
        if gone and back_s is not None and back_s < scenario.duration_s:
            missing += f", until it is back at {back_s:g} s"
        return (
            f"{outcome.load.per_s:.3g} requests/s meet a capacity of {left:,.0f}{missing}: "
            f"{excess:,.0f} more wait each second, {outcome.outstanding_at_end:,} at the end."
        )
    from_s = 0.0
    if gone:
        late_s = 0.0 if scenario.event == DEREGISTER else scenario.detected_after_s
        from_s = min(scenario.event_s + late_s, 0.9 * scenario.duration_s)
    offered = outcome.offered_pct(from_s)
    uneven = offered.max() > max(1.15 * load, 75)
    hot = (
        f" But target {int(offered.argmax()) + 1} gets {offered.max():.0f} % of what it can take."
        if uneven
        else ""
    )
    return f"The load is {load:.0f} % of what {who} can serve.{hot}"
