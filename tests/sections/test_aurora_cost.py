import pytest

from awsnb.sections.aurora.cost import VIEW
from awsnb.sections.aurora.cost.options import compare
from awsnb.sections.aurora.cost.scenario import CostScenario
from awsnb.sections.aurora.cost.simulate import rds_bill


def test_rds_is_provisioned_for_the_peak_of_its_own_ios():
    scenario = CostScenario(io_per_s=2000.0, io_peak_factor=4.0, rds_io_factor=2.0)
    assert rds_bill(scenario.rds()).io == pytest.approx((16_000 - 12_000) * 0.04)
    assert rds_bill(scenario.replace(io_peak_factor=1.0).rds()).io == 0
    assert rds_bill(scenario.replace(rds_io_factor=20.0).rds()) is None
    for way in ("Standard", "I/O-Optimized"):  # Aurora counts I/Os, whenever they come
        assert scenario.cluster(way) == CostScenario(io_per_s=2000.0).cluster(way)
    peak = CostScenario(io_per_s=2000.0, io_peak_factor=4.0)
    assert VIEW.simulate(peak).summary["rds_iops"] == 8000


@pytest.mark.parametrize("io_per_s", [100.0, 2000.0, 80_000.0])
@pytest.mark.parametrize("backtrack_h", [0.0, 24.0])
@pytest.mark.parametrize("storage", ["Standard", "I/O-Optimized"])
def test_the_best_is_the_cheapest_that_holds_and_costs_what_it_says(io_per_s, backtrack_h, storage):
    scenario = CostScenario(io_per_s=io_per_s, backtrack_h=backtrack_h, storage=storage)
    compared = compare(scenario)
    holding = [option for option in compared.options if option.holds]
    assert compared.best.cost_usd_month == min(option.cost_usd_month for option in holding)
    assert compared.best.label in compared.why
    if compared.best is not compared.options[0]:
        less = compared.options[0].cost_usd_month - compared.best.cost_usd_month
        assert f"{less:,.2f} USD less than the cluster that was asked for" in compared.why
    mine, other, rds = compared.options
    assert rds.holds == (not backtrack_h and io_per_s < 64_000)
    for option in (mine, other):
        cost = VIEW.simulate(option.scenario).summary["cost_usd_month"]
        assert option.cost_usd_month == pytest.approx(cost)


# --- true sentences


def why(**values):
    return VIEW.simulate(CostScenario(**values)).why


def test_the_cheaper_configuration_is_the_one_whose_bill_is_less():
    busy = VIEW.simulate(VIEW.situations()[1])
    assert busy.summary["io_share_pct"] > 50 and "so I/O-Optimized is the cheaper" in busy.why
    assert "so Standard is the cheaper" in why(io_per_s=500.0)


def test_what_rds_can_not_do_is_said_beside_its_price():
    assert "RDS has no backtrack." in why(backtrack_h=24.0) and "backtrack" not in why()
    far = why(io_per_s=80_000.0)
    assert "RDS on gp3 can't do this rate" in far and "would cost" not in far
