"""What a run comes to: its numbers, its panels, and in a sentence or two why."""

from typing import Any

import numpy as np

from awsnb.mechanisms.control_loop import SCALED, WAITS
from awsnb.results import Curve, Number, Panel, Result
from awsnb.services.autoscaling.policy import APPLICATION, ASG, FIXED, PREDICTIVE, PolicyScenario
from awsnb.services.autoscaling.run import Run, at
from awsnb.words import percent, span

STATES = ("not breaching", "breaching, counts", "in alarm, held", "in alarm, scales")
QUIET, COUNTS, HELD, SCALES = range(4)
MOST_SHADED = 6


def simulate_policy(scenario: PolicyScenario) -> Result:
    """Let a scaling policy follow a load.

    Parameters
    ----------
    scenario : PolicyScenario
        The group, its policy and its load.

    Returns
    -------
    Result
        `series` has per metric period: the load and the capacity in service (requests/s), the CPU
        that the alarms see (%), the instances wanted, in service and needed, and the requests
        that wait.

    Raises
    ------
    ScenarioError, TraceError
        If the trace can't be read, or can't be the load on a group.
    """
    return told(Run.of(scenario))


def told(run: Run) -> Result:
    """Put a run into a result."""
    scenario, scaling = run.scenario, run.scaling
    n = scaling.served.size
    data: dict[str, Any] = {
        "time": run.times,
        "load_rps": run.rps,
        "capacity_rps": run.in_service * scenario.capacity_rps,
        "cpu_pct": run.cpu_pct,
        "scale_out_above_pct": np.full(n, scenario.alarms[0].threshold),
        "scale_in_below_pct": np.full(n, scenario.alarms[1].threshold),
        "wanted": scaling.desired.astype(np.int64),
        "in_service": run.in_service,
        "needed": run.needed,
        "waiting": scaling.backlog,
        "lost_rps": scaling.lost / run.period_s,
        "mean_instances": scaling.instance_s / run.period_s,
    }
    if scaling.alarms:
        data["alarm"] = np.array(alarm_names(run))
        data["state"] = states(run)
    return Result(
        scenario=scenario,
        label=scenario.text,
        why=why(run),
        numbers=numbers(run),
        data=data,
        panels=_panels(run),
        notes=notes(run),
    )


def alarm_names(run: Run) -> list[str]:
    """What each alarm does, for the rows of the heat map."""
    return ["scale out" if alarm.above else "scale in" for alarm in run.scaling.alarms]


def states(run: Run) -> "np.ndarray":
    """State of each alarm at each decision: an index of `STATES`."""
    reason, breaching = run.scaling.reason, run.scaling.breaching
    out = np.full(reason.shape, HELD)
    out[(reason <= WAITS) & (breaching == 0)] = QUIET
    out[(reason <= WAITS) & (breaching > 0)] = COUNTS
    out[(reason > WAITS) & (breaching == 0)] = QUIET
    out[reason == SCALED] = SCALES
    return out


def numbers(run: Run) -> tuple[Number, ...]:
    """The answers, the most asked-for first."""
    totals = run.scaling.totals
    hours = totals.instance_s / 3600
    expected = None if run.scenario.policy == FIXED else run.expected_reaction_s / 60
    reaction = None if run.reaction_s is None else run.reaction_s / 60
    word = "turned away" if run.scenario.overload == "drop" else "delayed"
    return (
        Number("delayed_pct", f"Requests {word}", run.delayed_pct, percent(run.delayed_pct),
               headline=True),
        Number("above_target_min", "Time above the target", run.above_s / 60, span(run.above_s),
               headline=True),
        Number("cost_usd_month", "A month like this", run.cost_usd_month,
               f"{run.cost_usd_month:,.2f} USD", headline=True),
        Number("reaction_min", "From breach to new capacity", reaction,
               "never" if reaction is None else f"{reaction:.1f} min"),
        Number("expected_reaction_min", "The same by the closed form", expected,
               "-" if expected is None else f"{expected:.1f} min"),
        Number("worst_wait_s", "Longest wait", run.worst_wait_s, span(run.worst_wait_s)),
        Number("delayed", f"Requests {word}, in all", run.delayed, f"{run.delayed:,.0f}"),
        Number("instance_hours", "Instance-hours", hours, f"{hours:,.2f}"),
        Number("cost_usd", "Instances for this load", run.cost_usd, f"{run.cost_usd:,.2f} USD"),
        Number("peak_instances", "Largest size", int(totals.peak), f"{totals.peak:,.0f}"),
        Number("most_needed", "Needed at the peak", int(run.needed.max()), f"{run.needed.max():,}"),
        Number("launched", "Instances launched", int(totals.launched), f"{totals.launched:,.0f}"),
        Number("removed", "Instances removed", int(totals.removed), f"{totals.removed:,.0f}"),
        Number("reversals", "Changes of direction", int(totals.reversals),
               f"{totals.reversals:,.0f}"),
        Number("short_min", "Capacity short for", totals.short_s / 60, span(totals.short_s)),
        Number("waiting_at_end", "Waiting at the end", totals.backlog, f"{totals.backlog:,.0f}"),
    )  # fmt: skip


