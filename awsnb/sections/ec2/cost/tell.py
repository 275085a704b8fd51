"""What there is to say of cost: the bill, what of it buys nothing, and what is cheaper when."""

import numpy as np

from awsnb.aws.ec2.purchase import (
    ON_DEMAND,
    PURCHASES,
    RATES,
    SAVINGS_PLAN,
    SPOT,
    TERM_MONTHS,
)
from awsnb.aws.prices import EC2
from awsnb.results import Curve, Number, Panel, Result, Role
from awsnb.sections.ec2.cost.simulate import Outcome
from awsnb.words import counted, percent, span, usd

ROLES: tuple[Role, ...] = ("first", "second", "third", "fourth", "fifth")
NEVER_H = 8766e3  # a thousand years


def tell(outcome: Outcome) -> Result:
    """Say what the instances cost, and which hours would make another way cheaper.

    Returns
    -------
    Result
        A column for each way to buy, the instances' bill in USD a month, belongs to `hours`;
        `bill_usd_month` to `item`.
    """
    hours, bills = outcome.curves
    return Result(
        scenario=outcome.scenario,
        label=outcome.scenario.text,
        why=_why(outcome),
        numbers=_numbers(outcome),
        data={
            "day_hours": hours,
            **{_column(purchase): bill for purchase, bill in bills.items()},
            "item": np.array(["work", "work again", "not used", "volumes", "addresses"]),
            "bill_usd_month": np.array(_items(outcome)),
        },
        panels=_panels(outcome),
        notes=_notes(outcome),
    )


def _column(purchase: str) -> str:
    return purchase.replace(" ", "_") + "_usd_month"


def _items(outcome: Outcome) -> tuple[float, ...]:
    again, unused = outcome.rework_usd_month, outcome.idle_usd_month
    work = outcome.instance_usd_month - again - unused
    return work, again, unused, outcome.volumes_usd_month, outcome.address_usd_month


def _numbers(outcome: Outcome) -> tuple[Number, ...]:
    cost, runs, vcpus = outcome.cost_usd_month, outcome.runs_h, outcome.vcpus
    instances, again, unused = (
        outcome.instance_usd_month, outcome.rework_usd_month, outcome.idle_usd_month,
    )  # fmt: skip
    between_h = outcome.between_reclaims_h
    return (
        Number("cost_usd_month", "Bill per month", cost, usd(cost), headline=True),
        Number("instance_usd_month", "Of it, the instances", instances, usd(instances)),
        Number("unused_usd_month", "Of it, hours not used", unused, usd(unused), headline=True),
        Number("rework_usd_month", "Of it, work done again", again, usd(again), headline=True),
        Number("volumes_usd_month", "Of it, root volumes", outcome.volumes_usd_month,
               usd(outcome.volumes_usd_month)),
        Number("address_usd_month", "Of it, public addresses", outcome.address_usd_month,
               usd(outcome.address_usd_month)),
        Number("runs_h", "To do a month's work each runs", runs, f"{runs:,.1f} h"),
        *(_from_hours(outcome, purchase) for purchase in TERM_MONTHS),
        Number("between_reclaims_h", "Runs until it is reclaimed", between_h,
               "never" if between_h is None or between_h > NEVER_H else span(3600 * between_h)),
        Number("interrupted_pct", "Chance on spot that a piece is interrupted",
               outcome.reclaimed_in_piece_pct, percent(outcome.reclaimed_in_piece_pct)),
        Number("used_vcpus", "Counted against the quota", vcpus, counted(vcpus, "vCPU")),
    )  # fmt: skip


def _from_hours(outcome: Outcome, purchase: str) -> Number:
    """Say from how many hours a day a commitment costs less than on demand."""
    hours = outcome.from_hours(purchase)
    text = "never" if hours is None else f"{hours:.1f} h a day"
    name = purchase.replace(" ", "_")
    return Number(f"{name}_from_h", f"{purchase.capitalize()} pays from", hours, text)


def _why(outcome: Outcome) -> str:
    if outcome.scenario.purchase == ON_DEMAND:
        return _on_demand(outcome)
    return _spot(outcome) if outcome.scenario.is_spot else _committed(outcome)


def _on_demand(outcome: Outcome) -> str:
    """Say which commitments would cost less than the hours that run."""
    bill = usd(outcome.instance_usd_month)
    here = outcome.scenario.hours
    cheaper = [
        one for one in TERM_MONTHS if (outcome.from_hours(one) or np.inf) < here
    ]  # fmt: skip
    ran = "all hours" if here == 24 else f"{here:g} of the 24 hours"
    said = (
        f"cheaper here: {', '.join(cheaper)}"
        if cheaper
        else "none is cheaper for so few hours or months"
    )
    return (
        f"On demand pays for {ran} of the day: {bill} a month for the instances. A commitment "
        f"pays for all hours of its term, at a lower rate; {said}."
    )


