from math import exp

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb import facts, theory
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.instance_store import copies, speed, survival
from awsnb.sections.instance_store.copies.scenario import CopiesScenario
from awsnb.sections.instance_store.copies.simulate import YEAR_H, loss, loss_theory, sets, window_h
from awsnb.sections.instance_store.copies.tell import odds
from awsnb.sections.instance_store.speed.scenario import SpeedScenario
from awsnb.sections.instance_store.survival.scenario import SurvivalScenario
from awsnb.sections.instance_store.truth import closed_forms

STORE = section("instance-store")


def result(**values):
    return copies.VIEW.simulate(CopiesScenario(**values))


def preset(view, name):
    (found,) = [one for one in view.presets if one.name == name]
    return view.scenario(**found.values)


# --- copies


def test_one_copy_is_lost_with_the_first_instance():
    alone = CopiesScenario(copies=1, instances=7, losses_per_year=0.3)
    assert loss(alone, 1.0) == pytest.approx(1 - exp(-7 * 0.3))
    assert loss_theory(alone, 1.0) == pytest.approx(1 - exp(-7 * 0.3))


def test_a_mirrored_pair_is_the_textbooks():
    pair = CopiesScenario(copies=2, instances=2, losses_per_year=1.0, noticed_after_min=0.0)
    up, down = YEAR_H, window_h(pair)
    mean = (3 * up + up**2 / down) / 2  # Patterson, Gibson and Katz, 1988, with both repaired
    assert loss(pair, down) == pytest.approx(1 - exp(-YEAR_H / mean), rel=1e-3)


@pytest.mark.parametrize("placement", ["groups", "scattered"])
@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_chain_is_a_slow_walk_through_its_states(placement, number):
    fleet = CopiesScenario(
        copies=number, instances=6, losses_per_year=50.0, data_gb=3000.0, placement=placement
    )
    assert loss(fleet, window_h(fleet)) == pytest.approx(walked(fleet), rel=2e-3)


