"""What there is to say of launches: their stages, their times, and the requests that wait."""

import numpy as np

from awsnb.aws.ebs.snapshots import FastRestore
from awsnb.aws.ec2 import launch_fact
from awsnb.aws.elb.health_checks import HEALTHY_AFTER
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.ami.launch.bill import usd_month
from awsnb.sections.ami.launch.scenario import (
    FAST_RESTORE,
    PROVISIONED,
    WARM_POOL,
    LaunchScenario,
)
from awsnb.sections.ami.launch.simulate import CHECKS, MEASURED, Outcome
from awsnb.words import counted, percent, span, usd

BARS = {
    "pending_and_boot_s": ("pending and boot", "first", ("pending", "boot")),
    "loading_s": ("loading blocks", "second", ("loading blocks",)),
    "user_data_s": ("user data", "third", ("user data",)),
    "start_s": ("application start", "fourth", ("application start",)),
    "checks_s": ("health checks", "fifth", (CHECKS,)),
    "measured_s": ("measured", "demand", (MEASURED,)),
}
POINTS = 240


def tell(outcome: Outcome) -> Result:
    """Say how soon instances serve, and how many requests wait for them.

    Returns
    -------
    Result
        `data` has, by ``approach``, the mean time of each stage. By ``within_s``, the share of
        launches that serve by then. By ``at_min``, the scale-out whose launches take the median
        time: load, capacity in service, and requests that wait.
    """
    within_s = np.linspace(0.0, outcome.mine.within_s(99.9), POINTS)
    serving = np.searchsorted(outcome.mine.ready_s, within_s, side="right")
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=f"{_launch(outcome)} {_group(outcome)}",
        numbers=_numbers(outcome),
        data={
            "approach": np.array(list(outcome.launches)),
            **_bars(outcome),
            "within_s": within_s,
            "launches_pct": 100 * serving / outcome.mine.ready_s.size,
            "at_min": np.arange(outcome.rps.size, dtype=np.float64),
            "load_rps": outcome.rps,
            "capacity_rps": outcome.in_service * outcome.scenario.capacity_rps,
            "waiting": outcome.run.backlog,
        },
        panels=(_stages(outcome), _times(outcome), *_scale_out()),
        notes=tuple(_notes(outcome)),
    )


def _bars(outcome: Outcome) -> dict[str, np.ndarray]:
    means = [launches.mean_s for launches in outcome.launches.values()]
    return {
        column: np.array([sum(mean.get(name, 0.0) for name in names) for mean in means])
        for column, (_, _, names) in BARS.items()
    }


def _stages(outcome: Outcome) -> Panel:
    bars = _bars(outcome)
    return Panel(
        "Mean time until a new instance serves",
        "s",
        tuple(
            Curve(column, label, role)  # type: ignore[arg-type]
            for column, (label, role, _) in BARS.items()
            if bars[column].any()
        ),
        kind="bars",
        x="approach",
        stacked=True,
        events=((outcome.scenario.approach, "yours"),),
    )


def _times(outcome: Outcome) -> Panel:
    half = outcome.mine.within_s(50)
    return Panel(
        f"Launches that serve: {outcome.scenario.approach}",
        "%",
        (Curve("launches_pct", "launches", "first", compare=True),),
        x="within_s",
        x_title="seconds from the request for an instance",
        limits=(0.0, 100.0),
        events=((half, f"half: {span(half)}"),),
    )


def _scale_out() -> tuple[Panel, Panel]:
    return (
        Panel(
            "Scale-out, with launches of median time",
            "requests/s",
            (
                Curve("load_rps", "load", "demand"),
                Curve("capacity_rps", "capacity in service", "served", compare=True),
            ),
            x="at_min",
            x_title="minutes",
        ),
        Panel(
            "Requests that wait",
            "requests",
            (Curve("waiting", "waiting", "second", compare=True),),
            x="at_min",
            x_title="minutes",
        ),
    )


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    half, most = outcome.mine.within_s(50), outcome.mine.within_s(99)
    waits, cost = outcome.longest_wait_s, usd_month(outcome.scenario)
    waiting_pct = outcome.delayed_pct
    return (
        Number("ready_s", "Half serve within", half, span(half), headline=True),
        Number("ready_p99_s", "99 % serve within", most, span(most), headline=True),
        Number(
            "delayed_pct", "Requests that wait", waiting_pct, percent(waiting_pct), headline=True
        ),
        Number("delayed", "That is", outcome.delayed, f"{outcome.delayed:,.0f} requests"),
        Number(
            "at_once_delayed",
            "If instances served at once",
            outcome.at_once,
            f"{outcome.at_once:,.0f} requests",
        ),
        Number("longest_wait_s", "Longest wait, median launch", waits, span(waits)),
        Number(
            "unhealthy_pct",
            "Found unhealthy before they answer",
            100 * outcome.mine.unhealthy,
            percent(100 * outcome.mine.unhealthy),
        ),
        Number("usd_month", "Costs a month", cost, usd(cost), headline=True),
    )