def why(run: Run) -> str:
    """What happened and why."""
    scenario = run.scenario
    if run.breach is None:
        peak = float(np.nanmax(run.cpu_pct)) if np.isfinite(run.cpu_pct).any() else 0.0
        return (
            f"CPU never rose above {scenario.target_pct:g} %: it peaked at {peak:.3g} % on "
            f"{_group(run)}."
        )
    return f"{_answer(run)} {_effect(run)}"


def _answer(run: Run) -> str:
    scenario, scaling = run.scenario, run.scaling
    assert run.breach is not None
    first = run.clock(run.breach * run.period_s)
    start = f"CPU passed {scenario.target_pct:g} % in the period from {first:%H:%M}"
    if run.answer is None:
        stays = "nothing changes its size" if scenario.policy == FIXED else "nothing was added"
        return f"{start}, and {stays}."
    decided = run.clock(float(scaling.decided_s[run.answer]))
    before = int(scaling.desired[run.answer - 1]) if run.answer else scaling.group.initial
    after = int(scaling.desired[run.answer])
    return (
        f"{start}; at {decided:%H:%M} the group went from {before} to {after}, and with the boot "
        f"it took {span(run.reaction_s or 0)} until they served."
    )


def _effect(run: Run) -> str:
    verb = "were turned away" if run.scenario.overload == "drop" else "had to wait"
    if not run.delayed:
        return "No request had to wait."
    longest = "" if run.scenario.overload == "drop" else f", the longest {span(run.worst_wait_s)}"
    left = run.scaling.totals.backlog
    end = f" {left:,.0f} still wait at the end." if left >= 1 else ""
    return f"{run.delayed:,.0f} requests ({percent(run.delayed_pct)}) {verb}{longest}.{end}"


def _group(run: Run) -> str:
    most = int(run.in_service.max())
    return f"{most} instance{'s' if most > 1 else ''}"


def notes(run: Run) -> tuple[str, ...]:
    """What was assumed."""
    scenario = run.scenario
    delay, price = (
        ASG.get("monitoring", "datapoint_delay"),
        ASG.get(scenario.instance_type, "hour_price"),
    )
    told = [
        *run.load.notes,
        f"Instances share the load evenly; each is at 100 % CPU at {scenario.capacity_rps:g} "
        f"requests/s. A datapoint is seen {delay.value} s after its period ({delay.confidence}).",
    ]
    if scenario.monitoring == "basic" and scenario.policy != FIXED:
        told.append(
            "5-minute data: the 1-minute alarms find one datapoint in five and judge by it when "
            "it is as old as they ask for (assumed from how CloudWatch treats missing data)."
        )
    if scenario.policies and "tracking" in scenario.policies[0].name:
        told.append(
            "Scale-in removes one instance a decision (assumed: AWS says more gradually than out)."
        )
    if scenario.scaler == APPLICATION:
        told.append(
            "A cooldown begins when its change is complete (AWS doesn't say more); every task or "
            f"replica is priced as one {scenario.instance_type}."
        )
    if scenario.policy == PREDICTIVE:
        history = ASG.value("predictive", "min_history")
        told.append(
            f"The forecast is the mean of the same hours before, after {history} h of history; "
            "AWS's own method is not published."
        )
    told.append(
        f"Prices: {price.region}, as of {price.as_of}: instances, 1-minute metrics if detailed, "
        "and alarms; without the load balancer and data transfer."
    )
    return tuple(told)


def _panels(run: Run) -> tuple[Panel, ...]:
    scenario = run.scenario
    load = Panel(
        "Load and capacity",
        "requests/s",
        (
            Curve("load_rps", "load", "demand"),
            Curve("capacity_rps", "capacity in service", "served", compare=True),
        ),
        events=_events(run),
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
        doubtful=_saturated(run),
    )
    waiting, unit = (
        ("waiting", "requests") if scenario.overload == "queue" else ("lost_rps", "requests/s")
    )
    name = "Requests waiting" if scenario.overload == "queue" else "Requests turned away"
    queue = Panel(
        name, unit, (Curve(waiting, "waiting" if waiting == "waiting" else "lost", "served", True),)
    )
    if not run.scaling.alarms:
        return load, metric, size, queue
    alarms = Panel(
        "The two alarms", "", (Curve("state", "state", "first"),), kind="heat", rows="alarm",
        levels=STATES,
    )  # fmt: skip
    return load, metric, size, queue, alarms


def _events(run: Run) -> tuple[tuple[Any, str], ...]:
    if run.breach is None or run.answer is None:
        return ()
    decided = float(run.scaling.decided_s[run.answer])
    moments = np.array([run.breach * run.period_s, decided, decided + run.scenario.boot_s])
    texts = ("breach", "decision", "they serve")
    return tuple(zip(at(run.load, moments), texts, strict=True))


def _saturated(run: Run) -> tuple[tuple[Any, Any, str], ...]:
    """The longest spells in which CPU is at 100 % and can't tell how much is missing."""
    full = np.concatenate(([False], run.cpu_pct >= 99.95, [False]))
    edges = np.flatnonzero(full[1:] != full[:-1]).reshape(-1, 2)
    longest = sorted(edges.tolist(), key=lambda edge: edge[0] - edge[1])[:MOST_SHADED]
    shaded = []
    for number, (first, last) in enumerate(sorted(longest)):
        ends = at(run.load, np.array([first, last]) * run.period_s)
        shaded.append((ends[0], ends[1], "" if number else "CPU can't tell how much is missing"))
    return tuple(shaded)
