"""What there is to say of a policy on a load: numbers, the reason, the curves."""

from typing import Any

import numpy as np

from awsnb.aws.autoscaling import APPLICATION, ASG
from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.scaling_policies.scenario import FIXED, PREDICTIVE, TRACKS
from awsnb.sections.scaling_policies.simulate import Outcome
from awsnb.words import counted, percent, span, usd

STATES = ("not breaching", "breaching, counts", "in alarm, held", "in alarm, scales")
MOST_SHADED = 6


def tell(outcome: Outcome) -> Result:
    """Say what a policy did with a load.

    Returns
    -------
    Result
        `series` has per metric period: the load and the capacity in service (requests/s), the CPU
        that the alarms see (%), the instances wanted, in service and needed, and the requests
        that wait.
    """
    scenario, scaling = outcome.scenario, outcome.scaling
    n = scaling.served.size
    data: dict[str, Any] = {
        "time": outcome.times,
        "load_rps": outcome.rps,
        "capacity_rps": outcome.in_service * scenario.capacity_rps,
        "cpu_pct": outcome.cpu_pct,
        "scale_out_above_pct": np.full(n, outcome.thresholds_pct[0]),
        "scale_in_below_pct": np.full(n, outcome.thresholds_pct[1]),
        "wanted": scaling.desired.astype(np.int64),
        "in_service": outcome.in_service,
        "needed": outcome.needed,
        "waiting": scaling.backlog,
        "lost_rps": scaling.lost / outcome.period_s,
        "mean_instances": scaling.instance_s / outcome.period_s,
    }
    if scaling.alarms:
        data["alarm"] = np.array(alarm_names(outcome))
        data["state"] = outcome.alarm_states
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=why(outcome),
        numbers=numbers(outcome),
        data=data,
        panels=_panels(outcome),
        notes=notes(outcome),
    )


def alarm_names(outcome: Outcome) -> list[str]:
    """What each alarm does, for the rows of the heat map."""
    return ["scale out" if alarm.above else "scale in" for alarm in outcome.scaling.alarms]


def numbers(outcome: Outcome) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    totals = outcome.scaling.totals
    hours = totals.instance_s / 3600
    expected = None if outcome.scenario.policy == FIXED else outcome.expected_reaction_s / 60
    reaction = None if outcome.reaction_s is None else outcome.reaction_s / 60
    word = "turned away" if outcome.scenario.overload == "drop" else "delayed"
    return (
        Number("delayed_pct", f"Requests {word}", outcome.delayed_pct, percent(outcome.delayed_pct),
               headline=True),
        Number("above_target_min", "Time above the target", outcome.above_s / 60,
               span(outcome.above_s), headline=True),
        Number("cost_usd_month", "A month like this", outcome.cost_usd_month,
               usd(outcome.cost_usd_month), headline=True),
        Number("reaction_min", "From breach to new capacity", reaction,
               "never" if reaction is None else f"{reaction:.1f} min"),
        Number("expected_reaction_min", "The same by the closed form", expected,
               "-" if expected is None else f"{expected:.1f} min"),
        Number("worst_wait_s", "Longest wait", outcome.worst_wait_s, span(outcome.worst_wait_s)),
        Number("delayed", f"Requests {word}, in all", outcome.delayed, f"{outcome.delayed:,.0f}"),
        Number("instance_hours", "Instance-hours", hours, f"{hours:,.2f}"),
        Number("cost_usd", "Instances for this load", outcome.cost_usd, usd(outcome.cost_usd)),
        Number("peak_instances", "Largest size", int(totals.peak), f"{totals.peak:,.0f}"),
        Number("most_needed", "Needed at the peak", int(outcome.needed.max()),
               f"{outcome.needed.max():,}"),
        Number("launched", "Instances launched", int(totals.launched), f"{totals.launched:,.0f}"),
        Number("removed", "Instances removed", int(totals.removed), f"{totals.removed:,.0f}"),
        Number("reversals", "Changes of direction", int(totals.reversals),
               f"{totals.reversals:,.0f}"),
        Number("short_min", "Capacity short for", totals.short_s / 60, span(totals.short_s)),
        Number("waiting_at_end", "Waiting at the end", totals.backlog, f"{totals.backlog:,.0f}"),
    )  # fmt: skip


def why(outcome: Outcome) -> str:
    """What happened and why."""
    scenario = outcome.scenario
    if outcome.breach is None:
        peak = float(np.nanmax(outcome.cpu_pct)) if np.isfinite(outcome.cpu_pct).any() else 0.0
        return (
            f"CPU never rose above {scenario.target_pct:g} %: it peaked at {peak:.3g} % on "
            f"{_group(outcome)}."
        )
    return f"{_answer(outcome)} {_effect(outcome)}"


def _answer(outcome: Outcome) -> str:
    scenario, scaling = outcome.scenario, outcome.scaling
    assert outcome.breach is not None
    first = outcome.clock(outcome.breach * outcome.period_s)
    start = f"CPU passed {scenario.target_pct:g} % in the period from {first:%H:%M}"
    if outcome.answer is None:
        stays = "nothing changes its size" if scenario.policy == FIXED else "nothing was added"
        return f"{start}, and {stays}."
    decided = outcome.clock(float(scaling.decided_s[outcome.answer]))
    before = int(scaling.desired[outcome.answer - 1]) if outcome.answer else scaling.group.initial
    after = int(scaling.desired[outcome.answer])
    return (
        f"{start}; at {decided:%H:%M} the group went from {before} to {after}, and with the boot "
        f"it took {span(outcome.reaction_s or 0)} until they served."
    )


