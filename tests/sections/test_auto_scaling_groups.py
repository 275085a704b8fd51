import json
import math

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.auto_scaling_groups import allocation, repair, spot_pools, termination, truth
from awsnb.sections.auto_scaling_groups.repair.ledger import ledger
from awsnb.sections.auto_scaling_groups.repair.options import compare, enough_grace_s
from awsnb.sections.auto_scaling_groups.repair.scenario import RepairScenario

GROUPS = section("auto-scaling-groups")


def result(**values):
    return repair.VIEW.simulate(RepairScenario(**values))


def preset(view, name):
    (found,) = [one for one in view.presets if one.name == name]
    return view.simulate(view.scenario(**found.values))


@pytest.mark.parametrize(
    ("name", "says", "never_says"),
    [
        ("The notes' experiment", "after 30 s", "never"),
        ("A hung application", "never knows", "launch"),
        ("Grace left out", "lost like this", "knows after"),
        ("A hook in place of grace", "hook holds it back", "successes"),
        ("A slow boot, a warm pool", "stopped instance from the warm pool", "successes"),
        ("A zone for 30 minutes", "1 at a time", "balanced-only"),
        ("A zone, balanced-only", "balanced-only", "at a time"),
        ("A lost zone, and a policy", "from 6 to 7, first after 4 min", "adds nothing"),
        ("Spot takes three", "successes in a row", "notice"),
        ("Spot, rebalanced", "at the notice", "knows after"),
        ("Three impaired hosts", "1 at a time", "never"),
    ],
)
def test_each_situation_says_its_cause_and_no_other(name, says, never_says):
    why = preset(repair.VIEW, name).why
    assert says in why
    assert never_says not in why


def test_too_short_a_grace_never_ends_and_enough_does():
    enough = enough_grace_s(RepairScenario(boot_s=120))
    assert result(grace_s=0).summary["whole_after_min"] is None
    assert result(grace_s=0).summary["condemned"] > 10
    assert result(grace_s=enough).summary["condemned"] == 0
    assert result(grace_s=enough).summary["whole_after_min"] == pytest.approx(5.0)


def test_a_warm_pool_that_runs_out_leaves_cold_launches_to_the_grace():
    hit = {"event": "host impaired", "affected": 3, "boot_s": 3600}
    told = result(**hit, warm_pool="Stopped")
    assert "A new instance not from the warm pool needs" in told.why
    assert "6 min after its launch" in told.why
    assert "warm pool" not in result(**hit).why


def test_only_the_balancer_sees_an_application():
    hung = {"event": "application hangs"}
    assert result(**hung, checks="EC2").summary["whole_after_min"] is None
    assert result(**hung, checks="EC2 and EBS").summary["whole_after_min"] is None
    assert result(**hung, checks="EC2 and ELB").summary["whole_after_min"] > 0


def test_a_returning_zone_gets_its_instances_back_one_by_one_and_launches_first():
    answer = result(event="zone lost")
    assert answer.data["zone_instances"][:, -1].tolist() == [2, 2, 2]
    assert answer.data["there"][-60:].min() == 6  # nothing is terminated before its successor
    assert answer.summary["most_instances"] == 7


@pytest.mark.parametrize(
    "values",
    [{"event": "zone lost"}, {"event": "Spot pool reclaimed", "types": 1, "on_demand_pct": 0}],
)
def test_a_group_with_nowhere_else_to_launch_waits_for_the_end_of_the_outage(values):
    alone, beside = result(zones=1, **values), result(zones=3, **values)
    said = "to launch in until the lost one is back, after 30 min"
    assert said in alone.why and said not in beside.why
    assert alone.summary["whole_after_min"] > 30 > beside.summary["whole_after_min"]
    assert "at the notice" not in result(zones=1, **values, capacity_rebalance=True).why


def test_nothing_but_time_is_lost_between_columns_and_numbers():
    answer = result(event="zone lost")
    assert answer.data["zone_instances"].sum(axis=0).tolist() == answer.data["serving"].tolist()
    (serving,) = {
        tuple(sum(m.count[i] for p in answer.scene.places for m in p.members if m.word == "serving")
              for i in range(answer.data["minute"].size))
    }  # fmt: skip
    assert list(serving) == answer.data["serving"].tolist()


