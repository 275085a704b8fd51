"""Section 5: what its sentences claim, what it refuses, and what it is compared with."""

import numpy as np
import pytest

from awsnb.scenario import ScenarioError
from awsnb.sections import section
from awsnb.sections.ebs_multi_attach import truth

MULTI = section("ebs-multi-attach")
WRITERS, SHARING = MULTI.view("writers"), MULTI.view("sharing")


def preset(view, name):
    values = next(one.values for one in view.presets if one.name == name)
    return view.simulate(view.scenario(**values))


@pytest.mark.parametrize(
    ("name", "says", "never"),
    [
        ("Two mounts of a plain file system", "Nobody sees an error", "refuse"),
        ("Three writers of a counter", "lose an update", "files apart"),
        ("A lock, and the page cache", "page cache", "late write"),
        ("Presumed dead, but only slow", "late write", "page cache"),
        ("Fenced in the middle of an update", "the files hold B1", "Nobody sees an error"),
        ("A cluster file system", "does harm", "lose an update"),
    ],
)
def test_a_preset_says_what_happens(name, says, never):
    result = preset(WRITERS, name)
    assert says in result.why
    assert never not in result.why


def harm(**values):
    summary = WRITERS.simulate(WRITERS.scenario(**values)).summary
    return summary["losing_pct"] > 0, (summary["corrupt_pct"] or 0) > 0


@pytest.mark.parametrize("blocks", ["a counter", "a directory"])
@pytest.mark.parametrize("cache", [False, True])
@pytest.mark.parametrize("dead", [False, True])
def test_a_cluster_file_system_stops_everything(blocks, cache, dead):
    asked = {"blocks": blocks, "page_cache": cache, "presumed_dead": dead}
    assert harm(protection="a cluster file system", **asked) == (False, False)


def test_a_lock_helps_until_there_is_a_cache_or_a_death_that_is_none():
    assert harm(protection="a lock") == (False, False)
    assert harm(protection="a lock", page_cache=True) == (True, False)
    assert harm(protection="a lock", presumed_dead=True) == (True, False)


def test_reservations_stop_the_late_writer_but_not_the_half_update():
    dead = {"protection": "NVMe reservations", "presumed_dead": True}
    assert harm(**dead) == (False, False)
    assert harm(blocks="a directory", **dead) == (False, True)


def test_two_mounts_corrupt_without_one_error():
    summary = preset(WRITERS, "Two mounts of a plain file system").summary
    assert summary["corrupt_pct"] > 0
    assert summary["refused_pct"] == 0


def test_what_is_not_all_is_never_called_100_percent():
    result = preset(WRITERS, "Two mounts of a plain file system")
    number = next(one for one in result.numbers if one.name == "losing_pct")
    assert number.value < 100
    assert number.text == "over 99 %"


def test_the_panels_hold_every_order_and_every_step():
    result = preset(WRITERS, "Presumed dead, but only slow")
    assert result.data["orders"].sum() == result.summary["orders"]
    assert result.data["content"].shape == (3, result.summary["steps_to_harm"] + 1)
    levels = result.panels[2].levels
    assert levels[int(result.data["content"][0, -1])] == "A1"


def test_the_moving_picture_shows_each_step_with_a_sentence():
    result = preset(WRITERS, "Presumed dead, but only slow")
    scene = result.scene
    assert len(scene.words) == len(result.data["step"])
    assert "presumed dead" in " ".join(words for _, words in scene.words)
    assert scene.places[-1].count[-1] == 1
    assert all(len(flow.rate) == len(result.data["step"]) for flow in scene.flows)


def test_a_refused_write_moves_nothing_and_says_so():
    result = preset(WRITERS, "Fenced in the middle of an update")
    assert "refuses" in result.scene.words[-1][1]
    assert sum(flow.rate[-1] for flow in result.scene.flows) == 0


def test_the_comparison_names_the_least_protection():
    least = {
        (False, False): "a lock",
        (True, False): "a cluster file system",
        (False, True): "NVMe reservations",
    }
    for (cache, dead), name in least.items():
        protection = "a lock" if dead else "nothing"
        asked = WRITERS.scenario(protection=protection, page_cache=cache, presumed_dead=dead)
        assert WRITERS.compare(asked).best.label == name


def test_io1_has_no_reservations_to_compare():
    options = WRITERS.compare(WRITERS.scenario(volume_type="io1")).options
    assert [option.holds for option in options] == [False, True, False, True]
    assert "NVMe reservations" in options[2].remark


@pytest.mark.parametrize(
    ("view", "values", "field", "rule"),
    [
        (WRITERS, {"volume_type": "gp3"}, "volume_type", "io1 and io2 volumes only"),
        (WRITERS, {"volume_type": "io1", "protection": "NVMe reservations"}, "protection",
         "io1 volumes have no NVMe reservations"),
        (WRITERS, {"writers": 3, "updates": 4}, "updates", "40,000"),
        (WRITERS, {"presumed_dead": True}, "presumed_dead", "does not apply"),
        (SHARING, {"instances": 17}, "instances", "at most 16 instances"),
        (SHARING, {"volume_type": "gp2"}, "volume_type", "io1 and io2 volumes only"),
        (SHARING, {"volume_type": "io1", "region": "eu-west-1"}, "region", "us-east-1"),
        (SHARING, {"instance_type": "i3.large"}, "instance_type", "Nitro"),
        (SHARING, {"boot_volume": True}, "boot_volume", "boot volume"),
        (SHARING, {"one_zone": False}, "one_zone", "in the Availability Zone of the volume"),
        (SHARING, {"provisioned_iops": 300_000}, "provisioned_iops", "256,000"),
    ],
)  # fmt: skip
def test_what_aws_refuses_is_refused_with_its_rule(view, values, field, rule):
    with pytest.raises(ScenarioError, match=rule) as refusal:
        view.scenario(**values)
    assert refusal.value.field == field


def test_sixteen_may_share_and_get_what_is_provisioned_at_most():
    outcome = SHARING.outcome(SHARING.scenario(instances=16))
    assert outcome.together_iops.max() == 50_000
    assert np.all(np.diff(outcome.together_iops) >= 0)
    assert SHARING.tell(outcome).summary["each_iops"] == 50_000 / 16


def test_an_instance_gets_no_more_than_its_own_limit():
    result = preset(SHARING, "More than the instance can do")
    assert result.summary["each_iops"] == 3_600
    assert "EBS limit of its m5.large" in result.why


def test_what_is_known_is_met():
    assert (truth.known()["difference"] == 0).all()


def test_real_processes_lost_what_the_model_loses_order_by_order():
    table = truth.recorded()
    for name in ("orders", "losing", "updates lost"):
        assert (table[name] == table[f"{name}, model"]).all()


def test_real_processes_at_will_lose_less_than_half_and_none_under_a_lock():
    lost = truth.at_will()["lost in %"]
    assert 0 < lost["at will"] < 50
    assert lost["at will, locked"] == 0
