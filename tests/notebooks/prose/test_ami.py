"""What the notebook states is what facts and models say."""

import pytest

from awsnb import facts
from awsnb.aws.elb import ELB
from awsnb.sections import section

AMI = section("ami")
EC2, EBS = facts.load("ec2"), facts.load("ebs")


def rate(which):
    return EBS.value("initialization", f"{which}_rate")


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("usually boots in less than 60 s", EC2.value("image", "ebs_boot_usually_under") == 60),
        ("100 to 300 MiB/s", (rate("min"), rate("max")) == (100, 300)),
        ("fails two checks first", ELB.value("health_check", "unhealthy_threshold") == 2),
        ("needs five good ones in a row", ELB.value("health_check", "healthy_threshold") == 5),
        ("With an interval of 30 s", ELB.value("health_check", "interval") == 30),
        ("its snapshots stay, unless you ask", not EC2.value("image", "deletes_snapshots")),
        ("reboots the instance unless you forbid it", EC2.value("image", "reboots_by_default")),
        ("up to 24 hours", EC2.value("image", "create_at_most") == 24),
        ("belongs to one region", EC2.value("image", "scope") == "one region"),
        ("it does name the software", EC2.value("launch_template", "ami_software") == "taken"),
        (
            "added volumes are not, and no disk is cloned",
            EC2.value("launch_more_like_this", "volume_list")
            == EC2.value("launch_more_like_this", "written_later")
            == "left behind",
        ),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


def test_five_good_checks_take_two_minutes_more(prose):
    assert "that is two minutes more" in prose
    check = AMI.scenario().check
    assert (ELB.value("health_check", "healthy_threshold") - 1) * check.interval_s == 120


def test_most_default_launches_pay_for_failed_checks(prose):
    assert "most launches are slow enough to pay it" in prose
    for approach in ("bootstrap", "half-baked", "golden image"):
        told = AMI.simulate(AMI.scenario(approach=approach))
        assert told.summary["unhealthy_pct"] > 50


def test_what_predictions_and_worked_answers_say_is_so(prose):
    heavy = AMI.scenario(install_s=60.0, software_gib=20.0)
    assert "many take longer than the installation" in prose
    assert AMI.simulate(heavy).data["loading_s"][2] > heavy.install_s
    assert "30 cents for an image" in prose
    assert AMI.simulate(AMI.scenario(approach="golden image")).summary[
        "usd_month"
    ] == pytest.approx(0.3)
    assert "a load grows slowly, the launch hardly matters" in prose
    assert AMI.simulate(AMI.scenario(ramp_min=30.0)).summary["delayed_pct"] < 0.1


def test_a_patch_waits_half_the_interval_and_the_roll_out(prose):
    assert "On average it waits for half of the interval between builds, plus the roll-out" in prose
    told = AMI.simulate(AMI.view("keeping").scenario(rebuild_days=10, rollout_days=3.0)).summary
    assert (told["mean_wait_d"], told["longest_wait_d"]) == (8, 13)
