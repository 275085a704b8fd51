"""The cascade: which link breaks first, what holds, and what is told of one night and of twelve."""

import csv
import re
from datetime import datetime, timedelta

import numpy as np
import pytest

from awsnb.aws.rds import RDS
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.cascade import options
from awsnb.sections.cascade.simulate import simulate
from awsnb.sections.cascade.site import site_of
from awsnb.sections.cascade.truth import judged, twins
from awsnb.trace import TraceError

ROOM = section("cascade")
NIGHT = ROOM.view("night")
CLOCK = re.compile(r"\b(\d\d):(\d\d)\b")


def preset(name):
    (values,) = (one.values for one in NIGHT.presets if one.name == name)
    return NIGHT.simulate(NIGHT.scenario(**values))


def asked(**values):
    return NIGHT.simulate(NIGHT.scenario(**values))


# --- the story, and what must not be said of the others


def test_the_night_as_it_was_is_a_range_that_begins_with_the_volume():
    told = asked()
    summary = told.summary
    assert summary["first_broken"] == "volume"
    assert summary["failed_least_pct"] < 20 < 45 < summary["failed_most_pct"]
    assert summary["failed_least_pct"] <= summary["failed_pct"] <= summary["failed_most_pct"]
    assert "of all users fail for good, over 12 nights (52 % in the one shown)" in told.why
    assert "At 02:38 the volume's credits are spent, and nothing fails until 07:30" in told.why
    assert "adds nothing" in told.why and summary["cpu_when_full_pct"] < 50
    assert "147 instances are replaced" in told.why and "refuses" not in told.why
    assert len(told.why) < 480
    assert " to " in next(n.text for n in told.numbers if n.name == "failed_pct")


def test_a_volume_without_a_bucket_has_no_outage_and_no_credits():
    told = preset("A gp3 volume")
    assert told.summary["failed_most_pct"] == 0 and told.summary["slow_min"] == 0
    assert told.summary["first_broken"] is None
    assert told.why == "Nothing fails in 12 nights: all users get their answer."
    assert "credit_pct" not in told.data


def test_jitter_leaves_the_credits_spent_and_nothing_failing():
    told = preset("Keys that expire apart")
    assert told.summary["failed_most_pct"] < 0.01 and told.summary["replaced"] == 0
    assert "credits are spent" in told.why and "still nothing fails" in told.why
    assert "First to break" not in told.why and "threads" not in told.why


def test_a_proxy_alone_does_nothing_and_says_why():
    with_it, without = preset("RDS Proxy"), asked()
    assert with_it.summary["failed_pct"] == pytest.approx(without.summary["failed_pct"], rel=0.1)
    assert "The proxy changes nothing: 700 of 898 connections are wanted" in with_it.why
    assert with_it.summary["refused"] == 0 and "refuses" not in with_it.why


def test_scaling_on_requests_sheds_by_refusals_and_does_not_blame_the_cpu():
    told = preset("Scaling on requests")
    assert 0 < told.summary["failed_most_pct"] < 20
    assert told.summary["refused"] > 10_000 and "refuses what exceeds 898" in told.why
    assert "target tracking" not in told.why


def test_without_replacement_dead_requests_are_served_until_the_end():
    told = preset("Checks beside the queue")
    assert told.summary["replaced"] == 0 and told.summary["slow_min"] == 150
    assert "health checks" not in told.why
    assert "p99 is still 10 s" in told.why and "serves clients who have left" in told.why


def test_a_proxy_beside_scaling_on_requests_makes_it_worse():
    three, two = preset("Three remedies"), asked(
        health_check="passes the queue by", scale_on="requests"
    )  # fmt: skip
    assert three.summary["failed_pct"] > 2 * two.summary["failed_pct"]
    assert three.summary["refused"] == 0 < two.summary["refused"]
    assert "behind the proxy the rest wait, and none is refused" in three.why
    labels = [{n.name: n.label for n in one.numbers}["connections"] for one in (three, two)]
    assert labels == ["Connections wanted at most", "Connections open at most"]
    assert "proxy" not in two.why and "changes nothing" not in three.why


