import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.mechanisms.group import NEVER
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.instance_refresh import truth
from awsnb.sections.instance_refresh.options import compare
from awsnb.sections.instance_refresh.scenario import RefreshScenario
from awsnb.sections.instance_refresh.simulate import simulate
from awsnb.sections.instance_refresh.traffic import TIMEOUT_S, Flow, waits

REFRESH = section("instance-refresh")
BAD = {"version": "fails requests"}
ALARM = {"alarm_pct": 5.0, "auto_rollback": True}


def result(**values):
    return REFRESH.simulate(RefreshScenario(**values))


def preset(name):
    (found,) = [one for one in REFRESH.views[0].presets if one.name == name]
    return REFRESH.simulate(RefreshScenario(**found.values))


@pytest.mark.parametrize(
    ("name", "says", "never_says"),
    [
        ("AWS's checkpoints", "5 instances stay old", "fails"),
        ("The notes' 70 %", "with as few as 7 that serve", "and then fail"),
        ("Launch before terminating", "new ones come first", "old ones end first"),
        ("All at once, 100 to 200 %", "10 are replaced at a time", "wait"),
        ("A warm-up too short", "ready 4.5 min before it serves", "alarm"),
        ("A bad version, no alarm", "People notice after 1 h 1 min", "alarm"),
        ("The same with an alarm", "Until 3 of 10 are new", "People"),
        ("The same, tested at 10 %", "Tests at a checkpoint", "People"),
        ("A leak, no bake time", "was done before the alarm went off", "The alarm goes off"),
        ("A leak, an hour of baking", "The alarm goes off after 45 min", "People"),
        ("It never answers", "do not pass their health checks", "every request fails"),
        ("Never answers, EC2 checks", "every request fails", "do not pass"),
        ("One protected instance", "the rollback replaces all", "People"),
        ("One protected, ignored", "busy to 83 %", "rollback"),
        ("Refresh, spike, zone lost", "The lost zone takes 5 instances", "and then fail"),
    ],
)
def test_each_situation_says_its_cause_and_no_other(name, says, never_says):
    why = preset(name).why
    assert says in why
    assert never_says not in why


def test_aws_examples_are_kept_to_the_last_batch():
    table = truth.published()
    assert (table["AWS"] == table["model"]).all()


def test_the_pace_is_the_closed_form_and_the_walk():
    table = truth.paces()
    assert (table.iloc[:, 0] == table.iloc[:, 2]).all()
    assert (table.iloc[:, 1] == table.iloc[:, 2]).all()


# --- requests


def served_slowly(flow, length_s, backlog, steps_a_second=100):
    """Step by step: what fails, and what waits at the end."""
    step = 1 / steps_a_second
    failed = max(backlog - flow.capacity_rps * TIMEOUT_S, 0.0)
    backlog -= failed
    for _ in range(round(length_s * steps_a_second)):
        backlog += flow.load_rps * step
        backlog -= min(backlog, flow.capacity_rps * step)
        over = max(backlog - flow.capacity_rps * TIMEOUT_S, 0.0)
        failed, backlog = failed + over, backlog - over
    return failed, backlog


@given(
    st.integers(1, 400), st.integers(0, 4), st.integers(1, 200), st.floats(0, 20_000)
)  # fmt: skip
def test_requests_wait_and_fail_as_step_by_step(load, instances, length_s, backlog):
    flow = Flow(float(load), instances, 100, 0.0)
    parts = list(flow.parts(float(length_s), backlog))
    failed, left = served_slowly(flow, length_s, backlog)
    assert sum(part.length_s for part in parts) == pytest.approx(length_s)
    assert sum(part.failed_rps * part.length_s for part in parts) == pytest.approx(
        failed, abs=0.02 * load + 1
    )
    assert parts[-1].left == pytest.approx(left, abs=0.02 * load + 1)


def test_delayed_requests_are_erlangs_share_while_there_is_room():
    outcome = simulate(RefreshScenario())
    missing_s = 10 * (30 + 45)  # ten batches, one instance less until the new one serves
    expected = 750 * missing_s * (waits(750, 9, 100) - waits(750, 10, 100))
    assert outcome.delayed == pytest.approx(expected)
    assert waits(900, 9, 100) == 1.0


