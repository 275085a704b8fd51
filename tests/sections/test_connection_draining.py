"""Draining: what is in flight, what is cut, and which delay is just enough."""

import gzip

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.connection_draining.scenario import DrainScenario
from awsnb.sections.connection_draining.simulate import connections_cut
from awsnb.sections.connection_draining.truth import closed_forms, recorded
from awsnb.trace import TraceError

VIEW = section("connection-draining").view()
ENTRY = (
    "h2 2026-11-02T22:23:00.186641Z app/web/50dc6c495c0c9188 10.0.1.252:48160 10.0.0.66:9000 "
    '{} 200 200 34 366 "GET https://www.example.com:443/ HTTP/2.0" "curl/7.46.0" - -\n'
)


def result(**values):
    return VIEW.simulate(DrainScenario(**values))


def preset(name):
    (values,) = (one.values for one in VIEW.presets if one.name == name)
    return result(**values)


# --- requests


def test_requests_that_are_all_alike_leave_in_a_straight_line():
    said = preset("Requests all alike").summary
    assert said["in_flight_requests"] == 200 and said["residual_s"] == 5
    assert said["cut_requests"] == pytest.approx(100)
    assert said["enough_s"] == 10


def test_exponential_requests_take_as_long_again():
    said = result(request_times="exponential", mean_s=2.0, delay_s=14).summary
    assert said["residual_s"] == 2
    assert said["cut_requests"] == pytest.approx(1000 * np.exp(-7))
    assert said["enough_s"] == 14  # 2 ln 1000 = 13.8


def test_a_heavy_tail_lasts_far_longer_than_its_requests_suggest():
    said = preset("A heavy tail")
    least = 0.4 / 3
    assert said.summary["cut_requests"] == pytest.approx(200 * (least / 30) ** 0.5 / 1.5)
    assert said.summary["residual_s"] is None
    assert "a random moment meets the long ones" in said.why
    assert "4.4 % last 30 s more, but only 0.03 %" in said.why


def test_the_drawn_moments_lie_on_the_closed_form():
    for name in ("Requests all alike", "A heavy tail"):
        said = preset(name)
        drawn, closed = said.data["drawn_pct"], said.data["in_flight_pct"]
        both = (drawn > 5) & (closed > 5)
        assert both.sum() > 20
        np.testing.assert_allclose(drawn[both], closed[both], atol=3)


@given(
    delay_s=st.integers(1, 3599),
    kind=st.sampled_from(["all alike", "exponential", "lognormal", "Pareto"]),
)
def test_a_longer_delay_never_cuts_more_nor_takes_less(delay_s, kind):
    short, long = (
        result(request_times=kind, mean_s=20.0, delay_s=delay_s + more).summary for more in (0, 1)
    )
    assert long["cut_requests"] <= short["cut_requests"]
    assert long["deploy_min"] > short["deploy_min"]
    assert long["enough_s"] == short["enough_s"]


def test_the_default_delay_is_far_longer_than_quick_requests_need():
    said = result()
    assert said.summary["deploy_min"] == pytest.approx(10 * (300 + 120) / 60)
    assert said.summary["enough_min"] < said.summary["deploy_min"] / 2
    assert "in place of 1 h 10 min" in said.why and "a random moment" not in said.why


def test_just_enough_is_just_enough():
    asked = DrainScenario(accepted=3.0)
    enough = VIEW.simulate(asked).summary["enough_s"]
    with_it, with_less = (
        VIEW.simulate(asked.replace(delay_s=enough - less)).summary for less in (0, 1)
    )
    assert with_it["cut_requests"] <= 3 < with_less["cut_requests"]


def test_without_a_delay_all_that_is_in_flight_is_cut():
    said = preset("No delay")
    assert said.summary["cut_requests"] == pytest.approx(200)
    assert "Without a delay all that is in flight is cut" in said.why


