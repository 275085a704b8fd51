"""What there is to say of the group: when it is whole, what was missing, and why."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from awsnb.aws.autoscaling.health import ZONE
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.auto_scaling_groups.repair.scenario import NO_POOL, STOPPED
from awsnb.sections.auto_scaling_groups.repair.scene import scene, zone_name
from awsnb.sections.auto_scaling_groups.repair.simulate import Outcome, is_found
from awsnb.sections.auto_scaling_groups.repair.why import why
from awsnb.words import counted, span, usd


def tell(outcome: Outcome) -> Result:
    """Say what became of the group.

    Returns
    -------
    Result
        `data` has, by ``minute``, the ``serving``, ``desired`` and ``there`` instances, with a
        history of one's own ``own_instances`` too; and a matrix ``zone_instances`` of those that
        serve.
    """
    times, run = outcome.samples_s, outcome.run
    zones = range(outcome.scenario.zones)
    own = {"own_instances": _own(outcome)} if outcome.history else {}
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=why(outcome),
        numbers=tuple(_numbers(outcome)),
        data={
            "minute": times / 60,
            "serving": run.serving(times),
            "there": run.paid(times),
            "desired": outcome.desired,
            **own,
            "zone": np.array([zone_name(zone) for zone in zones]),
            "zone_instances": np.array([run.serving(times, zone) for zone in zones], float),
        },
        panels=tuple(_panels(outcome)),
        notes=tuple(_notes(outcome)),
        scene=scene(outcome),
    )


def _panels(outcome: Outcome) -> Iterator[Panel]:
    curves = [
        Curve("desired", "desired", "demand"),
        Curve("serving", "serving", "served", compare=True),
        Curve("there", "there, serving or not", "second"),
    ]
    if outcome.history:
        curves.append(Curve("own_instances", "in service, yours", "theory"))
    yield Panel(
        "Instances", "instances", tuple(curves), x="minute", x_title="min",
        events=tuple(_events(outcome)),
    )  # fmt: skip
    yield Panel(
        "Serving, by zone",
        "instances",
        (Curve("zone_instances", "serving", "first"),),
        kind="heat",
        x="minute",
        x_title="min",
        rows="zone",
    )


def _events(outcome: Outcome) -> Iterator[tuple[float, str]]:
    yield outcome.event_s / 60, "it happens"
    if outcome.whole_s:
        yield (outcome.event_s + outcome.whole_s) / 60, "whole again"


def _own(outcome: Outcome) -> NDArray[np.float64]:
    """Draw the reader's history so that its first activity falls on the model's first."""
    assert outcome.history is not None
    steps, began, _ = outcome.history
    first_s = outcome.run.activities[0].at_s if outcome.run.activities else outcome.event_s
    at = np.array([step.at_s for step in steps]) + first_s
    level = np.concatenate([[0], np.cumsum([step.change for step in steps])])
    start = outcome.scenario.desired if began is None else began
    counts = start + level[np.searchsorted(at, outcome.samples_s, "right")]
    return np.maximum(counts, 0).astype(float)


def _numbers(outcome: Outcome) -> Iterator[Number]:
    whole, desired = outcome.whole_s, outcome.scenario.desired
    later = f"not within {span(outcome.until_s)}" if is_found(outcome) else "never"
    text = later if whole is None else span(whole, "never short")
    minutes = None if whole is None else whole / 60
    yield Number("whole_after_min", "Whole again after", minutes, text, headline=True)
    lowest = f"{outcome.lowest} of {desired}"
    yield Number("lowest_serving", "Fewest that serve", outcome.lowest, lowest, headline=True)
    missing = outcome.missing_s / 60
    count = f"{missing:.1f}".removesuffix(".0") if missing < 100 else f"{missing:,.0f}"
    said = f"{count} instance-min"
    yield Number("missing_instance_min", "Missing in all", missing, said, headline=True)
    yield Number("launches", "Launches", outcome.launches, f"{outcome.launches}")
    yield Number("condemned", "New ones taken out", outcome.condemned, f"{outcome.condemned}")
    yield Number("most_instances", "Most at a time", outcome.most, f"{outcome.most}")
    if outcome.scenario.target_pct is not None:
        most_desired = outcome.run.sizes[-1].desired
        yield Number("most_desired", "Desired in the end", most_desired, f"{most_desired}")
    month = outcome.usd_month
    yield Number("cost_usd_month", "Cost a month", month, usd(month), headline=True)


def _notes(outcome: Outcome) -> Iterator[str]:
    asked = outcome.scenario
    yield (
        "Times that AWS does not publish are assumed: launch to running, the group's own checks, "
        "how long EC2 waits before an impaired instance counts as unhealthy."
    )
    if asked.event == ZONE:
        yield (
            "Instances in the lost zone are counted as running but unreachable. If EC2 reports "
            "them as terminated, they are all replaced at once."
        )
    if outcome.most > asked.maximum:
        yield (
            f"For a while there are {outcome.most} instances, above the maximum of "
            f"{asked.maximum}: while it rebalances, a group may exceed it by 10 % or by 1."
        )
    if asked.lifetime_days is not None:
        each_s = asked.lifetime_days * 86_400 / asked.desired
        yield (
            f"A maximum lifetime of {counted(asked.lifetime_days, 'day')} replaces one of "
            f"{counted(asked.desired, 'instance')} every {span(each_s)} on average; this run "
            "leaves it out."
        )
    if asked.warm_pool == STOPPED:
        yield "A stopped instance of the warm pool costs its volume alone, counted as 8 GiB of gp3."
    if asked.warm_pool != NO_POOL:
        yield "Replacements are taken from the warm pool, which is filled again by a cold launch."
    if asked.target_pct is not None:
        yield (
            "The policy sees the mean CPU of instances that are warm, a datapoint a minute. A "
            "lost instance has no CPU, and counts as capacity until it is found: assumed, as AWS "
            "publishes no formula. The bill is that of the desired capacity at first."
        )
    if outcome.history:
        yield from _of_own(outcome)


def _of_own(outcome: Outcome) -> Iterator[str]:
    assert outcome.history is not None
    steps, began, more = outcome.history
    yield (
        f"Your history: {counted(len(steps), 'change')} in {span(steps[-1].at_s, '0 s')}, drawn "
        "so that its first activity begins with the model's first."
    )
    if more:
        yield "It is incomplete (NextToken), its oldest activities are missing: leave --max-items."
    if began is None:
        yield "It does not say how many instances there were at first: the desired capacity."
