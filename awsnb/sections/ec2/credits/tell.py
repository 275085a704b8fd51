"""What there is to say of credits: what was held back, what was billed, what it is weighed with."""

from typing import Any

import numpy as np

from awsnb.aws.ec2 import EC2
from awsnb.results import Curve, Number, Panel, Result
from awsnb.sections.ec2.credits.scenario import CreditScenario
from awsnb.sections.ec2.credits.scene import scene
from awsnb.sections.ec2.credits.simulate import Outcome
from awsnb.words import span, unit_of, usd


def tell(outcome: Outcome) -> Result:
    """Say whether the instance held its load, and what that costs.

    Returns
    -------
    Result
        `series` has per sample: vCPUs asked for and served, credits held and owed at the sample's
        end, and the measured balance. `price_usd_month` and `peer_usd_month` belong to `mean_pct`.
    """
    mean_pct, price, peer_price = outcome.price_curve
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=(*_numbers(outcome), *_measured(outcome)),
        data={
            "time": outcome.load.trace.times(),
            "asked_vcpus": outcome.load.vcpus,
            "served_vcpus": outcome.run.served_vcpu_s / outcome.load.trace.duration_s,
            "balance_credits": outcome.run.balance,
            "surplus_credits": outcome.run.surplus,
            **_measured_column(outcome),
            "mean_pct": mean_pct,
            "price_usd_month": price,
            "peer_usd_month": peer_price,
        },
        panels=_panels(outcome),
        notes=_notes(outcome),
        scene=scene(outcome),
    )


def _measured_column(outcome: Outcome) -> dict[str, np.ndarray]:
    measured = outcome.load.measured_credits
    return {} if measured is None else {"measured_credits": measured}


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    cost, surplus = outcome.cost_usd_month, outcome.surplus_usd_month
    lowest, even = float(outcome.run.balance.min()), outcome.break_even_pct
    first_s, charged_s, late_s = (
        outcome.first_throttled_s, outcome.first_charged_s, outcome.late_s,
    )  # fmt: skip
    empty_s = outcome.fall.empty_after_s if outcome.fall else None
    even_text = "never" if even > 100 or outcome.scenario.is_standard else f"{even:.1f} %"
    return (
        Number("throttled_min", "Slowed down", outcome.throttled_s / 60,
               span(outcome.throttled_s, "never"), headline=True),
        Number("cost_usd_month", "Instance and surplus per month", cost, usd(cost), headline=True),
        Number("surplus_usd_month", "Of it, surplus credits", surplus, usd(surplus), headline=True),
        Number("mean_pct", "Mean CPU", outcome.mean_pct, f"{outcome.mean_pct:.1f} %"),
        Number("baseline_pct", "Baseline", outcome.instance.baseline_pct,
               f"{outcome.instance.baseline_pct:g} %"),
        Number("break_even_pct", f"{outcome.peer} costs less above", even, even_text),
        Number("throttled_after_min", "First slowed down after", _minutes(first_s),
               _after(first_s)),
        Number("charged_after_min", "Surplus first charged after", _minutes(charged_s),
               _after(charged_s)),
        Number("lowest_credits", "Lowest balance", lowest, f"{lowest:,.1f} credits"),
        Number("charged_credits", "Surplus charged in the load", outcome.charged_credits,
               f"{outcome.charged_credits:,.1f} credits"),
        Number("owed_usd", "Owed if stopped at the end", outcome.owed_usd, usd(outcome.owed_usd)),
        Number("late_min", "Work late by up to", _minutes(late_s),
               "still waits at the end" if late_s is None else span(late_s, "not late")),
        Number("empty_after_end_min", "Credit used up after the end", _minutes(empty_s),
               "-" if empty_s is None else span(empty_s, "at the end")),
    )  # fmt: skip


def _measured(outcome: Outcome) -> tuple[Number, ...]:
    error = outcome.balance_error_credits
    if error is None:
        return ()
    text = f"{error:,.1f} credits"
    return (Number("balance_error_credits", "Measured balance differs by", error, text),)


