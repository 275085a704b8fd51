"""AWS's own batches, the closed form of batches, and a roll-out followed second by second."""

import math
from typing import TYPE_CHECKING

import numpy as np

from awsnb.aws.autoscaling import ASG, bounds, stops
from awsnb.mechanisms.control_loop import Group, scale
from awsnb.mechanisms.group import NEVER, Rolling, Rollout
from awsnb.sections.instance_refresh.presets import PRESETS
from awsnb.sections.instance_refresh.scenario import RefreshScenario
from awsnb.sections.instance_refresh.simulate import load_of, plan_of, scaling_of, simulate

if TYPE_CHECKING:
    import pandas as pd

PACES = ((90, 100, 10), (70, 100, 10), (80, 120, 10), (100, 110, 10), (100, 150, 7), (0, 100, 9))


def published() -> "pd.DataFrame":
    """Compare the rules with AWS's examples, to the last batch.

    Returns
    -------
    pandas.DataFrame
        One row an example: what AWS says, and what the model does.
    """
    import pandas as pd

    example = simulate(RefreshScenario(**PRESETS[0].values))
    launched_first = simulate(RefreshScenario(min_healthy_pct=100, max_healthy_pct=150))
    rows = [
        ("batches with checkpoints", _said("example_batches"), _batches(example.rollout)),
        ("end of the same, min", _said("example_end"), f"{(example.ended_s or 0) / 60:g}"),
        ("first checkpoint of two", _said("example_skipped"), _first_checkpoint((10, 40, 100))),
        ("at a time, minimum 100 %", _said("example_at_100"), f"{_at_a_time(100, 100)}"),
        ("at a time, minimum 0 %", _said("example_at_0"), _all_or(_at_a_time(0, 100))),
        ("at a time, 80 % of 10", _said("example_at_80_of_10"), f"{_at_a_time(80, 100)}"),
        ("batches, 100 to 150 %", _said("example_100_150_batches"),
         f"{len(launched_first.rollout.batches)}"),
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=["example", "AWS", "model"]).set_index("example")


def _said(key: str) -> str:
    return str(ASG.value("refresh", key))


def _batches(rollout: Rollout) -> str:
    return "; ".join(f"{at_s / 60:g} min {count}" for at_s, count in rollout.batches)


def _first_checkpoint(checkpoints_pct: tuple[int, ...]) -> str:
    """Of two instances, the highest checkpoint that the first stop reaches."""
    reached = 100 * stops(2, checkpoints_pct)[0] / 2
    return f"{max(pct for pct in checkpoints_pct if pct <= reached)} %"


def _at_a_time(min_pct: int, max_pct: int) -> int:
    asked = RefreshScenario(min_healthy_pct=min_pct, max_healthy_pct=max_pct)
    return simulate(asked).rollout.batches[0][1]


def _all_or(count: int) -> str:
    return "all" if count == RefreshScenario().desired else f"{count}"


def paces() -> "pd.DataFrame":
    """Compare roll-outs with the closed form, and with a walk second by second.

    Without checkpoints the range is the batch: n instances take ceil(n / range) batches of launch
    and warm-up.

    Returns
    -------
    pandas.DataFrame
        One row a setting: minutes by the closed form, the walk and the model.
    """
    import pandas as pd

    rows = []
    for low, high, desired in PACES:
        asked = RefreshScenario(min_healthy_pct=low, max_healthy_pct=high, desired=desired)
        plan, (floor, ceiling) = plan_of(asked, desired), bounds(desired, low, high)
        each_s = asked.pending_s + asked.warm_up_s
        closed_s = math.ceil(desired / (ceiling - floor)) * each_s
        walked_s = walk(plan)[-1][0] + each_s
        ended_s = simulate(asked).ended_s or 0.0
        rows.append((f"{desired}, {low} to {high} %", closed_s / 60, walked_s / 60, ended_s / 60))
    columns = ["instances and range", "closed form, min", "second by second, min", "model, min"]
    return pd.DataFrame(rows, columns=columns).set_index("instances and range")


def decisions() -> "pd.DataFrame":
    """Compare the policy with the control loop of scaling policies, where nothing is replaced.

    Returns
    -------
    pandas.DataFrame
        One row a spike: minutes that were decided, the most desired, and in how many minutes the
        two differ.
    """
    import pandas as pd

    rows = []
    for spike_pct in (20, 40, 60):
        asked = RefreshScenario(
            desired=12, matching=12, skip_matching=True, target_pct=65.0, spike_pct=spike_pct,
            elb_checks=False,
        )  # fmt: skip
        own, loop = simulate(asked).rollout.sizes, _looped(asked)
        number = np.searchsorted([one.at_s for one in own], 60 * np.arange(loop.size), "right") - 1
        differ = int((np.array([one.desired for one in own])[number] != loop).sum())
        rows.append((f"{spike_pct} %", loop.size, int(loop.max()), differ))
    columns = ["spike", "minutes", "most desired", "minutes apart"]
    return pd.DataFrame(rows, columns=columns).set_index("spike")


def _looped(asked: RefreshScenario) -> "np.ndarray":
    """Desired capacities of a group of the control loop's own, minute by minute."""
    scaling = scaling_of(asked)
    assert scaling is not None
    minutes = 60.0 * np.arange(scaling.until_s // 60 + 1)
    at_s, per_s = (np.array(each) for each in load_of(asked))
    load = per_s[np.searchsorted(at_s, minutes, side="right") - 1]
    group = Group(
        asked.desired, asked.minimum, asked.maximum, scaling.capacity_per_s, scaling.boot_s,
        warm_up_s=asked.warm_up_s - asked.boot_s, drain_s=scaling.drain_s, backlog_limit=NEVER,
    )  # fmt: skip
    return scale(load, 60.0, group, scaling.policies, scaling.sensor).desired


def walk(plan: Rolling) -> list[tuple[int, int]]:
    """Follow a refresh of a good version second by second, with nothing but counts.

    Parameters
    ----------
    plan : Rolling
        Without protected, standby and matching instances.

    Returns
    -------
    list of (int, int)
        When instances were launched, and how many.
    """
    old, new_ready_at, batches = plan.desired, list[float](), list[tuple[int, int]]()
    ready_after_s = plan.pending_s + max(plan.warm_up_s, plan.boot_s if plan.checked else 0)
    second, open_at, ahead, moved = 0, 0.0, list(plan.stops), False
    while ahead:
        ready = sum(at <= second for at in new_ready_at)
        due = old - (plan.desired - ahead[0])
        if ready == len(new_ready_at) >= ahead[0] and not due:
            ahead, open_at, moved = ahead[1:], second + plan.pause_s, True
        elif second >= open_at:
            gone = max(0, min(old + ready - plan.floor, due))
            old -= gone
            room = plan.ceiling - old - len(new_ready_at)
            more = max(0, min(room, ahead[0] - len(new_ready_at)))
            new_ready_at += [second + ready_after_s] * more
            batches += [(second, more)] if more else []
            moved = gone + more > 0
        second, moved = second + (not moved), False
    return batches