def walked(fleet, steps=200_000):
    """Return the chance of a loss by small steps through the number of instances down."""
    nodes, systems = (6, 1) if fleet.placement == "scattered" else (fleet.copies, 6 // fleet.copies)
    step = YEAR_H / steps
    fail, repair = fleet.losses_per_year * step / YEAR_H, step / window_h(fleet)
    share, lost = [1.0] + [0.0] * (fleet.copies - 1), 0.0
    for _ in range(steps):
        after = list(share)
        for down, chance in enumerate(share):
            failing, repaired = chance * (nodes - down) * fail, chance * down * repair
            after[down] -= failing + repaired
            if down + 1 < fleet.copies:
                after[down + 1] += failing
            else:
                lost += failing
            if down:
                after[down - 1] += repaired
        share = after
    return 1 - (1 - lost) ** systems


@given(
    number=st.integers(1, 4),
    instances=st.integers(4, 40),
    placement=st.sampled_from(["groups", "scattered"]),
)
def test_where_losses_are_rare_the_first_order_is_the_chain(number, instances, placement):
    fleet = CopiesScenario(
        copies=number, instances=instances, losses_per_year=0.01, placement=placement
    )
    assert loss(fleet, 0.1) == pytest.approx(loss_theory(fleet, 0.1), rel=1e-3)


@given(number=st.integers(1, 5), losses=st.floats(0.01, 100), window=st.floats(0.01, 100))
def test_a_copy_more_never_makes_a_group_less_safe(number, losses, window):
    fewer, more = (
        CopiesScenario(copies=n, instances=60, losses_per_year=losses) for n in (number, number + 1)
    )
    assert loss(more, window) <= loss(fewer, window) * (1 + 1e-9)


def test_without_a_wait_scattering_pairs_changes_how_much_is_lost_and_not_how_often():
    pairs = {"instances": 48, "losses_per_year": 0.05, "noticed_after_min": 0.0}
    groups, scattered = (
        result(placement=kind, **pairs).summary for kind in ("groups", "scattered")
    )
    assert scattered["loss_pct"] == pytest.approx(groups["loss_pct"], rel=1e-3)
    assert scattered["lost_gb"] == pytest.approx(groups["lost_gb"] / 47)
    assert scattered["window_s"] == pytest.approx(groups["window_s"] / 47)


def test_what_is_lost_and_what_there_is_add_up():
    for scenario in copies.VIEW.situations():
        summary = copies.VIEW.simulate(scenario).summary
        assert summary["lost_gb"] * sets(scenario) == pytest.approx(summary["usable_gb"])


def test_instances_beyond_the_last_full_group_hold_nothing():
    said = result(copies=3, instances=14)
    assert said.summary["usable_gb"] == 4 * 400
    assert any("2 instances left over" in note for note in said.notes)


@pytest.mark.parametrize("copies_asked", [1, 2, 6])
def test_no_number_of_copies_helps_when_all_go_at_once(copies_asked):
    said = result(copies=copies_asked, fleet_losses_per_year=3.0, losses_per_year=0.01)
    assert said.summary["loss_pct"] >= 100 * (1 - exp(-3.0)) * (1 - 1e-9)
    assert said.summary["needed_copies"] is None
    assert "with any number of copies" in said.why


def test_a_small_common_cause_is_not_blamed():
    said = result(copies=1, fleet_losses_per_year=0.001)
    assert "any number" not in said.why and "With 1 copy" in said.why


def test_as_much_data_on_gp3():
    assert facts.load("ebs").value("gp3", "durability") == 99.8
    assert result(copies=2, instances=12).summary["gp3_loss_pct"] == pytest.approx(
        100 * (1 - 0.998**6)
    )


@pytest.mark.parametrize("scenario", copies.VIEW.situations(), ids=lambda one: one.text)
def test_the_comparison_says_what_each_number_of_copies_says_alone(scenario):
    compared = copies.VIEW.compare(scenario)
    for option in compared.options:
        alone = copies.VIEW.simulate(option.scenario).summary
        assert {n.name: n.value for n in option.numbers}.items() <= alone.items()
    needed = copies.VIEW.simulate(scenario).summary["needed_copies"]
    assert (compared.best.scenario.copies if compared.best else None) == needed


def test_a_weekly_replacement_breaks_two_copies():
    weekly = copies.VIEW.simulate(preset(copies.VIEW, "Replaced every week")).summary
    assert weekly["loss_pct"] > 90 and weekly["needed_copies"] == 5


def test_scattering_loses_more_often_and_less():
    scattered = preset(copies.VIEW, "Scattered over the fleet")
    here, groups = (
        copies.VIEW.simulate(scattered.replace(placement=kind)).summary
        for kind in ("scattered", "groups")
    )
    assert here["window_s"] < groups["window_s"] / 5
    assert here["loss_pct"] > 5 * groups["loss_pct"]
    assert here["lost_gb"] < groups["lost_gb"] / 40


@pytest.mark.parametrize(
    ("chance", "text"),
    [(0.0, "never"), (0.9999, "over 99 %"), (0.25, "25 %"), (0.0123, "1.2 %"),
     (1 / 2134, "1 in 2,100"), (1 / 3.4e6, "1 in 3.4 million"), (1 / 764e9, "1 in 764 billion"),
     (1e-13, "under 1 in 1,000 billion")],
)  # fmt: skip
def test_odds(chance, text):
    assert odds(chance) == text


@pytest.mark.parametrize(
    ("values", "field", "rule"),
    [
        ({"copies": 3, "instances": 2}, "copies", "and there are 2; use 1 to 2 copies"),
        ({"copies": 2, "instances": 1}, "copies", "and there is 1"),
        ({"copies": 7}, "copies", "a whole number from 1 to 6"),
        ({"losses_per_year": 0.0}, "losses_per_year", "from 0.01 to 400 a year"),
        ({"placement": "ring"}, "placement", "one of groups, scattered"),
    ],
)
def test_what_no_fleet_can_be(values, field, rule):
    with pytest.raises(ScenarioError, match=rule) as caught:
        CopiesScenario(**values)
    assert caught.value.field == field


def test_the_closed_form_the_chain_and_the_drawn_histories_agree():
    table = closed_forms()
    assert (table["mean, closed form"] == table["mean, chain"]).all()
    chain, drawn = (
        table[f"chance, {of}"].str.rstrip(" %").astype(float) for of in ("chain", "drawn")
    )
    assert (abs(chain - drawn) < 1.4).all()  # four standard errors of 20,000 draws


def test_the_rate_of_losses_is_symmetric_in_what_is_counted():
    assert theory.loss_rate(1, 1, 10.0, 1.0) == 0.1
    assert theory.loss_rate(12, 2, 100.0, 1.0) == pytest.approx(
        66 * theory.loss_rate(2, 2, 100.0, 1.0)
    )


# --- survival


def survived(**values):
    return survival.VIEW.simulate(SurvivalScenario(**values))


def test_a_reboot_keeps_the_store_and_a_stop_does_not():
    said = survived(first="reboot", second="nothing")
    assert said.summary["instance_store"] == "yes" and said.summary["ram"] == "no"
    assert said.why.endswith("the instance store survives.")
    assert survived(first="reboot", second="stop and start").summary["instance_store"] == "no"


def test_nothing_brings_data_back():
    said = survived(first="stop and start", second="reboot", third="power failure")
    there = dict(zip(said.data["thing"], said.data["there"].tolist(), strict=True))
    assert there["instance store"] == [1, 0, 0, 0]
    assert (np.diff(said.data["there"], axis=1) <= 0).all()
    assert "'stop and start'" in said.why


@pytest.mark.parametrize(
    ("values", "root", "data"),
    [
        ({}, "no", "yes"),
        ({"delete_root": False}, "yes", "yes"),
        ({"delete_data": True}, "no", "no"),
    ],
)
def test_what_a_termination_leaves(values, root, data):
    said = survived(first="terminate", second="nothing", **values)
    assert (said.summary["root_volume"], said.summary["data_volume"]) == (root, data)
    assert ("deletes" in said.why) == ("no" in (root, data))


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"first": "terminate"}, "second"),
        ({"second": "terminate", "third": "reboot"}, "third"),
        ({"first": "terminate", "second": "nothing", "third": "reboot"}, "third"),
    ],
)
def test_a_terminated_instance_is_not_started_again(values, field):
    with pytest.raises(ScenarioError, match=r"a terminated instance can't be started") as caught:
        SurvivalScenario(**values)
    assert caught.value.field == field


