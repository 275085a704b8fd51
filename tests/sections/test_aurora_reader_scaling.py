import numpy as np
import pytest

from awsnb import theory
from awsnb.sections.aurora.reader_scaling import VIEW
from awsnb.sections.aurora.reader_scaling.scenario import ReaderScalingScenario


def summary(**values):
    return VIEW.simulate(ReaderScalingScenario(**values)).summary


def test_a_jump_is_answered_as_soon_as_the_closed_form_says():
    flash = summary(reads="flash crowd")
    assert flash["reaction_min"] == flash["expected_reaction_min"] == 3 + 1 + 8
    slow = summary(reads="flash crowd", reader_takes_min=20.0)
    assert slow["reaction_min"] == slow["expected_reaction_min"] == 3 + 1 + 20
    assert slow["delayed_pct"] > flash["delayed_pct"] > 0


def test_the_alarms_are_those_of_application_auto_scaling():
    """CloudWatch names them AlarmHigh and AlarmLow; the low one is at 90 % of the target."""
    day = VIEW.simulate(ReaderScalingScenario(cpu_target_pct=40.0)).data
    assert set(day["scale_out_above_pct"]) == {40} and set(day["scale_in_below_pct"]) == {36}


@pytest.mark.parametrize(
    ("values", "most"), [({}, 8), ({"scaling_metric": "connections"}, 6), ({"max_readers": 5}, 5)]
)
def test_readers_needed_are_the_load_over_the_target(values, most):
    day = VIEW.simulate(ReaderScalingScenario(**values)).data
    assert day["needed"].max() == most  # 4 busy readers at 50 %, 1200 connections at 200
    assert day["serving"].max() >= most or values.get("max_readers")


def test_after_a_slow_rise_as_many_are_there_as_are_needed():
    for metric in ("CPU", "connections"):
        day = VIEW.simulate(ReaderScalingScenario(scaling_metric=metric)).data
        noon = slice(int(60 * 12.5), int(60 * 13.5))  # the top of the sine, twelve minutes late
        assert np.all(day["serving"][noon] >= day["needed"][noon])
        assert np.all(day["serving"][noon] <= day["needed"][noon] + 1)


def test_on_cpu_a_jump_is_answered_in_rounds_and_on_connections_in_one():
    """At 100 % CPU a target of 50 % asks for twice as many, however many are missing."""
    jump = {"reads": "flash crowd", "peak_load": 12.0}
    serving = VIEW.simulate(ReaderScalingScenario(**jump)).data["serving"]
    grown = serving[1:][np.diff(serving) > 0].tolist()
    assert grown == [10, 15] and theory.scale_out_rounds(5, 15, target=50) == 2
    on = {"scaling_metric": "connections", "connections_target": 100}
    serving = VIEW.simulate(ReaderScalingScenario(**jump, **on)).data["serving"]
    assert serving[1:][np.diff(serving) > 0].tolist() == [12]


def test_readers_leave_one_at_a_time_five_minutes_apart_and_stay_in_their_bounds():
    result = VIEW.simulate(ReaderScalingScenario(reads="flash crowd", min_readers=3))
    serving = result.data["serving"]
    left = np.flatnonzero(np.diff(serving) < 0)
    assert left.size > 5 and set(np.diff(serving)[left]) == {-1} and np.diff(left).min() == 5
    assert serving.min() == 3 and serving.max() <= 15


def test_readers_cost_while_they_are_made():
    day = VIEW.simulate(ReaderScalingScenario())
    serving = day.data["serving"].mean()
    added = np.diff(day.data["serving"])
    made_h = added[added > 0].sum() * 8 / 60
    assert day.summary["mean_readers"] == pytest.approx(serving + made_h / 24, rel=0.01)
    assert day.summary["readers_usd_month"] == pytest.approx(
        day.summary["mean_readers"] * 1.038 * 730
    )


# --- true sentences


def result(**values):
    return VIEW.simulate(ReaderScalingScenario(**values))


def test_readers_that_overshoot_are_said_to_and_why():
    crowd = result(reads="flash crowd")
    assert "Up to 15 readers serve, though 8 hold the target (reads that still waited" in crowd.why
    assert "kept CPU at 100 %" in crowd.why and "no read had to wait" not in crowd.why
    waits = crowd.data["metric_pct"][: 60 * 12 + 31]
    assert waits[-1] == 100  # when it asked for fifteen, eight were there and CPU was still full


@pytest.mark.parametrize(
    "values", [{}, {"reads": "flash crowd", "scaling_metric": "connections"}, {"peak_load": 1.0}]
)
def test_readers_that_do_not_overshoot_are_not_said_to(values):
    said = result(**values)
    assert said.summary["peak_readers"] == said.data["needed"].max()
    assert "hold the target" not in said.why


def test_a_day_without_waits_says_so():
    assert "no read had to wait" in result().why and "have to wait" not in result().why


@pytest.mark.parametrize(
    ("takes", "said"),
    [(8.0, "most of it to make them"), (1.0, "until the alarm had its datapoints")],
)
def test_what_took_the_most_of_the_reaction_is_named(takes, said):
    assert said in result(reads="flash crowd", reader_takes_min=takes).why


@pytest.mark.parametrize(
    ("values", "said"),
    [
        (
            {"max_readers": 5},
            "Up to 5 readers serve, the most that the policy may have, while 8 would hold",
        ),
        (
            {"peak_load": 12.0, "cpu_target_pct": 10.0},
            "serve from the start, the most that the policy may have, while 120 would hold",
        ),
    ],
)
def test_a_policy_that_may_not_have_enough_is_not_said_to(values, said):
    capped = result(**values)
    assert said in capped.why and "never called" not in capped.why
    assert capped.summary["above_target_min"] > 60


def test_a_load_that_needs_no_more_is_said_to():
    idle = result(peak_load=0.2)
    assert idle.why.startswith("The metric never called for more than 1 reader: ")
    assert idle.summary["above_target_min"] == 0
