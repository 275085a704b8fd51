import math
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from awsnb.aws.autoscaling import APPLICATION, group_usd_month
from awsnb.aws.prices import instance_usd_hour
from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.scaling_policies.control import (
    alarms_of,
    policies_of,
    sensor_of,
    targets_of,
)
from awsnb.sections.scaling_policies.ledger import history, ledger
from awsnb.sections.scaling_policies.load import SHAPES, demand
from awsnb.sections.scaling_policies.presets import PRESETS
from awsnb.sections.scaling_policies.scenario import POLICIES, PolicyScenario
from awsnb.sections.scaling_policies.simulate import metrics_paid, simulate
from awsnb.sections.scaling_policies.stability import stability_map
from awsnb.sections.scaling_policies.truth import published_examples, reactions
from awsnb.trace import TraceError

POLICY = section("scaling-policies").view()
REAL = Path(
    os.environ.get("AWSNB_TRACES", Path(__file__).resolve().parents[3] / "shared" / "traces")
)


def scenario(**values):
    return PolicyScenario(**values)


def numbers(**values):
    return POLICY.simulate(scenario(**values)).summary


def refusal(**values):
    with pytest.raises((ScenarioError, TraceError)) as caught:
        POLICY.simulate(scenario(**values))
    return str(caught.value)


def alarms(asked):
    return alarms_of(asked, targets_of(asked)[0])


def cooldowns(asked):
    return policies_of(asked)[0].cooldowns


@pytest.fixture
def export(tmp_path):
    """A CloudWatch export of some values, a minute or five apart."""

    def write(values, header="RequestCount Sum", minutes=1):
        start = datetime(2024, 3, 4, 8, tzinfo=UTC)
        rows = [
            f"{start + timedelta(minutes=minutes * i):%Y-%m-%dT%H:%M:%SZ},{value}"
            for i, value in enumerate(values)
        ]
        path = tmp_path / "load.csv"
        path.write_text("\n".join([f"timestamp,{header}", *rows, ""]))
        return str(path)

    return write


# --- what is refused


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"min_size": 9, "max_size": 3}, "min_size = 9: AWS allows at most max_size, 3 instances"),
        ({"cooldown_s": 60}, "it is for simple"),
        ({"policy": "simple", "warm_up_s": 60}, "does not apply at policy = 'simple'"),
        ({"policy": "scheduled", "scheduled_size": 40}, "from min_size to max_size, 2 to 20"),
        (
            {"policy": "scheduled", "scheduled_from_h": 18.0, "scheduled_to_h": 9.0},
            "must be before scheduled_to_h, 9 h",
        ),
        ({"warm_up_s": 3601}, "from 0 to 3,600 s"),
        (
            {"policy": "scheduled", "scheduled_zone": "Berlin"},
            "scheduled_zone = 'Berlin': must be a time zone of the IANA list",
        ),
        ({"policy": "scheduled", "scheduled_zone": "Europe"}, "must be a time zone"),
        ({"policy": "scheduled", "scheduled_zone": "localtime"}, "must be a time zone"),
        ({"policy": "scheduled", "scheduled_zone": "../etc"}, "must be a time zone"),
        ({"scaler": APPLICATION, "warm_up_s": 60}, "does not apply at scaler"),
        ({"scaler": APPLICATION, "policy": "step"}, "does not apply at policy = 'step'"),
        ({"scale_in_cooldown_s": 60}, "does not apply at scaler = 'EC2 Auto Scaling'"),
        ({"policy": "step", "datapoints": 4, "of_minutes": 3}, "at least datapoints, 4 minutes"),
        ({"load": "flash"}, "must be one of step, spike, flash-crowd"),
        ({"initial_size": 40}, "initial_size = 40: must be from min_size to max_size, 2 to 20"),
        ({"memory_target_pct": 70.0}, "does not apply at metrics = 'CPU'"),
        ({"metrics": "memory", "target_pct": 40.0}, "does not apply at metrics = 'memory'"),
        ({"metrics": "requests", "monitoring": "basic"}, "does not apply at metrics"),
        ({"metrics": "requests", "policy": "predictive"}, "takes one of CPU, CPU and memory"),
        ({"missing_data": "breaching"}, "does not apply at policy = 'target tracking'"),
        ({"policy": "step", "scale_in": False}, "does not apply at policy = 'step'"),
        (
            {"metrics": "memory", "memory_idle_pct": 90.0},
            "memory_idle_pct = 90: must be below memory_busy_pct, 80 %",
        ),
    ],
)
def test_what_makes_no_group_is_refused_in_one_sentence(values, words):
    assert words in refusal(**values)