def test_capacity_rebalancing_saves_the_notice():
    spot = next(dict(one.values) for one in repair.PRESETS if one.name == "Spot takes three")
    late, ahead = (result(**spot, capacity_rebalance=on) for on in (False, True))
    saved = late.summary["whole_after_min"] - ahead.summary["whole_after_min"]
    assert saved == pytest.approx((120 + 30) / 60)  # and the group's own check


def test_the_comparison_finds_a_setting_that_ends_the_churn():
    found = compare(RepairScenario(grace_s=0))
    assert not found.options[0].holds
    assert found.best.label == "grace period of 240 s"


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"desired": 9}, "from the minimum to the maximum"),
        ({"lifetime_days": 0}, "at least 1 day"),
        ({"hook": True, "heartbeat_s": 10}, "from 30 to 7,200 s"),
        ({"event": "Spot pool reclaimed"}, "no Spot Instances"),
        ({"affected": 7}, "has 6 instances"),
    ],
)
def test_what_aws_refuses_is_refused(values, said):
    with pytest.raises(ScenarioError, match=said):
        RepairScenario(**values)


def test_the_ledger_speaks_as_aws_does():
    causes = ledger(RepairScenario(checks="EC2"))["Cause"].tolist()
    assert causes[0].endswith("EC2 health check indicating it has been terminated or stopped.")
    assert causes[1].endswith("in response to an unhealthy instance needing to be replaced.")


HISTORY = [  # newest first, as AWS lists them
    {"Description": "Launching a new EC2 instance: i-2", "StartTime": "2026-11-01T10:00:02Z",
     "EndTime": "2026-11-01T10:01:00Z", "StatusCode": "Successful", "Cause": "c"},
    {"Description": "Launching a new EC2 instance: i-9", "StartTime": "2026-11-01T10:00:01Z",
     "EndTime": "2026-11-01T10:00:30Z", "StatusCode": "Failed", "Cause": "c"},
    {"Description": "Terminating EC2 instance: i-1", "StartTime": "2026-11-01T10:00:00Z",
     "EndTime": "2026-11-01T10:05:00Z", "StatusCode": "Successful", "Cause": "c"},
]  # fmt: skip


def test_a_history_of_ones_own_is_drawn_over_the_model(tmp_path):
    file = tmp_path / "history.json"
    file.write_text(json.dumps({"Activities": HISTORY}))
    answer = result(activities=str(file))
    own, minute = answer.data["own_instances"], answer.data["minute"]
    low = minute[own == 5]
    assert set(own) == {5, 6}
    assert (low.min(), low.max()) == (5.5, 6.25)  # 60 s from the model's first activity at 5.5 min


@pytest.mark.parametrize(
    ("text", "said"),
    [("nonsense", "not JSON"), ("{}", "no list of Activities"), ("[]", "no launch"),
     ('[{"StatusCode": "Failed"}]', "activity 1 has no Description"),
     ('[{"Description": "Terminating EC2 instance: i", "StartTime": 5}]', "StartTime 5")],
)  # fmt: skip
def test_another_file_is_refused_in_a_sentence(tmp_path, text, said):
    file = tmp_path / "history.json"
    file.write_text(text)
    with pytest.raises(ScenarioError, match=said):
        result(activities=str(file))


# --- Spot pools


@pytest.mark.parametrize("pools", [1, 3, 9])
def test_the_chain_of_pools_is_the_binomial_law(pools):
    asked = spot_pools.SpotScenario(total=12, needed=11, pools=pools)
    short = spot_pools.VIEW.simulate(asked).summary["short_min"]
    assert short == pytest.approx(truth.binomial_min(asked), rel=1e-9)


def test_a_base_that_carries_the_load_is_never_short():
    answer = preset(spot_pools.VIEW, "A base that carries all")
    assert answer.summary["short_min"] == 0
    assert "can't take" in answer.why


# --- termination order


