"""What happened and why, in sentences."""

import numpy as np

from awsnb.aws.autoscaling import ASG
from awsnb.sections.scaling_policies.scenario import (
    CPU,
    FIXED,
    MEMORY,
    PREDICTIVE,
    REQUESTS,
    SCHEDULED,
    STEPS,
    TRACKS,
)
from awsnb.sections.scaling_policies.simulate import FULL_PCT, LATELY, Outcome, Signal
from awsnb.words import are, counted, percent, span

DAY_S = 86_400
MOVES = {1: "still grows", -1: "still shrinks"}


def why(outcome: Outcome) -> str:
    """Say what happened and why, in a few computed sentences."""
    if outcome.first_above is None:
        said = [_never(outcome)]
    else:
        said = [_answer(outcome), _earlier(outcome), _effect(outcome), _forecast(outcome)]
    said += [_limit(outcome), _overshoot(outcome), _flaps(outcome), _end(outcome)]
    said.append(_memory(outcome))
    return " ".join(filter(None, said))


def value(signal: Signal, number: float) -> str:
    """Say a value of a metric with its unit."""
    if signal.name == REQUESTS:
        return f"{number:,.0f} requests per target and minute"
    return f"{number:.3g} %"


def _never(outcome: Outcome) -> str:
    size = counted(int(outcome.in_service.max()), "instance")
    parts = []
    for signal in outcome.signals:
        known = signal.values[np.isfinite(signal.values)]
        peak = value(signal, float(known.max(initial=0.0)))
        parts.append(
            f"{_name(signal)} never rose above {value(signal, signal.target)}: "
            f"it peaked at {peak} on {size}."
        )
    return " ".join(parts)


def _name(signal: Signal) -> str:
    return {CPU: "CPU", MEMORY: "Memory", REQUESTS: "The request count"}[signal.name]


def _answer(outcome: Outcome) -> str:
    start = _passed(outcome)
    if outcome.answer is None:
        return f"{start}, and {_unanswered(outcome)}."
    at = _clock(outcome, float(outcome.scaling.decided_s[outcome.answer]))
    before, after = _change(outcome, outcome.answer)
    took = span(outcome.reaction_s or 0)
    if outcome.answered_by is None:
        others = {SCHEDULED: "a scheduled action", PREDICTIVE: "the forecast"}
        who = others.get(outcome.scenario.policy, "its minimum")
        return (
            f"{start}; at {at} {who} took the group from {before} to {after}, and with the boot "
            f"they served {took} after the breach began."
        )
    return (
        f"{start}; at {at} the group went from {before} to {after}, and with the boot it took "
        f"{took} until they served."
    )


def _passed(outcome: Outcome) -> str:
    """Say which metric was the first above its target in the breach, and when."""
    period = outcome.breach or 0
    signal = next(one for one in outcome.signals if one.above[period])
    at = _clock(outcome, period * outcome.period_s)
    return f"{_name(signal)} passed {value(signal, signal.target)} in the period from {at}"


def _clock(outcome: Outcome, seconds: float) -> str:
    """Say a moment: with the day of the week if the load lasts for more than one."""
    moment = outcome.clock(seconds)
    return f"{moment:%a %H:%M}" if outcome.duration_s > DAY_S else f"{moment:%H:%M}"


def _earlier(outcome: Outcome) -> str:
    """Say that breaches before the one that was answered changed nothing."""
    if outcome.answered_by is None or outcome.first_above == outcome.breach:
        return ""
    count = int(outcome.above[: outcome.breach].sum())
    alarm = outcome.scaling.alarms[outcome.answered_by]
    since = _clock(outcome, (outcome.first_above or 0) * outcome.period_s)
    came = "none of them was answered"
    if not outcome.asked_before:
        came = f"too few together for the alarm, which takes {alarm.datapoints} of {alarm.periods}"
    periods = counted(count, "period")
    return f"Since {since}, {periods} had been above a target, {came}."


def _forecast(outcome: Outcome) -> str:
    """Say how much of the delay came before there was a forecast."""
    begins_s = 3600 * ASG.value("predictive", "min_history")
    if outcome.scenario.policy != PREDICTIVE or not outcome.delayed:
        return ""
    if outcome.duration_s <= begins_s:
        return f"The load is too short for a forecast, which takes {span(begins_s)}."
    late = slice(round(begins_s / outcome.period_s), None)
    later = float(outcome.scaling.delayed[late].sum() + outcome.scaling.lost[late].sum())
    share = percent(100 - 100 * later / outcome.delayed) if later else "All"
    return f"{share} of them came in the first {span(begins_s)}, before there was a forecast."


def _unanswered(outcome: Outcome) -> str:
    scenario = outcome.scenario
    if scenario.policy == FIXED:
        return "nothing changes its size"
    if int(outcome.scaling.desired.max()) >= scenario.most:
        most = counted(scenario.most, "instance")
        return f"nothing was added: {most} {are(scenario.most)} the maximum"
    if outcome.asked_before:
        return "nothing was added"
    return "nothing was added: too few periods were above it for the alarm to go off"