def test_traces_that_are_no_load_are_refused(export):
    assert "above 100, so it is no CPU %" in refusal(
        trace=export([10, 656, 3], "value"), trace_unit="CPU %"
    )
    assert "not the requests or cpu of a load: export RequestCount (Sum)" in refusal(
        trace=export([1, 2, 3], "VolumeReadOps Sum")
    )
    assert "the Average of RequestCount is not its load" in refusal(
        trace=export([1, 1, 1], "RequestCount Average")
    )
    assert "say trace_unit = requests, requests/s or CPU %" in refusal(
        trace=export([10, 99, 3], "value")
    )
    assert "say capacity_rps or load_factor" in refusal(
        trace=export([1e12, 1e12, 1e12], "value"), trace_unit="requests"
    )


# --- the alarms that AWS makes


@pytest.mark.parametrize(("target", "low"), [(40.0, 28.0), (50.0, 35.0), (75.0, 52.5)])
def test_target_tracking_makes_the_two_alarms_of_aws(target, low):
    out, back = alarms(scenario(target_pct=target))
    assert (out.threshold, out.datapoints, out.periods, out.above) == (target, 3, 3, True)
    assert (back.threshold, back.datapoints, back.above) == (pytest.approx(low), 15, False)


def test_application_auto_scaling_makes_a_nearer_low_alarm_and_knows_two_cooldowns():
    tasks = scenario(scaler=APPLICATION, target_pct=30.0)
    assert targets_of(tasks)[0].low == pytest.approx(27) and tasks.warming_s == 0
    assert cooldowns(tasks) == (300, 300) and cooldowns(scenario()) is None
    assert cooldowns(scenario(scaler=APPLICATION, scale_in_cooldown_s=0)) == (300, 0)
    log = ledger(scenario(scaler=APPLICATION), rows=30, side="in")
    scaled = log["why"].str.contains("capacity goes").to_numpy().nonzero()[0]
    assert set(np.diff(scaled)) == {5}  # one instance every five minutes
    assert log["why"].str.contains("cooldown").any()


def test_three_of_five_minutes_go_off_where_three_in_a_row_do_not(export):
    path = export([6000] * 5 + [9000, 3000] * 20)  # 75 % and 25 % of two instances
    base = {"policy": "step", "datapoints": 3, "overload": "drop", "trace": path}
    assert numbers(**base)["launched"] == 0
    assert numbers(**base, of_minutes=5)["launched"] > 0


def test_an_instance_that_takes_its_time_to_leave_is_paid_for():
    at_once, slowly = numbers(load="stress"), numbers(load="stress", drain_s=300)
    hours = slowly["removed"] * 300 / 3600
    assert slowly["instance_hours"] == pytest.approx(at_once["instance_hours"] + hours)


def test_one_minute_alarms_judge_five_minute_data_by_one_point_out_and_three_in():
    basic = scenario(monitoring="basic")
    assert [alarm.datapoints for alarm in alarms(basic)] == [1, 3]
    assert sensor_of(basic) == (300.0, 180.0)  # a minute to arrive, two more to be three old
    assert sensor_of(scenario()) == (60.0, 60.0)


def test_every_worked_example_of_aws_comes_out():
    table = published_examples()
    assert len(table) == 13
    assert table["model"].to_numpy() == pytest.approx(table["AWS"].to_numpy())


# --- the notes' experiment


def test_one_instance_under_stress_becomes_three_and_one_again():
    run = simulate(scenario(**PRESETS[0].values))
    wanted = run.scaling.desired.tolist()
    grown, shrunk = wanted.index(3), len(wanted) - wanted[::-1].index(3)
    # stress from minute 10: datapoints 10, 11, 12, the last of them seen at minute 14
    assert grown == 14
    assert run.reaction_s == 5 * 60
    # it ends at minute 50: datapoints 50 to 64, the last seen at minute 66; then one by one
    assert shrunk == 66
    assert wanted[65:69] == [3, 2, 1, 1]
    assert run.delayed == 0
    # one instance for 90 minutes, two more from 14 to 66 and 67
    assert run.scaling.totals.instance_s / 60 == pytest.approx(90 + 52 + 53)