def test_failing_fast_loses_little_and_leaves_the_threads_free():
    told = preset("Fail fast")
    assert 0.5 < told.summary["failed_pct"] < 3
    assert "threads" not in told.why and told.summary["replaced"] == 0
    assert "The bulkhead lets 161,125 requests fail at once" in told.why
    assert "database refuses" not in told.why
    assert "From 07:59 on p99 is below 1 s again" in told.why


def test_without_a_batch_nothing_happens():
    told = asked(batch_workers=0)
    assert told.summary["failed_most_pct"] == 0 and told.data["p99_s"].max() < 0.2
    assert told.why.startswith("Nothing fails") and "credit" not in told.why


def test_one_night_is_not_said_to_differ_from_others():
    told = asked(sets=1, storage_type="gp3")
    assert "Nothing fails in 1 night" in told.why
    assert "the one shown" not in asked(sets=1).why


@pytest.mark.parametrize("one", NIGHT.presets, ids=lambda one: one.name)
def test_what_broke_is_told_in_the_order_in_which_it_broke(one):
    outcome = simulate(NIGHT.scenario(**one.values))
    begun = [
        int(h) * 60 + int(m)
        for sentence in outcome_links(outcome)
        for h, m in CLOCK.findall(sentence)[:1]
    ]
    assert begun == sorted(begun)
    assert len(outcome.nights) == 12


def outcome_links(outcome):
    from awsnb.sections.cascade.why import broken

    return [link.sentence for link in broken(outcome)]


@pytest.mark.parametrize("one", NIGHT.situations(), ids=lambda one: one.text)
def test_target_tracking_that_adds_nothing_adds_nothing(one):
    outcome = simulate(one)
    told = NIGHT.tell(outcome)
    if "adds nothing" in told.why:
        full_min = int(told.summary["threads_full_min"])
        desired = outcome.shown.minutes["desired"]
        assert desired[full_min : full_min + 10].max() <= desired[full_min]


@pytest.mark.parametrize("one", NIGHT.situations(), ids=lambda one: one.text)
def test_what_the_picture_says_is_so_at_that_moment(one):
    told = NIGHT.simulate(one)
    minute = {str(at)[11:16]: i for i, at in enumerate(told.data["time"])}
    said = {words: minute[str(at)[11:16]] for at, words in told.scene.words}
    assert list(said.values()) == sorted(said.values())
    assert [at for at, _ in told.scene.events] == sorted(at for at, _ in told.scene.events)
    for words, at in said.items():
        if "credits are spent" in words:
            assert told.data["credit_pct"][at] < 0.1
        if "cache lacks nothing" in words:
            assert told.data["hits_pct"][at + 1] > 99.9
        if "expire together" in words:
            assert told.data["hits_pct"][at] < 60 < told.data["hits_pct"][at - 1]
        if "All threads wait" in words:
            assert told.data["threads_pct"][at] > 50
        if "find their key again" in words:
            assert (told.data["hits_pct"][at:] > 50).all()
        if "have left" in words:
            assert (
                told.data["answered_per_s"][at:].mean() < told.data["users_per_s"][at:].mean() / 2
            )
        if "below 1 s again" in words:
            assert (told.data["p99_s"][at:] <= 1).all() and told.data["p99_s"][at - 1] > 1


# --- scene, numbers and curves say one thing


def test_the_scene_and_the_numbers_are_of_one_night():
    outcome = simulate(NIGHT.scenario())
    told = NIGHT.tell(outcome)
    places = {place.name: place for place in told.scene.places}
    step_s = outcome.scenario.step_s
    failed = places["Failed"].count.sum() * 60
    assert failed == pytest.approx(outcome.shown.totals.failed, rel=1e-9)
    spent = told.summary["credits_out_min"]
    assert places["I/O credits"].level[int(spent) + 1] < 450 * step_s
    assert places["I/O credits"].level[int(spent) - 1] > 450 * step_s
    assert (told.data["failed_least_per_s"] <= told.data["failed_median_per_s"]).all()
    assert (told.data["failed_median_per_s"] <= told.data["failed_most_per_s"]).all()


def test_the_same_question_has_the_same_answer_and_another_seed_another():
    one, two = asked(sets=3), asked(sets=3)
    assert one.summary == two.summary and one.why == two.why
    assert asked(sets=3, seed=2).summary["failed_pct"] != one.summary["failed_pct"]


# --- what would have held