def _change(outcome: Outcome, period: int) -> tuple[int, int]:
    desired = outcome.scaling.desired
    before = int(desired[period - 1]) if period else outcome.scaling.group.initial
    return before, int(desired[period])


def _effect(outcome: Outcome) -> str:
    drops = outcome.scenario.overload == "drop"
    if not outcome.delayed:
        return "No request was turned away." if drops else "No request had to wait."
    delayed = f"{outcome.delayed:,.0f} requests ({percent(outcome.delayed_pct)})"
    if drops:
        return f"{delayed} were turned away."
    said = f"{delayed} had to wait, the longest {span(outcome.worst_wait_s)}."
    backlog = outcome.scaling.backlog
    if backlog[-1] < 1:
        return said
    grows = ", and more each minute" if backlog[-1] > backlog[-LATELY:][0] else ""
    return f"{said} {backlog[-1]:,.0f} still wait when the load ends{grows}."


def _flaps(outcome: Outcome) -> str:
    if not outcome.flaps:
        return ""
    count = int(outcome.scaling.totals.reversals)
    return (
        f"It never comes to rest: it turned between growing and shrinking {count:,} times, every "
        f"{span(outcome.duration_s / count)} on average; the load itself turned "
        f"{counted(outcome.load_turns, 'time')}."
    )


def _overshoot(outcome: Outcome) -> str:
    if outcome.overshoot is None:
        return ""
    size, most = int(outcome.scaling.desired[outcome.overshoot]), int(outcome.needed.max())
    at = _clock(outcome, float(outcome.scaling.decided_s[outcome.overshoot]))
    limit = ", its maximum" if size == outcome.scenario.most else ""
    return (
        f"At {at} it overshot to {size}{limit}: {_cause(outcome)}the load never needs more than "
        f"{most}."
    )


def _cause(outcome: Outcome) -> str:
    """Say why the largest size was asked for, where that can be known."""
    newest = (outcome.overshoot or 0) - 1 - outcome.lag
    if CPU in outcome.scenario.watched and newest >= 0 and outcome.cpu_pct[newest] >= FULL_PCT:
        short = "are turned away" if outcome.scenario.overload == "drop" else "wait"
        return f"a full CPU asks for more while requests {short}, and "
    if outcome.scenario.policy == STEPS:
        return f"it adds {outcome.scenario.added} or more at a time, and "
    return ""


def _limit(outcome: Outcome) -> str:
    """Say so if the load needs more than the group may have."""
    if outcome.peak_need <= outcome.scenario.most or not outcome.scenario.full_pct:
        return ""
    return (
        f"At its peak the load needs {outcome.peak_need:,} for the target, and the group may have "
        f"{outcome.scenario.most:,}."
    )


def _end(outcome: Outcome) -> str:
    """Say so if the group has not settled, or can't, when the load ends."""
    scenario = outcome.scenario
    size, need = int(outcome.scaling.desired[-1]), int(outcome.needed[-1])
    where = f"{size} run where {need} would hold the target"
    if outcome.flaps:
        return ""
    if outcome.moves_at_end:
        moves = MOVES[outcome.moves_at_end]
        return f"It has not settled when the load ends: {where}, and it {moves}."
    if size <= need or scenario.policy == FIXED:
        return ""
    if not scenario.scale_in:
        return f"At the end {where}: scale-in is off."
    if size <= scenario.protected:
        return f"At the end {where}: they are protected from scale-in."
    held = _held(outcome)
    return f"At the end {where}: {held}." if held else ""


def _held(outcome: Outcome) -> str:
    """Say which metric keeps the group from shrinking at the end; "" if none does."""
    scenario = outcome.scenario
    low = [one.name for one in outcome.signals if one.below[-LATELY:].all()]
    silent = [one.name for one in outcome.signals if np.isnan(one.values[-LATELY:]).all()]
    high = [one.name for one in outcome.signals if one.name not in low + silent]
    if silent:
        takes = "and target tracking doesn't take that as low"
        if scenario.policy not in TRACKS:
            takes = f"and TreatMissingData of the scale-in alarm is {scenario.missing_data}"
        return (
            f"without requests the load balancer sends no datapoint, {takes} (AWS's pages differ: "
            "by another of them it sends zeros)"
        )
    if not (low and high) or scenario.policy not in TRACKS:
        return ""
    agree = "target tracking shrinks a group only when all its policies agree"
    for signal in outcome.signals:
        if signal.name == MEMORY and scenario.memory_idle_pct >= signal.low:
            return (
                f"memory never falls below {signal.low:g} %, for an instance without load is at "
                f"{scenario.memory_idle_pct:g} %, and {agree}"
            )
    return f"{' and '.join(low)} would let it shrink, {' and '.join(high)} would not, and {agree}"


def _memory(outcome: Outcome) -> str:
    """Say so if no size brings memory to its target."""
    scenario = outcome.scenario
    if MEMORY not in scenario.watched or scenario.memory_idle_pct < scenario.memory_target_pct:
        return ""
    return (
        f"No number of instances brings memory to {scenario.memory_target_pct:g} %: one without "
        f"load is at {scenario.memory_idle_pct:g} %."
    )