def _minutes(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / 60


def _after(seconds: float | None) -> str:
    return "never" if seconds is None else span(seconds, "at once")


def _why(outcome: Outcome) -> str:
    if outcome.throttled_s:
        return f"{_slowed(outcome)} {_too_small(outcome) or _empty(outcome)}{_surplus(outcome)}"
    return f"{_held(outcome)}{_surplus(outcome) or _falling(outcome)}"


def _slowed(outcome: Outcome) -> str:
    first = _after(outcome.first_throttled_s)
    when = "at once" if first == "at once" else f"first after {first}"
    return f"Slowed down for {span(outcome.throttled_s)}, {when}."


def _too_small(outcome: Outcome) -> str:
    """Say that it has too few vCPUs, where credit would not help."""
    if not outcome.too_small:
        return ""
    return (
        f"The load asks for up to {outcome.peak_vcpus:.3g} vCPUs, and the "
        f"{outcome.scenario.instance_type} has {outcome.instance.vcpus}: it takes a larger one."
    )


def _empty(outcome: Outcome) -> str:
    instance = outcome.instance
    saved = ""
    if outcome.mean_vcpus <= instance.baseline_vcpus:
        saved = " What it earns in all would do, but the credit saved before a peak did not last."
    return (
        f"It ran out of credit: {instance.earned_per_h:g} credits an hour pay for "
        f"{instance.baseline_vcpus:.3g} vCPUs ({instance.baseline_pct:g} % CPU), and the load asks "
        f"for {outcome.mean_vcpus:.3g} on average, {outcome.peak_vcpus:.3g} at its peak.{saved}"
    )


def _held(outcome: Outcome) -> str:
    verdict = "It holds" if outcome.holds else "It does not hold beyond the end of the load"
    return (
        f"{verdict}: nothing is slowed down. The load takes {outcome.mean_pct:.1f} % CPU on "
        f"average, and the baseline is {outcome.instance.baseline_pct:g} %."
    )


def _surplus(outcome: Outcome) -> str:
    """Say what surplus costs, and whether an instance without credits would cost less."""
    if not outcome.surplus_usd_month:
        return ""
    here, there = outcome.cost_usd_month, outcome.peer_usd_month
    weighed = "less" if there < here else "more"
    return (
        " It spends more credit than it earns and may borrow. This surplus costs "
        f"{usd(outcome.surplus_usd_month)} a month, {usd(here)} in all. An {outcome.peer} costs "
        f"{weighed}, {usd(there)}."
    )


def _falling(outcome: Outcome) -> str:
    """Say when credit that still falls is used up, and what happens then."""
    if outcome.fall is None:
        return ""
    then = "it slows down" if outcome.scenario.is_standard else "surplus is charged"
    return (
        f" Its credit still falls when the load ends: at the rate of the last "
        f"{span(outcome.fall.lately_s)}, {then} {span(outcome.fall.empty_after_s, 'just')} after "
        "the end."
    )


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    cpu = Panel("Work", "vCPUs", (
        Curve("asked_vcpus", "asked for", "demand"),
        Curve("served_vcpus", "served", "served", compare=True),
    ))  # fmt: skip
    credits = [Curve("balance_credits", "held", "first", compare=True)]
    if not outcome.scenario.is_standard:
        credits.append(Curve("surplus_credits", "owed", "second"))
    if outcome.load.measured_credits is not None:
        credits.append(Curve("measured_credits", "measured", "third"))
    events: list[tuple[Any, str]] = [(outcome.mean_pct, "this load")]
    if outcome.break_even_pct <= 100:
        events.append((outcome.break_even_pct, "break-even"))
    price = Panel(
        "Price by mean CPU, in unlimited mode",
        "USD a month",
        (
            Curve("price_usd_month", outcome.scenario.instance_type, "first"),
            Curve("peer_usd_month", outcome.peer, "second"),
        ),
        x="mean_pct",
        x_title="mean CPU, % of the instance",
        events=tuple((x, text) for x, text in events if x <= 100),
    )
    return cpu, Panel("Credits", "credits", tuple(credits)), price


def _notes(outcome: Outcome) -> tuple[str, ...]:
    scenario = outcome.scenario
    return (
        *outcome.load.notes,
        _start_note(outcome),
        _mode_note(scenario),
        _price_note(outcome),
        *_host_note(outcome.scenario),
    )


def _start_note(outcome: Outcome) -> str:
    if outcome.launch:
        return f"It begins with {outcome.launch:g} launch credits, which are spent first."
    return f"It begins with {outcome.earned:,.4g} {unit_of(outcome.earned, 'credits')}."


def _mode_note(scenario: CreditScenario) -> str:
    usual = EC2.value(scenario.instance.family, "default_mode")
    return f"AWS launches {scenario.instance.family.upper()} as {usual} if nothing else is said."


def _price_note(outcome: Outcome) -> str:
    price = EC2.get(outcome.scenario.instance_type, "hour_price")
    surplus = EC2.get(outcome.instance.family, "surplus_price")
    owed = (
        ""
        if outcome.scenario.is_standard
        else " Up to a day's credit may still be owed at its end, uncharged: the curve of prices "
        "by mean CPU has it paid."
    )
    return (
        f"A month repeats the load.{owed} Prices: {price.region}, Linux, on demand, as of "
        f"{price.as_of}; {surplus.value} USD for a vCPU-hour of surplus, as of {surplus.as_of}."
    )


def _host_note(scenario: CreditScenario) -> tuple[str, ...]:
    if scenario.tenancy == "shared":
        return ()
    return ("On a Dedicated Host you pay for the host; this bill is that of shared tenancy.",)