def test_the_ledger_says_why_it_waits_minute_by_minute():
    log = ledger(scenario(**PRESETS[0].values), rows=5)
    assert log.index.tolist() == ["08:41", "08:42", "08:43", "08:44", "08:45"]
    assert log["breaching"].tolist() == ["0 of 3", "1 of 3", "2 of 3", "3 of 3", "3 of 3"]
    assert log["wanted"].tolist() == [1, 1, 1, 3, 3]
    assert "it takes 3, so it waits" in log["why"].iloc[1]
    assert "the capacity goes from 1 to 3" in log["why"].iloc[3]
    inward = ledger(scenario(**PRESETS[0].values), rows=18, side="in")
    assert "14 of 15" in inward["breaching"].tolist()
    assert "the capacity goes from 3 to 2" in inward["why"].iloc[15]


def test_the_history_tells_the_notes_experiment_in_awss_words():
    told = history(scenario(**PRESETS[0].values))
    assert told["activity"].tolist()[0] == "Launching 2 instances"
    assert told["cause"].iloc[0] == (
        "an alarm in state ALARM triggered policy target tracking, changing the desired capacity "
        "from 1 to 3."
    )
    assert told["activity"].tolist()[1:] == ["Terminating 1 instance"] * 2
    by_clock = history(scenario(policy="scheduled", load="office-days"))
    assert by_clock["cause"].iloc[0].startswith("scheduled action took effect")


def test_a_fixed_size_has_no_ledger():
    with pytest.raises(ScenarioError, match="no alarms"):
        ledger(scenario(policy="fixed size"))


# --- cooldown and warm-up


@pytest.mark.parametrize(("policy", "waits"), [("simple", True), ("step", False)])
def test_only_simple_scaling_waits_for_the_cooldown(policy, waits):
    said = ledger(scenario(policy=policy), rows=16)["why"]
    assert said.str.contains("cooldown").any() == waits


def test_a_longer_cooldown_delays_more_and_none_delays_less():
    delayed = [numbers(policy="simple", cooldown_s=s)["delayed_pct"] for s in (0, 300, 900)]
    assert delayed == sorted(delayed) and delayed[0] < delayed[2]


def test_a_saturated_group_doubles_waits_for_the_warm_up_and_doubles_again():
    run = simulate(scenario())
    steps = [int(n) for n in dict.fromkeys(run.scaling.desired.tolist())]
    assert steps[:3] == [3, 6, 12]
    at = [int(np.argmax(run.scaling.desired >= n)) for n in (6, 12)]
    # boot 2 min, warm-up 5 min: the next doubling falls seven minutes after
    assert at[1] - at[0] == 7


def test_no_warm_up_overshoots():
    assert numbers(warm_up_s=0)["peak_instances"] > numbers()["peak_instances"]


# --- the reaction, in closed form


@pytest.mark.parametrize("monitoring", ["detailed", "basic"])
def test_new_instances_serve_when_the_closed_form_says(monitoring):
    table = reactions(range(0, 601, 60), monitoring)
    assert table["model_min"].to_numpy() == pytest.approx(table["closed_form_min"].to_numpy())


def test_datapoints_to_alarm_are_waited_for():
    fast, slow = (numbers(policy="step", datapoints=n)["reaction_min"] for n in (1, 10))
    assert slow - fast == pytest.approx(9)


# --- schedule and forecast


def test_a_scheduled_minimum_is_there_before_the_step():
    run = simulate(scenario(policy="scheduled"))
    assert run.delayed == 0
    begin = int(np.argmax(run.scaling.desired >= 12))
    assert f"{run.clock(begin * 60.0):%H:%M}" == "08:45"


