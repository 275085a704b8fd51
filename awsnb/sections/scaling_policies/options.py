"""All policies on one load: what each costs, and what its users notice."""

from collections.abc import Iterator

from awsnb.aws.autoscaling import ASG
from awsnb.results import Comparison, Number, Option, cheapest
from awsnb.sections.scaling_policies.control import needed
from awsnb.sections.scaling_policies.load import Load, demand
from awsnb.sections.scaling_policies.scenario import (
    CPU,
    FIXED,
    POLICIES,
    PREDICTIVE,
    SCHEDULED,
    PolicyScenario,
)
from awsnb.sections.scaling_policies.simulate import Outcome, follow
from awsnb.sections.scaling_policies.why import MOVES
from awsnb.words import counted, percent, span

FORESEEN = "knows the peak beforehand"
OF_SOME = (
    "scaler", "scale_out_cooldown_s", "scale_in_cooldown_s", "warm_up_s", "cooldown_s",
    "add_instances", "datapoints", "of_minutes",
    "scale_in", "protected", "missing_data",
    "scheduled_size", "scheduled_from_h", "scheduled_to_h", "scheduled_zone",
)  # fmt: skip


def compare(scenario: PolicyScenario) -> Comparison:
    """Set the policies side by side: the same load, target, bounds and boot time.

    Parameters
    ----------
    scenario : PolicyScenario
        As asked for. The others keep what applies to them, and AWS's defaults for the rest.

    Returns
    -------
    Comparison
        As asked for first; `best` is the cheapest that delays few enough requests.

    Raises
    ------
    ScenarioError, TraceError
        As `simulate`.
    """
    load = demand(scenario)
    options = [_option(f"as asked: {scenario.policy}", scenario, load)]
    options += [_option(label, other, load) for label, other in _others(scenario, load)]
    best = cheapest(options)
    return Comparison(
        title="The policies on this load",
        why=_verdict(options[0], best, scenario),
        options=tuple(options),
        best=best,
    )


def _others(scenario: PolicyScenario, load: Load) -> Iterator[tuple[str, PolicyScenario]]:
    for policy in POLICIES:
        forecast = policy == PREDICTIVE and CPU not in scenario.watched
        if policy not in (scenario.policy, FIXED) and not forecast:
            yield policy, scenario.replace(policy=policy, **_kept(scenario, policy))
    peak = max(1, needed(scenario, float(load.rps.max())))
    if peak <= 500:
        size = {"min_size": peak, "max_size": max(peak, scenario.max_size)}
        cleared = _kept(scenario, FIXED) | {"initial_size": None}
        label = f"{counted(peak, 'instance')}, always"
        yield label, scenario.replace(policy=FIXED, **size, **cleared)


def _kept(scenario: PolicyScenario, policy: str) -> dict[str, object]:
    """The fields that only some policies have, where this one has them too."""
    fields, values = scenario.fields(), scenario.model_dump() | {"policy": policy}
    for name in OF_SOME:  # what a field applies to stands before it
        if not fields[name].applies(values):
            values[name] = fields[name].default
    return {name: values[name] for name in OF_SOME}


def _remark(outcome: Outcome) -> str:
    policy, load = outcome.scenario.policy, outcome.load
    if policy == PREDICTIVE and load.duration_s < 3600 * ASG.value("predictive", "min_history"):
        return "too short a load for a forecast: target tracking alone"
    if policy == FIXED or (policy == SCHEDULED and outcome.scenario.scheduled_size is None):
        return FORESEEN
    if outcome.moves_at_end and not outcome.flaps:
        return f"{MOVES[outcome.moves_at_end]} when the load ends"
    return ""


def _option(label: str, scenario: PolicyScenario, load: Load) -> Option:
    outcome = follow(scenario, load)
    cost, hours = outcome.cost_usd_month, outcome.scaling.totals.instance_s / 3600
    return Option(
        label=label,
        scenario=scenario,
        holds=outcome.holds,
        cost_usd_month=cost,
        numbers=(
            Number("cost_usd_month", "USD a month", cost, f"{cost:,.2f}"),
            Number("instance_hours", "instance-hours", hours, f"{hours:,.1f}"),
            Number("delayed_pct", "delayed", outcome.delayed_pct, percent(outcome.delayed_pct)),
            Number("worst_wait_s", "longest wait", outcome.worst_wait_s,
                   span(outcome.worst_wait_s)),
            Number("above_target_min", "above target", outcome.above_s / 60, span(outcome.above_s)),
            Number("peak_instances", "largest", int(outcome.scaling.totals.peak),
                   f"{outcome.scaling.totals.peak:.0f}"),
        ),
        remark=_remark(outcome),
    )  # fmt: skip


def _verdict(asked: Option, best: Option | None, scenario: PolicyScenario) -> str:
    goal = f"at most {percent(scenario.delayed_goal_pct)} of the requests delayed"
    if best is None:
        return f"None of these gets through with {goal}."
    if best is asked:
        return f"What was asked for gets through with {goal}, and none of these costs less."
    change = best.dearer_by(asked)
    apart = f"{change} a month" if change else "for the same price"
    also = "meets this goal too" if asked.holds else "misses this goal"
    known = " It takes knowing the peak beforehand." if best.remark == FORESEEN else ""
    return f"Cheapest with {goal}: {best.label}, {apart}.{known} What was asked for {also}."
