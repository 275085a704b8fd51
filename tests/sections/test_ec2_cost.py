"""What instances cost, compared with AWS's examples, with draws, and with a bill hour by hour."""

import math
import random

import pytest

from awsnb import facts
from awsnb.aws.ec2.purchase import (
    ON_DEMAND,
    PURCHASED_TYPES,
    PURCHASES,
    RESERVED_1,
    RESERVED_3,
    SAVINGS_PLAN,
    SPOT,
    TERM_MONTHS,
    Usage,
    hours_to_finish,
    months_of,
    plan_hour_usd,
    rate_usd_h,
    reclaims_per_h,
)
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ec2.cost.options import compare
from awsnb.sections.ec2.cost.presets import PRESETS
from awsnb.sections.ec2.cost.scenario import CostScenario
from awsnb.sections.ec2.cost.simulate import simulate
from awsnb.sections.ec2.truth import costs

COST = section("ec2").view("cost")


def answer(**values):
    return COST.simulate(CostScenario(**values))


# --- what AWS writes, and what is known


def test_awss_examples_and_the_draws_come_out():
    table = costs()
    exact = table.drop("10 h of work on spot, nothing saved")
    assert (exact["difference in %"] == 0).all()
    assert table["difference in %"].abs().max() < 2


def test_a_plan_covers_what_it_saves_most_on_and_the_rest_is_on_demand():
    saves_half, saves_fifth = Usage(1, 4.0, 2.0), Usage(1, 10.0, 8.0)
    assert plan_hour_usd([saves_fifth, saves_half], 2.0) == pytest.approx(2 + 10)
    assert plan_hour_usd([saves_fifth, saves_half], 6.0) == pytest.approx(6 + 10 / 2)
    assert plan_hour_usd([], 6.0) == 6.0


@pytest.mark.parametrize("seed", range(4))
def test_rework_is_what_lives_drawn_one_by_one_give(seed):
    dice = random.Random(seed)
    rate, boot, piece = 10 ** dice.uniform(-2, -0.5), dice.random(), dice.uniform(1, 8)
    hours, runs = 0.0, 20_000
    for _ in range(runs):
        needs = piece
        while (life := dice.expovariate(rate)) < needs:
            hours, needs = hours + life, piece + boot
        hours += needs
    assert hours_to_finish(piece, rate, boot) == pytest.approx(hours / runs, rel=0.03)


def test_without_reclaims_nothing_is_done_twice():
    assert hours_to_finish(5.0, 0.0, 1.0) == 5.0
    assert hours_to_finish(5.0, 1e-9, 1.0) == pytest.approx(5.0)


def test_in_a_month_of_running_so_many_are_reclaimed():
    assert 1 - math.exp(-730 * reclaims_per_h(20.0)) == pytest.approx(0.2)


@pytest.mark.parametrize("purchase", TERM_MONTHS)
@pytest.mark.parametrize("needed", [1, 11, 12, 13, 36, 60])
def test_whole_terms_cover_the_need(purchase, needed):
    for months in months_of(purchase, needed):
        assert months.committed % TERM_MONTHS[purchase] == 0 and months.committed > 0
        assert months.committed + months.on_demand >= needed


@pytest.mark.parametrize("name", PURCHASED_TYPES)
def test_what_binds_longer_costs_less_an_hour(name):
    rates = [rate_usd_h(name, one) for one in (ON_DEMAND, SAVINGS_PLAN, RESERVED_1, RESERVED_3)]
    assert rates == sorted(rates, reverse=True) and rate_usd_h(name, SPOT) < rates[0]


# --- the bill