def test_a_schedule_follows_the_summer_time_of_its_zone(tmp_path):
    """Berlin went from UTC+1 to UTC+2 at 01:00 UTC on 31 March 2024."""
    start = datetime(2024, 3, 30, tzinfo=UTC)
    rows = [f"{start + timedelta(hours=i):%Y-%m-%dT%H:%M:%SZ},9000" for i in range(72)]
    path = tmp_path / "load.csv"
    path.write_text("\n".join(["timestamp,RequestCount Sum", *rows, ""]))
    base = {"policy": "scheduled", "scheduled_size": 9, "scheduled_from_h": 9.0, "trace": str(path)}

    def begins_h(zone):
        run = simulate(scenario(**base, scheduled_zone=zone))
        grown = np.flatnonzero(np.diff(run.scaling.desired) > 0) + 1
        return (run.scaling.decided_s[grown] // 3600).tolist()

    assert begins_h("UTC") == [9, 33, 57]
    assert begins_h("Europe/Berlin") == [8, 31, 55]


def test_predictive_scaling_knows_nothing_on_the_first_day_and_is_early_from_the_second():
    run = simulate(scenario(policy="predictive", load="office-days", max_size=30))
    delayed = run.scaling.delayed.reshape(5, 1440).sum(axis=1)
    assert delayed[0] > 0 and not delayed[1:].any()
    alone = simulate(scenario(load="office-days", max_size=30))
    assert (alone.scaling.delayed.reshape(5, 1440).sum(axis=1) > 0).all()
    # the forecast for nine o'clock is launched its buffer, 5 min, before
    second_day = run.scaling.desired[1440:2880]
    assert second_day[8 * 60 + 54] < second_day[8 * 60 + 56]


# --- cost, by hand


def test_a_fixed_size_costs_what_its_hours_do():
    price = instance_usd_hour("m6i.large")
    cost = numbers(policy="fixed size", min_size=4, monitoring="basic")["cost_usd_month"]
    assert cost == pytest.approx(4 * price * 730)
    detailed = numbers(policy="fixed size", min_size=4)["cost_usd_month"]
    assert detailed - cost == pytest.approx(4 * 7 * 0.30)
    alarms = group_usd_month(0.0, "m6i.large", metrics=0, alarms=2)
    assert alarms == pytest.approx(2 * 0.10)


# --- loads


@pytest.mark.parametrize("load", SHAPES)
@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_runs_on_every_load_and_loses_no_request(policy, load):
    run = simulate(scenario(policy=policy, load=load))
    totals = run.scaling.totals
    assert totals.served + totals.lost + totals.backlog == pytest.approx(run.requests)
    assert run.scaling.desired.min() >= 2
    assert run.scaling.desired.max() <= 20


def test_requests_are_turned_away_where_none_may_wait():
    queue, drop = simulate(scenario()), simulate(scenario(overload="drop"))
    assert queue.scaling.totals.lost == 0 == drop.scaling.totals.backlog
    assert drop.scaling.totals.lost > 0
    assert "turned away" in POLICY.simulate(scenario(overload="drop")).why


def test_a_trace_of_requests_is_divided_by_its_period(export):
    load = demand(scenario(trace=export([6000] * 20, minutes=5), load_factor=2.0))
    assert load.every_s == 300
    assert load.rps == pytest.approx(np.full(20, 40.0))


def test_a_trace_of_cpu_is_turned_into_load_by_the_instances_of_its_time(export):
    path = export([50.0] * 30, "CPUUtilization Average")
    load = demand(scenario(trace=path, trace_instances=4, capacity_rps=200.0))
    assert load.rps == pytest.approx(np.full(30, 400.0))
    assert "value x 4 instances" in " ".join(load.notes)


def test_noise_scatters_the_load_about_its_mean_and_is_the_same_for_the_same_seed():
    plain, one, again, other = (
        demand(scenario(load="diurnal", noise_pct=n, seed=s)).rps
        for n, s in ((0.0, 1), (20.0, 1), (20.0, 1), (20.0, 2))
    )
    assert np.array_equal(one, again) and not np.array_equal(one, other)
    assert one.mean() == pytest.approx(plain.mean(), rel=0.01)


@pytest.mark.skipif(not REAL.is_dir(), reason="real traces not here")
@pytest.mark.parametrize(
    ("name", "values"),
    [
        (
            "elb_request_count_8c0756",
            {"capacity_rps": 0.2, "max_size": 30, "trace_unit": "requests"},
        ),
        ("ec2_cpu_utilization_5f5533", {"trace_unit": "CPU %", "trace_instances": 4}),
        ("rds_cpu_utilization_cc0c53", {"trace_unit": "CPU %", "trace_instances": 10}),
    ],
)
def test_two_real_weeks_are_followed(name, values):
    path = str(REAL / f"{name}.csv")
    run = simulate(scenario(trace=path, **values))
    assert run.duration_s >= 14 * 86_400
    totals = run.scaling.totals
    assert totals.served + totals.backlog == pytest.approx(run.requests)
    assert POLICY.compare(scenario(trace=path, **values)).options


# --- words, comparison, presets


def test_a_result_says_what_happened():
    result = POLICY.simulate(scenario())
    assert "at 09:04 the group went from 3 to 6" in result.why
    assert "it took 6 min until they served" in result.why
    assert POLICY.simulate(scenario(min_size=12)).why.startswith("CPU never rose above 50 %")
    assert "nothing changes its size" in POLICY.simulate(scenario(policy="fixed size")).why


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.name)
def test_every_preset_runs_and_its_comparison_holds_when_simulated(preset):
    asked = scenario(**preset.values)
    result, comparison = POLICY.simulate(asked), POLICY.compare(asked)
    assert "$" not in str(result) + str(comparison)
    assert result.label == asked.text
    for option in comparison.options:
        again = POLICY.simulate(option.scenario).summary
        assert again["cost_usd_month"] == option.cost_usd_month
        assert option.holds == (again["delayed_pct"] <= 1 and again["waiting_at_end"] < 1)
    if comparison.best:
        holding = [o.cost_usd_month for o in comparison.options if o.holds]
        assert comparison.best.cost_usd_month == min(holding)


