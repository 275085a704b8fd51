"""The numbers that the notebook of scaling policies states are those of the facts and the model."""

import pytest

from awsnb import facts
from awsnb.sections import section

ASG = facts.load("autoscaling")


def stated(subject, key):
    return ASG.value(subject, key)


def summary(**values):
    asg = section("scaling-policies")
    return asg.simulate(asg.scenario(**values)).summary


def sizes(**values):
    asg = section("scaling-policies")
    wanted = asg.simulate(asg.scenario(**values)).series["wanted"]
    return wanted[wanted.diff() != 0].tolist()


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("such as three of three", stated("target_tracking", "alarm_high_datapoints") == 3),
        ("An *alarm* looks at the metric once a minute",
         stated("target_tracking", "alarm_period") == 60),
        ("*above 40 %* with three one-minute datapoints",
         stated("target_tracking", "alarm_high_threshold") == 100),
        ("*below 28 %* with fifteen", stated("target_tracking", "alarm_low_datapoints") == 15),
        ("*below 28 %* with fifteen",
         stated("target_tracking", "example_low_threshold_of_40") == 28),
        ("28 is 70 % of the target", stated("target_tracking", "alarm_low_threshold") == 70),
        ("Its low alarm is at 90 %",
         stated("target_tracking", "alarm_low_threshold_application") == 90),
        ("two cooldowns of 300 s", stated("application", "scale_out_cooldown") == 300),
        ("two cooldowns of 300 s", stated("application", "scale_in_cooldown") == 300),
        ("the 300 s cooldown binds **simple**", stated("cooldown", "duration") == 300),
        ("binds **simple** policies alone", "simple" in stated("cooldown", "applies_to")),
        ("It keeps acting while instances launch", not stated("step", "waits_for_cooldown")),
        ("metric / target⌉ instances (rounded up)",
         stated("target_tracking", "capacity_formula") == "ceil(capacity x metric / target)"),
        ("one minute with detailed monitoring", stated("monitoring", "detailed_period") == 60),
        ("five with the free kind", stated("monitoring", "basic_period") == 300),
        ("it blocks scale-in", stated("warm_up", "blocks_scale_in")),
        ("does not yet count in the metric", not stated("warm_up", "counts_in_metric")),
        ("shrinks the group only when all agree",
         "in only if all are" in stated("target_tracking", "multiple_policies")),
        ("Instances under *scale-in protection* stay",
         "protected instances stay" in stated("group", "protected")),
        ("An alarm without datapoints waits",
         "no scale-in" in stated("target_tracking", "missing_data")),
        ("It only adds, so a second policy must remove", not stated("predictive", "scales_in")),
        ("`ALBRequestCountPerTarget`",
         "ALBRequestCountPerTarget" in stated("target_tracking", "predefined_metrics")),
        ("starts in forecast-only mode", stated("predictive", "mode") == "ForecastOnly"),
        ("needs 24 h of data", stated("predictive", "min_history") == 24),
        ("looks back 14 days", stated("predictive", "lookback") == 14),
        ("48 h ahead", stated("predictive", "horizon") == 48),
        ("renews every 6 h", stated("predictive", "refresh") == 6),
        ("1 vCPU on a t2.micro", stated("t2.micro", "vcpus") == 1),
        ("AWS allows itself two minutes", stated("scheduled", "start_precision") == 2),
        ("Here it is one instance a decision", stated("target_tracking", "remove_at_most") == 1),
        ("One minute, assumed", ASG.get("monitoring", "datapoint_delay").confidence == "assumed"),
        ("One minute, assumed", stated("monitoring", "datapoint_delay") == 60),
    ],
)  # fmt: skip
def test_it_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_the_predictions_set_the_scene_that_the_model_plays(prose):
    assert "nearly five times its load" in prose and "For six minutes" in prose
    spike = section("scaling-policies")
    load = spike.simulate(spike.scenario(load="spike")).series["load_rps"]
    assert 4.5 < load.max() / load.min() < 5 and (load == load.max()).sum() == 6
    assert "A new instance boots in four minutes" in prose.replace('" "', "")
    assert summary(load="spike", boot_s=240)["reaction_min"] == 8


def test_the_first_exercise_is_worked_as_the_model_has_it(prose):
    assert "Six get by for the minutes that scaling takes; twelve are needed" in prose
    assert summary(min_size=5)["delayed"] > 0 == summary(min_size=6)["delayed"]
    assert summary()["most_needed"] == 12


def test_the_second_exercise_is_worked_as_the_model_has_it(prose):
    assert "Five instances run before the step" in prose and "4,000 is 18" in prose
    doubled = {"load_factor": 2.0, "max_size": 40}
    assert sizes(metrics="requests", target_rpm=4000.0, **doubled)[:2] == [5, 18]
    assert "On CPU it takes rounds" in prose
    assert len([n for n in sizes(**doubled, target_pct=60.0) if 5 < n < 18]) > 1


def test_the_third_exercise_is_worked_as_the_model_has_it(prose):
    assert 'Take the situation "Steps too large for the gap"' in prose
    (gap,) = (p for p in section("scaling-policies").presets if p.name.startswith("Steps too"))
    assert gap.values["add_instances"] == 4 and "four instances at a time" in prose
    calm, restless = (
        summary(**gap.values | {"low_side_pct": low})["reversals"] for low in (45.0, 90.0)
    )
    assert calm <= 12 < restless


def test_a_group_without_a_warm_up_overshoots(prose):
    assert "so the group doubles again, past what it needs" in prose
    short, fallback = (summary(max_size=100, **kept) for kept in ({"warm_up_s": 0}, {}))
    assert short["peak_instances"] > short["most_needed"] == fallback["peak_instances"]