@pytest.mark.parametrize(
    ("name", "first"),
    [("AWS's example", "i-2"), ("Same launch configuration", "i-3"),
     ("Oldest, but the zone first", "i-2"), ("Six in three zones", "i-3")],
)  # fmt: skip
def test_the_order_is_that_of_awss_rules(name, first):
    answer = preset(termination.VIEW, name)
    assert answer.summary["first_to_go"] == first
    assert first in answer.why


def test_all_protected_means_that_none_goes():
    text = "i-1, a, template 1, 5, protected"
    answer = termination.VIEW.simulate(termination.TerminationScenario(instances=text))
    assert answer.summary["first_to_go"] == "none"


@pytest.mark.parametrize(
    "line",
    ["i-1, a", "i-1, a, image 1, 5", "i-1, a, template x, 5", "i-1, a, template 1, -5",
     "i-1, a, template 1, 5, safe"],
)  # fmt: skip
def test_a_wrong_line_is_refused_with_its_number(line):
    with pytest.raises(ScenarioError, match="line 2") as refused:
        termination.TerminationScenario(instances=f"i-0, a, template 1, 5\n{line}")
    assert refused.value.line == 2


# --- truth


def test_aws_examples_are_met():
    table = truth.published_examples()
    for said, ours in zip(table["AWS"], table["rules"], strict=True):
        assert said.split(":")[0] == ours


def test_the_group_is_the_chain_of_losses_and_repairs():
    table = truth.loss_and_repair()
    assert np.allclose(table["chain, %"], table["closed form, %"], atol=0.002)
    assert np.allclose(table["chain, %"], table["the group, %"], atol=0.3)


# --- a scaling policy

POLICY = {"target_pct": 50.0, "maximum": 12}


def test_a_policy_acts_while_the_repair_takes_its_turns():
    alone, helped = result(event="zone lost"), result(event="zone lost", **POLICY)
    assert helped.summary["whole_after_min"] < alone.summary["whole_after_min"]
    assert helped.data["desired"].tolist()[0] == 6
    assert helped.data["desired"][-1] == helped.summary["most_desired"] == 7
    assert "policy" not in alone.why


def test_a_policy_makes_up_for_failures_that_no_check_sees():
    hung = {"event": "application hangs", "checks": "EC2", "affected": 3}
    told = result(**hung, **POLICY)
    assert "The group never knows" in told.why
    # three serve at 90 %, and all six count: 6 x 90 / 50
    assert "from 6 to 12, first after 4 min" in told.why
    assert told.summary["whole_after_min"] is not None
    assert result(**hung).summary["whole_after_min"] is None


def test_a_policy_that_has_nothing_to_add_says_why():
    assert "asks for no more than 6" in result(**POLICY, busy_pct=30.0).why
    assert "no CPU to go by" in result(**POLICY, event="zone lost", zones=1).why


def test_the_activities_of_a_policy_are_in_awss_words():
    rows = ledger(RepairScenario(event="zone lost", **POLICY), rows=40)
    started = [cause for cause in rows["Cause"] if "increasing the capacity from" in cause]
    assert len(started) == 1
    assert "a difference between desired and actual capacity" in started[0]


# --- allocation strategies

OFFERS = "dear, 0.9, 1\ncheap, 0.1, 9\nmiddle, 0.4, 2\nrare, 0.8, 0.5"


@pytest.mark.parametrize(
    ("strategy", "pools", "taken"),
    [
        ("lowest-price", 1, {"cheap": 7}),
        ("lowest-price", 2, {"cheap": 4, "middle": 3}),
        ("lowest-price", 3, {"cheap": 3, "middle": 2, "rare": 2}),
        ("capacity-optimized", 2, {"rare": 7}),
        ("price-capacity-optimized", 2, {"rare": 7}),
    ],
)
def test_each_strategy_takes_its_pools_in_each_zone(strategy, pools, taken):
    more = {"lowest_pools": pools} if strategy == "lowest-price" else {}
    asked = allocation.AllocationScenario(
        strategy=strategy, offers=OFFERS, spot=14, needed=10, zones=2, **more
    )
    found = allocation.allocate(asked)
    for zone in range(2):
        assert {p.offer.name: p.instances for p in found if p.zone == zone} == taken
    assert sum(pool.instances for pool in found) == 14