def test_the_presets_teach_what_they_say():
    simple, step = (numbers(policy=p) for p in ("simple", "step"))
    assert simple["delayed_pct"] > step["delayed_pct"]
    quick = numbers(**PRESETS[2].values)
    assert 4 <= quick["reaction_min"] < 5
    restless = PRESETS[6].values
    assert numbers(**restless)["reversals"] > 100
    assert numbers(**restless | {"low_side_pct": 50.0})["reversals"] < 20
    noisy = PRESETS[7].values
    narrow, wide = numbers(**noisy), numbers(**noisy | {"low_side_pct": 70.0})
    assert 96 / narrow["reversals"] == pytest.approx(2, abs=0.3) and wide["reversals"] <= 8
    assert wide["cost_usd_month"] / narrow["cost_usd_month"] == pytest.approx(1.1, abs=0.02)


def test_the_same_scenario_gives_the_same_bits():
    one, two = (POLICY.simulate(scenario(noise_pct=10.0)) for _ in range(2))
    for column in one.data:
        assert np.array_equal(one.data[column], two.data[column], equal_nan=column == "cpu_pct")


# --- several metrics


def test_a_group_grows_for_any_policy_and_shrinks_only_when_all_agree():
    base = {"memory_idle_pct": 50.0, "memory_target_pct": 65.0, "max_size": 60}
    alone = numbers()
    both = numbers(metrics="CPU and memory", **base)
    assert alone["removed"] == 9 and both["removed"] == 0
    # memory that falls with the CPU, below 42 % of the target of 60, lets it shrink as before
    assert numbers(metrics="CPU and memory")["removed"] > 0
    # a low request target asks for more than the CPU does
    more = simulate(scenario(metrics="CPU and requests", target_rpm=1500.0, max_size=60))
    assert more.scaling.desired.max() >= 24 == more.needed.max()


def test_step_policies_on_two_metrics_need_not_agree():
    held = {"memory_idle_pct": 50.0, "memory_target_pct": 65.0}
    assert numbers(policy="step", metrics="CPU and memory", **held)["removed"] > 0


@pytest.mark.parametrize("target", [1000.0, 3000.0, 4500.0])
def test_a_request_target_is_per_target_and_minute(target):
    run = simulate(scenario(metrics="requests", target_rpm=target, max_size=60))
    assert run.needed.max() == math.ceil(600 * 60 / target)
    steady = run.per_target_rpm[-1]
    assert steady == pytest.approx(150 * 60 / run.in_service[-1]) and steady <= target


def test_requests_tell_how_much_is_missing_where_the_cpu_is_full():
    cpu, requests = (simulate(scenario(metrics=name)) for name in ("CPU", "requests"))
    first = [int(run.scaling.desired[run.answer]) for run in (cpu, requests)]
    assert first == [6, 12]
    assert requests.delayed < 0.6 * cpu.delayed


def test_memory_is_paid_for_as_one_metric_more_and_requests_take_none():
    usd = {
        name: group_usd(scenario(metrics=name)) for name in ("CPU", "CPU and memory", "requests")
    }
    assert usd["CPU and memory"] - usd["CPU"] == pytest.approx(10 * 0.30 + 2 * 0.10)
    assert usd["CPU"] - usd["requests"] == pytest.approx(10 * 7 * 0.30)


def group_usd(asked):
    alarms = 2 * len(asked.watched)
    return group_usd_month(10.0, "m6i.large", metrics_paid(asked), alarms)