def _committed(outcome: Outcome) -> str:
    """Say what of a commitment buys nothing, and whether it is cheaper all the same."""
    scenario, here = outcome.scenario, outcome.instance_usd_month
    apart = here - outcome.instances_usd(ON_DEMAND, scenario.hours)
    weighed = f"{usd(abs(apart))} {'more' if apart > 0 else 'less'} than on demand"
    unused = outcome.idle_usd_month
    idle = f" Of it, {usd(unused)} {_unused(outcome)}." if unused > 0.005 else ""
    return (
        f"The instances cost {usd(here)} a month, {weighed}: each hour of the term is paid at "
        f"{outcome.rate_usd_h(scenario.purchase):g} USD, used or not.{idle}"
    )


def _unused(outcome: Outcome) -> str:
    late_months = outcome.months.committed - outcome.scenario.months
    late = f"{counted(late_months, 'month')} of the term in which nobody needs it"
    off_h = 24 - outcome.scenario.hours
    off = f"the {off_h:g} h a day in which nothing runs"
    said = [text for text, length in ((off, off_h), (late, late_months)) if length > 0]
    return f"pays for {' and '.join(said)}"


def _spot(outcome: Outcome) -> str:
    """Say what spot saves, what reclaims add, and whether the work stands them."""
    there = outcome.instances_usd(ON_DEMAND, outcome.scenario.hours)
    apart = outcome.instance_usd_month - there
    weighed = f"{usd(abs(apart))} {'more' if apart > 0 else 'less'} than on demand"
    again = 100 * (outcome.rework_factor - 1)
    verdict = (
        "" if outcome.holds else " This work may not be interrupted, so spot does not hold it."
    )
    return (
        f"Spot costs {usd(outcome.instance_usd_month)} a month for the instances, {weighed}. "
        f"Work that reclaims undo makes the instances run {percent(again)} longer: a piece of "
        f"{outcome.scenario.piece_h:g} h is interrupted with a chance of "
        f"{percent(outcome.reclaimed_in_piece_pct)}.{verdict}"
    )


def _panels(outcome: Outcome) -> tuple[Panel, ...]:
    curves = tuple(
        Curve(_column(purchase), purchase, role)
        for purchase, role in zip(PURCHASES, ROLES, strict=True)
    )
    events = ((outcome.scenario.hours, "yours"),)
    return (
        Panel("Instances, by the hours they run", "USD a month", curves, x="day_hours",
              x_title="hours a day", events=events),
        Panel("This bill", "USD a month",
              (Curve("bill_usd_month", "bill", "first", compare=True),), kind="bars", x="item"),
    )  # fmt: skip


def _notes(outcome: Outcome) -> tuple[str, ...]:
    return (*_price_notes(outcome), *_quota_note(outcome), *_spot_notes(outcome))


def _price_notes(outcome: Outcome) -> tuple[str, ...]:
    facts = {one: EC2.get(outcome.scenario.instance_type, key) for one, key in RATES.items()}
    here, plan, spot = (facts[one] for one in (ON_DEMAND, SAVINGS_PLAN, SPOT))
    said: tuple[str, ...] = (
        f"Prices: {here.region}, Linux, as of {here.as_of}; commitments with nothing upfront. Spot "
        f"is that of {spot.as_of}, and moves.",
    )
    if recalled := [one for one, fact in facts.items() if fact.confidence == "recalled"]:
        said += (f"Recalled from others' copies of AWS's lists: {', '.join(recalled)}.",)
    if plan.confidence == "assumed":
        said += (f"The savings plan's rate is assumed: {plan.note.partition(';')[0]}.",)
    return said


def _quota_note(outcome: Outcome) -> tuple[str, ...]:
    if not (outcome.scenario.is_spot and outcome.above_quota):
        return ()
    quota = EC2.value("spot", "quota")
    return (
        f"A new account may run {quota} vCPUs of standard types on spot, and these are "
        f"{outcome.vcpus}: ask for a larger quota first.",
    )


def _spot_notes(outcome: Outcome) -> tuple[str, ...]:
    if outcome.scenario.purchase != SPOT:
        return ()
    low, high = EC2.value("spot", "lowest_band_to"), EC2.value("spot", "highest_band_from")
    return (
        f"AWS publishes no rate of reclaims, only bands for a month, from under {low} % to over "
        f"{high} %. The model takes reclaims as independent; instances of one pool go together.",
        "An instance that AWS reclaims in its first hour is free. This bill leaves that out.",
    )