def test_failed_requests_of_a_bad_version_are_a_sum_by_hand():
    outcome = simulate(RefreshScenario(**BAD, min_healthy_pct=0, load_rps=100, notice_min=10))
    blind_s = 30 + 45
    # at first and on the way back nothing serves; then each of ten fails a fifth of its requests
    bad_s = 600 - blind_s
    assert outcome.verdict.back_s == 600
    assert outcome.failed == pytest.approx(100 * (2 * blind_s + 0.2 * bad_s))


# --- alarms, checkpoints, baking


def test_an_alarm_sees_what_all_requests_do():
    assert result(**BAD, **ALARM).summary["most_new"] == 3
    assert result(**BAD, **ALARM, error_pct=5.0).summary["status"].startswith("Successful")
    assert "too few requests fail" in result(**BAD, **ALARM, error_pct=5.0).why


def test_an_alarm_goes_off_minutes_after_its_share_is_passed():
    # the third new one serves after 12.25 min: minutes 12, 13, 14 are above, seen a minute later
    assert simulate(RefreshScenario(**BAD, **ALARM)).verdict == (NEVER, 16 * 60, "alarm")
    stopped = simulate(RefreshScenario(**BAD, alarm_pct=5.0)).verdict
    assert stopped == (16 * 60, (1.25 + 60) * 60, "people")


def test_an_alarm_without_rollback_leaves_both_versions_until_people_come():
    stopped = result(**BAD, alarm_pct=5.0)
    assert stopped.summary["status"] == "Failed"
    assert "what is replaced stays so" in stopped.why
    assert stopped.summary["failed"] > result(**BAD, **ALARM).summary["failed"]


def test_an_alarm_stops_a_good_version_too_if_nothing_serves():
    empty = {"min_healthy_pct": 0, "boot_s": 400, "alarm_pct": 5.0}
    stopped, back = result(**empty), result(**empty, auto_rollback=True)
    assert "what is replaced stays so" in stopped.why
    assert stopped.summary["status"] == "Failed"
    assert "the old version comes back" in back.why
    assert "find the version bad" not in back.why


def test_only_a_refresh_in_progress_is_rolled_back():
    leak = {**BAD, **ALARM, "fails_after_min": 40, "min_healthy_pct": 50, "load_rps": 450}
    found = [result(**leak, bake_min=minutes).summary["status"] for minutes in (0, 33, 34, 60)]
    assert found == ["Successful"] * 2 + ["RollbackSuccessful"] * 2


def test_tests_longer_than_the_pause_find_nothing():
    in_time = {"checkpoints": "10, 100", "delay_min": 20, "verify_min": 20}
    assert "Tests" in result(**BAD, **in_time).why
    assert "Tests" not in result(**BAD, **{**in_time, "verify_min": 21}).why
    assert "Tests" not in result(**in_time).why


def test_protected_and_standby_instances_do_what_is_asked():
    assert result(protected=1).summary["status"] == "Failed"
    assert result(standby=1).summary["status"] == "Failed"
    assert result(protected=1, held="Ignore").summary["most_new"] == 9
    assert result(protected=1, held="Replace").summary["most_new"] == 10
    assert result(standby=1, held="Replace").summary["status"] == "Successful"


def test_what_matches_is_skipped_if_asked():
    assert result(matching=4).summary["launches"] == 10
    assert result(matching=4, skip_matching=True).summary["launches"] == 6
    assert "Nothing is replaced" in result(matching=10, skip_matching=True).why


CAPSTONE = next(p for p in REFRESH.views[0].presets if "spike" in p.name).values


def test_the_capstone_says_what_the_refresh_the_spike_and_the_zone_did():
    why = result(**CAPSTONE).why
    assert "so 2 are replaced at a time" in why
    assert "The lost zone takes 5 instances with it, and the group replaces what it lost" in why
    assert (
        "The policy adds 1 in the spike and 4 after the zone is lost, up to a desired capacity of "
        "17; later it ends 5." in why
    )