def test_no_delay_may_be_enough():
    said = result(request_times="Pareto", tail_shape=1.05, mean_s=10.0)
    assert said.summary["enough_s"] is None and said.summary["enough_min"] is None
    assert "No delay of up to an hour is enough." in said.why


# --- load balancers


def test_a_clb_is_done_when_nothing_is_in_flight():
    clb, alb = preset("CLB").summary, result().summary
    assert alb["drained_s"] == 300 and clb["drained_s"] < 36
    assert clb["cut_requests"] == alb["cut_requests"]
    random, ends = np.random.default_rng(1), []
    for _ in range(4000):  # two targets hold 20 requests on average, each lasting 5 s at most
        left = random.uniform(0, 10, random.poisson(2 / 20 * 200))
        ends.append(min(left.max(initial=0.0), 9.0))
    alike = {"request_times": "all alike", "mean_s": 10.0, "requests_per_s": 20.0}
    drained = result(balancer="CLB", delay_s=9, **alike).summary["drained_s"]
    assert drained == pytest.approx(np.mean(ends), rel=0.01)


def test_what_an_nlb_keeps_ends_with_the_instance_and_a_hook_holds_it():
    plain, held = preset("NLB with kept connections"), preset("NLB and a hook that waits")
    assert "The NLB closes none; they end with their instance" in plain.why
    assert held.summary["cut_connections"] < plain.summary["cut_connections"] / 100
    assert held.summary["deploy_min"] > plain.summary["deploy_min"] + 299


@pytest.mark.parametrize("balancer", ["ALB", "NLB that closes", "CLB"])
def test_a_hook_saves_nothing_that_was_cut_before(balancer):
    plain, held = (result(balancer=balancer, delay_s=5, hook_s=wait) for wait in (0, 600))
    assert held.summary["cut_requests"] == plain.summary["cut_requests"]
    assert any("saves no request" in note for note in held.notes)
    assert "closes none" not in held.why


# --- long connections


def cuts(targets, at_once, connections, life_s, delay_s, start_s, seed=1):
    """Follow every connection through a deploy, second by second; return the cuts."""
    random = np.random.default_rng(seed)
    home = random.integers(targets, size=connections)
    total = 0
    for first in range(0, targets, at_once):
        leaving = np.arange(first, min(first + at_once, targets))
        serving = np.setdiff1d(np.arange(targets), np.arange(first, first + at_once))
        for second in range(delay_s + start_s):
            ended = random.random(connections) < 1 - np.exp(-1 / life_s)
            home[ended] = random.choice(serving, ended.sum())
            if second == delay_s - 1:
                cut = np.isin(home, leaving)
                total += cut.sum()
                home[cut] = random.choice(serving, cut.sum())
    return total


@pytest.mark.parametrize("life_s", [40.0, 1000.0, 1e6])
def test_connections_are_cut_as_often_as_those_that_are_followed_one_by_one(life_s):
    asked = DrainScenario(
        targets=10,
        at_once=2,
        long_connections=20_000,
        connection_s=life_s,
        delay_s=30,
        start_s=20.0,
    )
    followed = cuts(10, 2, 20_000, life_s, 30, 20)
    assert connections_cut(asked, 30.0) == pytest.approx(followed, rel=0.03)


def test_in_a_slow_rollout_each_connection_is_cut_e_minus_1_times():
    asked = {"targets": 200, "at_once": 1, "long_connections": 1000, "connection_s": 1e6}
    said = result(**asked, delay_s=0, start_s=0.0).summary
    assert said["cut_connections"] / 1000 == pytest.approx(np.e - 1, rel=0.01)


def test_websockets_are_told_as_cut_and_not_where_there_are_none():
    assert "Long connections cut" in preset("WebSockets").why
    assert "Long connections" not in result().why


# --- own data