def test_of_all_changes_four_hold_alone_and_the_proxy_is_among_those_that_change_nothing():
    found = options.compare(NIGHT.scenario())
    assert found.title.startswith("The same 3 of the 12 nights")
    assert found.options[0].scenario == NIGHT.scenario() and found.best.scenario.sets == 12
    holding = [one.label for one in found.options if one.holds]
    assert holding == [
        "gp3 of the same size",
        "gp2 of 200 GiB",
        "batch with 1 worker",
        "TTL jitter 50 %",
    ]
    assert found.best.label in holding and found.best.label in found.why
    assert "RDS Proxy" in found.why.partition("next to nothing")[2]
    assert "scaling on requests" not in found.why
    assert len(found.options) == 1 + len(options.KNOBS)


def test_a_night_that_holds_needs_no_change_and_is_not_offered_what_it_has():
    found = options.compare(NIGHT.scenario(storage_type="gp3", sets=1))
    assert found.why == "Nothing fails as it is, so nothing needs to change."
    assert "gp3 of the same size" not in [one.label for one in found.options]


# --- facts


def test_the_database_keeps_three_connections_and_gp2_earns_by_its_size():
    site = site_of(NIGHT.scenario())
    assert site.database.max_connections == 901 - RDS.value(
        "max_connections", "postgresql_reserved"
    )
    volume = site.database.volume
    assert (volume.baseline, volume.burst, volume.capacity) == (450, 3000, 5_400_000)
    assert site.group.warm_up_s == 300 and site.health_check.interval_s == 30


def test_scaling_on_requests_asks_for_what_keeps_the_cpu_at_the_target():
    (policy,) = site_of(NIGHT.scenario(scale_on="requests")).policies
    assert policy.target == 62.5 and policy.scale_out.metric == "requests per instance"


def test_a_month_costs_its_instances_and_what_is_always_there():
    dear, cheap = asked(connect="RDS Proxy", sets=1), asked(sets=1)
    assert 20 < dear.summary["usd_month"] - cheap.summary["usd_month"] < 24


def test_an_hour_is_as_the_event_level_twin_has_it():
    table = twins()
    for situation in ("no batch", "as it is", "no retries", "queue limit", "proxy"):
        found, least_most = table.loc[situation, ["failed: fluid", "failed: twin"]]
        least, *most = (float(n.replace(",", "")) for n in least_most.split(" to "))
        assert 0.95 * least <= float(found.replace(",", "")) <= 1.05 * (most or [least])[0]
    assert " to " in table.loc["replaced", "failed: fluid"]


def test_other_mechanisms_agree():
    table = judged()
    assert (table["users lost"].astype(float) < 1e-6).all()
    assert (table["credits apart"].astype(float) < 1e-3).all()
    assert (table["I/Os that would wait"].astype(float) < 1e-3).all()


# --- a file of one's own, and refusals


def export(path, hours, start="2026-03-01T00:00:00", requests=18_000.0):
    begin = datetime.fromisoformat(start)
    with open(path, "w", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["timestamp", "RequestCount (Sum)"])
        rows.writerows(
            [(begin + timedelta(minutes=minute)).isoformat() + "Z", requests]
            for minute in range(60 * hours)
        )
    return str(path)


def test_requests_of_a_file_are_users_from_two_to_ten(tmp_path):
    told = asked(trace=export(tmp_path / "day.csv", 24), sets=1)
    np.testing.assert_allclose(told.data["users_per_s"], 300.0)
    assert str(told.data["time"][0]) == "2026-03-01T02:00:00"
    late = asked(trace=export(tmp_path / "late.csv", 36, "2026-03-01T03:00:00"), sets=1)
    assert str(late.data["time"][0]) == "2026-03-02T02:00:00"


def test_a_file_without_a_night_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match=r"02:00 to 10:00 UTC of one day: export a whole day"):
        asked(trace=export(tmp_path / "short.csv", 6), sets=1)
    with pytest.raises(TraceError):
        asked(trace=str(tmp_path / "none.csv"), sets=1)


def test_far_too_much_is_refused(tmp_path):
    with pytest.raises(ScenarioError, match="use a smaller factor") as refusal:
        asked(trace=export(tmp_path / "day.csv", 24, requests=1e6), sets=1)
    assert refusal.value.field == "load_factor"
