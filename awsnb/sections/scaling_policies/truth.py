"""AWS's worked examples of scaling arithmetic, run through the model."""

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.autoscaling import ASG, Monitoring
from awsnb.mechanisms.control_loop import (
    Alarm,
    Group,
    Policy,
    Sensor,
    Step,
    StepScaling,
    TargetTracking,
    scale,
)
from awsnb.sections.scaling_policies.control import targets_of
from awsnb.sections.scaling_policies.scenario import PolicyScenario
from awsnb.sections.scaling_policies.simulate import simulate

if TYPE_CHECKING:
    import pandas as pd

Row = tuple[str, str, float, float]


def published_examples() -> "pd.DataFrame":
    """Compare the model with the thresholds and capacities that AWS works out.

    Returns
    -------
    pandas.DataFrame
        One row a case: what AWS says, what the model says.
    """
    import pandas as pd

    rows = [*_thresholds(), *_tracking(), *_steps(), *_percentages()]
    return pd.DataFrame(rows, columns=["policy", "case", "AWS", "model"]).set_index("policy")


def reactions(boots_s: Sequence[int], monitoring: Monitoring) -> "pd.DataFrame":
    """Compare the closed form of the reaction with when more work is done, in a saturated group.

    Parameters
    ----------
    boots_s : sequence of int
        Boot times, s.
    monitoring : {"detailed", "basic"}

    Returns
    -------
    pandas.DataFrame
        One row a boot time: minutes from the breach by the closed form, and as the requests served
        show them.
    """
    import pandas as pd

    rows = []
    for boot_s in boots_s:
        scenario = PolicyScenario(boot_s=boot_s, monitoring=monitoring)
        outcome = simulate(scenario)
        assert outcome.breach is not None and outcome.answer is not None
        assert outcome.expected_reaction_s is not None
        idle = outcome.scaling.group.initial * scenario.capacity_rps * outcome.period_s
        first = int(np.flatnonzero(outcome.scaling.served > idle * (1 + 1e-9))[0])
        added = int(outcome.scaling.desired[outcome.answer]) - outcome.scaling.group.initial
        serving_s = (outcome.scaling.served[first] - idle) / (added * scenario.capacity_rps)
        seen_s = (first + 1 - outcome.breach) * outcome.period_s - serving_s
        rows.append((boot_s, outcome.expected_reaction_s / 60, seen_s / 60))
    return pd.DataFrame(rows, columns=["boot_s", "closed_form_min", "model_min"])


def _examples(subject: str, prefix: str) -> Iterator[tuple[str, float]]:
    for fact in ASG.rows(subject):
        if fact.key.startswith(prefix):
            yield fact.key.removeprefix(prefix), fact.value


def _thresholds() -> Iterator[Row]:
    for target, aws in _examples("target_tracking", "example_low_threshold_of_"):
        (tracked,) = targets_of(PolicyScenario(target_pct=float(target)))
        yield "target tracking", f"scale-in threshold, target {target} %", aws, tracked.low


def _tracking() -> Iterator[Row]:
    """At a target of 50 %, 3 instances at 75 % need 4.5, and 5 at 35 % need 3.5."""
    policy = TargetTracking(50, Alarm(50, True, 1, 1), Alarm(50, False, 1, 1))
    for start, cpu, word in ((3, 75.0, "add"), (5, 35.0, "remove")):
        aws = ASG.value("target_tracking", f"example_{word}_1_5")
        yield (
            "target tracking",
            f"{word} 1.5 instances",
            aws,
            abs(_after(start, cpu, policy) - start),
        )


def _steps() -> Iterator[Row]:
    """Ten instances at 60 %; then, warm, at 70 %."""
    threshold, start = (ASG.value("step", f"example_{key}") for key in ("threshold", "capacity"))
    steps = (Step(0, 10, 0), Step(10, 20, 10), Step(20, math.inf, 30))
    policy = StepScaling(Alarm(threshold, True, 1, 1, inclusive=True), steps, "percent")
    size = start
    for cpu in (60, 70):
        case, size = f"{size} instances at {cpu} %", _after(size, cpu, policy)
        yield "step", case, ASG.value("step", f"example_at_{cpu}"), size


def _percentages() -> Iterator[Row]:
    """Changes of a group of ten by a percentage, rounded."""
    start = 10
    for key, aws in _examples("step", "example_change_"):
        sign, number = key.split("_", 1)
        change = float(number.replace("_", ".")) * (1 if sign == "plus" else -1)
        above = change > 0
        step = Step(0, math.inf, 100 * change / start) if above else Step(
            -math.inf, 0, 100 * change / start
        )  # fmt: skip
        policy = StepScaling(Alarm(50, above, 1, 1), (step,), "percent")
        got = _after(start, 90.0 if above else 10.0, policy) - start
        yield "step", f"{change:+g} instances", aws, got


def _after(size: int, cpu_pct: float, policy: Policy) -> int:
    """The capacity wanted after one datapoint."""
    run = scale([size * cpu_pct / 100] * 2, 60, Group(size, 0, 99), [policy], Sensor(60))
    return int(run.desired[1])