@pytest.mark.parametrize("size", [2, 7, 20])
def test_the_size_at_the_start_is_as_asked_for(size):
    run = simulate(scenario(initial_size=size))
    assert run.scaling.group.initial == size == run.scaling.desired[0]


@pytest.mark.parametrize(
    ("values", "least"), [({"scale_in": False}, 12), ({"protected": 9}, 9), ({"protected": 99}, 12)]
)
def test_what_may_not_leave_stays(values, least):
    assert simulate(scenario(**values)).scaling.desired[-1] == least


@pytest.mark.parametrize(
    ("missing", "left"),
    [("missing", 4), ("ignore", 4), ("notBreaching", 4), ("breaching", 1)],
)
def test_only_breaching_shrinks_a_group_whose_requests_have_stopped(missing, left):
    run = simulate(scenario(**preset("The requests stop"), missing_data=missing))
    assert run.scaling.desired[-1] == left


# --- what sentences claim, preset by preset

SAYS = {
    "The notes' experiment": (
        ["at 08:44 the group went from 1 to 3", "No request had to wait."],
        ["settled", "comes to rest", "overshot"],
    ),
    "A step of four times the load": (
        ["went from 3 to 6", "576,000 requests (14 %) had to wait, the longest 6 min."],
        ["settled", "comes to rest", "overshot"],
    ),
    "A ready-made AMI": (
        ["At 09:06 it overshot to 20, its maximum", "never needs more than 12"],
        ["settled", "comes to rest"],
    ),
    "Simple scaling waits": (["went from 3 to 5"], ["settled", "comes to rest", "overshot"]),
    "A flash crowd": (
        ["it overshot to 48: a full CPU asks for more", "never needs more than 30"],
        ["its maximum", "comes to rest"],
    ),
    "Office hours, foreseen": (
        ["All of them came in the first 24 h", "At Mon 09:20 it overshot to 30, its maximum"],
        ["comes to rest", "settled"],
    ),
    "Steps too large for the gap": (
        ["It never comes to rest: it turned between growing and shrinking 295 times", "7 times"],
        ["settled"],
    ),
    "An ECS service on a noisy day": (
        ["it took 4.5 min until they served", "8 periods had been above", "It never comes to rest"],
        ["1 h 56 min", "overshot"],
    ),
    "Memory has a say": (
        ["12 run where 3 would hold the target", "memory never falls below 45.5 %", "all its"],
        ["settled", "still shrinks"],
    ),
    "Requests for each target": (["went from 3 to 12"], ["CPU", "overshot", "settled"]),
    "The requests stop": (
        ["4 run where 1 would hold", "sends no datapoint", "TreatMissingData"],
        ["still shrinks"],
    ),
}


def preset(name):
    return next(one.values for one in PRESETS if one.name == name)


@pytest.mark.parametrize("name", [one.name for one in PRESETS])
def test_each_preset_says_what_is_so_and_no_more(name):
    said = POLICY.simulate(scenario(**preset(name))).why
    holds, never = SAYS[name]
    assert [words for words in holds if words not in said] == []
    assert [words for words in never if words in said] == []


def test_a_group_that_flaps_turns_far_more_often_than_its_load():
    """The office days turn twice a day, and so does a group that follows them."""
    assert [simulate(scenario(load=name)).load_turns for name in SHAPES] == [1, 1, 1, 7, 9, 1]
    assert not simulate(scenario(load="office-days", max_size=60)).flaps
    assert simulate(scenario(**preset("Steps too large for the gap"))).flaps


def test_a_group_that_still_moves_when_the_load_ends_says_so(export):
    falls = export([6000 * 6] * 60 + [6000] * 20)  # back at a sixth for 20 minutes
    shrinks = POLICY.simulate(scenario(trace=falls, initial_size=12)).why
    assert "It has not settled when the load ends" in shrinks and "still shrinks" in shrinks
    rises = export([6000] * 60 + [6000 * 6] * 5)
    assert "and it still grows" in POLICY.simulate(scenario(trace=rises)).why
    assert "settled" not in POLICY.simulate(scenario(trace=export([6000] * 60))).why


def test_a_queue_that_still_grows_when_the_load_ends_says_so():
    assert "and more each minute" in POLICY.simulate(scenario(policy="fixed size", min_size=1)).why
    assert "still wait" not in POLICY.simulate(scenario()).why