@pytest.mark.parametrize(
    ("without", "says", "never_says"),
    [
        ({"target_pct": None}, "The lost zone takes 4", "policy"),
        ({"zone_lost_min": None}, "adds 1 in the spike, up to a desired capacity of 13.", "zone"),
        ({"spike_pct": 0}, "adds 4 after the zone is lost", "spike"),
        ({"spike_pct": 0, "zone_lost_min": None}, "The policy changes nothing", "adds"),
        ({"spike_pct": 0, "zone_lost_min": None, "load_rps": 300}, "The policy ends", "adds"),
    ],
)
def test_each_part_of_the_capstone_is_said_only_where_it_is(without, says, never_says):
    why = result(**{**CAPSTONE, **without}).why
    assert says in why
    assert never_says not in why


def test_a_policy_makes_fewer_requests_wait_and_sees_what_the_refresh_replaces_as_on_its_way():
    asked = RefreshScenario(**CAPSTONE)
    found, without = (simulate(asked.replace(target_pct=each)) for each in (65.0, None))
    assert found.delayed < without.delayed
    assert found.longest_wait_s < without.longest_wait_s
    quiet = simulate(asked.replace(spike_pct=0, zone_lost_min=None))
    busy = 100 * 750 / (quiet.lowest * 100)
    assert busy > 65  # two of twelve are always out, and the rest are busier than the target
    assert len(quiet.rollout.sizes) == 1


def test_the_policy_decides_as_the_control_loop_where_nothing_is_replaced():
    table = truth.decisions()
    assert (table["minutes apart"] == 0).all()
    assert table["most desired"].is_monotonic_increasing
    assert table["most desired"].min() > 12


def test_with_a_policy_floor_and_desired_capacity_follow_each_other():
    found = result(**CAPSTONE)
    desired = found.data["desired"]
    assert desired.max() == found.summary["most_desired"] == 17
    np.testing.assert_array_equal(found.data["needed"], np.ceil(0.8 * desired))
    assert found.data["serving"][-1] == desired[-1] == 12
    assert "desired" not in result().data


def test_refresh_spike_and_lost_zone_meet():
    outcome = simulate(RefreshScenario(**CAPSTONE))
    marks = {mark.step: mark.at_s for mark in outcome.rollout.marks}
    spike = outcome.traffic.at_s[:-1][outcome.traffic.load_rps > 750]
    assert spike.min() < marks["lost"] < spike.max()
    assert 0 < marks["lost"] < marks["done"]
    left = [one for one in outcome.rollout.instances if one.ended_s == NEVER]
    assert len(left) == 12
    assert all(one.new and one.zone for one in left)


def test_comparing_a_bad_version_finds_tests_or_a_sensitive_alarm():
    found = compare(RefreshScenario(**BAD))
    failed = {option.label: option.numbers[2].value for option in found.options}
    assert failed["that, 1 h of baking"] <= failed["alarm, auto rollback"] < failed["as it is"]
    assert failed["tests at 10 %"] < failed["as it is"]
    assert compare(RefreshScenario()).best.label == "100 to 200 %"


@pytest.mark.parametrize("situation", REFRESH.views[0].presets, ids=lambda one: one.name)
def test_with_what_is_named_the_fewest_requests_fail_however_many_wait(situation):
    found = compare(RefreshScenario(**situation.values))
    failed = {option.label: option.numbers[2].value for option in found.options}
    named = next((label for label in failed if f"'{label}'" in found.why), "as it is")
    ended = [option for option in found.options if option.numbers[0].value is not None]
    assert failed[named] == min(failed[option.label] for option in ended)
    assert f"{failed[named]:,} failed" in found.why or "none failed" in found.why


# --- refusals


@pytest.mark.parametrize(
    ("values", "field", "says"),
    [
        ({"min_healthy_pct": 50, "max_healthy_pct": 160}, "max_healthy_pct", "at most 100 above"),
        ({"checkpoints": "50, 20"}, "checkpoints", "each above the one before"),
        ({"checkpoints": "10; 20"}, "checkpoints", "commas"),
        ({"checkpoints": "0, 100"}, "checkpoints", "1 to 100"),
        ({"checkpoints": "²"}, "checkpoints", "1 to 100"),
        ({"protected": 11}, "protected", "10 instances"),
        ({"protected": 6, "matching": 6}, "protected", "only those count"),
        ({"zones": 1, "zone_lost_min": 5}, "zone_lost_min", "2 or more"),
        ({"bake_min": 2881}, "bake_min", "2,880"),
        ({"target_pct": 50.0, "maximum": 9}, "desired", "4 to 9 instances"),
    ],
)
def test_what_aws_refuses_is_refused_in_a_sentence(values, field, says):
    with pytest.raises(ScenarioError, match=says) as caught:
        RefreshScenario(**values)
    assert caught.value.field == field