def test_what_is_not_checked_is_said():
    assert any("recalled" in note for note in survived(first="power failure").notes)
    assert not any("recalled" in note for note in survived().notes)


def test_the_table_of_events():
    rows = survival.VIEW.compare(SurvivalScenario()).rows.set_index("option")
    assert rows.index[rows["holds"]].tolist() == ["reboot", "power failure"]
    assert rows.loc["hibernate and start", "ram"] == "yes"


# --- speed


def fast(**values):
    return speed.VIEW.simulate(SpeedScenario(**values))


def test_the_instance_holds_ebs_back_and_not_its_own_drives():
    said = fast(instance_type="i3.large", wanted_iops=20_000)
    assert said.summary["store_iops"] == 100_125
    assert said.summary["gp3_iops"] == said.summary["io2_iops"] == 3_000
    assert "the instance's IOPS let no more through" in said.why


def test_on_the_largest_the_volume_holds_it_back():
    said = fast(instance_type="i4i.32xlarge", wanted_iops=1_000_000)
    assert said.summary["gp3_iops"] == 80_000 and "the volume's IOPS" in said.why
    assert said.summary["io2_iops"] == 160_000


def test_what_gp3_serves_it_is_priced_by_hand():
    said = fast(instance_type="i4i.32xlarge", wanted_iops=40_000)
    assert "gp3 does too" in said.why
    storage, io, throughput = 27_939 * 0.08, 37_000 * 0.005, (157 - 125) * 0.04
    assert said.summary["gp3_cost_usd_month"] == pytest.approx(storage + io + throughput)


def test_more_than_the_store_can_do_is_said():
    said = fast(instance_type="i4i.large", wanted_iops=30_000, operation="writes")
    assert said.why.startswith("The store does not serve 30,000 writes a second.")
    compared = speed.VIEW.compare(said.scenario)
    assert compared.best is None and compared.why.startswith("Nothing on this instance")


def test_the_store_is_the_cheapest_that_serves():
    compared = speed.VIEW.compare(SpeedScenario())
    assert compared.best.label == "instance store" and compared.best.cost_usd_month == 0


@pytest.mark.parametrize("instance_type", speed.VIEW.scenario.fields()["instance_type"].choices)
@pytest.mark.parametrize("wanted", [100, 4_000_000])
def test_the_volumes_that_are_bought_are_sold(instance_type, wanted):
    asked = SpeedScenario(instance_type=instance_type, wanted_iops=wanted)
    for one in speed.VIEW.outcome(asked).ebs.values():
        one.volume.check()


@pytest.mark.parametrize("data_gb", [400.0, 30_000.0])
def test_the_curve_shows_the_chance_of_the_headline_at_the_own_window(data_gb):
    found = result(data_gb=data_gb)
    own_h = found.summary["window_s"] / 3600
    shown = found.data["window_one_of_fleets"][np.isclose(found.data["window_h"], own_h)]
    assert shown == pytest.approx(100 / found.summary["loss_pct"])