def _effect(outcome: Outcome) -> str:
    verb = "were turned away" if outcome.scenario.overload == "drop" else "had to wait"
    if not outcome.delayed:
        return "No request had to wait."
    longest = (
        "" if outcome.scenario.overload == "drop" else f", the longest {span(outcome.worst_wait_s)}"
    )
    left = outcome.scaling.totals.backlog
    end = f" {left:,.0f} still wait at the end." if left >= 1 else ""
    return f"{outcome.delayed:,.0f} requests ({percent(outcome.delayed_pct)}) {verb}{longest}.{end}"


def _group(outcome: Outcome) -> str:
    most = int(outcome.in_service.max())
    return f"{counted(most, 'instance')}"


def notes(outcome: Outcome) -> tuple[str, ...]:
    """What was assumed."""
    scenario = outcome.scenario
    delay, price = (
        ASG.get("monitoring", "datapoint_delay"),
        EC2.get(scenario.instance_type, "hour_price"),
    )
    said = [
        *outcome.load.notes,
        f"Instances share the load evenly; each is at 100 % CPU at {scenario.capacity_rps:g} "
        f"requests/s. A datapoint is seen {delay.value} s after its period ({delay.confidence}).",
    ]
    if scenario.monitoring == "basic" and scenario.policy != FIXED:
        said.append(
            "5-minute data: the 1-minute alarms find one datapoint in five and judge by it when "
            "it is as old as they ask for (assumed from how CloudWatch treats missing data)."
        )
    if scenario.policy in TRACKS:
        said.append(
            "Scale-in removes one instance a decision (assumed: AWS says more gradually than out)."
        )
    if scenario.scaler == APPLICATION:
        said.append(
            "A cooldown begins when its change is complete (AWS doesn't say more); every task or "
            f"replica is priced as one {scenario.instance_type}."
        )
    if scenario.policy == PREDICTIVE:
        history = ASG.value("predictive", "min_history")
        said.append(
            f"The forecast is the mean of the same hours before, after {history} h of history; "
            "AWS's own method is not published."
        )
    said.append(
        f"Prices: {price.region}, as of {price.as_of}: instances, 1-minute metrics if detailed, "
        "and alarms; without the load balancer and data transfer."
    )
    return tuple(said)


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    scenario = outcome.scenario
    load = Panel(
        "Load and capacity",
        "requests/s",
        (
            Curve("load_rps", "load", "demand"),
            Curve("capacity_rps", "capacity in service", "served", compare=True),
        ),
        events=_events(outcome),
    )
    lines = [Curve("cpu_pct", "CPU of the group", "first", compare=True)]
    if scenario.policy != FIXED:
        lines += [
            Curve("scale_out_above_pct", "scale out above", "theory"),
            Curve("scale_in_below_pct", "scale in below", "theory"),
        ]
    metric = Panel("What the alarms see", "%", tuple(lines), limits=(0.0, 105.0))
    size = Panel(
        "Instances",
        "instances",
        (
            Curve("wanted", "wanted", "second"),
            Curve("in_service", "in service", "first", compare=True),
            Curve("needed", "needed at the target", "theory"),
        ),
        doubtful=_saturated(outcome),
    )
    waiting, unit = (
        ("waiting", "requests") if scenario.overload == "queue" else ("lost_rps", "requests/s")
    )
    name = "Requests waiting" if scenario.overload == "queue" else "Requests turned away"
    queue = Panel(
        name, unit, (Curve(waiting, "waiting" if waiting == "waiting" else "lost", "served", True),)
    )
    if not outcome.scaling.alarms:
        return load, metric, size, queue
    alarms = Panel(
        "The two alarms", "", (Curve("state", "state", "first"),), kind="heat", rows="alarm",
        levels=STATES,
    )  # fmt: skip
    return load, metric, size, queue, alarms


def _events(outcome: Outcome) -> tuple[tuple[Any, str], ...]:
    if outcome.breach is None or outcome.answer is None:
        return ()
    decided = float(outcome.scaling.decided_s[outcome.answer])
    moments = np.array(
        [outcome.breach * outcome.period_s, decided, decided + outcome.scenario.boot_s]
    )
    texts = ("breach", "decision", "they serve")
    return tuple(zip(outcome.at(moments), texts, strict=True))


def _saturated(outcome: Outcome) -> tuple[tuple[Any, Any, str], ...]:
    """The longest spells in which CPU is at 100 % and can't tell how much is missing."""
    full = np.concatenate(([False], outcome.cpu_pct >= 99.95, [False]))
    edges = np.flatnonzero(full[1:] != full[:-1]).reshape(-1, 2)
    longest = sorted(edges.tolist(), key=lambda edge: edge[0] - edge[1])[:MOST_SHADED]
    shaded = []
    for number, (first, last) in enumerate(sorted(longest)):
        ends = outcome.at(np.array([first, last]) * outcome.period_s)
        shaded.append((ends[0], ends[1], "" if number else "CPU can't tell how much is missing"))
    return tuple(shaded)
