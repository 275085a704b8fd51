"""Which settings overshoot: the parallel sweep over target, warm-up and the metric's period."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from awsnb.aws.autoscaling import MONITORING
from awsnb.aws.autoscaling.defaults import period_s
from awsnb.mechanisms import control_loop
from awsnb.mechanisms.control_loop import Case
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.scaling_policies.control import group_of, needed, policies_of, sensor_of
from awsnb.sections.scaling_policies.load import demand
from awsnb.sections.scaling_policies.scenario import PolicyScenario


def stability_map(
    scenario: PolicyScenario,
    targets_pct: Sequence[float],
    warm_ups_s: Sequence[int],
    threads: int | None = None,
) -> Result:
    """Run every target, warm-up and metric period on the scenario's load.

    Parameters
    ----------
    scenario : PolicyScenario
        With target tracking or step scaling; its other fields stay as they are.
    targets_pct, warm_ups_s : sequence
        The axes, increasing: %, s.
    threads : int, optional
        One a core if not given. The result does not depend on it.

    Returns
    -------
    Result
        For each metric period a map of the largest size over what the peak of the load needs, and
        one of the requests delayed, %.
    """
    load = demand(scenario)
    peak = float(load.rps.max())
    data: dict[str, Any] = {
        "warm_up_s": np.array(warm_ups_s, dtype=np.float64),
        "target_pct": np.array(targets_pct, dtype=np.float64),
    }
    shape, panels = (len(targets_pct), len(warm_ups_s)), []
    for monitoring in MONITORING:
        cases, least = [], []
        for target in targets_pct:
            at = scenario.replace(target_pct=float(target), monitoring=monitoring, warm_up_s=0)
            group = group_of(at, load)
            least.append(min(max(needed(at, peak), at.min_size), at.most))
            policies, sensor = policies_of(at), sensor_of(at)
            cases += [
                Case(group._replace(warm_up_s=float(warm_up)), policies, sensor)
                for warm_up in warm_ups_s
            ]
        totals = control_loop.sweep(load.rps, load.every_s, cases, threads=threads)
        requests = load.rps.sum() * load.every_s
        over = totals.peak.reshape(shape) / np.array(least)[:, None]
        data[f"overshoot_{monitoring}"] = over
        data[f"delayed_{monitoring}_pct"] = (
            100 * (totals.delayed + totals.lost).reshape(shape) / requests
        )
        minutes = round(period_s(monitoring) / 60)
        name = f"{minutes}-minute metric"
        panels.append(_panel(f"Largest size / size needed, {name}", "x", f"overshoot_{monitoring}"))
    return Result(
        scenario=scenario,
        label=f"{2 * over.size:,} groups, {scenario.policy}",
        why=_why(data),
        numbers=_numbers(data),
        data=data,
        panels=tuple(panels),
        notes=load.notes,
    )


def _panel(title: str, unit: str, column: str) -> Panel:
    return Panel(
        title,
        unit,
        (Curve(column, unit, "first"),),
        kind="heat",
        x="warm_up_s",
        x_title="instance warm-up, s",
        rows="target_pct",
        rows_title="target, %",
        limits=(1.0, 4.0),
    )


def _numbers(data: dict[str, Any]) -> tuple[Number, ...]:
    found = []
    for monitoring in MONITORING:
        over = data[f"overshoot_{monitoring}"]
        worst, share = float(over.max()), 100 * float(np.mean(over > 1.5))
        found += [
            Number(
                f"worst_{monitoring}", f"Worst overshoot, {monitoring}", worst, f"{worst:.1f} x"
            ),
            Number(
                f"over_{monitoring}_pct",
                f"Groups beyond 1.5 x, {monitoring}",
                share,
                f"{share:.0f} %",
            ),
        ]
    return tuple(found)


def _why(data: dict[str, Any]) -> str:
    warm, targets = data["warm_up_s"], data["target_pct"]
    over = data["overshoot_detailed"]
    row, column = np.unravel_index(int(over.argmax()), over.shape)
    gentle = np.flatnonzero((over <= 1.5).mean(axis=0) >= 0.5)
    enough = f"from {warm[gentle[0]]:.0f} s on" if gentle.size else "at no warm-up here"
    return (
        f"With 1-minute data the worst is {over.max():.1f} times the instances needed, at a target "
        f"of {targets[row]:g} % and a warm-up of {warm[column]:.0f} s; {enough} at least half of "
        "the targets stay within 1.5 times."
    )