@pytest.mark.parametrize("purchase", [ON_DEMAND, RESERVED_1, RESERVED_3])
@pytest.mark.parametrize(("hours", "months"), [(6.0, 12), (24.0, 12), (18.0, 20), (24.0, 40)])
def test_a_bill_hour_by_hour_is_the_same(purchase, hours, months):
    """Every term bought as late as its months begin; the last months both ways."""
    rate, price = rate_usd_h("m6a.xlarge", purchase), rate_usd_h("m6a.xlarge", ON_DEMAND)
    term = TERM_MONTHS.get(purchase, 0)
    bills = []
    for terms in range(0 if not term else 1, 7 if term else 1):
        bill = 730 * rate * term * terms
        for month in range(months):
            bill += 0 if month < term * terms else 730 * hours / 24 * price
        bills.append(bill / months)
    found = simulate(CostScenario(purchase=purchase, hours=hours, months=months))
    full = max(months // term, 1) if term else 0
    allowed = bills[max(full - 1, 0) : full + 1] if term else bills
    assert found.instance_usd_month == pytest.approx(min(allowed))


@pytest.mark.parametrize("months", [5, 12, 14, 30, 36])
@pytest.mark.parametrize("purchase", TERM_MONTHS)
def test_from_the_hours_told_a_commitment_costs_less_and_not_before(purchase, months):
    found = simulate(CostScenario(months=months))
    hours = found.from_hours(purchase)
    at = [0.5, 12.0, 24.0] if hours is None else [hours - 0.1]
    for few in at:
        assert found.instances_usd(purchase, few) >= found.instances_usd(ON_DEMAND, few)
    if hours is not None:
        more = hours + 0.05
        assert found.instances_usd(purchase, more) < found.instances_usd(ON_DEMAND, more)


@pytest.mark.parametrize("purchase", PURCHASES)
def test_the_parts_are_the_bill(purchase):
    found = answer(purchase=purchase, hours=9.0, months=17, reclaimed_pct=50.0)
    whole = found.data["bill_usd_month"].sum()
    assert whole == pytest.approx(found.summary["cost_usd_month"])
    assert found.data["bill_usd_month"].min() >= 0
    column = f"{purchase.replace(' ', '_')}_usd_month"
    at = list(found.data["day_hours"]).index(9.0)
    assert found.data[column][at] == pytest.approx(found.summary["instance_usd_month"])


def test_addresses_cost_while_they_run_and_volumes_always():
    half, whole = (answer(hours=hours, root_gib=100).summary for hours in (12.0, 24.0))
    assert half["address_usd_month"] == pytest.approx(730 / 2 * 0.005)
    assert half["volumes_usd_month"] == whole["volumes_usd_month"] == pytest.approx(8.0)
    assert answer(public_ipv4=False).summary["address_usd_month"] == 0


# --- what is said

SAYS = {
    "Office hours": ("10 of the 24 hours", "cheaper here"),
    "Round the clock": (
        "cheaper here: savings plan 1 year, reserved 1 year, reserved 3 years", "none is cheaper"
    ),
    "A project that ends early": ("pays for 22 months of the term", "less than on demand"),
    "A batch that may stop": ("USD less than on demand", "does not hold"),
    "A month of work, never saved": ("USD more than on demand", "does not hold"),
}  # fmt: skip


@pytest.mark.parametrize("preset", PRESETS, ids=[preset.name for preset in PRESETS])
def test_a_preset_says_what_it_teaches(preset):
    must, must_not = SAYS[preset.name]
    why = answer(**preset.values).why
    assert must in why and must_not not in why


def test_spot_holds_only_work_that_may_be_interrupted():
    assert "does not hold it" in answer(purchase="spot").why
    assert compare(CostScenario()).best.label == ON_DEMAND
    assert compare(CostScenario(may_stop=True)).best.label == SPOT


def test_a_used_term_says_nothing_of_hours_that_buy_nothing():
    full = answer(purchase="reserved 1 year", hours=24.0, months=12)
    assert "Of it" not in full.why and full.summary["unused_usd_month"] == pytest.approx(0)
    nearly = answer(purchase="reserved 1 year", hours=23.0, months=12)
    assert "the 1 h a day in which nothing runs" in nearly.why


def test_months_after_the_last_term_are_on_demand():
    remark = compare(CostScenario(hours=24.0, months=13)).options[2].remark
    assert remark == "paid for 12 months, then 1 month on demand"


def test_what_is_assumed_and_what_needs_a_quota_is_said():
    large = str(answer(instance_type="m6a.2xlarge", purchase="spot"))
    assert "rate is assumed" in large and "ask for a larger quota" in large
    small = str(answer(purchase="spot"))
    assert "rate is assumed" not in small and "quota first" not in small
    assert "AWS publishes no rate of reclaims" in small
    said = "Recalled from others' copies of AWS's lists: "
    assert f"{said}savings plan 1 year, reserved 1 year, reserved 3 years, spot." in small
    assert f"{said}reserved 1 year, reserved 3 years, spot." in large


def test_a_longer_piece_than_a_days_run_is_saved_at_night():
    assert CostScenario(hours=8.0, saved_h=100.0).piece_h == 8.0
    assert CostScenario(hours=24.0, saved_h=100.0).piece_h == 100.0


def test_what_can_not_be_is_refused():
    with pytest.raises(ScenarioError, match="reclaimed_pct"):
        CostScenario(reclaimed_pct=100.0)
    with pytest.raises(ScenarioError, match="purchase"):
        CostScenario(purchase="reserved 2 years")


def test_the_price_of_a_type_is_of_one_region_and_month():
    ec2 = facts.load("ec2")
    assert {ec2.get(name, "reserved_1_year").region for name in PURCHASED_TYPES} == {"us-east-1"}


@pytest.mark.parametrize("purchase", ["on demand", "reserved 1 year", "spot"])
def test_the_curve_shows_the_bill_at_the_own_hours(purchase):
    found = answer(purchase=purchase, hours=12.3, may_stop=True)
    shown = found.data[f"{purchase.replace(' ', '_')}_usd_month"][found.data["day_hours"] == 12.3]
    assert shown == pytest.approx(found.summary["instance_usd_month"])