def test_requests_that_are_turned_away_do_not_wait():
    said = POLICY.simulate(scenario(**preset("A ready-made AMI"), overload="drop")).why
    assert "wait" not in said


def test_a_schedule_that_holds_the_size_is_no_shrinking():
    assert "settled" not in POLICY.simulate(scenario(load="spike", policy="scheduled")).why


def test_a_group_that_may_not_grow_enough_says_so():
    said = POLICY.simulate(scenario(load="diurnal", load_factor=3.0)).why
    assert "At its peak the load needs 54 for the target, and the group may have 20." in said
    assert "needs" not in POLICY.simulate(scenario(load="diurnal")).why


def test_memory_that_no_size_brings_to_its_target_is_named():
    said = POLICY.simulate(scenario(metrics="memory", memory_idle_pct=70.0)).why
    assert "No number of instances brings memory to 60 %: one without load is at 70 %." in said


def test_the_ledger_counts_requests_by_the_minute_and_names_its_metric():
    log = ledger(scenario(metrics="CPU and requests"), rows=6, metric="requests")
    assert log["requests seen"].tolist()[1:4] == ["12,000"] * 3
    assert "above 3000" in log["why"].iloc[1]
    with pytest.raises(ScenarioError, match="the group watches CPU"):
        ledger(scenario(), metric="memory")


def test_the_ledger_names_the_warm_up():
    assert ledger(scenario(), rows=14)["why"].str.contains("waits for the warm-up").any()


def test_a_load_exactly_on_the_target_is_not_above_it(export):
    """40 % of n instances is 40.00000000000001 % for a third of all n."""
    for n in (3, 7, 19, 55, 100):
        path = export([40 * 60 * n] * 10)
        run = simulate(scenario(target_pct=40.0, trace=path, initial_size=n, max_size=200))
        assert run.first_above is None and run.above_s == 0
        assert run.scaling.desired.tolist() == [n] * 10


def test_the_cheapest_that_knows_the_peak_says_what_that_takes():
    why = POLICY.compare(scenario()).why
    assert "scheduled" in why and "It takes knowing the peak beforehand." in why


# --- the map


def test_the_map_is_each_group_by_itself_whatever_the_threads():
    base = scenario(max_size=100)
    one = stability_map(base, [30.0, 60.0], [0, 300], threads=1)
    two = stability_map(base, [30.0, 60.0], [0, 300], threads=2)
    for monitoring in ("detailed", "basic"):
        over = one.data[f"overshoot_{monitoring}"]
        assert np.array_equal(over, two.data[f"overshoot_{monitoring}"])
        for row, target in enumerate((30.0, 60.0)):
            for column, warm_up in enumerate((0, 300)):
                run = simulate(
                    base.replace(target_pct=target, warm_up_s=warm_up, monitoring=monitoring)
                )
                assert over[row, column] == run.scaling.totals.peak / run.needed.max()


# --- the moving picture


def scene_of(**values):
    return POLICY.simulate(scenario(**values)).scene


def group_of(picture):
    return next(place for place in picture.places if place.members)


def flow_to(picture, name):
    return next(flow.rate for flow in picture.flows if flow.target == name)


def counts(picture):
    return {one.word: one.count for one in group_of(picture).members}


situations = pytest.mark.parametrize(
    "values", [preset.values for preset in PRESETS], ids=[preset.name for preset in PRESETS]
)


@situations
def test_the_instances_of_the_picture_are_those_of_the_curves(values):
    result = POLICY.simulate(scenario(**values))
    here = counts(result.scene)
    serve = here["serving"] + here["serving, warming up"]
    np.testing.assert_array_equal(serve, result.data["in_service"])
    np.testing.assert_array_equal(serve + here["booting"], result.data["wanted"])
    assert group_of(result.scene).room >= sum(here.values()).max()
    for one in group_of(result.scene).members[:2]:
        np.testing.assert_array_equal(one.level, result.data["cpu_pct"])
        assert np.nanmax(one.level) <= group_of(result.scene).capacity


@situations
@pytest.mark.parametrize("overload", ["queue", "drop"])
def test_what_comes_is_served_waits_or_is_turned_away(values, overload):
    """At the end of each period as much waits as came and was not served."""
    result = POLICY.simulate(scenario(**values, overload=overload))
    picture = result.scene
    *_, served, held_back = picture.places
    (period_s,) = set(np.diff(result.data["time"]) / np.timedelta64(1, "s"))
    missing = flow_to(picture, "Auto Scaling group") - served.count
    if overload == "queue":
        assert held_back.count == pytest.approx(period_s * missing.cumsum(), rel=1e-9, abs=1e-3)
        excess = np.maximum(missing, 0)
    else:
        excess = held_back.count
        assert excess == pytest.approx(missing, rel=1e-9, abs=1e-6)
    np.testing.assert_allclose(flow_to(picture, held_back.name), excess, atol=1e-6)


