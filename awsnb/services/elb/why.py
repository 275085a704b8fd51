"""What happened in a run and why, in a few computed sentences."""

import numpy as np

from awsnb.mechanisms.queueing import OK
from awsnb.services.elb.fleet import CRASH, DEREGISTER, NOTHING
from awsnb.services.elb.traffic import Run
from awsnb.words import milliseconds, percent


def why(run: Run) -> str:
    """What happened and why."""
    scenario = run.scenario
    sentences = [_of_the_event(run), _of_the_load(run)]
    goals = (
        f"Both goals are met: p99 {milliseconds(run.p99_ms)}, {percent(run.failed_pct)} failed."
        if run.holds
        else f"It misses its {' and its '.join(_missed(run))}."
    )
    if scenario.event == NOTHING:
        sentences = sentences[1:]
    sentences.append(_of_the_clients(run))
    return " ".join([goals, *filter(None, sentences)])


def _of_the_clients(run: Run) -> str:
    """What retries and impatience make of the load."""
    sentences = []
    times = run.request.size / max(run.answered.size, 1)
    if times > 1.05:
        sentences.append(f"With retries, requests are sent {times:.1f} times each.")
    end_s = run.scenario.duration_s
    served = int(((run.attempts.status == OK) & (run.attempts.end_s <= end_s)).sum())
    answered = int((run.answered & (run.outcome.end_s <= end_s)).sum())
    vain = 100 * (1 - answered / max(served, 1))
    if vain > 1:
        sentences.append(f"{percent(vain)} of what targets serve is for clients that gave up.")
    return " ".join(sentences)


def _missed(run: Run) -> list[str]:
    goal, scenario = [], run.scenario
    if not run.p99_ms <= scenario.p99_goal_ms:
        goal.append(
            f"p99 goal, {milliseconds(run.p99_ms)} against {milliseconds(scenario.p99_goal_ms)}"
        )
    if run.failed_pct > scenario.error_goal_pct:
        goal.append(
            f"error goal, {percent(run.failed_pct)} failed against "
            f"{percent(scenario.error_goal_pct)}"
        )
    return goal


def _of_the_event(run: Run) -> str:
    scenario = run.scenario
    if scenario.event == NOTHING or scenario.event_s >= scenario.duration_s:
        return ""
    if scenario.event == DEREGISTER and np.isinf(scenario.delay_s):
        late = run.arrival_s > 0.9 * scenario.duration_s
        still = 100 * float((run.outcome.target[late] == 0).mean()) if late.any() else 0.0
        return (
            f"Target 1 is deregistered at {scenario.event_s:g} s, but its connections go on: in "
            f"the last tenth of the run it still gets {percent(still)} of all requests."
        )
    if scenario.event == DEREGISTER:
        return (
            f"Target 1 is deregistered at {scenario.event_s:g} s; of what it still serves, "
            f"{run.failed:,} requests are cut off."
        )
    does = "refuses connections" if scenario.event == CRASH else "takes requests, answers none"
    if scenario.targets == 1:
        return f"The only target {does} from {scenario.event_s:g} s on; with none healthy, it "\
               f"still gets every request."  # fmt: skip
    until_s = min(scenario.event_s + scenario.detected_after_s, scenario.duration_s)
    window = (run.arrival_s >= scenario.event_s) & (run.arrival_s < until_s)
    lost = 100 * float((~run.answered[window]).mean()) if window.any() else 0.0
    return (
        f"Target 1 {does} from {scenario.event_s:g} s; health checks take "
        f"{until_s - scenario.event_s:g} s to see it, and until then {percent(lost)} of all "
        "requests fail."
    )


def _of_the_load(run: Run) -> str:
    scenario = run.scenario
    speed = scenario.slow_target_pct / 100
    lost = scenario.event != NOTHING and scenario.event_s < scenario.duration_s
    stays = scenario.event == DEREGISTER and np.isinf(scenario.delay_s)
    gone = lost and scenario.targets > 1 and not stays
    left = scenario.capacity_per_s * (1 - gone * speed / (scenario.targets - 1 + speed))
    load = 100 * scenario.offered_per_s / left
    who = f"the other {scenario.targets - 1}" if gone else f"the {scenario.targets}"
    if scenario.targets - gone == 1:
        who = "the one that is left" if gone else "the one target"
    if load >= 100:
        excess, back_s = scenario.offered_per_s - left, scenario.returns_at_s
        missing = " without target 1" if gone else ""
        if gone and back_s is not None and back_s < scenario.duration_s:
            missing += f", until it is back at {back_s:g} s"
        return (
            f"{scenario.offered_per_s:.3g} requests/s meet a capacity of {left:,.0f}{missing}: "
            f"{excess:,.0f} more wait each second, {run.outstanding_at_end:,} at the end."
        )
    from_s = 0.0
    if gone:
        late_s = 0.0 if scenario.event == DEREGISTER else scenario.detected_after_s
        from_s = min(scenario.event_s + late_s, 0.9 * scenario.duration_s)
    offered = run.offered_pct(from_s)
    uneven = offered.max() > max(1.15 * load, 75)
    hot = (
        f" But target {int(offered.argmax()) + 1} gets {offered.max():.0f} % of what it can take."
        if uneven
        else ""
    )
    return f"The load is {load:.0f} % of what {who} can serve.{hot}"