def _launch(outcome: Outcome) -> str:
    half, most = (span(outcome.mine.within_s(pct)) for pct in (50, 99))
    longest, mean_s = max(outcome.mine.mean_s.items(), key=lambda stage: stage[1])
    first = f"Half of the launches serve within {half}, 99 % within {most}."
    if longest != CHECKS:
        takes = "what was measured" if longest == MEASURED else longest
        return f"{first} The longest stage is {takes}, {span(mean_s)} on average."
    takes = f"The longest stage is health checks, {span(mean_s)} on average"
    return f"{first} {takes}: {_checks(outcome)}."


def _checks(outcome: Outcome) -> str:
    """Say why the health checks take as long as they do."""
    scenario, share = outcome.scenario, outcome.mine.unhealthy
    if not share:
        return "a target that answers waits for its next check"
    who = "every target fails" if share == 1 else f"{percent(100 * share)} of the targets fail"
    return (
        f"{who} {scenario.unhealthy_checks} checks before it answers, is unhealthy then, and needs "
        f"{HEALTHY_AFTER} good checks in a row"
        if share == 1
        else f"{who} {scenario.unhealthy_checks} checks before they answer, are unhealthy then, "
        f"and need {HEALTHY_AFTER} good checks in a row"
    )


def _group(outcome: Outcome) -> str:
    if outcome.decided_s is None:
        return "The group has no need to launch any, and no request waits."
    alarm = span(outcome.decided_s)
    if not round(outcome.delayed):
        return f"The alarm takes {alarm} to act, and no request waits: the capacity suffices."
    waiting = round(outcome.delayed)
    verb = "waits" if waiting == 1 else "wait"
    told = f"{counted(waiting, 'request')} {verb}, {percent(outcome.delayed_pct)} of all"
    if not round(outcome.at_once):
        return f"{told}; with instances that serve at once, none would."
    return (
        f"{told}; {outcome.at_once:,.0f} would if instances served at once, since the alarm takes "
        f"{alarm} to act."
    )


def _notes(outcome: Outcome) -> list[str]:
    scenario = outcome.scenario
    notes = [
        "AWS publishes no times of the stages but for the boot, usually under a minute: put in "
        "your own, or a file of measured ones.",
        "Requests that wait: the mean over 21 equally likely times of a launch, in 90 minutes. In "
        "each run all instances take the same time. The plots show the run of median time.",
        "Checks begin when an instance is running. The group may grow to what the new load needs "
        "at the target.",
    ]
    if outcome.measured:
        notes.append(
            f"{counted(outcome.measured, 'measured time')} in place of: {scenario.measures}."
        )
    if scenario.approach == WARM_POOL:
        notes.append(
            "The pool holds stopped instances for the whole growth; their volumes are paid for, "
            "and user data does not run again."
        )
        return notes
    return [*notes, *_of_loading(scenario, outcome.most_at_once)]


def _of_loading(scenario: LaunchScenario, at_once: int) -> list[str]:
    if scenario.loading == PROVISIONED:
        return ["What AWS charges for a provisioned rate is not counted: look it up."]
    if scenario.loading != FAST_RESTORE:
        return ["The rate of first reads is assumed: AWS publishes none, and says that it varies."]
    size_gib = launch_fact("root_size") + scenario.software_gib
    credits = int(FastRestore(size_gib).bucket)
    return [
        f"Fast restore: a full bucket has {counted(credits, 'credit')} a zone, one for each "
        f"volume. Here up to {counted(at_once, 'instance')} launch at once, in "
        f"{counted(scenario.zones, 'zone')}. One without a credit loads as on first read, which is "
        "not counted."
    ]