def test_the_words_of_the_step_are_its_numbers_minute_by_minute():
    """Three of 100 requests/s face 600: six keep up with them, and twelve work off the queue."""
    result = POLICY.simulate(scenario())
    said = {str(at)[11:16]: text for at, text in result.scene.words}
    blind = "More comes than the group can serve, and a full CPU can't tell how much."
    keeps = "The group serves as much as comes: the queue stays as long as it is."
    held = "The alarm is on; the warm-up has to end first."
    assert said["08:30"] == "Every request is served at once."
    assert said["09:00"] == blind
    assert said["09:02"] == f"{blind} The scale-out alarm has 1 of the 3 datapoints it takes."
    assert said["09:04"] == f"{blind} The desired capacity goes from 3 to 6."
    assert said["09:05"] == f"{blind} 3 instances boot. {held}"
    assert said["09:06"] == f"{keeps} {held}"
    assert said["09:12"] == f"{keeps} 6 instances boot. {held}"
    assert said["09:13"].startswith("The group serves more than comes: the queue shrinks.")
    assert said["10:46"].endswith("The desired capacity goes from 12 to 11.")


@situations
def test_the_words_say_of_the_requests_what_the_queue_does(values):
    result = POLICY.simulate(scenario(**values))
    backlog = np.concatenate(([0.0], result.data["waiting"]))
    starts = [np.searchsorted(result.data["time"], at) for at, _ in result.scene.words]
    ends = [*starts[1:], len(backlog) - 1]
    for first, end, (_, text) in zip(starts, ends, result.scene.words, strict=True):
        change = np.diff(backlog[first : end + 1])
        if text.startswith("More comes"):
            assert change.min() >= 1
        elif "shrinks" in text:
            assert change.max() <= -1
        elif "stays" in text:
            assert abs(change).max() < 1
        elif text.startswith(("Every request", "No requests")):
            assert backlog[first : end + 1].max() < 1


def test_the_words_stay_few_whatever_happens():
    flapping = {"policy": "step", "load": "diurnal", "add_instances": 4, "low_side_pct": 90.0}
    assert len(scene_of(**flapping, max_size=30).words) == 1
    restless = scene_of(load="diurnal", noise_pct=60.0, policy="fixed size", min_size=6)
    assert [text for _, text in restless.words] == [
        "The load keeps changing; where requests are held back, the ring says how many."
    ]


def test_what_holds_an_alarm_is_named_as_the_ledger_names_it():
    def said(**values):
        return " ".join(text for _, text in scene_of(**values).words)

    assert "the cooldown has to end first" in said(policy="simple")
    assert "the cooldown" not in said() + said(policy="step")
    assert "at its maximum" in said(max_size=4)
    memory = {"memory_idle_pct": 50.0, "memory_target_pct": 65.0, "metrics": "CPU and memory"}
    assert "One metric would let it shrink; another would not." in said(**memory)


def test_the_playhead_stops_where_the_plots_have_their_events():
    result = POLICY.simulate(scenario())
    assert result.scene.events[:3] == result.panels[0].events
    at = {text: str(moment)[11:16] for moment, text in result.scene.events}
    waiting, times = result.data["waiting"], result.data["time"]
    last = times[np.flatnonzero(waiting >= 1)[-1]]
    assert at["queue empty"] == str(last + np.timedelta64(2, "m"))[11:16]
    assert at["scales in"] == "10:46"


def test_a_group_that_turns_requests_away_shows_no_queue():
    picture = scene_of(overload="drop")
    assert [place.name for place in picture.places][2:] == ["Served", "Turned away"]
    assert not any("queue" in text for _, text in picture.words)


def test_a_warm_up_is_named_only_where_there_is_one_to_wait_for():
    def said(**values):
        return " ".join(text for _, text in scene_of(**values).words)

    warm, there = "the warm-up has to end first", "as many as it asks for are there or coming"
    assert warm in said() and there not in said()
    assert there in said(scaler=APPLICATION) and warm not in said(scaler=APPLICATION)