def test_of_the_steady_half_price_capacity_optimized_takes_the_cheapest():
    asked = allocation.AllocationScenario(offers=OFFERS.replace("0.8, 0.5", "0.95, 0.5"))
    assert {pool.offer.name for pool in allocation.allocate(asked)} == {"dear"}


def test_alike_pools_are_short_as_the_chain_of_pools_says():
    alike = allocation.AllocationScenario(offers="m5.large, 0.03, 2", spot=9, needed=8)
    chain = spot_pools.SpotScenario(total=9, needed=8, on_demand_base=0, pools=3, interruptions=2.0)
    found = allocation.simulate(alike)
    assert found.short_share == pytest.approx(spot_pools.short_share(chain, 3), rel=1e-9)
    falls = 1 - math.exp(-found.falls_a_month)
    assert falls == pytest.approx(spot_pools.chance_of_short(chain, 3), rel=0.01)


def test_pools_that_come_and_go_one_by_one_are_short_as_the_product_says():
    pools = allocation.allocate(
        allocation.AllocationScenario(
            strategy="lowest-price", offers="a, 0.1, 60\nb, 0.2, 20", spot=5, needed=3, zones=1
        )
    )
    missing_min = 300.0
    share, falls = allocation.shortages(pools, 3, missing_min)
    random, months = np.random.default_rng(3), 4000
    minute = allocation.MONTH_MIN * months
    changes = []
    for pool in pools:
        count = int(1.2 * months * pool.offer.a_month)
        up = random.exponential(allocation.MONTH_MIN / pool.offer.a_month, count)
        down = random.exponential(missing_min, count)
        edges = np.cumsum(np.column_stack([up, down]).ravel())
        changes += [(at, -pool.instances if i % 2 == 0 else pool.instances)
                    for i, at in enumerate(edges) if at < minute]  # fmt: skip
    left, last, short_min, fell = 5, 0.0, 0.0, 0
    for at, change in sorted(changes):
        short_min += (at - last) * (left < 3)
        fell += left >= 3 > left + change
        left, last = left + change, at
    assert short_min / minute == pytest.approx(share, rel=0.03)
    assert fell / months == pytest.approx(falls, rel=0.03)


@pytest.mark.parametrize(
    ("name", "says", "never_says"),
    [
        (
            "The API's default",
            "lowest-price takes the 2 cheapest: m5.large and m5a.large",
            "steady",
        ),
        ("Capacity alone", "takes what is taken back least: m5n.large", "cheapest"),
        ("One type on offer", "takes the only type on offer: m5.large, in each", "cheapest"),
        ("Less spare than a pool", "one that is taken back is enough", "several"),
    ],
)
def test_an_allocation_says_what_it_takes_and_why(name, says, never_says):
    why = preset(allocation.VIEW, name).why
    assert says in why
    assert never_says not in why


def test_what_is_interrupted_and_paid_is_a_sum_by_hand():
    found = allocation.VIEW.simulate(allocation.AllocationScenario(strategy="lowest-price"))
    assert found.summary["interrupted_instances"] == pytest.approx(6 * 6 + 3 * 3)
    assert found.summary["cost_usd_month"] == pytest.approx(730 * (6 * 0.030 + 3 * 0.034))
    told = allocation.compare(allocation.AllocationScenario()).why
    assert "'lowest-price' is the cheapest" in told
    assert "'capacity-optimized' interrupts 4.5 instances" in told


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"offers": ""}, "1 to 20 lines"),
        ({"offers": "m5.large, 0.03"}, "line 1"),
        ({"offers": "m5.large, free, 2"}, "above 0 and up to 1000 USD"),
        ({"offers": "m5.large, 0.03, 2\nm5.large, 0.04, 2"}, "no other line has"),
        ({"offers": "m5.large, 0.03, 2\nm6i.large, nan, 2"}, "line 2"),
        ({"needed": 10}, "9 Spot Instances"),
    ],
)
def test_offers_that_cannot_be_are_refused_in_a_sentence(values, says):
    with pytest.raises(ScenarioError, match=says):
        allocation.AllocationScenario(**values)
