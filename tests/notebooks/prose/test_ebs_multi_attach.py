"""The numbers that the notebook states are the facts' and the model's."""

import pytest

from awsnb import facts
from awsnb.sections import section

EBS = facts.load("ebs")
MULTI = section("ebs-multi-attach")


def stated(key):
    return EBS.value("multi_attach", key)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("up to **16 instances**", stated("max_instances") == 16),
        ("Only **io1** and **io2** volumes", stated("volume_types") == "io1 io2"),
        ("never as a boot volume", stated("boot_volume") is False),
        ("Sharing costs nothing extra", stated("extra_charge") == 0),
        ("attached last decides", "attached last decides" in stated("delete_on_termination")),
        ("XFS and EXT4", {"XFS", "EXT4"} <= set(stated("file_systems_not_for_sharing").split())),
        ("Windows Server 2016", "2016" in EBS.get("multi_attach", "windows").note),
        ("made after 2023-09-18", stated("fencing_default_since") == "2023-09-18"),
        ("io1 has none", stated("io1_fencing") is False),
        (
            "(Virginia, Oregon, Seoul)",
            stated("io1_regions") == "us-east-1 us-west-2 ap-northeast-2",
        ),
        ("can't be switched on later", stated("io1_enable_after_creation") is False),
    ],
)
def test_prose_says_what_the_facts_say(prose, said, fact):
    assert said in prose
    assert fact


@pytest.mark.parametrize("updates", [2, 3, 4])
def test_the_counter_comes_down_to_two(prose, updates):
    worst = MULTI.simulate(MULTI.scenario(updates=updates)).summary["most_lost"]
    assert "So it is 2, however many additions each makes, from two on." in prose
    assert 2 * updates - worst == 2


def test_the_sharing_exercise_is_worked_with_its_numbers(prose):
    view = MULTI.view("sharing")
    asked = view.scenario(instances=16, instance_type="m5.large", provisioned_iops=32_000)
    summary = view.simulate(asked).summary
    assert "An m5.large can do 3,600. Sixteen of them could do 57,600" in prose
    assert (summary["instance_iops"], 16 * summary["instance_iops"]) == (3_600, 57_600)
    assert summary["each_iops"] == 2_000