def test_an_access_log_is_read(tmp_path):
    log = tmp_path / "alb.log.gz"
    lines = [ENTRY.format(times) for times in ("0.1 0.8 0.1", "0.0 3.0 0.0", "-1 -1 -1")]
    lines.append(lines[0].replace("h2 ", "wss ", 1))
    log.write_bytes(gzip.compress("".join(lines).encode()))
    said = result(durations=str(log), requests_per_s=10.0, delay_s=2)
    assert said.summary["mean_s"] == pytest.approx(2.0)
    assert said.summary["residual_s"] == pytest.approx((1 + 9) / 2 / 4)
    assert said.summary["cut_requests"] == pytest.approx(10 * 1 / 2)  # (3 - 2) / 2 requests
    assert any("2 entries left out" in note for note in said.notes)
    assert any("where the answer begins" in note for note in said.notes)


def test_durations_are_read(tmp_path):
    file = tmp_path / "seconds.txt"
    file.write_text("1\n\n3.0\n")
    said = result(durations=str(file))
    assert said.summary["mean_s"] == 2 and said.summary["enough_s"] == 3
    assert not any("where the answer begins" in note for note in said.notes)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("1\nslow\n", "line 2: 'slow' is no number of seconds"),
        ("-3\n", "line 1: -3 s is below 0"),
        ("nan\n", "is no number of seconds"),
        ("0\n", "no request that took longer than 0 s"),
        (ENTRY.format("0 x 0"), "line 1: 'x' is no number of seconds"),
        (ENTRY.format("0 1 0") + "3\n", "other lines"),
        ("timestamp,value\n", "an access log of an ALB, or one duration"),
    ],
)
def test_a_wrong_file_is_refused_in_a_sentence(tmp_path, text, why):
    file = tmp_path / "wrong.txt"
    file.write_text(text)
    with pytest.raises(TraceError, match=why) as caught:
        result(durations=str(file))
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)


# --- refusals, options, truth


@pytest.mark.parametrize(
    ("values", "field", "rule"),
    [
        ({"at_once": 20}, "at_once", "use 1 to 19 targets"),
        ({"balancer": "CLB", "delay_s": 0}, "delay_s", "a CLB allows 1 to 3,600 s"),
        ({"delay_s": 3601}, "delay_s", "from 0 to 3,600 s"),
        ({"cv": 1.0, "request_times": "Pareto"}, "cv", "does not apply"),
    ],
)
def test_what_no_deploy_can_be(values, field, rule):
    with pytest.raises(ScenarioError, match=rule) as caught:
        DrainScenario(**values)
    assert caught.value.field == field


def test_the_best_delay_is_the_one_that_is_just_enough():
    compared = VIEW.compare(DrainScenario())
    assert compared.best.label == "just enough, 36 s"
    assert VIEW.compare(DrainScenario(delay_s=36)).best.label == "as asked"
    never = VIEW.compare(DrainScenario(request_times="Pareto", tail_shape=1.05, mean_s=10.0))
    assert never.best is None and never.why.startswith("No delay")


@pytest.mark.parametrize("scenario", VIEW.situations(), ids=lambda one: one.text)
def test_the_scene_ends_with_what_the_headline_says(scenario):
    said = VIEW.simulate(scenario)
    flying, finished, cut = said.scene.places
    assert cut.count[-1] == said.summary["cut_requests"]
    whole = flying.level + finished.count + cut.count
    np.testing.assert_allclose(whole, said.summary["in_flight_requests"])


def test_the_closed_form_the_moments_and_a_queue_agree():
    table = closed_forms()
    assert (abs(table["closed form, %"] - table["moments, %"]) < 1.5).all()
    assert (abs(table["closed form, %"] - table["queue, %"]) < 3.5).all()


def test_haproxys_drains_cut_what_the_closed_form_says():
    table = recorded()
    assert len(table) == 4 and (table["in flight"] > 100).all()
    apart = abs(table["HAProxy, %"] - table["closed form, %"])
    assert (apart <= 1.5 * table["two errors, %"] + 1).all()