def test_curves_and_scene_agree_at_every_moment():
    for one in REFRESH.views[0].presets:
        told = REFRESH.simulate(RefreshScenario(**one.values))
        old, new, failed = told.scene.places
        words = {"serving", "serving, failing"}
        shown = sum(m.count for place in (old, new) for m in place.members if m.word in words)
        assert np.array_equal(shown, told.data["serving"])
        assert round(failed.count[-1]) == told.summary["failed"]
        assert all((m.count >= 0).all() for place in (old, new) for m in place.members)


# --- refreshes of one's own

OWN = {
    "InstanceRefreshId": "08b91cf7",
    "Status": "Successful",
    "StartTime": "2026-11-20T12:00:00+00:00",
    "EndTime": "2026-11-20T12:48:00+00:00",
    "PercentageComplete": 100,
    "Preferences": {"MinHealthyPercentage": 80, "InstanceWarmup": 300, "SkipMatching": False},
}


def listed(path, *entries):
    path.write_text(json.dumps({"InstanceRefreshes": entries}))
    return str(path)


def test_the_newest_refresh_that_ended_is_drawn_over_the_models(tmp_path):
    older = {**OWN, "StartTime": "2026-10-01T00:00:00Z", "EndTime": "2026-10-01T09:00:00Z"}
    going = {"Status": "InProgress", "StartTime": "2026-11-21T00:00:00Z"}
    found = result(refreshes=listed(tmp_path / "own.json", going, OWN, older))
    own, minute = found.data["own_new"], found.data["minute"]
    assert own[np.searchsorted(minute, 24)] == pytest.approx(5, abs=0.2)
    assert own[-1] == 10
    assert found.summary["ended_after_min"] == result().summary["ended_after_min"]
    assert found.why.startswith("Your refresh took 48 min; the model's takes 55 min. At least 9")
    mine = " ".join(found.notes)
    assert "the newest of 2 that ended: Successful at 100 % after 48 min." in mine
    assert "It ran with other settings: MinHealthyPercentage 80, here 90." in mine
    assert "own_new" not in result().data


def test_a_refresh_longer_than_the_models_is_drawn_to_its_end(tmp_path):
    slow = {**OWN, "EndTime": "2026-11-20T18:00:00Z", "Status": "Failed", "PercentageComplete": 40}
    found = result(refreshes=listed(tmp_path / "own.json", slow), min_healthy_pct=80)
    assert found.data["minute"][-1] >= 360
    assert found.data["own_new"][-1] == 4
    assert not any("other settings" in note for note in found.notes)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no json", "not JSON"),
        ("{}", "no list of InstanceRefreshes"),
        ('{"Activities": []}', "no list of InstanceRefreshes"),
        ('{"InstanceRefreshes": []}', "no refresh in it came to an end"),
        ('{"InstanceRefreshes": [5]}', "refresh 1 has no Status"),
        ('{"InstanceRefreshes": [{"Status": "Successful", "EndTime": "x"}]}', "has StartTime"),
        ('[{"Status": "Failed", "StartTime": "2026-01-02", "EndTime": "2026-01-01"}]', "before"),
        ('[{"Status": "Failed", "StartTime": "2026-01-01", "EndTime": "2026-01-01", '
         '"PercentageComplete": "all"}]', "whole number"),
        (None, "no such file"),
    ],
)  # fmt: skip
def test_a_file_that_lists_no_refreshes_is_refused_in_a_sentence(tmp_path, text, said):
    path = tmp_path / "own.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(ScenarioError, match=said) as caught:
        simulate(RefreshScenario(refreshes=str(path)))
    assert caught.value.field == "refreshes"
    assert str(caught.value).endswith(".")
